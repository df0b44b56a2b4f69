"""Formats for programs, held against what others say of them: schemas of SARIF and JUnit XML, a JSON-LD processor.

The schemas are not ours to ship: `scripts/real_input.sh` fetches them.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from pathlib import Path
from xml.etree.ElementTree import fromstring, tostring

import jsonschema_rs
import pytest

from tests.unit.conformance import reporting

ROOT = Path(__file__).resolve().parents[2]
SARIF = ROOT / "node_modules" / "@microsoft" / "jest-sarif" / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json"
JUNIT = ROOT / ".real-schemas" / "junit-10.xsd"
EARL, DCT, DOAP = "http://www.w3.org/ns/earl#", "http://purl.org/dc/terms/", "http://usefulinc.com/ns/doap#"
OURS = "urn:digione-sdk:earl#"
KINDS = [reporting.every_outcome, reporting.conformant, reporting.interrupted]
OF_EARL = {"assertedBy", "info", "mode", "outcome", "result", "subject", "test"}
"""Properties of EARL 1.0 Schema that we use."""


@pytest.fixture(name="said", params=KINDS, ids=lambda kind: kind.__name__)
def _said(request, tmp_path):
    with request.param(tmp_path) as finished:
        yield reporting.said(*finished)


def test_sarif_obeys_the_schema_of_version_2_1_0(said):
    if not SARIF.is_file():
        pytest.skip("real input: the schema of SARIF is not installed (scripts/real_input.sh)")
    # One pattern in it closes a bracket that it did not open, which the validator refuses; we write no `language`.
    schema = json.loads(SARIF.read_text(encoding="utf-8").replace("{2}]?$", "{2}$"))
    document = json.loads(reporting.written(said)["report.sarif"])
    assert [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(document)] == []
    assert not jsonschema_rs.validator_for(schema).is_valid({**document, "version": "2.0.0"})


def test_junit_obeys_the_schema_of_jenkins_but_for_the_properties_of_a_case(said):
    if not JUNIT.is_file():
        pytest.skip("real input: the schema of JUnit XML is not there (scripts/real_input.sh)")
    xmlschema = pytest.importorskip("xmlschema")
    root = fromstring(reporting.written(said)["junit.xml"])  # noqa: S314 - our own output
    for case in root.iter("testcase"):
        for properties in case.findall("properties"):
            case.remove(properties)
    errors = xmlschema.XMLSchema(str(JUNIT)).iter_errors(io.StringIO(tostring(root, encoding="unicode")))
    assert [f"{error.path}: {error.reason}" for error in errors] == []


def _terms(node):
    if isinstance(node, list):
        for each in node:
            yield from _terms(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from _terms(value)


def test_earl_expands_offline_without_dropping_a_term(said):
    jsonld = pytest.importorskip("pyld").jsonld

    def load(address, _options):
        raise AssertionError(f"{address} was asked for")

    text = reporting.written(said)["earl.jsonld"]
    document = json.loads(text)
    expanded = jsonld.expand(document, {"documentLoader": load})
    written = Counter(term for term in _terms(document["@graph"]) if not term.startswith("@"))
    prefixes = document["@context"]
    spelt = {re.sub(r"^(\w+):", lambda match: prefixes[match[1]], term): count for term, count in written.items()}
    kept = Counter(term for term in _terms(expanded) if not term.startswith("@"))
    assert kept == spelt
    assert all(term.startswith((EARL, DCT, DOAP, OURS)) for term in kept)
    assert {term.removeprefix(EARL) for term in kept if term.startswith(EARL)} <= OF_EARL


def test_earl_has_one_assertion_for_each_requirement(said):
    jsonld = pytest.importorskip("pyld").jsonld
    nodes = jsonld.flatten(json.loads(reporting.written(said)["earl.jsonld"]))
    by_id = {node["@id"]: node for node in nodes}
    assertions = [node for node in nodes if f"{EARL}Assertion" in node.get("@type", [])]
    tested = [by_id[node[f"{EARL}test"][0]["@id"]] for node in assertions]
    assert sorted(one[f"{DCT}identifier"][0]["@value"] for one in tested) == sorted(e.id for e in said.entries)
    for node in assertions:
        result = by_id[node[f"{EARL}result"][0]["@id"]]
        assert result[f"{EARL}outcome"][0]["@id"].removeprefix(EARL) in {
            "passed", "failed", "cantTell", "inapplicable", "untested",
        }  # fmt: skip
