"""Checks of what records say of one another: links lead to the kind that they name, and what is told twice agrees.

All of it is read off the collections that are read anyway; no request is made for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.references import above_itself
from digione_conformance.evidence.exchange import Json
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, ASSESSMENT, GRADEBOOK, ROSTERING
from digione_conformance.probing.probe import DEMOGRAPHICS, Probe, Record, values_at
from digione_conformance.relations.asking import (
    ASSESSMENT_LINE_ITEMS,
    CLASSES,
    COURSES,
    ENROLLMENTS,
    LINE_ITEMS,
    ORGS,
    RESULTS,
    SESSIONS,
    USERS,
    require,
    wholes,
)
from digione_conformance.relations.membership import active
from digione_conformance.relations.order import day
from digione_conformance.relations.sampling import wire_names

_REFERENCES: Final = ("OR-*-REF-001",)
_NO_SCHOOL: Final = frozenset({"district", "state", "national", "local"})
_NO_YEAR: Final = frozenset({"semester", "term", "gradingPeriod"})
_NO_PERIOD: Final = frozenset({"schoolYear", "semester", "term"})
_LEADS: Final[Mapping[ANY_ENDPOINT, tuple[str, ANY_ENDPOINT, frozenset[str]]]] = {
    CLASSES: ("school", ORGS, _NO_SCHOOL),
    COURSES: ("schoolYear", SESSIONS, _NO_YEAR),
    ENROLLMENTS: ("school", ORGS, _NO_SCHOOL),
    LINE_ITEMS: ("gradingPeriod", SESSIONS, _NO_PERIOD),
}
"""Kind of record -> a link that names a kind of its own, where it leads, and the types that are surely another kind.

Types of a vendor's own may mean anything, and a department may be the place where a class is taught.
"""


def _read(probe: Probe, endpoint: ANY_ENDPOINT) -> Mapping[Json, Record]:
    """Return a collection by sourcedId; empty where it could not be read whole."""
    if not probe.names(endpoint):
        return {}
    return {record.get("sourcedId"): record for listing in wholes(probe, (endpoint,)) for record in listing.records}


def _target(record: Record, link: str) -> Json:
    return next(iter(values_at(record, f"{link}.sourcedId")), None)


@check("OR-*-REF-006", after=_REFERENCES, of=(ROSTERING, GRADEBOOK))
def links_lead_to_the_kind_they_name(probe: Probe) -> Findings:
    """A school is no district, a course's schoolYear no term, and a line item's gradingPeriod no whole year."""
    for endpoint, (link, kind, others) in _LEADS.items():
        if endpoint not in probe.family.kinds:
            continue
        targets = _read(probe, kind)
        for listing in wholes(probe, (endpoint,)):
            wrong: Counter[str] = Counter()
            for target in (_target(record, link) for record in filter(active, listing.records)):
                if target in targets:
                    probe.examined()
                    wrong[str(targets[target].get("type"))] += 1
            for word in sorted(others & wrong.keys()):
                yield Finding(
                    f"{endpoint.operation_id}: {wrong[word]} {link} links lead to what has the type {word}",
                    listing.exchanges[:1],
                )
    if not any(probe.names(kind) for endpoint, (_, kind, _) in _LEADS.items() if endpoint in probe.family.kinds):
        raise Inapplicable("the target file names no service that lists what the links lead to")
    require(probe, "seed classes, courses or line items with links to schools, years and grading periods")


@check("OR-GRB-REF-007", after=("OR-GRB-REF-001",), of=(GRADEBOOK,))
def grades_agree_with_their_class(probe: Probe) -> Findings:
    """A line item names the school of its class, and a result, where it names a class, that of its line item."""
    classes, items = _read(probe, CLASSES), _read(probe, LINE_ITEMS)
    for endpoint, through, above, link in (
        (LINE_ITEMS, "class", classes, "school"),
        (RESULTS, "lineItem", items, "class"),
    ):
        for listing in wholes(probe, (endpoint,)):
            apart = 0
            for record in filter(active, listing.records):
                own, over = _target(record, link), above.get(_target(record, through))
                if own is not None and over is not None and _target(over, link) is not None:
                    probe.examined()
                    apart += own != _target(over, link)
            if apart:
                yield Finding(
                    f"{endpoint.operation_id}: {apart} records name another {link} than their {through}",
                    listing.exchanges[:1],
                )
    require(probe, "seed line items and results")


@check("OR-ROS-DATE-003", after=("OR-ROS-REF-001",))
def enrolments_lie_within_their_terms(probe: Probe) -> Findings:
    """Where an enrolment says when it begins or ends, that lies within the terms of its class."""
    sessions, classes = _read(probe, SESSIONS), _read(probe, CLASSES)
    for listing in wholes(probe, (ENROLLMENTS,)):
        early = late = 0
        for enrolment in filter(active, listing.records):
            terms = [
                sessions.get(key) for key in values_at(classes.get(_target(enrolment, "class"), {}), "terms.sourcedId")
            ]
            spans = [(day(term.get("startDate")), day(term.get("endDate"))) for term in terms if term is not None]
            first = min((begin for begin, _ in spans if begin), default=None)
            last = max((end for _, end in spans if end), default=None)
            begin, end = day(enrolment.get("beginDate")), day(enrolment.get("endDate"))
            probe.examined((begin or end) is not None and first is not None)
            early += bool(begin and first and begin < first)
            late += bool(end and last and end > last)
        for count, what in ((early, "begin before the first term of their class"), (late, "end after its last term")):
            if count:
                yield Finding(f"{count} enrolments {what}", listing.exchanges[:1])
    require(probe, "seed enrolments with beginDate or endDate")


@check("OR-ROS-REF-007", after=("OR-ROS-SHAPE-001",))
def profiles_of_roles_are_the_users(probe: Probe) -> Findings:
    """A role's userProfile is one of the user's profiles, and no two of these have one profileId."""
    for listing in wholes(probe, (USERS,)):
        strange = twice = 0
        for record in listing.records:
            own = values_at(record, "userProfiles.profileId")
            named = values_at(record, "roles.userProfile")
            probe.examined(len(own) + len(named))
            strange += any(name not in own for name in named)
            twice += len(own) > len(set(map(str, own)))
        for count, what in (
            (strange, "users have a role with a userProfile that is none of their profiles"),
            (twice, "users have two profiles of one profileId"),
        ):
            if count:
                yield Finding(f"{listing.endpoint.operation_id}: {count} {what}", listing.exchanges[:1])
    require(probe, "seed users with profiles")


@check("OR-GRB-ASM-REF-004", after=("OR-GRB-ASM-REF-001",), of=(ASSESSMENT,))
def assessments_have_a_top(probe: Probe) -> Findings:
    """Going from parent to parent ends: no assessment is a part of itself."""
    for listing in wholes(probe, (ASSESSMENT_LINE_ITEMS,)):
        parents = {r.get("sourcedId"): _target(r, "parentAssessmentLineItem") for r in listing.records}
        probe.examined(sum(above is not None for above in parents.values()))
        if circles := sum(above_itself(key, parents) for key in parents):
            yield Finding(f"{circles} assessments are parts of themselves", listing.exchanges[:1])
    require(probe, "seed assessments with parts")


@check("OR-ROS-SCHEMA-006", after=("OR-ROS-SHAPE-001",))
def lists_are_not_joined(probe: Probe) -> Findings:
    """Periods and grades are told one by one: no element is a text of several, parted by commas."""
    for listing in wholes(probe, (CLASSES, COURSES, USERS)):
        told = [text for record in listing.records for text in _elements(record)]
        probe.examined(len(told))
        if joined := sum("," in text for text in told):
            yield Finding(
                f"{listing.endpoint.operation_id}: {joined} periods or grades are several in one text",
                listing.exchanges[:1],
            )
    require(probe, "seed classes with periods or grades")


def _elements(record: Record) -> Iterator[str]:
    for name in ("periods", "grades"):
        yield from (text for text in values_at(record, name) if isinstance(text, str))


_OF_DEMOGRAPHICS: Final = frozenset(wire_names(DEMOGRAPHICS[0]) - wire_names(USERS) - {"sex"})


@check("OR-ROS-SCOPE-006", after=("OR-ROS-SHAPE-001",))
def demographics_stay_behind_their_scope(probe: Probe) -> Findings:
    """No record beside demographics tells in its metadata what demographics tell, for which there is a scope."""
    for listing in wholes(probe, (USERS, ENROLLMENTS)):
        probe.examined(len(listing.ids))
        found = Counter(
            name for record in listing.records for name in _OF_DEMOGRAPHICS & set(_names(record.get("metadata")))
        )
        for name, count in sorted(found.items()):
            yield Finding(
                f"{listing.endpoint.operation_id}: {count} records tell {name} in their metadata", listing.exchanges[:1]
            )
    require(probe, "seed users")


def _names(value: Json) -> Iterator[str]:
    """Yield the names of all properties in a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in inner:
        yield str(name)
        yield from _names(below)
