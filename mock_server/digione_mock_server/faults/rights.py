"""Faults in whose data is shown: boundaries between tenants, and pupils who must not be found."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, Final

from digione_mock_server.faults import markbook
from digione_mock_server.faults.fault import layer
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.model.oneroster import Demographics, Enrollment, User

FAULTS: Final = (
    *layer(
        "tenancy",
        ("single-of-any-tenant", "SEC-01", "A single read finds objects of other tenants by their id."),
        ("nested-of-any-tenant", "SEC-02", "Nested lists open below parents of other tenants."),
        ("tenant-header-switches", "SEC-03", "X-Tenant chooses the tenant, whatever the token says."),
        ("total-of-all-tenants", "SEC-01", "X-Total-Count of an unfiltered list counts the rows of all tenants."),
        ("page-memory-without-tenant", "SEC-74", "Remembered pages are keyed without the tenant."),
        ("etag-without-tenant", "SEC-74",
         "Entity tags are alike in all tenants, so one tenant's tag gets another's 304."),
    ),
    *layer(
        "exposure",
        ("protected-enrollments-listed", "PRV-132", "Enrolments of a protected pupil stay in the lists of enrolments."),
        ("protected-demographics-listed", "PRV-130", "Demographics of a protected pupil stay in the list."),
        ("protected-in-class-list", "PRV-136", "A protected pupil stands in the student list of the class."),
        ("protected-single-readable", "PRV-132", "A protected pupil is in no list, but /users/{id} answers."),
        ("protected-named-by-guardian", "PRV-138", "A guardian's agents name the protected child."),
        ("protected-counted", "PRV-134", "A protected pupil is counted in the total."),
        ("minimal-filter-oracle", "PRV-134", "A filter sees the contact values that the client does not get."),
        ("minimal-sort-oracle", "SEC-72", "A sort sees the contact values that the client does not get."),
        ("minimal-gets-asked-fields", "SEC-22", "fields=email brings what the registration withholds."),
    ),
)  # fmt: skip


def sees_protected(endpoint: Endpoint[Any], faults: AbstractSet[str]) -> bool:
    """Whether a careless endpoint forgets to leave out protected pupils."""
    model, nested = endpoint.model, endpoint.is_nested
    if "protected-single-readable" in faults and model is User and not endpoint.is_collection:
        return True
    if "protected-enrollments-listed" in faults and model is Enrollment:
        return True
    if "protected-demographics-listed" in faults and model is Demographics:
        return True
    if "protected-in-class-list" in faults and nested and endpoint.operation_id.startswith("getStudentsForClass"):
        return True
    return markbook.sees_protected(endpoint, faults)
