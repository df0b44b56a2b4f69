"""What an earlier run left behind, tombstones that no list shows, changes no verdict of the next one."""

from __future__ import annotations

import json
from importlib.metadata import entry_points

import httpx
from digione_mock_server.target import write_target
from digione_mock_server.testing import serving

_JSON = {"content-type": "application/json"}
LOOKED_AT = [
    f"OR-{family}-{name}"
    for family in ("GRB", "GRB-ASM")
    for name in ("FILT-001", "FILT-002", "FILT-003", "FILT-004", "FILT-005", "DELTA-001", "DELTA-002", "ISO-003")
]
SCOPES = "gradebook.createput gradebook.delete assessment.createput assessment.delete"


def _leave_tombstones(server):
    """Make a category and a test, and delete them again, as checks of writing do."""
    account = server.client("a")
    scopes = " ".join(f"https://purl.imsglobal.org/spec/or/v1p2/scope/{scope}" for scope in SCOPES.split())
    asked = {"grant_type": "client_credentials", "scope": scopes}
    with httpx.Client(base_url=server.service_url("gradebook")) as client:
        credentials = (account.client_id, account.client_secret)
        token = client.post(server.token_url, data=asked, auth=credentials).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        for number in range(3):
            made = {"category": {"title": f"Kokeet {number}"}}, {"assessmentLineItem": {"title": f"Koe {number}"}}
            for path, body in zip(("/categories", "/assessmentLineItems"), made, strict=True):
                address = f"{path}/left-{number}"
                sent = {key: {"sourcedId": f"left-{number}", **value} for key, value in body.items()}
                assert client.put(address, content=json.dumps(sent), headers=_JSON).is_success
                assert client.delete(address).is_success


def test_tombstones_of_an_earlier_run_accuse_nobody(tmp_path):
    (entry,) = entry_points(group="digione.suite", name="judge")
    judge = entry.load()
    with serving(tenants=2) as server:
        _leave_tombstones(server)
        write_target(tmp_path / "sut.toml", server.settings, server.register, ca_file=None)
        found = judge(tmp_path / "sut.toml", only=LOOKED_AT)
    assert {name: outcome for name, (outcome, _) in found.items()} == dict.fromkeys(LOOKED_AT, "passed")
