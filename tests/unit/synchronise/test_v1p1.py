"""A provider of OneRoster 1.1 ends up in the same store as one of 1.2, and the report tells what was converted."""

from __future__ import annotations

import asyncio
import json

import pytest
from digione_mock_server.testing import serving

from digione_sdk import AsyncDigiOne, DigiOne
from digione_sdk.core.editions import EditionV1P1
from digione_sdk.core.http import Response
from digione_sdk.core.scopes import Scope
from digione_sdk.errors import Inexpressible, MissingEnvelope
from digione_sdk.model.oneroster import LineItem, User
from digione_sdk.synchronise import KINDS, Run, Settings, SQLiteStore, synchronise, synchronise_async
from digione_sdk.synchronise.kinds import chosen
from digione_sdk.wire.versions import Action
from tests.unit.synchronise.provider import NOW, KilledError, Provider, drive, ids, link, org, state

URL = "https://roster.example/ims/oneroster/v1p1"
OPEN = [scope.value for scope in Scope if "demographics" not in scope.value]
NEWER = {"scoreScales", "assessmentLineItems", "assessmentResults"}


@pytest.fixture(scope="module")
def server():
    with serving() as running:
        yield running


def account(server):
    known = server.client("a")
    return {"token_url": server.token_url, "client_id": known.client_id, "client_secret": known.client_secret}


@pytest.fixture
def older(server):
    with DigiOne(base_url=f"{server.url}/ims/oneroster/v1p1", version="1.1", **account(server)) as api:
        yield api


def test_the_store_holds_whom_and_what_1_2_would_have_brought(server, older, tmp_path):
    told, stored = SQLiteStore(tmp_path / "older.sqlite"), SQLiteStore(tmp_path / "newer.sqlite")
    report = synchronise(older, told)
    assert report.applied
    assert {kind.kind for kind in report.kinds} == KINDS.keys() - NEWER - {"demographics"}
    services = {name: server.service_url(name) for name in ("rostering", "gradebook", "resources")}
    with DigiOne(**services, **account(server)) as newer:
        synchronise(newer, stored)
    for name in KINDS.keys() - NEWER - {"demographics", "results"}:
        assert ids(told, name) == ids(stored, name)
    assert set(ids(told, "results")) < set(ids(stored, "results"))  # 1.1 tells no result without a number
    for row in told.held(["users", "lineItems"]):
        model = User if row.kind == "users" else LineItem
        assert model.model_validate_json(row.body).unknown == {}


def test_what_was_converted_is_in_the_report_by_counts_alone(older, tmp_path):
    report = synchronise(older, SQLiteStore(tmp_path / "r.sqlite"))
    done = {(kind.object, kind.field): kind.action for kind in report.conversion.counts}
    assert done["User", "roles"] is done["LineItem", "school"] is Action.DERIVED
    assert "converted: " in report.text()
    said = report.as_json()["converted"]
    assert {"object", "field", "action", "policy", "count"} == said[0].keys()
    text = report.text() + json.dumps(report.as_json())
    assert not [one for one in ids(SQLiteStore(tmp_path / "r.sqlite"), "users") if one in text]


@pytest.mark.parametrize("mode", ["full", "delta"])
def test_a_second_run_finds_nothing_to_do(older, tmp_path, mode):
    store = SQLiteStore(tmp_path / "r.sqlite")
    synchronise(older, store)
    before = store.path.read_bytes()
    assert synchronise(older, store, Settings(mode=mode, limit=70, parallel=3)).is_empty
    assert store.path.read_bytes() == before


def test_both_colours_end_in_the_same_state(server, older, tmp_path):
    one, other = SQLiteStore(tmp_path / "one.sqlite"), SQLiteStore(tmp_path / "other.sqlite")
    synchronise(older, one, Settings(kinds=("lineItems", "classes")))

    async def run():
        async with AsyncDigiOne(base_url=f"{server.url}/ims/oneroster/v1p1", version="1.1", **account(server)) as api:
            return await synchronise_async(api, other, Settings(kinds=("lineItems", "classes")))

    assert asyncio.run(run()).applied
    assert state(one) == state(other)


def test_a_kind_that_1_1_does_not_have_is_refused_by_name(older, tmp_path):
    with pytest.raises(Inexpressible, match="getAllScoreScales"):
        synchronise(older, SQLiteStore(tmp_path / "r.sqlite"), Settings(kinds=("scoreScales",)))
    assert NEWER & {kind.name for kind in chosen(None, older.base_urls, older.edition)} == set()


# --- without a socket -------------------------------------------------------------------------------------------------


def pupil(sourced_id):
    return {
        "sourcedId": sourced_id, "status": "active", "dateLastModified": "2026-11-01T00:00:00.000Z",
        "enabledUser": True, "username": sourced_id, "givenName": "Testi", "familyName": "Malli",
        "role": "student", "orgs": [link("org", "o1")], "grades": "09",
    }  # fmt: skip


def opened(store, **settings):
    services = dict.fromkeys(("rostering", "gradebook", "resources"), URL)
    return Run(
        store,
        Settings(limit=10, **{"kinds": ("orgs", "users"), **settings}),
        base_urls=services,
        now=lambda: NOW,
        edition=EditionV1P1(),
    )


def school():
    provider = Provider()
    provider.put("orgs", org("o1"))
    provider.put("users", *(pupil(f"u{number:03}") for number in range(25)))
    return provider


def test_users_of_1_1_are_held_as_1_2_tells_them(store):
    with opened(store) as run:
        drive(run, school())
        report = run.finished()
    (first, *_) = (json.loads(row.body) for row in store.held(["users"]))
    assert first["roles"] == [{"roleType": "primary", "role": "student", "org": link("org", "o1")}]
    assert first["grades"] == ["09"]
    assert not {"role", "orgs"} & first.keys()
    assert {kind.field: count for kind, count in report.conversion.counts.items()}["roles"] == 25


def test_an_interrupted_run_is_taken_up_and_ends_as_if_it_had_not_been(store, tmp_path):
    provider, whole = school(), SQLiteStore(tmp_path / "whole.sqlite")
    with opened(whole) as run:
        drive(run, provider)
        run.finished()
    with pytest.raises(KilledError), opened(store) as run:
        drive(run, provider, pages=3)
    with opened(store) as run:
        drive(run, provider)
        report = run.finished()
    assert report.resumed
    assert state(store) == state(whole)


def test_a_warning_without_data_is_no_empty_roster(store):
    provider = school()
    said = [{"imsx_codeMajor": "success", "imsx_severity": "warning", "imsx_codeMinor": "invalid_sort_field"}]
    provider.lie = lambda kind, _, it: (
        Response(200, it.headers, json.dumps({"statusInfoSet": said}).encode()) if kind == "users" else it
    )
    with pytest.raises(MissingEnvelope), opened(store) as run:
        drive(run, provider)
    assert ids(store, "users") == []


def test_warnings_beside_data_are_counted(store):
    provider = school()
    said = [{"imsx_codeMajor": "success", "imsx_severity": "warning", "imsx_codeMinor": "invalid_sort_field"}]
    provider.lie = lambda _, __, it: Response(
        200, it.headers, json.dumps(json.loads(it.content) | {"statusInfoSet": said}).encode()
    )
    with opened(store) as run:
        drive(run, provider)
        report = run.finished()
    assert report.as_json()["warnings"] == len(provider.asked)
