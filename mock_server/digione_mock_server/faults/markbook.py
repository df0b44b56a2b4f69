"""Faults in what belongs to a path of the gradebook or of resources: wrong views, and what was deleted among them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final

from digione_mock_server.faults.fault import layer
from digione_sdk.core.endpoints.base import Endpoint, View
from digione_sdk.core.endpoints.gradebook import GRADEBOOK
from digione_sdk.core.endpoints.resources import RESOURCES
from digione_sdk.model.oneroster import AssessmentResult, Result

FAULTS: Final = (
    *layer(
        "views",
        ("pupil-results-of-every-class", "plausible",
         "/classes/{}/students/{}/results lists the results of the pupil in every class."),
        ("pupil-results-of-everybody", "plausible",
         "/classes/{}/students/{}/results lists the results of the whole class."),
        ("line-item-results-of-whole-class", "plausible",
         "/classes/{}/lineItems/{}/results lists all results of the class."),
        ("line-item-in-any-class", "plausible", "Under /classes/{}/lineItems/{}/ the class is not looked at."),
        ("class-line-items-of-whole-tenant", "plausible", "/classes/{}/lineItems lists the line items of every class."),
        ("class-results-by-optional-link", "plausible",
         "/classes/{}/results goes by result.class, which is optional: results without it are missing."),
        ("class-categories-of-whole-tenant", "plausible", "/classes/{}/categories lists every category."),
        ("class-scales-of-whole-tenant", "plausible", "/classes/{}/scoreScales lists the scales of every class."),
        ("school-scales-of-whole-tenant", "plausible", "/schools/{}/scoreScales lists the scales of every school."),
        ("class-resources-through-course", "plausible",
         "/classes/{}/resources lists the resources of the course of the class."),
        ("course-resources-of-whole-tenant", "plausible", "/courses/{}/resources lists every resource."),
        ("user-resources-of-everybody", "plausible", "/users/{}/resources lists the resources of every user."),
        ("unknown-class-empty", "rest §3.2",
         "Below a class, school or user that does not exist gradebook and resources are 200 and empty."),
        ("nested-marks-ignore-filter", "plausible", "Nested lists of the gradebook and of resources ignore filter."),
        ("nested-marks-ignore-sort", "plausible", "Nested lists of the gradebook and of resources ignore sort."),
        ("unconfirmed-results-hidden", "plausible", "Lists show fully graded results alone; single reads show all."),
        ("unconfirmed-assessments-hidden", "plausible",
         "Lists show fully graded assessment results alone; single reads show all."),
    ),
    *layer(
        "lifecycle",
        ("deleted-result-stays-listed", "pitfall 60", "A deleted result stays in /results as if it were active."),
        ("deleted-stays-in-nested-lists", "pitfall 60",
         "What was deleted is gone from whole lists, and nested lists show it as active."),
        ("deleted-still-read-singly", "plausible",
         "What was deleted is gone from lists, and single reads show it as active."),
        ("deleted-line-items-keep-categories", "plausible",
         "/classes/{}/categories counts line items that were deleted."),
        ("deleted-classes-keep-resources", "plausible",
         "/classes/{}/resources lists what a class had before it was deleted."),
    ),
    *layer(
        "exposure",
        ("protected-results-listed", "PRV-132", "Results of a protected pupil stay in the list of results."),
        ("protected-results-nested", "PRV-136",
         "Results of a protected pupil stay in the lists of class and line item."),
        ("protected-assessments-listed", "PRV-132", "Assessment results of a protected pupil stay in their list."),
    ),
)  # fmt: skip

_WHOLE: Final = View()
_UNFILTERED: Final = {
    "class-line-items-of-whole-tenant": "getLineItemsForClass",
    "class-categories-of-whole-tenant": "getCategoriesForClass",
    "class-scales-of-whole-tenant": "getScoreScalesForClass",
    "school-scales-of-whole-tenant": "getScoreScalesForSchool",
    "course-resources-of-whole-tenant": "getResourcesForCourse",
}


def wrong_view(view: View, name: str, faults: AbstractSet[str]) -> View:
    """Return what a careless gradebook takes the view of an operation for.

    Args:
        view: The view.
        name: Name of the operation.
        faults: What it is careless about.
    """
    if any(fault in faults and name == own for fault, own in _UNFILTERED.items()):
        return _WHOLE
    match name:
        case "getResultsForStudentForClass" if "pupil-results-of-every-class" in faults:
            return replace(view, via=None)
        case "getResultsForStudentForClass" if "pupil-results-of-everybody" in faults:
            return replace(view, where=())
        case "getResultsForLineItemForClass" if "line-item-results-of-whole-class" in faults:
            return replace(view, where=())
        case "getResultsForLineItemForClass" if "line-item-in-any-class" in faults:
            return replace(view, via=None)
        case "getResultsForClass" if "class-results-by-optional-link" in faults:
            return View(where=(("class.sourcedId", "{classSourcedId}"),))
        case "getResourcesForUser" if view.through is not None and "user-resources-of-everybody" in faults:
            return replace(view, through=replace(view.through, where=()))
    return view


def narrowed(endpoint: Endpoint[Any], faults: AbstractSet[str]) -> tuple[tuple[str, str], ...]:
    """Return columns and values to which a careless list confines itself beyond its view."""
    results = "unconfirmed-results-hidden" in faults and endpoint.model is Result
    assessments = "unconfirmed-assessments-hidden" in faults and endpoint.model is AssessmentResult
    return (("scoreStatus", "fully graded"),) if endpoint.is_collection and (results or assessments) else ()


def shows_deleted(endpoint: Endpoint[Any], faults: AbstractSet[str]) -> bool:
    """Whether a careless read shows what was deleted as if it were active."""
    return endpoint.service is GRADEBOOK and (
        ("deleted-result-stays-listed" in faults and endpoint.operation_id == "getAllResults")
        or ("deleted-stays-in-nested-lists" in faults and endpoint.is_nested)
        or ("deleted-still-read-singly" in faults and not endpoint.is_collection)
    )


def sees_protected(endpoint: Endpoint[Any], faults: AbstractSet[str]) -> bool:
    """Whether a careless list of results forgets to leave out those of protected pupils."""
    if endpoint.model is AssessmentResult and endpoint.is_collection:
        return "protected-assessments-listed" in faults
    wanted = "protected-results-nested" if endpoint.is_nested else "protected-results-listed"
    return endpoint.model is Result and endpoint.is_collection and wanted in faults


def is_of_marks(endpoint: Endpoint[Any]) -> bool:
    """Whether an operation is one of the gradebook or of resources."""
    return endpoint.service in {GRADEBOOK, RESOURCES}


def ignored(endpoint: Endpoint[Any], faults: AbstractSet[str]) -> frozenset[str]:
    """Return the parameters of a question that a careless nested list does not read."""
    if not endpoint.is_nested:
        return frozenset()
    whose = "marks" if is_of_marks(endpoint) else "rosters"
    return frozenset(name for name in ("filter", "sort") if f"nested-{whose}-ignore-{name}" in faults)
