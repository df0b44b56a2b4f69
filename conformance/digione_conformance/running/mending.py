"""Where to begin: the failures that most other requirements wait for, and the requirements that wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from digione_conformance.catalogue.requirement import Requirement
from digione_conformance.catalogue.verdict import Level, Outcome

MOST_STARTS: Final = 3
"""Places to begin that are named at once: more would be no beginning."""


class Decided(Protocol):
    """What is known of one requirement, in a result or in a report."""

    @property
    def requirement(self) -> Requirement:
        """The requirement."""
        ...

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        ...

    @property
    def message(self) -> str:
        """Why, in one line of English."""
        ...

    @property
    def held_back_by(self) -> tuple[str, ...]:
        """Ids of the requirements that are not met and without which it says nothing."""
        ...


D = TypeVar("D", bound=Decided)


@dataclass(frozen=True)
class Start(Generic[D]):
    """One place to begin.

    Attributes:
        entries: What stands in the way of a verdict: one rule, in every service that breaks it, or what is left open
            for one reason.
        waiting: How many requirements were held back because it is not met.
    """

    entries: tuple[D, ...]
    waiting: int

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the requirements."""
        return tuple(entry.requirement.id for entry in self.entries)

    @property
    def outcome(self) -> Outcome:
        """How they ended."""
        return self.entries[0].outcome


def where_to_begin(entries: Sequence[D]) -> tuple[Start[D], ...]:
    """Return every MUST that is not met, those first for which most others wait; with none, every MUST left open.

    A rule that several services adopt is one place: most often one line of code breaks it in all of them. So is a
    reason for which several requirements are left open: most often one line of the target file ends it.
    """
    failed = [entry for entry in entries if entry.outcome is Outcome.FAILED]
    left_open = [
        entry
        for entry in entries
        if entry.requirement.level is Level.MUST
        and entry.outcome in {Outcome.UNTESTED, Outcome.CANT_TELL}
        and not entry.held_back_by
    ]
    rules: dict[tuple[str, Outcome], list[D]] = {}
    for entry in failed or left_open:
        rules.setdefault((entry.requirement.title.en if failed else entry.message, entry.outcome), []).append(entry)
    starts = (Start(tuple(found), _waiting_for(found, entries)) for found in rules.values())
    return tuple(sorted(starts, key=lambda start: (-start.waiting, 0 if failed else -len(start.entries))))


def _waiting_for(found: Sequence[Decided], entries: Sequence[Decided]) -> int:
    ids = {entry.requirement.id for entry in found}
    return sum(not ids.isdisjoint(entry.held_back_by) for entry in entries)


def held_back(entries: Iterable[D]) -> Mapping[tuple[str, ...], tuple[D, ...]]:
    """Return the requirements that wait, by the ids of what they wait for."""
    found: dict[tuple[str, ...], list[D]] = {}
    for entry in entries:
        if entry.held_back_by:
            found.setdefault(entry.held_back_by, []).append(entry)
    return {names: tuple(each) for names, each in found.items()}
