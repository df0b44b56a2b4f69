"""REST into CSV: records of the models into a package, whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from digione_sdk.bulk.conversion.accounts import noting
from digione_sdk.bulk.conversion.kinds import NAMES, Object
from digione_sdk.bulk.conversion.staging import Staging
from digione_sdk.bulk.conversion.telling import Teller
from digione_sdk.bulk.conversion.versions import tell_version
from digione_sdk.bulk.limits import DEFAULT_LIMITS
from digione_sdk.bulk.tables import Mode, Version, tables_of
from digione_sdk.errors import UsageError
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import Base, BaseStatus
from digione_sdk.wire.versions import DEFAULT_POLICY, Action, ConversionPolicy, ConversionReport
from digione_sdk.wire.versions.report import Kind

_NO_FILE: Final = "CSV has no file for it"
_TOMBSTONE: Final = "a bulk file holds what is active: the object is left out"
_BLANK: Final = "a bulk file leaves it blank"


def export_package(
    path: Path | str,
    records: Iterable[Base],
    *,
    version: Version | str = Version.V1P2P1,
    mode: Mode | str = Mode.BULK,
    policy: ConversionPolicy = DEFAULT_POLICY,
    since: datetime | None = None,
    system_name: str | None = None,
) -> ConversionReport:
    """Write records of REST as a package; the package appears whole or not at all.

    Records may come in any order and of all kinds mixed: a listing of a client, several of them chained, the records
    of a store. They are read once and staged on disk; memory does not grow with them, but for the ids that others may
    refer to and a few words on each class. A bulk package holds what is active and is closed: a link to what is not
    among the records is left out, and `status` and `dateLastModified` are blank in it.

    Args:
        path: Where to write: a zip where it ends in `.zip`, else a folder.
        records: The records.
        version: Version of the package.
        mode: Bulk or delta.
        policy: What stands in where REST and CSV do not meet.
        since: For a delta, from when on changes are told; older records are read for what others need of them alone, as
            the school of a class.
        system_name: `source.systemName` of the manifest.

    Returns:
        The account of every value that was lost, worked out or put in.

    Raises:
        UsageError: An id cannot stand in a list, because it holds a comma; or `since` is given for a bulk package, or
            has no zone.
    """
    path, version, mode, report = Path(path), Version(version), Mode(mode), ConversionReport()
    _refuse_senseless(mode, since)
    note = noting(report)
    if version is not Version.V1P1:
        _export(path, records, Teller(version, policy, note), version, mode, since, system_name)
        return report
    with tempfile.TemporaryDirectory(prefix="digione-csv-") as folder:
        # By way of 1.2: what 1.1 says of a line item is told by its class and session, which may come later.
        between, teller = Path(folder) / "1.2", Teller(Version.V1P2P1, policy, note, periods=True)
        _export(between, records, teller, Version.V1P2P1, mode, since, system_name)
        tell_version(
            between, path, to=version, policy=policy, note=note, limits=DEFAULT_LIMITS, system_name=system_name
        )
    return report


def _refuse_senseless(mode: Mode, since: datetime | None) -> None:
    if mode is Mode.ABSENT:
        raise UsageError("bulk or delta", argument="mode")
    if since is not None and (mode is Mode.BULK or since.tzinfo is None):
        raise UsageError("an instant with its zone, for a delta", argument="since")


def _export(
    path: Path,
    records: Iterable[Base],
    teller: Teller,
    version: Version,
    mode: Mode,
    since: datetime | None,
    system_name: str | None,
) -> None:
    note, silent = teller.note, teller.silent()
    with Staging(version, note, closed=mode is Mode.BULK) as staging:
        for record in records:
            name, kind = NAMES.get(type(record)), type(record).__name__
            if name is None:
                note(Kind(kind, "sourcedId", Action.DROPPED, _NO_FILE), record.sourced_id)
                continue
            if mode is Mode.BULK:
                if record.status is BaseStatus.TOBEDELETED:
                    staging.leave_out(name, record.sourced_id, field="sourcedId", why=_TOMBSTONE)
                    continue
                note(Kind(kind, "dateLastModified", Action.DROPPED, _BLANK), record.sourced_id)
            if since is None or record.date_last_modified >= since:
                for table, row in teller.rows(name, lenient(record)):
                    staging.add(table, row)
            else:
                for table, row in silent.rows(name, lenient(record)):
                    staging.remember(table, row)
        staging.write(path, mode=dict.fromkeys(tables_of(version), mode), system_name=system_name)


def lenient(record: Base) -> Object:
    """Return the record as JSON, also where an array is empty that must not be sent on so: its reader will tell."""
    try:
        return record.to_wire()
    except UsageError:
        known = {field.wire_name for field in fields_of(type(record)).values()}
        made = record.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {key: value for key, value in made.items() if key in known}
