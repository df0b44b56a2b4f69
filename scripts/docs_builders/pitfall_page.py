"""The page of pitfalls: each with the requirements that cover it and the faults that make it, or why there are none."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from digione_conformance.catalogue.requirement import Requirement, load_catalogue
from digione_mock_server.faults import FAULTS

from docs_builders.markdown import code, page, table

SOURCE = Path(__file__).resolve().parents[2] / "specs" / "pitfalls.toml"


def read() -> list[dict[str, Any]]:
    """Return the pitfalls as they stand in the file: number, title and, where nothing covers it, the reason."""
    found: list[dict[str, Any]] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["pitfall"]
    return found


def covering(number: int) -> list[Requirement]:
    """Return the requirements that say they cover a pitfall."""
    return [one for one in load_catalogue() if number in one.pitfalls and one.status != "retired"]


def _faults(number: int) -> list[str]:
    return [fault.id for fault in FAULTS.values() if re.search(rf"\bpitfall {number}\b", fault.seen_in)]


def _row(pitfall: dict[str, Any]) -> list[str]:
    number = pitfall["number"]
    covered = "<br>".join(f"[{one.id}](requirements/{one.id.lower()}.md)" for one in covering(number))
    return [
        f'<span id="{number}">{number}</span>',
        pitfall["title"],
        covered or pitfall.get("reason", ""),
        "<br>".join(code(fault) for fault in _faults(number)) or "-",
    ]


def pitfalls() -> str:
    """All pitfalls as a table."""
    known = read()
    covered = sum(1 for pitfall in known if covering(pitfall["number"]))
    return page(
        "Pitfalls",
        f"{len(known)} ways in which OneRoster implementations were seen to fail their partners. {covered} are covered "
        "by requirements; for the others the table says why not. The reference server can be told to fall into them: "
        "`digione serve --fault ID`.",
        table(("no.", "pitfall", "covered by, or why not", "faults"), [_row(pitfall) for pitfall in known]),
    )
