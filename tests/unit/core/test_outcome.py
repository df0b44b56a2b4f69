"""An error status becomes its exception; the message holds tokens of the standard and no text of the server."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from digione_sdk import errors
from digione_sdk.core.http import Response
from digione_sdk.core.outcome import refuse_error

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PAYLOAD = {
    "imsx_codeMajor": "failure",
    "imsx_severity": "error",
    "imsx_description": "CANARY",
    "imsx_CodeMinor": {
        "imsx_codeMinorField": [{"imsx_codeMinorFieldName": "CANARY", "imsx_codeMinorFieldValue": "unknownobject"}]
    },
}


def refused(status, body=b"", **headers):
    response = Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)
    with pytest.raises(errors.StatusError) as caught:
        refuse_error(response, operation_id="getUser", now=NOW)
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, errors.StatusError),
        (400, errors.BadRequest),
        (401, errors.Unauthorised),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (409, errors.StatusError),
        (422, errors.InvalidData),
        (429, errors.TooManyRequests),
        (500, errors.ServerError),
        (503, errors.ServerError),
    ],
)
def test_each_status_has_its_exception(status, kind):
    error = refused(status)
    assert type(error) is kind
    assert error.status == status
    assert error.payload is None


def test_a_success_passes():
    refuse_error(Response(200, {}, b""), operation_id="getUser", now=NOW)


def test_the_description_stands_on_the_payload_alone():
    error = refused(404, json.dumps(PAYLOAD).encode(), x_request_id="r-1", retry_after="5")
    assert str(error) == "getUser: 404 (unknownobject) [request r-1]"
    assert error.payload.description == "CANARY"
    assert (error.request_id, error.retry_after) == ("r-1", 5.0)


def test_a_request_id_that_looks_like_none_is_not_shown():
    assert refused(500, x_request_id="CANARY Aino").request_id is None


def test_a_body_that_is_no_payload_gives_none():
    assert refused(502, b"<html>CANARY").payload is None
    assert "CANARY" not in str(refused(502, b"<html>CANARY"))
