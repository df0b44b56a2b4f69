"""The static stage reads a vendor's document wherever it is, and notices what would mislead who starts from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.checks import load_checks
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.evidence.redaction import Redactor
from digione_conformance.probing.probe import CORE, Survey
from digione_conformance.running.engine import run_check
from digione_conformance.running.result import CheckResult
from digione_conformance.stages.description import Description
from digione_conformance.target.claims import OPENAPI_FILE
from digione_conformance.target.file import load_target

from digione_sdk.core.endpoints.gradebook import GRADEBOOK
from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.errors import ConfigurationError
from digione_sdk.openapi.discovery import discovery_document
from tests.unit.conformance.checks.fake import claims
from tests.unit.conformance.checks.refusing import TOKEN_URL
from tests.unit.conformance.checks.school import BASE

CHECKS = {c.requirements[0]: c for c in load_checks().checks.values() if c.stage == "static"}
ADDRESSES = tuple(f"{BASE}/discovery/{name}" for name in ROSTERING.discovery_names)


def document(**more: Any) -> dict[str, Any]:
    return {**discovery_document(ROSTERING, server_url=BASE, token_url=TOKEN_URL, operations=CORE), **more}


@dataclass
class Publisher:
    """Answers with these bodies at these addresses, to whoever holds a token where it wants one."""

    bodies: dict[str, bytes]
    wants_token: bool = False
    asked: list[Ask] = field(default_factory=list)

    def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
        self.asked.append(ask)
        if self.wants_token and ask.auth == "none":
            return Exchange("x", ask, 401, {}, b"")
        body = self.bodies.get(ask.url)
        return Exchange("x", ask, 404 if body is None else 200, {}, body or b"")

    def forget(self) -> None:
        raise AssertionError("nothing was changed")


def publishing(content: dict[str, Any], address: str = ADDRESSES[0]) -> Publisher:
    return Publisher({address: json.dumps(content).encode()})


def judge(publisher: Publisher, number: int, **known: Any) -> CheckResult:
    return run_check(CHECKS[f"OR-ROS-STAT-00{number}"], Survey(publisher, replace(claims(), **known)))


def outcomes(publisher: Publisher, **known: Any) -> list[Outcome]:
    return [judge(publisher, number, **known).outcome for number in (1, 2, 3, 4)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_true_document_passes_under_either_name(address: str) -> None:
    assert outcomes(publishing(document(), address)) == [Outcome.PASSED] * 4


def test_a_document_behind_a_token_is_read_with_one() -> None:
    publisher = publishing(document())
    publisher.wants_token = True
    assert outcomes(publisher) == [Outcome.PASSED] * 4


def test_yaml_is_read_as_well() -> None:
    publisher = Publisher({ADDRESSES[1]: yaml.safe_dump(document()).encode()})
    assert outcomes(publisher) == [Outcome.PASSED] * 4


@pytest.mark.parametrize("address", [OPENAPI_FILE, "https://docs.roster.invalid/openapi.json"])
def test_the_document_may_be_named_in_the_target_file(address: str) -> None:
    assert outcomes(publishing(document(), address), openapi=(address,)) == [Outcome.PASSED] * 4


def test_no_document_is_one_finding_and_the_rest_untested() -> None:
    assert outcomes(Publisher({})) == [Outcome.FAILED, *[Outcome.UNTESTED] * 3]


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"swagger": "2.0"}', b"\xff\xfe", b"openapi: [", b"{}"])
def test_what_is_no_openapi_3_counts_as_none(body: bytes) -> None:
    assert outcomes(Publisher({ADDRESSES[0]: body}))[0] is Outcome.FAILED


def _without_users(content: dict[str, Any]) -> None:
    del content["paths"]["/users"]


def _with_broken_reference(content: dict[str, Any]) -> None:
    del content["components"]["schemas"]["User"]


def _with_placeholder_server(content: dict[str, Any]) -> None:
    content["servers"] = [{"url": "https://{hostName}/ims/oneroster/rostering/v1p2"}]


def _with_placeholder_token(content: dict[str, Any]) -> None:
    content["components"]["securitySchemes"]["OAuth2CC"]["flows"]["clientCredentials"]["tokenUrl"] = "https://x.invalid"


def _without_security(content: dict[str, Any]) -> None:
    del content["components"]["securitySchemes"]


def _with_booleans(content: dict[str, Any]) -> None:
    content["components"]["schemas"]["User"]["properties"]["enabledUser"] = {"type": "string", "enum": [True, False]}


def _with_a_number(content: dict[str, Any]) -> None:
    content["components"]["schemas"]["AcademicSession"]["properties"]["schoolYear"] = {"type": "integer"}


def _without_a_required_field(content: dict[str, Any]) -> None:
    del content["components"]["schemas"]["Class"]["properties"]["school"]


@pytest.mark.parametrize(
    ("break_it", "number", "words"),
    [
        (_without_users, 1, "getAllUsers"),
        (_with_broken_reference, 1, "#/components/schemas/User"),
        (_with_placeholder_server, 2, "no server"),
        (_with_placeholder_token, 3, "another address"),
        (_without_security, 3, "no OAuth 2"),
        (_with_booleans, 4, "properties/enabledUser"),
        (_with_a_number, 4, "schoolYear is described as integer"),
        (_without_a_required_field, 4, "school is required"),
    ],
)
def test_a_misleading_document_is_noticed(break_it: Callable[[dict[str, Any]], None], number: int, words: str) -> None:
    content = document()
    break_it(content)
    result = judge(publishing(content), number)
    assert result.outcome is Outcome.FAILED
    assert any(words in finding.message for finding in result.findings)


def test_the_base_path_may_stand_in_server_or_paths_and_parameters_may_have_any_name() -> None:
    path = BASE.removeprefix("https://roster.invalid")
    moved = {path + key.replace("{sourcedId}", "{id}"): value for key, value in document()["paths"].items()}
    for server in ("https://roster.invalid", "/", "https://{h}"):
        servers = [{"url": server, "variables": {"h": {"default": "roster.invalid"}}}]
        assert outcomes(publishing(document(paths=moved, servers=servers))) == [Outcome.PASSED] * 4


# --- several services ------------------------------------------------------------------------------------------------

GRADES = BASE.replace("rostering", "gradebook")
BOTH = {"rostering": BASE, "gradebook": GRADES}


def of_gradebook(publisher: Publisher, number: int, *, family: str = "OR-GRB", **known: Any) -> CheckResult:
    known = {"services": BOTH, **known}
    return run_check(CHECKS[f"{family}-STAT-00{number}"], Survey(publisher, replace(claims(), **known)))


def gradebook_document() -> dict[str, Any]:
    return discovery_document(GRADEBOOK, server_url=GRADES, token_url=TOKEN_URL)


def combined() -> dict[str, Any]:
    parts = ((BASE, document()), (GRADES, gradebook_document()))
    paths = {urlsplit(base).path + path: item for base, part in parts for path, item in part["paths"].items()}
    components = {
        kind: {**document()["components"][kind], **gradebook_document()["components"][kind]}
        for kind in document()["components"]
    }
    return document(paths=paths, components=components, servers=[{"url": "https://roster.invalid"}])


def test_each_service_is_judged_by_its_own_document() -> None:
    own = f"{GRADES}/discovery/{GRADEBOOK.discovery_names[0]}"
    publisher = Publisher({own: json.dumps(gradebook_document()).encode()})
    for family in ("OR-GRB", "OR-GRB-ASM"):
        found = [of_gradebook(publisher, number, family=family).outcome for number in (1, 2, 3, 4)]
        assert found == [Outcome.PASSED] * 4
    assert judge(publisher, 1, services=BOTH).outcome is Outcome.FAILED


def test_one_document_may_be_about_several_services() -> None:
    publisher = publishing(combined(), OPENAPI_FILE)
    named: dict[str, Any] = {"services": BOTH, "openapi": (OPENAPI_FILE,)}
    assert outcomes(publisher, **named) == [Outcome.PASSED] * 4
    assert [of_gradebook(publisher, number, **named).outcome for number in (1, 2, 3, 4)] == [Outcome.PASSED] * 4


def test_of_several_named_documents_each_service_finds_its_own() -> None:
    first, second = OPENAPI_FILE, f"{OPENAPI_FILE}-2"
    bodies = {first: json.dumps(document()).encode(), second: json.dumps(gradebook_document()).encode()}
    named: dict[str, Any] = {"services": BOTH, "openapi": (first, second)}
    assert [of_gradebook(Publisher(bodies), number, **named).outcome for number in (1, 2, 3, 4)] == [Outcome.PASSED] * 4


def test_a_document_about_another_service_says_nothing_of_this_one() -> None:
    publisher = publishing(document(), OPENAPI_FILE)
    found = [of_gradebook(publisher, number, openapi=(OPENAPI_FILE,)).outcome for number in (2, 3, 4)]
    assert found == [Outcome.UNTESTED] * 3


def test_a_service_that_the_target_does_not_name_is_untested() -> None:
    found = [of_gradebook(Publisher({}), number, services={"rostering": BASE}).outcome for number in (1, 2, 3, 4)]
    assert found == [Outcome.UNTESTED] * 4


def test_a_difference_is_named_by_operation_and_property() -> None:
    content = gradebook_document()
    content["components"]["schemas"]["Result"]["properties"]["score"] = {"type": "string"}
    publisher = publishing(content, f"{GRADES}/discovery/{GRADEBOOK.discovery_names[0]}")
    (finding,) = of_gradebook(publisher, 4).findings
    assert finding.message == "getAllResults: score is described as string, not number"


def test_references_in_a_circle_end() -> None:
    circle = {"components": {"schemas": {"A": {"$ref": "#/components/schemas/A"}}}}
    assert Description(circle, "https://x.invalid").resolved({"$ref": "#/components/schemas/A"}) == {}


SUT = """
[target]
name = "x"
[services]
rostering = "https://test.roster.invalid/ims/oneroster/rostering/v1p2"
token_url = "https://test.roster.invalid/token"
openapi = "{openapi}"
[tenants.a]
client_id = "x"
client_secret_env = "X"
"""


def test_a_file_is_read_beside_the_target_file(tmp_path: Path) -> None:
    (tmp_path / "sut.toml").write_text(SUT.format(openapi="vendor.json"))
    (tmp_path / "vendor.json").write_bytes(b"{}")
    target = load_target(tmp_path / "sut.toml")
    assert target.claims().openapi == (OPENAPI_FILE,)
    assert target.openapi_file() == b"{}"


def test_several_files_and_addresses_can_be_named(tmp_path: Path) -> None:
    named = '["one.json", "https://docs.test.invalid/two.json", "three.yaml"]'
    (tmp_path / "sut.toml").write_text(SUT.replace('"{openapi}"', named))
    (tmp_path / "three.yaml").write_bytes(b"{}")
    target = load_target(tmp_path / "sut.toml")
    second = f"{OPENAPI_FILE}-2"
    assert target.claims().openapi == (OPENAPI_FILE, "https://docs.test.invalid/two.json", second)
    assert target.openapi_file(second) == b"{}"
    with pytest.raises(ConfigurationError, match=r"one\.json"):
        target.openapi_file(OPENAPI_FILE)


def test_a_file_that_is_not_there_is_a_fault_of_the_target_file(tmp_path: Path) -> None:
    (tmp_path / "sut.toml").write_text(SUT.format(openapi="vendor.json"))
    with pytest.raises(ConfigurationError, match="openapi"):
        load_target(tmp_path / "sut.toml").openapi_file()


def test_the_document_is_kept_whole_in_evidence_even_of_a_target_with_real_people(tmp_path: Path) -> None:
    known = replace(claims(), synthetic=False)
    recorder = Recorder(known, Redactor(keep_ids=False), tmp_path)
    body = json.dumps(document()).encode()
    assert json.loads(recorder._stored_body(body, ADDRESSES[0])) == json.loads(body)
