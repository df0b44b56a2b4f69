"""CSV into REST: the rows of an open package as records of the models, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, TypeVar

from pydantic import ValidationError

from digione_sdk.bulk.conversion.accounts import noting, with_lookups
from digione_sdk.bulk.conversion.kinds import LINKS, MODELS, NAMES, Object
from digione_sdk.bulk.conversion.reading import Reader
from digione_sdk.bulk.package import Package
from digione_sdk.bulk.tables import Version
from digione_sdk.errors import PackageError, UsageError
from digione_sdk.model.oneroster import Base, Course, Org, User
from digione_sdk.model.places import places
from digione_sdk.wire.versions import DEFAULT_POLICY, Action, ConversionPolicy, ConversionReport
from digione_sdk.wire.versions.report import Kind
from digione_sdk.wire.versions.upgrade import upgraded

M = TypeVar("M", bound=Base)

KINDS: Final = tuple(MODELS.values())
"""The models that CSV has a file for."""


def records_in(
    package: Package,
    model: type[M],
    *,
    report: ConversionReport | None = None,
    policy: ConversionPolicy = DEFAULT_POLICY,
    modified: datetime | None = None,
    base: str = LINKS,
) -> Iterator[M]:
    """Yield the records of a kind, one row after the other; nothing is read before the first is asked for.

    What REST demands and a bulk file leaves blank is put in: `active`, and the time of the import.

    Args:
        package: An open package, of any version.
        model: Which records, as `User`.
        report: Takes the account of every change.
        policy: What stands in where CSV and REST do not meet.
        modified: The time of the import; now by default.
        base: Where links lead; nowhere by default, for a file does not say where its objects are served.

    Raises:
        UsageError: CSV has no file for the model.
        PackageError: A row is no record; the message names file, row and field, never the value.
    """
    if model not in NAMES:
        raise UsageError("CSV has no file for it", argument=model.__name__)
    name = NAMES[model]
    note = noting(ConversionReport() if report is None else report)  # an empty report is false
    if package.version is Version.V1P1:
        policy = with_lookups(policy, package, base=base)
    instant = (modified or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="milliseconds")
    for number, made in Reader(package, policy, note, base=base).objects(name):
        sourced_id = str(made.get("sourcedId", ""))
        for field, value, why in (
            ("status", "active", "blank in bulk: what is there is active"),
            ("dateLastModified", instant, "blank in bulk: the time of the import stands in"),
        ):
            if field not in made:
                made[field] = value
                note(Kind(model.__name__, field, Action.DEFAULTED, why), sourced_id)
        if package.version is Version.V1P1 or model in {Course, Org}:
            yield _record(package, name, number, upgraded(model, made, policy=policy, note=note), model)
        else:
            yield _record(package, name, number, {"roles": [], **made} if model is User else made, model)


def _record(package: Package, name: str, number: int, made: Object, model: type[M]) -> M:
    try:
        return model.model_validate(made)
    except ValidationError as error:
        what = places(error)
    file = package.files[name]
    raise PackageError(
        f"no {model.__name__} of REST: {'; '.join(what)}", file=file.table.file, row=file.lines.of(number)
    )
