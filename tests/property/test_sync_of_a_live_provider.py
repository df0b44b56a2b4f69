"""Against the reference server: both colours and any parallelism agree, delta and full agree, and no fault of paging,
envelopes or deltas is ever applied as a loss."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from digione_mock_server.faults import FAULTS
from digione_mock_server.settings import CONTROL_PATH
from digione_mock_server.testing import Server, serving
from hypothesis import given, settings
from hypothesis import strategies as st

from digione_sdk import AsyncDigiOne, DigiOne, DigiOneError
from digione_sdk.synchronise import KINDS, Guard, Mode, Report, Settings, SQLiteStore, synchronise, synchronise_async

READ = ("academicSessions", "classes", "courses", "orgs", "users")
LYING = sorted(
    name
    for name in FAULTS
    if name.startswith(
        ("page-", "link-", "total-", "cap-", "offset-", "deep-offset", "last-row", "lookahead", "empty-")
    )
    or name in {"default-limit-10", "bare-array-on-nested", "unstable-ties", "failure-with-200", "stale-pages"}
)
STEPS = st.lists(st.tuples(st.sampled_from(["rename", "bury", "restore"]), st.integers(0, 30)), min_size=1, max_size=6)


def door(server: Server) -> dict[str, str]:
    account = server.client("a")
    return {
        "rostering": server.rostering_url,
        "token_url": server.token_url,
        "client_id": account.client_id,
        "client_secret": account.client_secret,
    }


def state(store: SQLiteStore) -> list[tuple[str, str, str, str]]:
    return [(row.kind, row.sourced_id, row.modified, row.body) for row in store.held(KINDS)]


def wordless(store: SQLiteStore) -> list[tuple[str, str]]:
    return [(row.kind, row.sourced_id) for row in store.held(KINDS)]


def synchronised(colour: str, server: Server, store: SQLiteStore, how: Settings) -> Report:
    async def work() -> Report:
        async with AsyncDigiOne(**door(server)) as api:
            return await synchronise_async(api, store, how)

    if colour == "async":
        return asyncio.run(work())
    with DigiOne(**door(server)) as api:
        return synchronise(api, store, how)


@pytest.fixture(scope="module")
def server():
    with serving(control=True, tenants=1) as running:
        yield running


@pytest.fixture(scope="module")
def untouched():
    """A provider that no test changes, whatever ran before on the same worker."""
    with serving(tenants=1) as running:
        yield running


@pytest.fixture(scope="module")
def truth(tmp_path_factory):
    """What a provider without faults holds, at the address that it is asked at."""
    store = SQLiteStore(tmp_path_factory.mktemp("truth") / "roster.sqlite")
    with serving(tenants=1) as running, DigiOne(**door(running)) as api:
        synchronise(api, store, Settings(kinds=READ))
    return wordless(store)


@pytest.mark.parametrize("parallel", [1, 5])
@pytest.mark.parametrize("colour", ["sync", "async"])
def test_colour_and_parallelism_do_not_matter(untouched, truth, tmp_path, colour, parallel):
    store, how = SQLiteStore(tmp_path / "r.sqlite"), Settings(kinds=READ, parallel=parallel, limit=100)
    assert synchronised(colour, untouched, store, how).applied
    assert wordless(store) == truth


@pytest.mark.parametrize("parallel", [1, 3])
@pytest.mark.parametrize("colour", ["sync", "async"])
def test_a_failure_of_one_kind_stops_all_and_applies_nothing(tmp_path, colour, parallel):
    store, how = SQLiteStore(tmp_path / "r.sqlite"), Settings(kinds=READ, parallel=parallel, limit=20)
    with serving(tenants=1, faults=["link-next-to-itself"]) as running, pytest.raises(DigiOneError):
        synchronised(colour, running, store, how)
    assert state(store) == []


@given(rounds=st.lists(STEPS, min_size=1, max_size=2))
@settings(max_examples=4)
def test_full_and_delta_end_in_the_same_state(server, tmp_path_factory, rounds):
    folder = tmp_path_factory.mktemp("live")
    by_delta, by_full = SQLiteStore(folder / "delta.sqlite"), SQLiteStore(folder / "full.sqlite")
    free = {"kinds": ("users", "orgs"), "guard": Guard(share=1)}
    with DigiOne(**door(server)) as api:
        users = [row.to_wire() for row in api.rostering.users.list(limit=100, max_items=31)]
        synchronise(api, by_delta, Settings(**free))
        for steps in rounds:
            change(server, users, steps)
            report = synchronise(api, by_delta, Settings(mode=Mode.DELTA, **free))
            assert {kind.read for kind in report.kinds} == {"delta"}
        synchronise(api, by_full, Settings(**free))
    assert state(by_delta) == state(by_full)


def change(server: Server, users, steps) -> None:
    objects = f"{server.url}{CONTROL_PATH}/tenants/a/objects/users"
    with httpx.Client(headers={"authorization": f"Bearer {server.settings.control_token}"}) as control:
        for number, (what, index) in enumerate(steps):
            row = users[index % len(users)]
            url = f"{objects}/{row['sourcedId']}"
            if what == "bury":
                control.delete(url)
            else:
                more = {"metadata": {"round": f"{number}"}} if what == "rename" else {}
                control.put(url, json={**row, **more}).raise_for_status()


@pytest.mark.parametrize("fault", LYING)
def test_no_fault_is_applied_as_a_loss(fault, truth, tmp_path):
    """A run against a lying provider either stops, or ends with every record that there is."""
    store = SQLiteStore(tmp_path / "r.sqlite")
    with serving(tenants=1, faults=[fault]) as running, DigiOne(**door(running), retry=None) as api:
        for limit in (40, None):
            try:
                synchronise(api, store, Settings(kinds=READ, limit=limit))
            except DigiOneError:
                continue
            missing = set(truth) - set(wordless(store))
            assert not missing, f"{len(missing)} of {len(truth)} records missing"
