"""OneRoster 1.1 has the operations of 1.2 without what 1.2 added, at one base path, under seven scopes."""

from __future__ import annotations

from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest

from digione_sdk.core.call import list_call, read_call
from digione_sdk.core.editions import V1P2, EditionV1P1
from digione_sdk.core.editions.choice import edition_of, service_urls
from digione_sdk.core.endpoints import ENDPOINTS as ENDPOINTS_V1P2
from digione_sdk.core.endpoints import rostering, v1p1
from digione_sdk.core.scopes import SCOPES_V1P1, Scope, ScopeV1P1
from digione_sdk.errors import UsageError
from digione_sdk.model.oneroster import User
from digione_sdk.wire.versions import DEFAULT_POLICY
from digione_sdk.wire.where import where

BASE = "https://h.example/ims/oneroster/v1p1"
V1P1 = EditionV1P1()


def test_the_operations_are_counted_as_in_the_standard():
    services = {endpoint.operation_id: endpoint.service.name for endpoint in ENDPOINTS_V1P2}
    counts = Counter(services[endpoint.operation_id] for endpoint in v1p1.ENDPOINTS)
    assert counts == {"rostering": 41, "gradebook": 16, "resources": 4}


def test_all_stand_at_one_base_path_and_need_a_scope_of_1_1():
    assert {endpoint.service for endpoint in v1p1.ENDPOINTS} == {v1p1.ONEROSTER_V1P1}
    assert all(endpoint.scopes for endpoint in v1p1.ENDPOINTS)
    assert {type(scope) for endpoint in v1p1.ENDPOINTS for scope in endpoint.scopes} == {ScopeV1P1}


def test_a_scope_permits_what_its_namesake_does():
    assert len(ScopeV1P1) == 7
    for scope, told in SCOPES_V1P1.items():
        assert told == scope.replace("v1p2", "v1p1")
    assert v1p1.counterpart(rostering.getAllDemographics).scopes == (ScopeV1P1.ROSTER_DEMOGRAPHICS,)


def test_a_call_is_asked_in_the_words_of_1_1():
    call = list_call(
        rostering.getAllUsers,
        BASE,
        {},
        edition=V1P1,
        filter=where(User).roles.role == "student",
        sort="family_name",
        fields=("roles", "pronouns"),
    )
    assert parse_qs(urlsplit(call.url).query) == {
        "filter": ["role='student'"],
        "sort": ["familyName"],
        "fields": ["sourcedId,role,orgs"],
    }
    assert call.scopes == (ScopeV1P1.ROSTER, ScopeV1P1.ROSTER_CORE)
    assert read_call(rostering.getUser, BASE, {"sourced_id": "u1"}, edition=V1P1).url == f"{BASE}/users/u1"


def test_a_scope_of_1_2_is_asked_for_by_its_name_in_1_1():
    assert V1P1.scope(Scope.ROSTER) == ScopeV1P1.ROSTER
    assert V1P1.scope(ScopeV1P1.ROSTER) == ScopeV1P1.ROSTER
    assert V1P1.scope("own-scope") == "own-scope"


def test_the_version_is_one_of_two():
    assert edition_of("1.2", policy=DEFAULT_POLICY) is V1P2
    assert isinstance(edition_of("1.1", policy=DEFAULT_POLICY), EditionV1P1)
    with pytest.raises(UsageError, match="version"):
        edition_of("1.0", policy=DEFAULT_POLICY)


@pytest.mark.parametrize(
    ("edition", "base_url", "services", "argument"),
    [
        (V1P2, None, {"rostering": None}, "rostering"),
        (V1P2, BASE, {"rostering": "https://h.example"}, "base_url"),
        (V1P1, None, {"rostering": None}, "base_url"),
        (V1P1, BASE, {"rostering": "https://h.example"}, "rostering"),
        (V1P1, "http://h.example", {"rostering": None}, "base_url"),
        (V1P2, None, {"rostering": "h.example"}, "rostering"),
    ],
)
def test_each_version_has_its_own_base_urls(edition, base_url, services, argument):
    with pytest.raises(UsageError, match=f"^{argument}: "):
        service_urls(edition, base_url=base_url, services=services, allow_http=False)


def test_one_base_url_serves_all_services_of_1_1():
    urls = service_urls(V1P1, base_url=f"{BASE}/", services={"rostering": None, "gradebook": None}, allow_http=False)
    assert urls == {"rostering": BASE, "gradebook": BASE}
    urls = service_urls(V1P2, base_url=None, services={"rostering": BASE, "gradebook": None}, allow_http=False)
    assert urls == {"rostering": BASE}
