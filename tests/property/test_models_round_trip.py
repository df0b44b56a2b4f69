"""Writing a record and reading it back gives the same record, and what was written fits the specs."""

from __future__ import annotations

import json
from functools import cache

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digione_sdk.core.endpoints import ENDPOINTS, SERVICES
from digione_sdk.model.facts import fields_of
from digione_sdk.model.status import CodeMinorValue, StatusInfo
from digione_sdk.openapi import service_document
from digione_sdk.openapi.schema import reachable, schema_name
from digione_sdk.testing import strategies

MODELS = reachable([*(body for endpoint in ENDPOINTS for body in endpoint.bodies), StatusInfo])


@cache
def validator(name: str) -> jsonschema_rs.Validator:
    documents = [service_document(service) for service in SERVICES]
    # Of one schema all documents say the same, save for the reasons of the status payload.
    schemas = {key: it for document in documents for key, it in document["components"]["schemas"].items()}
    tokens = {token for it in documents for token in it["components"]["schemas"]["CodeMinorValueEnum"]["enum"]}
    tokens.add(CodeMinorValue.INVALID_BLANK_SELECTION_FIELD)  # a word of 1.1, whose document stands apart
    schemas["CodeMinorValueEnum"] = {"enum": sorted(tokens)}
    components = {"schemas": schemas}
    return jsonschema_rs.validator_for({"components": components, "$ref": f"#/components/schemas/{name}"})


@pytest.mark.parametrize("model", MODELS, ids=schema_name)
@given(choices=st.data())
@settings(max_examples=15, deadline=None)
def test_what_is_written_reads_back_equal_and_fits_the_schema(model, choices):
    record = choices.draw(strategies.records(model))
    written = record.to_wire_json()
    assert model.model_validate_json(written) == record
    assert model.model_validate(record.to_wire()) == record
    assert model.model_validate_json(written).to_wire_json() == written
    assert validator(schema_name(model)).is_valid(json.loads(written))


@given(strategies.users(), st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.none() | st.text()))
@settings(max_examples=50, deadline=None)
def test_unknown_keys_never_change_what_is_written(user, strangers):
    known = {field.wire_name for field in fields_of(type(user)).values()}
    extra = {key: value for key, value in strangers.items() if key not in known}
    read = type(user).model_validate_json(json.dumps(user.to_wire() | extra))
    assert read.unknown == extra
    assert read.to_wire() == user.to_wire()
