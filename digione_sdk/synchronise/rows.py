"""A page as rows to be staged: each record in the server's own words, and what must be known of it without reading it.

The words are kept because they cost nothing and lose nothing: a score keeps its digits, an unknown property its place.
Whether two wordings of a record say the same is asked only where they differ; see `says_the_same`.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from digione_sdk.errors import PayloadError
from digione_sdk.model.base import Record
from digione_sdk.model.oneroster import Base, BaseStatus
from digione_sdk.synchronise.kinds import Kind, values_at

_BYTE_ORDER_MARK: Final = "\ufeff"
_MARK: Final = secrets.token_hex(16)
"""Unforgeable: tells a number with a fraction, kept as its digits, from a text of the same digits."""

Row = tuple[str, bool, str, str]
"""Id, whether it is a tombstone, `dateLastModified` in UTC, and the body: nothing for a tombstone."""


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """The rows of a page, with what must be known of them later.

    Attributes:
        rows: One for each record.
        links: (path, kind of the target, its id), each once.
        identities: (key, id of the record).
        oldest: The earliest `dateLastModified`.
        mark: A number that is the same, in every process, for the same ids in the same order.
    """

    rows: Sequence[Row]
    links: frozenset[tuple[str, str, str]]
    identities: Sequence[tuple[str, str]]
    oldest: datetime | None
    mark: int


def page_of(kind: Kind, records: Sequence[Base], content: bytes) -> Page:
    """Return a page as rows.

    Args:
        kind: What the records are.
        records: The records, decoded and thereby checked against their model.
        content: The body they were decoded from.

    Raises:
        PayloadError: The body cannot be cut into records, or one has no id.
    """
    bodies = _bodies(kind, content)
    if len(bodies) != len(records) or not all(record.sourced_id for record in records):
        raise PayloadError(f"{kind.endpoint.operation_id}: a record without id, or a key that comes twice")
    return rows_of(kind, records, bodies)


def rows_of(kind: Kind, records: Sequence[Base], bodies: Sequence[str]) -> Page:
    """Return records as rows, each with its body in JSON beside it."""
    links: set[tuple[str, str, str]] = set()
    identities: list[tuple[str, str]] = []
    rows: list[Row] = []
    for record, body in zip(records, bodies, strict=True):
        gone = record.status is BaseStatus.TOBEDELETED
        modified = instant_text(record.date_last_modified)
        rows.append((record.sourced_id, gone, modified, "" if gone else body))
        if not gone:
            links.update(_links(kind, record))
            identities += [(key, record.sourced_id) for key in identity_keys(kind, record)]
    oldest = min((record.date_last_modified for record in records), default=None)
    ids = "\n".join(record.sourced_id for record in records)
    return Page(rows, frozenset(links), identities, oldest, int.from_bytes(sha256(ids.encode()).digest()[:7]))


def instant_text(instant: datetime) -> str:
    """Write an instant so that text order is time order."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def says_the_same(one: str, other: str) -> bool:
    """Whether two bodies differ in the order of keys, in escapes or in white space only."""
    return _canonical(one) == _canonical(other)


def _canonical(body: str) -> str:
    return json.dumps(json.loads(body, parse_float=lambda digits: f"{_MARK}{digits}"), sort_keys=True)


def identity_keys(kind: Kind, record: Record) -> Iterator[str]:
    """Yield a text for each value that identifies the person, the same for the same value."""
    for field in kind.identities:
        for value in values_at(record, (field.name,)):
            if isinstance(value, Record):
                yield "\0".join((field.wire_name, *(str(part) for _, part in value)))
            elif value:
                yield f"{field.wire_name}\0{value}"


def _bodies(kind: Kind, content: bytes) -> list[str]:
    """Cut the body into its records; SQLite does it without making objects of values, and keeps all digits."""
    text = content.decode().removeprefix(_BYTE_ORDER_MARK)
    try:
        with closing(sqlite3.connect(":memory:")) as cutter:
            rows = cutter.execute("SELECT value FROM json_each(?, ?)", (text, f"$.{kind.endpoint.wrapper_key}"))
            return [body for (body,) in rows]
    except sqlite3.Error:
        refusal = PayloadError(f"{kind.endpoint.operation_id}: the body cannot be cut into records")
    raise refusal


def _links(kind: Kind, record: Record) -> Iterator[tuple[str, str, str]]:
    for link in kind.links:
        for found in values_at(record, link.names):
            yield link.text, link.target, found.sourced_id
