"""Checks of handing grades back, as Google Classroom does: a line item and a result of the suite's own, then deleted.

What is sent is what that consumer sends: links that hold a sourcedId and nothing else, neither status nor time of
change, a score date with a time. Only a target in a test environment that lets objects be made is written to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from digione_conformance.catalogue.undecided import CantTell, Untested
from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, delete_of, single_of
from digione_conformance.probing.probe import Probe, Record, operation, values_at
from digione_conformance.probing.workshop import Workshop, workshop
from digione_conformance.relations.asking import CLASSES, LINE_ITEMS, NOT_FOUND, OK, RESULTS
from digione_conformance.relations.membership import active
from digione_sdk.core.endpoints.gradebook import (
    GRADEBOOK,
    getCategoriesForClass,
    getLineItemsForClass,
    getResultsForLineItemForClass,
    putLineItem,
    putResult,
)

_CREATED: Final = 201
_GONE: Final = frozenset({OK, 204})
_MOST_CLASSES: Final = 12
_TITLE: Final = "Suite line item "
_LONGEST_TITLE: Final = 255
_MOST: Final = 100.0
_EXTRA: Final = 300.0


@dataclass(frozen=True)
class Desk:
    """Where the suite's own line item goes: a class with pupils and a category, and ids that nobody else has."""

    of_class: str
    school: str
    category: str
    pupil: str
    grading_period: str | None
    line_item: str
    result: str

    def line_item_body(self, **more: Json) -> Record:
        """Return a line item as the consumer sends it."""
        body: Record = {
            "sourcedId": self.line_item,
            "title": f"{_TITLE}1",
            "assignDate": "2026-11-02T07:00:00Z",
            "dueDate": "2026-11-30T21:59:59Z",
            "class": {"sourcedId": self.of_class},
            "school": {"sourcedId": self.school},
            "category": {"sourcedId": self.category},
            "resultValueMin": 0.0,
            "resultValueMax": _MOST,
        }
        if self.grading_period is not None:
            body["gradingPeriod"] = {"sourcedId": self.grading_period}
        return {**body, **more}

    def result_body(self, **more: Json) -> Record:
        """Return a result as the consumer sends it."""
        body: Record = {
            "sourcedId": self.result,
            "lineItem": {"sourcedId": self.line_item},
            "student": {"sourcedId": self.pupil},
            "scoreStatus": "fully graded",
            "scoreDate": "2026-11-23T10:00:00Z",
            "score": 87.0,
        }
        return {**body, **more}


def _desk(shop: Workshop) -> Desk:
    """Find a class to write into.

    Raises:
        Untested: The target holds no class with a pupil and a category, or offers no gradebook.
    """
    probe = shop.probe
    if GRADEBOOK.name not in probe.claims.services:
        raise Untested("the target file names no gradebook service")
    students = operation("getStudentsForClass")
    for one in [one for one in probe.census(CLASSES).records if active(one)][:_MOST_CLASSES]:
        path = {"classSourcedId": str(one.get("sourcedId"))}
        categories = probe.get(getCategoriesForClass, path=path, query={"limit": "10"})
        pupils = probe.get(students, path=path, query={"limit": "10"})
        if not (categories.ok and pupils.ok):
            continue
        known = [key for key in map(_key, probe.records(getCategoriesForClass, categories)) if key]
        people = [key for key in map(_key, probe.records(students, pupils)) if key]
        school = next(iter(values_at(one, "school.sourcedId")), None)
        if known and people and school:
            period, ids = _period(probe, one), (shop.new_id(), shop.new_id())
            return Desk(path["classSourcedId"], str(school), known[0], people[0], period, *ids)
    raise Untested("seed a class with a school, an active pupil and a category")


def _key(record: Record) -> str | None:
    return str(record.get("sourcedId")) if active(record) else None


def _period(probe: Probe, one: Record) -> str | None:
    within = operation("getGradingPeriodsForTerm")
    for term in values_at(one, "terms.sourcedId"):
        page = probe.get(within, path={"termSourcedId": str(term)}, query={"limit": "10"})
        for period in probe.records(within, page) if page.ok else ():
            if active(period):
                return str(period.get("sourcedId"))
    return None


def _read(shop: Workshop, kind: ANY_ENDPOINT, sourced_id: str) -> tuple[Mapping[str, Json], Exchange]:
    page = shop.read(kind, sourced_id)
    return shop.body_of(kind, page) or {}, page


def _made(shop: Workshop, desk: Desk, **more: Json) -> None:
    """Make the line item for a check that is about something else.

    Raises:
        CantTell: It is refused; another requirement judges that.
    """
    made = shop.put(LINE_ITEMS, desk.line_item_body(**more))
    if not made.ok:
        raise CantTell(f"{putLineItem.operation_id} answered {made.status} to a new line item")


@check("CNS-GRADE-001", alone=True)
def line_items_are_made_and_changed(probe: Probe) -> Findings:
    """PUT of a new line item answers 201, PUT of the same with another title 200 or 201, and the title is read back."""
    with workshop(probe) as shop:
        desk = _desk(shop)
        made = shop.put(LINE_ITEMS, desk.line_item_body())
        probe.examined()
        if made.status != _CREATED:
            yield Finding.at(
                f"{putLineItem.operation_id} answered {made.status} to a new line item, expected 201", made
            )
            return
        changed = shop.put(LINE_ITEMS, desk.line_item_body(title=f"{_TITLE}2"))
        if changed.status not in {OK, _CREATED}:
            yield Finding.at(
                f"{putLineItem.operation_id} answered {changed.status} to a changed line item, expected 200 or 201",
                changed,
            )
            return
        found, page = _read(shop, LINE_ITEMS, desk.line_item)
        if found.get("title") != f"{_TITLE}2":
            yield Finding.at(
                f"{single_of(LINE_ITEMS).operation_id}: the changed title was not read back", changed, page
            )


@check("CNS-GRADE-002", alone=True)
def scores_above_the_maximum_stay(probe: Probe) -> Findings:
    """A result is taken (201), one of 300 in place of it too, and 300 of at most 100 is read back: extra credit."""
    with workshop(probe) as shop:
        desk = _desk(shop)
        _made(shop, desk)
        probe.examined()
        for score, expected in ((87.0, {_CREATED}), (_EXTRA, {OK, _CREATED})):
            put = shop.put(RESULTS, desk.result_body(score=score))
            if put.status not in expected:
                what = "a new result" if score == 87.0 else f"a score of {score:g} where {_MOST:g} is the most"  # noqa: PLR2004 - the same number
                yield Finding.at(f"{putResult.operation_id} answered {put.status} to {what}", put)
                return
        found, page = _read(shop, RESULTS, desk.result)
        if found.get("score") != _EXTRA:
            yield Finding.at(
                f"{single_of(RESULTS).operation_id}: a score of {_EXTRA:g} was not read back as it was sent", put, page
            )


@check("CNS-GRADE-003", alone=True)
def exempt_stays_exempt(probe: Probe) -> Findings:
    """A result with scoreStatus exempt and without a score is taken and read back as exempt."""
    with workshop(probe) as shop:
        desk = _desk(shop)
        _made(shop, desk)
        body = desk.result_body(scoreStatus="exempt")
        del body["score"]
        put = shop.put(RESULTS, body)
        probe.examined()
        if not put.ok:
            yield Finding.at(f"{putResult.operation_id} answered {put.status} to scoreStatus exempt", put)
            return
        found, page = _read(shop, RESULTS, desk.result)
        if found.get("scoreStatus") != "exempt":
            yield Finding.at(f"{single_of(RESULTS).operation_id}: scoreStatus exempt was not read back", put, page)


@check("CNS-GRADE-004", alone=True)
def long_titles_stay(probe: Probe) -> Findings:
    """A line item with a title of 255 characters is taken, and the whole title is read back."""
    title = (_TITLE + "Äidinkieli ja kirjallisuus " * 10)[:_LONGEST_TITLE]
    with workshop(probe) as shop:
        desk = _desk(shop)
        put = shop.put(LINE_ITEMS, desk.line_item_body(title=title))
        probe.examined()
        if not put.ok:
            yield Finding.at(
                f"{putLineItem.operation_id} answered {put.status} to a title of {len(title)} characters", put
            )
            return
        found, page = _read(shop, LINE_ITEMS, desk.line_item)
        kept = found.get("title")
        if kept != title:
            length = len(kept) if isinstance(kept, str) else 0
            yield Finding.at(
                f"{single_of(LINE_ITEMS).operation_id}: of a title of {len(title)} characters {length} came back", page
            )


@check("CNS-GRADE-005", alone=True)
def what_is_deleted_is_gone(probe: Probe) -> Findings:
    """DELETE of a result and of a line item answers 200 or 204, and neither is active in the class's lists after it."""
    with workshop(probe) as shop:
        desk = _desk(shop)
        in_class = {"classSourcedId": desk.of_class}
        of_line_item = {**in_class, "lineItemSourcedId": desk.line_item}
        _made(shop, desk)
        put = shop.put(RESULTS, desk.result_body())
        if not put.ok:
            raise CantTell(f"{putResult.operation_id} answered {put.status} to a new result")
        for kind, sourced_id, lists, path in (
            (RESULTS, desk.result, getResultsForLineItemForClass, of_line_item),
            (LINE_ITEMS, desk.line_item, getLineItemsForClass, in_class),
        ):
            gone = shop.delete(kind, sourced_id)
            probe.examined()
            if gone.status not in _GONE:
                name = delete_of(kind).operation_id
                yield Finding.at(f"{name} answered {gone.status}, expected 200 or 204", gone)
                continue
            page = probe.get(lists, path=path, query={"limit": "10000"}, fresh=True)
            if page.status == NOT_FOUND:
                continue
            if any(one.get("sourcedId") == sourced_id and active(one) for one in probe.records(lists, page)):
                yield Finding.at(f"{lists.operation_id} still shows what was deleted", gone, page)
