"""`digione plan`: what a run would decide and what it would leave out, known before anything is asked."""

from __future__ import annotations

from pathlib import Path

import typer

from digione_conformance.commands.options import JsonOption, OnlyOption, ProfileOption, StageOption, TargetOption
from digione_conformance.commands.printing import print_json
from digione_conformance.commands.steps import planned


def register(app: typer.Typer) -> None:
    """Add `plan` to the commands."""
    app.command("plan")(plan)


def plan(
    *,
    target: TargetOption = Path("sut.toml"),
    profile: ProfileOption = None,
    only: OnlyOption = None,
    stage: StageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a run would decide, what it would leave out and why, without asking the target anything."""
    from digione_conformance.target.file import load_target

    loaded = load_target(target)
    found = planned(loaded, profiles=profile, only=only, stages=stage)
    if as_json:
        told = {"limits": loaded.limits.model_dump(mode="json"), "plan_hash": found.sha256}
        print_json({**found.as_json(), **told})
        return
    typer.echo(f"Profiles: {', '.join(found.profiles)}")
    for requirement in found.requirements:
        typer.echo(f"  {requirement.level:6} {requirement.id}  {requirement.title.en}")
    for out in found.left_out:
        typer.echo(f"  left out: {out.requirement.id}: {out.reason}")
    for check in found.checks:
        if check.alone:
            typer.echo(f"  may change the target: {check.name}")
    limits = loaded.limits
    rate = f"{limits.requests_per_second:g} requests a second" if limits.requests_per_second else "any rate"
    budget = f"{limits.budget_seconds:g} s" if limits.budget_seconds else "no end"
    typer.echo(f"Limits: {rate}, budget {budget}, {limits.max_parallel} checks at a time")
    typer.echo(f"{len(found.requirements)} requirements, {len(found.checks)} checks, plan {found.sha256}")
