"""Every variant of the status payload that is seen in the wild is read (pitfall 37)."""

from __future__ import annotations

import json

import pytest

from digione_sdk.model.status import CodeMajor, CodeMinorValue, Severity
from digione_sdk.wire.status import status_info

BARE = {
    "imsx_codeMajor": "failure",
    "imsx_severity": "error",
    "imsx_description": "Unknown Object",
    "imsx_CodeMinor": {
        "imsx_codeMinorField": [
            {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": "unknownobject"}
        ]
    },
}
HEAD = {"imsx_codeMajor": "failure", "imsx_severity": "error"}


@pytest.mark.parametrize(
    "body",
    [
        BARE,
        {"imsx_StatusInfo": BARE},
        {"imsx_statusInfo": BARE},
        {"statusInfoSet": [BARE]},
        [BARE],
        HEAD | {"imsx_codeMinor": "unknownobject"},
        HEAD | {"imsx_CodeMinor": "unknown object"},
        HEAD | {"imsx_codeMinor": ["unknown_object"]},
        HEAD | {"imsx_CodeMinor": {"imsx_codeMinorField": {"imsx_codeMinorFieldValue": "unknownobject"}}},
        {"codeMajor": "failure", "codeMinor": "unknownobject"},
        {"imsx_codeMinor": "unknownobject"},
    ],
)
def test_the_reason_is_found(body):
    info = status_info(json.dumps(body).encode())
    assert info is not None
    assert info.reasons == (CodeMinorValue.UNKNOWNOBJECT,)
    assert info.code_major is CodeMajor.FAILURE
    assert info.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("unauthorized", "unauthorisedrequest"),
        ("invalid data", "invaliddata"),
        ("invalid_data", "invaliddata"),
        ("full success", "fullsuccess"),
    ],
)
def test_older_spellings_are_read_as_the_token(token, reason):
    info = status_info(json.dumps(HEAD | {"imsx_codeMinor": token}).encode())
    assert info is not None
    assert info.reasons == (reason,)


def test_a_reason_of_no_vocabulary_is_left_out():
    info = status_info(json.dumps(HEAD | {"imsx_codeMinor": "Aino Virtanen"}).encode())
    assert info is not None
    assert info.reasons == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"null",
        b'{"error": "x"}',
        b"[]",
        b"3",
        b"[" * 100_000,
        b"\xff",
        b'{"imsx_x":1}' + b" " * (1 << 20),
    ],
)
def test_other_bodies_hold_no_payload(content):
    assert status_info(content) is None
