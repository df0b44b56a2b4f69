"""Between the versions of CSV: a package of one told as a package of another, by the same rules as objects of REST."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from digione_sdk.bulk.conversion.accounts import noting, with_lookups
from digione_sdk.bulk.conversion.kinds import MODELS, PARENTS, Object, keys_of, made_id
from digione_sdk.bulk.conversion.reading import Reader
from digione_sdk.bulk.conversion.staging import Staging
from digione_sdk.bulk.conversion.telling import Teller
from digione_sdk.bulk.limits import DEFAULT_LIMITS, Limits
from digione_sdk.bulk.loading import quoted
from digione_sdk.bulk.package import Package, open_package
from digione_sdk.bulk.tables import Mode, Version, tables_of
from digione_sdk.errors import Inexpressible
from digione_sdk.model.oneroster import Base, User
from digione_sdk.wire.versions import DEFAULT_POLICY, Action, ConversionPolicy, ConversionReport, downgraded
from digione_sdk.wire.versions.report import Kind, Note
from digione_sdk.wire.versions.upgrade import upgraded

_INEXPRESSIBLE: Final = "1.1 demands it and nothing stands in: the object is left out"
_PLACEHOLDER: Final = {"status": "active", "dateLastModified": "1970-01-01T00:00:00.000Z"}
"""What a bulk row does not say and an object must; a bulk file leaves it blank again."""


def convert_package(
    source: Path | str,
    target: Path | str,
    *,
    to: Version | str,
    version: Version | str | None = None,
    policy: ConversionPolicy = DEFAULT_POLICY,
    limits: Limits = DEFAULT_LIMITS,
) -> ConversionReport:
    """Write a package in another version; each file stays bulk or delta, and no sourcedId changes.

    Args:
        source: The package.
        target: Where to write: a zip where it ends in `.zip`, else a folder.
        to: Version to write.
        version: Version to read the package as; by default that of its manifest.
        policy: What to do where the versions do not meet.
        limits: Bounds on what is read.

    Returns:
        The account of every value that was lost, worked out or put in.

    Raises:
        PackageError: The package cannot be read.
        UsageError: A row of a delta lacks its status or instant.
    """
    report = ConversionReport()
    tell_version(source, target, to=Version(to), version=version, policy=policy, note=noting(report), limits=limits)
    return report


def tell_version(
    source: Path | str,
    target: Path | str,
    *,
    to: Version,
    version: Version | str | None = None,
    policy: ConversionPolicy,
    note: Note,
    limits: Limits,
    system_name: str | None = None,
) -> None:
    """Do what `convert_package` does, with an account that somebody else keeps."""
    with open_package(source, version=version, limits=limits) as package, Staging(to, note) as staging:
        _Conversion(package, to, with_lookups(policy, package), staging, note).stage()
        staging.write(Path(target), mode=_modes(package, to), system_name=system_name)


def _modes(package: Package, to: Version) -> dict[str, Mode]:
    modes = package.modes
    found = {}
    for name in tables_of(to):
        parent = PARENTS.get(name, (name, ""))[0]
        found[name] = modes.get(name, modes.get(parent, Mode.BULK))
    return found


class _Conversion:
    """One package on its way."""

    def __init__(self, package: Package, to: Version, policy: ConversionPolicy, staging: Staging, note: Note) -> None:
        self._package = package
        self._to = to
        self._policy = policy
        self._staging = staging
        self._note = note

    def stage(self) -> None:
        """Stage every file."""
        across = (self._package.version is Version.V1P1) is not (self._to is Version.V1P1)
        for name in self._package.files:
            if across and name in MODELS and name in tables_of(self._to):
                self._retell(name)
            elif name in tables_of(self._to):
                self._copy(name)
            else:
                self._lose(name)

    def _copy(self, name: str) -> None:
        header = set(tables_of(self._to)[name].header)
        resources = "resourceSourcedIds"
        for row in self._package.rows(name):
            kept = {key: value for key, value in row.items() if key in header or key.startswith("metadata.")}
            if resources not in header and row.get(resources):
                self._resources(row.get("sourcedId") or "", str(row[resources]).split(","), kept)
            self._staging.add(name, kept)

    def _resources(self, user: str, resources: list[str], row: dict[str, str | None]) -> None:
        """Tell the resources of a user in userResources.csv, where 1.2.1 has them alone."""
        known = self._known_resources(user)
        for resource in resources:
            if resource not in known:
                lifecycle = {key: row.get(key) for key in ("status", "dateLastModified")}
                made = {"sourcedId": made_id("userResources", user, resource), "userSourcedId": user}
                self._staging.add("userResources", made | lifecycle | {"resourceSourcedId": resource})
                why = "1.2.1 has it in userResources.csv alone"
                self._note(Kind("User", "resources", Action.DERIVED, why), user)

    def _known_resources(self, user: str) -> set[str]:
        if not self._package.count("userResources"):
            return set()
        sql = 'SELECT "resourceSourcedId" FROM "userResources" WHERE "userSourcedId" = ?'
        return {str(one) for (one,) in self._package.db.execute(sql, [user]).fetchall()}

    def _lose(self, name: str) -> None:
        """Account for the rows of a file that the other version does not have, as far as no object told them."""
        own, why = quoted(name), "1.1 has no such object"
        where, kind = "true", name
        if name in MODELS:
            kind = MODELS[name].__name__
        elif name in PARENTS:
            parent, column = PARENTS[name]
            if self._package.count(parent):
                where = (
                    f"status IS NOT DISTINCT FROM 'tobedeleted' OR {quoted(column)} NOT IN "
                    f"(SELECT sourcedId FROM {quoted(parent)} WHERE sourcedId IS NOT NULL)"
                )
        cursor = self._package.db.cursor().execute(f"SELECT sourcedId FROM {own} WHERE {where}")
        while rows := cursor.fetchmany(1000):
            for (sourced_id,) in rows:
                self._note(Kind(kind, "sourcedId", Action.DROPPED, why), str(sourced_id))

    def _retell(self, name: str) -> None:
        teller, model = Teller(self._to, self._policy, self._note), MODELS[name]
        # Files of links stand in both versions: they are copied, with their ids and titles.
        reader = Reader(self._package, self._policy, self._note, rest=False, apart=frozenset(tables_of(self._to)))
        for _, made in reader.objects(name):
            whole = {**_PLACEHOLDER, **made}
            if self._to is not Version.V1P1:
                whole = self._upgraded(model, name, whole)
            elif model is User:
                whole.setdefault("roles", [])
            if self._to is Version.V1P1:
                try:
                    whole = downgraded(model, whole, policy=self._policy, note=self._note)
                except Inexpressible as error:
                    field = error.argument or "sourcedId"
                    self._staging.leave_out(name, str(whole["sourcedId"]), field=field, why=_INEXPRESSIBLE)
                    continue
            for table, row in teller.rows(name, whole):
                self._staging.add(table, row)

    def _upgraded(self, model: type[Base], name: str, whole: Object) -> Object:
        """Return an object of 1.1 in 1.2, without what REST demands of it and CSV does not."""
        changes: list[tuple[Kind, str]] = []
        made = upgraded(model, whole, policy=self._policy, note=lambda *change: changes.append(change))
        columns = tables_of(self._to)[name].columns
        demanded = keys_of(column for column in columns if column.required)
        for kind, sourced_id in changes:
            if kind.action is Action.DEFAULTED and kind.field not in demanded and kind.field not in whole:
                made.pop(kind.field, None)
            else:
                self._note(kind, sourced_id)
        return made
