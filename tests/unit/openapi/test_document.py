"""The built documents are valid OpenAPI 3.1, complete in themselves, and say who made them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from digione_sdk.core.endpoints import SERVICES
from digione_sdk.core.endpoints import rostering as table
from digione_sdk.core.endpoints.gradebook import GRADEBOOK
from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.errors import UsageError
from digione_sdk.openapi import contract_document, discovery_document, service_document
from tests.contract.restatement import resolve

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return service_document(ROSTERING)


def validator(document: dict[str, Any], name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        {"$schema": DIALECT, "components": document["components"], "$ref": f"#/components/schemas/{name}"}
    )


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from nodes(child)
    elif isinstance(node, list):
        for child in node:
            yield from nodes(child)


DOCUMENTS = [*(it.name for it in SERVICES), *(f"{it.name}-contract" for it in SERVICES), "discovery"]


def built_documents() -> list[dict[str, Any]]:
    whole = [service_document(service) for service in SERVICES]
    few = discovery_document(
        ROSTERING,
        server_url="https://roster.example.org/r",
        token_url="https://roster.example.org/t",
        operations=[table.getAllOrgs, table.getOrg],
    )
    return [*whole, *(contract_document(it) for it in whole), few]


@pytest.mark.parametrize("built", built_documents(), ids=DOCUMENTS)
class TestEveryDocument:
    def test_it_fits_the_openapi_3_1_meta_schema(self, built):
        assert [f"{list(it.instance_path)}: {it.message}" for it in OPENAPI_31_VALIDATOR.iter_errors(built)] == []

    def test_every_reference_resolves(self, built):
        assert all(resolve(node, built) for node in nodes(built) if "$ref" in node)

    def test_every_component_is_used(self, built):
        used = {node["$ref"] for node in nodes(built) if "$ref" in node}
        kinds = {kind: it for kind, it in built["components"].items() if kind != "securitySchemes"}
        unused = {f"#/components/{kind}/{name}" for kind, it in kinds.items() for name in it} - used
        # Declared for all services alike, though a document of a few operations may not come to use them.
        assert {it for it in unused if "/responses/" not in it and "/headers/" not in it} == set()

    def test_every_schema_is_valid_json_schema_and_compiles(self, built):
        for name, schema in built["components"]["schemas"].items():
            jsonschema_rs.meta.validate({"$schema": DIALECT, **schema})
            validator(built, name)

    def test_schemathesis_reads_every_operation(self, built):
        loaded = schemathesis.openapi.from_dict(copy.deepcopy(built))
        operations = [result.ok() for result in loaded.get_all_operations()]
        assert len(operations) == sum(len(item) for item in built["paths"].values())

    def test_every_path_parameter_is_declared_and_only_those(self, built):
        for path, item in built["paths"].items():
            for operation in item.values():
                parameters = [resolve(it, built) for it in operation["parameters"]]
                assert [f"{{{it['name']}}}" for it in parameters if it["in"] == "path"] == [
                    part for part in path.split("/") if part.startswith("{")
                ]

    def test_security_requirements_name_declared_scopes_one_each(self, built):
        declared = built["components"]["securitySchemes"]["OAuth2CC"]["flows"]["clientCredentials"]["scopes"]
        operations = [operation for item in built["paths"].values() for operation in item.values()]
        for requirement in (it for operation in operations for it in operation["security"]):
            ((scheme, scopes),) = requirement.items()
            assert scheme == "OAuth2CC"
            assert len(scopes) == 1
            assert scopes[0] in declared

    def test_it_is_json(self, built):
        assert json.loads(json.dumps(built)) == built

    def test_it_says_that_1edtech_did_not_publish_it(self, built):
        assert "Not published by 1EdTech" in built["info"]["description"]


def test_the_meta_schema_is_able_to_refuse(document):
    broken = copy.deepcopy(document)
    broken["paths"]["/users"]["get"]["parameters"].append({"name": "limit"})
    assert not OPENAPI_31_VALIDATOR.is_valid(broken)


def test_a_document_belongs_to_its_caller():
    service_document(ROSTERING)["components"]["headers"].clear()
    assert service_document(ROSTERING)["components"]["headers"]


def test_fields_travels_as_one_comma_separated_value(document):
    fields = document["components"]["parameters"]["fields"]
    assert (fields["style"], fields["explode"], fields["allowEmptyValue"]) == ("form", False, False)


def test_page_links_point_at_query_parameters(document):
    links = document["paths"]["/classes/{classSourcedId}/students"]["get"]["responses"]["200"]["links"]
    assert set(links) == {"next", "prev"}
    assert links["next"]["parameters"]["offset"] == "$request.query.offset"
    assert links["next"]["parameters"]["classSourcedId"] == "$request.path.classSourcedId"


def test_refusals_declare_the_headers_that_help(document):
    responses = document["components"]["responses"]
    assert list(responses["TooManyRequests"]["headers"]) == ["Retry-After"]
    assert list(responses["Unauthorised"]["headers"]) == ["WWW-Authenticate"]


def test_fields_carry_their_privacy_flags(document):
    user = document["components"]["schemas"]["User"]["properties"]
    assert user["givenName"]["x-digione-flags"] == ["personal"]
    assert "x-digione-flags" not in user["status"]


def test_discovery_names_the_real_addresses_and_only_supported_paths():
    published = discovery_document(
        ROSTERING,
        server_url="https://roster.example.org/api/ims/oneroster/rostering/v1p2/",
        token_url="https://roster.example.org/token",
        operations=[table.getAllDemographics],
    )
    assert published["servers"] == [{"url": "https://roster.example.org/api/ims/oneroster/rostering/v1p2"}]
    assert list(published["paths"]) == ["/demographics"]
    flow = published["components"]["securitySchemes"]["OAuth2CC"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == "https://roster.example.org/token"
    assert list(flow["scopes"]) == ["https://purl.imsglobal.org/spec/or/v1p2/scope/roster-demographics.readonly"]
    assert "User" not in published["components"]["schemas"]


@pytest.mark.parametrize("argument", ["server_url", "token_url"])
def test_discovery_refuses_an_address_that_is_not_absolute(argument):
    addresses = {"server_url": "https://roster.example.org", "token_url": "https://roster.example.org/t"}
    with pytest.raises(UsageError, match=f"^{argument}: "):
        discovery_document(ROSTERING, **{**addresses, argument: "/token"})


def test_discovery_refuses_to_describe_nothing():
    with pytest.raises(UsageError, match=r"^operations: "):
        discovery_document(
            ROSTERING, server_url="https://a.example.org", token_url="https://a.example.org", operations=[]
        )


def test_each_service_speaks_its_own_reasons_only():
    tokens = {
        service.name: service_document(service)["components"]["schemas"]["CodeMinorValueEnum"]["enum"]
        for service in SERVICES
    }
    assert {"deletefailure"} == set(tokens["gradebook"]) - set(tokens["rostering"])
    assert {"invalid_sort_field", "unsupported"} == set(tokens["resources"]) - set(tokens["rostering"])


def test_writing_declares_its_body_and_an_answer_without_one():
    document = service_document(GRADEBOOK)
    put, delete = (document["paths"]["/lineItems/{sourcedId}"][method] for method in ("put", "delete"))
    assert put["requestBody"]["required"] is True
    assert "content" not in put["responses"]["201"]
    assert "requestBody" not in delete
    assert "content" not in delete["responses"]["204"]
