"""One request and its answer as evidence: what a check reads, what a report shows, what `rejudge` judges again."""

from __future__ import annotations

import json
import threading
import weakref
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final, Protocol, TypeGuard

import msgspec

Json = Any

MOST_READ: Final = 16_000_000
"""Bytes of the answers whose documents are held at a time: of 105 MB, 37 of 754 documents are then read twice."""

_MOST_DIGITS: Final = 4300
"""Of a whole number: Python turns no longer ones into an int."""


@dataclass(frozen=True)
class Ask:
    """A request as a check states it. `auth` names who asks; the token itself is never part of evidence.

    Attributes:
        method: HTTP method.
        url: Absolute address, query included, percent-encoded.
        auth: `a`, `b` … a tenant's client with all its scopes; `a.minimal` a further client of the tenant;
            `a:scope,scope` with these short scopes only; `none` without a token; `raw:label` with a value that the
            check made itself.
        headers: Further request headers, none of them secret.
        content: Request body, where there is one.
    """

    method: str
    url: str
    auth: str = "a"
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None


@dataclass(frozen=True, eq=False)
class Exchange:
    """An ask and its answer. `id` is its name in the evidence folder."""

    id: str
    ask: Ask
    status: int
    headers: Mapping[str, str]
    """Header names in lower case; repeated headers joined by a comma."""
    body: bytes
    elapsed: float = 0.0
    trouble: str | None = None
    """Why no answer arrived (status is 0 then)."""

    @property
    def json(self) -> Json:
        """The body as JSON, or None where it is none; `is_json` tells the two apart from JSON null."""
        return self._parsed[1]

    @property
    def is_json(self) -> bool:
        """Whether the body is well-formed JSON in UTF-8."""
        return self._parsed[0]

    @cached_property
    def _parsed(self) -> tuple[bool, Json]:
        found = self._read()
        _READ_LAST.hold(self)
        return found

    def _read(self) -> tuple[bool, Json]:
        return parsed(self.body)

    def listed(self, key: str) -> tuple[str, ...] | None:
        """Return the sourcedIds of the objects listed under a key, in order; None where there is no list of objects.

        It says what `json` says. Most answers are asked for their ids alone, and are not turned into objects for that:
        the ids are a small part of a long list, and are all that is kept of it.
        """
        if key not in self._ids:
            self._ids[key] = self._listed(key)
        return self._ids[key]

    def told(self, key: str, field: str) -> tuple[Json, ...] | None:
        """Return a field of the objects listed under a key, in order; objects that lack it are left out.

        None where there is no list of objects. It says what `json` says, and builds no objects, as `listed`.
        """
        return self._told(key, field)

    def _told(self, key: str, field: str) -> tuple[Json, ...] | None:
        if "_parsed" not in vars(self):
            values = _values_within(key, field, self.body)
            if values is not None:
                return values
        document = self.json
        rows = document.get(key) if isinstance(document, dict) else None
        return tuple(row[field] for row in rows if field in row) if are_objects(rows) else None

    @cached_property
    def _ids(self) -> dict[str, tuple[str, ...] | None]:
        return {}

    def _listed(self, key: str) -> tuple[str, ...] | None:
        if "_parsed" not in vars(self):
            rows = _ids_within(key, self.body)
            if rows is not None:
                return rows
        document = self.json
        rows = document.get(key) if isinstance(document, dict) else None
        return tuple(str(row.get("sourcedId")) for row in rows) if are_objects(rows) else None

    @property
    def ok(self) -> bool:
        """Whether the status says success."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the success class of HTTP


class _ReadLast:
    """The answers whose documents were read last; of older ones the document goes, and is read again when asked for.

    A document takes some ten times the memory of its text, and most are asked for by one check alone. What checks keep
    of a document stays with them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._held: deque[tuple[weakref.ref[Exchange], int]] = deque()
        self._lock = threading.Lock()

    def hold(self, exchange: Exchange) -> None:
        """Count an answer among them."""
        size = len(vars(exchange)["body"])  # a redacted answer shows its bytes to nobody
        with self._lock:
            self._held.append((weakref.ref(exchange), size))
            self._bytes += size
            while self._bytes > self._most and len(self._held) > 1:
                oldest, size = self._held.popleft()
                self._bytes -= size
                if (old := oldest()) is not None:
                    vars(old).pop("_parsed", None)


_READ_LAST: Final = _ReadLast(MOST_READ)


def parsed(body: bytes) -> tuple[bool, Json]:
    """Return whether a body is well-formed JSON in UTF-8, and what it says; the last of equal keys counts."""
    try:
        return True, msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        pass
    try:
        # A lone half of a character, a very deep body and a very long number are JSON all the same.
        return True, json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_int=_long)
    except (ValueError, RecursionError):
        return False, None


def are_objects(rows: Json) -> TypeGuard[list[dict[str, Json]]]:
    """Whether a value is a list of objects."""
    return isinstance(rows, list) and set(map(type, rows)) <= {dict}


def _ids_within(key: str, body: bytes) -> tuple[str, ...] | None:
    """Return the sourcedIds listed under a key; None where only the whole document tells."""
    rows = _rows_within(key, "sourcedId", body)
    if rows is None:
        return None
    ids = tuple(row.value for row in rows)
    return ids if set(map(type, ids)) <= {str} else None


def _values_within(key: str, field: str, body: bytes) -> tuple[Json, ...] | None:
    """Return the values of a field of the objects listed under a key; None where only the whole document tells."""
    rows = _rows_within(key, field, body)
    return None if rows is None else tuple(row.value for row in rows if row.value is not msgspec.UNSET)


def _rows_within(key: str, field: str, body: bytes) -> list[_Row] | None:
    try:
        if not body.isascii():
            body.decode()  # this parser steps over texts that nobody asks for, whatever bytes stand in them
        return _lists_of(key, field).decode(body).rows
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


class _Row(Protocol):
    value: Json


class _Rows(Protocol):
    rows: list[_Row]


@cache
def _lists_of(key: str, field: str) -> msgspec.json.Decoder[_Rows]:
    row = msgspec.defstruct("Row", [("value", Any, msgspec.UNSET)], rename={"value": field}, gc=False)
    body = msgspec.defstruct("Body", [("rows", list[row])], rename={"rows": key})  # type: ignore[valid-type]  # a type made at run time
    return msgspec.json.Decoder(body)


def _long(digits: str) -> int | float:
    """Return a whole number; one of more digits than Python turns into an int counts as infinite."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _refuse(token: str) -> Json:
    raise ValueError(f"{token} is no JSON")
