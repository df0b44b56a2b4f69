"""`digione diff`: what changed between two runs, worse things first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digione_conformance.catalogue.verdict import Exit
from digione_conformance.commands.options import JsonOption
from digione_conformance.commands.printing import console, print_json
from digione_sdk.errors import ConfigurationError

if TYPE_CHECKING:
    from digione_conformance.evidence.exchange import Json
    from digione_conformance.running.comparison import Change, Comparison

_REPORT = "report.json"


def register(app: typer.Typer) -> None:
    """Add `diff` to the commands."""
    app.command("diff")(diff)


def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="Earlier report: report.json, or its folder.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Later report: report.json, or its folder.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Say what changed between two runs; exit 1 where anything is worse than it was."""
    found = compared(before, after)
    if as_json:
        print_json(found.as_json())
    else:
        show_comparison(found)
    raise typer.Exit(Exit.NOT_CONFORMANT if found.worse else Exit.CONFORMANT)


def compared(before: Path, after: Path, *, only: tuple[str, ...] = ()) -> Comparison:
    """Compare two reports on disk, of these requirements only where some are named.

    Raises:
        ConfigurationError: One of them cannot be read or is no report.
    """
    from digione_conformance.running.comparison import compare

    reports = [_report(before), _report(after)]
    try:
        if only:
            reports = [_narrowed(report, only) for report in reports]
        return compare(*reports)
    except (LookupError, TypeError, ValueError):
        raise ConfigurationError(f"{before} and {after} are not two reports of this suite") from None


def show_comparison(found: Comparison) -> None:
    """Print a comparison for people."""
    out = console()

    def say(line: str) -> None:
        """Print a line as it stands."""
        out.print(line, soft_wrap=True, markup=False)

    for name, (old, new) in found.hashes.items():
        say(f"made with another {name}: {old[:12]} -> {new[:12]}")
    for change in found.profiles:
        say(f"{_word(change):6} {change.id}: {_told(change)}")
    for change in found.requirements:
        say(f"{_word(change):6} {change.level:6} {change.id}  {_told(change)}  {change.title}")
        if change.message and (change.worse or change.shown):
            say(f"       {change.message}")
    verdict = "Worse than before." if found.worse else "Nothing is worse than before."
    say(f"{len(found.requirements)} requirements changed, {found.unchanged} ended alike. {verdict}")


def _word(change: Change) -> str:
    if change.before is None or change.after is None:
        return "WORSE" if change.worse else ("new" if change.before is None else "gone")
    return "WORSE" if change.worse else "better" if change.better else "shown" if change.shown else "other"


def _told(change: Change) -> str:
    return f"{change.before or 'not in A'} -> {change.after or 'not in B'}"


def _narrowed(report: Json, only: tuple[str, ...]) -> Json:
    kept = [item for item in report["requirements"] if item["id"] in only]
    return {**report, "requirements": kept, "profiles": []}


def _report(path: Path) -> Json:
    file = path / _REPORT if path.is_dir() else path
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{file}: there is no such file; name the folder of a run, or its {_REPORT}") from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file}: cannot be read ({type(error).__name__})") from None
