"""Packages made of records, of packages of another version, and of two packages; every mismatch is met and told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import pytest

from digione_sdk.bulk import Mode, Version, open_package, validate
from digione_sdk.bulk.conversion import (
    KINDS,
    DeltaCount,
    apply_delta,
    convert_package,
    delta_between,
    export_package,
    records_in,
)
from digione_sdk.cli.main import run
from digione_sdk.errors import PackageError, UsageError
from digione_sdk.model.oneroster import (
    AcademicSession,
    AssessmentLineItem,
    Category,
    Class,
    Course,
    LineItem,
    Org,
    Result,
    Role,
    ScoreScale,
    User,
)
from digione_sdk.synchronise import SQLiteStore
from digione_sdk.wire.versions import DEFAULT_POLICY, Action, ConversionReport
from tests.bulk import small

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
ANY_SESSION = replace(DEFAULT_POLICY, any_session=True)


def package(folder, rows=None, version=Version.V1P2P1, mode=Mode.BULK, name="in"):
    rows = small.school(version, gradebook=version is not Version.V1P1) if rows is None else rows
    return small.in_zip(folder / f"{name}.zip", small.files(rows, version, mode))


def content(path):
    with open_package(path) as opened:
        return {name: list(opened.rows(name)) for name in opened.files if opened.count(name)}


def records(path):
    with open_package(path) as opened:
        return list(chain.from_iterable(records_in(opened, model, modified=NOON) for model in KINDS))


def told(report):
    return {(kind.object, kind.field, kind.action) for kind in report.counts}


def of(path, model):
    with open_package(path) as opened:
        return list(records_in(opened, model, modified=NOON))


@pytest.fixture(name="school")
def _school(tmp_path):
    return package(tmp_path)


@pytest.mark.parametrize("mode", [Mode.BULK, Mode.DELTA])
@pytest.mark.parametrize("version", Version)
def test_records_of_a_school_make_a_clean_package_of_every_version(version, mode, school, tmp_path) -> None:
    out = tmp_path / "out.zip"
    export_package(out, reversed(records(school)), version=version, mode=mode, policy=ANY_SESSION)
    validation = validate(out, version=version)
    assert validation.findings == ()
    assert set(validation.modes.values()) == {mode}
    assert "lineItems.csv" in validation.files


@pytest.mark.parametrize("to", Version)
@pytest.mark.parametrize("version", Version)
def test_a_package_of_every_version_is_clean_in_every_other(version, to, tmp_path) -> None:
    out = tmp_path / "out.zip"
    convert_package(package(tmp_path, version=version), out, to=to, version=version, policy=ANY_SESSION)
    assert validate(out, version=to).findings == ()


def test_from_1_1_to_1_2_and_back_nothing_changes(tmp_path) -> None:
    rows = small.school(Version.V1P1)
    rows["users"][0] |= {"role": "administrator", "orgSourcedIds": "o-2,o-1"}
    rows["classResources"] = [{"sourcedId": "kr", "title": "x", "classSourcedId": "k-1", "resourceSourcedId": "m"}]
    rows["resources"] = [{"sourcedId": "m", "vendorResourceId": "v"}]
    first = package(tmp_path, rows, Version.V1P1)
    report = convert_package(first, tmp_path / "2.zip", to="1.2.1")
    assert report.is_lossless
    convert_package(tmp_path / "2.zip", tmp_path / "3.zip", to="1.1")
    assert content(first) == content(tmp_path / "3.zip")


def test_what_1_1_cannot_hold_comes_back_where_it_was_put_by(school, tmp_path) -> None:
    parked = replace(ANY_SESSION, park=True)
    convert_package(school, tmp_path / "1.zip", to="1.1", policy=parked)
    assert validate(tmp_path / "1.zip").findings == ()
    convert_package(tmp_path / "1.zip", tmp_path / "2.zip", to="1.2.1", policy=parked)
    assert content(tmp_path / "2.zip")["categories"] == content(school)["categories"]


def test_an_object_that_1_1_cannot_tell_is_left_out_with_all_that_needs_it(school, tmp_path) -> None:
    report = convert_package(school, tmp_path / "out.zip", to="1.1")
    assert {"lineItems", "results"}.isdisjoint(content(tmp_path / "out.zip"))
    assert ("LineItem", "gradingPeriod", Action.DROPPED) in told(report)
    assert ("Result", "lineItem", Action.DROPPED) in told(report)
    assert validate(tmp_path / "out.zip").findings == ()


def test_roles_get_the_same_ids_in_every_run(tmp_path) -> None:
    first = package(tmp_path, version=Version.V1P1)
    for name in ("a", "b"):
        convert_package(first, tmp_path / f"{name}.zip", to="1.2")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert len({row["sourcedId"] for row in content(tmp_path / "a.zip")["roles"]}) == 2


def test_resources_of_a_user_move_to_a_file_of_their_own_in_1_2_1(tmp_path) -> None:
    rows = small.school(gradebook=True)
    rows["users"][0]["resourceSourcedIds"] = rows["users"][1]["resourceSourcedIds"] = "m-1"
    convert_package(package(tmp_path, rows, Version.V1P2), tmp_path / "out.zip", to="1.2.1")
    links = content(tmp_path / "out.zip")["userResources"]
    assert [row["userSourcedId"] for row in links] == ["u-2", "u-1"] or len(links) == 2
    assert validate(tmp_path / "out.zip").findings == ()


def test_tombstones_stay_out_of_bulk_with_what_refers_to_them(school, tmp_path) -> None:
    gone = [
        record.model_copy(update={"status": "tobedeleted"}) if record.sourced_id == "u-2" else record
        for record in records(school)
    ]
    gone = [type(one).model_validate(one.to_wire()) for one in gone]
    report = export_package(tmp_path / "out.zip", gone)
    left = content(tmp_path / "out.zip")
    assert {row["sourcedId"] for row in left["users"]} == {"u-1"}
    assert {"demographics", "results"}.isdisjoint(left)
    assert validate(tmp_path / "out.zip").findings == ()
    assert ("User", "sourcedId", Action.DROPPED) in told(report)


def test_what_csv_demands_and_rest_leaves_open_is_put_in_and_told(school, tmp_path) -> None:
    bare = {User: ("username", "email"), Course: ("org",), Class: ("class_type",), LineItem: ("academic_session",)}
    made = [one.model_copy(update=dict.fromkeys(bare.get(type(one), ()))) for one in records(school)]
    report = export_package(tmp_path / "out.zip", made)
    assert {
        ("User", "username", Action.DEFAULTED),
        ("Course", "org", Action.DEFAULTED),
        ("Class", "classType", Action.DEFAULTED),
        ("LineItem", "academicSession", Action.DEFAULTED),
        ("ScoreScale", "org", Action.DERIVED),
    } <= told(report)
    assert validate(tmp_path / "out.zip").findings == ()


def test_a_due_date_is_the_day_of_the_zone_that_is_named(school, tmp_path) -> None:
    (item,) = of(school, LineItem)
    late = item.model_copy(update={"due_date": datetime(2026, 9, 15, 21, 30, tzinfo=UTC)})
    helsinki = replace(DEFAULT_POLICY, zone=ZoneInfo("Europe/Helsinki"))
    report = export_package(tmp_path / "out.zip", [late], policy=helsinki)
    assert content(tmp_path / "out.zip")["lineItems"][0]["dueDate"] == "2026-09-16"
    assert ("LineItem", "dueDate", Action.DROPPED) in told(report)


def test_what_a_field_cannot_hold_is_told_and_never_breaks_the_file(school, tmp_path) -> None:
    wire = of(school, Class)[0].to_wire() | {"title": "5\n A", "subjects": ["a,b", "c"], "location": ""}
    wire["metadata"] = {"fi.digione.x": {"a": 1}, "fi.digione.y": "text"}
    report = export_package(tmp_path / "out.zip", [Class.model_validate(wire)])
    (row,) = content(tmp_path / "out.zip")["classes"]
    assert (row["title"], row["subjects"]) == ("5  A", "a;b,c")
    assert row["metadata.fi.digione.y"] == "text"
    assert json.loads(row["metadata.fi.digione.x"] or "") == {"a": 1}
    fields = {kind.field for kind in report.counts}
    assert {"title", "subjects", "location", "metadata"} <= fields


def test_two_sets_of_objectives_of_one_source_become_one_and_it_is_told(school, tmp_path) -> None:
    (item,) = of(school, LineItem)
    one = {"source": "case", "learningObjectiveIds": ["urn:uuid:6e1c9f6a-53b5-4f0d-9a67-0a2f3d9c1b11"]}
    twice = LineItem.model_validate(item.to_wire() | {"learningObjectiveSet": [one, one]})
    report = export_package(tmp_path / "out", [twice], mode=Mode.DELTA)
    assert ("LineItem", "learningObjectiveSet", Action.DROPPED) in told(report)


def test_a_weight_is_rounded_and_an_assessment_has_no_file(school, tmp_path) -> None:
    weighed = Category(**dict(of(school, Category)[0]) | {"weight": 33.5})
    assessed = AssessmentLineItem(sourced_id="a", status="active", date_last_modified=NOON, title="t")
    report = export_package(tmp_path / "out.zip", [weighed, assessed])
    assert content(tmp_path / "out.zip")["categories"][0]["weight"] == "34"
    assert {("Category", "weight", Action.DROPPED), ("AssessmentLineItem", "sourcedId", Action.DROPPED)} <= told(report)


def test_a_bulk_row_becomes_a_record_that_is_active_since_the_import(school) -> None:
    report = ConversionReport()
    with open_package(school) as opened:
        org, _ = records_in(opened, Org, report=report, modified=NOON)
        user = list(records_in(opened, User, report=report, modified=NOON))[1]
        (result,) = records_in(opened, Result, modified=NOON)
    assert (org.status, org.date_last_modified, org.identifier) == ("active", NOON, "o-1")
    assert isinstance(user.roles[0], Role)
    assert [(one.type, one.identifier) for one in user.user_ids] == [("oid", "123"), ("local", "9")]
    assert (user.resources[0].sourced_id, user.user_profiles[0].profile_id) == ("m-1", "p-1")
    assert result.learning_objective_set[0].source == "case"
    assert {
        ("Org", "status", Action.DEFAULTED),
        ("Org", "dateLastModified", Action.DEFAULTED),
        ("Org", "identifier", Action.DEFAULTED),
        ("User", "roles.sourcedId", Action.DROPPED),
    } <= told(report)


def test_a_row_that_is_no_record_is_named_without_its_values(tmp_path) -> None:
    rows = small.school()
    rows["users"][1]["enabledUser"] = "perhaps"
    with open_package(package(tmp_path, rows)) as opened, pytest.raises(PackageError) as caught:
        list(records_in(opened, User))
    assert (caught.value.file, caught.value.row) == ("users.csv", 3)
    assert "enabledUser" in str(caught.value)
    assert "perhaps" not in str(caught.value)


def test_a_failure_in_the_middle_leaves_what_stood_there(school, tmp_path) -> None:
    def broken():
        yield from records(school)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        export_package(school, broken())
    assert validate(school).is_clean
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.zip"]


def test_the_delta_of_two_packages_leads_from_the_one_to_the_other(school, tmp_path) -> None:
    rows = small.school(gradebook=True)
    rows["orgs"][1]["name"] = "Uusi"
    rows["orgs"].append({"sourcedId": "o-9", "name": "Kolmas", "type": "school"})
    rows["enrollments"].pop()
    del rows["demographics"]
    after = package(tmp_path, rows, name="after")
    counts = delta_between(school, after, tmp_path / "delta.zip", modified=NOON)
    assert counts == {
        "orgs": DeltaCount(1, 1),
        "demographics": DeltaCount(deleted=1),
        "enrollments": DeltaCount(0, 0, 1),
    }
    assert validate(tmp_path / "delta.zip").findings == ()
    (gone,) = content(tmp_path / "delta.zip")["enrollments"]
    assert (gone["sourcedId"], gone["status"]) == ("e-2", "tobedeleted")
    assert apply_delta(school, tmp_path / "delta.zip", tmp_path / "new.zip") == counts
    assert content(tmp_path / "new.zip") == content(after)


def test_no_difference_is_a_manifest_alone(school, tmp_path) -> None:
    assert delta_between(school, school, tmp_path / "delta.zip") == {}
    assert validate(tmp_path / "delta.zip").files == ()
    apply_delta(school, tmp_path / "delta.zip", tmp_path / "same.zip")
    assert content(tmp_path / "same.zip") == content(school)


def test_a_delta_is_no_bulk_package_and_versions_do_not_mix(school, tmp_path) -> None:
    export_package(tmp_path / "delta.zip", records(school), mode=Mode.DELTA)
    with pytest.raises(PackageError, match="bulk file is needed"):
        delta_between(school, tmp_path / "delta.zip", tmp_path / "out.zip")
    old = package(tmp_path, version=Version.V1P1, name="old")
    with pytest.raises(UsageError, match="not one version"):
        delta_between(old, school, tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()


def test_an_id_that_stands_twice_is_refused(tmp_path) -> None:
    rows = small.school()
    rows["orgs"].append(rows["orgs"][0])
    twice = package(tmp_path, rows)
    with pytest.raises(PackageError, match=r"orgs\.csv") as caught:
        delta_between(twice, twice, tmp_path / "out.zip")
    assert caught.value.column == "sourcedId"


def test_the_command_converts_and_tells_losses_without_ids_of_persons(school, tmp_path, capsys) -> None:
    assert run(["csv", "convert", str(school), str(tmp_path / "1.zip"), "--to", "1.1", "--any-session", "--json"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert not printed["lossless"]
    assert all(one["sourcedId"] is None for one in printed["changes"] if one["object"] in {"User", "Result"})
    assert run(["csv", "convert", str(school), str(tmp_path / "2.zip"), "--to", "1.2"]) == 0
    assert capsys.readouterr().out == "nothing changed\n"
    assert run(["csv", "convert", str(school), str(tmp_path / "2.zip"), "--to", "2"]) == 2
    assert run(["csv", "convert", str(tmp_path / "nowhere.zip"), str(tmp_path / "2.zip"), "--to", "1.1"]) == 3


def test_the_commands_diff_and_apply_print_what_changed(school, tmp_path, capsys) -> None:
    rows = small.school(gradebook=True)
    rows["orgs"][1]["name"] = "Uusi"
    after, delta = package(tmp_path, rows, name="after"), str(tmp_path / "delta.zip")
    assert run(["csv", "diff", str(school), str(after), "-o", delta]) == 0
    assert capsys.readouterr().out == "orgs.csv: 0 new, 1 changed, 0 deleted\n"
    assert run(["csv", "apply", str(school), delta, "-o", str(tmp_path / "new.zip"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"orgs": {"new": 0, "changed": 1, "deleted": 0}}


def test_the_command_exports_what_changed_since(school, tmp_path, capsys) -> None:
    store = str(tmp_path / "r.sqlite")
    assert run(["csv", "load", str(school), "--into", store]) == 0
    out = tmp_path / "out.zip"
    asked = ["csv", "export", str(out), "--store", store, "--delta", "--since"]
    assert run([*asked, "2000-01-01T00:00:00Z"]) == 1  # values are lost, as is printed
    assert "orgs" in content(out)
    assert run([*asked, "2999-01-01T00:00:00Z"]) == 0
    assert content(out) == {}
    assert run([*asked, "yesterday"]) == 2
    assert run([*asked, "2026-11-20"]) == 2


def test_a_store_that_is_not_there_is_not_made(tmp_path) -> None:
    store = tmp_path / "sync.sqlite"
    assert run(["csv", "export", str(tmp_path / "out.zip"), "--store", str(store)]) == 3
    assert not store.exists()
    SQLiteStore(store)
    assert run(["csv", "export", str(tmp_path / "out.zip"), "--store", str(store), "--zone", "Nowhere"]) == 2
    assert run(["csv", "export", str(tmp_path / "out.zip"), "--store", str(store)]) == 0


def test_a_line_item_keeps_its_grading_period_in_1_1_and_needs_no_other_session(school, tmp_path) -> None:
    item = of(school, LineItem)[0].to_wire()
    term = of(school, AcademicSession)[1].to_wire()
    period = term | {"sourcedId": "p-1", "title": "jakso 1", "type": "gradingPeriod"}
    item["gradingPeriod"] = item["academicSession"] | {"sourcedId": "p-1"}
    rest = [one for one in records(school) if not isinstance(one, LineItem)]
    made = [*rest, AcademicSession.model_validate(period), LineItem.model_validate(item)]
    report = export_package(tmp_path / "out.zip", made, version=Version.V1P1)
    assert content(tmp_path / "out.zip")["lineItems"][0]["gradingPeriodSourcedId"] == "p-1"
    assert ("LineItem", "academicSession", Action.DROPPED) in told(report)
    assert validate(tmp_path / "out.zip").is_clean


def test_a_delta_tells_what_changed_since_and_looks_at_the_rest_for_what_that_needs(school, tmp_path) -> None:
    made = records(school)
    scale = next(one for one in made if isinstance(one, ScoreScale))
    later = [
        one.model_copy(update={"date_last_modified": NOON + timedelta(days=1)}) if one is scale else one for one in made
    ]
    report = export_package(tmp_path / "out.zip", later, mode=Mode.DELTA, since=NOON + timedelta(hours=1))
    assert list(content(tmp_path / "out.zip")) == ["scoreScales"]
    (row,) = content(tmp_path / "out.zip")["scoreScales"]
    assert (row["orgSourcedId"], row["courseSourcedId"]) == ("o-2", "c-1")
    assert {kind.object for kind in report.counts} == {"ScoreScale"}


@pytest.mark.parametrize(("mode", "since"), [(Mode.BULK, NOON), (Mode.DELTA, NOON.replace(tzinfo=None))])
def test_since_is_an_instant_with_its_zone_and_for_a_delta(mode, since, tmp_path) -> None:
    with pytest.raises(UsageError, match="since"):
        export_package(tmp_path / "out.zip", [], mode=mode, since=since)


def test_a_bulk_export_is_closed_and_what_leads_elsewhere_is_told(school, tmp_path) -> None:
    made = [one for one in records(school) if one.sourced_id not in {"u-1", "m-1"}]
    report = export_package(tmp_path / "out.zip", made)
    assert validate(tmp_path / "out.zip").findings == ()
    assert {("User", "agents", Action.DROPPED), ("Enrollment", "user", Action.DROPPED)} <= told(report)
    assert len(content(tmp_path / "out.zip")["enrollments"]) == 1
    assert "userResources" not in content(tmp_path / "out.zip")
