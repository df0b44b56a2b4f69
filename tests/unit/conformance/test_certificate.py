"""Certificates: what is stated and signed, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from digione_conformance.catalogue.verdict import Exit
from digione_conformance.certificate import issuing
from digione_conformance.certificate.issuing import issue, one_year_after
from digione_conformance.certificate.keys import make_key
from digione_conformance.certificate.statement import read_statement
from digione_conformance.certificate.verification import verify

from digione_sdk.errors import ConfigurationError
from tests.unit.conformance.fakes import PROFILE, SECRET, TOKEN, catalogue, requirement
from tests.unit.conformance.signed_runs import (
    CATALOGUE,
    MUST,
    SHOULD,
    at_now,
    issued,
    key_in,
    registry,
    run_into,
)
from tests.unit.conformance.suite import fails

NOW = datetime.now(UTC)


def altered(report, **members):
    written = json.loads((report / "report.json").read_text())
    (report / "report.json").write_text(json.dumps({**written, **members}))


def test_a_whole_conformant_run_becomes_a_certificate_that_holds(signed):
    report, envelope, _ = signed
    found = verify(envelope.as_bytes(), at=at_now(), evidence=report)
    assert found.problems == ()
    assert (found.exit, found.standing, found.evidence, found.report) == (Exit.CONFORMANT, "self-declared", True, True)


def test_the_statement_names_subject_every_must_tools_and_one_year(signed):
    report, envelope, key = signed
    statement = read_statement(envelope.payload_bytes)
    written = json.loads((report / "report.json").read_text())
    assert (statement.kind, statement.issuer) == ("certificate", key.public.kid)
    assert statement.subject.name == "Fake"
    assert statement.subject.server == ("fake/1",)
    assert [(must.id, str(must.outcome)) for must in statement.musts] == [(MUST, "passed")]
    assert statement.profiles[0].counts == {"MUST": {"passed": 1}, "SHOULD": {"passed": 1}, "MAY": {}}
    assert (statement.plan_hash, statement.catalogue_sha256) == (written["plan_hash"], CATALOGUE.sha256)
    assert {"python", "jsonschema-rs"} <= statement.tools.keys()
    assert statement.valid_until == one_year_after(statement.finished_at)
    assert "No OneRoster certification" in statement.notice


def test_product_and_version_come_from_the_target_file(tmp_path):
    report = run_into(tmp_path, product='software = "Example SIS"\nversion = "7.1"')
    assert "Example SIS 7.1" in (report / "report.html").read_text()
    subject = read_statement(issued(report, key_in(tmp_path)).payload_bytes).subject
    assert (subject.software, subject.version) == ("Example SIS", "7.1")


def test_a_failed_must_is_signed_as_a_result_and_never_certifies(tmp_path):
    report = run_into(tmp_path, must=fails)
    found = verify(issued(report, key_in(tmp_path)).as_bytes(), at=at_now(), evidence=report)
    assert (found.problems, found.exit) == ((), Exit.INCOMPLETE)
    assert found.statement.kind == "result"
    assert [str(must.outcome) for must in found.statement.musts] == ["failed"]


def test_a_chosen_part_is_a_result_that_lists_what_was_left_out(tmp_path):
    report = run_into(tmp_path, only=(SHOULD,))
    statement = read_statement(issued(report, key_in(tmp_path)).payload_bytes)
    assert (statement.kind, statement.whole) == ("result", False)
    assert [(must.id, str(must.outcome)) for must in statement.musts] == [(MUST, "untested")]
    assert [item.id for item in statement.not_tested] == [MUST]


def test_equal_deployments_have_equal_fingerprints(tmp_path):
    def fingerprint(name):
        return read_statement(
            issued(run_into(tmp_path / name), key_in(tmp_path, name)).payload_bytes
        ).subject.fingerprint

    assert fingerprint("one") == fingerprint("two")


@pytest.mark.parametrize(("faulty", "kind"), [(False, "certificate"), (True, "result")])
def test_waivers_are_signed_along_and_a_faulty_one_certifies_nothing(tmp_path, faulty, kind):
    report = run_into(tmp_path)
    waiver = {"requirement": SHOULD, "owner": "Quality", "reason": "known", "fails_the_run": faulty}
    altered(report, waivers=[waiver])
    statement = read_statement(issued(report, key_in(tmp_path)).payload_bytes)
    assert [item.model_dump() for item in statement.waivers] == [waiver]
    assert statement.kind == kind


def test_neither_keys_nor_secrets_show_in_a_certificate_or_a_repr(signed):
    _, envelope, key = signed
    private = key.jose.as_dict(private=True)["d"]
    shown = envelope.as_bytes().decode() + envelope.payload_bytes.decode() + repr(key) + repr(envelope)
    for secret in (SECRET, TOKEN, private):
        assert secret not in shown


def test_a_key_is_never_overwritten(tmp_path):
    make_key(tmp_path / "a.pem")
    with pytest.raises(ConfigurationError, match="exists already"):
        make_key(tmp_path / "a.pem")


def test_the_statement_is_made_from_members_that_the_report_has(signed):
    written = json.loads((signed[0] / "report.json").read_text())
    needed = {name for name, field in issuing.Report.model_fields.items() if field.is_required()}
    assert needed <= written.keys()


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"plan_hash": "0" * 64}, "different runs"),
        ({"profiles": [{"id": PROFILE, "verdict": "conformant"}]}, "against its own outcomes"),
        ({"whole": "maybe"}, "malformed at whole"),
        ({"requirements": [{"id": "OR-NIX-001", "outcome": "passed", "message": ""}]}, "not in the catalogue"),
        ({"requirements": []}, "its plan is another"),
        ({"started_at": "yesterday"}, "malformed at started_at"),
    ],
)
def test_a_report_that_the_run_does_not_bear_out_is_not_signed(tmp_path, members, says):
    report = run_into(tmp_path, must=fails)
    altered(report, **members)
    with pytest.raises(ConfigurationError, match=says):
        issued(report, key_in(tmp_path))


def test_a_part_that_calls_itself_whole_is_not_signed(tmp_path):
    report = run_into(tmp_path, only=(SHOULD,))
    altered(report, whole=True)
    with pytest.raises(ConfigurationError, match="its plan is another"):
        issued(report, key_in(tmp_path))


def test_a_run_with_another_catalogue_is_not_signed(tmp_path):
    report = run_into(tmp_path)
    newer = catalogue(requirement(MUST), requirement(SHOULD))
    with pytest.raises(ConfigurationError, match="another catalogue"):
        issue(report, key_in(tmp_path), catalogue=newer, registry=registry(), now=at_now())


def test_changed_evidence_is_not_signed(tmp_path):
    report = run_into(tmp_path)
    with (report / "evidence" / "exchanges.jsonl").open("a") as stream:
        stream.write("\n")
    with pytest.raises(ConfigurationError, match=r"exchanges\.jsonl was changed"):
        issued(report, key_in(tmp_path))


@pytest.mark.parametrize("name", ["report.json", "evidence/manifest.json"])
def test_a_run_that_did_not_end_is_not_signed(tmp_path, name):
    report = run_into(tmp_path)
    (report / name).unlink()
    with pytest.raises(ConfigurationError, match=f"no {name.rpartition('/')[2]}"):
        issued(report, key_in(tmp_path))


@pytest.mark.parametrize(("days", "says"), [(400, "more than a year ago"), (-1, "in the future")])
def test_a_run_is_signed_within_its_year_only(signed, days, says):
    report, _, key = signed
    with pytest.raises(ConfigurationError, match=says):
        issued(report, key, now=NOW + timedelta(days=days))


def test_a_year_after_a_leap_day_is_the_last_of_february():
    assert one_year_after(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2029, 2, 28, tzinfo=UTC)


def test_signing_late_does_not_lengthen_validity(signed):
    report, envelope, key = signed
    late = issued(report, key, now=NOW + timedelta(days=300))
    assert read_statement(late.payload_bytes).valid_until == read_statement(envelope.payload_bytes).valid_until
