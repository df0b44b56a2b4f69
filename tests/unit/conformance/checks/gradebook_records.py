"""A small gradebook in plain dicts: the records that the fake gradebook begins with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from digione_sdk.core.endpoints import v1p1
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.endpoints.gradebook import ENDPOINTS
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.oneroster.v1p1 import MODELS
from tests.unit.conformance.checks.school import Record

BASE = "https://roster.invalid/ims/oneroster/gradebook/v1p2"
ROSTER = "https://roster.invalid/ims/oneroster/rostering/v1p2"
OLDER = "https://roster.invalid/ims/oneroster/v1p1"
OLDER_ENDPOINTS = tuple(e for e in v1p1.ENDPOINTS if e.operation_id in {known.operation_id for known in ENDPOINTS})
ROSTERED = ("class-1", "class-2", "school-1", "user-1", "user-2", "period-1", "term-1", "course-1")


def fields(endpoint: Endpoint[Any]) -> Mapping[str, FieldFacts]:
    """Return the fields of a kind in the version of an operation, by wire name."""
    model = MODELS[endpoint.model] if endpoint.service is v1p1.ONEROSTER_V1P1 else endpoint.model
    return {facts.wire_name: facts for facts in fields_of(model).values()}


def retold(tenant: Mapping[str, list[Record]]) -> dict[str, list[Record]]:
    """Return what 1.1 has of a gradebook, in its words and below its address."""
    lists = {e.path[1:]: e for e in OLDER_ENDPOINTS if e.is_collection and not e.path_parameters}
    told = {
        name: [{k: v for k, v in row.items() if k in fields(endpoint)} for row in tenant[name]]
        for name, endpoint in lists.items()
    }
    found: dict[str, list[Record]] = json.loads(json.dumps(told).replace(BASE, OLDER).replace(ROSTER, OLDER))
    return found


def link(collection: str, kind: str, key: str) -> Record:
    base = ROSTER if key in ROSTERED else BASE
    return {"href": f"{base}/{collection}/{key}", "sourcedId": key, "type": kind}


def records() -> dict[str, list[Record]]:
    """Return a small gradebook, by collection."""
    in_class, school = link("classes", "class", "class-1"), link("orgs", "org", "school-1")
    objectives = [{"source": "case", "learningObjectiveIds": ["lo-1", "lo-2"]}]
    reached = [
        {"source": "case", "learningObjectiveResults": [{"learningObjectiveId": "lo-1", "score": 1.5}]},
    ]
    flags = {"inProgress": "false", "incomplete": "false", "late": "true", "missing": "false"}
    graded = {"score": 8.5, "textScore": "8½", "scoreDate": "2026-10-01", "scoreStatus": "fully graded"} | flags
    student, scale = link("users", "user", "user-1"), link("scoreScales", "scoreScale", "scale-1")
    bounds = {"resultValueMin": 4, "resultValueMax": 10, "learningObjectiveSet": objectives, "scoreScale": scale}
    value = {"itemValueLHS": "9", "itemValueRHS": "kiitettävä"}
    dates = {"assignDate": "2026-09-01T06:00:00.000Z", "dueDate": "2026-10-01T06:00:00.000Z"}
    rows: dict[str, list[Record]] = {
        "categories": [{"sourcedId": "category-1", "title": "Kokeet", "weight": 40}],
        "scoreScales": [
            {"sourcedId": "scale-1", "title": "4-10", "type": "fi.digione.numero", "class": in_class,
             "course": link("courses", "course", "course-1"), "scoreScaleValue": [value]},
        ],
        "lineItems": [
            {"sourcedId": f"line-item-{n}", "title": f"Koe {n}", "description": "Luvut ja yhtälöt", "class": in_class,
             "school": school, "category": link("categories", "category", "category-1"),
             "gradingPeriod": link("academicSessions", "academicSession", "period-1"), **dates, **bounds}
            for n in (1, 2)
        ],
        "results": [
            {"sourcedId": "result-1", "lineItem": link("lineItems", "lineItem", "line-item-1"), "student": student,
             "class": in_class, "scoreScale": scale, "comment": "Hyvä", "learningObjectiveSet": reached, **graded},
        ],
        "assessmentLineItems": [
            {"sourcedId": "assessment-1", "title": "Kansallinen koe", "description": "Osa A", "class": in_class,
             **bounds},
        ],
        "assessmentResults": [
            {"sourcedId": "assessment-result-1", "student": student, "comment": "Hyvä", "scorePercentile": 71.5,
             "assessmentLineItem": link("assessmentLineItems", "assessmentLineItem", "assessment-1"),
             "scoreScale": scale, "learningObjectiveSet": reached, **graded},
        ],
    }  # fmt: skip
    stamp = "2026-11-01T06:00:00.000Z"
    return {
        name: [{"status": "active", "dateLastModified": stamp, **row} for row in found] for name, found in rows.items()
    }
