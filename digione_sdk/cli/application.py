"""The Typer application behind `digione`: options of its own, and every sub-command that is installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, entry_points, version
from typing import Annotated, Final

import typer

GROUP: Final = "digione.commands"


def application() -> typer.Typer:
    """Build the application; what is installed announces its commands in the entry-point group `digione.commands`."""
    app = typer.Typer(
        name="digione",
        help="Tools and conformance suite for DigiOne school data (community profile; no OneRoster certification).",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        entry.load()(app)
    return app


def group(app: typer.Typer, name: str, *, help_: str) -> typer.Typer:
    """Return the group of sub-commands of that name, made where it is missing: several packages may add to one."""
    for known in app.registered_groups:
        if known.name == name and known.typer_instance is not None:
            return known.typer_instance
    made = typer.Typer(name=name, help=help_, no_args_is_help=True)
    app.add_typer(made, name=name)
    return made


def _print_version(*, wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"digione-sdk {version('digione-sdk')}")
        except PackageNotFoundError:
            typer.echo("digione-sdk (not installed)")
        raise typer.Exit


def _root(
    *,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and exit.",
            is_eager=True,
            callback=lambda wanted: _print_version(wanted=wanted),
        ),
    ] = False,
) -> None:
    """Hold the options that come before a sub-command."""
