"""The body of a 1.1 answer becomes a 1.2 body; what the server says beside its data is kept, what is broken is left."""

from __future__ import annotations

import json

import pytest

from digione_sdk.model.oneroster import User
from digione_sdk.model.status import Severity
from digione_sdk.wire.versions import DEFAULT_POLICY
from digione_sdk.wire.versions.body import Retold

USER = {
    "sourcedId": "u1",
    "status": "active",
    "role": "student",
    "orgs": [{"href": "https://h.example/o1", "sourcedId": "o1", "type": "org"}],
}
WARNING = {"imsx_codeMajor": "success", "imsx_severity": "warning", "imsx_codeMinor": "invalid_selection_field"}


def retold(body, key="users"):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    opened = Retold(content, key=key, model=User, operation_id="getAllUsers", policy=DEFAULT_POLICY)
    return opened, opened.told()


def test_every_object_is_retold_and_accounted_for():
    opened, content = retold({"users": [USER, USER | {"sourcedId": "u2"}]})
    assert [it["roles"][0]["role"] for it in json.loads(content)["users"]] == ["student", "student"]
    assert [change.sourced_id for change in opened.changes] == ["u1", "u2"]


def test_a_single_object_is_retold():
    _, content = retold({"user": USER}, key="user")
    assert "roles" in json.loads(content)["user"]


def test_a_byte_order_mark_is_no_obstacle():
    _, content = retold(b"\xef\xbb\xbf" + json.dumps({"users": [USER]}).encode())
    assert "roles" in json.loads(content)["users"][0]


@pytest.mark.parametrize("said", [[WARNING], WARNING, [[WARNING]]])
def test_warnings_beside_data_are_kept_and_leave_the_body(said):
    opened, content = retold({"users": [], "statusInfoSet": said})
    (warning,) = opened.warnings
    assert warning.status.severity is Severity.WARNING
    assert warning.status.reasons == ("invalid_selection_field",)
    assert warning.operation_id == "getAllUsers"
    assert json.loads(content) == {"users": []}


@pytest.mark.parametrize("said", [None, "x", [], [3], {}])
def test_a_set_that_says_nothing_is_no_warning(said):
    assert retold({"users": [], "statusInfoSet": said})[0].warnings == []


def test_a_success_that_is_told_is_no_warning():
    told = {"imsx_codeMajor": "success", "imsx_severity": "status", "imsx_codeMinor": "full success"}
    opened, content = retold({"users": [], "statusInfoSet": [told]})
    assert opened.warnings == []
    assert json.loads(content) == {"users": []}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b"3", b'{"users"'])
def test_what_is_no_object_is_left_as_it_is(body):
    assert retold(body)[1] == body


@pytest.mark.parametrize("value", [None, 3, "x", {}, [3, None, "x", []]])
def test_what_is_no_record_is_left_for_the_decoder(value):
    assert json.loads(retold({"users": value})[1]) == {"users": value}
