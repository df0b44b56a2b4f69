"""One thing that the doctor looked at, and how it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from digione_conformance.words.said import Said

_NOTHING: Final = Said("")


class Health(StrEnum):
    """How one item is."""

    OK = "ok"
    WARN = "warn"
    RED = "red"


@dataclass(frozen=True)
class Item:
    """One thing that the doctor looked at.

    Attributes:
        name: What was looked at.
        health: How it is.
        message: What was seen.
        hint: Which line, table and key of the target file to mend, and how; empty where all is well.
    """

    name: Said
    health: Health
    message: Said
    hint: Said = _NOTHING
