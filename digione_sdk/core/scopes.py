"""The OAuth 2 scopes of OneRoster 1.2 and what each permits (rest-1.2 §9)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Self

PREFIX: Final = "https://purl.imsglobal.org/spec/or/v1p2/scope/"


class Scope(StrEnum):
    """A scope as it travels: the full URI. `permits` says in words what it opens."""

    permits: str

    def __new__(cls, name: str, permits: str) -> Self:
        """Make a member from its short name and what it permits; look one up by its full URI."""
        scope = str.__new__(cls, f"{PREFIX}{name}")
        scope._value_ = f"{PREFIX}{name}"
        scope.permits = permits
        return scope

    ROSTER = "roster.readonly", "Every rostering read except demographics."
    ROSTER_CORE = (
        "roster-core.readonly",
        "The eleven core collections and their single reads; no nested path, no demographics.",
    )
    ROSTER_DEMOGRAPHICS = "roster-demographics.readonly", "The two demographics reads, which nothing else opens."
    GRADEBOOK = "gradebook.readonly", "Every gradebook read except assessments."
    GRADEBOOK_CORE = (
        "gradebook-core.readonly",
        "Categories, line items, results and score scales, listed whole or read singly; no nested path.",
    )
    GRADEBOOK_CREATEPUT = "gradebook.createput", "Creating and replacing a category, line item, result or score scale."
    GRADEBOOK_CREATEPOST = "gradebook.createpost", "Posting line items and results, whose ids the provider allocates."
    GRADEBOOK_DELETE = "gradebook.delete", "Deleting a category, line item, result or score scale."
    ASSESSMENT = "assessment.readonly", "The four reads of assessments and their results."
    ASSESSMENT_CREATEPUT = "assessment.createput", "Creating and replacing an assessment or a result of one."
    ASSESSMENT_DELETE = "assessment.delete", "Deleting an assessment or a result of one."
    RESOURCE = "resource.readonly", "Every read of resources."
    RESOURCE_CORE = "resource-core.readonly", "Resources, listed whole or read singly; no nested path."

    @property
    def short(self) -> str:
        """The part after the common prefix, as tables print it."""
        return self.value.removeprefix(PREFIX)


PREFIX_V1P1: Final = "https://purl.imsglobal.org/spec/or/v1p1/scope/"


class ScopeV1P1(StrEnum):
    """A scope of OneRoster 1.1; each permits what the 1.2 scope of the same short name does (rest-1.2 §9)."""

    ROSTER = f"{PREFIX_V1P1}roster.readonly"
    ROSTER_CORE = f"{PREFIX_V1P1}roster-core.readonly"
    ROSTER_DEMOGRAPHICS = f"{PREFIX_V1P1}roster-demographics.readonly"
    RESOURCE = f"{PREFIX_V1P1}resource.readonly"
    GRADEBOOK = f"{PREFIX_V1P1}gradebook.readonly"
    GRADEBOOK_CREATEPUT = f"{PREFIX_V1P1}gradebook.createput"
    GRADEBOOK_DELETE = f"{PREFIX_V1P1}gradebook.delete"

    @property
    def permits(self) -> str:
        """What it opens, in words."""
        return _BY_URI[PREFIX + self.short].permits

    @property
    def short(self) -> str:
        """The part after the common prefix, as tables print it."""
        return self.value.removeprefix(PREFIX_V1P1)


_BY_URI: Final[Mapping[str, Scope]] = {scope.value: scope for scope in Scope}

SCOPES_V1P1: Final[Mapping[str, ScopeV1P1]] = {PREFIX + told.short: told for told in ScopeV1P1}
"""1.2 scope -> 1.1 scope, for those that 1.1 has."""

ON_REQUEST: Final = frozenset({Scope.ROSTER_DEMOGRAPHICS, ScopeV1P1.ROSTER_DEMOGRAPHICS})
"""Scopes that a client asks for only when it is told to: birth and origin are nobody's business by default."""
