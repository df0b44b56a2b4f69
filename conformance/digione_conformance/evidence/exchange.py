"""One request and its answer as evidence: what a check reads, what a report shows, what `rejudge` judges again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeGuard

from pydantic_core import SchemaValidator, core_schema, from_json

Json = Any


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

    @cached_property
    def json(self) -> Json:
        """The body as JSON, or None where it is none; `is_json` tells the two apart from JSON null."""
        return self._parsed[1]

    @property
    def is_json(self) -> bool:
        """Whether the body is well-formed JSON in UTF-8."""
        return self._parsed[0]

    @cached_property
    def _parsed(self) -> tuple[bool, Json]:
        return self._read()

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


def parsed(body: bytes) -> tuple[bool, Json]:
    """Return whether a body is well-formed JSON in UTF-8, and what it says; the last of equal keys counts."""
    try:
        # A parser that shares equal keys: answers repeat the same dozen names thousands of times.
        return True, from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        pass
    try:
        # A lone half of a character and a very deep body are JSON all the same, and only this parser reads them.
        return True, json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False, None


def are_objects(rows: Json) -> TypeGuard[list[dict[str, Json]]]:
    """Whether a value is a list of objects."""
    return isinstance(rows, list) and set(map(type, rows)) <= {dict}


def _ids_within(key: str, body: bytes) -> tuple[str, ...] | None:
    """Return the sourcedIds listed under a key; None where only the whole document tells."""
    if b"NaN" in body or b"Infinity" in body:
        return None  # it may stand outside of a text, and this parser would let it pass
    try:
        rows = _lists_of(key).validate_json(body)[key]
    except ValueError:
        return None
    ids = tuple(row["sourcedId"] for row in rows)
    return ids if set(map(type, ids)) <= {str} else None


@cache
def _lists_of(key: str) -> SchemaValidator:
    record = core_schema.typed_dict_schema({"sourcedId": core_schema.typed_dict_field(core_schema.any_schema())})
    rows = core_schema.typed_dict_field(core_schema.list_schema(record))
    return SchemaValidator(core_schema.typed_dict_schema({key: rows}))


def _refuse(token: str) -> Json:
    raise ValueError(f"{token} is no JSON")
