"""A package of CSV files into a store, whole or not at all: the same comparison, guard and report as for a provider.

A bulk file is what there is: what it no longer holds is deleted, and what says the same as before keeps its time,
because a bulk row tells none. A delta file is what changed: only its tombstones delete. What is absent is not touched.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import uuid4

from digione_sdk.bulk import Limits, Mode, Package, Severity, Validation, Version, open_package
from digione_sdk.bulk.catalogue import RuleId, rules
from digione_sdk.bulk.conversion import apply_delta, records_in
from digione_sdk.bulk.conversion.accounts import with_lookups
from digione_sdk.bulk.conversion.export import lenient
from digione_sdk.bulk.conversion.kinds import MODELS, PARENTS
from digione_sdk.bulk.limits import DEFAULT_LIMITS
from digione_sdk.bulk.loading import literal, quoted
from digione_sdk.bulk.validation import judge
from digione_sdk.core.paging import Arrived
from digione_sdk.errors import ConfigurationError, SynchronisationStopped, UsageError
from digione_sdk.model.base import Json
from digione_sdk.synchronise.difference import Difference
from digione_sdk.synchronise.guard import Guard
from digione_sdk.synchronise.kinds import KINDS
from digione_sdk.synchronise.ledger import Ledger
from digione_sdk.synchronise.report import Report
from digione_sdk.synchronise.rows import Page, instant_text, rows_of
from digione_sdk.synchronise.staging import StagedPage, Staging
from digione_sdk.synchronise.store import Store
from digione_sdk.wire.versions import DEFAULT_POLICY, Action, ConversionPolicy, ConversionReport

_AT_ONCE: Final = 1_000
_CHANGES: Final = "delta"
_LOST: Final = frozenset({RuleId.LINE_LENGTH})
"""Rules that are no MUST, but whose rows are not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """How to load a package.

    Attributes:
        guard: How much may be deleted without being asked.
        dry_run: Compare only.
        strict_references: Stop where links lead to records that are not there, instead of reporting them.
        version: Version to read the package as; by default that of its manifest.
        policy: What stands in where CSV and REST do not meet.
        limits: Bounds on what is read.
    """

    guard: Guard = field(default_factory=Guard)
    dry_run: bool = False
    strict_references: bool = False
    version: Version | str | None = None
    policy: ConversionPolicy = DEFAULT_POLICY
    limits: Limits = DEFAULT_LIMITS


def load_package(path: Path | str, store: Store, settings: Loading | None = None) -> Report:
    """Bring a store to what a package says, or change nothing.

    Args:
        path: The zip or folder.
        store: Where the records end up.
        settings: How; by default a tenth of a kind may be deleted.

    Returns:
        What was done; with `dry_run`, what would be.

    Raises:
        SynchronisationStopped: The package breaks rules of its version, too much would be deleted, or ids were
            replaced: somebody should look first.
        PackageError: The package cannot be read, or a row of it is no record.
        ConfigurationError: Another run is under way, the files beside the store cannot be used, or a delta has nothing
            that it could follow.
        UsageError: The delta is of another version than what it follows.
    """
    settings = settings or Loading()
    with ExitStack() as stack:
        package = stack.enter_context(
            open_package(path, version=settings.version, limits=settings.limits, strict=False)
        )
        _demand_clean(judge(package, keep=1), dry_run=settings.dry_run)
        staging = Staging(Path(f"{store.memory}.staging"), run=f"package {uuid4()}")
        stack.callback(staging.discard)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="digione-csv-")))
        return _Load(Path(path), package, store, settings, staging, folder, stack).done()


def _demand_clean(validation: Validation, *, dry_run: bool) -> None:
    known = rules()
    broken = {
        rule: count
        for rule, count in validation.counts.items()
        if known[rule].severity is Severity.ERROR or rule in _LOST
    }
    if broken:
        told = ", ".join(f"{rule} ({count})" for rule, count in broken.items())
        reason = f"the package breaks rules of OneRoster CSV {validation.version}: {told}"
        raise SynchronisationStopped(reason, report=Report(kinds=(), dry_run=dry_run, stopped=(reason,)))


@dataclass
class _Part:
    """What a package says of one kind: whether of all its objects, or of the changed ones only."""

    name: str
    files: tuple[str, ...]
    changes_only: bool


class _Load:
    """One package on its way into a store."""

    def __init__(
        self,
        path: Path,
        package: Package,
        store: Store,
        settings: Loading,
        staging: Staging,
        folder: Path,
        stack: ExitStack,
    ) -> None:
        self._path = path
        self._package = package
        self._store = store
        self._settings = settings
        self._staging = staging
        self._folder = folder
        self._stack = stack
        self._ledger = Ledger(store, tuple(MODELS))
        now = datetime.now(UTC)
        self._instant = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self._account = ConversionReport()
        self._notes: list[str] = []

    def done(self) -> Report:
        """Stage, compare, guard and apply."""
        parts = tuple(self._parts())
        whole = self._whole(parts)
        fresh = None
        if not self._settings.dry_run and parts:
            fresh = self._ledger.written(whole)
            self._stack.callback(fresh.unlink, missing_ok=True)
        for part in parts:
            self._stage(part, whole)
        difference = Difference(
            self._staging, self._store, [KINDS[part.name] for part in parts], same=self._says_the_same
        )
        kinds = difference.reports()
        strict = self._settings.strict_references
        stopped = tuple(self._settings.guard.objections(kinds, strict_references=strict))
        report = Report(kinds=kinds, dry_run=self._settings.dry_run, stopped=stopped, notes=tuple(self._told()))
        if self._settings.dry_run:
            return report
        if stopped:
            raise SynchronisationStopped("; ".join(stopped), report=report)
        difference.apply()
        if fresh:
            self._ledger.keep(fresh)
        return replace(report, applied=True)

    def _parts(self) -> Iterator[_Part]:
        modes = self._package.modes
        for name in MODELS:
            nested = (child for child, (parent, _) in PARENTS.items() if parent == name)
            files = tuple(one for one in (name, *nested) if self._package.count(one))
            if files:
                yield _Part(name, files, all(modes[one] is Mode.DELTA for one in files))

    def _whole(self, parts: tuple[_Part, ...]) -> Package:
        """Return the rows that there are once the package is applied."""
        deltas = any(self._package.modes[one] is Mode.DELTA for part in parts for one in part.files)
        if deltas:
            self._ledger.demand()
            self._demand_known(parts)
        elif not parts or not self._ledger.speaks_of_store():
            return self._package
        target = self._folder / "whole"
        version, limits = self._settings.version, self._settings.limits
        try:
            apply_delta(self._ledger.path, self._path, target, version=version, limits=limits)
        except UsageError:
            if deltas:
                raise
            return self._package  # a bulk package of another version follows nothing
        return self._stack.enter_context(open_package(target, version=self._package.version, limits=limits))

    def _demand_known(self, parts: tuple[_Part, ...]) -> None:
        for part in parts:
            if not self._ledger.holds(part.name) and next(iter(self._store.held([part.name])), None):
                raise ConfigurationError(
                    f"{part.name}: the store holds records that no package brought, so a delta cannot follow: "
                    "load them in bulk"
                )

    def _stage(self, part: _Part, whole: Package) -> None:
        staging, name = self._staging, part.name
        staging.start(name, since=_CHANGES if part.changes_only else None)
        policy = self._settings.policy
        if whole.version is Version.V1P1:
            policy = with_lookups(policy, whole)  # before rows are taken out
        deltas = [one for one in part.files if self._package.modes[one] is Mode.DELTA]
        if deltas:
            self._bring_over(part, deltas, whole)
        number = 0
        for number, page in enumerate(self._pages(part, whole, policy), start=1):
            self._add(name, number, page)
        if name in deltas:
            for more, page in enumerate(self._tombstones(name), start=number + 1):
                self._add(name, more, page)
        staging.finish(name)

    def _add(self, name: str, number: int, page: Page) -> None:
        arrived = Arrived(len(page.rows), frozenset((page.mark,)))
        self._staging.add(name, number, StagedPage(f"{name}.csv", page.mark, arrived), page)

    def _bring_over(self, part: _Part, deltas: list[str], whole: Package) -> None:
        """Give the objects that a delta speaks of its time; where it speaks of nothing else, leave only them."""
        told = " UNION ALL ".join(
            f"SELECT {quoted('sourcedId' if one == part.name else PARENTS[one][1])} AS id, "
            f"dateLastModified AS modified, {one == part.name} AS own FROM {quoted(one)}"
            for one in deltas
        )
        path = literal(str(self._folder / f"{part.name}.parquet"))
        latest = f"SELECT id, max(modified) AS modified, bool_or(own) AS own FROM ({told}) GROUP BY id"
        self._package.db.execute(f"COPY ({latest}) TO {path} (FORMAT parquet)")
        whole.db.execute(f"CREATE OR REPLACE TEMP TABLE told AS SELECT * FROM read_parquet({path})")
        known = "false"
        if whole.count(part.name):
            own = quoted(part.name)
            known = f"id IN (SELECT sourcedId FROM {own})"
            whole.db.execute(
                f"UPDATE {own} SET status = 'active', dateLastModified = told.modified FROM told "
                "WHERE sourcedId = told.id"
            )
            if part.changes_only:
                whole.db.execute(f"DELETE FROM {own} WHERE dateLastModified IS NULL")
        (waiting,) = whole.db.execute(f"SELECT count(*) FROM told WHERE NOT own AND NOT ({known})").fetchall()[0]
        if waiting:
            self._notes.append(f"{part.name}: rows of {waiting} that nobody has sent yet wait beside the store")

    def _pages(self, part: _Part, whole: Package, policy: ConversionPolicy) -> Iterator[Page]:
        kind = KINDS[part.name]
        records = records_in(whole, kind.endpoint.model, report=self._account, policy=policy, modified=self._instant)
        while batch := list(islice(records, _AT_ONCE)):
            bodies = [json.dumps(lenient(record), ensure_ascii=False, separators=(",", ":")) for record in batch]
            yield rows_of(kind, batch, bodies)

    def _tombstones(self, name: str) -> Iterator[Page]:
        gone = self._package.db.cursor().execute(
            f"SELECT sourcedId, dateLastModified FROM {quoted(name)} WHERE status = 'tobedeleted' ORDER BY rowid"
        )
        while rows := gone.fetchmany(_AT_ONCE):
            staged = [(str(id_), True, instant_text(datetime.fromisoformat(modified)), "") for id_, modified in rows]
            yield Page(staged, frozenset(), (), None, 0)

    def _says_the_same(self, new: str, old: str) -> bool:
        """Whether two bodies say the same: a file knows no addresses of links, and a bulk row no time."""
        fresh, held = _plain(new), _plain(old)
        if datetime.fromisoformat(fresh["dateLastModified"]) == self._instant:
            held["dateLastModified"] = fresh["dateLastModified"]
        return bool(fresh == held)

    def _told(self) -> Iterator[str]:
        """Yield what the report says besides: values that a record cannot hold; ids of rows are kept in the ledger."""
        yield from self._notes
        for kind, count in self._account.counts.items():
            if kind.action is Action.DROPPED and not kind.field.endswith(".sourcedId"):
                yield f"{kind.object}.{kind.field}: {count} values left out: {kind.policy}"


def _plain(body: str) -> dict[str, Json]:
    found: dict[str, Json] = json.loads(body, object_pairs_hook=_without_address, parse_float=Decimal)
    return found


def _without_address(pairs: list[tuple[str, Json]]) -> Mapping[str, Json]:
    made = dict(pairs)
    if made.keys() == {"href", "sourcedId", "type"}:
        del made["href"]
    return made
