"""The page of pitfalls: each with the requirements that cover it and the faults that make it, or why there are none."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digione_conformance.catalogue.requirement import Requirement, load_catalogue
from digione_mock_server.faults import FAULTS
from digione_mock_server.packages.faults import PACKAGE_FAULTS

from docs_builders.markdown import code, page, table

SOURCE = Path(__file__).resolve().parents[2] / "specs" / "pitfalls.toml"


def read() -> list[dict[str, Any]]:
    """Return the pitfalls as they stand in the file: number, title and, where nothing covers it, the reason."""
    found: list[dict[str, Any]] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["pitfall"]
    return found


def covering(number: int) -> list[Requirement]:
    """Return the requirements that say they cover a pitfall."""
    return [one for one in load_catalogue() if number in one.pitfalls and one.status != "retired"]


def faults(number: int) -> list[str]:
    """Return the faults of the reference server that fall into a pitfall."""
    return _of(number, FAULTS)


def export_faults(number: int) -> list[str]:
    """Return the mistakes of an exporter that do."""
    return _of(number, PACKAGE_FAULTS)


def _of(number: int, registry: Mapping[str, Any]) -> list[str]:
    return [fault.id for fault in registry.values() if re.search(rf"\bpitfall {number}\b", fault.seen_in)]


def proof(number: int) -> list[str]:
    """Return how a pitfall was fallen into on purpose: faults, export faults, clients that were made bad."""
    told = [code(fault) for fault in faults(number)]
    told += [f"[{code(fault)}](export-faults.md)" for fault in export_faults(number)]
    if any(one.role == "consumer" for one in covering(number)):
        told.append("[bad clients](../guides/consumer-conformance.md#proof)")
    return told


def _row(pitfall: dict[str, Any]) -> list[str]:
    number = pitfall["number"]
    covered = "<br>".join(f"[{one.id}](requirements/{one.id.lower()}.md)" for one in covering(number))
    return [
        f'<span id="{number}">{number}</span>',
        pitfall["title"],
        covered or pitfall.get("reason", ""),
        "<br>".join(proof(number)) or "-",
    ]


def pitfalls() -> str:
    """All pitfalls as a table."""
    known = read()
    covered = sum(1 for pitfall in known if covering(pitfall["number"]))
    return page(
        "Pitfalls",
        f"{len(known)} ways in which OneRoster implementations were seen to fail their partners. {covered} are covered "
        "by requirements; for the others the table says why not. The reference server can be told to fall into them: "
        "`digione serve --fault ID`, and an export `digione csv sample --fault ID`; where a client "
        "would fall into one, clients that were made bad on purpose do.",
        table(("no.", "pitfall", "covered by, or why not", "fallen into by"), [_row(pitfall) for pitfall in known]),
    )
