"""The tables of OneRoster CSV say what the standard says: compared with independent notes, in both directions."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from digione_sdk.bulk.tables import (
    CLOSURES,
    Column,
    Kind,
    Version,
    manifest_properties,
    may_need,
    needs,
    tables_of,
)
from tests.contract import csv_restatement as notes

NOTED = notes.files_of_1_2()
V1P1, V1P2, LATER = (tables_of(version) for version in (Version.V1P1, Version.V1P2, Version.V1P2P1))


def told(column: Column) -> notes.Noted:
    kind = "References" if column.kind is Kind.REFERENCES else str(column.kind)
    tokens = column.tokens
    return notes.Noted(
        required=column.required,
        kind=kind,
        tokens=frozenset(tokens.values) if tokens else frozenset(),
        extensible=bool(tokens and tokens.extensible),
        target=column.target,
        target_type=column.target_type,
    )


def test_the_notes_hold_21_files() -> None:
    assert len(NOTED) == 21


def test_1_2_has_the_files_that_the_notes_have() -> None:
    assert V1P2.keys() == NOTED.keys() == CLOSURES.keys()


@pytest.mark.parametrize("name", sorted(NOTED))
def test_headers_of_1_2_are_those_of_the_notes(name: str) -> None:
    assert V1P2[name].header == NOTED[name][0]


@pytest.mark.parametrize("name", sorted(NOTED))
def test_columns_of_1_2_are_those_of_the_notes(name: str) -> None:
    columns = {column.name: told(column) for column in V1P2[name].columns if not column.lifecycle}
    expected = dict(NOTED[name][1])
    if name == "demographics":  # its id is that of a user: a reference in all but the name
        expected["sourcedId"] = replace(expected["sourcedId"], target=columns["sourcedId"].target)
    if name == "users":  # section 6 tells the target: "resources (1.2)"
        expected["resourceSourcedIds"] = replace(expected["resourceSourcedIds"], target="resources")
    assert columns == expected


@pytest.mark.parametrize("name", sorted(NOTED))
def test_status_and_instant_stand_second_and_third(name: str) -> None:
    second, third = V1P2[name].columns[1:3]
    assert (second.name, second.kind, second.lifecycle) == ("status", Kind.ENUMERATION, True)
    assert second.tokens is not None
    assert set(second.tokens.values) == {"active", "tobedeleted"}
    assert not second.tokens.extensible
    assert (third.name, third.kind, third.lifecycle) == ("dateLastModified", Kind.DATETIME, True)


def test_1_1_has_the_files_and_headers_of_the_notes() -> None:
    assert {name: table.header for name, table in V1P1.items()} == notes.headers_of_1_1()
    assert len(V1P1) == 13


def test_1_1_requires_what_the_notes_say_and_extends_nothing() -> None:
    assert all(V1P1["users"][name].required for name in ("orgSourcedIds", "role"))
    assert V1P1["users"]["orgSourcedIds"].kind is Kind.REFERENCES
    for name in ("resultValueMin", "resultValueMax", "gradingPeriodSourcedId"):
        assert V1P1["lineItems"][name].required
    assert V1P1["results"]["score"].required
    assert set(V1P1["demographics"]["sex"].tokens.values) == {"male", "female"}
    (roles,) = re.findall(r"users\.role \{([^}]+)\}", notes.section(7))
    assert set(V1P1["users"]["role"].tokens.values) == set(re.split(r",\s+", roles))
    assert not any(c.tokens and c.tokens.extensible for table in V1P1.values() for c in table.columns)


def test_1_2_1_differs_by_what_the_notes_say() -> None:
    assert V1P2.keys() == LATER.keys()
    assert [name for name in V1P2 if V1P2[name] != LATER[name]] == ["users"]
    assert set(V1P2["users"].header) - set(LATER["users"].header) == {"resourceSourcedIds"}
    assert len(LATER["users"].header) == 22
    assert (V1P2["users"]["grades"].kind, LATER["users"]["grades"].kind) == (Kind.STRING, Kind.STRINGS)


@pytest.mark.parametrize("name", sorted(set(NOTED) - {n for n, c in CLOSURES.items() if c.with_all_of}))
def test_closures_are_those_of_the_notes(name: str) -> None:
    requires, optional = notes.closures()[name]
    assert needs(name, V1P2) == requires
    assert may_need(name, V1P2) == optional


def test_join_files_need_what_they_join_and_all_that_those_need() -> None:
    assert needs("lineItemScoreScales", V1P2) == {"lineItems", "scoreScales"} | needs("lineItems", V1P2) | needs(
        "scoreScales", V1P2
    )
    assert needs("resultLearningObjectiveIds", V1P2) == {"results"} | needs("results", V1P2)


def test_a_file_needs_or_may_need_all_that_it_refers_to() -> None:
    for name, table in V1P2.items():
        named = {column.target for column in table.references} - {name}
        assert named <= needs(name, V1P2) | may_need(name, V1P2) | {"orgs"}, name


def test_the_manifest_has_a_row_for_every_file() -> None:
    every, new = notes.manifest_files()
    assert len(every) == 21
    assert {name for name, _ in manifest_properties(Version.V1P2) if name.startswith("file.")} == {
        f"file.{name}" for name in every
    }
    assert {name for name, _ in manifest_properties(Version.V1P1) if name.startswith("file.")} == {
        f"file.{name}" for name in (every - new) | {"users"}
    }
    assert len(manifest_properties(Version.V1P2)) == 25


@pytest.mark.parametrize("version", list(Version))
def test_tables_stand_after_what_they_refer_to(version: Version) -> None:
    seen: set[str] = set()
    for name, table in tables_of(version).items():
        assert {column.target for column in table.references} <= seen | {name}
        seen.add(name)


@pytest.mark.parametrize("version", [Version.V1P2, Version.V1P2P1])
def test_root_causes_stand_in_the_order_of_the_school(version: Version) -> None:
    named = ("orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments")
    assert [name for name in tables_of(version) if name in named] == list(named)


@pytest.mark.parametrize("version", list(Version))
def test_a_column_names_a_field_of_a_model_that_exists(version: Version) -> None:
    without = {
        f"{table.name}.{column.name}"
        for table in tables_of(version).values()
        for column in table.columns
        if column.model and column.facts is None
    }
    # What REST nests has no id there, and its links have no title (csv.md §8). Such values are masked.
    assert without <= {
        "roles.sourcedId",
        "userProfiles.sourcedId",
        "lineItemLearningObjectiveIds.sourcedId",
        "resultLearningObjectiveIds.sourcedId",
        "classResources.title",
        "courseResources.title",
        "lineItemScoreScales.title",
        "resultScoreScales.title",
    }
    assert all(column.model for table in tables_of(version).values() for column in table.columns)
