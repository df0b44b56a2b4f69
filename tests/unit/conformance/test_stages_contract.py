"""The contract stage asks GET only, the same in every run, passes a correct target, and notices broken combinations."""

from __future__ import annotations

import builtins
import dataclasses
import sys
from urllib.parse import quote

import pytest
from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.catalogue.undecided import CantTell
from digione_conformance.catalogue.verdict import Level, Outcome
from digione_conformance.checks import load_checks
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.family import ROSTERING as ROSTERING_FAMILY
from digione_conformance.probing.probe import Survey
from digione_conformance.probing.schema import Schemas
from digione_conformance.running.engine import run_check
from digione_conformance.running.result import CheckResult
from digione_conformance.stages.schemathesis_shim import generate

from digione_sdk.core.endpoints.rostering import ENDPOINTS, ROSTERING
from digione_sdk.model.oneroster import AcademicSession
from digione_sdk.openapi.contract import contract_document
from digione_sdk.openapi.document import service_document
from tests.unit.conformance.checks.fake import FakeTarget, claims, target

CHECKS = {
    c.requirements[0]: c
    for c in load_checks().checks.values()
    if c.stage == "contract" and c.family is ROSTERING_FAMILY
}
CATALOGUE = load_catalogue()
SCHEMAS = Schemas()
MOST_REQUESTS = 265


class NoReplays(FakeTarget):
    """Refuses whatever was not asked before, as a replaying door does."""

    def _exchange(self, ask: object) -> Exchange:
        raise AssertionError("a replay asked something new")


def judge_all(fake: FakeTarget) -> dict[str, CheckResult]:
    survey = Survey(fake, claims(), SCHEMAS)
    return {name: run_check(check, survey) for name, check in CHECKS.items()}


def outcomes(results: dict[str, CheckResult]) -> dict[str, Outcome]:
    return {name: result.outcome for name, result in results.items()}


@pytest.fixture(scope="module")
def clean() -> tuple[FakeTarget, dict[str, CheckResult]]:
    fake = target()
    return fake, judge_all(fake)


def test_a_correct_target_passes_every_contract_check(clean: tuple[FakeTarget, dict[str, CheckResult]]) -> None:
    assert set(outcomes(clean[1]).values()) == {Outcome.PASSED}


def test_nothing_but_get_is_sent_and_not_much_of_it(clean: tuple[FakeTarget, dict[str, CheckResult]]) -> None:
    asked = clean[0].asked
    assert {ask.method for ask in asked} == {"GET"}
    assert all(ask.content is None and not ask.headers for ask in asked)
    assert 150 < len(asked) <= MOST_REQUESTS


def test_two_runs_ask_the_same_in_the_same_order(clean: tuple[FakeTarget, dict[str, CheckResult]]) -> None:
    again = target()
    judge_all(again)
    assert again.asked == clean[0].asked


def test_the_record_of_a_run_gives_the_same_outcomes(clean: tuple[FakeTarget, dict[str, CheckResult]]) -> None:
    replay = NoReplays()
    replay.answers = clean[0].answers
    assert outcomes(judge_all(replay)) == outcomes(clean[1])


def test_the_generator_makes_reads_only_even_of_what_obeys_nothing() -> None:
    document = contract_document(service_document(ROSTERING, endpoints=ENDPOINTS[:2]), endpoints=ENDPOINTS[:2])
    names = {endpoint.operation_id for endpoint in ENDPOINTS[:2]}
    for legal in (True, False):
        cases = generate(document, legal=legal)
        assert cases.keys() == names
        assert all(case.operation_id in names for found in cases.values() for case in found)
        assert cases == generate(document, legal=legal)


@pytest.mark.parametrize("identity", ["FI:org+x@y", "a%2Fb", "å b"])
def test_an_id_of_any_characters_is_asked_for_as_it_is(identity: str) -> None:
    fake = target()
    for rows in fake.tenants.values():
        rows[AcademicSession][0]["sourcedId"] = identity
    results = judge_all(fake)
    assert f"/academicSessions/{quote(identity, safe='')}?" in " ".join(ask.url for ask in fake.asked)
    assert results["OR-ROS-CONT-001"].outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "dialect", ["no link", "no total", "low cap", "no nested reads", "wrapped errors", "id always", "any case"]
)
def test_a_legal_dialect_fails_no_must(dialect: str) -> None:
    failed = {
        name: [finding.message for finding in result.findings]
        for name, result in judge_all(target(dialect)).items()
        if result.outcome in {Outcome.FAILED, Outcome.CANT_TELL} and CATALOGUE[name].level is Level.MUST
    }
    assert failed == {}


@pytest.mark.parametrize(
    ("defect", "requirement"),
    [
        ("empty is 404", "001"),
        ("vendor field", "002"),
        ("crash on bad limit", "003"),
        ("bad limits guessed", "005"),
        ("bad filters ignored", "005"),
        ("limit ignored", "006"),
        ("offset ignored", "006"),
    ],
)
def test_a_defect_is_noticed_by_its_check(defect: str, requirement: str) -> None:
    result = judge_all(target(defect))[f"OR-ROS-CONT-{requirement}"]
    assert result.outcome is Outcome.FAILED


class HtmlSingles(FakeTarget):
    """Labels single reads text/html, as a second code path might."""

    def _exchange(self, ask: Ask) -> Exchange:
        exchange = super()._exchange(ask)
        named = {"content-type": "text/html"} if "/orgs/" in ask.url else {}
        return dataclasses.replace(exchange, headers={**exchange.headers, **named})


def test_one_operation_with_another_label_is_noticed() -> None:
    result = judge_all(HtmlSingles())["OR-ROS-CONT-004"]
    assert result.outcome is Outcome.FAILED
    assert all("getOrg " in finding.message for finding in result.findings)


def test_findings_hold_no_values_of_the_query() -> None:
    messages = [f.message for result in judge_all(target("limit ignored")).values() for f in result.findings]
    assert messages
    assert not any("'" in message or "org-" in message for message in messages)


def test_without_schemathesis_the_stage_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *given: object, **named: object) -> object:
        if name.startswith("schemathesis"):
            raise ImportError(name)
        return real(name, *given, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.delitem(sys.modules, "schemathesis", raising=False)
    with pytest.raises(CantTell, match="digione-sdk\\[conformance\\]"):
        generate({}, legal=True)
