"""A package held against every rule, and what came of it as one plain value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from digione_sdk.bulk.catalogue import RuleId, finding, rules
from digione_sdk.bulk.findings import Finding, Severity, Text
from digione_sdk.bulk.limits import DEFAULT_LIMITS, Limits
from digione_sdk.bulk.manifest import judged
from digione_sdk.bulk.package import Package, open_package
from digione_sdk.bulk.rules.between import judge_between, judge_keys
from digione_sdk.bulk.rules.references import judge_references, resolved_columns
from digione_sdk.bulk.rules.rows import judge_rows
from digione_sdk.bulk.rules.sql import Found
from digione_sdk.bulk.tables import MANIFEST, Mode, Version

KEPT: Final = 100
"""Findings of one rule in one column of one file that are kept by default; all are counted."""

_THERE: Final = Text("in the package", "paketissa", "i paketet")
_MISSING: Final = Text("missing", "poissa", "borta")


@dataclass(frozen=True)
class Validation:
    """What is wrong with a package.

    Attributes:
        package: Name of the zip or folder.
        version: Version that it was judged as.
        files: The data files that are there, root causes first.
        rows: Rows by file, as far as they could be read.
        modes: Mode of each file that could be read.
        findings: What is wrong, root causes first; of each rule in one column of one file only the first ones.
        counts: How many findings there are of each rule, those included that are not kept.
        asked: Of each rule on rows that had something to look at, the files whose rows it was held against.
        unreadable: The files that could not be read, so that no rule was held against their rows.
    """

    package: str
    version: Version
    files: tuple[str, ...]
    rows: Mapping[str, int]
    modes: Mapping[str, Mode]
    findings: tuple[Finding, ...]
    counts: Mapping[RuleId, int]
    asked: Mapping[RuleId, tuple[str, ...]]
    unreadable: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether no rule is broken; a note breaks none."""
        return all(one.severity is Severity.NOTE for one in self.findings)

    @property
    def total_rows(self) -> int:
        """Rows in all files."""
        return sum(self.rows.values())


def validate(
    path: Path | str, *, version: Version | str | None = None, limits: Limits = DEFAULT_LIMITS, keep: int = KEPT
) -> Validation:
    """Judge a package by every rule of its version.

    Args:
        path: The zip or folder.
        version: Version to judge it as; by default that of its manifest.
        limits: Bounds on what is read.
        keep: Findings to keep of each rule in one column of one file; the first ones are kept, all are counted.

    Raises:
        PackageError: It cannot be read as a package at all.
        ConfigurationError: DuckDB is missing.
    """
    with open_package(path, version=version, limits=limits, strict=False) as package:
        return judge(package, keep=keep)


def judge(package: Package, *, keep: int = KEPT) -> Validation:
    """Judge an open package by every rule of its version."""
    found = Found(package, keep)
    for one in (*package.findings, *_of_manifest(package)):
        found.add(one)
    readable = {name: file for name, file in package.files.items() if file.readable and file.rows}
    for name, file in readable.items():
        judge_rows(found, file, package.modes[name], resolved=resolved_columns(package, file))
        judge_keys(found, file)
    for file in readable.values():
        judge_references(found, file)
    judge_between(found, package)
    return Validation(
        package=package.path.name,
        version=package.version,
        files=tuple(file.table.file for file in package.files.values()),
        rows={file.table.file: file.rows or 0 for file in package.files.values()},
        modes=package.modes,
        findings=tuple(_ordered(package, found.findings)),
        counts={rule: found.counts[rule] for rule in rules() if rule in found.counts},
        asked={rule: tuple(sorted(found.asked[rule])) for rule in rules() if rule in found.asked},
        unreadable=tuple(file.table.file for file in package.files.values() if not file.readable),
    )


def _ordered(package: Package, findings: list[Finding]) -> list[Finding]:
    """Root causes first: the package, its manifest, then file by file, each from top to bottom."""
    files = {table.file: place for place, table in enumerate(package.tables.values(), start=2)}
    files[MANIFEST] = 1
    columns = {
        (table.file, column): place for table in package.tables.values() for place, column in enumerate(table.header)
    }

    def place(one: Finding) -> tuple[int, int, int, str]:
        return files.get(one.file, 0), one.row or 0, columns.get((one.file, one.column or ""), -1), one.rule

    return sorted(findings, key=place)


def _of_manifest(package: Package) -> Iterator[Finding]:
    manifest, version = package.manifest, package.version
    if manifest is None:
        yield finding(RuleId.MANIFEST_THERE, MANIFEST, words={"version": version})
        return
    yield from judged(manifest, version)
    for name, table in package.tables.items():
        mode = manifest.mode(name)
        there = name in package.files
        row = manifest.properties[f"file.{name}"][1] if mode else None
        if mode and there != (mode is not Mode.ABSENT):
            words: dict[str, str | int | Text] = {
                "mode": mode,
                "state": _THERE if there else _MISSING,
                "of": table.file,
            }
            yield finding(RuleId.MANIFEST_FILES, MANIFEST, row=row, column="value", words=words)
        actual = package.modes.get(name)
        if actual and mode and mode is not Mode.ABSENT and actual is not mode and package.count(name):
            words = {"mode": mode, "state": actual, "of": table.file}
            yield finding(RuleId.MANIFEST_MODE, MANIFEST, row=row, column="value", words=words)
