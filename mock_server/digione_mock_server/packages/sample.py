"""Writes a sample package: the municipality, exported by the SDK; with a fault, spoilt on its way out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from digione_mock_server.naming import told_unknown
from digione_mock_server.packages.dialects import PACKAGE_DIALECTS
from digione_mock_server.packages.export import Export
from digione_mock_server.packages.faults import PACKAGE_FAULTS, PackageFault
from digione_mock_server.settings import TODAY
from digione_mock_server.source import SeedSource
from digione_sdk.bulk.conversion import export_package
from digione_sdk.bulk.tables import Mode, Version
from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base, LineItem, Result, User

_DELTA_DAYS: Final = 30
_SYSTEM: Final = "digione reference exporter (synthetic data)"


@dataclass(frozen=True, slots=True)
class Sample:
    """What is in a package.

    Attributes:
        size: Size of the synthetic municipality: school, municipality, city. All of it is held in memory.
        seed: Number from which all synthetic values follow.
        today: Day around which the data is built.
        version: Version of the files.
        mode: Bulk, or a delta of what changed in the 30 days before `today`, tombstones included.
    """

    size: str = "school"
    seed: int = 1
    today: date = TODAY
    version: Version = Version.V1P2P1
    mode: Mode = Mode.BULK


def write_sample(path: Path, sample: Sample, *, fault: str | None = None, dialects: Sequence[str] = ()) -> Path:
    """Write the municipality as a zip; what stands at `path` is replaced.

    Pupils under a protection order, and whatever concerns them, are in no package; nor are results above the maximum of
    their line item, which CSV does not permit.

    Args:
        path: Where to write it, ending in `.zip`.
        sample: What to write.
        fault: Id of an export fault.
        dialects: Ids of dialects, in the order in which they are applied; not beside a fault.

    Raises:
        UsageError: The path is no zip, a mode is none that is written, a dialect is unknown or beside a fault, or the
            fault is unknown or shows in another version or mode only.
    """
    if path.suffix.lower() != ".zip":
        raise UsageError(f"{path.name} does not end in .zip", argument="path")
    if sample.mode is Mode.ABSENT:
        raise UsageError("bulk or delta", argument="mode")
    for dialect in dialects:
        if fault is not None or dialect not in PACKAGE_DIALECTS:
            known = f"known: {', '.join(PACKAGE_DIALECTS)}"
            raise UsageError("not beside a fault" if fault else f"unknown: {dialect}; {known}", argument="dialect")
    if fault is None and not dialects:
        return _write(path, sample)
    export = _clean(sample).copy()
    if fault is None:
        for dialect in dialects:
            PACKAGE_DIALECTS[dialect].act(export, sample.version)
    else:
        _fault(fault, sample).act(export)
    content = export.archive()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _fault(fault: str, sample: Sample) -> PackageFault:
    spoil = PACKAGE_FAULTS.get(fault)
    if spoil is None:
        raise UsageError(told_unknown([fault], PACKAGE_FAULTS, page="export-faults"), argument="fault")
    if not spoil.shows_in(sample.version, sample.mode):
        raise UsageError(f"{fault} shows in {spoil.version} {spoil.mode}", argument="fault")
    return spoil


def write_export(
    path: Path, *, fault: str | None, version: Version = Version.V1P2P1, mode: Mode = Mode.BULK
) -> Version:
    """Write a package with a fault, in the version and mode in which it shows, or one without any; return its version.

    Raises:
        UsageError: As `write_sample`.
    """
    spoil = PACKAGE_FAULTS.get(fault or "")
    sample = Sample(version=spoil.version, mode=spoil.mode) if spoil else Sample(version=version, mode=mode)
    write_sample(path, sample, fault=fault)
    return sample.version


@lru_cache(maxsize=4)
def _clean(sample: Sample) -> Export:
    with tempfile.TemporaryDirectory(prefix="digione-sample-") as folder:
        return Export.read(_write(Path(folder) / "clean.zip", sample))


def _write(path: Path, sample: Sample) -> Path:
    records = (model.model_validate(stored) for model, stored in _visible(sample))
    since = None
    if sample.mode is Mode.DELTA:
        since = datetime.combine(sample.today - timedelta(days=_DELTA_DAYS), time(), UTC)
    export_package(path, records, version=sample.version, mode=sample.mode, since=since, system_name=_SYSTEM)
    return path


def _visible(sample: Sample) -> Iterator[tuple[type[Base], dict[str, Json]]]:
    source = SeedSource(size=sample.size, seed=sample.seed, today=sample.today)
    protected = source.protected(0)
    most: dict[str, Json] = {}
    for model, stored in source.records(0):
        people = {stored["sourcedId"], *(stored[name]["sourcedId"] for name in ("user", "student") if name in stored)}
        if people & protected:
            continue
        if model is LineItem:
            most[stored["sourcedId"]] = stored.get("resultValueMax")
        if model is Result and _is_beyond(stored.get("score"), most[stored["lineItem"]["sourcedId"]]):
            continue
        agents = [link for link in stored.get("agents", ()) if link["sourcedId"] not in protected]
        yield model, stored | {"agents": agents} if model is User and "agents" in stored else stored


def _is_beyond(score: Json, most: Json) -> bool:
    """Whether a result holds extra credit, which REST keeps and CSV has no words for (csv.md §4)."""
    return score is not None and most is not None and score > most
