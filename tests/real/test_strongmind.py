"""A client made by others reads our 1.1: strongmind-oneroster-client, generated from a 1.1 description.

It reads every object of all sixteen collections, fields and all. What it gets wrong: it never pages. A call without
`limit` gives the first hundred rows and no word of the rest; whoever calls it must count offsets himself.
"""

from __future__ import annotations

from typing import Any

import pytest
from digione_mock_server.testing import Server, serving

from digione_sdk import DigiOne
from digione_sdk.core.endpoints import v1p1
from digione_sdk.core.scopes import ScopeV1P1
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster.v1p1 import MODELS
from tests.real.program import Program

STRONGMIND = Program(".venv-strongmind", "oneroster_client", "strongmind_reader.py")
DEFAULT_LIMIT = 100

pytestmark = pytest.mark.skipif(
    not STRONGMIND.works(), reason="real input: strongmind-oneroster-client is not installed (scripts/real_input.sh)"
)

COLLECTIONS = {
    endpoint.path.removeprefix("/"): endpoint
    for endpoint in v1p1.ENDPOINTS
    if endpoint.is_collection and not endpoint.is_nested
}


@pytest.fixture(scope="module")
def server():
    with serving(size="school", tenants=1) as running:
        yield running


@pytest.fixture(scope="module")
def ours(server: Server):
    account = server.client()
    with DigiOne(
        base_url=f"{server.url}/ims/oneroster/v1p1",
        version="1.1",
        token_url=server.token_url,
        client_id=account.client_id,
        client_secret=account.client_secret,
        scopes=tuple(ScopeV1P1),
    ) as api:
        yield api


@pytest.fixture(scope="module")
def theirs(ours: DigiOne) -> dict[str, Any]:
    """What strongmind-oneroster-client read, by collection as the paths name it."""
    door = {"url": ours.base_urls["rostering"], "token": ours.session.token().access_token}
    found = STRONGMIND.read(door)
    return {
        "".join([first, *map(str.capitalize, more)]): it
        for name, it in found.items()
        for first, *more in [name.split("_")]
    }


@pytest.mark.parametrize("name", COLLECTIONS)
def test_it_reads_every_object_that_our_client_reads(theirs, ours, name):
    service, accessor = ours.rostering, COLLECTIONS[name].accessor.partition(".")[0]
    if name == "resources":
        collection = ours.resources
    else:
        collection = getattr(service if hasattr(service, accessor) else ours.gradebook, accessor)
    read = theirs[name]["read"]
    assert read.keys() == {record.sourced_id for record in collection}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_it_knows_every_field_that_it_is_sent(theirs, name):
    declared = {field.name.strip("_") for field in fields_of(MODELS[COLLECTIONS[name].model]).values()}
    read = {field.strip("_") for fields in theirs[name]["read"].values() for field in fields}
    assert read <= declared
    assert {
        field.name.strip("_") for field in fields_of(MODELS[COLLECTIONS[name].model]).values() if field.required
    } <= read


def test_it_never_pages(theirs):
    short = {name for name, it in theirs.items() if it["unpaged"] < len(it["read"])}
    assert {"users", "enrollments", "results"} <= short
    assert {theirs[name]["unpaged"] for name in short} == {DEFAULT_LIMIT}
