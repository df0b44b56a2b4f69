"""Learning materials and tools: a book for every course that teaches a subject, exercises for some groups, a platform.

Vendors, titles and ids are made up; the same material is one resource, whichever schools use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from digione_mock_server.seed.courses import Course
from digione_mock_server.seed.plan import Mark, Plan
from digione_mock_server.seed.wire import Calendar, resource_link
from digione_sdk.model.base import Json

_PUBLISHER: Final = "esimerkki-kustantamo"
_TOOLMAKER: Final = "esimerkki-toimittaja"
_PLATFORM: Final = "platform"


class Materials:
    """Which materials there are, and who is linked to which."""

    def __init__(self, plan: Plan, courses: Iterable[Course]) -> None:
        self._plan = plan
        # By code: the first school that teaches it gives the book its title.
        self._titles: dict[str, str] = {}
        for course in courses:
            if course.subject_codes:
                self._titles.setdefault(course.code, course.title)

    def records(self, calendar: Calendar) -> Iterator[dict[str, Json]]:
        """Yield all resources; one tool that is no longer used is a tombstone."""
        for code, title in self._titles.items():
            yield self._material(calendar, f"{code}/book", f"{title}: oppikirja", ["student", "teacher"], "primary")
            yield self._material(calendar, f"{code}/exercises", f"{title}: tehtäväpankki", ["student"], "secondary")
            yield self._material(calendar, f"{code}/guide", f"{title}: opettajan aineisto", ["teacher"], "secondary")
        yield self._tool(calendar, _PLATFORM, "Esimerkkialusta")
        yield self._tool(calendar, "retired", "Käytöstä poistettu alusta", gone=True)

    def of_course(self, course: Course) -> list[dict[str, Json]]:
        """Links of a course to its book."""
        return [self._link(f"{course.code}/book")] if course.subject_codes else []

    def of_group(self, mark: Mark, course: Course, *, gone: bool) -> list[dict[str, Json]]:
        """Links of a group to exercises, where it uses them; one that is gone had the platform, and its links stay."""
        if gone:
            return [self._link(_PLATFORM)]
        return [self._link(f"{course.code}/exercises")] if course.subject_codes and mark.chance(300, lane=5) else []

    def of_user(self, mark: Mark, *, teaches: bool) -> list[dict[str, Json]]:
        """Links of a person to the platform: of many who teach and of some pupils."""
        return [self._link(_PLATFORM)] if mark.chance(400 if teaches else 60, lane=5) else []

    def _mark(self, key: str) -> Mark:
        return self._plan.mark("resources", key)

    def _link(self, key: str) -> dict[str, Json]:
        return resource_link(self._mark(key).sourced_id)

    def _material(self, calendar: Calendar, key: str, title: str, roles: list[str], importance: str) -> dict[str, Json]:
        mark = self._mark(key)
        return calendar.base(mark) | {
            "title": title,
            "roles": roles,
            "importance": importance,
            "vendorResourceId": f"{_PUBLISHER}-{mark.bits % 10**8:08d}",
            "vendorId": _PUBLISHER,
        }

    def _tool(self, calendar: Calendar, key: str, title: str, *, gone: bool = False) -> dict[str, Json]:
        mark = self._mark(key)
        return calendar.base(mark, gone=gone) | {
            "title": title,
            "vendorResourceId": f"{_TOOLMAKER}-{mark.bits % 10**8:08d}",
            "vendorId": _TOOLMAKER,
            "applicationId": "default",
        }
