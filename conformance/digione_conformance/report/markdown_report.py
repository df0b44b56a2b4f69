"""`report.md`: the result for a pull request: verdict, what is not met, what is not known, and the rest folded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from digione_conformance.catalogue.verdict import Outcome, Suits, Verdict
from digione_conformance.report.content import NOTICE, SUITE, Content, Entry, told_of
from digione_conformance.words.texts import consumer

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]#|~$])")
_HTML: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_BREAK: Final = "&#8203;"
"""A zero-width space as an entity: it keeps a forge from making a mention, an issue reference or a link of the text."""
_MARKS: Final = {Verdict.CONFORMANT: "✅", Verdict.NOT_CONFORMANT: "❌", Verdict.INCOMPLETE: "❔"}
_SUITS: Final = {Suits.WORKS: "✅", Suits.BREAKS: "❌", Suits.NOT_KNOWN: "❔"}
_SECTIONS: Final = (
    (Outcome.FAILED, "Failed: these MUSTs are not met"),
    (Outcome.WARNING, "Warnings: these SHOULDs and MAYs are not met"),
    (Outcome.UNTESTED, "Untested: what the target lacks"),
    (Outcome.CANT_TELL, "Undecided: something stood in the way"),
    (Outcome.WAIVED, "Waived"),
    (Outcome.ATTEST, "To be attested by a person"),
)
_FOLDED: Final = ((Outcome.PASSED, "Passed"), (Outcome.INAPPLICABLE, "Inapplicable"))


def as_markdown(report: Content) -> str:
    """Return what a report says as GitHub-flavoured Markdown."""
    return "\n".join([*_head(report), *_open(report), *_waivers(report), *_folded(report), *_foot(report)]) + "\n"


def _head(report: Content) -> Iterator[str]:
    role = {"provider": "", "consumer": " as a consumer", "file": " as a package"}[report.role]
    yield f"# Conformance of {_text(report.target)}{role}"
    yield ""
    for judged in (*report.of_layer("standard"), *report.of_layer("digione")):
        yield f"{_MARKS[judged.verdict]} **{judged.verdict}**: `{judged.profile}`  "
    if report.role == "provider" and not report.of_layer("digione"):
        yield "DigiOne profile: not claimed  "
    yield ""
    if report.served:
        rows = [
            [f"{_SUITS[each.verdict]} **{each.verdict}**", _text(each.consumer.name.en), _text(told_of(each))]
            for each in report.served
        ]
        yield from _table(["verdict", "named consumer", "what it rests on"], rows)
    if report.interrupted:
        yield "The run was interrupted. What had not finished is undecided."
        yield ""
    if not report.whole:
        yield "Only a part of the requirements was chosen; no profile can be found conformant by it."
        yield ""
    yield from _table(
        ["outcome", *(f"`{judged.profile}`" for judged in report.counted)],
        [
            [str(outcome), *(str(judged.counts[outcome]) for judged in report.counted)]
            for outcome in Outcome
            if any(judged.counts[outcome] for judged in report.counted)
        ],
    )


def _open(report: Content) -> Iterator[str]:
    for outcome, heading in _SECTIONS:
        entries = report.with_outcome(outcome)
        if not entries:
            continue
        yield f"## {heading} ({len(entries)})"
        yield ""
        if outcome in {Outcome.FAILED, Outcome.WARNING}:
            yield from _table(
                ["requirement", "what was seen", "how to mend it", "who breaks"],
                [
                    [
                        _named(entry),
                        _seen(entry),
                        _text(entry.requirement.fix.en),
                        ", ".join(_text(consumer(name).en) for name in entry.requirement.breaks) or "-",
                    ]
                    for entry in entries
                ],
            )
        else:
            yield from _table(["requirement", "why"], [[_named(entry), _text(entry.message)] for entry in entries])


def _waivers(report: Content) -> Iterator[str]:
    if not report.waivers:
        return
    yield f"## Waivers ({len(report.waivers)})"
    yield ""
    yield from _table(
        ["requirement", "use", "owner", "until", "reason"],
        [
            [
                _text(waiver.requirement),
                f"**{waiver.use}: fails the run**" if waiver.faulty else waiver.use,
                _text(waiver.owner),
                waiver.expires,
                _text(f"{waiver.reason} {waiver.issue or ''}"),
            ]
            for waiver in report.waivers
        ],
    )


def _folded(report: Content) -> Iterator[str]:
    for outcome, heading in _FOLDED:
        entries = report.with_outcome(outcome)
        if entries:
            yield from _details(
                f"{heading} ({len(entries)})",
                ["requirement", "why"],
                [[_named(entry), _text(entry.message)] for entry in entries],
            )
    if report.left_out:
        yield from _details(
            f"Not part of this run ({len(report.left_out)})",
            ["requirement", "why"],
            [[f"`{out.requirement.id}`", _text(out.reason)] for out in report.left_out],
        )


def _foot(report: Content) -> Iterator[str]:
    judged = f"{report.package.rows} rows" if report.package else f"{report.requests} requests"
    yield (
        f"{judged} · {SUITE} {_text(report.suite_version)} · plan `{report.plan_hash[:12]}` · "
        f"catalogue `{report.catalogue_sha256[:12]}`"
    )
    yield ""
    yield f"*{NOTICE}*"


def _seen(entry: Entry) -> str:
    if not entry.places:
        return _text(entry.message)
    more = entry.finding_count - len(entry.messages)
    return "<br>".join([*map(_text, entry.messages), *([f"... and {more} more"] if more > 0 else [])])


def _named(entry: Entry) -> str:
    return f"`{entry.id}` {entry.requirement.level}<br>{_text(entry.requirement.title.en)}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _details(summary: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "<details>"
    yield f"<summary>{summary}</summary>"
    yield ""
    yield from _table(heads, rows)
    yield "</details>"
    yield ""


def _text(text: str) -> str:
    """Return one line that Markdown, its HTML and a forge's own shorthands leave as it is."""
    words = " ".join(text.split()).translate(_HTML)
    words = re.sub(r"&(?!amp;|lt;|gt;)", "&amp;", words)
    words = _SPECIAL.sub(r"\\\1", words)
    # A backslash stops Markdown but neither a mention (@team), an issue (#1, GH-1) nor a bare address.
    words = re.sub(r"@(?=\w)", f"@{_BREAK}", words)
    words = re.sub(r"(?i)(\\#|\bGH-)(?=\d)", rf"\1{_BREAK}", words)
    return re.sub(r"(?i)(:(?=//)|\bwww(?=\.))", rf"\1{_BREAK}", words)
