"""A row that the rules of CSV refuse, the models refuse as well, and the other way round, but for what csv.md §8 lists.

Each example takes a valid row of a small school and changes one field; the same row is read as a CSV row by the checks
of the validator and as a REST object by the model.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from digione_sdk.bulk.catalogue import RuleId, rules
from digione_sdk.bulk.findings import Severity
from digione_sdk.bulk.rules.rows import checks_of
from digione_sdk.bulk.tables import Column, Kind, Mode, Table, Version, tables_of
from digione_sdk.model.oneroster import Base
from tests.bulk import small

TABLES = tables_of(Version.V1P2P1)
SCHOOL = small.school(gradebook=True)
ONE_TO_ONE = (
    "orgs", "academicSessions", "courses", "classes", "users", "demographics", "enrollments", "roles", "categories",
    "lineItems", "results", "scoreScales", "resources", "userProfiles",
)  # fmt: skip
"""Tables whose row is one object of a model."""
JOINED = {
    "classResources": ("classes", "resources"),
    "courseResources": ("courses", "resources"),
    "userResources": ("users", "resources"),
    "lineItemScoreScales": ("lineItems", "scoreScale"),
    "resultScoreScales": ("results", "scoreScale"),
    "lineItemLearningObjectiveIds": ("lineItems", "learningObjectiveSet"),
    "resultLearningObjectiveIds": ("results", "learningObjectiveSet"),
}
"""Tables whose row is a part of an object: that of which table, and the field that holds it."""

BLANK, FORM = "blank", "form"
DIFFERENCES = {
    ("users", "username", BLANK): "optional in REST",
    ("courses", "orgSourcedId", BLANK): "optional in REST",
    ("classes", "classType", BLANK): "optional in REST",
    ("lineItems", "academicSessionSourcedId", BLANK): "optional in REST, beside gradingPeriod",
    ("scoreScales", "courseSourcedId", BLANK): "optional in REST",
    ("orgs", "identifier", BLANK): "required in REST",
    ("courses", "courseCode", BLANK): "required in REST",
    ("categories", "weight", FORM): "a float in REST",
}
"""Where the two may differ in one column (csv.md §8)."""

DIFFERENT_KINDS = {
    Kind.GUID: "models hold any id that a provider sends",
    Kind.REFERENCE: "as above",
    Kind.REFERENCES: "as above",
    Kind.YEAR: "text in REST",
    Kind.DATETIME: "any zone in REST, and not only milliseconds",
}
"""Kinds whose form the models judge more mildly on purpose."""

STATUS = {"inactive": "OneRoster 1.0 wrote it, and models read it as a tombstone"}


def changed_fields() -> st.SearchStrategy[tuple[str, str, str]]:
    """A table, a column of it that REST has as well, and a text for it: good, nearly good, or anything."""
    return st.sampled_from(ONE_TO_ONE).flatmap(
        lambda name: st.sampled_from(
            [column for column in TABLES[name].columns if compared(TABLES[name], column)]
        ).flatmap(lambda column: st.tuples(st.just(name), st.just(column.name), texts(column)))
    )


def compared(table: Table, column: Column) -> bool:
    own = column.model is model_of(table) or (column.lifecycle and issubclass(model_of(table), Base))
    return own and column.facts is not None and not column.pairs


def model_of(table: Table) -> Any:
    return table[{"roles": "roleType", "userProfiles": "profileType"}.get(table.name, table.header[3])].model


def texts(column: Column) -> st.SearchStrategy[str]:
    known = {
        Kind.DATE: ["2026-08-11", "2024-02-29"],
        Kind.DATETIME: ["2026-08-11T06:00:00.000Z"],
        Kind.YEAR: ["2027"],
        Kind.FLOAT: ["8.5", "-1", "1e2", "+3", ".5", "5."],
        Kind.INTEGER: ["40", "0"],
    }
    good = [*(column.tokens.values if column.tokens else ()), *known.get(column.kind, ["x"]), "ext:abc", "true"]
    if column.kind is Kind.ENUMERATIONS:
        good.append("student,teacher")
    near = st.sampled_from(good).flatmap(nearly)
    free = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
    return st.just("") | st.sampled_from(good) | near | free


def nearly(text: str) -> st.SearchStrategy[str]:
    places = st.integers(0, max(0, len(text) - 1))
    return st.one_of(
        st.just(text.upper()),
        st.just(f"{text} "),
        st.just(f" {text}"),
        st.just(f"{text},{text}"),
        places.map(lambda place: text[:place] + text[place + 1 :]),
        st.tuples(places, st.sampled_from("09-.:TZ ,eA")).map(lambda it: text[: it[0]] + it[1] + text[it[0] + 1 :]),
        st.just(f"ext:{text}"),
        st.just(f"ext:{'a' * 252}"),
    )


def row_of(name: str) -> dict[str, str]:
    lifecycle = {"status": "active", "dateLastModified": "2026-08-11T06:00:00.000Z"}
    return {**SCHOOL[name][-1], **lifecycle}


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:")


def csv_rejects(table: Table, row: dict[str, str]) -> set[str]:
    """Columns in which the checks of the validator find an error."""
    checks = [check for check in checks_of(table, Mode.DELTA) if rules()[check.rule].severity is Severity.ERROR]
    asked = ", ".join(f"coalesce({check.broken}, false)" for check in checks)
    columns = ", ".join(f'?::VARCHAR AS "{column}"' for column in table.header)
    values = [row.get(column) or None for column in table.header]
    (answers,) = _database().execute(f"SELECT {asked} FROM (SELECT {columns})", values).fetchall()  # noqa: S608
    between = {RuleId.PARALLEL_SUBJECTS}  # between columns: the models hold each field by itself
    return {check.column for check, yes in zip(checks, answers, strict=True) if yes and check.rule not in between}


def model_rejects(table: Table, row: dict[str, str]) -> bool:
    """Whether the model refuses the same row as a REST object."""
    wire = {
        column.field: value
        for column in table.columns
        if compared(table, column) and (value := rest_value(column, row.get(column.name, ""))) is not None
    }
    try:
        model_of(table).model_validate(REST_ONLY.get(table.name, {}) | wire)
    except ValidationError:
        return True
    return False


LINK = {"href": "https://roster.example.org/x", "sourcedId": "x"}
REST_ONLY: dict[str, dict[str, Any]] = {
    "users": {"roles": [{"roleType": "primary", "role": "student", "org": {**LINK, "type": "org"}}]},
    "scoreScales": {"scoreScaleValue": [{"itemValueLHS": "4", "itemValueRHS": "4"}]},
    "userProfiles": {"profileId": "p-1"},
}
"""What REST demands and a row of CSV holds elsewhere (csv.md §8)."""


def rest_value(column: Column, text: str) -> Any:
    facts = column.facts
    assert facts is not None
    if not text:
        return None
    if facts.record is not None:  # a link, or several
        link = {**LINK, "type": facts.record.TYPE}
        return [link | {"sourcedId": id_} for id_ in text.split(",")] if facts.many else link | {"sourcedId": text}
    if facts.many:
        return text.split(",")
    if column.kind in {Kind.FLOAT, Kind.INTEGER}:
        return number(text)
    if column.name in {"assignDate", "dueDate"}:
        return f"{text}T00:00:00Z"  # an instant in REST
    return text


def number(text: str) -> Any:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return value if value.is_finite() and text == text.strip() and "_" not in text and text.isascii() else text


def may_differ(table: Table, column: Column, text: str) -> bool:
    what = FORM if text else BLANK
    if (table.name, column.name, what) in DIFFERENCES:
        return True
    if what == BLANK:
        return column.lifecycle and model_of(table).__name__ in {"Role", "UserProfile"}
    return column.kind in DIFFERENT_KINDS or (column.name == "status" and text in STATUS)


@given(changed_fields())
@settings(max_examples=400, deadline=None)
def test_csv_and_models_reject_the_same_rows(changed: tuple[str, str, str]) -> None:
    name, column, text = changed
    table = TABLES[name]
    row = row_of(name) | {"identifier": "1", "courseCode": "1", column: text}
    if may_differ(table, table[column], text):
        return
    assert (column in csv_rejects(table, row)) == model_rejects(table, row), (name, column, text)


@pytest.mark.parametrize("name", ONE_TO_ONE)
def test_the_row_that_is_changed_is_good_for_both(name: str) -> None:
    row = row_of(name) | {"identifier": "1", "courseCode": "1"}
    assert csv_rejects(TABLES[name], row) == set()
    assert not model_rejects(TABLES[name], row)


@pytest.mark.parametrize(("name", "column", "what"), DIFFERENCES)
def test_a_listed_difference_is_one(name: str, column: str, what: str) -> None:
    row = row_of(name) | {"identifier": "1", "courseCode": "1", column: "" if what == BLANK else "40.5"}
    assert (column in csv_rejects(TABLES[name], row)) != model_rejects(TABLES[name], row)


# --- Rows that REST nests ---------------------------------------------------------------------------------------------

NESTED_ROWS: dict[str, dict[str, str]] = {
    "classResources": {"sourcedId": "kr-1", "classSourcedId": "k-1", "resourceSourcedId": "m-1"},
    "courseResources": {"sourcedId": "cr-1", "courseSourcedId": "c-1", "resourceSourcedId": "m-1"},
    "resultScoreScales": {"sourcedId": "rs-1", "resultSourcedId": "s-1", "scoreScaleSourcedId": "x-1"},
    "lineItemLearningObjectiveIds": {
        "sourcedId": "lo-1",
        "lineItemSourcedId": "l-1",
        "source": "unknown",
        "learningObjectiveId": "a",
    },
    "resultLearningObjectiveIds": {
        "sourcedId": "ro-1",
        "resultSourcedId": "s-1",
        "source": "unknown",
        "learningObjectiveId": "a",
        "score": "8.5",
    },
}
"""Rows of which the small school has none, or one whose id only CASE would give."""


OWN_SOURCE = re.compile(r"(?!(case|unknown)$)(ext:[A-Za-z0-9._-]+|/?[a-z0-9]+)")
"""A source of one's own is ext:name in CSV, and name or /name in REST (rest-1.2 §12.4)."""


def nested_row(name: str) -> dict[str, str]:
    lifecycle = {"status": "active", "dateLastModified": "2026-08-11T06:00:00.000Z"}
    return {**(NESTED_ROWS.get(name) or SCHOOL[name][-1]), **lifecycle}


def nested(name: str, row: dict[str, str]) -> Any:
    """What a row is in its object."""
    given = {key: text for key, text in row.items() if text}
    if name.endswith("LearningObjectiveIds"):
        one: dict[str, Any] = {key: given[key] for key in ("learningObjectiveId", "textScore") if key in given}
        if "score" in given:
            one["score"] = number(given["score"])
        source = {"source": given["source"]} if "source" in given else {}
        if name.startswith("result"):
            return [source | {"learningObjectiveResults": [one]}]
        return [source | ({"learningObjectiveIds": [one["learningObjectiveId"]]} if one else {})]
    column, token = (
        ("scoreScaleSourcedId", "scoreScale") if "ScoreScales" in name else ("resourceSourcedId", "resource")
    )
    link = {"href": LINK["href"], "type": token} | ({"sourcedId": given[column]} if column in given else {})
    return [link] if token == "resource" else link


def nested_model_rejects(name: str, row: dict[str, str]) -> bool:
    parent, field = JOINED[name]
    table = TABLES[parent]
    own = row_of(parent) | {"identifier": "1", "courseCode": "1"}
    wire = {
        column.field: value
        for column in table.columns
        if compared(table, column) and (value := rest_value(column, own.get(column.name, ""))) is not None
    }
    try:
        model_of(table).model_validate(REST_ONLY.get(parent, {}) | wire | {field: nested(name, row)})
    except ValidationError:
        return True
    return False


def nested_columns(name: str) -> list[Column]:
    """Columns that say something of the object: neither the row's own id and life, nor which object it is a part of."""
    parent = JOINED[name][0]
    return [
        column
        for column in TABLES[name].columns
        if not column.lifecycle
        and column.name not in {"sourcedId", "title"}
        and column.target != parent
        # csv.md §8: optional context of a user's resource, lost in REST
        and (name, column.name) not in {("userResources", "orgSourcedId"), ("userResources", "classSourcedId")}
    ]


def changed_nested_fields() -> st.SearchStrategy[tuple[str, str, str]]:
    return st.sampled_from(sorted(JOINED)).flatmap(
        lambda name: st.sampled_from(nested_columns(name)).flatmap(
            lambda column: st.tuples(st.just(name), st.just(column.name), texts(column))
        )
    )


@given(changed_nested_fields())
@settings(max_examples=400, deadline=None)
def test_csv_and_models_reject_the_same_rows_of_what_rest_nests(changed: tuple[str, str, str]) -> None:
    name, column, text = changed
    table = TABLES[name]
    row = nested_row(name) | {column: text}
    if text and (table[column].kind in DIFFERENT_KINDS or (column == "source" and OWN_SOURCE.fullmatch(text))):
        return
    assert (column in csv_rejects(table, row)) == nested_model_rejects(name, row), (name, column, text)


@pytest.mark.parametrize("name", JOINED)
def test_the_nested_row_that_is_changed_is_good_for_both(name: str) -> None:
    assert csv_rejects(TABLES[name], nested_row(name)) == set()
    assert not nested_model_rejects(name, nested_row(name))


def test_every_table_is_compared() -> None:
    assert {*ONE_TO_ONE, *JOINED} == set(TABLES)
