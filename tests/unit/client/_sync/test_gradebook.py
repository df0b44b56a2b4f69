# Made by scripts/unasync.py from tests/unit/client/_async/test_gradebook.py; change that file, not this one.
"""Every operation of Gradebook and Resources is at its accessor, and a write says exactly what was done."""

from __future__ import annotations

import json
import traceback
from decimal import Decimal

import httpx
import pytest

from digione_sdk import (
    CourseGUIDRef,
    DigiOne,
    DigiOneError,
    LineItem,
    MissingEnvelope,
    NotFound,
    PostedInPart,
    PreconditionFailed,
    RequestTimedOut,
    ScopeNotGranted,
    ServerError,
    TokenRequestFailed,
    UsageError,
    Versioned,
    Written,
)
from digione_sdk.core.endpoints.base import Shape
from digione_sdk.core.endpoints.gradebook import ENDPOINTS as GRADEBOOK
from digione_sdk.core.endpoints.resources import ENDPOINTS as RESOURCES
from tests.unit.client._sync.colour import StillClock, anyio, served
from tests.unit.client.gradebook import BASES, OPTIONS, Gradebook, endpoint_of, line_item, result, wire_record

pytestmark = anyio


def client(server, **options):
    return DigiOne(http_client=served(server), **{**OPTIONS, "clock": StillClock().clock(), **options})


def posted(endpoint):
    """Return records that the endpoint takes, given ids p0, p1 of its parents."""
    if endpoint.model is LineItem:
        return [line_item(f"t{n}", class_id="p0").model_copy(update={"school": _school("p0")}) for n in range(2)]
    return [result(f"t{n}", line_item_id="p0") for n in range(2)]


def _school(sourced_id):
    return line_item().school.model_copy(update={"sourced_id": sourced_id})


@pytest.mark.parametrize("endpoint", [*GRADEBOOK, *RESOURCES], ids=lambda endpoint: endpoint.operation_id)
def test_every_operation_is_reachable_at_its_accessor(endpoint):
    server = Gradebook()
    parents = [f"p{number}" for number, _ in enumerate(endpoint.path_parameters)]
    with client(server) as api:
        bound = getattr(api, endpoint.service.name)
        for name in endpoint.accessor.split("."):
            bound = getattr(bound, name)
        if endpoint.is_collection:
            found = [record for record in bound(*parents)]
            assert [type(record) for record in found] == [endpoint.model]
        elif endpoint.shape is Shape.SINGLE:
            assert type(bound("id/1")) is endpoint.model
        elif endpoint.shape is Shape.PAIRS:
            pairs = bound(*parents, posted(endpoint))
            assert [(it.supplied_sourced_id, it.allocated_sourced_id) for it in pairs] == [
                ("t0", "own-t0"),
                ("t1", "own-t1"),
            ]
        elif endpoint.method == "PUT":
            assert bound(endpoint.model.model_validate(wire_record(endpoint))) == Written(True, None)
        else:
            assert bound("id/1") is None
    assert endpoint_of(server.seen[-1]) is endpoint
    assert server.scopes == [endpoint.scopes[0].short]


def test_put_sends_the_single_wrapper_to_the_records_own_id():
    server = Gradebook()
    with client(server) as api:
        api.gradebook.results.put(result("r/1", score="7.1"))
    (put,) = server.asked
    assert put.url.raw_path.endswith(b"/results/r%2F1")
    assert put.headers["content-type"] == "application/json"
    assert "if-match" not in put.headers
    body = json.loads(put.content, parse_float=Decimal)
    assert list(body) == ["result"]
    assert body["result"]["score"] == Decimal("7.1")


@pytest.mark.parametrize(("status", "created"), [(201, True), (200, False), (204, False)])
def test_put_tells_a_replacement_from_a_creation_as_far_as_the_provider_does(status, created):
    with client(Gradebook(script=[httpx.Response(status, headers={"ETag": '"v2"'})])) as api:
        assert api.gradebook.line_items.put(line_item()) == Written(created, '"v2"')


@pytest.mark.parametrize("status", [200, 204])
def test_delete_takes_every_usual_success(status):
    with client(Gradebook(script=[httpx.Response(status)])) as api:
        api.gradebook.line_items.delete("li1")


def test_a_version_that_was_read_guards_the_write():
    server = Gradebook()
    with client(server) as api:
        read = api.gradebook.line_items.versioned("li1")
        assert read == Versioned(read.record, '"v1"')
        api.gradebook.line_items.put(read.record, if_match=read.etag)
        api.gradebook.line_items.delete("li1", if_match=read.etag)
        server.script.append(httpx.Response(412))
        with pytest.raises(PreconditionFailed, match=r"putLineItem: 412$"):
            api.gradebook.line_items.put(read.record, if_match=read.etag)
    assert [it.headers.get("if-match") for it in server.asked] == [None, '"v1"', '"v1"', '"v1"']


def test_a_provider_without_tags_is_read_all_the_same():
    body = {"lineItem": line_item().to_wire()}
    with client(Gradebook(script=[httpx.Response(200, json=body)])) as api:
        assert api.gradebook.line_items.versioned("li1") == Versioned(line_item(), None)


@pytest.mark.parametrize("tag", ["v1", 'W/"v1"', "", '"a\nb"', 7])
def test_a_tag_that_cannot_match_is_refused_before_the_network(tag):
    server = Gradebook()
    with client(server) as api:
        with pytest.raises(UsageError, match="if_match"):
            api.gradebook.line_items.put(line_item(), if_match=tag)
        with pytest.raises(UsageError, match="if_match"):
            api.gradebook.line_items.delete("li1", if_match=tag)
    assert server.seen == []


@pytest.mark.parametrize(
    ("record", "place"),
    [
        (line_item().model_copy(update={"result_value_max": Decimal("NaN")}), "record: LineItem: result_value_max"),
        (line_item().model_copy(update={"result_value_max": float("inf")}), "record: LineItem: result_value_max"),
        (line_item().model_copy(update={"class_": CourseGUIDRef.to("k1", href="https://h.example/k")}), "class_"),
        (line_item().model_copy(update={"sourced_id": 7}), "record: LineItem: sourced_id"),
        (line_item().model_copy(update={"sourced_id": ".."}), "sourced_id"),
        (
            line_item().model_copy(update={"school": line_item().school.model_copy(update={"sourced_id": None})}),
            "record: OrgGUIDRef: sourced_id",
        ),
        (result(), "record: needs LineItem, not Result"),
        (line_item().to_wire(), "record: needs LineItem, not dict"),
    ],
)
def test_a_record_that_does_not_fit_is_refused_before_the_network(record, place):
    server = Gradebook()
    with client(server) as api:
        with pytest.raises(UsageError, match=place):
            api.gradebook.line_items.put(record)
    assert server.seen == []


@pytest.mark.parametrize(
    ("records", "place"),
    [
        ([], "records: at least one record"),
        ([line_item("t1"), line_item("t1")], r"records\.1\.sourced_id: a temporary id that another"),
        ([line_item("t1"), line_item("t2", class_id="c2")], r"records\.1\.class\.sourcedId: is not the class_id"),
        ([result("t1")], r"records\.0: needs LineItem, not Result"),
        (line_item("t1"), r"records\.0: needs LineItem, not tuple"),
    ],
)
def test_what_cannot_be_posted_is_refused_before_the_network(records, place):
    server = Gradebook()
    with client(server) as api:
        with pytest.raises(UsageError, match=place):
            api.gradebook.line_items.post_for_class("c1", records)
    assert server.seen == []


def test_a_post_that_was_answered_in_part_says_so_and_carries_what_came():
    with client(Gradebook(lost=1)) as api:
        with pytest.raises(PostedInPart, match=r"1 pairs came for 2 records; 1 of these have none$") as refused:
            api.gradebook.results.post_for_line_item("li1", [result("CANARY-1"), result("CANARY-2")])
    assert [pair.allocated_sourced_id for pair in refused.value.pairs] == ["own-CANARY-2"]
    assert refused.value.missing == ("CANARY-1",)
    assert "CANARY" not in str(refused.value)


def test_pairs_for_something_else_are_no_answer_to_a_post():
    pair = {"suppliedSourcedId": "t1", "allocatedSourcedId": "a"}
    for pairs in ([pair, pair], [pair, pair | {"suppliedSourcedId": "x"}]):
        with client(Gradebook(script=[httpx.Response(201, json={"sourcedIdPairs": pairs})])) as api:
            with pytest.raises(PostedInPart, match="2 pairs came for 1 records"):
                api.gradebook.line_items.post_for_class("c1", [line_item("t1")])
    with client(Gradebook(script=[httpx.Response(201)])) as api:
        with pytest.raises(MissingEnvelope, match="sourcedIdPairs"):
            api.gradebook.line_items.post_for_class("c1", [line_item("t1")])


def test_a_put_is_tried_again_and_a_post_never():
    server = Gradebook(script=[httpx.ReadTimeout("lost"), httpx.Response(503)])
    with client(server) as api:
        assert (api.gradebook.line_items.put(line_item())).created
        assert [it.method for it in server.asked] == ["PUT", "PUT", "PUT"]
        assert len({it.content for it in server.asked}) == 1
        for failure, error in ((httpx.ReadTimeout("lost"), RequestTimedOut), (httpx.Response(503), ServerError)):
            before = len(server.asked)
            server.script.append(failure)
            with pytest.raises(error):
                api.gradebook.line_items.post_for_class("c1", [line_item("t1")])
            assert len(server.asked) == before + 1


def test_a_repeated_delete_that_finds_nothing_has_succeeded():
    for failure in (httpx.ReadTimeout("lost"), httpx.Response(502)):
        with client(Gradebook(script=[failure, httpx.Response(404)])) as api:
            api.gradebook.results.delete("r1")


def test_a_delete_that_finds_nothing_at_once_is_an_error():
    for refused in ([httpx.Response(404)], [httpx.Response(429), httpx.Response(404)]):
        with client(Gradebook(script=list(refused))) as api:
            with pytest.raises(NotFound, match="deleteResult: 404"):
                api.gradebook.results.delete("r1")


def test_a_412_after_a_lost_answer_says_that_it_may_be_ones_own_doing():
    with client(Gradebook(script=[httpx.ReadTimeout("lost"), httpx.Response(412)])) as api:
        with pytest.raises(PreconditionFailed, match="the first try may have been carried out"):
            api.gradebook.line_items.put(line_item(), if_match='"v1"')


def test_each_call_asks_for_the_scope_that_it_needs_and_for_no_other():
    server = Gradebook()
    with client(server) as api:
        api.gradebook.line_items.get("li1")
        api.gradebook.results.for_class("c1").all()
        api.resources.get("x")
        api.gradebook.line_items.put(line_item())
        api.gradebook.line_items.put(line_item())
    assert server.scopes == ["gradebook.readonly", "resource.readonly", "gradebook.createput"]


def test_a_server_without_a_scope_refuses_only_the_calls_that_need_it():
    reading = Gradebook(granted=frozenset(GRADEBOOK[0].scopes) | frozenset(GRADEBOOK[8].scopes))
    with client(reading) as api:
        api.gradebook.categories.get("k1")
        with pytest.raises(TokenRequestFailed, match="invalid_scope"):
            api.gradebook.categories.delete("k1")
        with pytest.raises(ScopeNotGranted, match=r"roster-demographics\.readonly, which is asked for only by name"):
            api.rostering.demographics.all()


def test_scopes_that_are_named_are_asked_for_at_once():
    server = Gradebook()
    scopes = (GRADEBOOK[8].scopes[0], GRADEBOOK[11].scopes[0])
    with client(server, scopes=scopes) as api:
        api.gradebook.categories.get("k1")
        with pytest.raises(ScopeNotGranted, match=r"gradebook\.delete, which the token does not carry"):
            api.gradebook.categories.delete("k1")
    assert server.scopes == ["gradebook.readonly gradebook.createput"]


def test_a_client_of_one_service_refuses_the_others():
    account = {key: OPTIONS[key] for key in ("token_url", "client_id", "client_secret")}
    with DigiOne(gradebook=BASES["gradebook"], http_client=served(Gradebook()), **account) as api:
        assert api.base_urls == {"gradebook": BASES["gradebook"]}
        with pytest.raises(UsageError, match=r"^rostering: .* without the base URL"):
            _ = api.rostering
        with pytest.raises(UsageError, match=r"^resources: "):
            _ = api.resources
    with pytest.raises(UsageError, match="base URL of another service"):
        DigiOne(**account)


def test_no_trace_of_a_failed_write_shows_the_record():
    told = result().comment
    server = Gradebook(script=[httpx.Response(422, json={"imsx_description": told}), httpx.Response(201)])
    with client(server) as api:
        for call in (
            lambda: api.gradebook.results.put(result()),
            lambda: api.gradebook.results.post_for_line_item("li1", [result(told)]),
            lambda: api.gradebook.results.post_for_line_item("li1", [result(told), result(told)]),
            lambda: api.gradebook.results.put(result().model_copy(update={"score": told})),
            lambda: api.gradebook.results.put(result().model_copy(update={"student": told})),
        ):
            with pytest.raises(DigiOneError) as refused:
                call()
            assert told not in "".join(traceback.format_exception(refused.value))
            assert refused.value.__context__ is None
