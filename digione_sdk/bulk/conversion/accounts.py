"""What the conversions of packages share: where the account goes, and what a package itself tells a policy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from digione_sdk.bulk.conversion.kinds import LINKS, link
from digione_sdk.bulk.package import Package
from digione_sdk.wire.versions import DEFAULT_POLICY, Change, ConversionPolicy, ConversionReport
from digione_sdk.wire.versions.report import Kind, Note


def noting(report: ConversionReport) -> Note:
    """Return what takes the account of changes into a report."""

    def note(kind: Kind, sourced_id: str) -> None:
        """Count one change."""
        report.add([Change(kind, sourced_id)])

    return note


def with_lookups(policy: ConversionPolicy, package: Package, *, base: str = LINKS) -> ConversionPolicy:
    """Return the policy with what the package itself tells: the schools of classes, and the types of sessions."""
    found: dict[str, Any] = {}
    if policy.school_of_class is DEFAULT_POLICY.school_of_class:
        schools = _pairs(package, "classes", "schoolSourcedId")
        found["school_of_class"] = lambda one: link("org", schools[one], base=base) if one in schools else None
    if policy.type_of_session is DEFAULT_POLICY.type_of_session:
        found["type_of_session"] = _pairs(package, "academicSessions", "type").get
    return replace(policy, **found)


def _pairs(package: Package, name: str, column: str) -> dict[str, str]:
    if not package.count(name):
        return {}
    rows = package.relation(name).select(f'sourcedId, "{column}"').fetchall()
    return {str(one): str(other) for one, other in rows if one is not None and other is not None}
