"""Faults in saying no: wrong status, wrong shape, wrong words, or too many of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from starlette.responses import HTMLResponse, JSONResponse, Response

from digione_mock_server.faults.fault import layer
from digione_mock_server.refusal import Refusal
from digione_sdk.model.base import Json
from digione_sdk.model.status import CodeMajor, CodeMinorValue, Severity

FAULTS: Final = layer(
    "errors",
    ("unknown-id-html", "pitfall 36", "404 is a web page."),
    ("refused-filter-plain-error", "pitfall 36", "400 is {error: …}."),
    ("unauthorised-empty-body", "pitfall 36", "401 has no body."),
    ("failure-with-200", "plausible", "An unknown id is 200 with a failure payload."),
    ("unknown-id-empty-object", "plausible", "An unknown id is 200 with an empty object."),
    ("unknown-id-500", "plausible", "An unknown id is 500."),
    ("unknown-id-403", "SEC-93", "An unknown id is 403."),
    ("wrong-role-told-by-name", "plausible", "/teachers with the id of a pupil says in its 404 who that is."),
    ("wrapped-status", "pitfall 37", "The status payload is wrapped in imsx_StatusInfo."),
    ("code-minor-as-text", "pitfall 37", "The reason is a plain string under imsx_codeMinor."),
    ("reason-left-out", "rest §8", "Refusals have no imsx_CodeMinor."),
    ("code-minor-of-1-1", "differences §1", "Reasons are spelt as in 1.1: unknown object, unauthorized."),
    ("unknown-id-says-invalid-data", "rest §8", "404 gives the reason invaliddata."),
    ("bad-filter-says-selection", "pitfall 26", "A bad filter gives the reason invalid_selection_field."),
    ("error-says-success", "plausible", "Error payloads say success and status."),
    ("filter-echoed-in-error", "SEC-73", "The description of a 400 repeats the query."),
    ("stack-trace-in-error", "SEC-70", "Descriptions of errors hold a stack trace."),
    ("empty-list-204", "pitfall 35", "A list without rows is 204."),
    ("empty-list-404", "pitfall 35", "A filter that finds nothing is 404."),
    ("empty-list-without-key", "pitfall 65", "A list without rows is an empty object."),
)  # fmt: skip

_TRACE: Final = (
    'Traceback (most recent call last):\n  File "roster/views.py", line 214, in dispatch\n    raise ApiError'
)
_OF_1_1: Final = {
    "unknownobject": "unknown object",
    "unauthorisedrequest": "unauthorized",
    "invaliddata": "invalid data",
}
_STATUS_OF_UNKNOWN: Final = {
    "failure-with-200": 200,
    "unknown-id-500": 500,
    "unknown-id-403": 403,
    "unknown-id-400": 400,
}
_NO_CONTENT, _BAD_REQUEST, _UNAUTHORISED, _NOT_FOUND = 204, 400, 401, 404


def wrong_answer(refusal: Refusal, query_string: str, faults: AbstractSet[str]) -> Response:
    """Return the answer that a careless server gives to a refused request."""
    payload: dict[str, Json] = json.loads(refusal.payload.to_wire_json())
    for fault, reword in _REWORDED.items():
        if fault in faults:
            payload = reword(payload, refusal, query_string)
    return told_wrongly(refusal, bytes(JSONResponse(payload).body), faults)


def wrong_words(refusal: Refusal, query_string: str, faults: AbstractSet[str]) -> tuple[CodeMajor, Severity, str]:
    """Return what a careless refusal says of itself in either version: how it ended, how bad that is, and of what."""
    info = refusal.payload
    major, severity, description = info.code_major, info.severity, refusal.description
    if "error-says-success" in faults:
        major, severity = CodeMajor.SUCCESS, Severity.STATUS
    if "filter-echoed-in-error" in faults and refusal.status == _BAD_REQUEST:
        description = f"{description}: {query_string}"
    return major, severity, _TRACE if "stack-trace-in-error" in faults else description


def told_wrongly(refusal: Refusal, body: bytes, faults: AbstractSet[str]) -> Response:
    """Return that answer for a body that is worded already, in whichever version."""
    headers = {"Cache-Control": "no-store", **refusal.headers}
    if "challenge-missing" in faults:
        headers.pop("WWW-Authenticate", None)
    if "not-allowed-without-allow" in faults:
        headers.pop("Allow", None)
    if refusal.status == _NO_CONTENT:
        return Response(None, 204)
    if refusal.status == _NOT_FOUND and "unknown-id-html" in faults:
        return HTMLResponse("<!doctype html><title>404</title><h1>Not Found</h1>", 404, headers)
    if refusal.status == _NOT_FOUND and "unknown-id-empty-object" in faults:
        return JSONResponse({}, 200, headers)
    if refusal.status == _BAD_REQUEST and "refused-filter-plain-error" in faults:
        return JSONResponse({"error": refusal.description}, 400, headers)
    if refusal.status == _UNAUTHORISED and "unauthorised-empty-body" in faults:
        return Response(None, 401, headers)
    status = refusal.status
    if status == _NOT_FOUND:
        status = next((wrong for fault, wrong in _STATUS_OF_UNKNOWN.items() if fault in faults), status)
    return Response(body, status, headers, "application/json")


def _reason(payload: dict[str, Json], reason: str) -> dict[str, Json]:
    field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": reason}
    return payload | {"imsx_CodeMinor": {"imsx_codeMinorField": [field]}}


def _invalid_data(payload: dict[str, Json], refusal: Refusal, _query: str) -> dict[str, Json]:
    return _reason(payload, "invaliddata") if refusal.status == _NOT_FOUND else payload


def _selection(payload: dict[str, Json], refusal: Refusal, _query: str) -> dict[str, Json]:
    is_filter = refusal.reason is CodeMinorValue.INVALID_FILTER_FIELD
    return _reason(payload, "invalid_selection_field") if is_filter else payload


def _as_text(payload: dict[str, Json], refusal: Refusal, _query: str) -> dict[str, Json]:
    kept = {name: value for name, value in payload.items() if name != "imsx_CodeMinor"}
    return kept | {"imsx_codeMinor": refusal.reason.value}


def _unreasoned(payload: dict[str, Json], _refusal: Refusal, _query: str) -> dict[str, Json]:
    return {name: value for name, value in payload.items() if name != "imsx_CodeMinor"}


def _echo(payload: dict[str, Json], refusal: Refusal, query: str) -> dict[str, Json]:
    if refusal.status != _BAD_REQUEST:
        return payload
    return payload | {"imsx_description": f"{refusal.description}: {query}"}


_REWORDED: Final[Mapping[str, Callable[[dict[str, Json], Refusal, str], dict[str, Json]]]] = {
    "unknown-id-says-invalid-data": _invalid_data,
    "bad-filter-says-selection": _selection,
    "code-minor-of-1-1": lambda payload, refusal, _: _reason(
        payload, _OF_1_1.get(refusal.reason.value, refusal.reason.value)
    ),
    "code-minor-as-text": _as_text,
    "reason-left-out": _unreasoned,
    "error-says-success": lambda payload, _, __: payload | {"imsx_codeMajor": "success", "imsx_severity": "status"},
    "filter-echoed-in-error": _echo,
    "stack-trace-in-error": lambda payload, _, __: payload | {"imsx_description": _TRACE},
    "wrapped-status": lambda payload, _, __: {"imsx_StatusInfo": payload},
}
