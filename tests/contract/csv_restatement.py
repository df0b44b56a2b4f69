"""Read the CSV binding out of the notes in the fixture, which were written from the standard and not from the code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

NOTES = Path(__file__).resolve().parents[1] / "fixtures" / "oneroster" / "csv.md"
_FIRST = ("sourcedId", "status", "dateLastModified")


@dataclass(frozen=True)
class Noted:
    """One column as the notes tell it."""

    required: bool
    kind: str
    tokens: frozenset[str]
    extensible: bool
    target: str | None
    target_type: str | None


def section(number: int) -> str:
    text = NOTES.read_text(encoding="utf-8")
    match = re.search(rf"^## {number}\. .*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"section {number}"
    return match[0]


def files_of_1_2() -> dict[str, tuple[tuple[str, ...], dict[str, Noted]]]:
    """Header and columns of every file of section 4."""
    found = {}
    for part in section(4).split("#### ")[1:]:
        name = part.split(".csv", 1)[0]
        header = re.search(r"^`([^`]+)`$", part, re.MULTILINE)
        rows = re.findall(r"^\| (\w+) \| (Yes|No) \| ([^|]+) \| ?([^|]*)\|$", part, re.MULTILINE)
        assert header
        found[name] = tuple(header[1].split(",")), {row[0]: _noted(name, *row[1:]) for row in rows}
    return found


def _noted(file: str, required: str, kind: str, notes: str) -> Noted:
    tokens = re.match(r"\{([^:}]+)\}", notes)
    values = frozenset(tokens[1].split(", ")) if tokens else frozenset()
    target = re.search(r"→ (\w+)", notes)
    of_type = re.search(r"\(type (\w+)\)", notes)
    if kind == "Enumeration" and values == {"true", "false"}:
        kind = "Boolean"  # 1.2.1 calls all of them enumerations; the values are the same
    return Noted(
        required=required == "Yes",
        kind=kind.strip().replace("List of GUID References", "References"),
        tokens=values,
        extensible="+ext:" in notes,
        target=target[1] if target else file if "same file" in notes else None,
        target_type=of_type[1] if of_type else None,
    )


def headers_of_1_1() -> dict[str, tuple[str, ...]]:
    rows = re.findall(r"^\| (\w+) \| (sourcedId,[\w,]+) \|$", section(7), re.MULTILINE)
    return {name: tuple(header.split(",")) for name, header in rows}


def closures() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """What each file requires and may require, of those whose row names files."""
    found = {}
    for names, requires, optional in re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]*)\|$", section(6), re.MULTILINE)[1:]:
        for name in re.split(r", | / ", names):
            found[name] = _names(requires), _names(optional)
    return found


def _names(cell: str) -> frozenset[str]:
    if cell.strip() in {"nothing", "itself (parentSourcedId)"}:
        return frozenset()
    return frozenset(re.sub(r" \([^)]*\)", "", part).strip() for part in cell.split(",") if part.strip())


def manifest_files() -> tuple[frozenset[str], frozenset[str]]:
    """Names of all files of 1.2, and of those that are new in it."""
    (names,) = re.findall(r"`file\.` names: ([^(]+)\(", section(3))
    pairs = re.findall(r"(\w+)(†?)", names)
    every = frozenset(name for name, _ in pairs if name != "new")
    return every, frozenset(name for name, new in pairs if new)
