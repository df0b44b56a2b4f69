"""`report.html`: the result for people, one self-contained file in three languages that needs no network.

Every text stands in the page in all languages, each marked with its own; radio buttons and style sheet show one of
them, so the switch works where scripts are forbidden. The script only carries the choice on to the page's language and
title, opens what is folded when a link leads there, and opens everything for print.
A content security policy permits this style sheet and this script and nothing else, whatever a target wrote.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import urljoin

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from digione_conformance.catalogue.text import Text
from digione_conformance.catalogue.verdict import Outcome, Suits, Verdict
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.report.content import FOLDED, SUITE, Content, content, documentation, page_of
from digione_conformance.running.mending import MOST_STARTS
from digione_conformance.running.result import Result
from digione_conformance.target.file import Target
from digione_conformance.words.texts import LANGUAGES, consumer, told, why, words

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
_VERDICT_MARKS: Final = {Verdict.CONFORMANT: "✓", Verdict.NOT_CONFORMANT: "✗", Verdict.INCOMPLETE: "?"}
_SUITS_MARKS: Final = {Suits.WORKS: "✓", Suits.BREAKS: "✗", Suits.NOT_KNOWN: "?"}
_OPEN: Final = (Outcome.FAILED, Outcome.WARNING, Outcome.UNTESTED, Outcome.CANT_TELL, Outcome.ATTEST, Outcome.WAIVED)
_MOST_PLACES: Final = 20
"""Places of one requirement that the page shows."""
_MOST_NAMED: Final = 6
_MOST_PRINTED: Final = 16
"""Lines of an answer beyond which paper shows its beginning only."""
_NOWHERE: Final = "base-uri 'none'; form-action 'none'"
_NAMES: Final = {"en": "English", "fi": "Suomi", "sv": "Svenska"}


def html_report(result: Result, target: Target, recorder: Recorder, *, language: str = "en") -> str:
    """Return the report of a result as one HTML document.

    Raises:
        KeyError: There is no such language.
    """
    return as_html(content(result, target, recorder), language=language)


def as_html(report: Content, *, language: str = "en") -> str:
    """Return what a report says as one HTML document that opens in `language`.

    Raises:
        KeyError: There is no such language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    style, script = _asset("report.css"), _asset("report.js")
    return _environment().get_template("report.html.j2").render(
        report=report,
        language=language,
        languages={code: _NAMES[code] for code in LANGUAGES},
        titles={code: words()["title"].within(code) for code in LANGUAGES},
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; {_NOWHERE}",
        english_note=words()["english_note"],
        suite=SUITE,
        outcomes=[outcome for outcome in Outcome if _counts(report, outcome)],
        most_places=_MOST_PLACES,
        marks=_MARKS,
        verdict_marks=_VERDICT_MARKS,
        suits_marks=_SUITS_MARKS,
        most_starts=MOST_STARTS,
        most_named=_MOST_NAMED,
        most_printed=_MOST_PRINTED,
        open_groups=[(outcome, report.with_outcome(outcome)) for outcome in _OPEN],
        folded_groups=[(outcome, report.with_outcome(outcome)) for outcome in Outcome if outcome in FOLDED],
    )  # fmt: skip


def _counts(report: Content, outcome: Outcome) -> bool:
    """Whether the table of counts has a column for an outcome: all eight would not stand on a page side by side."""
    return outcome in {Outcome.PASSED, Outcome.FAILED} or any(judged.counts[outcome] for judged in report.counted)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("digione_conformance.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "say": _say,
        "counted": _counted,
        "known": lambda key: key in words(),
        "told": lambda message: _in_all(told(message)),
        "consumer": lambda name: _in_all(consumer(name)),
        "why": why,
        "page_of": page_of,
        "page_link": _page_link,
    }
    environment.filters["in_all"] = _in_all
    return environment


def _say(key: str) -> Markup:
    return _in_all(words()[key])


def _counted(key: str, count: int) -> Markup:
    text = words()[key]
    return _in_all(Text(**{code: text.within(code).format(count=count) for code in LANGUAGES}))


def _in_all(text: Text) -> Markup:
    """Return a text in every language; where it is not translated it stands in English and is marked as English."""
    if len({text.within(code) for code in LANGUAGES}) == 1:
        return Markup('<span lang="en">{}</span>').format(text.en)
    shown = [
        Markup('<span class="l" data-l="{}" lang="{}">{}</span>').format(
            code, code if getattr(text, code) else "en", text.within(code)
        )
        for code in LANGUAGES
    ]
    return Markup("").join(shown)


def _page_link(requirement_id: str) -> str | None:
    root = documentation()
    return urljoin(root, page_of(requirement_id)) if root else None


def _asset(name: str) -> str:
    return (files("digione_conformance.report") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
