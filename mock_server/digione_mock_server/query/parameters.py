"""The query string of a read as a value; what it cannot mean is refused here, before anything is looked up."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import parse_qsl

from pydantic import BaseModel

from digione_mock_server.dialects import asking
from digione_mock_server.faults import parser as wrong
from digione_mock_server.refusal import Refusal, bad_filter, bad_parameter, bad_selection
from digione_mock_server.store.paths import Path, resolve
from digione_mock_server.switches import Switches
from digione_sdk.errors import FilterError
from digione_sdk.model.facts import fields_of
from digione_sdk.wire.filter import Filter, parse

DEFAULT_LIMIT: Final = 100
LARGEST_LIMIT: Final = 10_000
_MOST_PARAMETERS: Final = 100
_DIGITS: Final = re.compile(r"[0-9]{1,18}")
_SINGLE: Final = ("limit", "offset", "sort", "orderBy", "filter")


@dataclass(frozen=True, slots=True)
class Query:
    """What a read asks for.

    Attributes:
        limit: Rows a page, after the cap.
        offset: Index of the first row.
        where: Filter, or None for all.
        sort: Path to sort by; None for the default, sourcedId.
        descending: Whether the order is reversed.
        fields: Top-level names asked for, or None for all; sourcedId always goes along.
        kept: The parameters that links to other pages repeat, decoded and in the order they came.
    """

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    where: Filter | None = None
    sort: Path | None = None
    descending: bool = False
    fields: frozenset[str] | None = None
    kept: tuple[tuple[str, str], ...] = ()


def read_query(query_string: bytes, model: type[BaseModel], *, collection: bool, switches: Switches) -> Query:
    """Read a query string.

    Unknown parameters are ignored; a single read knows `fields` alone.

    Raises:
        Refusal: 400 with the reason.
    """
    return read_pairs(pairs_of(query_string, switches), model, collection=collection, switches=switches)


def read_pairs(
    pairs: Sequence[tuple[str, str]], model: type[BaseModel], *, collection: bool, switches: Switches
) -> Query:
    """Read the parameters of a query.

    Raises:
        Refusal: 400 with the reason.
    """
    if not collection:
        return Query(fields=None if "fields-ignored-on-singles" in switches.faults else _fields(pairs, model, switches))
    given = once(pairs)
    return Query(
        limit=_limit(given.get("limit"), switches),
        offset=_number(given.get("offset"), name="offset", least=0, default=0, switches=switches),
        where=_where(given.get("filter"), model, switches),
        sort=_sort(given.get("sort"), model, switches),
        descending=_descending(given.get("orderBy")) and "order-by-ignored" not in switches.faults,
        fields=None if "fields-ignored-on-collections" in switches.faults else _fields(pairs, model, switches),
        kept=tuple((name, value) for name, value in pairs if name in {"sort", "orderBy", "filter", "fields"}),
    )


def pairs_of(query_string: bytes, switches: Switches) -> list[tuple[str, str]]:
    """Return the parameters of a query string, decoded and in the order they came.

    Raises:
        Refusal: 400: it cannot be decoded, or holds too many.
    """
    if not query_string:
        return []
    try:
        text = query_string.decode("ascii")
        if switches.faults:
            text = wrong.misread(text, switches.faults)
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
        return asking.without_cursor(pairs) if "next-by-cursor" in switches.dialects else pairs
    except ValueError:  # UnicodeDecodeError is one
        raise bad_parameter("The query string is not percent-encoded UTF-8, or has too many parameters") from None


def once(pairs: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """Return what is given, by name; a parameter that may stand once stands once: half of a request is not answered.

    Raises:
        Refusal: 400: one is given twice.
    """
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in _SINGLE:
            if name in given:
                raise (
                    bad_filter("filter is given twice") if name == "filter" else bad_parameter(f"{name} is given twice")
                )
            given[name] = value
    return given


def _limit(text: str | None, switches: Switches) -> int:
    dialects = switches.dialects
    default = asking.SMALL_DEFAULT if "small-default" in dialects else DEFAULT_LIMIT
    default = 10 if "default-limit-10" in switches.faults else default
    least = 0 if "limit-zero-crashes" in switches.faults or "limit-zero-empty" in dialects else 1
    wanted = _number(text, name="limit", least=least, default=default, switches=switches)
    cap = asking.LOW_CAP if "low-cap" in dialects else LARGEST_LIMIT
    return min(wanted, asking.TINY_CAP if "tiny-cap" in dialects else cap)


def _number(text: str | None, *, name: str, least: int, default: int, switches: Switches) -> int:
    if text is None:
        return default
    if not _DIGITS.fullmatch(text) or int(text) < least:
        if "limit-nonsense-defaults" in switches.faults and name == "limit":
            return default
        raise bad_parameter(f"{name} must be a whole number, {least} or greater")
    if "huge-numbers-crash" in switches.faults:
        array("i", [int(text)])
    return int(text)


def _where(text: str | None, model: type[BaseModel], switches: Switches) -> Filter | None:
    if text is None:
        return None
    try:
        return _parsed(text, model, switches)
    except Refusal:
        if "filter-syntax-ignored" in switches.faults:
            return None
        raise


def parsed(text: str, switches: Switches) -> Filter:
    """Return the filter that a text means.

    Raises:
        Refusal: 400: it means nothing.
    """
    if switches.faults and wrong.refuses(text, switches.faults):
        raise bad_filter("The filter does not parse")
    try:
        return parse(text, dialect="extended" if "extended-filter" in switches.dialects else "standard")
    except FilterError as error:
        raise bad_filter(f"The filter does not parse: {error}") from None


def _parsed(text: str, model: type[BaseModel], switches: Switches) -> Filter | None:
    where = parsed(text, switches)
    paths = {clause.field: resolve(model, clause.field) for clause in where.clauses}
    unknown = {field for field, path in paths.items() if path is None}
    if unknown:
        if "filter-unknown-field-ignored" in switches.faults:
            return wrong.without(where, unknown)
        raise bad_filter("A field of the filter is unknown or holds no comparable value")
    if any(asking.refuses_path(f, single=p is None or p.single, dialects=switches.dialects) for f, p in paths.items()):
        raise bad_filter("This server does not filter by that path")
    return wrong.misunderstood(where, switches.faults) if switches.faults else where


def _sort(text: str | None, model: type[BaseModel], switches: Switches) -> Path | None:
    if text is None:
        return None
    path = resolve(model, text)
    if "sort-ignored-for-dates" in switches.faults and path is not None and path.kind.is_time:
        return None
    if path is None and "sort-unknown-crashes" in switches.faults:
        raise KeyError
    if path is None and "unknown-sort-200" not in switches.dialects:
        raise bad_selection("The field to sort by is unknown")
    return path


def _descending(text: str | None) -> bool:
    if text not in {None, "asc", "desc"}:
        raise bad_parameter("orderBy must be asc or desc")
    return text == "desc"


def _fields(pairs: Sequence[tuple[str, str]], model: type[BaseModel], switches: Switches) -> frozenset[str] | None:
    """Both `fields=a,b` and `fields=a&fields=b` (rest-1.2 §2)."""
    values = [value for name, value in pairs if name == "fields"]
    if not values:
        return None
    if "fields-last-counts" in switches.faults:
        values = values[-1:]
    names = {name.strip() for value in values for name in value.split(",")}
    if "fields-add-base-properties" in switches.faults:
        names |= {"status", "dateLastModified"}
    if not names <= _top_level(model):
        if "fields-unknown-ignored" in switches.faults:
            return None
        raise bad_selection("A name in fields is no property of the object")
    return frozenset(names if "fields-exact" in switches.dialects else names | {"sourcedId"})


@cache
def _top_level(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(field.wire_name for field in fields_of(model).values())
