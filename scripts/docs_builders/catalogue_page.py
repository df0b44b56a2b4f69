"""The pages of requirements: the catalogue, and for each what it demands, how it is met and missed, what it catches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from digione_conformance.catalogue.consumers import shipped_consumers
from digione_conformance.catalogue.requirement import Requirement, load_catalogue
from digione_mock_server.faults import FAULTS

from docs_builders import recorded
from docs_builders.markdown import code, codes, page, table

_EVIDENCE = {
    "official": "the standard says so",
    "statute": "the law says so",
    "register": "a national register says so",
    "implementation": "implementations and their makers say so",
    "ours": "this project says so",
}


def _row(requirement: Requirement) -> list[str]:
    return [
        f"[`{requirement.id}`]({requirement.id.lower()}.md)",
        requirement.level if requirement.status == "active" else f"{requirement.level} ({requirement.status})",
        requirement.title.en,
        "<br>".join(code(profile) for profile in requirement.profiles),
        "<br>".join(f"{source.document}, {source.clause} ({source.evidence})" for source in requirement.source),
    ]


def requirements() -> str:
    """The whole catalogue as a table."""
    catalogue = load_catalogue()
    columns = ("id", "level", "title", "profiles", "clause (evidence)")
    return page(
        "Requirements",
        f"The catalogue: {len(catalogue.requirements)} requirements, read from `specs/requirements/`, each with a page "
        "of its own. A MUST in a OneRoster profile rests on the standard, law or a national register; our own rules "
        "bind only in `digione-*` profiles, which are community profiles. *Evidence* says how sure we are. "
        "`digione explain ID` prints the same in the terminal. What the requirements catch is told in the "
        "[kill matrix](../kill-matrix.md), and which known pitfalls they cover in [Pitfalls](../pitfalls.md).",
        f"Profiles: {codes(catalogue.profiles)}.",
        table(columns, [_row(requirement) for requirement in catalogue]),
    )


def requirement(one: Requirement) -> str:
    """The page of one requirement."""
    facts = [
        ["level", one.level if one.status == "active" else f"{one.level} ({one.status})"],
        ["role", one.role],
        ["profiles", "<br>".join(code(profile) for profile in one.profiles)],
        ["clause", "<br>".join(f"{s.document}, {s.clause} - {_EVIDENCE[s.evidence]}" for s in one.source)],
    ]
    if one.pitfalls:
        facts.append(["pitfalls", ", ".join(f"[{number}](../pitfalls.md#{number})" for number in one.pitfalls)])
    if one.breaks:
        facts.append(["who breaks otherwise", "<br>".join(_suffering(one, name) for name in one.breaks)])
    if one.verification != "auto":
        facts.append([f"not decided by the suite ({one.verification})", one.reason or ""])
    return page(
        one.id,
        f"**{one.title.en}**",
        table(("", ""), facts),
        f"**Passes when:** {one.passes.en}",
        f"**Fix:** {one.fix.en}",
        *([f"Run it alone: `digione run --target sut.toml --only {one.id}`"] if one.role == "provider" else []),
        *_examples(one),
        *_caught(one),
        *_translations(one),
    )


def _suffering(one: Requirement, name: str) -> str:
    consumer = shipped_consumers()[name]
    reasons = " ".join(text.en for text in consumer.why(one.id))
    return f"[{consumer.name.en}](../named-consumers.md#{name}): {reasons}"


def named_consumers() -> str:
    """The named consumers: what each does, and the requirements that it stands on."""
    known = load_catalogue().requirements
    parts = []
    for name, consumer in shipped_consumers().items():
        rows = [
            [
                need.why.en,
                "<br>".join(_linked(known[one]) for one in need.requirements) or "-",
                "<br>".join(_linked(known[one]) for one in need.harmed_by) or "-",
            ]
            for need in consumer.need
        ]
        parts.append(f"## {consumer.name.en} {{#{name}}}")
        parts.append(
            f"Profile `{name}`, {len(consumer.demands)} demands. {_SPEAKS[consumer.speaks]} "
            f"Known from: {consumer.known_from}."
        )
        parts.append(table(("what it does", "must be met", "breaks it where it is not met"), rows))
    return page(
        "Named consumers",
        "Products that read rosters, and what each of them stands on, read from `specs/requirements/named-consumers/`. "
        "A run judges a provider before each: it *works* where all that must be met is known to be met, *breaks* "
        "where something was seen not to be, and is *not known* otherwise. What stands in the last column need not be "
        "known: it can only be seen in a test environment, or goes further than the consumer is known to look. How to "
        "read the verdicts is told in [the guide](../guides/named-consumers.md). The makers had no part in it.",
        *parts,
    )


_SPEAKS = {
    "1.1": "It calls OneRoster 1.1; what 1.2 shows of the same demands is judged there.",
    "1.2": "It calls OneRoster 1.2.",
    "any": "No version of its own.",
}


def _linked(one: Requirement) -> str:
    return f"[`{one.id}`](requirements/{one.id.lower()}.md) {one.title.en}"


def _examples(one: Requirement) -> Iterator[str]:
    pair = recorded.exchanges().get(one.id, {})
    if passing := pair.get("passing"):
        yield "## An exchange that passes"
        yield "Recorded from the reference server without a fault; the people are synthetic, personal values replaced."
        yield _exchange(passing)
    if failing := pair.get("failing"):
        yield "## An exchange that fails"
        yield f"Recorded from the reference server with the fault `{failing['fault']}`. The suite said:"
        yield f"> {_escaped(failing['message'])}"
        yield _exchange(failing)


def _exchange(shown: dict[str, Any]) -> str:
    method = "TLS handshake with" if shown["method"] == "TLS" else shown["method"]
    head = [f"{method} {shown['url']}", f"(asked as {shown['auth']})", "", str(shown["status"])]
    lines = [*head, *(f"{name}: {value}" for name, value in shown["headers"]), "", *shown["body"].splitlines()]
    return "```text\n" + "\n".join(lines).rstrip().replace("```", "'''") + "\n```"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_").replace("`", "\\`")


def _caught(one: Requirement) -> Iterator[str]:
    faults = [FAULTS[fault] for fault in recorded.kills().get(one.id, []) if fault in FAULTS]
    if faults:
        yield "## Faults that it catches"
        yield table(("fault", "what the server does wrong"), [[code(fault.id), fault.summary] for fault in faults])


def _translations(one: Requirement) -> Iterator[str]:
    for language, heading in (("fi", "Suomeksi"), ("sv", "På svenska")):
        title, passes, fix = (getattr(text, language) for text in (one.title, one.passes, one.fix))
        if title:
            told = [f"**{title}**", *([passes] if passes else []), *([fix] if fix else [])]
            yield f'## {heading}\n\n<div lang="{language}" markdown="1">\n\n' + "\n\n".join(told) + "\n\n</div>"


def kill_matrix() -> str:
    """Which requirement notices which fault, as the last whole run of `digione mutants` found."""
    matrix = recorded.kill_matrix()
    killed = {entry["id"]: entry["killed_by"] for entry in matrix["faults"]}
    rows = [
        [code(fault.id), fault.layer, fault.summary, _killers(killed.get(fault.id, []))] for fault in FAULTS.values()
    ]
    dead = sum(1 for fault in FAULTS if killed.get(fault))
    whole = sum(1 for fault in FAULTS if recorded.met(fault) >= matrix["clean"].keys())
    note = (
        f"{whole} of the faults have met all {len(matrix['clean'])} requirements on record. The others have met some "
        "of their own part of the standard at least: more than the ones named here may notice them."
    )
    return page(
        "Kill matrix",
        "A check that cannot fail proves nothing. So the reference server can be told to be wrong in the ways in "
        "which real servers are, one fault at a time, and `digione mutants` runs every check against every fault. "
        f"In the recorded run {dead} of {len(FAULTS)} faults were noticed. The result is computed and never "
        "declared; the same command computes it on your machine.",
        *([note] if whole < len(FAULTS) else []),
        table(("fault", "layer", "what the server does wrong", "noticed by"), rows),
    )


def _killers(names: list[str]) -> str:
    known = load_catalogue().requirements
    return "<br>".join(f"[{name}](requirements/{name.lower()}.md)" for name in names if name in known) or "-"
