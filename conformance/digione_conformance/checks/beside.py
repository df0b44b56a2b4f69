"""Checks of 1.1 beside 1.2 over one store: both versions hold the same records, and tell the same of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable, Untested
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, GRADEBOOK_V1P1, OLDER
from digione_conformance.probing.probe import Listing, Probe, Record
from digione_conformance.relations.asking import RESULTS, require, whole_of
from digione_conformance.relations.order import instant, number

_OF: Final = tuple(OLDER)
_SEED: Final = "seed at least one record of each kind"
_DEMANDED: Final = {
    "users": ("username",),
    "lineItems": ("gradingPeriod", "resultValueMin", "resultValueMax"),
    "results": ("score",),
}
"""What 1.1 demands of a kind and 1.2 does not: a record without it may be left out of 1.1."""


def newer(probe: Probe) -> Probe:
    """Return a view of the same family in 1.2.

    Raises:
        Inapplicable: The target file names no such service.
    """
    family = OLDER[probe.family]
    if probe.claims.base_of(family.service) is None:
        raise Inapplicable(f"the target file names no [services] {family.service.key} to compare with")
    return probe.within(family)


def _both(probe: Probe, endpoints: Iterable[ANY_ENDPOINT]) -> Iterator[tuple[Listing, Listing]]:
    """Yield what both versions list, where both could be read whole."""
    other = newer(probe)
    for endpoint in endpoints:
        told, stored = probe.census(endpoint), other.census(endpoint)
        if told.complete and stored.complete:
            yield told, stored


@check("OR-*-EDN-001", of=_OF, after=("OR-*-PAGE-004",))
def both_versions_hold_the_same_records(probe: Probe) -> Findings:
    """1.1 and 1.2 list the same ids in every collection, but for what 1.1 has no words for."""
    for told, stored in _both(probe, probe.family.collections):
        probe.examined(len(stored.ids))
        # Of the whole kind: what has no word may be told in a view where 1.2 does not list it.
        whole = newer(probe).census(whole_of(told.endpoint))
        excused = {str(r.get("sourcedId")) for r in whole.records if inexpressible(whole.endpoint, r)}
        missing = len(set(stored.ids) - set(told.ids) - excused)
        more = len(set(told.ids) - set(stored.ids) - excused)
        if missing or more:
            text = f"{told.endpoint.operation_id}: 1.1 lacks {missing} records of 1.2 and has {more} others"
            yield Finding(text, (*told.exchanges[:1], *stored.exchanges[:1]))
    require(probe, _SEED)


def inexpressible(kind: ANY_ENDPOINT, record: Record) -> bool:
    """Whether 1.1 has no words for a record of 1.2: `ext:` words, several roles, or none of what it demands."""
    words = [v for v in record.values() if isinstance(v, str)]
    roles = [role.get("role") for role in record.get("roles", ()) if isinstance(role, dict)]
    extended = any(str(word).startswith("ext:") for word in (*words, *roles))
    return extended or len(set(roles)) > 1 or any(name not in record for name in _DEMANDED.get(kind.wrapper_key, ()))


@check("OR-*-EDN-003", of=(GRADEBOOK_V1P1,), after=("OR-*-ITEM-002",))
def both_versions_tell_the_same_scores(probe: Probe) -> Findings:
    """A result has the score of 1.2 in 1.1, and one that has none in 1.2 is not told a score in 1.1."""
    told, stored = probe.census(RESULTS), newer(probe).census(RESULTS)
    if not (told.complete and stored.complete):
        raise Untested("the lists of results are too long to be read whole")
    known = {str(record.get("sourcedId")): number(record.get("score")) for record in stored.records}
    both = [record for record in told.records if str(record.get("sourcedId")) in known]
    probe.examined(len(both))
    if apart := sum(number(record.get("score")) != known[str(record.get("sourcedId"))] for record in both):
        text = f"{RESULTS.operation_id}: {apart} of {len(both)} results have another score in 1.1 than in 1.2"
        yield Finding(text, (*told.exchanges[:1], *stored.exchanges[:1]))
    if not probe.looked_at:
        raise Inapplicable("no result is told in both versions")


_SHARED: Final = (
    "status", "title", "name", "givenName", "familyName", "beginDate", "endDate", "startDate", "description", "comment",
    "scoreDate", "vendorResourceId",
)  # fmt: skip


@check("OR-*-EDN-002", of=_OF, after=("OR-*-EDN-001",))
def both_versions_tell_the_same(probe: Probe) -> Findings:
    """A record has one time of change, one status and one name in both versions: retelling changes nothing."""
    for told, stored in _both(probe, probe.family.kinds):
        known = {str(r.get("sourcedId")): r for r in stored.records}
        apart: Counter[str] = Counter()
        for record in told.records:
            other = known.get(str(record.get("sourcedId")))
            if other is None:
                continue
            probe.examined()
            apart["dateLastModified"] += _moment(record) != _moment(other)
            for name in _SHARED:
                apart[name] += record.get(name) != other.get(name)
        if found := [name for name, count in sorted(apart.items()) if count]:
            text = f"{told.endpoint.operation_id}: the versions differ in {', '.join(found)}"
            yield Finding(text, (*told.exchanges[:1], *stored.exchanges[:1]))
    require(probe, _SEED)


def _moment(record: Record) -> object:
    text = record.get("dateLastModified")
    return instant(text) or text
