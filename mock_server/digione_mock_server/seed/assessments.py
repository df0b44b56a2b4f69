"""Assessments beside the gradebook: a national test of two parts in mathematics, taken by one grade in every school.

The whole is one assessment of the municipality; its parts are given to classes and name it as their parent. Results
are of the parts, with a percentile.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from digione_mock_server.seed.classes import Group, Seat
from digione_mock_server.seed.orgs import School
from digione_mock_server.seed.plan import Mark, Plan
from digione_mock_server.seed.sessions import SchoolYear
from digione_mock_server.seed.wire import Calendar, assessment_link, class_link, user_link
from digione_sdk.model.base import Json

_TAKEN_BY: Final = ((3,), (6,), (9,), (10,))
_SUBJECT: Final = "MA"
_PARTS: Final = (("A", 20), ("B", 30))
_TITLE: Final = ("Valtakunnallinen koe, matematiikka", "Nationellt prov, matematik")


def whole_records(plan: Plan, calendar: Calendar, year: SchoolYear) -> Iterator[dict[str, Json]]:
    """Yield the assessments of which the others are parts: one of this year, one of the year before."""
    for ends in (year.ends - 1, year.ends):
        record = calendar.base(_whole(plan, ends), this_year=ends == year.ends)
        record["title"] = f"{_TITLE[0]} {ends}"
        record["description"] = "Kaksi osaa"
        record["resultValueMin"], record["resultValueMax"] = 0, sum(points for _, points in _PARTS)
        yield record


def _whole(plan: Plan, ends: int) -> Mark:
    return plan.mark("assessmentLineItems", f"whole/{ends}")


class Assessments:
    """Writes the parts that the groups of one school took, and their results."""

    def __init__(
        self, plan: Plan, calendar: Calendar, school: School, year: SchoolYear, groups: tuple[Group, ...]
    ) -> None:
        self._plan, self._calendar, self._school, self._year = plan, calendar, school, year
        self._groups = tuple(
            group
            for group in groups
            if group.grades in _TAKEN_BY
            and _SUBJECT in group.course.subject_codes
            and not (group.gone or group.last_year)
            and group.begin < calendar.today
        )

    def parts(self) -> Iterator[dict[str, Json]]:
        """Yield the parts, one of each for every group that took the test."""
        whole = assessment_link(_whole(self._plan, self._year.ends).sourced_id)
        for group in self._groups:
            for part, points in _PARTS:
                record = self._calendar.base(self._mark(group, part), this_year=True)
                record["title"] = f"{_TITLE[self._school.swedish]} {self._year.ends}, {part}: {group.title}"
                record["class"] = class_link(group.mark.sourced_id)
                record["parentAssessmentLineItem"] = whole
                record["resultValueMin"], record["resultValueMax"] = 0, points
                objective = self._plan.mark("objectives", f"{group.course.code}/{part}").sourced_id
                record["learningObjectiveSet"] = [{"source": "case", "learningObjectiveIds": [objective]}]
                yield record

    def results(self, taken: tuple[Seat, ...]) -> Iterator[dict[str, Json]]:
        """Yield the results of all who took the test and are still there."""
        for group in self._groups:
            day = max(group.begin, min(group.begin + timedelta(days=20), self._calendar.yesterday))
            for part, points in _PARTS:
                for index in group.members:
                    if not taken[index].gone:
                        yield self._result(group, part, points, taken[index], day)

    def _mark(self, group: Group, part: str) -> Mark:
        return self._plan.mark("assessmentLineItems", f"{self._school.key}/{group.key}/{part}")

    def _result(self, group: Group, part: str, points: int, seat: Seat, day: date) -> dict[str, Json]:
        mark = self._plan.mark("assessmentResults", f"{self._school.key}/{group.key}/{part}/{seat.key}")
        absent = mark.chance(20, lane=0) and not seat.cast
        record = self._calendar.base(mark, this_year=True)
        record["assessmentLineItem"] = assessment_link(self._mark(group, part).sourced_id)
        record["student"] = user_link(seat.mark.sourced_id)
        score = points - min(mark.bits % (points + 1), mark.bits // 64 % (points + 1))
        if not absent:
            record["score"] = score
        record["scoreDate"] = day.isoformat()
        if not absent:
            record["scorePercentile"] = min(99, 100 * score // points)
        record["scoreStatus"] = "not submitted" if absent else "fully graded"
        return record
