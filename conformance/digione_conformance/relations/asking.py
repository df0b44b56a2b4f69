"""How checks put a question to a list, tell an answer from a refusal, and say that there was too little to ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.family import ANY_ENDPOINT, EVERY_KIND, ROSTERING
from digione_conformance.probing.probe import Listing, Probe, operation
from digione_sdk.wire.filter import Clause, Combination

OK: Final = 200
BAD_REQUEST: Final = 400
UNAUTHORISED: Final = 401
FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
SERVER_ERROR: Final = 500
NOT_OFFERED: Final = frozenset({404, 405, 501})
"""Statuses by which a server says that it has no such route."""

KINDS: Final = ROSTERING.kinds
"""The collections of Rostering that show every record of their kind."""
VIEWS: Final = ROSTERING.views
"""The collections of Rostering that show some of the records of another one."""
ORGS: Final = operation("getAllOrgs")
SESSIONS: Final = operation("getAllAcademicSessions")
COURSES: Final = operation("getAllCourses")
CLASSES: Final = operation("getAllClasses")
USERS: Final = operation("getAllUsers")
ENROLLMENTS: Final = operation("getAllEnrollments")
LINE_ITEMS: Final = operation("getAllLineItems")
RESULTS: Final = operation("getAllResults")
CATEGORIES: Final = operation("getAllCategories")
SCORE_SCALES: Final = operation("getAllScoreScales")
ASSESSMENT_LINE_ITEMS: Final = operation("getAllAssessmentLineItems")
ASSESSMENT_RESULTS: Final = operation("getAllAssessmentResults")
RESOURCES: Final = operation("getAllResources")


def whole_of(endpoint: ANY_ENDPOINT) -> ANY_ENDPOINT:
    """Return the whole collection of the records that an endpoint answers."""
    return next(kind for kind in EVERY_KIND if kind.model is endpoint.model)


def wholes(probe: Probe, endpoints: Iterable[ANY_ENDPOINT] | None = None) -> Iterator[Listing]:
    """Yield the list of each collection, by default of all, that holds records and could be read to its end."""
    for endpoint in probe.family.collections if endpoints is None else endpoints:
        listing = probe.census(endpoint)
        if listing.complete and listing.ids:
            yield listing


def page_query(probe: Probe, query: Mapping[str, str]) -> dict[str, str]:
    """Return the query of the first page that `Probe.read` asks for, so that both are one request."""
    return {**query, "limit": str(probe.claims.page_size), "offset": "0"}


def answer(
    probe: Probe,
    endpoint: ANY_ENDPOINT,
    query: Mapping[str, str],
    *,
    what: str,
    path: Mapping[str, str] | None = None,
    auth: str = "a",
) -> Listing | Finding:
    """Return the whole list that answers a legal question, or the finding that it was refused.

    Raises:
        CantTell: The target is too busy, or a later page failed.
    """
    first = probe.get(endpoint, path=path, query=page_query(probe, query), auth=auth)
    refusal = refused(endpoint, first, what=what)
    return refusal or probe.read(endpoint, path=path, query=query, auth=auth, first=first)


def refused(endpoint: ANY_ENDPOINT, exchange: Exchange, *, what: str) -> Finding | None:
    """Return the finding that a legal question was not answered with a list, or None where it was."""
    if exchange.status != OK:
        return Finding.at(f"{endpoint.operation_id} answered {exchange.status} to {what}, expected 200", exchange)
    if exchange.listed(endpoint.wrapper_key) is None:
        return Finding.at(f"{endpoint.operation_id} answered {what} without a list in {endpoint.wrapper_key}", exchange)
    return None


def filtered(
    probe: Probe, endpoint: ANY_ENDPOINT, expression: Clause | Combination | str, *, every: bool = False
) -> Listing | Finding:
    """Return the list under a filter, or the finding that the filter was refused; values stay out of the message.

    A server may leave deleted records out of its lists and show them to whoever asks for `status` or
    `dateLastModified`, so that a copy learns of the deletion. Tombstones that the whole list does not hold are left
    aside here, unless `every` record counts: what was compared with that list would be found too many.
    """
    if isinstance(expression, str):
        what = "a filter"
    else:
        what = "a filter on " + " and ".join(f"{clause.field} {clause.predicate}" for clause in expression.clauses)
    answered = answer(probe, endpoint, {"filter": str(expression)}, what=what)
    return answered if every or isinstance(answered, Finding) else _without_tombstones(probe, answered)


def _without_tombstones(probe: Probe, answered: Listing) -> Listing:
    if "tobedeleted" not in answered.column("status"):
        return answered
    deleted = {str(row.get("sourcedId")) for row in answered.records if row.get("status") == "tobedeleted"}
    unlisted = deleted - set(probe.census(answered.endpoint).ids)
    return replace(answered, apart=frozenset(unlisted)) if unlisted else answered


def require(probe: Probe, seed: str) -> None:
    """Say what to seed where a check found nothing to compare.

    Raises:
        Untested: Nothing was examined.
    """
    if not probe.looked_at:
        raise Untested(f"the target holds too little, or lists that are too long to be read whole: {seed}")
