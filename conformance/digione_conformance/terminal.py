"""What a run says on a terminal: a progress bar where there is one, a summary that stands without the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from digione_conformance.catalogue.requirement import layer_of
from digione_conformance.catalogue.verdict import Outcome, Suits, Verdict
from digione_conformance.report.content import told_of
from digione_conformance.report.texts import consumer
from digione_conformance.running.doctor import Health, Item
from digione_conformance.running.result import CheckFinished, CheckStarted, Event, Listener, Result, RunStarted

_MARKS: Final = {Health.OK: ("ok  ", "green"), Health.WARN: ("warn", "yellow"), Health.RED: ("RED ", "bold red")}
_COLOURS: Final = {Verdict.CONFORMANT: "green", Verdict.NOT_CONFORMANT: "bold red", Verdict.INCOMPLETE: "yellow"}
_SUITS: Final = {Suits.WORKS: "green", Suits.BREAKS: "bold red", Suits.NOT_KNOWN: "yellow"}
_TOLD: Final = (
    Outcome.FAILED, Outcome.WARNING, Outcome.UNTESTED, Outcome.CANT_TELL, Outcome.WAIVED, Outcome.ATTEST
)  # fmt: skip
_BREAKING: Final = (Outcome.FAILED, Outcome.WARNING, Outcome.WAIVED)
_WORDS: Final = {
    Outcome.FAILED: "FAILED",
    Outcome.WARNING: "warning",
    Outcome.UNTESTED: "untested",
    Outcome.CANT_TELL: "undecided",
    Outcome.WAIVED: "waived",
    Outcome.ATTEST: "attest",
}


@contextmanager
def progress(console: Console) -> Iterator[Listener]:
    """Show a progress bar while checks run; on anything but a terminal, show nothing."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    )  # fmt: skip
    task = bar.add_task("checks", total=None)

    def listen(event: Event) -> None:
        if isinstance(event, RunStarted):
            bar.update(task, total=len(event.plan.checks))
        elif isinstance(event, CheckStarted):
            bar.update(task, description=event.check.name)
        elif isinstance(event, CheckFinished):
            bar.advance(task)

    with bar:
        yield listen


def show_items(console: Console, items: Iterable[Item]) -> bool:
    """Print what the doctor finds as it finds it; return whether all of it permits a run."""
    healthy = True
    for item in items:
        word, colour = _MARKS[item.health]
        console.print(Text.assemble((word, colour), f"  {item.name}: {item.message}"), soft_wrap=True)
        if item.hint:
            console.print(Text(f"      mend: {item.hint}"), soft_wrap=True)
        healthy = healthy and item.health is not Health.RED
    return healthy


def show_summary(console: Console, result: Result, *, requests: int, report: str, writes: int = 0) -> None:
    """Print the verdict of every profile, what is not met or not known, waivers, and where the report is."""
    if result.interrupted:
        console.print(Text("Interrupted: what had not finished is undecided.", "bold red"))
    for outcome in _TOLD:
        for item in result.requirements:
            if item.outcome is outcome:
                line = f"{_WORDS[outcome]:9} {item.requirement.level:6} {item.id}  {item.requirement.title.en}"
                console.print(Text(line, "bold" if outcome is Outcome.FAILED else ""), soft_wrap=True)
                console.print(Text(f"          {item.message}"), soft_wrap=True)
                if outcome in _BREAKING and item.requirement.breaks:
                    names = ", ".join(consumer(name).en for name in item.requirement.breaks)
                    console.print(Text(f"          breaks: {names}"), soft_wrap=True)
    for use in result.waivers:
        line = f"waiver of {use.waiver.requirement}: {use.use}; {use.waiver.owner}, until {use.waiver.expires}"
        fails = "; this fails the run" if use.faulty else ""
        console.print(Text(line + fails, "bold red" if use.faulty else "yellow"), soft_wrap=True)
    if not result.plan.whole:
        console.print(Text("Only a chosen part was run; profiles stay incomplete."), soft_wrap=True)
    for profile in result.plan.profiles:
        if layer_of(profile) == "consumers":
            continue  # told below, in the words of consumers
        verdict = result.verdict(profile)
        counts = ", ".join(f"{count} {outcome}" for outcome, count in result.counts(profile).items() if count)
        word = (f"{verdict}".upper(), _COLOURS[verdict])
        console.print(Text.assemble(word, f"  {profile}: {counts}"), soft_wrap=True)
    if result.plan.role == "provider":
        _show_others(console, result)
    seconds = (result.finished_at - result.started_at).total_seconds()
    changes = f", {writes} that may have changed the target" if writes else ""
    console.print(Text(f"{requests} requests{changes}, {seconds:.1f} s. Report: {report}"), soft_wrap=True)
    console.print(Text("Community profile; no OneRoster certification.", "dim"), soft_wrap=True)


def _show_others(console: Console, result: Result) -> None:
    """Print what is known of named consumers, and whether the community's own profile was claimed."""
    for served in result.served:
        word = (f"{served.verdict}".upper(), _SUITS[served.verdict])
        console.print(Text.assemble(word, f"  {served.consumer.name.en}: {told_of(served)}"), soft_wrap=True)
    if not any(layer_of(profile) == "digione" for profile in result.plan.profiles):
        console.print(Text("DigiOne profile: not claimed"), soft_wrap=True)
