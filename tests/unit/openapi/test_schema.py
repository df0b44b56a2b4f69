"""The schemas accept what the standard allows and refuse the mistakes that providers are known to make."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.openapi import service_document

ORG = {"href": "https://roster.example.org/orgs/o1", "sourcedId": "o1", "type": "org"}
USER: dict[str, Any] = {
    "sourcedId": "u1",
    "status": "active",
    "dateLastModified": "2026-08-01T06:00:00.000Z",
    "enabledUser": "true",
    "givenName": "Synteettinen",
    "familyName": "Testilä",
    "roles": [{"roleType": "primary", "role": "student", "org": ORG}],
}


@pytest.fixture(scope="module")
def schemas() -> dict[str, jsonschema_rs.Validator]:
    components = service_document(ROSTERING)["components"]
    return {
        name: jsonschema_rs.validator_for({"components": components, "$ref": f"#/components/schemas/{name}"})
        for name in components["schemas"]
    }


def test_a_minimal_user_is_valid(schemas):
    assert schemas["SingleUser"].is_valid({"user": USER})


@pytest.mark.parametrize(
    "change",
    [
        {"status": "tobedeleted"},
        {"dateLastModified": "2026-08-01T09:00:00+03:00"},
        {"roles": [{"roleType": "primary", "role": "ext:assistant.special-1_a", "org": ORG}]},
        {"metadata": {"fi.digione.homeSchool": None, "anything": [1, {"a": True}]}},
        {"userProfiles": [{"profileId": "urn:x:1", "profileType": "a", "vendorId": "b", "credentials": []}]},
        {
            "userProfiles": [
                {
                    "profileId": "urn:x:1",
                    "profileType": "a",
                    "vendorId": "b",
                    "credentials": [{"type": "t", "username": "n", "own": 1}],
                }
            ]
        },
        {"grades": []},
    ],
)
def test_what_the_standard_allows_is_valid(schemas, change):
    assert schemas["User"].is_valid(USER | change)


@pytest.mark.parametrize(
    "change",
    [
        {"enabledUser": True},
        {"middleName": None},
        {"colour": "blue"},
        {"roles": []},
        {"roles": [{"roleType": "primary", "role": "fooext:x", "org": ORG}]},
        {"roles": [{"roleType": "primary", "role": "ext:", "org": ORG}]},
        {"roles": [{"roleType": "primary", "role": "ext:a b", "org": ORG}]},
        {"roles": [{"roleType": "primary", "role": "Student", "org": ORG}]},
        {"roles": [{"roleType": "primary", "role": "student", "org": ORG | {"type": "orgs"}}]},
        {"roles": [{"roleType": "primary", "role": "student", "org": ORG | {"name": "x"}}]},
        {"roles": [{"roleType": "primary", "role": "student", "org": ORG, "beginDate": "2026-08-01T00:00:00Z"}]},
        {"dateLastModified": "2026-08-01T06:00:00"},
        {"dateLastModified": "2026-08-01 06:00:00.000Z"},
        {"dateLastModified": "2026-08-01"},
        {"status": "inactive"},
        {"grades": "5,6"},
        {"primaryOrg": {}},
    ],
)
def test_known_mistakes_are_refused(schemas, change):
    assert not schemas["User"].is_valid(USER | change)


def test_an_empty_answer_is_a_valid_list_because_the_standard_requires_no_key(schemas):
    assert schemas["UserSet"].is_valid({})
    assert schemas["UserSet"].is_valid({"users": []})
    assert not schemas["UserSet"].is_valid({"users": [], "totalCount": 0})


def test_the_status_payload_follows_the_standard(schemas):
    field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": "unknownobject"}
    payload = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": "Unknown Object",
        "imsx_CodeMinor": {"imsx_codeMinorField": [field]},
    }
    assert schemas["imsx_StatusInfo"].is_valid(payload)
    assert not schemas["imsx_StatusInfo"].is_valid({"imsx_StatusInfo": payload})
    assert not schemas["imsx_StatusInfo"].is_valid(payload | {"imsx_CodeMinor": "unknownobject"})
