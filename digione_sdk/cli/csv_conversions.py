"""`digione csv convert|export|diff|apply`: packages made of packages or of a store, with an account of every loss.

Exit status: 0 written; 1 written, and values were lost or put in; 2 usage; 3 a package or store cannot be read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer

from digione_sdk.errors import ConfigurationError, PackageError, UsageError

if TYPE_CHECKING:
    from digione_sdk.bulk.conversion import DeltaCount
    from digione_sdk.model.base import Json
    from digione_sdk.model.oneroster import Base
    from digione_sdk.synchronise import Store
    from digione_sdk.wire.versions import ConversionReport

UNREADABLE: Final = 3
_LOSSY: Final = 1

Source = Annotated[Path, typer.Argument(help="The package: a zip or a folder.", show_default=False)]
_Out = Annotated[Path, typer.Argument(help="Where to write: a zip where it ends in .zip, else a folder.")]
_To = Annotated[str, typer.Option("--to", help="1.1, 1.2 or 1.2.1.", metavar="VERSION")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_AnySession = Annotated[
    bool, typer.Option("--any-session", help="For 1.1, let any session stand for the grading period of a line item.")
]
VersionOption = Annotated[
    str | None,
    typer.Option("--version", help="Version to read as; by default that of the manifest.", metavar="VERSION"),
]

Zone = Annotated[
    str,
    typer.Option("--zone", help="Where the day of an instant is told, as Europe/Helsinki.", metavar="ZONE"),
]


def convert(
    source: Source,
    target: _Out,
    *,
    to: _To,
    any_session: _AnySession = False,
    park: Annotated[
        bool,
        typer.Option("--park", help="Put by what 1.1 cannot hold in a metadata column, for the way back."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a package in another version: exit 0 without loss, 1 when values were lost or put in, as is printed."""
    from digione_sdk.bulk.conversion import convert_package
    from digione_sdk.wire.versions import ConversionPolicy

    policy = ConversionPolicy(any_session=any_session, park=park)
    with readable():
        _told(convert_package(source, target, to=as_version(to, "--to"), policy=policy), as_json=as_json)


def export(
    target: _Out,
    *,
    store: Annotated[Path, typer.Option("--store", help="The store that `digione sync` keeps.", metavar="PATH")],
    to: _To = "1.2.1",
    delta: Annotated[
        bool, typer.Option("--delta/--bulk", help="Fill status and dateLastModified, or leave them blank.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", help="With --delta: tell what changed since, as 2026-11-20T00:00:00Z.", metavar="INSTANT"
        ),
    ] = None,
    any_session: _AnySession = False,
    zone: Zone = "UTC",
    as_json: JsonOption = False,
) -> None:
    """Write what a store holds as a package: exit 0 without loss, 1 when values were lost or put in, as is printed."""
    from digione_sdk.bulk.conversion import export_package
    from digione_sdk.bulk.tables import Mode
    from digione_sdk.cli.sync import store_at
    from digione_sdk.wire.versions import ConversionPolicy

    if not store.exists():
        raise ConfigurationError(f"{store}: there is no such store")
    version = as_version(to, "--to")
    policy = ConversionPolicy(any_session=any_session, zone=as_zone(zone))
    mode = Mode.DELTA if delta else Mode.BULK
    records = _held(store_at(store))
    began = _instant(since) if since else None
    _told(export_package(target, records, version=version, mode=mode, policy=policy, since=began), as_json=as_json)


def diff(
    before: Annotated[Path, typer.Argument(help="The earlier bulk package.", show_default=False)],
    after: Annotated[Path, typer.Argument(help="The later one, of the same version.", show_default=False)],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the delta.", metavar="PATH")],
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the delta that leads from one bulk package to another; rows that are gone become tobedeleted."""
    from digione_sdk.bulk.conversion import delta_between

    read_as = as_version(version, "--version") if version else None
    with readable():
        _counted(delta_between(before, after, out, version=read_as), as_json=as_json)


def apply(
    bulk: Annotated[Path, typer.Argument(help="The bulk package.", show_default=False)],
    delta: Annotated[Path, typer.Argument(help="The delta to apply to it.", show_default=False)],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the new bulk package.", metavar="PATH")],
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the bulk package that comes of applying a delta to another."""
    from digione_sdk.bulk.conversion import apply_delta

    read_as = as_version(version, "--version") if version else None
    with readable():
        _counted(apply_delta(bulk, delta, out, version=read_as), as_json=as_json)


def as_version(text: str, argument: str) -> str:
    """Return the version of that name.

    Raises:
        UsageError: There is none.
    """
    from digione_sdk.bulk import Version

    if text not in set(Version):
        raise UsageError(f"none of {', '.join(Version)}", argument=argument)
    return text


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("an instant as 2026-11-20T00:00:00Z", argument="--since") from None


def as_zone(name: str) -> tzinfo:
    """Return the time zone of that name.

    Raises:
        UsageError: There is none.
    """
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise UsageError("no such time zone, as Europe/Helsinki", argument="--zone") from None


@contextmanager
def readable() -> Iterator[None]:
    """Turn a package that cannot be read into a line and an exit status."""
    try:
        yield
    except PackageError as error:
        typer.echo(f"digione: {error}", err=True)
        raise typer.Exit(UNREADABLE) from None


def _held(store: Store) -> Iterator[Base]:
    from digione_sdk.synchronise import KINDS

    for name, kind in KINDS.items():
        for held in store.held([name]):
            yield kind.endpoint.model.model_validate_json(held.body)


def _told(report: ConversionReport, *, as_json: bool) -> None:
    typer.echo(json.dumps(_report(report), indent=2) if as_json else str(report))
    lost = (kind for kind in report.counts if kind.action in {"dropped", "defaulted"})
    # What every bulk file leaves blank is told, but is no loss that anybody could mend.
    raise typer.Exit(_LOSSY if any(kind.field != "dateLastModified" for kind in lost) else 0)


def _report(report: ConversionReport) -> Json:
    """Return a report for machines: all kinds counted, the last ten thousand changes; ids of persons stay out."""
    return {
        "lossless": report.is_lossless,
        "counts": [{**kind._asdict(), "count": count} for kind, count in report.counts.items()],
        "changes": [
            {
                "object": one.object,
                "sourcedId": None if _is_personal(one.object) else one.sourced_id,
                "field": one.field,
                "action": one.action,
                "policy": one.policy,
            }
            for one in report.changes
        ],
    }


def _is_personal(name: str) -> bool:
    from digione_sdk.model import oneroster
    from digione_sdk.model.facts import fields_of

    model = getattr(oneroster, name, None)
    return model is None or bool(fields_of(model)["sourced_id"].flags)


def _counted(counts: Mapping[str, DeltaCount], *, as_json: bool) -> None:
    if as_json:
        listed = {
            name: {"new": one.new, "changed": one.changed, "deleted": one.deleted} for name, one in counts.items()
        }
        typer.echo(json.dumps(listed, indent=2))
        return
    for name, one in counts.items():
        typer.echo(f"{name}.csv: {one.new} new, {one.changed} changed, {one.deleted} deleted")
    if not counts:
        typer.echo("nothing changed")
