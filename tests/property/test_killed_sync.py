"""A synchronisation that is killed anywhere leaves the store as it was or as it is to be; the next run completes it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from digione_mock_server.settings import CONTROL_PATH
from digione_mock_server.testing import Server, serving
from hypothesis import given, settings
from hypothesis import strategies as st

from digione_sdk import DigiOne
from digione_sdk.synchronise import KINDS, Guard, Settings, SQLiteStore, synchronise

ROOT = Path(__file__).resolve().parents[2]
PAGE = 200
POINTS = st.one_of(
    st.tuples(st.just("answer"), st.integers(0, 30)),
    st.tuples(st.just("staged"), st.integers(0, 28)),
    st.tuples(st.just("apply"), st.integers(0, 2_500)),
    st.tuples(st.just("cursor"), st.just(0)),
)


@dataclass(frozen=True)
class Scene:
    """A server that has changed since the store was filled, the store before, and what it holds after."""

    client: dict[str, str]
    filled: Path
    states: dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    with serving(size="school", tenants=1, control=True) as server:
        account = server.client("a")
        client = {
            "rostering": server.rostering_url,
            "token_url": server.token_url,
            "client_id": account.client_id,
            "client_secret": account.client_secret,
        }
        filled, after = folder / "before.sqlite", folder / "after.sqlite"
        whole(client, filled)
        before = state(filled)
        change(server)
        whole(client, after)
        yield Scene(client, filled, {"filled": before, "empty": [], "after": state(after)})


def change(server: Server) -> None:
    """Rename, bury and remove a part of everything, by the test control."""
    objects = f"{server.url}{CONTROL_PATH}/tenants/a/objects"
    with httpx.Client(headers={"authorization": f"Bearer {server.settings.control_token}"}) as control:
        for name in ("users", "enrollments", "classes"):
            for number, row in enumerate(list(all_of(server, name))):
                url = f"{objects}/{name}/{row['sourcedId']}"
                if number % 19 == 0:
                    control.put(url, json={**row, "metadata": {"round": "2"}}).raise_for_status()
                elif number % 41 == 0:
                    control.delete(url).raise_for_status()
                elif number % 43 == 0:
                    control.delete(url, params={"purge": "true"}).raise_for_status()


def all_of(server: Server, name: str):
    account = server.client("a")
    credentials = {"client_id": account.client_id, "client_secret": account.client_secret}
    with DigiOne(rostering=server.rostering_url, token_url=server.token_url, **credentials) as api:
        yield from (row.to_wire() for row in getattr(api.rostering, name).list(limit=1_000))


def whole(client: dict[str, str], path: Path) -> None:
    with DigiOne(**client) as api:
        synchronise(api, SQLiteStore(path), Settings(limit=PAGE, guard=Guard(share=1)))


def state(path: Path) -> list[tuple[object, ...]]:
    return [(row.kind, row.sourced_id, row.modified, row.body) for row in SQLiteStore(path).held(KINDS)]


def killed(scene: Scene, path: Path, phase: str, number: int) -> int:
    told = {"client": scene.client, "store": str(path), "phase": phase, "number": number, "settings": {"limit": PAGE}}
    done = subprocess.run(
        [sys.executable, "-m", "tests.property.killed_sync"],
        cwd=ROOT,
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode


def judge(scene: Scene, folder: Path, point: tuple[str, int], *, start: str) -> int:
    path = folder / "roster.sqlite"
    if start == "filled":
        shutil.copy(scene.filled, path)
        shutil.copy(f"{scene.filled}.cursor", f"{path}.cursor")
    status = killed(scene, path, *point)
    found = state(path)
    assert found in (scene.states[start], scene.states["after"]), "half applied"
    if point[0] == "cursor" or status == 0:
        assert found == scene.states["after"]
    whole(scene.client, path)
    assert state(path) == scene.states["after"]
    assert {left.name for left in folder.iterdir()} == {"roster.sqlite", "roster.sqlite.cursor"}
    return status


@pytest.mark.parametrize(
    ("start", "point"),
    [("empty", ("staged", 3)), ("filled", ("apply", 3)), ("empty", ("apply", 200)), ("filled", ("cursor", 0))],
    ids=lambda given: given if isinstance(given, str) else "-".join(map(str, given)),
)
def test_killed_at_the_points_that_matter(scene, tmp_path, point, start):
    assert judge(scene, tmp_path, point, start=start) == -signal.SIGKILL


@given(point=POINTS, start=st.sampled_from(["empty", "filled"]))
@settings(max_examples=3)
def test_killed_anywhere(scene, tmp_path_factory, point, start):
    judge(scene, tmp_path_factory.mktemp("run"), point, start=start)


@pytest.mark.soak
@given(point=POINTS, start=st.sampled_from(["empty", "filled"]))
@settings(max_examples=400)
def test_killed_anywhere_at_length(scene, tmp_path_factory, point, start):
    judge(scene, tmp_path_factory.mktemp("run"), point, start=start)
