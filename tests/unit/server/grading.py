"""The fixed reads of gradebook, assessments and resources, written without a look at any check, and their ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from digione_sdk.core.scopes import Scope
from tests.unit.server.small import GRADEBOOK, RESOURCES, Answer, Door

if TYPE_CHECKING:
    from tests.unit.server.corpus import Replay

GETS = """
/categories
/categories/{category}
/scoreScales?limit=10
/scoreScales/{scale}
/lineItems?limit=40
/lineItems/{line_item}
/results?limit=200
/results/{result}
/results/no-such-result
/results/{strange_result}
/results/{protected_result}
/results?limit=3&filter=student.sourcedId='{graded}'
/results?limit=3&filter=class.sourcedId='{graded_class}'
/results?limit=3&filter=scoreStatus='fully graded'
/results?limit=3&filter=score>'9'
/results?limit=3&filter=score>='8.5'
/results?limit=3&filter=score='{half}'
/results?limit=3&filter=student.sourcedId='{protected}'
/results?limit=3&sort=score&orderBy=desc
/results?limit=3&sort=score
/results?limit=3&sort=textScore
/results?limit=3&sort=score&fields=sourcedId
/classes/{graded_class}/lineItems
/classes/{graded_class}/lineItems?filter=title='nothing'
/classes/{graded_class}/lineItems?sort=title&orderBy=desc
/classes/{graded_class}/categories
/classes/{graded_class}/scoreScales
/classes/{graded_class}/results?sort=score
/classes/{graded_class}/lineItems/{line_item}/results
/classes/{other_graded_class}/lineItems/{line_item}/results
/classes/{graded_class}/students/{graded}/results
/classes/no-such-class/results
/classes/{protected_graded_class}/results?limit=100
/schools/{school}/scoreScales?limit=3
/assessmentLineItems?limit=40
/assessmentLineItems/{assessment}
/assessmentResults?limit=60
/assessmentResults/{assessment_result}
/assessmentResults?limit=3&offset=2&fields=sourcedId
/assessmentResults?limit=3&filter=student.sourcedId='{protected}'
"""
RESOURCE_GETS = """
/resources?limit=40
/resources/{resource}
/classes/{class}/resources
/classes/{equipped_class}/resources
/classes/{former_class}/resources
/courses/{equipped_course}/resources
/users/{graded}/resources
/users/{equipped}/resources
/users/no-such-user/resources
"""

_SAME = {"allow", "x-total-count", "www-authenticate", "content-type"}
_STAMP = re.compile(rb'"dateLastModified":"[^"]*"')
_ALLOCATED = re.compile(rb"[a-z]{8}-[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{12}")


def targets(ids: dict[str, str]) -> list[str]:
    """What is read of the two services."""
    return [
        service + line.format(**ids)
        for service, lines in ((GRADEBOOK, GETS), (RESOURCES, RESOURCE_GETS))
        for line in lines.split("\n")
        if line
    ]


def _rows(door: Door, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = door.send("GET", f"{path}?limit=10000").json[path.rpartition("/")[2]]
    return found


def _equipped(whole: Door) -> dict[str, str]:
    """What has resources, and one of these."""
    rostering = GRADEBOOK.replace("gradebook", "rostering")
    classes, courses, users = (_rows(whole, f"{rostering}/{kind}") for kind in ("classes", "courses", "users"))
    equipped = {c["status"]: c["sourcedId"] for c in classes if c.get("resources")}
    return {
        "resource": _rows(whole, RESOURCES + "/resources")[0]["sourcedId"],
        "equipped_class": equipped["active"],
        "former_class": equipped["tobedeleted"],
        "equipped_course": next(c["sourcedId"] for c in courses if c.get("resources")),
        "equipped": next(u["sourcedId"] for u in users if u.get("resources")),
    }


def known_ids(whole: Door, theirs: Door, *, protected: str) -> dict[str, str]:
    """The values that fill the places, read from a server without faults by one who sees everybody."""
    items = {row["sourcedId"]: row for row in _rows(whole, GRADEBOOK + "/lineItems")}
    results = _rows(whole, GRADEBOOK + "/results")
    half = next(r for r in results if r.get("score", 0) % 1 and r["student"]["sourcedId"] != protected)
    item = items[half["lineItem"]["sourcedId"]]
    in_class = item["class"]["sourcedId"]
    other = next(i for i in items.values() if i["class"]["sourcedId"] != in_class)
    secret = next(r for r in results if r["student"]["sourcedId"] == protected)
    assessed = _rows(whole, GRADEBOOK + "/assessmentResults")[0]
    part = assessed["assessmentLineItem"]["sourcedId"]
    stranger = next(u for u in theirs.get("/students").json["users"] if u["status"] == "active")
    return {
        "line_item": item["sourcedId"],
        "category": item["category"]["sourcedId"],
        "scale": _rows(whole, GRADEBOOK + "/scoreScales")[0]["sourcedId"],
        "result": half["sourcedId"],
        "half": str(half["score"]),
        "graded": half["student"]["sourcedId"],
        "graded_class": in_class,
        "graded_school": item["school"]["sourcedId"],
        "session": item["academicSession"]["sourcedId"],
        "other_line_item": other["sourcedId"],
        "other_graded_class": other["class"]["sourcedId"],
        "protected_result": secret["sourcedId"],
        "protected_item": secret["lineItem"]["sourcedId"],
        "protected_graded_class": secret["class"]["sourcedId"],
        "strange_result": theirs.ask("GET", "/results?limit=1").ids("results")[0],
        "strange_item": theirs.ask("GET", "/results?limit=1").json["results"][0]["lineItem"]["sourcedId"],
        "strange_pupil": stranger["sourcedId"],
        "assessment": part,
        "assessment_result": assessed["sourcedId"],
        **_equipped(whole),
    }


def scopes(replay: Replay) -> Iterator[Answer]:
    """Every scope at every kind of operation; what is written fits nowhere, so it changes nothing."""
    for scope in Scope:
        door = replay.client("a", "default", scope)
        for path in ("/results?limit=1", "/classes/x/results", "/assessmentResults?limit=1"):
            yield door.ask("GET", path)
        for kind in ("results", "assessmentResults"):
            yield door.ask("PUT", f"/{kind}/x", {})
            yield door.ask("DELETE", f"/{kind}/x")
        yield door.ask("POST", "/classes/x/lineItems", {})
        for path in ("/resources?limit=1", "/classes/x/resources"):
            yield door.send("GET", RESOURCES + path)


def told(answer: Answer) -> Answer:
    """An answer without what is random or tells the time."""
    body = _ALLOCATED.sub(b"allocated", _STAMP.sub(b"", answer.body))
    headers = {name: value for name, value in answer.headers.items() if name in _SAME}
    return Answer(answer.status, headers, body)


def whether(condition: object) -> Answer:
    """A yes or no as an answer."""
    return Answer(status=int(bool(condition)))
