"""What a run says on a terminal: a progress bar where there is one, a summary that stands without the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from digione_conformance.catalogue.requirement import layer_of
from digione_conformance.catalogue.undecided import NO_ANSWER
from digione_conformance.catalogue.verdict import Outcome, Suits, Verdict
from digione_conformance.report.content import told_of
from digione_conformance.running.item import Health, Item
from digione_conformance.running.mending import MOST_STARTS, held_back, where_to_begin
from digione_conformance.running.result import CheckFinished, CheckStarted, Event, Listener, Result, RunStarted
from digione_conformance.words.texts import consumer, texts, told

_HEALTH: Final = {Health.OK: "green", Health.WARN: "yellow", Health.RED: "bold red"}
_COLOURS: Final = {Verdict.CONFORMANT: "green", Verdict.NOT_CONFORMANT: "bold red", Verdict.INCOMPLETE: "yellow"}
_SUITS: Final = {Suits.WORKS: "green", Suits.BREAKS: "bold red", Suits.NOT_KNOWN: "yellow"}
_TOLD: Final = (
    Outcome.FAILED, Outcome.WARNING, Outcome.UNTESTED, Outcome.CANT_TELL, Outcome.WAIVED, Outcome.ATTEST
)  # fmt: skip
_BREAKING: Final = (Outcome.FAILED, Outcome.WARNING, Outcome.WAIVED)
_INDENT: Final = 10
_SILENT: Final = 5
"""Requirements without any answer from which on the target, and no single question, is to be looked at."""


@contextmanager
def progress(console: Console) -> Iterator[Listener]:
    """Show a progress bar while checks run; on anything but a terminal, show nothing."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    )  # fmt: skip
    task = bar.add_task("checks", total=None)

    def listen(event: Event) -> None:
        """Move the bar."""
        if isinstance(event, RunStarted):
            bar.update(task, total=len(event.plan.checks))
        elif isinstance(event, CheckStarted):
            bar.update(task, description=event.check.name)
        elif isinstance(event, CheckFinished):
            bar.advance(task)

    with bar:
        yield listen


def show_items(console: Console, items: Iterable[Item], *, language: str = "en") -> bool:
    """Print what the doctor finds as it finds it; return whether all of it permits a run."""
    say = texts(language)
    width = max(len(say[f"d.{health}"]) for health in Health)
    healthy = True
    for item in items:
        word = f"{say[f'd.{item.health}']:{width}}"
        seen = f"  {item.name.within(language)}: {item.message.within(language)}"
        console.print(Text.assemble((word, _HEALTH[item.health]), seen), soft_wrap=True)
        if item.hint:
            console.print(Text(f"{'':{width}}  {say['d.mend']}: {item.hint.within(language)}"), soft_wrap=True)
        healthy = healthy and item.health is not Health.RED
    return healthy


def show_summary(
    console: Console, result: Result, *, requests: int, report: str, writes: int = 0, language: str = "en"
) -> None:
    """Print what is not met or not known, waivers, the verdict of every profile, where to begin, and the report.

    What matters most stands last, where a terminal leaves off.
    """
    say = texts(language)
    if result.interrupted:
        _line(console, Text(say["interrupted"], "bold red"))
    _show_open(console, result, language)
    for found in result.advisory:
        _line(console, Text(f"{say['t.advisory']}  {found.message}"))
    for use in result.waivers:
        what = say[f"use.{use.use}"]
        until = f"{say['t.until']} {use.waiver.expires}"
        line = f"{say['t.waiver']} {use.waiver.requirement}: {what}; {use.waiver.owner}, {until}"
        fails = f"; {say['t.fails']}" if use.faulty else ""
        _line(console, Text(line + fails, "bold red" if use.faulty else "yellow"))
    if not result.plan.whole:
        _line(console, Text(say["partial"]))
    for profile in result.plan.profiles:
        if layer_of(profile) == "consumers":
            continue  # told below, in the words of consumers
        verdict = result.verdict(profile)
        counts = ", ".join(f"{count} {say[outcome]}" for outcome, count in result.counts(profile).items() if count)
        _line(console, Text.assemble((say[verdict].upper(), _COLOURS[verdict]), f"  {profile}: {counts}"))
    if result.plan.role == "provider":
        _show_others(console, result, language)
    _show_beginning(console, result, language)
    seconds = (result.finished_at - result.started_at).total_seconds()
    changes = say["t.writes"].format(writes=writes) if writes else ""
    _line(console, Text(say["t.report"].format(requests=requests, changes=changes, seconds=seconds, report=report)))
    _line(console, Text(say["t.notice"], "dim"))


def _show_open(console: Console, result: Result, language: str) -> None:
    """Print every requirement that is not met or not known; those that only wait for another, in one line together."""
    say = texts(language)
    width = max((len(say[item.outcome]) for item in result.requirements if item.outcome in _TOLD), default=0)
    for outcome in _TOLD:
        word = say[outcome].upper() if outcome is Outcome.FAILED else say[outcome]
        for item in result.requirements:
            if item.outcome is not outcome or item.held_back_by:
                continue
            line = f"{word:{width}} {item.requirement.level:6} {item.id}  {item.requirement.title.within(language)}"
            _line(console, Text(line, "bold" if outcome is Outcome.FAILED else ""))
            _line(console, Text(told(item.message).within(language)), indent=_INDENT)
            if outcome in _BREAKING and item.requirement.breaks:
                names = ", ".join(consumer(name).within(language) for name in item.requirement.breaks)
                _line(console, Text(f"{say['t.breaks']}: {names}"), indent=_INDENT)
        for missing, waiting in held_back(one for one in result.requirements if one.outcome is outcome).items():
            what = say["t.waiting"].format(count=len(waiting), names=", ".join(missing))
            _line(console, Text(f"{word:{width}} {what}"))
            ids = ", ".join(item.id for item in waiting)
            _line(console, Text(ids), indent=_INDENT)


def _show_beginning(console: Console, result: Result, language: str) -> None:
    """Print what to mend first and how to look at it alone."""
    say = texts(language)
    unanswered = sum(
        item.outcome is Outcome.CANT_TELL and f" {NO_ANSWER}: " in item.message for item in result.requirements
    )
    if unanswered >= _SILENT:
        _line(console, Text(say["t.silent"].format(count=unanswered), "bold red"))
    for start in where_to_begin(result.requirements)[:MOST_STARTS]:
        waiting = f" ({say['begin.waiting'].format(count=start.waiting)})" if start.waiting else ""
        look = f"{', '.join(start.ids)}{waiting}; digione explain {start.ids[0]}"
        if start.outcome is not Outcome.FAILED:
            more = say["begin.others"].format(count=len(start.ids) - 1) if len(start.ids) > 1 else ""
            look = f"{told(start.entries[0].message).within(language)} ({start.ids[0]}{more})"
        _line(console, Text.assemble((f"{say['begin.' + start.outcome]}: ", "bold"), look))


def _line(console: Console, text: Text, *, indent: int = 0) -> None:
    """Print one line; a terminal gets it broken between words and indented, a file or a pipe in one piece."""
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent), expand=False))
    else:
        console.print(Text(" " * indent).append_text(text), soft_wrap=True)


def _show_others(console: Console, result: Result, language: str) -> None:
    """Print what is known of named consumers, and whether the community's own profile was claimed."""
    say = texts(language)
    for served in result.served:
        if not result.plan.whole and len(served.unasked) == len(served.consumer.demands):
            continue  # a chosen part that asks nothing of a consumer's says nothing of it
        word = (say[f"suits.{served.verdict}"].upper(), _SUITS[served.verdict])
        name = served.consumer.name.within(language)
        _line(console, Text.assemble(word, f"  {name}: {told_of(served, language)}"))
    if not any(layer_of(profile) == "digione" for profile in result.plan.profiles):
        _line(console, Text(f"{say['t.digione']}: {say['layer.none.digione']}"))
