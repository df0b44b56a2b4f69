"""Mistakes known from Rostering, made once more in the gradebook, in assessments or in resources."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel

from digione_mock_server.faults.fault import layer
from digione_mock_server.faults.markbook import is_of_marks
from digione_mock_server.faults.shaping import Shape, Wire, of, without
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.scopes import Scope
from digione_sdk.model.oneroster import AssessmentLineItem, AssessmentResult, Resource

FAULTS: Final = (
    *layer(
        "auth",
        ("scales-without-token", "plausible", "Score scales are shown without a token."),
        ("assessments-without-token", "plausible", "Assessments are shown without a token."),
        ("resources-without-token", "plausible", "Resources are shown without a token."),
        ("assessment-needs-gradebook", "pitfall 40",
         "assessment.readonly alone opens nothing: gradebook.readonly must stand beside it."),
    ),
    *layer(
        "serialiser",
        ("percentile-not-told", "plausible", "Assessment results never show scorePercentile."),
        ("vendor-not-told", "plausible", "Resources never show vendorId."),
        ("assessment-in-array", "pitfall 2", "A single assessment object is an array of one."),
        ("resource-stamp-now", "pitfall 9", "dateLastModified of resources is the time of the read."),
    ),
    *layer(
        "sql",
        ("marks-joined", "pitfall 48",
         "Lists of the gradebook and of resources are joined with their owners: a row stands there once for each."),
    ),
    *layer(
        "pager",
        ("assessments-fields-refuse-offset", "plausible",
         "A list of assessments with fields and an offset at once is 400."),
        ("assessments-limit-ignored", "plausible", "Lists of assessments and of resources ignore limit."),
    ),
    *layer(
        "sort",
        ("sort-after-fields-crashes", "plausible",
         "In the gradebook and in resources a sort by what fields leaves out ends in 500."),
    ),
    *layer(
        "views",
        ("other-kind-crashes", "plausible",
         "In the gradebook and in resources the id of another kind of object ends in 500."),
    ),
    *layer(
        "discovery",
        ("discovery-vendor-id-as-number", "pitfall 5", "The discovery document has vendorResourceId as a number."),
    ),
)  # fmt: skip

_OPEN: Final = {
    "scales-without-token": "/scoreScales",
    "assessments-without-token": "/assessment",
    "resources-without-token": "/resources",
}
NOT_REMEMBERED: Final = frozenset({*_OPEN, "resource-stamp-now"})
"""Faults with which a page depends on more than its key."""


def slips_past(endpoint: Endpoint[Any], faults: AbstractSet[str]) -> bool:
    """Whether a careless gateway asks for no token here."""
    return any(fault in faults and endpoint.path.startswith(path) for fault, path in _OPEN.items())


def refuses(granted: AbstractSet[str], needed: AbstractSet[str], faults: AbstractSet[str]) -> bool:
    """Whether a careless server of assessments asks for more than the one scope that is needed."""
    return "assessment-needs-gradebook" in faults and Scope.ASSESSMENT in needed and Scope.GRADEBOOK not in granted


def misshapen(wire: Wire, model: type[BaseModel], faults: AbstractSet[str]) -> Wire:
    """Return an object as a careless serialiser writes it."""
    for fault in sorted(faults & _SHAPES.keys()):
        wire = _SHAPES[fault](wire, model)
    return wire


def wrong_single(row: bytes, endpoint: Endpoint[Any], faults: AbstractSet[str]) -> bytes:
    """Return what a careless server of assessments puts into the envelope of a single object."""
    listed = "assessment-in-array" in faults and endpoint.wrapper_key.startswith("assessment")
    return b"[%b]" % row if listed else row


def joined(keys: array[int], endpoint: Endpoint[Any], faults: AbstractSet[str]) -> array[int]:
    """Return the keys of a list as a careless join has them: each once for every owner, of whom it takes two."""
    if "marks-joined" not in faults or not is_of_marks(endpoint):
        return keys
    return array("q", (key for key in keys for _ in range(2)))


def ignores_limit(endpoint: Endpoint[Any], faults: AbstractSet[str]) -> bool:
    """Whether a careless list sends everything, whatever the limit."""
    return "assessments-limit-ignored" in faults and endpoint.model in {AssessmentLineItem, AssessmentResult, Resource}


def refuses_both(
    fields: AbstractSet[str] | None, offset: int, endpoint: Endpoint[Any], faults: AbstractSet[str]
) -> bool:
    """Whether a careless list of assessments refuses two parameters of which it takes each alone."""
    both = fields is not None and offset > 0 and endpoint.model in {AssessmentLineItem, AssessmentResult}
    return both and "assessments-fields-refuse-offset" in faults


def crash_over(
    sort: str | None, fields: AbstractSet[str] | None, endpoint: Endpoint[Any], faults: AbstractSet[str]
) -> None:
    """Crash where a careless list is to sort what it has cut already.

    Raises:
        LookupError: The property is gone.
    """
    cut = sort is not None and fields is not None and sort not in fields
    if cut and "sort-after-fields-crashes" in faults and is_of_marks(endpoint):
        raise LookupError(sort)


def wrong_types(document: Wire, faults: AbstractSet[str]) -> None:
    """Change a discovery document to what a careless author writes."""
    for schema in document["components"]["schemas"].values() if "discovery-vendor-id-as-number" in faults else ():
        if "vendorResourceId" in schema.get("properties", {}):
            schema["properties"]["vendorResourceId"] = {"type": "integer"}


@of(Resource)
def _stamped_now(wire: Wire, _model: type[BaseModel]) -> Wire:
    return wire | {"dateLastModified": datetime.now(UTC).isoformat().replace("+00:00", "Z")}


_SHAPES: Final[Mapping[str, Shape]] = {
    "percentile-not-told": of(AssessmentResult)(without("scorePercentile")),
    "vendor-not-told": of(Resource)(without("vendorId")),
    "resource-stamp-now": _stamped_now,
}
