"""The record of a client's traffic as evidence: one exchange that holds the whole record, one shown for each line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import jsonschema_rs

from digione_conformance.evidence.exchange import Ask, Exchange, Json
from digione_conformance.evidence.recorder import ask_id
from digione_sdk.errors import ConfigurationError
from digione_sdk.specs import specs_root

TRAFFIC: Final = "traffic.jsonl"
OBSERVED: Final = "observed"
"""`auth` of an exchange that was not asked by the suite but seen at the reference server."""
RECORD: Final = Ask("RECORD", f"file:{TRAFFIC}", "none")
"""How a check asks for the record."""


def read_record(folder: Path) -> Exchange:
    """Return the record in a folder that `digione consumer serve` wrote.

    Raises:
        ConfigurationError: There is none, or none that this version can read.
    """
    try:
        content = (folder / TRAFFIC).read_bytes()
    except OSError:
        raise ConfigurationError(f"no {TRAFFIC} in {folder}: record one with digione consumer serve") from None
    found = Exchange(ask_id(RECORD), RECORD, 200, {"content-type": "application/jsonl"}, content)
    events(found)
    return found


def events(record: Exchange) -> tuple[Mapping[str, Json], ...]:
    """Return the events of a record, in order.

    Raises:
        ConfigurationError: It is of another format, or a line is malformed; names the line.
    """
    whole = record.body[: record.body.rfind(b"\n") + 1]  # a server that was killed may have left half a line
    found: list[Mapping[str, Json]] = []
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            raise ConfigurationError(f"{TRAFFIC} line {number}: is no JSON") from None
        if not _schema().is_valid(event):
            raise ConfigurationError(f"{TRAFFIC} line {number}: is no event of specs/consumer/traffic-1.json")
        found.append(event)
    if not found or found[0]["event"] != "serving":
        raise ConfigurationError(f"{TRAFFIC}: is no record: it does not begin with what was served")
    return tuple(found)


@cache
def _schema() -> jsonschema_rs.Validator:
    path = specs_root() / "consumer" / "traffic-1.json"
    return jsonschema_rs.validator_for(json.loads(path.read_text(encoding="utf-8")))


def shown(number: int, event: Mapping[str, Json], *, url: str) -> Exchange:
    """Return one event as an exchange that reports can show.

    Args:
        number: Its line in the record.
        event: The event.
        url: Address under which the scenarios were served.
    """
    place = f"{url}/{event.get('scenario', '')}{event.get('path', '')}"
    query = urlencode({name: _text(value) for name, value in event.get("query", {}).items()})
    ask = Ask(event.get("method", event["event"].upper()), f"{place}?{query}" if query else place, OBSERVED)
    headers = {
        name: str(event[key])
        for name, key in (("x-total-count", "total"), ("retry-after", "retry_after"))
        if event.get(key) is not None
    }
    body = json.dumps(event, ensure_ascii=False).encode()
    elapsed = float(event["at"]) - float(event.get("began", event["at"]))
    return Exchange(f"line-{number}", ask, int(event.get("status", 0)), headers, body, elapsed)


def _text(value: Json) -> str:
    if not isinstance(value, dict):
        return str(value)
    clauses = [f"{each['field']}{each['predicate']}'{each['value']}'" for each in value.get("clauses", [])]
    return f" {value.get('operator')} ".join(clauses) or "?"
