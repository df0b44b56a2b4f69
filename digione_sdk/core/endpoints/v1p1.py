"""The 61 operations of OneRoster 1.1: those of 1.2 at one base path for all services, without what 1.2 added.

41 of Rostering, 16 of the Gradebook and 4 of Resources (differences-1.1-1.2.md §1). Paths, wrapper keys and views are
those of the 1.2 lines; path parameters keep their 1.2 names, which no server or client ever sees. The models are the
1.2 ones too: 1.1 is told from them, and into them (`digione_sdk.wire.versions`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, TypeVar

from digione_sdk.core.endpoints import ENDPOINTS as ENDPOINTS_V1P2
from digione_sdk.core.endpoints.base import Endpoint, Service
from digione_sdk.core.scopes import SCOPES_V1P1
from digione_sdk.model.oneroster import Base
from digione_sdk.model.status import SHARED_REASONS, CodeMinorValue

M = TypeVar("M", bound=Base)

ONEROSTER_V1P1: Final = Service(
    "oneroster",
    "1.1",
    "/ims/oneroster/v1p1",
    "OneRoster 1.1",
    "Rostering and resources, to read; categories, line items and results, to read and to write.",
    (
        *SHARED_REASONS,
        CodeMinorValue.INVALID_BLANK_SELECTION_FIELD,
        CodeMinorValue.INVALID_SORT_FIELD,
        CodeMinorValue.DELETEFAILURE,
    ),
    (),  # discovery came with 1.2
)

_ADDED_IN_1_2: Final = frozenset(
    {
        "deleteAssessmentLineItem",
        "deleteAssessmentResult",
        "deleteScoreScale",
        "getAllAssessmentLineItems",
        "getAllAssessmentResults",
        "getAllScoreScales",
        "getAssessmentLineItem",
        "getAssessmentResult",
        "getCategoriesForClass",
        "getResourcesForUser",
        "getScoreScale",
        "getScoreScalesForClass",
        "getScoreScalesForSchool",
        "postLineItemsForClass",
        "postLineItemsForSchool",
        "postResultsForAcademicSessionForClass",
        "postResultsForLineItem",
        "putAssessmentLineItem",
        "putAssessmentResult",
        "putScoreScale",
    }
)


def _told(endpoint: Endpoint[M]) -> Endpoint[M]:
    scopes = tuple(told for scope in endpoint.scopes if (told := SCOPES_V1P1.get(scope)))
    success = endpoint.success
    if endpoint.method == "PUT":
        success = (*success, 204)  # what 1.1 declares is not known; whoever sends no body may say so
    return replace(endpoint, service=ONEROSTER_V1P1, scopes=scopes, success=success)


ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = tuple(
    _told(endpoint) for endpoint in ENDPOINTS_V1P2 if endpoint.operation_id not in _ADDED_IN_1_2
)
"""Every operation, in the order of the 1.2 tables."""

_BY_NAME: Final = {endpoint.operation_id: endpoint for endpoint in ENDPOINTS}


def counterpart(endpoint: Endpoint[M]) -> Endpoint[M] | None:
    """Return the 1.1 operation that a 1.2 operation corresponds to, or None where 1.2 added it."""
    return _BY_NAME.get(endpoint.operation_id)
