"""manifest.csv: what it says, and what is wrong with it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from digione_sdk.bulk.catalogue import RuleId, finding
from digione_sdk.bulk.findings import Finding
from digione_sdk.bulk.header import shown
from digione_sdk.bulk.scan import BOM
from digione_sdk.bulk.tables import MANIFEST, MANIFEST_HEADER, Mode, Version, manifest_properties
from digione_sdk.errors import PackageError

_LARGEST: Final = 1 << 20
_FILE: Final = "file."
_OPTIONAL: Final = frozenset({"source.systemName", "source.systemCode"})


@dataclass(frozen=True)
class Manifest:
    """A manifest as it was read.

    Attributes:
        properties: Values by property, each with the line in which it stands; starred names are taken for plain ones.
        findings: What is wrong with its form.
        strangers: Names that stand twice or bear a star, with their lines.
    """

    properties: Mapping[str, tuple[str, int]]
    findings: tuple[Finding, ...] = ()
    strangers: tuple[tuple[str, int], ...] = field(default=())

    @property
    def version(self) -> str | None:
        """Value of `oneroster.version`; None where it is missing."""
        return self.value("oneroster.version")

    def value(self, name: str) -> str | None:
        """Return the value of a property; None where it is missing."""
        return self.properties[name][0] if name in self.properties else None

    def mode(self, table: str) -> Mode | None:
        """Return what the manifest says of a data file; None where it says nothing that can be understood."""
        value = self.value(f"{_FILE}{table}")
        return Mode(value) if value in set(Mode) else None


def read_manifest(chunks: Iterable[bytes]) -> Manifest:
    """Read a manifest.

    Raises:
        PackageError: It is not UTF-8, holds a NUL or is no list of properties at all.
    """
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > _LARGEST:
            raise PackageError("larger than any manifest", file=MANIFEST)
    found = [finding(RuleId.NO_BOM, MANIFEST, row=1)] if content.startswith(BOM) else []
    try:
        text = bytes(content).removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError:
        raise PackageError("not UTF-8", file=MANIFEST) from None
    if "\0" in text:
        raise PackageError("holds a NUL byte: not UTF-8", file=MANIFEST)
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
    except csv.Error:
        raise PackageError("not written in CSV as of RFC 4180", file=MANIFEST) from None
    if not rows or tuple(rows[0]) != MANIFEST_HEADER:
        found.append(finding(RuleId.MANIFEST_FORM, MANIFEST, row=1))
    properties: dict[str, tuple[str, int]] = {}
    strangers: list[tuple[str, int]] = []
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(MANIFEST_HEADER):
            found.append(finding(RuleId.MANIFEST_FORM, MANIFEST, row=line))
            continue
        name, value = row
        plain = name.rstrip("*")
        if plain != name or plain in properties:
            strangers.append((name, line))
        properties.setdefault(plain, (value, line))
    return Manifest(properties, tuple(found), tuple(strangers))


def judged(manifest: Manifest, version: Version) -> Iterator[Finding]:
    """Yield what is wrong with a manifest as one of `version`."""
    yield from manifest.findings
    known = dict(manifest_properties(version))
    for name in known:
        if name not in manifest.properties and name not in _OPTIONAL:
            yield finding(RuleId.MANIFEST_COMPLETE, MANIFEST, words={"property": name})
    for name, line in manifest.strangers:
        yield finding(RuleId.MANIFEST_NAMES, MANIFEST, row=line, column="propertyName", words={"property": shown(name)})
    for name, (value, line) in manifest.properties.items():
        if name not in known:
            yield finding(
                RuleId.MANIFEST_NAMES, MANIFEST, row=line, column="propertyName", words={"property": shown(name)}
            )
        elif name == "oneroster.version" and value != known[name]:
            yield finding(
                RuleId.MANIFEST_VERSION, MANIFEST, row=line, column="value", words={"expected": known[name] or ""}
            )
        elif (expected := _expected(name, known[name])) and value not in expected:
            words = {"property": name, "expected": ", ".join(expected)}
            yield finding(RuleId.MANIFEST_VALUES, MANIFEST, row=line, column="value", words=words)


def _expected(name: str, value: str | None) -> tuple[str, ...]:
    if name.startswith(_FILE):
        return tuple(Mode)
    return (value,) if value else ()
