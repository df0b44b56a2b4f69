"""Rules on one row by itself: filled, well-formed, of the vocabulary, blank or not as the mode wants.

All conditions of a file are asked in one scan; only where it finds anything is each asked by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from digione_sdk.bulk.catalogue import RuleId
from digione_sdk.bulk.loading import LoadedFile, quoted
from digione_sdk.bulk.rules.sql import FLOAT, Check, Found, any_of, day, matches, number
from digione_sdk.bulk.tables import Column, Kind, Mode, Table
from digione_sdk.model.vocabulary import EXTENSION_PATTERN, LONGEST_EXTENSION

GUID: Final = r"[A-Za-z0-9._/@\-]+"
_LONGEST_GUID: Final = 255
_FIRST_ROWS: Final = 2_048
_MOST_KNOWN: Final = 8
_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_INSTANT: Final = _DAY + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+\-]00:00)"
_MILLISECONDS: Final = r".*:[0-9]{2}\.[0-9]{3}Z"
_PAIR: Final = r"\{[^{}:,]+:[^{}:,]+\}"
_UUID_URN: Final = r"(?i)urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PERSONAL_ID: Final = r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]|[^@]+@[^@]+\.[A-Za-z]{2,}"


def judge_rows(found: Found, file: LoadedFile, mode: Mode, *, resolved: frozenset[str]) -> None:
    """Judge every row of a file; references in `resolved` columns are left to the rules on references."""
    asked = checks_of(file.table, mode, resolved=resolved, plain=file.plain)
    checks = [check for check in asked if check.fits(file.columns)]
    found.ask(file, *(check.rule for check in checks))
    name = quoted(file.table.name)
    if not _any_broken(found, name, checks):
        return
    counts = ", ".join(f"count(*) FILTER (WHERE {check.broken})" for check in checks)
    row = found.package.db.execute(f"SELECT {counts} FROM {name}").fetchall()[0]
    for check, count in zip(checks, row, strict=True):
        if count:
            found.rows(file, check)


def _any_broken(found: Found, name: str, checks: Iterable[Check]) -> bool:
    broken = " OR ".join(f"({check.broken})" for check in checks if not check.few)
    if found.number(f"SELECT count(*) FROM {name} WHERE {broken}"):
        return True
    return any(_any_of_few_broken(found, name, check) for check in checks if check.few)


def _any_of_few_broken(found: Found, name: str, check: Check) -> bool:
    """Look at each value once; those that the first rows hold and that are right need not be gathered at all."""
    column = quoted(check.column)
    first = f"SELECT DISTINCT {column} FROM (SELECT {column} FROM {name} LIMIT {_FIRST_ROWS})"
    right = f"SELECT {column} FROM ({first}) WHERE NOT ({check.broken}) AND {column} IS NOT NULL LIMIT {_MOST_KNOWN}"
    known = [value for (value,) in found.package.db.execute(right).fetchall()]
    others = f"WHERE {column} NOT IN {any_of(known)}" if known else ""
    return bool(
        found.number(
            # As a filter of the count: DuckDB would move a WHERE below the DISTINCT and look at every row again.
            f"SELECT count(*) FILTER (WHERE {check.broken}) FROM (SELECT DISTINCT {column} FROM {name} {others})"
        )
    )


def checks_of(
    table: Table, mode: Mode, *, resolved: frozenset[str] = frozenset(), plain: bool = False
) -> Iterator[Check]:
    """Yield the checks on one row of a table.

    Args:
        table: The table.
        mode: Whether its rows are bulk or delta.
        resolved: Columns of references that are looked up: their form need not be looked at.
        plain: Whether no field holds anything but what a GUID may hold.
    """
    for column in table.columns:
        if column.lifecycle:
            yield from _lifecycle(column, mode)
        else:
            if column.required:
                yield Check(RuleId.FILLED, column.name, f"{quoted(column.name)} IS NULL")
            if plain and column.kind in {Kind.GUID, Kind.REFERENCE} and column.name not in resolved:
                yield Check(RuleId.GUID, column.name, f"length({quoted(column.name)}) > {_LONGEST_GUID}")
            elif column.name not in resolved:
                yield from _well_formed(column)
    for check in _OWN:
        if check.fits(table.header) and _TABLES.get(check.rule, table.name) == table.name:
            yield check


def _lifecycle(column: Column, mode: Mode) -> Iterator[Check]:
    if mode is Mode.BULK:
        yield Check(RuleId.BULK_BLANK, column.name, f"{quoted(column.name)} IS NOT NULL")
    else:
        yield Check(RuleId.DELTA_FILLED, column.name, f"{quoted(column.name)} IS NULL")
        yield from _well_formed(column)


def _well_formed(column: Column) -> Iterator[Check]:
    if column.pairs:
        yield Check(RuleId.PAIRS, column.name, _not_list(column, _PAIR))
    if make := _BY_KIND.get(column.kind):
        yield from make(column)


def _guid(column: Column) -> Iterator[Check]:
    name = quoted(column.name)
    too_long = f"length({name}) > {_LONGEST_GUID}"
    yield Check(RuleId.GUID, column.name, f"NOT {matches(column.name, GUID)} OR {too_long}")


def _guids(column: Column) -> Iterator[Check]:
    longest = f"list_max(list_transform(string_split({quoted(column.name)}, ','), lambda id: length(id)))"
    yield Check(RuleId.GUID, column.name, f"{_not_list(column, GUID)} OR {longest} > {_LONGEST_GUID}")


def _date(column: Column) -> Iterator[Check]:
    name = quoted(column.name)
    # Only a day that was written as DuckDB would write it survives the way there and back; "infinity" does too.
    yield Check(
        RuleId.DATE,
        column.name,
        f"{name} IS NOT NULL AND (length({name}) <> 10 OR try_cast({name} AS DATE)::VARCHAR IS DISTINCT FROM {name})",
        few=True,
    )


def _instant(column: Column) -> Iterator[Check]:
    name = quoted(column.name)
    wrong = f"NOT {matches(column.name, _INSTANT)} OR try_cast(left({name}, 19) AS TIMESTAMP) IS NULL"
    yield Check(RuleId.DATETIME, column.name, f"{name} IS NOT NULL AND ({wrong})")
    yield Check(
        RuleId.MILLISECONDS,
        column.name,
        f"{matches(column.name, _INSTANT)} AND NOT {matches(column.name, _MILLISECONDS)}",
    )


def _by_pattern(rule: RuleId, pattern: str) -> Callable[[Column], Iterator[Check]]:
    def make(column: Column) -> Iterator[Check]:
        yield Check(rule, column.name, f"NOT {matches(column.name, pattern)}")

    return make


def _boolean(column: Column) -> Iterator[Check]:
    yield Check(RuleId.BOOLEAN, column.name, f"{quoted(column.name)} NOT IN {any_of(_tokens(column))}")


def _enumeration(column: Column) -> Iterator[Check]:
    name, tokens = quoted(column.name), column.tokens
    broken = f"{name} NOT IN {any_of(_tokens(column))}"
    if tokens and tokens.extensible:
        broken += f" AND (NOT {matches(column.name, EXTENSION_PATTERN)} OR length({name}) > {LONGEST_EXTENSION})"
    yield Check(RuleId.TOKEN, column.name, broken, _expected(column))


def _enumerations(column: Column) -> Iterator[Check]:
    one = "|".join(_tokens(column))
    if column.tokens and column.tokens.extensible:
        longest = LONGEST_EXTENSION - len("ext:")
        one += f"|{EXTENSION_PATTERN.removesuffix('+')}{{1,{longest}}}"
    yield Check(RuleId.TOKEN, column.name, _not_list(column, f"({one})"), _expected(column))


def _tokens(column: Column) -> tuple[str, ...]:
    return column.tokens.values if column.tokens else ()


def _expected(column: Column) -> Mapping[str, str]:
    more = ("ext:...",) if column.tokens and column.tokens.extensible else ()
    return {"expected": ", ".join((*_tokens(column), *more))}


def _not_list(column: Column, member: str) -> str:
    return f"NOT {matches(column.name, f'{member}(,{member})*')}"


_BY_KIND: Final[Mapping[Kind, Callable[[Column], Iterator[Check]]]] = {
    Kind.GUID: _guid,
    Kind.REFERENCE: _guid,
    Kind.REFERENCES: _guids,
    Kind.ENUMERATION: _enumeration,
    Kind.ENUMERATIONS: _enumerations,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.DATETIME: _instant,
    Kind.YEAR: _by_pattern(RuleId.YEAR, "[0-9]{4}"),
    Kind.INTEGER: _by_pattern(RuleId.INTEGER, "-?[0-9]+"),
    Kind.FLOAT: _by_pattern(RuleId.FLOAT, FLOAT),
}


def _after(begin: str, end: str, *, same_day: bool = False) -> Check:
    # Days compare as texts, which is cheap; whether both are days is asked of the few rows that are left.
    late = f"{quoted(end)} {'<' if same_day else '<='} {quoted(begin)}"
    broken = f"{late} AND {day(quoted(end))} IS NOT NULL AND {day(quoted(begin))} IS NOT NULL"
    return Check(RuleId.ORDERED_DATES, end, broken, {"other": begin}, beside=(begin,))


def _members(column: str) -> str:
    return f"(length({column}) - length(replace({column}, ',', '')) + 1)"


_OWN: Final = (
    _after("startDate", "endDate"),
    _after("beginDate", "endDate"),
    _after("assignDate", "dueDate", same_day=True),
    Check(
        RuleId.SCHOOL_YEAR,
        "schoolYear",
        f"\"type\" = 'schoolYear' AND schoolYear LIKE '____' AND schoolYear <> year({day('endDate')} - 1)::VARCHAR",
        beside=("type", "endDate"),
    ),
    Check(RuleId.PRIMARY_IS_TEACHER, "primary", "\"primary\" = 'true' AND role <> 'teacher'", beside=("role",)),
    Check(
        RuleId.PARALLEL_SUBJECTS,
        "subjectCodes",
        f"subjectCodes IS NOT NULL AND {_members('subjectCodes')} IS DISTINCT FROM {_members('subjects')}",
        beside=("subjects",),
    ),
    Check(
        RuleId.ORDERED_BOUNDS,
        "resultValueMin",
        f"{number('resultValueMin')} > {number('resultValueMax')}",
        beside=("resultValueMax",),
    ),
    Check(
        RuleId.CASE_URN,
        "learningObjectiveId",
        f"source = 'case' AND NOT {matches('learningObjectiveId', _UUID_URN)}",
        beside=("source",),
    ),
    Check(RuleId.NO_PASSWORD, "password", "password IS NOT NULL"),
    Check(RuleId.OPAQUE_ID, "sourcedId", matches("sourcedId", _PERSONAL_ID)),
)
"""Rules between the columns of one row, or on one column of one table."""

_TABLES: Final[Mapping[RuleId, str]] = {
    RuleId.OPAQUE_ID: "users",
    RuleId.PRIMARY_IS_TEACHER: "enrollments",
}
"""The table that a rule is for, where its columns do not tell."""
