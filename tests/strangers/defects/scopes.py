"""Defects of scopes: what a token opens beyond its scopes, and what it does not open within them."""

from __future__ import annotations

from tests.strangers.defects import defect
from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Request, Vendor


@defect("scope-not-enforced-on-nested")
class ScopeNotOnNested(Vendor):
    """Core-only tokens open nested paths."""

    def authorise(self, request: Request, route: Route) -> None:
        if route.kind != "nested":
            super().authorise(request, route)


@defect("scope-by-substring")
class ScopeBySubstring(Vendor):
    """`roster` is in `roster-demographics`: contains() instead of equals()."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        family = {"rostering": "roster", "gradebook": "gradebook", "resources": "resource"}[route.service]
        if not any(family in scope.rsplit("/", 1)[1] for scope in request.grant.scopes):
            super().authorise(request, route)


@defect("single-demographics-open")
class SingleDemographicsOpen(Vendor):
    """The list of demographics is guarded, the single read is not."""

    def authorise(self, request: Request, route: Route) -> None:
        if not (route.table == "demographics" and route.kind == "one"):
            super().authorise(request, route)


@defect("assessment-under-gradebook")
class AssessmentUnderGradebook(Vendor):
    """gradebook.readonly opens the assessment objects."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not any(scope.endswith("gradebook.readonly") for scope in request.grant.scopes):
            super().authorise(request, route)


@defect("core-opens-nothing")
class CoreOpensNothing(Vendor):
    """Both scopes are demanded: AND, as the files can be read."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not route.scopes <= request.grant.scopes:
            raise Refusal(403, "forbidden", "no scope")


@defect("scope-missing-is-401")
class ScopeMissing401(Vendor):
    """A missing scope is answered as a missing token."""

    def authorise(self, request: Request, route: Route) -> None:
        try:
            super().authorise(request, route)
        except Refusal:
            raise Refusal(401, "unauthorisedrequest", "no", WWW_Authenticate="Bearer") from None


@defect("more-scopes-than-asked")
class MoreScopes(Vendor):
    """A token carries all scopes of the client, whatever was asked for."""

    def granted(self, client: str, asked: frozenset[str]) -> frozenset[str]:
        return super().granted(client, frozenset())


@defect("write-scope-reads")
class WriteScopeReads(Vendor):
    """gradebook.createput also reads."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not (route.service == "gradebook" and any("createput" in s for s in request.grant.scopes)):
            super().authorise(request, route)
