"""Faults in writing gradebook objects and resources: scores, scales, days and links that are not as they should be."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel

from digione_mock_server.faults.fault import layer
from digione_mock_server.faults.shaping import Shape, Wire, changed, moved, of, without
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.endpoints.gradebook import GRADEBOOK
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import AssessmentLineItem, AssessmentResult, Resource, Result

FAULTS: Final = (
    *layer(
        "serialiser",
        ("score-as-text", "rest §12", "Scores and bounds are JSON strings."),
        ("score-shown-whole", "plausible", "Scores are shown rounded to whole numbers; the store has them right."),
        ("score-single-precision", "rest §12",
         "Scores pass through a 32-bit float on their way out: 7.1 is shown as 7.099999904632568."),
        ("share-single-precision", "rest §12",
         "Weights and percentiles are shares of one in a 32-bit float: 30 is shown as 0.30000001192092896."),
        ("score-decimal-comma", "plausible", "A score with decimals is a text with a decimal comma."),
        ("score-zero-dropped", "plausible", "A score of 0 counts as none and is left out."),
        ("exempt-scored-zero", "plausible", "A result without any score or text score has score 0."),
        ("mark-as-number", "plausible", "Text scores become scores: S is 1, all else 0."),
        ("mark-beside-every-score", "plausible", "A result with a score repeats it as a text score with one decimal."),
        ("weight-as-text", "plausible", "The weight of a category is a text with a percent sign."),
        ("weight-as-fraction", "plausible", "The weight of a category is divided by a hundred."),
        ("bounds-always-0-to-100", "plausible", "Line items without bounds have 0 and 100, and others have them too."),
        ("scale-values-as-object", "plausible", "The steps of a scale are one object and not an array of pairs."),
        ("scale-value-as-number", "plausible", "Steps of a scale that look like numbers are numbers."),
        ("scale-value-keys-misspelt", "plausible", "The steps of a scale have keys itemValueLhs and itemValueRhs."),
        ("objectives-flattened", "pitfall 11", "learningObjectiveSet is an array of bare ids or scores."),
        ("score-status-underscored", "pitfall 55", "Score statuses have underscores: fully_graded."),
        ("score-status-capitalised", "pitfall 55", "Score statuses are capitalised: Fully Graded."),
        ("graded-in-own-words", "pitfall 55", "A result that is fully graded has score status graded."),
        ("score-date-with-time", "pitfall 8", "scoreDate is an instant."),
        ("score-date-shifted", "plausible",
         "scoreDate is midnight in Finland told in UTC, and so the day before."),
        ("due-date-as-day", "pitfall 9", "assignDate and dueDate are mere days, as in CSV."),
        ("due-date-before-assign-date", "plausible",
         "assignDate and dueDate of a line item stand in each other's place."),
        ("comment-not-told", "plausible", "Comments are never shown."),
        ("flags-as-digits", "pitfall 4", "late, missing, incomplete and inProgress are 1 or 0."),
        ("extra-name-on-result", "pitfall 15", "Results carry the pupil's name beside the link."),
        ("stamp-moves-when-read", "plausible", "Reading a result moves its dateLastModified."),
        ("gradebook-key-lower-case", "pitfall 2", "Wrapper keys of the gradebook are in lower case: lineitems."),
        ("assessment-key-short", "pitfall 2", "Assessment objects are wrapped as line items and results."),
        ("resource-key-plural", "pitfall 2", "A single resource is wrapped in resources."),
        ("single-in-array", "pitfall 2", "A single line item, result or resource is an array of one."),
        ("resource-roles-as-text", "pitfall 11", "The roles of a resource are one text with commas."),
        ("importance-capitalised", "pitfall 56", "importance begins with a capital letter."),
        ("vendor-resource-id-left-out", "plausible", "Resources do not tell vendorResourceId."),
        ("vendor-resource-id-own", "plausible", "vendorResourceId is the resource's sourcedId."),
    ),
    *layer(
        "references",
        ("scale-link-plural", "pitfall 12", "Links to score scales have type scoreScales."),
        ("line-item-link-lower-case", "pitfall 12", "Links to line items have type lineitem."),
        ("grading-period-link-own-type", "pitfall 12", "Links to grading periods have type gradingPeriod."),
        ("student-link-own-type", "pitfall 12", "Links to the pupil of a result have type student."),
        ("student-as-bare-id", "pitfall 12", "The pupil of a result is a bare id and no link."),
        ("result-of-internal-number", "pitfall 47", "Results name line items by an id that /lineItems does not have."),
        ("result-names-enrolment", "pitfall 47", "The pupil of a result is named by an id that /users does not have."),
        ("assessment-parent-dangling", "pitfall 47", "The parent of an assessment is not among the assessments."),
        ("assessment-its-own-parent", "plausible", "An assessment without parent names itself as parent."),
    ),
)  # fmt: skip

NOT_REMEMBERED: Final = frozenset({"stamp-moves-when-read"})
"""Faults with which a page depends on more than its key."""

_NUMBERS: Final = ("score", "scorePercentile", "resultValueMin", "resultValueMax")
_FLAGS: Final = ("late", "missing", "incomplete", "inProgress")
_DAY: Final = len("2026-11-23")
_HELSINKI: Final = timedelta(hours=2)
_SHORT: Final = {
    "assessmentLineItem": "lineItem",
    "assessmentLineItems": "lineItems",
    "assessmentResult": "result",
    "assessmentResults": "results",
}


def misshapen(wire: Wire, model: type[BaseModel], faults: AbstractSet[str]) -> Wire:
    """Return an object as a careless gradebook writes it; property names that were not asked for are left to it."""
    for fault in sorted(faults & _SHAPES.keys()):
        wire = _SHAPES[fault](wire, model)
    return wire


def wrong_key(endpoint: Endpoint[Any], key: str, faults: AbstractSet[str]) -> str:
    """Return the wrapper key that a careless gradebook uses."""
    if "gradebook-key-lower-case" in faults and endpoint.service is GRADEBOOK:
        return key.lower()
    if "assessment-key-short" in faults:
        return _SHORT.get(key, key)
    return "resources" if "resource-key-plural" in faults and key == "resource" else key


def wrong_single(row: bytes, endpoint: Endpoint[Any], faults: AbstractSet[str]) -> bytes:
    """Return what a careless gradebook puts into the envelope of a single object."""
    listed = "single-in-array" in faults and endpoint.wrapper_key in {"lineItem", "result", "resource"}
    return b"[%b]" % row if listed else row


def _typed(names: tuple[str, ...], kind: str) -> Shape:
    return changed(*names, by=lambda link: link | {"type": kind})


def _named(name: str, prefix: str) -> Shape:
    return changed(name, by=lambda link: link | {"sourcedId": f"{prefix}{link['sourcedId'][:8]}"})


def _single(number: float) -> float:
    (short,) = struct.unpack("f", struct.pack("f", number))
    return float(short)


def _comma(number: float) -> Json:
    return number if number == int(number) else str(number).replace(".", ",")


@of(Result, AssessmentResult)
def _zero_dropped(wire: Wire, _model: type[BaseModel]) -> Wire:
    return {name: value for name, value in wire.items() if name != "score" or value}


@of(Result, AssessmentResult)
def _zero_for_nothing(wire: Wire, _model: type[BaseModel]) -> Wire:
    return wire if {"score", "textScore"} & wire.keys() else wire | {"score": 0}


def _mark_as_number(wire: Wire, _model: type[BaseModel]) -> Wire:
    if "textScore" not in wire:
        return wire
    kept = {name: value for name, value in wire.items() if name != "textScore"}
    return {"score": int(wire["textScore"] == "S")} | kept


def _mark_beside(wire: Wire, _model: type[BaseModel]) -> Wire:
    return wire | {"textScore": f"{wire['score']:.1f}"} if "score" in wire else wire


def _bounds(wire: Wire, _model: type[BaseModel]) -> Wire:
    return wire | {"resultValueMin": 0, "resultValueMax": 100} if "dueDate" in wire else wire


def _steps_as_object(steps: list[Wire]) -> Json:
    return {step["itemValueLHS"]: step["itemValueRHS"] for step in steps}


def _steps_as_numbers(steps: list[Wire]) -> Json:
    return [{name: int(value) if str(value).isdecimal() else value for name, value in s.items()} for s in steps]


def _steps_misspelt(steps: list[Wire]) -> Json:
    return [{"itemValueLhs": step["itemValueLHS"], "itemValueRhs": step["itemValueRHS"]} for step in steps]


def _flat(sets: list[Wire]) -> Json:
    return [one for each in sets for name, inside in each.items() if name != "source" for one in inside]


def _day_before(day: str) -> Json:
    midnight = datetime.fromisoformat(f"{day[:_DAY]}T00:00:00")
    return moved(midnight, -_HELSINKI).date().isoformat()


def _turned(wire: Wire, _model: type[BaseModel]) -> Wire:
    if not {"assignDate", "dueDate"} <= wire.keys():
        return wire
    return wire | {"assignDate": wire["dueDate"], "dueDate": wire["assignDate"]}


def _with_name(wire: Wire, _model: type[BaseModel]) -> Wire:
    return wire | {"studentName": "Malli, Testi"} if "student" in wire else wire


@of(Result, AssessmentResult)
def _now(wire: Wire, _model: type[BaseModel]) -> Wire:
    return {**wire, "dateLastModified": datetime.now(UTC).isoformat().replace("+00:00", "Z")}


@of(AssessmentLineItem)
def _own_parent(wire: Wire, _model: type[BaseModel]) -> Wire:
    own = {"href": f"/assessmentLineItems/{wire['sourcedId']}", "sourcedId": wire["sourcedId"]}
    return {"parentAssessmentLineItem": own | {"type": "assessmentLineItem"}} | wire


@of(Resource)
def _own_vendor_id(wire: Wire, _model: type[BaseModel]) -> Wire:
    return wire | {"vendorResourceId": wire["sourcedId"]}


_SHAPES: Final[Mapping[str, Shape]] = {
    "score-as-text": changed(*_NUMBERS, by=str),
    "score-shown-whole": changed("score", by=round),
    "score-single-precision": changed("score", by=_single),
    "share-single-precision": changed("weight", "scorePercentile", by=lambda percent: _single(percent / 100)),
    "score-decimal-comma": changed("score", by=_comma),
    "score-zero-dropped": _zero_dropped,
    "exempt-scored-zero": _zero_for_nothing,
    "mark-as-number": _mark_as_number,
    "mark-beside-every-score": _mark_beside,
    "weight-as-text": changed("weight", by=lambda weight: f"{weight} %"),
    "weight-as-fraction": changed("weight", by=lambda weight: weight / 100),
    "bounds-always-0-to-100": _bounds,
    "scale-values-as-object": changed("scoreScaleValue", by=_steps_as_object),
    "scale-value-as-number": changed("scoreScaleValue", by=_steps_as_numbers),
    "scale-value-keys-misspelt": changed("scoreScaleValue", by=_steps_misspelt),
    "objectives-flattened": changed("learningObjectiveSet", by=_flat),
    "score-status-underscored": changed("scoreStatus", by=lambda text: text.replace(" ", "_")),
    "score-status-capitalised": changed("scoreStatus", by=str.title),
    "graded-in-own-words": changed("scoreStatus", by=lambda text: "graded" if text == "fully graded" else text),
    "score-date-with-time": changed("scoreDate", by=lambda day: f"{day}T00:00:00.000Z"),
    "score-date-shifted": changed("scoreDate", by=_day_before),
    "due-date-as-day": changed("assignDate", "dueDate", by=lambda text: text[:_DAY]),
    "due-date-before-assign-date": _turned,
    "comment-not-told": without("comment"),
    "flags-as-digits": changed(*_FLAGS, by=lambda flag: int(flag == "true")),
    "extra-name-on-result": _with_name,
    "stamp-moves-when-read": _now,
    "resource-roles-as-text": of(Resource)(changed("roles", by=",".join)),
    "importance-capitalised": changed("importance", by=str.capitalize),
    "vendor-resource-id-left-out": of(Resource)(without("vendorResourceId")),
    "vendor-resource-id-own": _own_vendor_id,
    "scale-link-plural": _typed(("scoreScale",), "scoreScales"),
    "line-item-link-lower-case": _typed(("lineItem",), "lineitem"),
    "grading-period-link-own-type": _typed(("gradingPeriod",), "gradingPeriod"),
    "student-link-own-type": _typed(("student",), "student"),
    "student-as-bare-id": changed("student", by=lambda link: link["sourcedId"]),
    "result-of-internal-number": _named("lineItem", "activity-"),
    "result-names-enrolment": _named("student", "enrolment-"),
    "assessment-parent-dangling": _named("parentAssessmentLineItem", "unit-"),
    "assessment-its-own-parent": _own_parent,
}
"""What each fault that concerns one object does to it."""
