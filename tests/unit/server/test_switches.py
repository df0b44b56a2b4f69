"""Faults and dialects: each has a place in the code, and shows there and nowhere else."""

from __future__ import annotations

from pathlib import Path

import digione_mock_server
import pytest
from digione_mock_server.app import state_of
from digione_mock_server.dialects import DIALECTS, Dialects
from digione_mock_server.faults import Faults
from digione_mock_server.store import KINDS_BY_NAME

from digione_sdk.core.scopes import Scope
from digione_sdk.errors import UsageError
from tests.unit.server.small import base

SOURCE = "\n".join(
    file.read_text(encoding="utf-8")
    for file in Path(digione_mock_server.__file__).parent.rglob("*.py")
    if file.name != "registry.py"
)


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_has_a_place_where_it_acts(name):
    assert f'"{name}" in ' in SOURCE or f'"{name}" not in ' in SOURCE


@pytest.mark.parametrize("switches", [Faults, Dialects])
def test_an_unknown_switch_is_refused_by_name(switches):
    with pytest.raises(UsageError, match="unknown: nope"):
        switches.of(["nope"])


def test_stale_pages_hides_a_write(opening):
    org = {**base("new"), "name": "x", "type": "school", "identifier": "9"}
    for faults, seen in ((["stale-pages"], 3), ([], 4)):
        door = opening(faults=faults).as_client()
        door.get("/orgs")
        state_of(door.app).store.put(KINDS_BY_NAME["orgs"], org, tenant=0)
        assert len(door.get("/orgs").ids("orgs")) == seen


def test_wrapped_status_wraps_every_error(opening):
    door = opening(faults=["wrapped-status"])
    for answer in (door.get("/users"), door.send("GET", "/nowhere"), door.send("PUT", "/healthz")):
        assert list(answer.json) == ["imsx_StatusInfo"]


def test_scope_by_substring_opens_demographics(opening):
    for faults, status in ((["scope-by-substring"], 200), ([], 403)):
        door = opening(faults=faults).as_client(scopes=[Scope.ROSTER_CORE])
        assert door.get("/demographics").status == status
