"""How tests write: each kind of record as a consumer sends it, and the requests that send it."""

from __future__ import annotations

from typing import Any

from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.endpoints.base import Shape
from digione_sdk.model.oneroster import AssessmentLineItem, AssessmentResult, Category, LineItem, Result, ScoreScale
from tests.unit.server.small import Door
from tests.unit.server.test_reads import PARAMETERS

WRITES = [e for e in ENDPOINTS if not e.is_read]


def to(sourced_id: str) -> dict[str, str]:
    """A link as consumers send it (pitfall 58)."""
    return {"sourcedId": sourced_id}


LOOSE: dict[type, dict[str, Any]] = {
    Category: {"title": "Kokeet"},
    ScoreScale: {
        "title": "S/H",
        "type": "x",
        "class": to("class1"),
        "scoreScaleValue": [{"itemValueLHS": "S", "itemValueRHS": "hyväksytty"}],
    },
    LineItem: {
        "title": "ö" * 255,
        "assignDate": "2026-11-01",
        "dueDate": "2026-11-08T12:00:00",
        "class": to("class1"),
        "school": to("school1"),
        "category": to("tests"),
        "academicSession": to("autumn"),
        "description": "",
        "resultValueMax": 100,
    },
    Result: {
        "lineItem": to("test1"),
        "student": to("pupil1"),
        "scoreStatus": "fully graded",
        "score": 300,
        "scoreDate": "2026-11-08T12:00:00.000Z",
        "comment": None,
    },
    AssessmentLineItem: {"title": "Koe", "parentAssessmentLineItem": to("national")},
    AssessmentResult: {
        "assessmentLineItem": to("part"),
        "student": to("pupil2"),
        "scoreStatus": "exempt",
        "scoreDate": "2026-11-08",
    },
}


def asked(door: Door, endpoint: Any, sourced_id: str = "new", **more: Any) -> Any:
    """Ask an operation as a consumer would."""
    path = endpoint.path.format(**PARAMETERS, sourcedId=sourced_id)
    if endpoint.body is None:
        return door.ask(endpoint.method, path)
    wire = {**LOOSE[endpoint.model], "sourcedId": sourced_id, **more}
    return door.ask(endpoint.method, path, {endpoint.body_key: [wire] if endpoint.shape is Shape.PAIRS else wire})


def lists(door: Door) -> dict[str, Any]:
    """Everything that the service lists, in and out of deltas."""
    found = {}
    for endpoint in ENDPOINTS:
        if endpoint.is_collection and not endpoint.is_nested and endpoint.service.name == "gradebook":
            found[endpoint.path] = door.ask("GET", endpoint.path).json
            found[endpoint.path, "delta"] = door.ask(
                "GET", f"{endpoint.path}?filter=dateLastModified>'2020-01-01'"
            ).json
    return found


def put(door: Door, path: str, key: str, wire: Any, **headers: str) -> Any:
    return door.ask("PUT", path, {key: wire}, {name.replace("_", "-"): value for name, value in headers.items()})


def result(**more: Any) -> dict[str, Any]:
    return {**LOOSE[Result], "sourcedId": "new", **more}
