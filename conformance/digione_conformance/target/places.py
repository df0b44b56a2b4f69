"""Where a key stands in a TOML file, in words: file, line, table and key."""

from __future__ import annotations

import re

from digione_conformance.words.said import Said
from digione_conformance.words.texts import say


def place_of(text: str, name: str, location: tuple[str, ...]) -> Said:
    """Say where a key stands, as `sut.toml line 7: [tenants.a] client_id`; without a line where it is absent."""
    keys = tuple(part for part in location if not part.isdigit() and part != "[key]")
    if not keys:
        return Said(name)
    depth = (4 if keys[2:3] == ("clients",) else 2) if keys[0] == "tenants" else 1
    table, inside = keys[:depth], keys[depth:]
    line = (_line(text, table, inside[0]) if inside else None) or _line(text, table, None)
    place = f"[{'.'.join(table)}] {'.'.join(inside)}".rstrip()
    return say("d.line", file=name, line=line, key=place) if line else Said(f"{name}: {place}")


def _line(text: str, table: tuple[str, ...], key: str | None) -> int | None:
    """Return the line of a key in a table, or of the table's header for no key; tomllib itself keeps no positions."""
    current: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([\w.\-]+)\s*\]", line)
        if header:
            current = tuple(header.group(1).split("."))
            if key is None and current == table and table:
                return number
        elif key is not None and current == table and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
    return None
