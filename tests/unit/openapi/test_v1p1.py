"""The document of 1.1 describes its 61 operations and what its objects may hold, and what the server sends fits it."""

from __future__ import annotations

from functools import cache

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digione_sdk.core.endpoints import v1p1
from digione_sdk.model.oneroster.v1p1 import MODELS
from digione_sdk.openapi.schema import schema_name
from digione_sdk.openapi.v1p1 import v1p1_document
from digione_sdk.testing.strategies import records


@cache
def components():
    return v1p1_document()["components"]


def fits(name, value):
    schema = {"components": components(), "$ref": f"#/components/schemas/{name}"}
    return jsonschema_rs.validator_for(schema).is_valid(value)


def test_every_operation_is_described():
    operations = [it for item in v1p1_document()["paths"].values() for it in item.values()]
    assert len(operations) == 61
    assert {it["operationId"] for it in operations} == {endpoint.operation_id for endpoint in v1p1.ENDPOINTS}
    assert "v1p2" not in str(v1p1_document())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@given(choices=st.data())
@settings(max_examples=8, deadline=None)
def test_a_1_1_object_fits_its_schema(model, choices):
    assert fits(schema_name(model), choices.draw(records(MODELS[model])).to_wire())


def test_warnings_and_errors_fit():
    status = {"imsx_codeMajor": "success", "imsx_severity": "warning", "imsx_codeMinor": "invalid_sort_field"}
    assert fits("UserSet", {"users": [], "statusInfoSet": [status]})
    assert fits("imsx_StatusInfo", {"statusInfoSet": [status]})
    assert not fits("imsx_StatusInfo", {"statusInfoSet": []})
    assert not fits("UserSet", {"users": [], "statusInfo": status})
