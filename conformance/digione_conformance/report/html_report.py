"""`report.html`: the result for people, one self-contained file that needs no script and no network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.report.excerpt import Excerpt, excerpt
from digione_conformance.report.texts import texts
from digione_conformance.running.result import RequirementResult, Result
from digione_conformance.target.file import Target

_MOST_EXCHANGES: Final = 3
_MOST_FINDINGS: Final = 8
_MARKS: Final = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.WARNING: "!",
    Outcome.INAPPLICABLE: "∅",
    Outcome.UNTESTED: "?",
    Outcome.CANT_TELL: "…",
    Outcome.WAIVED: "○",
    Outcome.ATTEST: "✎",
}
_OPEN: Final = (Outcome.FAILED, Outcome.WARNING, Outcome.UNTESTED, Outcome.CANT_TELL, Outcome.ATTEST, Outcome.WAIVED)
_FOLDED: Final = (Outcome.PASSED, Outcome.INAPPLICABLE)


@dataclass(frozen=True)
class _Entry:
    """One requirement with what is shown of its exchanges."""

    result: RequirementResult
    excerpts: tuple[Excerpt, ...]
    messages: tuple[str, ...]


def html_report(result: Result, target: Target, recorder: Recorder, *, language: str = "en") -> str:
    """Return the report as one HTML document.

    Raises:
        KeyError: There is no such language.
    """
    environment = Environment(
        loader=PackageLoader("digione_conformance.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    by_outcome = {
        outcome: [_entry(item, recorder) for item in result.requirements if item.outcome is outcome]
        for outcome in Outcome
    }
    return environment.get_template("report.html.j2").render(
        t=texts(language),
        language=language,
        result=result,
        target=target,
        requests=recorder.requests,
        marks=_MARKS,
        outcomes=Outcome,
        open_groups=[(outcome, by_outcome[outcome]) for outcome in _OPEN],
        folded_groups=[(outcome, by_outcome[outcome]) for outcome in _FOLDED],
    )


def _entry(item: RequirementResult, recorder: Recorder) -> _Entry:
    shown = item.exchanges[:_MOST_EXCHANGES] if item.outcome not in _FOLDED else ()
    messages = tuple(dict.fromkeys(finding.message for finding in item.findings))[:_MOST_FINDINGS]
    return _Entry(item, tuple(excerpt(exchange, recorder) for exchange in shown), messages or (item.message,))
