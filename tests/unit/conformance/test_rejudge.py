"""Verdicts computed again from evidence equal those of the run, and nothing is guessed that the evidence lacks."""

from __future__ import annotations

import gc
import gzip
import json
import re
import weakref

import pytest
from digione_conformance.checks import load_checks
from digione_conformance.evidence.door import ReplayDoor
from digione_conformance.evidence.exchange import Ask
from digione_conformance.evidence.finding import Finding
from digione_conformance.evidence.recorder import Recorder, ask_id
from digione_conformance.evidence.redaction import Redactor
from digione_conformance.evidence.stand_in import with_stand_ins
from digione_conformance.probing.family import BY_ID
from digione_conformance.probing.probe import Survey
from digione_conformance.probing.schema import Schemas
from digione_conformance.running.engine import run_check
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digione_sdk.cli.main import run as main
from digione_sdk.core.http import Response
from tests.unit.conformance.checks.fake import claims, target
from tests.unit.conformance.checks.test_checks import DEFECTS, LEGAL
from tests.unit.conformance.fakes import SECRET, TOKEN
from tests.unit.conformance.fakes import target as write_target
from tests.unit.conformance.suite import ONE, FakeTransport, FakeWire, fails, passes

SCHEMAS = Schemas()
SWITCHES = sorted({defect for defect, _ in DEFECTS} | {name for names in LEGAL for name in names})


class Recording:
    """A door that hands a fake target's answers on under the names of the evidence, and keeps them."""

    def __init__(self, fake):
        self.fake = fake
        self.kept = {}
        self._names = ReplayDoor({})._names

    def ask(self, ask, *, check, fresh):
        name = self._names.name(ask, check=check, fresh=fresh)
        if name not in self.kept:
            answer = self.fake.ask(ask, check=check, fresh=True)
            self.kept[name] = type(answer)(name, ask, answer.status, answer.headers, answer.body)
        return self.kept[name]

    def forget(self):
        self._names.changed()


def outcomes(door):
    survey = Survey(door, claims(), SCHEMAS)
    found = {}
    for name, check in load_checks().checks.items():
        result = run_check(check, survey)
        found[name] = (result.outcome, result.message, tuple(f.message for f in result.findings), result.looked_at)
    return found


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sets(st.sampled_from(SWITCHES), max_size=2))
def test_every_check_says_the_same_through_both_doors(switches):
    live = Recording(target(*sorted(switches)))
    assert outcomes(live) == outcomes(ReplayDoor(live.kept))


def test_nothing_that_a_run_has_read_outlives_it_or_waits_for_the_collector():
    live = Recording(target())
    door = ReplayDoor(live.kept)
    survey = Survey(live, claims(), SCHEMAS)
    gc.disable()
    try:
        for check in load_checks().checks.values():
            run_check(check, survey)
        gone = [weakref.ref(survey), weakref.ref(door), *map(weakref.ref, live.kept.values())]
        gone += [weakref.ref(listing) for listing in survey._lists.values()]
        assert len(gone) > 100
        del survey, door, live, check
        assert {reference() for reference in gone} == {None}
    finally:
        gc.enable()


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", [passes, fails])
def test_rejudging_equals_the_run_and_writes_the_same_report(suite, one):
    suite.functions["one"] = one
    ran = suite("run")
    before = len(FakeTransport.wire.sent)
    again = suite("rejudge", "digione-report")
    assert again.exit_code == ran.exit_code
    assert "Equal to the run in all 2 requirements" in again.stdout
    assert len(FakeTransport.wire.sent) == before
    folder = suite.folder / "digione-report"
    assert json.loads((folder / "rejudged" / "report.json").read_text()) == json.loads(
        (folder / "report.json").read_text()
    )


def test_a_newer_check_is_untested_where_the_record_holds_no_answer(suite):
    suite("run")

    def asks_more(probe):
        probe.get(BY_ID["getAllOrgs"])
        probe.examined()
        yield from ()

    suite.functions["one"] = asks_more
    printed = json.loads(suite("rejudge", "digione-report", "--json").stdout)
    assert printed["differences"][0]["requirement"] == ONE
    assert printed["differences"][0]["again"]["outcome"] == "untested"
    assert f"differs: {ONE}" in suite("rejudge", "digione-report").stdout


def test_a_changed_record_or_body_is_refused(suite, capsys):
    suite("run")
    folder = suite.folder / "digione-report" / "evidence"
    record = folder / "exchanges.jsonl"
    kept = record.read_text()
    record.write_text(kept.replace('"status": 200', '"status": 201', 1))
    assert main(["rejudge", "digione-report"]) == 3
    record.write_text(kept)
    body = next((folder / "bodies").iterdir())
    body.write_bytes(gzip.compress(b"{}"))
    assert main(["rejudge", "digione-report"]) == 3
    assert "changed" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "{", "{}"])
def test_a_folder_without_a_readable_run_is_refused(suite, capsys, content):
    folder = suite.folder / "empty"
    folder.mkdir()
    if content is not None:
        (folder / "run.json").write_text(content)
    assert main(["rejudge", "empty"]) == 3
    assert "run.json" in capsys.readouterr().err


def test_the_note_of_a_run_holds_no_credentials(suite):
    suite("run")
    noted = (suite.folder / "digione-report" / "evidence" / "run.json").read_text()
    for hidden in (SECRET, TOKEN, "client-a", "a.secret", str(suite.folder)):
        assert hidden not in noted


# --- redacted evidence -----------------------------------------------------------------------------------------------

PEOPLE = [
    {"sourcedId": "1", "status": "active", "familyName": "Canaryvirtanen"},
    {"sourcedId": "2", "status": "active", "familyName": "Canaryahola"},
]


def with_people(suite, monkeypatch, **functions):
    """Let the target hold people that are not synthetic, and these checks look at them."""
    write_target(suite.folder, synthetic=False)
    answer = Response(200, {"x-total-count": "2"}, json.dumps({"users": PEOPLE}).encode())
    monkeypatch.setattr(FakeTransport, "wire", FakeWire(lambda _request: answer))
    suite.functions.update(functions)


def names_in_order(probe):
    page = probe.get(BY_ID["getAllUsers"])
    names = [user["familyName"] for user in page.json["users"]]
    probe.examined()
    if names != sorted(names):
        yield Finding.at("not in order", page)


def names_differ(probe):
    page = probe.get(BY_ID["getAllUsers"])
    probe.examined()
    if len({user["familyName"] for user in page.json["users"]}) != len(PEOPLE):
        yield Finding.at("equal names", page)


def test_where_redaction_removed_what_a_check_needs_it_is_untested_and_equality_survives(suite, monkeypatch):
    with_people(suite, monkeypatch, one=names_in_order, two=names_differ)
    assert suite("run").exit_code == 1
    printed = json.loads(suite("rejudge", "digione-report", "--json").stdout)
    again = {item["id"]: item["outcome"] for item in printed["report"]["requirements"]}
    assert list(again.values()) == ["untested", "passed"]
    assert "redaction" in printed["differences"][0]["again"]["message"]
    everything = [path for path in (suite.folder / "digione-report").rglob("*") if path.is_file()]
    assert not any(b"Canary" in path.read_bytes() for path in everything)


def names_are_letters(probe):
    page = probe.get(BY_ID["getAllUsers"])
    probe.examined()
    if not all(re.fullmatch("[A-Z][a-z]+", user["familyName"]) for user in page.json["users"]):
        yield Finding.at("names with digits", page)


def breaks_over_a_pseudonym(probe):
    page = probe.get(BY_ID["getAllUsers"])
    probe.examined()
    yield from ()
    if not page.json["users"][0]["familyName"].__str__().__eq__("Canaryvirtanen"):
        raise ValueError


def test_no_pseudonym_is_found_fault_with_and_what_cannot_be_judged_is_told_in_one_line(suite, monkeypatch):
    with_people(suite, monkeypatch, one=names_are_letters, two=breaks_over_a_pseudonym)
    assert suite("run").exit_code == 0
    again = suite("rejudge", "digione-report")
    assert again.exit_code == 4
    assert "2 of 2 cannot be judged again, because personal values were replaced" in again.stdout
    assert "differs:" not in again.stdout
    report = json.loads((suite.folder / "digione-report" / "rejudged" / "report.json").read_text())
    assert [item["outcome"] for item in report["requirements"]] == ["untested", "untested"]


def test_a_failure_of_the_run_stays_one_over_redacted_evidence(suite, monkeypatch):
    write_target(suite.folder, synthetic=False)
    answer = Response(200, {"x-total-count": "2"}, json.dumps({"users": [PEOPLE[0], PEOPLE[0]]}).encode())
    monkeypatch.setattr(FakeTransport, "wire", FakeWire(lambda _request: answer))
    suite.functions["one"] = names_differ
    assert suite("run").exit_code == 1
    assert suite("rejudge", "digione-report").exit_code == 1


def test_an_empty_value_is_no_stand_in():
    redactor = Redactor()
    shown = json.loads(redactor.body(b'{"x": "", "y": "name"}', endpoint=None))
    empty, hidden = with_stand_ins(list(shown.values()))
    assert not empty
    assert hidden


def test_the_bytes_of_a_redacted_answer_are_gone(tmp_path):
    recorder = Recorder(claims(), Redactor())
    assert recorder.folder is None
    ask = Ask("GET", "https://roster.invalid/users")
    live = Recording(target()).fake.ask(ask, check="t", fresh=True)
    kept = type(live)(ask_id(ask), ask, 200, {}, b'{"x": 1}')
    replayed = ReplayDoor({kept.id: kept}, whole=False).ask(ask, check="t", fresh=False)
    assert replayed.json == {"x": 1}
    with pytest.raises(Exception, match="redaction"):
        _ = replayed.body
