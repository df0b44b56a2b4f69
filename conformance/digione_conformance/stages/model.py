"""The model stage: people come, are enrolled, renamed and deleted in many orders, and every read must follow.

Changes go through the target's test control, what is judged is read through the public API. Hypothesis looks for short
sequences after which a small model of ours and the target disagree; what it finds counts only if the same steps go
wrong three more times. Afterwards the target is reset, whatever happened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from digione_conformance.catalogue.undecided import CantTell, Undecided
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.probe import Probe, operation, total_of
from digione_conformance.relations.asking import ENROLLMENTS, NOT_FOUND, NOT_OFFERED, OK, USERS, page_query
from digione_conformance.stages.school import DELETIONS, Known, School, body_of, single_read
from digione_conformance.stages.walking import gone_wrong
from digione_sdk.wire.filter import Clause, Predicate

_CLASS_STUDENTS: Final = operation("getStudentsForClass")

_TOUR: Final = (
    "arrive 0", "enrol 0 0", "rename 0", "regrade 0", "unenrol 0 0", "enrol 0 0", "retire 0", "return 0", "retire 0",
    "purge 0",
)  # fmt: skip
"""One walk with every kind of step."""

Look = Callable[[School], str | None]
"""Reads the target after a step and says what is wrong, or None."""


@dataclass
class Walked:
    """A school whose every step is followed by a look."""

    school: School
    look: Look
    began: Callable[[School], None] = lambda _: None

    @property
    def probe(self) -> Probe:
        """What the school is read through."""
        return self.school.probe

    def begin(self) -> None:
        """Go back to the start."""
        self.school.reset()
        self.began(self.school)

    def enabled(self) -> list[str]:
        """Return the steps that are possible now."""
        return self.school.enabled()

    def take(self, step: str) -> str | None:
        """Take a step and look."""
        self.school.take(step)
        self.probe.examined()
        return self.look(self.school)


def _judged(walked: Walked) -> Findings:
    """Walk, search, replay what was found, and clean up.

    Raises:
        CantTell: The target is not the same in every replay, or something of ours could not be removed.
    """
    finding: Finding | None = None
    trouble: Undecided | None = None
    try:
        finding = gone_wrong(walked, _TOUR)
    except Undecided as reason:
        trouble = reason
    finally:
        left = walked.school.clean()
    if finding is not None:
        yield finding
    if left:
        raise CantTell(f"left behind in the target: {', '.join(left)}" + (f"; {trouble}" if trouble else ""))
    if trouble is not None:
        raise trouble


# --- views agree -----------------------------------------------------------------------------------------------------


@check("OR-ROS-MODEL-001", stage="model", alone=True)
def every_view_follows_a_change(probe: Probe) -> Findings:
    """After each change single reads, lists, class lists and counts show what was written."""
    school = School.within(probe, apart=frozenset())
    counts: dict[str, int | None] = {}

    def begin(school: School) -> None:
        counts.update({endpoint.operation_id: _count(school.probe, endpoint) for endpoint in (USERS, ENROLLMENTS)})

    def look(school: School) -> str | None:
        touched = school.touched
        if touched is None:
            return None
        return _single(school, touched) or _listed(school, touched) or _in_class(school) or _counted(school, counts)

    yield from _judged(Walked(school, look, begin))


def _single(school: School, known: Known) -> str | None:
    exchange = single_read(school.probe, known)
    if known.id in school.purged:
        return None if exchange.status == NOT_FOUND else f"a purged object is answered {exchange.status}, expected 404"
    found = body_of(known, exchange)
    if exchange.status != OK or found is None:
        return f"the single read is answered {exchange.status}, expected the object"
    wrong = sorted(name for name, value in known.record.items() if isinstance(value, str) and found.get(name) != value)
    if "grades" in known.record and found.get("grades") != known.record["grades"]:
        wrong.append("grades")
    return f"the single read shows another {', '.join(wrong)}" if wrong else None


def _listed(school: School, known: Known) -> str | None:
    clause = Clause("sourcedId", Predicate.EQ, known.id)
    rows = school.probe.read(known.endpoint, query={"filter": str(clause)}).records
    expected = 0 if known.id in school.purged else 1
    if len(rows) != expected:
        return f"the list holds {len(rows)} records of the id, expected {expected}"
    if rows and rows[0].get("status") != known.record["status"]:
        return "the list shows another status"
    if rows and rows[0].get("familyName") != known.record.get("familyName"):
        return "the list shows another familyName"
    return None


def _in_class(school: School) -> str | None:
    for class_id in (class_id for class_id, _ in school.classes if school.was_joined(class_id)):
        path = {"classSourcedId": class_id}
        if school.probe.get(_CLASS_STUDENTS, path=path, query=page_query(school.probe, {})).status in NOT_OFFERED:
            return None  # nested reads are optional
        shown = set(school.probe.read(_CLASS_STUDENTS, path=path).ids)
        sure, open_cases = school.enrolled(class_id)
        ours = {key for key in shown if key in school.known or key in school.purged}
        if ours - sure - open_cases:
            return "a class shows a student whose enrolment was ended"
        if sure - ours:
            return "a class lacks a student who is enrolled"
    return None


def _count(probe: Probe, endpoint: object) -> int | None:
    exchange: Exchange = probe.get(USERS if endpoint is USERS else ENROLLMENTS, query={"limit": "1", "offset": "0"})
    return total_of(exchange)


def _counted(school: School, before: dict[str, int | None]) -> str | None:
    # What becomes of an enrolment leaves the people as they are; what becomes of a person may reach the enrolments.
    reached = (USERS, ENROLLMENTS) if school.touched is None or school.touched.endpoint is USERS else (ENROLLMENTS,)
    for endpoint in reached:
        then, now = before[endpoint.operation_id], _count(school.probe, endpoint)
        added = sum(known.endpoint is endpoint for known in school.known.values())
        if then is not None and now is not None and now != then + added:
            return f"X-Total-Count of {endpoint.operation_id} is {now - then} more than before, expected {added}"
    return None


# --- delta -----------------------------------------------------------------------------------------------------------


@check("OR-ROS-MODEL-002", stage="model", alone=True)
def a_delta_holds_each_change(probe: Probe) -> Findings:
    """Whoever asks for what is later than the last change seen gets the object that changed since, and no other."""
    school = School.within(probe)
    cursor: dict[str, str] = {}

    def look(school: School) -> str | None:
        touched = school.touched
        if touched is None or touched.id in school.purged:
            return None  # what is purged leaves no trace, in a delta neither
        name = touched.endpoint.operation_id
        since = cursor.get(name)
        wrong, changed = None, None
        if since is not None:
            clause = Clause("dateLastModified", Predicate.GT, since)
            shown = school.probe.read(touched.endpoint, query={"filter": str(clause)})
            changed = next((row for row in shown.records if row.get("sourcedId") == touched.id), None)
            # A server may keep finer instants than it shows: what changed at the very moment may come once more.
            earlier = {str(r.get("sourcedId")) for r in shown.records if r.get("dateLastModified") != since}
            if touched.id not in shown.ids:
                wrong = "the delta lacks the object that changed"
            elif earlier & school.known.keys() - {touched.id}:
                wrong = "the delta repeats objects that did not change"
        now = changed if changed is not None else body_of(touched, single_read(school.probe, touched))
        moment = (now or {}).get("dateLastModified")
        if isinstance(moment, str):
            cursor[name] = moment
        return wrong

    yield from _judged(Walked(school, look, lambda _: cursor.clear()))


# --- tombstones ------------------------------------------------------------------------------------------------------


@check("OR-ROS-MODEL-003", stage="model", alone=True)
def a_deleted_object_stays_whole_until_purged(probe: Probe) -> Findings:
    """A deleted object is read as it was, with status tobedeleted and a later time; a purged one is not read at all."""
    school = School.within(probe, apart=DELETIONS)
    last: dict[str, dict[str, object]] = {}

    def look(school: School) -> str | None:
        touched = school.touched
        if touched is None:
            return None
        exchange = single_read(school.probe, touched)
        found = body_of(touched, exchange)
        before = last.pop(touched.id, None)
        if touched.id in school.purged:
            return None if exchange.status == NOT_FOUND else f"a purged object is answered {exchange.status}"
        if exchange.status != OK or found is None:
            return f"the object is answered {exchange.status}, expected its {touched.record['status']} state"
        last[touched.id] = found
        if touched.is_active or before is None:
            return None
        if found.get("status") != "tobedeleted":
            return "the deleted object does not say tobedeleted"
        lost = sorted(before.keys() - found.keys())
        if lost:
            return f"the tombstone lost {', '.join(lost)}"
        if found.get("dateLastModified") == before.get("dateLastModified"):
            return "the deletion did not move dateLastModified"
        return None

    yield from _judged(Walked(school, look, lambda _: last.clear()))
