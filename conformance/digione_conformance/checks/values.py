"""Checks of values that the schema permits and that contradict each other, or could not have been meant."""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.evidence.exchange import Json
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ASSESSMENT, GRADEBOOK, ROSTERS, WRITABLE
from digione_conformance.probing.probe import Probe, Record, values_at
from digione_conformance.relations.asking import CLASSES, COURSES, SESSIONS, USERS, require, wholes
from digione_conformance.relations.membership import active
from digione_conformance.relations.order import Scale, day, number
from digione_conformance.relations.sampling import scalars

_AFTER: Final = ("OR-*-SHAPE-001",)
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HIGHEST_RANK: Final = 100
_MOST_DIGITS: Final = 6
"""A number of up to six digits survives binary32; what was written with more is left alone."""


@check("OR-*-SCHEMA-005", after=_AFTER, of=ROSTERS)
def subject_codes_stand_beside_subjects(probe: Probe) -> Findings:
    """Where a class or a course has both, each of its subjects has its code: the two lists are equally long."""
    for listing in wholes(probe, (CLASSES, COURSES)):
        pairs = [(r.get("subjects"), r.get("subjectCodes")) for r in listing.records]
        both = [(names, codes) for names, codes in pairs if isinstance(names, list) and isinstance(codes, list)]
        told = [(names, codes) for names, codes in both if names and codes]
        probe.examined(len(told))
        if uneven := sum(len(names) != len(codes) for names, codes in told):
            yield Finding(
                f"{listing.endpoint.operation_id}: {uneven} records have not as many subjectCodes as subjects",
                listing.exchanges[:1],
            )
    require(probe, "seed classes or courses with subjects and subjectCodes")


@check("OR-*-REF-005", after=("OR-*-REF-001",), of=ROSTERS)
def classes_stand_in_terms(probe: Probe) -> Findings:
    """A class is held in terms, semesters or whole years; a grading period is a part of one."""
    kinds = {r.get("sourcedId"): r.get("type") for listing in wholes(probe, (SESSIONS,)) for r in listing.records}
    for listing in wholes(probe, (CLASSES,)):
        terms = [[kinds.get(key) for key in values_at(r, "terms.sourcedId")] for r in filter(active, listing.records)]
        probe.examined(len(terms))
        if wrong := sum(set(found) == {"gradingPeriod"} for found in terms):
            yield Finding(
                f"{listing.endpoint.operation_id}: {wrong} classes stand in grading periods alone",
                listing.exchanges[:1],
            )
    require(probe, "seed classes and academic sessions")


@check("OR-*-DATE-002", after=_AFTER, of=ROSTERS)
def school_years_go_by_their_end(probe: Probe) -> Findings:
    """A session of type schoolYear has as schoolYear the year in which it ends: that of autumn is a year off."""
    for listing in wholes(probe, (SESSIONS,)):
        years = [r for r in listing.records if r.get("type") == "schoolYear" and day(r.get("endDate"))]
        probe.examined(len(years))
        if wrong := sum(not _ends_in_its_year(r) for r in years):
            yield Finding(
                f"{listing.endpoint.operation_id}: {wrong} of {len(years)} school years end in another year than their "
                "schoolYear says",
                listing.exchanges[:1],
            )
    if not probe.looked_at:
        raise Inapplicable("no academic session is a school year")


def _ends_in_its_year(record: Record) -> bool:
    """Whether it ends in that year, be its end, as it should, the first day that is no longer part of it."""
    end = day(record.get("endDate"))
    assert end  # noqa: S101 - those without were left out
    return str(record.get("schoolYear")) in {str(end.year), str((end - timedelta(days=1)).year)}


@check("OR-*-PRIV-002", after=_AFTER, of=ROSTERS)
def passwords_are_not_told(probe: Probe) -> Findings:
    """No user has a password, nor has a credential: whoever reads a roster could sign in as a pupil."""
    for listing in wholes(probe, (USERS,)):
        probe.examined(len(listing.ids))
        for path in ("password", "userProfiles.credentials.password"):
            if told := sum(any(values_at(record, path)) for record in listing.records):
                yield Finding(
                    f"{listing.endpoint.operation_id}: {told} users are told with {path}", listing.exchanges[:1]
                )
    require(probe, "seed users")


@check("OR-*-SCHEMA-005", after=_AFTER, of=WRITABLE)
def numbers_are_told_as_they_were_meant(probe: Probe) -> Findings:
    """No number shows the digits that a decimal fraction gets in binary32: 7.1 is not 7.099999904632568."""
    for listing in wholes(probe, probe.family.kinds):
        fields = [field.name for field in scalars(listing.endpoint) if field.scale is Scale.NUMBER]
        strange: Counter[str] = Counter()
        for record in listing.records:
            for name, value in _fractions(record, fields):
                probe.examined()
                strange[name] += _is_artefact(value)
        for name, count in sorted(strange.items()):
            if count:
                yield Finding(
                    f"{listing.endpoint.operation_id}: {count} {name} carry digits of binary floating point",
                    listing.exchanges[:1],
                )
    require(probe, "seed scores, weights or bounds")


def _fractions(record: dict[str, Json], fields: list[str]) -> Iterator[tuple[str, Decimal]]:
    for name in fields:
        value = number(record.get(name))
        if value is not None:
            yield name, value


def _is_artefact(value: Decimal) -> bool:
    """Whether a number of many digits is just what a short one becomes in binary32."""
    short = round(float(value), _MOST_DIGITS - 1 - value.adjusted()) if value else 0.0
    if Decimal(str(short)) == value:
        return False
    try:
        (single,) = struct.unpack("f", struct.pack("f", short))
    except OverflowError:
        return False
    return Decimal(str(single)) == value


@check("OR-*-SCHEMA-006", after=_AFTER, of=(GRADEBOOK, ASSESSMENT))  # both came with 1.2
def grades_say_what_their_names_say(probe: Probe) -> Findings:
    """A percentile is a rank between 0 and 100, and an objective of source case is named by a UUID."""
    for listing in wholes(probe, probe.family.kinds):
        beyond = coded = 0
        for record in listing.records:
            rank = number(record.get("scorePercentile"))
            ids = [*_of_case(record, "learningObjectiveIds"), *_of_case(record, "learningObjectiveResults")]
            probe.examined(len(ids) + (rank is not None))
            beyond += rank is not None and not 0 <= rank <= _HIGHEST_RANK
            coded += any(not _UUID.fullmatch(key) for key in ids)
        for count, what in ((beyond, "a scorePercentile beyond 0 to 100"), (coded, "a CASE objective that is no UUID")):
            if count:
                yield Finding(f"{listing.endpoint.operation_id}: {count} records have {what}", listing.exchanges[:1])
    require(probe, "seed percentiles, or learning objectives of source case")


def _of_case(record: dict[str, Json], name: str) -> Iterator[str]:
    """Yield the ids of objectives of source case that a record names under a property."""
    for group in values_at(record, "learningObjectiveSet"):
        if isinstance(group, dict) and group.get("source") == "case":
            for told in values_at(group, name):
                yield str(told.get("learningObjectiveId") if isinstance(told, dict) else told)
