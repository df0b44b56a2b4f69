"""Faults in the scopes of gradebook, assessments and resources: which token opens which operation."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from digione_mock_server.faults.fault import layer
from digione_sdk.core.scopes import Scope

FAULTS: Final = layer(
    "auth",
    ("gradebook-core-opens-nested", "rest §9", "gradebook-core.readonly opens the nested reads of the gradebook."),
    ("gradebook-opens-assessments", "rest §9", "gradebook.readonly opens assessments."),
    ("roster-opens-gradebook", "rest §9", "roster.readonly opens the reads of the gradebook."),
    ("roster-opens-resources", "rest §9", "roster.readonly opens resources."),
    ("resource-core-opens-nested", "rest §9", "resource-core.readonly opens the nested reads of resources."),
    ("readonly-may-put", "rest §9", "gradebook.readonly creates, replaces and posts."),
    ("readonly-may-delete", "rest §9", "gradebook.readonly deletes."),
    ("createput-may-delete", "rest §9", "gradebook.createput deletes."),
    ("createput-may-post", "rest §9", "gradebook.createput posts."),
    ("createpost-may-put", "rest §9", "gradebook.createpost puts."),
    ("createput-may-read", "rest §9", "gradebook.createput reads the gradebook."),
    ("gradebook-writes-assessments", "rest §9",
     "gradebook.createput and gradebook.delete write and delete assessments."),
    ("assessment-writes-gradebook", "rest §9",
     "assessment.createput and assessment.delete write and delete line items, results and the like."),
    ("assessment-readonly-may-write", "rest §9", "assessment.readonly creates, replaces and deletes assessments."),
    ("assessment-createput-may-delete", "rest §9", "assessment.createput deletes assessments."),
    ("gradebook-scope-by-substring", "pitfall 38",
     "Any scope with the word gradebook in it opens the whole gradebook."),
    ("writing-needs-reading", "pitfall 40", "A token that writes must carry gradebook.readonly too."),
    ("assessment-writing-needs-reading", "pitfall 40",
     "A token that writes assessments must carry assessment.readonly too."),
    ("gradebook-core-not-enough", "pitfall 40", "gradebook-core.readonly alone opens nothing."),
)  # fmt: skip

_OPENED: Final[tuple[tuple[str, Scope, AbstractSet[Scope]], ...]] = (
    ("gradebook-core-opens-nested", Scope.GRADEBOOK_CORE, {Scope.GRADEBOOK}),
    ("gradebook-opens-assessments", Scope.GRADEBOOK, {Scope.ASSESSMENT}),
    ("roster-opens-gradebook", Scope.ROSTER, {Scope.GRADEBOOK}),
    ("roster-opens-resources", Scope.ROSTER, {Scope.RESOURCE}),
    ("resource-core-opens-nested", Scope.RESOURCE_CORE, {Scope.RESOURCE}),
    ("readonly-may-put", Scope.GRADEBOOK, {Scope.GRADEBOOK_CREATEPUT, Scope.GRADEBOOK_CREATEPOST}),
    ("readonly-may-delete", Scope.GRADEBOOK, {Scope.GRADEBOOK_DELETE}),
    ("createput-may-delete", Scope.GRADEBOOK_CREATEPUT, {Scope.GRADEBOOK_DELETE}),
    ("createput-may-post", Scope.GRADEBOOK_CREATEPUT, {Scope.GRADEBOOK_CREATEPOST}),
    ("createpost-may-put", Scope.GRADEBOOK_CREATEPOST, {Scope.GRADEBOOK_CREATEPUT}),
    ("createput-may-read", Scope.GRADEBOOK_CREATEPUT, {Scope.GRADEBOOK}),
    ("gradebook-writes-assessments", Scope.GRADEBOOK_CREATEPUT, {Scope.ASSESSMENT_CREATEPUT}),
    ("gradebook-writes-assessments", Scope.GRADEBOOK_DELETE, {Scope.ASSESSMENT_DELETE}),
    ("assessment-writes-gradebook", Scope.ASSESSMENT_CREATEPUT, {Scope.GRADEBOOK_CREATEPUT}),
    ("assessment-writes-gradebook", Scope.ASSESSMENT_DELETE, {Scope.GRADEBOOK_DELETE}),
    ("assessment-readonly-may-write", Scope.ASSESSMENT, {Scope.ASSESSMENT_CREATEPUT, Scope.ASSESSMENT_DELETE}),
    ("assessment-createput-may-delete", Scope.ASSESSMENT_CREATEPUT, {Scope.ASSESSMENT_DELETE}),
)
"""Which scope is wrongly taken for which; one fault may do so twice."""

_WRITES: Final = frozenset({Scope.GRADEBOOK_CREATEPUT, Scope.GRADEBOOK_CREATEPOST, Scope.GRADEBOOK_DELETE})
_ASSESSMENT_WRITES: Final = frozenset({Scope.ASSESSMENT_CREATEPUT, Scope.ASSESSMENT_DELETE})


def opens(granted: AbstractSet[str], needed: AbstractSet[str], faults: AbstractSet[str]) -> bool:
    """Whether a careless gradebook takes some scope granted for one of those needed."""
    if "gradebook-scope-by-substring" in faults and all(
        any("gradebook" in s for s in side) for side in (granted, needed)
    ):
        return True
    return any(fault in faults and own in granted and not needed.isdisjoint(opened) for fault, own, opened in _OPENED)


def refuses(granted: AbstractSet[str], needed: AbstractSet[str], faults: AbstractSet[str]) -> bool:
    """Whether a careless gradebook asks for more than the one scope that is needed."""
    if "writing-needs-reading" in faults and not _WRITES.isdisjoint(needed):
        return Scope.GRADEBOOK not in granted
    if "assessment-writing-needs-reading" in faults and not _ASSESSMENT_WRITES.isdisjoint(needed):
        return Scope.ASSESSMENT not in granted
    core = Scope.GRADEBOOK_CORE in needed and Scope.GRADEBOOK not in granted
    return "gradebook-core-not-enough" in faults and core
