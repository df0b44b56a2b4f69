"""Whoever offers a part of the standard is judged for that part, all of it, and certified for nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import pytest
from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.catalogue.verdict import Outcome, Verdict
from digione_conformance.certificate.issuing import issue
from digione_conformance.certificate.keys import make_key
from digione_conformance.certificate.statement import read_statement
from digione_conformance.checks import load_checks
from digione_conformance.running.doctor import examine
from digione_conformance.running.item import Health
from digione_conformance.running.plan import make_plan
from digione_conformance.running.result import Result
from digione_conformance.session import certify, opened, suite_version, write_reports
from digione_conformance.target.claims import SERVICE_KEYS
from digione_conformance.target.file import Target, load_target
from digione_mock_server.target import write_target
from digione_mock_server.testing import serving

from digione_sdk.core.scopes import ScopeV1P1

CATALOGUE = load_catalogue()
STAGES = ("static", "core", "contract")


def offering(folder: Path, server, services: Collection[str], *, profiles: Collection[str] | None = None) -> Target:
    """Write the target file of a server that offers these services alone, and claims their core or these profiles."""
    path = folder / "sut.toml"
    write_target(path, server.settings, server.register, ca_file=None)
    text = path.read_text(encoding="utf-8")
    for key in SERVICE_KEYS:
        if key not in services:
            text = re.sub(rf"^{key} = .*\n", "", text, flags=re.MULTILINE)
    claimed = "" if profiles is None else f"profiles = {json.dumps(list(profiles))}"
    path.write_text(re.sub(r"^profiles = .*$", claimed, text, flags=re.MULTILINE), encoding="utf-8")
    return load_target(path)


def judged(target: Target, folder: Path, *, stages: Collection[str] = STAGES) -> tuple[Result, int]:
    """Run the stages and write the report; return the result and how many requests it took."""
    plan = make_plan(CATALOGUE, load_checks(), claimed=target.profiles, suite=suite_version(), stages=stages)
    with opened(target, evidence=folder / "evidence") as through:
        result = certify(through, plan)
        write_reports(result, through, folder)
        return result, through.recorder.requests


def left_open(result: Result) -> dict[str, str]:
    return {r.id: r.message for r in result.requirements if r.outcome in {Outcome.UNTESTED, Outcome.CANT_TELL}}


@pytest.mark.parametrize(
    ("services", "profiles"),
    [
        (["gradebook"], ["oneroster-1.2-gradebook-core"]),
        (["resources"], ["oneroster-1.2-resources-core"]),
        (["rostering", "gradebook"], ["oneroster-1.2-rostering-core", "oneroster-1.2-gradebook-core"]),
    ],
    ids=["gradebook", "resources", "rostering and gradebook"],
)
def test_a_part_is_certified_for_what_it_offers(tmp_path: Path, services: list[str], profiles: list[str]) -> None:
    with serving() as server:
        target = offering(tmp_path, server, services)
        with opened(target) as through:
            assert [item for item in examine(target, through.door) if item.health is not Health.OK] == []
        # What needs changes stays untested without test control, and is a SHOULD.
        result, requests = judged(target, tmp_path, stages=())
    assert list(target.profiles) == profiles
    assert not [r.id for r in result.requirements if r.outcome in {Outcome.FAILED, Outcome.WARNING}]
    assert not [id_ for id_ in left_open(result) if CATALOGUE[id_].level == "MUST"]
    assert requests < 700 * len(services) + 1000
    key, _ = make_key(tmp_path / "issuer.pem")
    envelope = issue(tmp_path, key, catalogue=CATALOGUE, registry=load_checks(), now=datetime.now(UTC))
    statement = read_statement(envelope.payload_bytes)
    assert statement.kind == "certificate"
    assert [(profile.id, profile.verdict) for profile in statement.profiles] == [
        (profile, Verdict.CONFORMANT) for profile in profiles
    ]
    assert set(statement.subject.services) == set(services)


def test_nested_grades_are_judged_without_the_roster(tmp_path: Path) -> None:
    with serving(control=True) as server:
        target = offering(tmp_path, server, ["gradebook"], profiles=["oneroster-1.2-gradebook"])
        result, _ = judged(target, tmp_path)
    assert left_open(result) == {}
    assert not [r.id for r in result.requirements if r.outcome in {Outcome.FAILED, Outcome.WARNING}]


def test_who_claims_nested_resources_is_told_to_name_the_roster(tmp_path: Path) -> None:
    with serving() as server:
        target = offering(tmp_path, server, ["resources"], profiles=["oneroster-1.2-resources"])
        result, _ = judged(target, tmp_path)
    assert result.verdict("oneroster-1.2-resources") is Verdict.INCOMPLETE
    assert "name [services] rostering" in left_open(result)["OR-RES-NEST-001"]


def test_a_claim_without_its_service_is_not_known_and_never_conformant(tmp_path: Path) -> None:
    with serving() as server:
        target = offering(tmp_path, server, ["rostering"], profiles=["oneroster-1.2-gradebook-core"])
        result, requests = judged(target, tmp_path)
    assert {r.outcome for r in result.requirements} <= {Outcome.UNTESTED, Outcome.INAPPLICABLE}
    assert result.verdict("oneroster-1.2-gradebook-core") is Verdict.INCOMPLETE
    assert requests < 20


OLDER = "oneroster_1_1"


def with_scopes_of(target: Target, word: str) -> Target:
    """Register every client for the scopes of one part of 1.1 alone, in the target file."""
    scopes = json.dumps([scope.value for scope in ScopeV1P1 if f"/{word}" in scope])
    text = re.sub(r"^scopes = .*\n", "", target.path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    target.path.write_text(re.sub(r"^(client_id = .*)$", rf"\1\nscopes = {scopes}", text, flags=re.MULTILINE), "utf-8")
    return load_target(target.path)


@pytest.mark.parametrize(
    ("part", "word", "nested"),
    [
        ("gradebook", "gradebook", set()),
        ("resources", "resource", {"NEST-001", "NEST-002", "NEST-003", "NEST-005", "AUTH-003", "ISO-005"}),
    ],
    ids=["gradebook", "resources"],
)
def test_a_part_of_1_1_is_judged_by_a_token_for_that_part_alone(
    tmp_path: Path, part: str, word: str, nested: set[str]
) -> None:
    with serving(control=True) as server:
        target = with_scopes_of(offering(tmp_path, server, [OLDER], profiles=[f"oneroster-1.1-{part}"]), word)
        with opened(target) as through:
            found = [item for item in examine(target, through.door) if item.health is not Health.OK]
        assert [item for item in found if "minimal" not in item.name] == []  # it is registered for less
        result, _ = judged(target, tmp_path, stages=())
    assert not [r.id for r in result.requirements if r.outcome in {Outcome.FAILED, Outcome.WARNING}]
    # Who may see no classes cannot tell which of them have resources, and is told which scope would help.
    assert {id_.removeprefix("OR11-RES-") for id_ in left_open(result)} <= nested
    assert result.verdict(f"oneroster-1.1-{part}") is Verdict.CONFORMANT
