"""Entity tags over time: what a client remembers by its tag must be refreshed once the object has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from digione_conformance.catalogue.undecided import CantTell, Inapplicable
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import single_of
from digione_conformance.probing.probe import Probe
from digione_conformance.relations.asking import USERS
from digione_conformance.stages.school import School
from digione_sdk.wire.filter import Clause, Predicate

_NOT_MODIFIED: Final = 304


@check("OR-ROS-MODEL-004", stage="model", alone=True)
def a_changed_object_has_another_tag(probe: Probe) -> Findings:
    """After a change the old ETag of the single read and of the list is neither sent nor accepted any more."""
    school = School.within(probe)
    try:
        school.reset()
        school.take("arrive 0")
        before = dict(_reads(school))
        school.take("rename 0")
        found = [finding for name, page in before.items() for finding in _stale(probe, name, page)]
    finally:
        left = school.clean()
    yield from found
    if left:
        raise CantTell(f"left behind in the target: {', '.join(left)}")
    if not probe.looked_at:
        raise Inapplicable("the target sends no ETag")


def _reads(school: School) -> Iterator[tuple[str, Exchange]]:
    """Yield the single read of the person that was touched, and the list that holds nobody else."""
    if school.touched is None:
        return
    clause = Clause("sourcedId", Predicate.EQ, school.touched.id)
    single = single_of(USERS)
    path = {"sourcedId": school.touched.id}
    yield single.operation_id, school.probe.get(single, path=path, fresh=True)
    yield USERS.operation_id, school.probe.get(USERS, query={"filter": str(clause)}, fresh=True)


def _stale(probe: Probe, name: str, before: Exchange) -> Findings:
    tag = before.headers.get("etag")
    if not before.ok or tag is None:
        return
    probe.examined()
    ask = before.ask
    kept = probe.ask(type(ask)(ask.method, ask.url, ask.auth, (("If-None-Match", tag),)), fresh=True)
    after = probe.ask(ask, fresh=True)
    if kept.status == _NOT_MODIFIED:
        yield Finding.at(f"{name}: the ETag from before a change still answers 304", before, kept)
    if after.ok and after.headers.get("etag") == tag and after.body != before.body:
        yield Finding.at(f"{name}: another answer has the same ETag", before, after)
