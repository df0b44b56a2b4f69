"""The contract copy generates only requests that a correct server must accept."""

from __future__ import annotations

import copy
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from digione_sdk.core.endpoints.rostering import ENDPOINTS, ROSTERING
from digione_sdk.model.facts import fields_of
from digione_sdk.openapi import contract_document, service_document
from digione_sdk.wire.filter import parse


def query(document, endpoint):
    parameters = document["paths"][endpoint.path]["get"]["parameters"]
    return {it["name"]: it["schema"] for it in parameters if it["in"] == "query"}


@pytest.fixture(scope="module")
def narrowed():
    return contract_document(service_document(ROSTERING))


def test_the_true_document_is_left_as_it_is():
    document = service_document(ROSTERING)
    before = copy.deepcopy(document)
    contract_document(document)
    assert document == before


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda it: it.operation_id)
def test_sort_and_fields_name_the_fields_of_the_model(narrowed, endpoint):
    schemas = query(narrowed, endpoint)
    wire_names = {field.wire_name for field in fields_of(endpoint.model).values()}
    assert set(schemas["fields"]["items"]["enum"]) == wire_names
    if endpoint.is_collection:
        assert set(schemas["sort"]["enum"]) <= wire_names
        assert "metadata" not in schemas["sort"]["enum"]


def test_filters_that_match_the_pattern_parse(narrowed):
    pattern = query(narrowed, ENDPOINTS[0])["filter"]["pattern"]
    for text in ("title='a1'", "sourcedId!='x'", "schoolYear~'2027'"):
        assert re.search(pattern, text)
        assert str(parse(text)) == text
    for text in ("colour='a'", "title='a' OR title='b' OR title='c'", "startDate>'x'", "title=''"):
        assert not re.search(pattern, text)


def test_generated_requests_keep_to_the_vocabulary(narrowed):
    loaded = schemathesis.openapi.from_dict(copy.deepcopy(narrowed))
    schemas = query(narrowed, ENDPOINTS[0])

    @given(case=loaded["/academicSessions"]["GET"].as_strategy())
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def sent(case):
        asked = case.query or {}
        assert asked.get("sort", "title") in schemas["sort"]["enum"]
        assert set(asked.get("fields", "title").split(",")) <= set(schemas["fields"]["items"]["enum"])
        assert 1 <= int(asked.get("limit", 1)) <= schemas["limit"]["maximum"]
        if "filter" in asked:
            parse(asked["filter"])

    sent()


def test_a_trimmed_document_is_narrowed_too():
    document = service_document(ROSTERING, endpoints=ENDPOINTS[:1])
    assert list(contract_document(document)["paths"]) == [ENDPOINTS[0].path]
