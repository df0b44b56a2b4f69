"""Faults in reading a query string: what the client wrote is not what the server understands."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Final
from urllib.parse import quote

from digione_mock_server.faults.fault import layer
from digione_sdk.wire.filter import Clause, Combination, Filter, Logical, Predicate

FAULTS: Final = (
    *layer(
        "parser",
        ("filter-syntax-ignored", "pitfall 26",
         "A filter that does not parse, or names no known field, is ignored and every row comes back."),
        ("filter-unknown-field-ignored", "pitfall 26",
         "A clause with an unknown field is dropped; the other clause counts, and alone it means all rows."),
        ("filter-second-clause-ignored", "pitfall 31", "Only the first clause of a filter counts."),
        ("filter-and-read-as-or", "plausible", "AND joins clauses as OR does."),
        ("filter-same-field-overwritten", "plausible",
         "Clauses are kept by field name, so of two on one field (a range of dates) only the last counts."),
        ("filter-split-inside-value", "pitfall 27", "' AND ' and ' OR ' split the filter inside a quoted value too."),
        ("filter-contains-lowers-value", "plausible", "The value of `~` is lower-cased, the stored text is not."),
        ("filter-date-only-refused", "consumers", "A date without time against dateLastModified is 400."),
        ("filter-long-crashes", "SEC-30", "A filter of more than 1,000 characters ends in 500."),
        ("query-read-as-latin-1", "plausible",
         "Percent-encoded bytes are read as Latin-1, so no letter of é, ä, ŋ matches."),
        ("query-decoded-twice", "SEC-71", "The query string is percent-decoded twice."),
        ("query-plus-kept", "pitfall 32", "`+` stays a plus and does not become a space."),
    ),
    *layer(
        "pager",
        ("default-limit-10", "pitfall 19", "Without limit a page has ten rows."),
        ("limit-zero-crashes", "pitfall 24", "limit=0 ends in 500 by a division."),
        ("limit-nonsense-defaults", "pitfall 24",
         "A negative limit, or one that is no number, is quietly the default."),
        ("huge-numbers-crash", "pitfall 24", "A limit or offset that does not fit 32 bits ends in 500."),
    ),
    *layer(
        "sort",
        ("order-by-ignored", "pitfall 25", "Rows come in ascending order whatever orderBy says."),
        ("sort-ignored-for-dates", "plausible", "A sort by a date or an instant is ignored."),
    ),
    *layer(
        "fields",
        ("fields-ignored-on-singles", "pitfall 34", "A single read ignores fields."),
        ("fields-ignored-on-collections", "pitfall 34", "A collection ignores fields."),
        ("fields-unknown-ignored", "pitfall 33", "An unknown name in fields answers 200 with all properties."),
        ("fields-last-counts", "plausible", "Of two parameters fields the last one alone counts."),
        ("fields-add-base-properties", "pitfall 34", "status and dateLastModified come along unasked."),
    ),
)  # fmt: skip

_LONGEST: Final = 1_000
_HIGH_BYTE: Final = re.compile("%([89A-Fa-f][0-9A-Fa-f])")
_JOINT: Final = re.compile(" AND | OR ")
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def misread(query_string: str, faults: AbstractSet[str]) -> str:
    """Return the query string that a careless server takes this one for."""
    if "query-plus-kept" in faults:
        query_string = query_string.replace("+", "%2B")
    if "query-decoded-twice" in faults:
        query_string = query_string.replace("%25", "%").replace("%2B", "+")
    if "query-read-as-latin-1" in faults:
        query_string = _HIGH_BYTE.sub(lambda byte: quote(chr(int(byte[1], 16))), query_string)
    return query_string


def refuses(text: str, faults: AbstractSet[str]) -> bool:
    """Whether a careless parser refuses a filter that is right.

    Raises:
        RecursionError: It is longer than the parser can bear.
    """
    if "filter-long-crashes" in faults and len(text) > _LONGEST:
        raise RecursionError
    return "filter-split-inside-value" in faults and any(part.count("'") % 2 for part in _JOINT.split(text))


def refuses_date(clause: Clause, faults: AbstractSet[str]) -> bool:
    """Whether a careless parser refuses the date of a clause."""
    return (
        "filter-date-only-refused" in faults
        and clause.field == "dateLastModified"
        and _DAY.fullmatch(clause.value) is not None
    )


def misunderstood(where: Filter, faults: AbstractSet[str]) -> Filter:
    """Return the filter that a careless parser makes of this one."""
    if "filter-contains-lowers-value" in faults:
        where = _lowered(where)
    if isinstance(where, Clause):
        return where
    if "filter-second-clause-ignored" in faults:
        return where.clauses[0]
    if "filter-and-read-as-or" in faults:
        return Combination(Logical.OR, where.parts)
    if "filter-same-field-overwritten" in faults:
        kept = {clause.field: clause for clause in where.clauses}
        return _joined(where.operator, tuple(kept.values()))
    return where


def without(where: Filter, unknown: AbstractSet[str]) -> Filter | None:
    """Return what is left of a filter without the clauses on these fields."""
    known = tuple(clause for clause in where.clauses if clause.field not in unknown)
    operator = where.operator if isinstance(where, Combination) else Logical.AND
    return _joined(operator, known) if known else None


def _joined(operator: Logical, clauses: tuple[Clause, ...]) -> Filter:
    return clauses[0] if len(clauses) == 1 else Combination(operator, clauses)


def _lowered(where: Filter) -> Filter:
    if isinstance(where, Combination):
        return Combination(where.operator, tuple(_lowered(part) for part in where.parts))
    value = where.value.lower() if where.predicate is Predicate.CONTAINS else where.value
    return Clause(where.field, where.predicate, value)
