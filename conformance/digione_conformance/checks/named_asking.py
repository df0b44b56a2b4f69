"""Checks of the calls that named consumers are known to make, and that the standard alone does not promise them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.checks.auth import granted_by, token_answer
from digione_conformance.evidence.exchange import Ask
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, ROSTERING_V1P1
from digione_conformance.probing.probe import Listing, Probe, Record, operation, spread
from digione_conformance.relations.asking import (
    CLASSES,
    KINDS,
    OK,
    ORGS,
    UNAUTHORISED,
    USERS,
    filtered,
    page_query,
    refused,
    require,
    wholes,
)
from digione_conformance.relations.membership import active
from digione_conformance.relations.order import instant
from digione_conformance.relations.sampling import expressible
from digione_sdk.core.endpoints.gradebook import GRADEBOOK
from digione_sdk.core.scopes import Scope
from digione_sdk.wire.filter import Clause, Combination, Logical, Predicate

_TEACHERS: Final = operation("getAllTeachers")
_SAMPLES: Final = 3


@check("CNS-TOKEN-001")
def basic_gets_a_token(probe: Probe) -> Findings:
    """The token endpoint takes the client's credentials by HTTP Basic, and grants the scope roster.readonly."""
    exchange = token_answer(probe, (Scope.ROSTER.short,), style="basic")
    probe.examined()
    if granted_by(exchange) is None:
        yield Finding.at(
            f"the token endpoint answered {exchange.status} to HTTP Basic and {Scope.ROSTER.short}, expected a token",
            exchange,
        )


_HANDING_BACK: Final = (Scope.ROSTER, Scope.GRADEBOOK, Scope.GRADEBOOK_CREATEPUT, Scope.GRADEBOOK_DELETE)


@check("CNS-TOKEN-002")
def one_token_reads_rosters_and_writes_grades(probe: Probe) -> Findings:
    """One token by HTTP Basic is good for roster.readonly and for reading, making and deleting in the gradebook."""
    if GRADEBOOK.name not in probe.claims.services:
        raise Untested("the target file names no gradebook service")
    exchange = token_answer(probe, [scope.short for scope in _HANDING_BACK], style="basic")
    granted = granted_by(exchange)
    probe.examined()
    if granted is None:
        yield Finding.at(f"the token endpoint answered {exchange.status} to rostering and gradebook scopes", exchange)
        return
    told = granted.get("scope")
    lacking = [scope.short for scope in _HANDING_BACK if isinstance(told, str) and scope not in told.split()]
    if lacking:
        yield Finding.at(f"the token answer leaves out {', '.join(lacking)}", exchange)


# --- nested reads ----------------------------------------------------------------------------------------------------

_STATUS: Final = {"filter": "status='active'"}
_OF_GOOGLE: Final[tuple[tuple[str, str, ANY_ENDPOINT, Mapping[str, str]], ...]] = (
    ("getClassesForTeacher", "teacherSourcedId", _TEACHERS, _STATUS),
    ("getStudentsForClass", "classSourcedId", CLASSES, {}),
    ("getGradingPeriodsForTerm", "termSourcedId", operation("getAllTerms"), {}),
)
_OF_MOODLE: Final[tuple[tuple[str, str, ANY_ENDPOINT, Mapping[str, str]], ...]] = (
    ("getOrg", "sourcedId", ORGS, {}),
    ("getTermsForSchool", "schoolSourcedId", operation("getAllSchools"), {}),
    ("getClassesForSchool", "schoolSourcedId", operation("getAllSchools"), {}),
    ("getEnrollmentsForSchool", "schoolSourcedId", operation("getAllSchools"), {}),
)


def _offered(probe: Probe, calls: Iterable[tuple[str, str, ANY_ENDPOINT, Mapping[str, str]]]) -> Findings:
    for name, parameter, parents, query in calls:
        endpoint = operation(name)
        for parent in spread([one for one in probe.census(parents).records if active(one)], 1):
            path = {parameter: str(parent.get("sourcedId"))}
            asked = page_query(probe, query) if endpoint.is_collection else {}
            page = probe.get(endpoint, path=path, query=asked)
            probe.examined()
            if endpoint.is_collection:
                refusal = refused(endpoint, page, what="a read that the consumer makes")
                if refusal:
                    yield refusal
            elif page.status != OK:
                yield Finding.at(f"{endpoint.operation_id} answered {page.status}, expected 200", page)
    require(probe, "seed a teacher, a class, a term and a school")


@check("CNS-CALL-001")
def nested_reads_of_google(probe: Probe) -> Findings:
    """The classes of a teacher with a filter, the pupils of a class and the grading periods of a term are answered."""
    yield from _offered(probe, _OF_GOOGLE)


@check("CNS-CALL-002")
def nested_reads_of_moodle(probe: Probe) -> Findings:
    """One organisation, and the terms, classes and enrolments of a school, are answered."""
    probe.turn_to(ROSTERING_V1P1)
    yield from _offered(probe, _OF_MOODLE)


@check("CNS-CALL-003")
def the_older_version_is_offered(probe: Probe) -> Findings:
    """The target offers OneRoster 1.1, and its address answers: with records, or by asking for a token."""
    base = probe.claims.base_of(ROSTERING_V1P1.service)
    if base is None:
        raise Untested(
            "this consumer calls OneRoster 1.1, and the target file names no service of it: what 1.2 shows of the same "
            "demands is judged, the rest is not known"
        )
    page = probe.ask(Ask("GET", f"{base}/orgs?limit=1", "none"))
    probe.examined()
    if page.status not in {OK, UNAUTHORISED}:
        yield Finding.at(f"the OneRoster 1.1 service answered {page.status} to /orgs without a token", page)


# --- filters ---------------------------------------------------------------------------------------------------------


@check("CNS-FIND-001")
def a_teacher_is_found_by_email(probe: Probe) -> Findings:
    """A filter on the email of an active teacher answers exactly that one."""
    teachers = [one for one in probe.census(_TEACHERS).records if active(one)]
    probe.examined(bool(teachers))
    if teachers and not any(one.get("email") for one in teachers):
        yield Finding(
            f"{_TEACHERS.operation_id}: no teacher has an email to be found by", probe.census(_TEACHERS).exchanges
        )
        return
    for teacher in spread([one for one in teachers if expressible(one.get("email"))], _SAMPLES):
        answered = filtered(probe, _TEACHERS, Clause("email", Predicate.EQ, str(teacher["email"])))
        if isinstance(answered, Finding):
            yield answered
        elif answered.ids != (teacher.get("sourcedId"),):
            yield Finding(
                f"{_TEACHERS.operation_id}: the email of one teacher found {len(answered.ids)} records, expected that "
                "teacher alone",
                answered.exchanges,
            )
    require(probe, "seed a teacher with an email")


@check("CNS-FIND-002")
def what_nothing_meets_is_empty(probe: Probe) -> Findings:
    """A filter that no record meets answers 200 and an empty array in every collection."""
    probe.turn_to(ROSTERING_V1P1)
    clause = Clause("sourcedId", Predicate.EQ, "no-such-id-of-the-suite")
    for endpoint in KINDS:
        page = probe.get(endpoint, query={"filter": str(clause), "limit": "5000", "offset": "0"})
        probe.examined()
        if page.status != OK or page.json != {endpoint.wrapper_key: []}:
            yield Finding.at(
                f"{endpoint.operation_id}: a filter that nothing meets answered {page.status}, expected 200 and an "
                f"empty {endpoint.wrapper_key}",
                page,
            )


@check("CNS-FIND-003")
def either_text_is_found(probe: Probe) -> Findings:
    """`familyName~'x' OR givenName~'y'` answers whoever has one of the two."""
    probe.turn_to(ROSTERING_V1P1)
    for listing in wholes(probe, (USERS,)):
        texts = _two_texts(listing.records)
        if texts is None:
            continue
        family, given = texts
        clauses = (Clause("familyName", Predicate.CONTAINS, family), Clause("givenName", Predicate.CONTAINS, given))
        answered = filtered(probe, USERS, Combination(Logical.OR, clauses))
        probe.examined()
        if isinstance(answered, Finding):
            yield answered
            continue
        either = {
            str(one.get("sourcedId"))
            for one in listing.records
            if family in str(one.get("familyName", "")) or given in str(one.get("givenName", ""))
        }
        if missing := len(either - set(answered.ids)):
            yield Finding(
                f"{USERS.operation_id}: familyName~ OR givenName~ left out {missing} of {len(either)} records",
                answered.exchanges,
            )
    require(probe, "seed users with different names")


def _two_texts(records: Iterable[Record]) -> tuple[str, str] | None:
    """Return the commonest family name and the commonest given name that stand in a filter as they are."""
    known = list(records)
    found = []
    for field in ("familyName", "givenName"):
        counts = Counter(str(one[field]) for one in known if expressible(one.get(field)))
        if not counts:
            return None
        found.append(min(counts, key=lambda value: (-counts[value], value)))
    return found[0], found[1]


@check("CNS-DELTA-001")
def a_day_is_enough_for_changes(probe: Probe) -> Findings:
    """`dateLastModified>'YYYY-MM-DD'` is answered with what changed after the midnight (UTC) that begins the day."""
    probe.turn_to(ROSTERING_V1P1)
    for listing in wholes(probe, KINDS):
        days = sorted({time.date() for one in listing.records if (time := instant(one.get("dateLastModified")))})
        if not days:
            continue
        yield from _since(probe, listing, days[len(days) // 2].isoformat())
    require(probe, "seed records that changed on different days")


def _since(probe: Probe, listing: Listing, day: str) -> Findings:
    midnight = instant(f"{day}T00:00:00Z")
    answered = filtered(probe, listing.endpoint, Clause("dateLastModified", Predicate.GT, day))
    probe.examined()
    if isinstance(answered, Finding):
        yield answered
        return
    times = [(str(one.get("sourcedId")), instant(one.get("dateLastModified"))) for one in listing.records]
    later = {key for key, time in times if midnight and time and time > midnight}
    at = {key for key, time in times if time == midnight}
    missing, early = len(later - set(answered.ids)), len(set(answered.ids) - later - at)
    if missing or early:
        yield Finding(
            f"{listing.endpoint.operation_id}: dateLastModified > a day: {missing} changed records are missing, "
            f"{early} are older",
            answered.exchanges,
        )
