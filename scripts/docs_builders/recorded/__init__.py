"""What runs against the reference server left for the pages: the kill matrix, and exchanges that pass and fail."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent


@cache
def kill_matrix() -> dict[str, Any]:
    """Return what `scripts/record_matrix.py` kept: who noticed which fault, and who met whom."""
    return _read("kill-matrix.json")


@cache
def exchanges() -> dict[str, Any]:
    """Return, by requirement, `passing` and `failing`: what `scripts/record_matrix.py` kept."""
    return _read("exchanges.json")


def kills() -> dict[str, list[str]]:
    """Return the faults that each requirement notices."""
    return {check["id"]: check["kills"] for check in kill_matrix()["checks"]}


def met(fault: str) -> frozenset[str]:
    """Return the requirements that a fault has met, whether they noticed it or not."""
    matrix = kill_matrix()
    return frozenset(matrix["batches"].get(matrix["met"].get(fault), ()))


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return found
