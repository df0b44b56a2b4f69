"""The models, the endpoint table and the built document say what the standard says: nothing missing, nothing extra."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from digione_sdk.core.endpoints import SERVICES, endpoints_of
from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.core.scopes import Scope
from digione_sdk.model.status import StatusInfo
from digione_sdk.openapi import discovery_document, service_document
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

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


@pytest.mark.parametrize(
    ("service", "classes", "properties", "vocabularies", "operations", "collections"),
    [("rostering", 35, 158, 12, 41, 29), ("gradebook", 37, 138, 7, 35, 13), ("resources", 7, 19, 6, 5, 4)],
)
def test_the_fixtures_hold_what_the_standard_counts(
    service, classes, properties, vocabularies, operations, collections
):
    standard = model_in_fixture(service)
    assert len(standard.structures) == classes
    assert sum(len(it.properties) for it in standard.structures.values()) == properties
    assert len(standard.vocabularies) == vocabularies
    restated = operations_in_fixture(service)
    assert len(restated) == operations
    assert sum(it.array and it.method == "GET" for it in restated.values()) == collections


@each_service
def test_models_restate_the_standard(service):
    roots = (*(body for endpoint in endpoints_of(service) for body in endpoint.bodies), StatusInfo)
    assert model_differences(model_in_fixture(service.name), model_in_python(roots, service)) == []


@each_service
def test_document_restates_the_standard(service):
    assert model_differences(model_in_fixture(service.name), model_in_document(service_document(service))) == []


@each_service
def test_endpoint_table_restates_the_standard(service):
    expected = operations_in_fixture(service.name)
    assert operation_differences(expected, operations_in_table(endpoints_of(service))) == []


@each_service
def test_documented_operations_restate_the_standard(service):
    expected = operations_in_fixture(service.name)
    assert operation_differences(expected, operations_in_document(service_document(service))) == []


@each_service
def test_every_operation_declares_the_default_error(service):
    operations = [it for item in service_document(service)["paths"].values() for it in item.values()]
    assert [it["operationId"] for it in operations if "default" not in it["responses"]] == []


@each_service
def test_a_discovery_document_of_all_operations_has_the_same_operations(service):
    published = discovery_document(
        service, server_url="https://roster.example.org/r", token_url="https://roster.example.org/t"
    )
    assert operation_differences(operations_in_fixture(service.name), operations_in_document(published)) == []


def test_every_scope_of_the_standard_opens_some_operation_and_no_other_scope_does():
    operations = [it for service in SERVICES for it in operations_in_fixture(service.name).values()]
    asked = {scope for operation in operations for scope in operation.scopes}
    assert asked == {scope.short for scope in Scope}
    assert len(asked) == 13


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
            ["BaseStatusEnum: values is "],
        ),
        (
            lambda d: _schema(d, "RoleEnum")["anyOf"][1].update(pattern="ext:.*"),
            ["RoleEnum: extension is ext:.*, should be ^ext:[A-Za-z0-9._-]+$"],
        ),
        (
            lambda d: _schema(d, "AcademicSession")["properties"]["startDate"].update(format="date-time"),
            ["AcademicSession.startDate: kind is datetime, should be date"],
        ),
        (lambda d: d["components"]["schemas"].pop("imsx_StatusInfo"), ["class imsx_StatusInfo is missing"]),
    ],
)
def test_a_changed_model_is_named(mutate, named):
    document = copy.deepcopy(service_document(ROSTERING))
    standard = model_in_fixture("rostering")
    assert model_differences(standard, model_in_document(document)) == []
    mutate(document)
    found = model_differences(standard, model_in_document(document))
    assert all(any(difference.startswith(name) for difference in found) for name in named), found


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
    document = copy.deepcopy(service_document(ROSTERING))
    mutate(document)
    found = operation_differences(operations_in_fixture("rostering"), operations_in_document(document))
    assert any(difference.startswith(named) for difference in found), found
