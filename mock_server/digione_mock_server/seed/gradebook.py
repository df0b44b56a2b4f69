"""The gradebooks of a school: scales, line items and results of the groups that meet this year.

Every group that meets has a scale and a line item, so that none is without a category. Tests and their results are
given to a share of the groups: about as many results as a municipality has enrolments. Of what was removed one line
item of each school is left, a tombstone that alone gave its class a category; pupils who left have no results, and
groups of last year no gradebook.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from digione_mock_server.seed.cast import canary
from digione_mock_server.seed.classes import Group, Seat
from digione_mock_server.seed.orgs import School
from digione_mock_server.seed.plan import Mark, Plan
from digione_mock_server.seed.scales import NUMERIC, content, scale_of, words
from digione_mock_server.seed.sessions import AUTUMN, SchoolYear, Session
from digione_mock_server.seed.wire import (
    Calendar,
    category_link,
    class_link,
    course_link,
    line_item_link,
    org_link,
    scale_link,
    session_link,
    user_link,
)
from digione_sdk.model.base import Json
from digione_sdk.rules.grading import GradingScale

_CATEGORIES: Final = (
    ("test", "Kokeet", "Prov", 50),
    ("exercise", "Tehtävät", "Uppgifter", 30),
    ("lesson", "Tuntityöskentely", "Lektionsarbete", 20),
    ("period", "Jaksoarviointi", "Periodbedömning", None),
)
_POINTS: Final = 30
_ABOVE_MAXIMUM: Final = "namesake_a"
"""Who of the cast has extra credit: more points than the maximum, stored as they are (pitfall 61)."""


class Item(NamedTuple):
    """A line item of a group."""

    key: str
    mark: Mark
    category: str
    given: date
    due: date
    period: Session
    scale: GradingScale
    points: bool
    """Whether its scores are points and not grades: then they are on no scale."""
    objectives: bool


def category_mark(plan: Plan, key: str, *, swedish: bool) -> Mark:
    """Return the id of a category; each language has its own, shared by all its schools."""
    return plan.mark("categories", f"{key}/{'sv' if swedish else 'fi'}")


def category_records(plan: Plan, calendar: Calendar, *, swedish: bool) -> Iterator[dict[str, Json]]:
    """Yield the categories of the schools of one language."""
    for key, finnish_title, swedish_title, weight in _CATEGORIES:
        record = calendar.base(category_mark(plan, key, swedish=swedish))
        record["title"] = swedish_title if swedish else finnish_title
        if weight is not None:
            record["weight"] = weight
        yield record


class Gradebook:
    """Writes the gradebooks of one school."""

    def __init__(
        self, plan: Plan, calendar: Calendar, school: School, year: SchoolYear, groups: tuple[Group, ...]
    ) -> None:
        self._plan, self._calendar, self._school, self._year = plan, calendar, school, year
        self._groups = tuple(group for group in groups if not group.gone and not group.last_year)
        # The period in which the day of the plan lies, or the last one before it; in August before the first, that.
        begun = [year.period(number) for number in range(1, 6) if year.period(number).start <= calendar.today]
        self._now = begun[-1] if begun else year.period(1)

    def scales(self) -> Iterator[dict[str, Json]]:
        """Yield a score scale for every group: the standard gives each class its own."""
        for group in self._groups:
            scale = scale_of(group.grades, group.course.subject_codes)
            record = self._calendar.base(self._scale_mark(group), this_year=True)
            alike = content(scale, swedish=self._school.swedish)
            record["title"], record["type"] = alike["title"], alike["type"]
            record["course"] = course_link(group.course.mark.sourced_id)
            record["class"] = class_link(group.mark.sourced_id)
            record["scoreScaleValue"] = alike["scoreScaleValue"]
            yield record

    def line_items(self) -> Iterator[dict[str, Json]]:
        """Yield the line items of every group, and of one the line item that was removed."""
        for group in self._groups:
            for item in self._items(group):
                yield self._line_item(group, item)
        # A home class meets for no subject and has the line item of its lessons alone.
        home = self._groups[0]
        scale = scale_of(home.grades, home.course.subject_codes)
        yield self._line_item(home, self._item(home, "exercise", scale, days=(7, 12)), gone=True)

    def results(self, taken: tuple[Seat, ...]) -> Iterator[dict[str, Json]]:
        """Yield the results of those line items that are due, of all members but those who left."""
        for group in self._groups:
            for item in self._items(group):
                if item.category == "lesson" or item.due >= self._calendar.today:
                    continue
                for index in group.members:
                    if not taken[index].gone:
                        yield self._result(group, item, taken[index])

    def _scale_mark(self, group: Group) -> Mark:
        return self._plan.mark("scoreScales", f"{self._school.key}/{group.key}")

    def _items(self, group: Group) -> Iterator[Item]:
        """The line items of a group: its lessons always, a test or an exercise where it drew one."""
        scale = scale_of(group.grades, group.course.subject_codes)
        yield self._item(group, "lesson", scale, days=(0, 120))
        if group.kind != "scheduled":
            return
        tested = group.mark.chance(400, lane=0) or self._school.key == "0"
        if scale in NUMERIC and tested:
            yield self._item(group, "test", scale, days=(14, 21), points=group.mark.chance(500, lane=2))
        if group.mark.chance(300, lane=1):
            yield self._item(group, "exercise", scale, days=(7, 12))
        if self._school.upper and group.end <= self._calendar.today:
            yield self._item(group, "period", scale, days=(0, 5))

    def _item(
        self, group: Group, category: str, scale: GradingScale, *, days: tuple[int, int], points: bool = False
    ) -> Item:
        mark = self._plan.mark("lineItems", f"{self._school.key}/{group.key}/{category}")
        period = self._period(group)
        begin = period.start if category != "period" else period.end
        given = begin + timedelta(days=days[0] + mark.bits % 3)
        due = begin + timedelta(days=days[1] + mark.bits % 3)
        return Item(category, mark, category, given, due, period, scale, points, mark.chance(200, lane=4))

    def _period(self, group: Group) -> Session:
        """The period of a module; for groups that meet all year the one that is on."""
        own = [self._year.period(number) for number in range(1, 6) if self._year.period(number).start == group.begin]
        return own[0] if own and self._school.upper else self._now

    def _line_item(self, group: Group, item: Item, *, gone: bool = False) -> dict[str, Json]:
        swedish = self._school.swedish
        titles = {key: (finnish, svensk) for key, finnish, svensk, _ in _CATEGORIES}
        record = self._calendar.base(item.mark, gone=gone, this_year=True)
        record["title"] = f"{titles[item.category][swedish]}: {group.title}"
        if item.category == "test":
            record["description"] = "Läxorna för perioden" if swedish else "Jakson aihealueet"
        record["assignDate"] = f"{item.given.isoformat()}T06:00:00.000Z"
        record["dueDate"] = f"{item.due.isoformat()}T14:00:00.000Z"
        record["class"] = class_link(group.mark.sourced_id)
        record["school"] = org_link(self._school.mark.sourced_id)
        record["category"] = category_link(category_mark(self._plan, item.category, swedish=swedish).sourced_id)
        record["gradingPeriod"] = session_link(item.period.mark.sourced_id)
        term = self._year.sessions[item.period.parent or AUTUMN]
        record["academicSession"] = session_link(term.mark.sourced_id)
        if not item.points:
            record["scoreScale"] = scale_link(self._scale_mark(group).sourced_id)
        if item.points:
            record["resultValueMin"], record["resultValueMax"] = 0, _POINTS
        elif item.scale is GradingScale.NUMERALS:
            record["resultValueMin"], record["resultValueMax"] = 4, 10
        if item.objectives:
            record["learningObjectiveSet"] = [
                {"source": "case", "learningObjectiveIds": [self._objective(group, number) for number in (1, 2)]}
            ]
        return record

    def _objective(self, group: Group, number: int) -> str:
        """The id of an objective of a course; of no framework that exists."""
        return self._plan.mark("objectives", f"{group.course.code}/{number}").sourced_id

    def _result(self, group: Group, item: Item, seat: Seat) -> dict[str, Json]:
        mark = self._plan.mark("results", f"{self._school.key}/{group.key}/{item.key}/{seat.key}")
        status = _status(mark, seat, item)
        record = self._calendar.base(mark, this_year=True)
        record["lineItem"] = line_item_link(item.mark.sourced_id)
        record["student"] = user_link(seat.mark.sourced_id)
        record["class"] = class_link(group.mark.sourced_id)
        if not item.points:
            record["scoreScale"] = scale_link(self._scale_mark(group).sourced_id)
        record["scoreStatus"] = status
        day = min(item.due + timedelta(days=mark.bits % 5), self._calendar.yesterday)
        if status in {"fully graded", "partially graded"}:
            record |= self._graded(mark, item, seat)
        record["scoreDate"] = day.isoformat()
        if comment := self._comment(mark, item, seat, status):
            record["comment"] = comment
        if item.objectives and status == "fully graded" and item.scale is GradingScale.NUMERALS:
            record["learningObjectiveSet"] = [
                {
                    "source": "case",
                    "learningObjectiveResults": [
                        {"learningObjectiveId": self._objective(group, number), "score": _numeral(mark, lane=number)}
                        for number in (1, 2)
                    ],
                }
            ]
        if status == "not submitted":
            record["missing"] = "true"
        elif status == "submitted" and mark.chance(300, lane=3):
            record["late"] = "true"
        return record

    def _graded(self, mark: Mark, item: Item, seat: Seat) -> dict[str, Json]:
        """What a graded result says: points, which are on no scale, or exactly one value of the scale."""
        if item.points:
            if seat.cast == _ABOVE_MAXIMUM:
                return {"score": _POINTS + 3.5}
            return {"score": _whole_or_half(mark.bits % (2 * _POINTS + 1))}
        if item.scale is GradingScale.NUMERALS or (item.scale is GradingScale.NATIONAL and mark.bits % 16):
            return {"score": _numeral(mark, lane=0)}
        return {"textScore": "S" if mark.bits % 40 else "H"}

    def _comment(self, mark: Mark, item: Item, seat: Seat, status: str) -> str | None:
        if seat.cast:
            return canary(self._plan, seat.cast, "comment")
        if item.scale is GradingScale.VERBAL and status.endswith("graded"):
            return words(mark.bits, swedish=self._school.swedish)
        if status == "fully graded" and mark.chance(40, lane=2):
            return "Fint arbete." if self._school.swedish else "Hyvää työtä."
        return None


_GIVEN: Final = {"restricted_child": "exempt", "namesake_b": "not submitted"}
"""Members of the cast whose tests have come no further."""


def _status(mark: Mark, seat: Seat, item: Item) -> str:
    if seat.cast:
        return _GIVEN.get(seat.cast, "fully graded") if item.category == "test" else "fully graded"
    if item.category == "period":
        return "fully graded"
    drawn = mark.bits % 1000
    for below, status in ((15, "exempt"), (45, "not submitted"), (75, "submitted"), (95, "partially graded")):
        if drawn < below:
            return status
    return "fully graded"


def _numeral(mark: Mark, *, lane: int) -> int:
    """A grade from 4 to 10, most of them 6 to 8."""
    bits = mark.bits >> (7 * lane)
    return 4 + bits % 4 + bits // 4 % 4


def _whole_or_half(halves: int) -> int | float:
    return halves // 2 if halves % 2 == 0 else halves / 2
