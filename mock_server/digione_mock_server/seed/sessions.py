"""School time: this year and the last, each of two terms (lukukausi) and five periods (jakso).

Years and terms follow the statute (1 August - 31 July, terms meeting at the new year); periods hold the working days:
from the second week of August to the Saturday of ISO week 22 (facts: timetable-teaching §4.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from digione_mock_server.seed.plan import Mark, Plan
from digione_mock_server.seed.wire import Calendar, session_link
from digione_sdk.model.base import Json

AUTUMN: Final = "autumn"
SPRING: Final = "spring"


class Session(NamedTuple):
    """A span of school time; `end` is exclusive."""

    key: str
    mark: Mark
    title: str
    kind: str
    start: date
    end: date
    parent: str | None = None
    gone: bool = False


class SchoolYear(NamedTuple):
    """One school year: sessions by key, the year itself under `year`."""

    ends: int
    """The calendar year in which it ends: the standard's schoolYear."""
    sessions: dict[str, Session]

    @property
    def first_day(self) -> date:
        """First day of school work."""
        return self.sessions["1"].start

    def period(self, number: int) -> Session:
        """Return a period (jakso), 1-5."""
        return self.sessions[f"{number}"]


def school_year(plan: Plan, *, begins: int) -> SchoolYear:
    """Return the school year that begins in August of the given calendar year."""
    label, new_year = f"{begins}–{begins + 1}", date(begins + 1, 1, 1)  # noqa: RUF001 - the dash of Finnish typography
    start, end = date(begins, 8, 1), date(begins + 1, 8, 1)
    rows: list[tuple[str, str, str, date, date, str | None]] = [
        ("year", f"Lukuvuosi {label}", "schoolYear", start, end, None),
        (AUTUMN, f"Syyslukukausi {begins}", "term", start, new_year, "year"),
        (SPRING, f"Kevätlukukausi {begins + 1}", "term", new_year, end, "year"),
    ]
    for number, (first, after) in enumerate(_periods(begins), 1):
        rows.append((f"{number}", f"{number}. jakso {label}", "gradingPeriod", first, after, _term(number)))
    # Sessions carry the same ids in every tenant; so do a few orgs and users.
    found = {
        key: Session(
            key, plan.mark("academicSessions", f"{begins}/{key}", everywhere=True), title, kind, first, after, parent
        )
        for key, title, kind, first, after, parent in rows
    }
    if begins == plan.year:
        mark = plan.mark("academicSessions", f"{begins}/6")
        last = found["5"]
        found["6"] = Session("6", mark, f"6. jakso {label}", "gradingPeriod", last.end, end, SPRING, gone=True)
    return SchoolYear(begins + 1, found)


def _term(period: int) -> str:
    return AUTUMN if period <= 2 else SPRING  # noqa: PLR2004 - periods 1-2 before the new year, 3-5 after


def _periods(begins: int) -> list[tuple[date, date]]:
    """Spans of the five periods, ends exclusive; the autumn and skiing holidays lie between periods."""

    def monday(year: int, week: int) -> date:
        return date.fromisocalendar(year, week, 1)

    return [
        (monday(begins, 33) + timedelta(days=1), monday(begins, 42)),
        (monday(begins, 43), date(begins, 12, 23)),
        (date(begins + 1, 1, 7), monday(begins + 1, 9)),
        (monday(begins + 1, 10), monday(begins + 1, 16)),
        (monday(begins + 1, 16), monday(begins + 1, 22) + timedelta(days=6)),
    ]


def session_records(calendar: Calendar, years: tuple[SchoolYear, ...]) -> Iterator[dict[str, Json]]:
    """Yield all sessions of the years; a period that was planned and dropped is a tombstone."""
    for year in years:
        for session in year.sessions.values():
            record = calendar.base(session.mark, gone=session.gone) | {
                "title": session.title,
                "startDate": session.start.isoformat(),
                "endDate": session.end.isoformat(),
                "type": session.kind,
            }
            if session.parent:
                record["parent"] = session_link(year.sessions[session.parent].mark.sourced_id)
            children = [child for child in year.sessions.values() if child.parent == session.key]
            if children:
                record["children"] = [session_link(child.mark.sourced_id) for child in children]
            record["schoolYear"] = f"{year.ends}"
            yield record
