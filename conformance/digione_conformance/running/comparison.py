"""What changed between two runs, read from their reports, so that runs of different machines and versions compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

from digione_conformance.catalogue.verdict import Level, Outcome, Verdict
from digione_conformance.evidence.exchange import Json

WORST_FIRST: Final = (
    Outcome.FAILED,
    Outcome.CANT_TELL,
    Outcome.UNTESTED,
    Outcome.WARNING,
    Outcome.WAIVED,
    Outcome.ATTEST,
    Outcome.INAPPLICABLE,
    Outcome.PASSED,
)
"""Outcomes by what they are worth to whoever relies on the target; inapplicable and passed are worth the same."""

_VERDICTS: Final = (Verdict.NOT_CONFORMANT, Verdict.INCOMPLETE, Verdict.CONFORMANT)
_BAD: Final = frozenset({Outcome.FAILED, Outcome.CANT_TELL, Outcome.UNTESTED})


@dataclass(frozen=True)
class Change:
    """One profile or requirement that is not as it was; None where a run does not know it."""

    id: str
    before: str | None
    after: str | None
    worse: bool
    better: bool = False
    level: str = ""
    title: str = ""
    message: str = ""

    @property
    def shown(self) -> bool:
        """Whether it stood behind another finding before: who mended the other made nothing worse."""
        return self.before == Outcome.CANT_TELL and self.after in {Outcome.FAILED, Outcome.WARNING}


@dataclass(frozen=True)
class Comparison:
    """What changed.

    Attributes:
        profiles: Profiles whose verdict changed.
        requirements: Requirements whose outcome changed, or that one run does not know; worse ones first.
        unchanged: How many requirements ended alike.
        hashes: Name -> (before, after) of what the runs were made with, where it differs: suite, catalogue, plan.
    """

    profiles: tuple[Change, ...]
    requirements: tuple[Change, ...]
    unchanged: int
    hashes: Mapping[str, tuple[str, str]]

    @property
    def worse(self) -> bool:
        """Whether anything is worse than it was."""
        return any(change.worse for change in (*self.profiles, *self.requirements))

    def as_json(self) -> Json:
        """Return it as JSON."""
        return {
            "worse": self.worse,
            "profiles": [{k: v for k, v in asdict(c).items() if v != ""} for c in self.profiles],
            "requirements": [asdict(change) for change in self.requirements],
            "unchanged": self.unchanged,
            "made_with": {name: {"before": old, "after": new} for name, (old, new) in self.hashes.items()},
        }


def compare(before: Json, after: Json) -> Comparison:
    """Compare two reports (`report.json`), the earlier one first.

    Raises:
        LookupError: One of them is no report.
        TypeError: One of them is no report.
        ValueError: One of them holds an outcome or verdict that is unknown.
    """
    old = {item["id"]: item for item in before["requirements"]}
    new = {item["id"]: item for item in after["requirements"]}
    names = list(dict.fromkeys([*new, *old]))
    changes = [_change(name, old.get(name), new.get(name)) for name in names]
    changed = [change for change in changes if change is not None]
    return Comparison(
        _verdicts(before, after),
        tuple(sorted(changed, key=lambda change: (not change.worse, change.level != Level.MUST, change.better))),
        len(changes) - len(changed),
        {name: pair for name, pair in _made_with(before, after).items() if pair[0] != pair[1]},
    )


def _change(name: str, old: Json, new: Json) -> Change | None:
    before, after = (Outcome(item["outcome"]) if item else None for item in (old, new))
    if before is after:
        return None
    known = new or old
    worse = better = False  # what is gone is told, and a smaller plan shows in the verdicts
    if before is None:
        worse = after in _BAD and known["level"] == Level.MUST
    elif after is not None:
        worse, better = _worth(after) < _worth(before), _worth(after) > _worth(before)
    message = new["message"] if new else ""
    change = Change(name, before, after, worse, better, known["level"], known["title"], message)
    return replace(change, worse=False, better=False) if change.shown else change


def _worth(outcome: Outcome) -> int:
    return WORST_FIRST.index(Outcome.PASSED if outcome is Outcome.INAPPLICABLE else outcome)


def _verdicts(before: Json, after: Json) -> tuple[Change, ...]:
    old, new = ({each["id"]: Verdict(each["verdict"]) for each in report["profiles"]} for report in (before, after))
    found = []
    for name in dict.fromkeys([*new, *old]):
        was, became = old.get(name), new.get(name)
        if was is became:
            continue
        # A profile that nobody claims any more is worse than one that was met.
        lost = was is Verdict.CONFORMANT and became is None
        worse = lost or (was is not None and became is not None and _VERDICTS.index(became) < _VERDICTS.index(was))
        found.append(Change(name, was, became, worse, not worse and was is not None and became is not None))
    return tuple(found)


def _made_with(before: Json, after: Json) -> dict[str, tuple[str, str]]:
    def of(report: Json) -> dict[str, str]:
        suite = report["suite"]
        return {"suite": suite["version"], "catalogue": suite["catalogue_sha256"], "plan": report["plan_hash"]}

    old, new = of(before), of(after)
    return {name: (old[name], new[name]) for name in old}
