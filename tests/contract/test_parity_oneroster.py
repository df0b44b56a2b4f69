"""The models, the endpoint table and the built document say what the standard says: nothing missing, nothing extra."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from digione_sdk.core.endpoints.rostering import ENDPOINTS
from digione_sdk.model.status import StatusInfo
from digione_sdk.openapi import discovery_document, rostering_document
from tests.contract.restatement import (
    model_differences,
    model_in_document,
    model_in_fixture,
    model_in_python,
    operation_differences,
    operations_in_document,
    operations_in_fixture,
    operations_in_table,
)

ROOTS = (*(endpoint.envelope for endpoint in ENDPOINTS), StatusInfo)


def test_the_fixture_holds_what_the_standard_counts():
    standard = model_in_fixture()
    assert len(standard.structures) == 35
    assert sum(len(it.properties) for it in standard.structures.values()) == 158
    assert len(standard.vocabularies) == 12
    operations = operations_in_fixture()
    assert len(operations) == 41
    assert sum(it.array for it in operations.values()) == 29


def test_models_restate_the_standard():
    assert model_differences(model_in_fixture(), model_in_python(ROOTS)) == []


def test_document_restates_the_standard():
    assert model_differences(model_in_fixture(), model_in_document(rostering_document())) == []


def test_endpoint_table_restates_the_standard():
    assert operation_differences(operations_in_fixture(), operations_in_table(ENDPOINTS)) == []


def test_documented_operations_restate_the_standard():
    assert operation_differences(operations_in_fixture(), operations_in_document(rostering_document())) == []


def test_every_operation_declares_the_default_error():
    operations = [it for item in rostering_document()["paths"].values() for it in item.values()]
    assert [it["operationId"] for it in operations if "default" not in it["responses"]] == []


def test_a_discovery_document_of_all_operations_has_the_same_operations():
    published = discovery_document(server_url="https://roster.example.org/r", token_url="https://roster.example.org/t")
    assert operation_differences(operations_in_fixture(), operations_in_document(published)) == []


def _schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    return document["components"]["schemas"][name]


def _rename(document: dict[str, Any]) -> None:
    properties = _schema(document, "User")["properties"]
    properties["firstName"] = properties.pop("givenName")


def _first(document: dict[str, Any]) -> dict[str, Any]:
    return document["paths"]["/users"]["get"]


@pytest.mark.parametrize(
    ("mutate", "named"),
    [
        (_rename, ["User: property firstName is not in the standard", "User: property givenName is missing"]),
        (
            lambda d: _schema(d, "User")["properties"]["roles"].pop("minItems"),
            ["User.roles: multiplicity is required=True at_least=0, should be 1..*"],
        ),
        (lambda d: _schema(d, "Org")["required"].remove("name"), ["Org.name: multiplicity is 0..1, should be 1"]),
        (lambda d: _schema(d, "Org").update(additionalProperties=True), ["Org: open is True, should be False"]),
        (
            lambda d: _schema(d, "BaseStatusEnum")["enum"].append("x"),
            ["BaseStatusEnum: values is ('active', 'tobedeleted', 'x'), should be ('active', 'tobedeleted')"],
        ),
        (
            lambda d: _schema(d, "RoleEnum")["anyOf"][1].update(pattern="ext:.*"),
            ["RoleEnum: extensible is False, should be True"],
        ),
        (
            lambda d: _schema(d, "AcademicSession")["properties"]["startDate"].update(format="date-time"),
            ["AcademicSession.startDate: kind is datetime, should be date"],
        ),
        (lambda d: d["components"]["schemas"].pop("imsx_StatusInfo"), ["class imsx_StatusInfo is missing"]),
    ],
)
def test_a_changed_model_is_named(mutate, named):
    document = copy.deepcopy(rostering_document())
    standard = model_in_fixture()
    assert model_differences(standard, model_in_document(document)) == []
    mutate(document)
    found = model_differences(standard, model_in_document(document))
    assert set(named) <= set(found)


@pytest.mark.parametrize(
    ("mutate", "named"),
    [
        (lambda d: d["paths"].pop("/users"), "operation getAllUsers is missing"),
        (
            lambda d: _first(d).update(operationId="listUsers"),
            "operation listUsers is not in the standard",
        ),
        (lambda d: _first(d)["parameters"].pop(0), "getAllUsers: query_parameters is "),
        (lambda d: _first(d)["security"].pop(), "getAllUsers: scopes is "),
        (lambda d: _first(d)["responses"].pop("422"), "getAllUsers: errors is "),
        (
            lambda d: d["paths"]["/users"].update(post=d["paths"]["/users"].pop("get")),
            "getAllUsers: method is POST, should be GET",
        ),
        (
            lambda d: d["paths"].update({"/people": d["paths"].pop("/users")}),
            "getAllUsers: path is /people, should be /users",
        ),
        (
            lambda d: _schema(d, "UserSet").update(properties={"people": _schema(d, "UserSet")["properties"]["users"]}),
            "getAllUsers: wrapper_key is people, should be users",
        ),
    ],
)
def test_a_changed_operation_is_named(mutate, named):
    document = copy.deepcopy(rostering_document())
    mutate(document)
    found = operation_differences(operations_in_fixture(), operations_in_document(document))
    assert any(difference.startswith(named) for difference in found), found
