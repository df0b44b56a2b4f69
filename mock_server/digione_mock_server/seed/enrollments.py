"""Who is in which group, from when to when: pupils and those who teach them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from digione_mock_server.seed.classes import Group, Seat
from digione_mock_server.seed.orgs import School
from digione_mock_server.seed.plan import Mark, Plan
from digione_mock_server.seed.staff import Teaching
from digione_mock_server.seed.wire import Calendar, class_link, org_link, user_link
from digione_sdk.model.base import Json

_SETTLED: Final = 14
"""Days after which pupils may have changed groups."""


class Enrollments:
    """Writes the enrolments of one school."""

    def __init__(self, plan: Plan, calendar: Calendar, school: School) -> None:
        self._plan, self._calendar, self._school = plan, calendar, school

    def pupils(self, groups: tuple[Group, ...], taken: tuple[Seat, ...]) -> Iterator[dict[str, Json]]:
        """Yield the pupils' enrolments: some ended, some made in error and removed, those of leavers removed."""
        homes = [group for group in groups if group.kind == "homeroom" and not group.last_year]
        for group in groups:
            left = self._halfway(group)
            home = group.kind == "homeroom" and not group.last_year
            for index in group.members:
                seat = taken[index]
                mark = self._mark(group, seat.key)
                changed = left is not None and not seat.gone and not seat.cast and mark.chance(20, lane=0)
                gone = group.gone or seat.gone or (mark.chance(4, lane=1) and not home and not seat.cast)
                begin, end = group.begin, None if home else group.end
                if seat.gone and group.begin < self._calendar.today < group.end:
                    end = self._calendar.today
                if not changed:
                    yield self._record(mark, seat.mark, group, "student", begin=begin, end=end, gone=gone)
                elif home:
                    yield from self._moved(mark, seat, group, homes, left)
                else:
                    yield self._record(mark, seat.mark, group, "student", begin=begin, end=left, gone=gone)

    def _moved(
        self, mark: Mark, seat: Seat, group: Group, homes: list[Group], day: date | None
    ) -> Iterator[dict[str, Json]]:
        """A pupil who came from a parallel home class, where there is one: two enrolments that meet, never overlap."""
        other = next((one for one in homes if one.grades == group.grades and one is not group), None)
        if other is not None:
            old = self._mark(other, seat.key)
            yield self._record(old, seat.mark, other, "student", begin=other.begin, end=day, gone=False)
        begin = group.begin if other is None else day or group.begin
        yield self._record(mark, seat.mark, group, "student", begin=begin, end=None, gone=False)

    def teachers(self, teaching: Iterable[tuple[Group, Teaching]]) -> Iterator[dict[str, Json]]:
        """Yield the enrolments of those who teach and assist."""
        for group, place in teaching:
            key = f"{place.staff.key}/{place.role}/{place.primary}"
            begin, end = place.begin or group.begin, place.end or group.end
            yield self._record(
                self._mark(group, key), place.staff.mark, group, place.role,
                primary=place.primary, begin=begin, end=end, gone=group.gone,
            )  # fmt: skip

    def _mark(self, group: Group, person: str) -> Mark:
        return self._plan.mark("enrollments", f"{self._school.key}/{group.key}/{person}")

    def _halfway(self, group: Group) -> date | None:
        """The day on which pupils changed groups, midway since it began; None while the group is new or over."""
        if group.gone or not group.begin < self._calendar.today < group.end:
            return None
        met = self._calendar.today - group.begin
        return group.begin + met // 2 if met.days > _SETTLED else None

    def _record(
        self,
        mark: Mark,
        user: Mark,
        group: Group,
        role: str,
        *,
        begin: date,
        end: date | None,
        gone: bool,
        primary: bool | None = None,
    ) -> dict[str, Json]:
        record = self._calendar.base(mark, gone=gone, this_year=not group.last_year)
        record["user"] = user_link(user.sourced_id)
        record["class"] = class_link(group.mark.sourced_id)
        record["school"] = org_link(self._school.mark.sourced_id)
        record["role"] = role
        if primary is not None:
            record["primary"] = "true" if primary else "false"
        record["beginDate"] = begin.isoformat()
        if end:
            record["endDate"] = end.isoformat()
        return record
