"""A report counts everything, remembers what fits, and prints no id."""

from __future__ import annotations

from digione_sdk.model.oneroster import Org, User
from digione_sdk.model.status import CodeMinorValue, StatusInfo
from digione_sdk.wire.versions import Action, Change, ConversionReport, ServerWarning
from digione_sdk.wire.versions.report import Kind

ROLES = Kind("User", "roles", Action.DERIVED, "the one role")
IDENTIFIER = Kind("Org", "identifier", Action.DEFAULTED, "the sourcedId stands in")


def warning(reason=CodeMinorValue.INVALID_SELECTION_FIELD):
    return ServerWarning("getAllUsers", StatusInfo.failure(reason, "Aino Testi"))


def test_every_change_is_counted_and_the_last_are_remembered():
    report = ConversionReport(remember=3)
    report.add(Change(ROLES, f"u{number}") for number in range(10))
    assert report.counts == {ROLES: 10}
    assert [change.sourced_id for change in report.changes] == ["u7", "u8", "u9"]


def test_the_changes_of_one_record_are_found():
    report = ConversionReport()
    report.add([Change(ROLES, "x1"), Change(IDENTIFIER, "x1"), Change(ROLES, "x2")])
    assert report.of(User.model_construct(sourced_id="x1")) == (Change(ROLES, "x1"),)
    assert report.of(Org.model_construct(sourced_id="x1")) == (Change(IDENTIFIER, "x1"),)
    change = report.changes[1]
    assert (change.object, change.field, change.action, change.policy) == IDENTIFIER


def test_a_report_is_lossless_until_something_is_dropped_or_put_in():
    report = ConversionReport()
    report.add([Change(ROLES, "x1")])
    assert report.is_lossless
    report.add([Change(IDENTIFIER, "x1")])
    assert not report.is_lossless


def test_an_empty_report_is_false():
    report = ConversionReport()
    assert not report
    assert str(report) == "nothing changed"
    report.add(warnings=[warning()])
    assert report


def test_no_id_and_no_text_of_the_server_is_printed():
    report = ConversionReport()
    report.add([Change(ROLES, "secret-id")], [warning()])
    shown = f"{report} {report!r} {report.changes} {report.warnings}"
    assert "secret-id" not in shown
    assert "Aino" not in shown
    assert "       1 User.roles derived: the one role" in shown
    assert "invalid_selection_field" in shown


def test_a_warning_is_news_once_for_each_operation_and_reason():
    report = ConversionReport()
    assert len(report.add(warnings=[warning(), warning()])) == 1
    assert report.add(warnings=[warning()]) == ()
    assert len(report.add(warnings=[warning(CodeMinorValue.INVALIDDATA)])) == 1
    assert report.warned == 4
