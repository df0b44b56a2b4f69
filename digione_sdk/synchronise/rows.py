"""A page as rows to be staged: canonical bytes and their digest, links to be resolved, keys that identify a person.

Canonical means sorted keys and no space between tokens; numbers with a fraction keep the server's own digits, because a
score is no binary fraction.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from digione_sdk.errors import PayloadError
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base, BaseStatus
from digione_sdk.synchronise.kinds import Kind, values_at

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_MARK: Final = secrets.token_hex(16)
"""Unforgeable: stands around a number while it travels as text from the parser to the writer."""
_NUMBER: Final = re.compile(f'"{_MARK}([^"]*)"')


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One record as it is staged.

    Attributes:
        sourced_id: Its id.
        gone: Whether it is a tombstone.
        modified: `dateLastModified` in UTC, so that text order is time order.
        digest: SHA-256 of the body.
        body: Canonical JSON; empty for a tombstone, of which nothing more is needed.
    """

    sourced_id: str
    gone: bool
    modified: str
    digest: bytes
    body: str


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
    identities: Sequence[tuple[bytes, str]]
    oldest: datetime | None
    mark: int


def page_of(kind: Kind, records: Sequence[Base], content: bytes) -> Page:
    """Return a page as rows.

    Args:
        kind: What the records are.
        records: The records, decoded and thereby checked against their model.
        content: The body they were decoded from.

    Raises:
        PayloadError: The body holds text that cannot be written, or a record without id.
    """
    wires = _wires(content, kind.endpoint.wrapper_key)
    rows: list[Row] = []
    links: set[tuple[str, str, str]] = set()
    identities: list[tuple[bytes, str]] = []
    try:
        for record, wire in zip(records, wires, strict=True):
            row = _row(record, wire)
            rows.append(row)
            if not row.gone:
                links.update(_links(kind, wire))
                identities.extend((key, row.sourced_id) for key in identity_keys(kind, wire))
        ids = "\n".join(row.sourced_id for row in rows).encode()
    except UnicodeEncodeError:
        refusal = PayloadError(f"{kind.endpoint.operation_id}: the body holds text that cannot be written")
    else:
        oldest = min((record.date_last_modified for record in records), default=None)
        mark = int.from_bytes(sha256(ids).digest()[:7])
        return Page(rows, frozenset(links), identities, oldest, mark)
    raise refusal


def instant_text(instant: datetime) -> str:
    """Write an instant so that text order is time order."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(wire: Json) -> str:
    """Write a record with its keys in order, and nothing between them."""
    return json.dumps(wire, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def identity_keys(kind: Kind, wire: Json) -> Iterator[bytes]:
    """Yield a digest for each value that identifies the person; the value itself is kept nowhere but in the record."""
    for name in kind.identities:
        for value in values_at(wire.get(name), ()):
            if value:
                yield sha256(canonical([name, value]).encode()).digest()


def _row(record: Base, wire: Json) -> Row:
    modified = instant_text(record.date_last_modified)
    if record.status is BaseStatus.TOBEDELETED:
        return Row(record.sourced_id, gone=True, modified=modified, digest=b"", body="")
    body = canonical(wire)
    if _MARK in body:
        body = _NUMBER.sub(r"\1", body)
    return Row(record.sourced_id, gone=False, modified=modified, digest=sha256(body.encode()).digest(), body=body)


def _wires(content: bytes, key: str) -> Iterable[Any]:
    return json.loads(content.removeprefix(_BYTE_ORDER_MARK), parse_float=_kept)[key] or ()


def _kept(digits: str) -> str:
    return f"{_MARK}{digits}"


def _links(kind: Kind, wire: Json) -> Iterator[tuple[str, str, str]]:
    for link in kind.links:
        for found in values_at(wire, link.names):
            yield link.text, link.target, found["sourcedId"]
