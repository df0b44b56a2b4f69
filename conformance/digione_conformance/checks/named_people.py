"""Checks of what a target must hold before named consumers accept it: enough of each kind, and whole classes."""

from __future__ import annotations

from typing import Final

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ROSTERING_V1P1
from digione_conformance.probing.probe import Probe, operation, spread, values_at
from digione_conformance.relations.asking import CLASSES, KINDS, USERS, refused, require, wholes
from digione_conformance.relations.membership import active
from digione_sdk.core.endpoints.gradebook import getCategoriesForClass

_ENOUGH: Final = 3
_GUARDIANS: Final = frozenset({"guardian", "parent", "relative"})
_SAMPLES: Final = 8


@check("CNS-SEED-001")
def classes_have_school_and_terms(probe: Probe) -> Findings:
    """Every active class names its school and at least one term."""
    for listing in wholes(probe, (CLASSES,)):
        classes = [one for one in listing.records if active(one)]
        probe.examined(len(classes))
        for path, what in (("school.sourcedId", "school"), ("terms.sourcedId", "terms")):
            if lacking := sum(not any(values_at(one, path)) for one in classes):
                yield Finding(
                    f"{CLASSES.operation_id}: {lacking} of {len(classes)} classes have no {what}", listing.exchanges
                )
    require(probe, "seed an active class")


@check("CNS-SEED-002")
def there_is_a_grading_period(probe: Probe) -> Findings:
    """At least one grading period is served, and a term that classes name leads to one."""
    periods, terms = operation("getAllGradingPeriods"), operation("getAllTerms")
    listing = probe.census(periods)
    probe.examined()
    if not any(map(active, listing.records)):
        yield Finding(f"{periods.operation_id} answers no active grading period", listing.exchanges)
        return
    named = {
        str(key) for one in probe.census(CLASSES).records if active(one) for key in values_at(one, "terms.sourcedId")
    }
    within = operation("getGradingPeriodsForTerm")
    asked = []
    for term in spread([one for one in probe.census(terms).records if one.get("sourcedId") in named], _SAMPLES):
        page = probe.get(within, path={"termSourcedId": str(term.get("sourcedId"))}, query={"limit": "10000"})
        asked.append(page)
        if page.ok and probe.listed(within, page):
            return
    if asked:
        yield Finding(
            f"{within.operation_id}: none of {len(asked)} terms of classes has a grading period", tuple(asked)
        )


@check("CNS-SEED-003")
def there_is_a_category(probe: Probe) -> Findings:
    """Of the classes that are looked at, at least one has a category."""
    if getCategoriesForClass.service.name not in probe.claims.services:
        raise Untested("the target file names no gradebook service")
    pages = []
    for one in spread([one for one in probe.census(CLASSES).records if active(one)], _SAMPLES):
        page = probe.get(
            getCategoriesForClass, path={"classSourcedId": str(one.get("sourcedId"))}, query={"limit": "10000"}
        )
        probe.examined()
        refusal = refused(getCategoriesForClass, page, what="a read that the consumer makes")
        if refusal:
            yield refusal
            return
        pages.append(page)
    if pages and not any(probe.listed(getCategoriesForClass, page) for page in pages):
        yield Finding(
            f"{getCategoriesForClass.operation_id}: none of {len(pages)} classes has a category", tuple(pages)
        )
    require(probe, "seed an active class")


@check("CNS-SEED-004")
def there_are_three_of_each_kind(probe: Probe) -> Findings:
    """Of each kind of record at least three are active."""
    probe.turn_to(ROSTERING_V1P1)
    for endpoint in KINDS:
        listing = probe.census(endpoint)
        count = sum(map(active, listing.records))
        probe.examined()
        if count < _ENOUGH:
            yield Finding(
                f"{endpoint.operation_id}: {count} active records, at least {_ENOUGH} are wanted", listing.exchanges
            )


@check("CNS-SEED-005")
def there_are_guardians(probe: Probe) -> Findings:
    """At least one active user has the role of a guardian, parent or relative."""
    probe.turn_to(ROSTERING_V1P1)
    for listing in wholes(probe, (USERS,)):
        probe.examined(len(listing.ids))
        words = "role" if probe.family.is_v1p1 else "roles.role"
        if not any(_GUARDIANS & set(map(str, values_at(one, words))) for one in listing.records if active(one)):
            yield Finding(f"{USERS.operation_id}: no active user is a guardian, parent or relative", listing.exchanges)
    require(probe, "seed users")
