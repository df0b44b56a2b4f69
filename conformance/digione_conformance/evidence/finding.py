"""One way in which a target does not meet a requirement, with the exchanges that show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from digione_conformance.evidence.exchange import Exchange


@dataclass(frozen=True)
class Finding:
    """One way in which the target does not meet the requirement.

    The message says what was seen and what was expected, in words that hold no personal data: ids, names and other
    values of records stay in the evidence.
    """

    message: str
    exchanges: tuple[Exchange, ...] = ()

    @classmethod
    def at(cls, message: str, *exchanges: Exchange) -> Finding:
        """Build a finding from loose exchanges."""
        return cls(message, exchanges)


Findings: TypeAlias = Iterator[Finding]
