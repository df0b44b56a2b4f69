"""Applies waivers after judging: a failed MUST becomes waived, and every waiver is accounted for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from digione_conformance.catalogue.verdict import Level, Outcome
from digione_conformance.running.result import RequirementResult, Result
from digione_conformance.running.waiver import Use, Waiver, WaiverUse

_UNDECIDED: Final = frozenset({Outcome.UNTESTED, Outcome.CANT_TELL})


def with_waivers(result: Result, waivers: Sequence[Waiver], *, known: Collection[str], today: date) -> Result:
    """Return the result with waivers applied.

    Args:
        result: What was found.
        waivers: At most one per requirement.
        known: Ids of all requirements of the catalogue.
        today: The day on which they must be valid; a waiver counts on the day on which it expires.
    """
    found = {item.id: item for item in result.requirements}
    uses = tuple(WaiverUse(each, _use(each, found.get(each.requirement), known, today)) for each in waivers)
    used = {each.waiver.requirement: each.waiver for each in uses if each.use is Use.USED}
    requirements = tuple(_waived(item, used[item.id]) if item.id in used else item for item in result.requirements)
    return replace(result, requirements=requirements, waivers=uses)


def _use(waiver: Waiver, item: RequirementResult | None, known: Collection[str], today: date) -> Use:
    if waiver.requirement not in known:
        return Use.UNKNOWN
    if waiver.expires < today:
        return Use.EXPIRED
    if item is None:
        return Use.NOT_IN_RUN
    if item.requirement.level is not Level.MUST:
        return Use.NOT_A_MUST
    if item.outcome is Outcome.FAILED:
        return Use.USED
    return Use.UNDECIDED if item.outcome in _UNDECIDED else Use.UNUSED


def _waived(item: RequirementResult, waiver: Waiver) -> RequirementResult:
    # What was found stays in the result: a waiver excuses a failure, it does not hide it.
    terms = f"waived by {waiver.owner} until {waiver.expires.isoformat()}: {waiver.reason}"
    return replace(item, outcome=Outcome.WAIVED, message=f"{item.message} [{terms}]")
