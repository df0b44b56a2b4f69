"""Faults in what belongs to a path: views are data, so a wrong view is a changed view."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final

from digione_mock_server.faults import markbook
from digione_mock_server.faults.fault import layer
from digione_sdk.core.endpoints.base import Endpoint, View

FAULTS: Final = layer(
    "views",
    ("grading-periods-by-wrong-token", "pitfall 17",
     "/gradingPeriods looks for a type that no session has, and is empty."),
    ("terms-with-every-session", "pitfall 17", "/terms lists sessions of every type."),
    ("schools-with-every-org", "pitfall 18", "/schools lists districts and departments too."),
    ("second-role-ignored", "pitfall 18",
     "/teachers and the teachers of a school know only users whose primary role it is."),
    ("class-teachers-with-students", "plausible", "The teachers of a class include its students."),
    ("class-in-any-school", "plausible", "Under /schools/{}/classes/{}/ the school is not looked at."),
    ("deleted-enrollments-count", "rest §7", "Enrolments marked tobedeleted still put people into class lists."),
    ("term-classes-of-whole-tenant", "plausible", "/terms/{}/classes lists the classes of every term."),
    ("school-students-of-whole-tenant", "pitfall 79", "/schools/{}/students lists the students of every school."),
    ("wrong-kind-answered", "rest §3.1", "/teachers/{id} and its like answer for ids of another kind."),
    ("users-without-username-dropped", "pitfall 52",
     "Users without username are in no list and answer to no id."),
    ("users-without-org-dropped", "pitfall 50",
     "Users without a primary organisation are in no list and answer to no id."),
    ("only-newest-school-year", "pitfall 53",
     "Sessions of earlier school years are gone, though classes still link to them."),
    ("unknown-parent-lists-everything", "plausible", "Below a parent that does not exist the whole tenant is listed."),
    ("nested-rosters-ignore-filter", "plausible", "Nested lists of Rostering ignore filter."),
    ("nested-rosters-ignore-sort", "plausible", "Nested lists of Rostering ignore sort."),
)  # fmt: skip

_WHOLE: Final = View()


def wrong_view(endpoint: Endpoint[Any], faults: AbstractSet[str]) -> View:
    """Return what a careless server takes the view of an endpoint for."""
    view, name = endpoint.view, endpoint.operation_id
    if not endpoint.is_collection and "wrong-kind-answered" in faults:
        return _WHOLE
    if name in {"getAllGradingPeriods", "getGradingPeriod"} and "grading-periods-by-wrong-token" in faults:
        return replace(view, where=(("type", "GradingPeriod"),))
    if any(fault in faults and name in names for fault, names in _UNFILTERED.items()):
        return _WHOLE
    if view.element == "roles" and ("role", "teacher") in view.where and "second-role-ignored" in faults:
        return replace(view, where=(*view.where, ("roleType", "primary")))
    return markbook.wrong_view(_wrong_through(view, name, faults), name, faults)


_UNFILTERED: Final = {
    "terms-with-every-session": {"getAllTerms"},
    "schools-with-every-org": {"getAllSchools"},
    "term-classes-of-whole-tenant": {"getClassesForTerm"},
}


def _wrong_through(view: View, name: str, faults: AbstractSet[str]) -> View:
    if name == "getStudentsForSchool" and "school-students-of-whole-tenant" in faults:
        return replace(view, where=tuple(pair for pair in view.where if not pair[1].startswith("{")))
    if name.startswith("getTeachersForClass") and "class-teachers-with-students" in faults:
        return _through(view, drop="role")
    if name.endswith("ForClassInSchool") and "class-in-any-school" in faults:
        return _through(view, drop="school.sourcedId")
    return view


def _through(view: View, *, drop: str) -> View:
    if view.through is None:
        return replace(view, where=tuple(pair for pair in view.where if pair[0] != drop))
    where = tuple(pair for pair in view.through.where if pair[0] != drop)
    return replace(view, through=replace(view.through, where=where))
