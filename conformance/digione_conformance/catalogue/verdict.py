"""Verdict arithmetic: from findings to outcomes, from outcomes to a profile's verdict, from verdicts to an exit code.

outcome        counts as
passed         met
inapplicable   met: the target does not claim what the requirement is about
waived         met: a valid waiver names it
warning        a SHOULD or MAY was not met; never decides a verdict
attest         a human must state it; printed, never counted as met
failed         not met
untested       not known: the target holds too little, or lacks what the check needs
cantTell       not known: the tool, the network or an unstable target stood in the way
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Level(StrEnum):
    """How binding a requirement is."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Outcome(StrEnum):
    """What is known of one requirement after a run."""

    PASSED = "passed"
    FAILED = "failed"
    WARNING = "warning"
    INAPPLICABLE = "inapplicable"
    UNTESTED = "untested"
    CANT_TELL = "cantTell"
    WAIVED = "waived"
    ATTEST = "attest"


class Verdict(StrEnum):
    """What is known of one profile after a run."""

    CONFORMANT = "conformant"
    NOT_CONFORMANT = "not conformant"
    INCOMPLETE = "incomplete"


class Suits(StrEnum):
    """Whether a provider works with a named consumer."""

    WORKS = "works"
    BREAKS = "breaks"
    NOT_KNOWN = "not known"


class Exit(IntEnum):
    """Exit status of the `digione` command."""

    CONFORMANT = 0
    NOT_CONFORMANT = 1
    USAGE = 2
    CONFIGURATION = 3
    INCOMPLETE = 4
    INTERNAL = 5
    INTERRUPTED = 130


_UNKNOWN = frozenset({Outcome.UNTESTED, Outcome.CANT_TELL})
SEEN_TO_LACK = frozenset({Outcome.FAILED, Outcome.WARNING, Outcome.WAIVED})
"""Outcomes of what was seen not to be met, excused or not."""
MET = frozenset({Outcome.PASSED, Outcome.INAPPLICABLE, Outcome.WAIVED})


def profile_verdict(outcomes: Iterable[tuple[Level, Outcome]]) -> Verdict:
    """Return the verdict over the outcomes of a profile's active requirements.

    A failed MUST beats an untested one; a profile in which no MUST passed is incomplete, never conformant.
    """
    musts = [outcome for level, outcome in outcomes if level is Level.MUST and outcome is not Outcome.ATTEST]
    if Outcome.FAILED in musts:
        return Verdict.NOT_CONFORMANT
    if Outcome.PASSED not in musts or any(outcome in _UNKNOWN for outcome in musts):
        return Verdict.INCOMPLETE
    return Verdict.CONFORMANT if all(outcome in MET for outcome in musts) else Verdict.INCOMPLETE


def consumer_verdict(demanded: Iterable[Outcome | None], harming: Iterable[Outcome | None] = ()) -> Suits:
    """Return whether a provider works with a named consumer.

    No level counts here, and no waiver: it excuses a provider before a municipality, and mends nothing for a program.

    Args:
        demanded: Outcomes of what the consumer stands on; None for what the run did not ask.
        harming: Outcomes of what breaks it where it is not met, and need not be known otherwise.
    """
    known = list(demanded)
    if not SEEN_TO_LACK.isdisjoint(known) or not SEEN_TO_LACK.isdisjoint(harming):
        return Suits.BREAKS
    if Outcome.PASSED in known and all(outcome in MET for outcome in known):
        return Suits.WORKS
    return Suits.NOT_KNOWN


def as_profile(suits: Suits) -> Verdict:
    """Return the verdict on the profile of a named consumer, where a target claims it."""
    return {
        Suits.WORKS: Verdict.CONFORMANT,
        Suits.BREAKS: Verdict.NOT_CONFORMANT,
        Suits.NOT_KNOWN: Verdict.INCOMPLETE,
    }[suits]


def exit_status(verdicts: Iterable[Verdict]) -> Exit:
    """Return the exit status for the verdicts of all profiles: not conformant beats incomplete."""
    reached = set(verdicts)
    if Verdict.NOT_CONFORMANT in reached:
        return Exit.NOT_CONFORMANT
    if Verdict.INCOMPLETE in reached or not reached:
        return Exit.INCOMPLETE
    return Exit.CONFORMANT
