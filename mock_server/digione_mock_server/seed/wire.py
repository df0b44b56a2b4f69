"""The strict wire form shared by all seeded objects: base properties, links, instants."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from digione_mock_server.addresses import address
from digione_mock_server.seed.plan import Mark, Plan
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import (
    AcademicSession,
    AssessmentLineItem,
    Category,
    Class,
    Course,
    LineItem,
    Org,
    Resource,
    ScoreScale,
    User,
)

ACTIVE: Final = "active"
TOBEDELETED: Final = "tobedeleted"

_WINDOW: Final = 400
"""Days over which changes are spread: a school year and a month, so that a yearly delta sees nearly all."""
_RECENT: Final = 60
"""Days over which removals are spread: tombstones are kept for a while, not for ever."""

_ORGS: Final = address(Org) + "/"
_SESSIONS: Final = address(AcademicSession) + "/"
_COURSES: Final = address(Course) + "/"
_CLASSES: Final = address(Class) + "/"
_USERS: Final = address(User) + "/"
_CATEGORIES: Final = address(Category) + "/"
_LINE_ITEMS: Final = address(LineItem) + "/"
_SCALES: Final = address(ScoreScale) + "/"
_ASSESSMENTS: Final = address(AssessmentLineItem) + "/"
_RESOURCES: Final = address(Resource) + "/"


class Calendar:
    """The days of a plan as text; formatting each instant anew would take half the time of a city."""

    def __init__(self, plan: Plan) -> None:
        self._days = [plan.before(days).isoformat() for days in range(_WINDOW + 1)]
        opened = plan.today.replace(year=plan.year, month=7, day=25)
        self._since_year_began = min(_WINDOW, max(2, (plan.today - opened).days))
        self.today = plan.today
        self.yesterday = plan.today - timedelta(days=1)

    def base(self, mark: Mark, *, gone: bool = False, this_year: bool = False) -> dict[str, Json]:
        """Return the base properties of an object; objects of the current school year changed since it was planned."""
        span = _RECENT if gone else self._since_year_began if this_year else _WINDOW
        share, bits = (mark.bits & 0xFFFF) / 0x10000, mark.bits >> 16
        # Squared: recent changes are commoner than old ones. Never today, so that no instant lies in the future.
        day = self._days[1 + int((span - 1) * share * share)]
        clock = f"{5 + bits % 11:02d}:{bits // 11 % 60:02d}:{bits // 660 % 60:02d}.{bits // 39600 % 1000:03d}"
        return {
            "sourcedId": mark.sourced_id,
            "status": TOBEDELETED if gone else ACTIVE,
            "dateLastModified": f"{day}T{clock}Z",
        }


def org_link(sourced_id: str) -> dict[str, Json]:
    """Link to an organisation; hrefs are paths below the host, the server makes them absolute."""
    return {"href": _ORGS + sourced_id, "sourcedId": sourced_id, "type": "org"}


def session_link(sourced_id: str) -> dict[str, Json]:
    """Link to an academic session."""
    return {"href": _SESSIONS + sourced_id, "sourcedId": sourced_id, "type": "academicSession"}


def course_link(sourced_id: str) -> dict[str, Json]:
    """Link to a course."""
    return {"href": _COURSES + sourced_id, "sourcedId": sourced_id, "type": "course"}


def class_link(sourced_id: str) -> dict[str, Json]:
    """Link to a class."""
    return {"href": _CLASSES + sourced_id, "sourcedId": sourced_id, "type": "class"}


def user_link(sourced_id: str) -> dict[str, Json]:
    """Link to a user."""
    return {"href": _USERS + sourced_id, "sourcedId": sourced_id, "type": "user"}


def category_link(sourced_id: str) -> dict[str, Json]:
    """Link to a category."""
    return {"href": _CATEGORIES + sourced_id, "sourcedId": sourced_id, "type": "category"}


def line_item_link(sourced_id: str) -> dict[str, Json]:
    """Link to a line item."""
    return {"href": _LINE_ITEMS + sourced_id, "sourcedId": sourced_id, "type": "lineItem"}


def scale_link(sourced_id: str) -> dict[str, Json]:
    """Link to a score scale."""
    return {"href": _SCALES + sourced_id, "sourcedId": sourced_id, "type": "scoreScale"}


def assessment_link(sourced_id: str) -> dict[str, Json]:
    """Link to an assessment."""
    return {"href": _ASSESSMENTS + sourced_id, "sourcedId": sourced_id, "type": "assessmentLineItem"}


def resource_link(sourced_id: str) -> dict[str, Json]:
    """Link to a resource."""
    return {"href": _RESOURCES + sourced_id, "sourcedId": sourced_id, "type": "resource"}
