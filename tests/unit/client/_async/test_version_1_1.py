"""A 1.1 provider is read into the models of 1.2; what was derived or lost, and what the server warned of, is told."""

from __future__ import annotations

import json
import logging
import re

import httpx
import pytest

from digione_sdk import (
    AsyncDigiOne,
    ConversionPolicy,
    Inexpressible,
    MissingEnvelope,
    NotFound,
    OAuth1,
    PayloadError,
    Result,
    Scope,
    ScopeNotGranted,
    Unauthorised,
    UsageError,
    User,
    where,
)
from digione_sdk.core.endpoints import rostering
from digione_sdk.core.endpoints.v1p1 import counterpart
from digione_sdk.core.scopes import ScopeV1P1
from digione_sdk.wire.versions import Action
from tests.unit.client._async.colour import StillClock, anyio, served
from tests.unit.client._async.reaching import reached
from tests.unit.client.roster import BASE, BASE_V1P1, OPTIONS, Roster, endpoint_at

pytestmark = anyio

WARNING = {"imsx_codeMajor": "success", "imsx_severity": "warning", "imsx_codeMinor": "invalid_selection_field"}


def roster(**habits):
    return Roster(version="1.1", scope=f"{ScopeV1P1.ROSTER} {ScopeV1P1.ROSTER_DEMOGRAPHICS}", **habits)


def client(handler, **options):
    return AsyncDigiOne(base_url=BASE_V1P1, version="1.1", http_client=served(handler), **OPTIONS, **options)


@pytest.mark.parametrize(
    "endpoint", [*map(counterpart, rostering.ENDPOINTS)], ids=lambda endpoint: endpoint.operation_id
)
async def test_every_operation_of_1_1_is_reachable_at_the_accessor_of_1_2(endpoint):
    handler = roster(rows=3)
    async with client(handler, scopes=endpoint.scopes) as api:
        records = await reached(api, endpoint)
    assert records
    assert all(type(record) is endpoint.model and not record.unknown for record in records)
    path = handler.seen[-1].url.raw_path.decode().partition("?")[0]
    assert path.startswith("/ims/oneroster/v1p1/")
    assert endpoint_at(path, below=BASE_V1P1).operation_id == endpoint.operation_id


async def test_a_list_tells_what_was_derived():
    async with client(roster(rows=3)) as api:
        listing = api.rostering.users.list()
        assert not listing.conversion
        users = await listing.all()
        assert [it.field for it in listing.conversion.of(users[1])] == ["roles"]
        assert {kind.action for kind in listing.conversion.counts} == {Action.DERIVED}
        assert listing.conversion.is_lossless
        user = await api.rostering.users.get("u1")
        assert [it.field for it in api.conversion.of(user)] == ["roles"]
        assert sum(api.conversion.counts.values()) == 4


async def test_1_2_has_nothing_to_convert():
    async with AsyncDigiOne(rostering=BASE, http_client=served(Roster(rows=3)), **OPTIONS) as api:
        listing = api.rostering.users.list()
        assert len(await listing.all()) == 3
        assert not listing.conversion
        assert not api.conversion


async def test_the_administrator_is_read_by_policy():
    policy = ConversionPolicy(administrator="systemAdministrator")
    answer = httpx.Response(200, json={"user": Roster(version="1.1").user("u1") | {"role": "administrator"}})
    async with client(roster(script=[answer]), conversion_policy=policy) as api:
        user = await api.rostering.users.get("u1")
        assert {role.role for role in user.roles} == {"systemAdministrator"}
        assert [it.field for it in api.conversion.of(user)] == ["roles", "roles.role"]


async def test_questions_are_asked_in_the_words_of_1_1():
    handler = roster(rows=3)
    async with client(handler) as api:
        rows = api.rostering.users.list(filter=where(User).roles.role == "student", fields=("roles", "pronouns"))
        (first, *_) = await rows.all()
        assert first.roles[0].role == "student"
        assert first.pronouns is None
        with pytest.raises(Inexpressible, match="primaryOrg"):
            api.rostering.users.list(filter=where(User).primary_org.sourced_id == "o1")
        with pytest.raises(Inexpressible, match="pronouns"):
            api.rostering.users.list(sort="pronouns")
    assert handler.paths[0].endswith("/users?filter=role%3D%27student%27&fields=sourcedId,role,orgs")


async def test_warnings_beside_data_are_told_and_logged_once(caplog):
    handler = roster(rows=250, beside={"statusInfoSet": [WARNING | {"imsx_description": "Aino Testi"}]})
    async with client(handler) as api:
        listing = api.rostering.users.list()
        with caplog.at_level(logging.WARNING):
            assert len(await listing.all()) == 250
        assert listing.conversion.warned == api.conversion.warned == 3
        assert listing.conversion.warnings[0].status.reasons == ("invalid_selection_field",)
    assert [record.getMessage() for record in caplog.records if record.name == "digione_sdk"] == [
        "getAllUsers: a success with a warning (invalid_selection_field)"
    ]


async def test_a_warning_without_data_is_no_empty_roster():
    answer = httpx.Response(200, json={"statusInfoSet": [WARNING]})
    async with client(roster(script=[answer])) as api:
        with pytest.raises(MissingEnvelope):
            await api.rostering.users.all()


async def test_an_error_body_of_1_1_is_read():
    body = {"statusInfoSet": [{"imsx_codeMajor": "failure", "imsx_codeMinor": "unknown object"}]}
    async with client(roster(script=[httpx.Response(404, json=body)])) as api:
        with pytest.raises(NotFound, match=r"getUser: 404 \(unknownobject\)"):
            await api.rostering.users.get("u1")


async def test_objects_told_as_in_1_2_are_read_at_a_1_1_address():
    handler = roster(rows=3)
    handler.version = "1.2"
    async with client(handler) as api:
        assert len(await api.rostering.users.all()) == 3
        (kind,) = api.conversion.counts
        assert kind.policy == "told as in 1.2 already"


async def test_objects_told_as_in_1_1_at_a_1_2_address_are_named_so():
    handler = Roster(rows=3, version="1.1")
    async with AsyncDigiOne(rostering=BASE, http_client=served(handler), **OPTIONS) as api:
        with pytest.raises(PayloadError, match=r"told as in OneRoster 1\.1.*version='1\.1'"):
            await api.rostering.users.all()
        with pytest.raises(PayloadError, match=r"version='1\.1'"):
            await api.rostering.users.get("u1")


async def test_scopes_are_those_of_1_1():
    handler = roster(rows=1)
    async with client(handler, scopes=(Scope.ROSTER_CORE,), scope_names={Scope.ROSTER_CORE: "gw:core"}) as api:
        handler.scope = "gw:core"
        await api.rostering.users.all()
        with pytest.raises(ScopeNotGranted, match=r"roster\.readonly"):
            await api.rostering.classes.students("c1").all()
    assert b"scope=gw%3Acore" in handler.seen[0].content


async def test_a_count_is_asked_in_1_1_too():
    async with client(roster(rows=250)) as api:
        assert await api.rostering.users.count(filter="role='student'") == 250
    async with client(roster(rows=250, totals=False)) as api:
        assert await api.rostering.users.count() == 250


async def test_an_old_gateway_is_asked_with_a_signature_made_anew_for_every_try():
    handler = roster(rows=150, script=[httpx.Response(503)])
    signer = OAuth1(consumer_key="key", consumer_secret="secret", signature_method="HMAC-SHA1")
    still = StillClock()
    async with AsyncDigiOne(
        base_url=BASE_V1P1, version="1.1", oauth1=signer, http_client=served(handler), clock=still.clock()
    ) as api:
        assert len(await api.rostering.users.all()) == 150
    headers = [request.headers["authorization"] for request in handler.seen]
    assert len(headers) == 3
    assert all(header.startswith("OAuth ") and 'oauth_signature_method="HMAC-SHA1"' in header for header in headers)
    assert len({re.search('oauth_nonce="([^"]*)"', header)[1] for header in headers}) == 3
    assert handler.tokens_asked == 0


async def test_a_refused_signature_is_not_renewed():
    handler = roster(script=[httpx.Response(401)])
    signer = OAuth1(consumer_key="key", consumer_secret="secret")
    async with AsyncDigiOne(base_url=BASE_V1P1, version="1.1", oauth1=signer, http_client=served(handler)) as api:
        with pytest.raises(Unauthorised):
            await api.rostering.users.get("u1")
    assert len(handler.seen) == 1


async def test_a_signature_replaces_a_token():
    signer = OAuth1(consumer_key="key", consumer_secret="secret")
    with pytest.raises(UsageError, match="oauth1"):
        AsyncDigiOne(base_url=BASE_V1P1, version="1.1", oauth1=signer, **OPTIONS)


_LINK = {"href": "https://h.example/x"}
LINE_ITEM_V1P1 = {
    "sourcedId": "li1",
    "status": "active",
    "dateLastModified": "2026-08-01T00:00:00Z",
    "title": "Koe",
    "assignDate": "2026-08-01T00:00:00Z",
    "dueDate": "2026-08-02T00:00:00Z",
    "class": _LINK | {"sourcedId": "c1", "type": "class"},
    "category": _LINK | {"sourcedId": "k1", "type": "category"},
    "gradingPeriod": _LINK | {"sourcedId": "g1", "type": "academicSession"},
    "resultValueMin": 4,
    "resultValueMax": 10,
}
SCHOOL_OF_CLASS = {"class": {"sourcedId": "c1", "school": _LINK | {"sourcedId": "o1", "type": "org"}}}


class Gateway:
    """Answers with what was prepared, whatever is asked; of classes with their school."""

    def __init__(self, *answers, school=200):
        self.answers = list(answers)
        self.school = school
        self.seen = []

    def __call__(self, request):
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": "t", "token_type": "bearer", "expires_in": 60})
        self.seen.append(request)
        if "/classes/" in request.url.path:
            return httpx.Response(self.school, json=SCHOOL_OF_CLASS if self.school == 200 else {})
        return self.answers.pop(0)


async def test_a_line_item_gets_the_school_of_its_class_which_is_asked_for_once():
    page = {"lineItems": [LINE_ITEM_V1P1, LINE_ITEM_V1P1 | {"sourcedId": "li2"}]}
    gateway = Gateway(httpx.Response(200, json=page), httpx.Response(200, json={"lineItem": LINE_ITEM_V1P1}))
    async with client(gateway) as api:
        listing = api.gradebook.line_items.list(max_items=2)
        items = await listing.all()
        assert {item.school.sourced_id for item in items} == {"o1"}
        assert items[0].academic_session == items[0].grading_period
        assert {it.field for it in listing.conversion.of(items[0])} == {"school", "academicSession"}
        await api.gradebook.line_items.get("li1")
    assert [request.url.path.removeprefix("/ims/oneroster/v1p1") for request in gateway.seen] == [
        "/lineItems",
        "/classes/c1",
        "/lineItems/li1",
    ]


@pytest.mark.parametrize("status", [403, 404])
async def test_a_school_that_the_provider_does_not_tell_is_not_invented(status):
    gateway = Gateway(httpx.Response(200, json={"lineItem": LINE_ITEM_V1P1}), school=status)
    async with client(gateway) as api:
        with pytest.raises(PayloadError, match=r"lineItem\.school"):
            await api.gradebook.line_items.get("li1")


async def test_a_line_item_is_put_in_the_words_of_1_1_and_the_losses_are_told():
    gateway = Gateway(httpx.Response(200, json={"lineItem": LINE_ITEM_V1P1}), httpx.Response(201), httpx.Response(204))
    async with client(gateway) as api:
        item = await api.gradebook.line_items.get("li1")
        assert (await api.gradebook.line_items.put(item)).created
        sent = json.loads(gateway.seen[-1].content)["lineItem"]
        assert sent.keys() == LINE_ITEM_V1P1.keys()
        assert sent["resultValueMax"] == 10
        assert ("school", Action.DROPPED) in {(it.field, it.action) for it in api.conversion.of(item)}
        await api.gradebook.line_items.delete("li1")
    assert gateway.seen[-1].method == "DELETE"


async def test_what_1_1_cannot_say_is_not_sent():
    result = {
        "sourcedId": "r1",
        "status": "active",
        "dateLastModified": "2026-08-01T00:00:00Z",
        "lineItem": _LINK | {"sourcedId": "li1", "type": "lineItem"},
        "student": _LINK | {"sourcedId": "u1", "type": "user"},
        "scoreStatus": "fully graded",
        "scoreDate": "2026-08-03",
        "textScore": "hyvä",
    }
    gateway = Gateway()
    async with client(gateway) as api:
        with pytest.raises(Inexpressible, match="score"):
            await api.gradebook.results.put(Result.model_validate(result))
        with pytest.raises(Inexpressible, match="getAllScoreScales"):
            await api.gradebook.score_scales.all()
        with pytest.raises(Inexpressible, match="postResultsForLineItem"):
            await api.gradebook.results.post_for_line_item("li1", [Result.model_validate(result)])
        with pytest.raises(Inexpressible, match="getResourcesForUser"):
            api.resources.for_user("u1")
    assert gateway.seen == []


async def test_a_client_says_which_version_it_speaks():
    async with client(roster()) as api:
        assert api.version == "1.1"
