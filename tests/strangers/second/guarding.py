"""Defects in who may write: scopes, tokens, and the wall between two tenants."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.strangers.routes import SCOPE, Route
from tests.strangers.second.lists import defect
from tests.strangers.second.writer import Writer
from tests.strangers.server import Grant, Refusal, Reply, Request
from tests.strangers.town import PLURAL, Ref, Row, Tables

_WRITES = frozenset({"put", "post", "delete"})


class _Opened(Writer):
    """A vendor some of whose writes are opened by more than their scope."""

    def opens(self, route: Route, scopes: frozenset[str]) -> bool:
        return False

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if route.kind in _WRITES and self.opens(route, frozenset(s.removeprefix(SCOPE) for s in request.grant.scopes)):
            return
        super().authorise(request, route)


@defect("scopes", "put-by-readonly")
class PutByReadonly(_Opened):
    """Whoever may read the gradebook may PUT (REST 9: gradebook.createput)."""

    def opens(self, route: Route, scopes: frozenset[str]) -> bool:
        return route.kind == "put" and "gradebook.readonly" in scopes


@defect("scopes", "scope-by-its-beginning")
class ScopeByItsBeginning(_Opened):
    """startsWith("gradebook.create"): createpost opens PUT, and createput POST."""

    def opens(self, route: Route, scopes: frozenset[str]) -> bool:
        return route.kind != "delete" and any(scope.startswith("gradebook.create") for scope in scopes)


@defect("scopes", "delete-by-createput")
class DeleteByCreateput(_Opened):
    """One right to write: createput opens DELETE (REST 9: gradebook.delete)."""

    def opens(self, route: Route, scopes: frozenset[str]) -> bool:
        return route.kind == "delete" and any(scope.endswith("createput") for scope in scopes)


@defect("scopes", "assessments-by-gradebook")
class AssessmentsByGradebook(_Opened):
    """Scopes go by the service: gradebook.createput and .delete open assessments (they have scopes of their own)."""

    def opens(self, route: Route, scopes: frozenset[str]) -> bool:
        return f"gradebook.{'delete' if route.kind == 'delete' else 'createput'}" in scopes


@defect("scopes", "delete-by-anybody")
class DeleteByAnybody(_Opened):
    """The rule for DELETE was forgotten: any token will do, one for rostering too."""

    def opens(self, route: Route, scopes: frozenset[str]) -> bool:
        return route.kind == "delete"


@defect("scopes", "post-by-anybody")
class PostByAnybody(_Opened):
    """The rule knows /lineItems and /results, not the nested addresses: POST is open to any token."""

    def opens(self, route: Route, scopes: frozenset[str]) -> bool:
        return route.kind == "post"


@defect("scopes", "scales-by-anybody")
class ScalesByAnybody(_Opened):
    """A rule by table, without the one added last: score scales are written with any token."""

    def opens(self, route: Route, scopes: frozenset[str]) -> bool:
        return route.table == "scoreScales"


@defect("scopes", "refused-after-the-write")
class RefusedAfterTheWrite(Writer):
    """The scope is checked by a filter behind the handler: 403, and the write was done."""

    def authorise(self, request: Request, route: Route) -> None:
        try:
            super().authorise(request, route)
        except Refusal:
            if route.kind in _WRITES:
                self.write(request, route)
            raise


@defect("scopes", "no-scope-401")
class NoScope401(Writer):
    """A good token without the scope for a write is answered 401 (403 is declared; 401 asks for another token)."""

    def authorise(self, request: Request, route: Route) -> None:
        try:
            super().authorise(request, route)
        except Refusal:
            if route.kind in _WRITES:
                raise Refusal(
                    401, "unauthorisedrequest", "insufficient scope", WWW_Authenticate='Bearer realm="oneroster"'
                ) from None
            raise


@defect("scopes", "no-scope-and-no-word")
class NoScopeAndNoWord(Writer):
    """Without the scope a write is answered as if it were done, and nothing is done."""

    def serve(self, request: Request) -> Reply:
        try:
            return super().serve(request)
        except Refusal as refusal:
            if refusal.status == 403 and request.method in {"PUT", "DELETE"}:
                return Reply(204 if request.method == "DELETE" else 201)
            raise


@defect("scopes", "written-without-a-token")
class WrittenWithoutAToken(Writer):
    """The gateway checks tokens of GET alone: a PUT without a token is done."""

    def authenticate(self, request: Request) -> Grant:
        if request.method == "PUT" and "authorization" not in request.headers:
            scopes = frozenset({SCOPE + "gradebook.createput", SCOPE + "assessment.createput"})
            return Grant("kivi-ohjelma", "kivi", scopes, 1e12)
        return super().authenticate(request)


@defect("scopes", "any-bearer-deletes")
class AnyBearerDeletes(Writer):
    """DELETE is done whatever the token says: its signature is not looked at."""

    def authenticate(self, request: Request) -> Grant:
        try:
            return super().authenticate(request)
        except Refusal:
            if request.method == "DELETE" and request.headers.get("authorization", "").lower().startswith("bearer "):
                scopes = frozenset({SCOPE + "gradebook.delete", SCOPE + "assessment.delete"})
                return Grant("kivi-ohjelma", "kivi", scopes, 1e12)
            raise


# --- tenants ----------------------------------------------------------------------------------------------------------


def _other(grant: Grant) -> Grant:
    return dataclasses.replace(grant, tenant="lumi" if grant.tenant == "kivi" else "kivi")


class _AcrossTheWall(Writer):
    """A vendor who finds some objects by their id alone."""

    across: frozenset[str] = frozenset()

    def write(self, request: Request, route: Route) -> Reply:
        assert request.grant
        mine, theirs = self.tables(request), self.towns[_other(request.grant).tenant]
        id_ = request.ids.get("self", "")
        if route.kind in self.across and id_ not in mine[route.table] and id_ in theirs[route.table]:
            request.grant = _other(request.grant)
        return super().write(request, route)


@defect("tenants", "put-across")
class PutAcross(_AcrossTheWall):
    """Model.find(id): a PUT replaces an object of another tenant."""

    across = frozenset({"put"})

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        everywhere = {name: {**self.towns["kivi"][name], **self.towns["lumi"][name]} for name in tables}
        return super().taken(everywhere, route, sent)


@defect("tenants", "delete-across")
class DeleteAcross(_AcrossTheWall):
    """DELETE ... WHERE id = ?: an object of another tenant is deleted."""

    across = frozenset({"delete"})


@defect("tenants", "links-across")
class LinksAcross(Writer):
    """Foreign keys know no tenants: a result may be written for a pupil of another tenant."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        everywhere = {name: {**self.towns["kivi"][name], **self.towns["lumi"][name]} for name in tables}
        row = super().taken(everywhere, route, sent)
        for name in ("lineItem", "class"):  # the lists of a class are made from them
            if name in row and row[name].id not in tables[PLURAL[name]]:
                raise Refusal(422, "invaliddata", "unknown link")
        return row


@defect("tenants", "taken-by-others")
class TakenByOthers(Writer):
    """Ids are unique over all tenants: one that another tenant has is refused with 409, and so betrayed."""

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        assert request.grant
        if request.ids["self"] in self.towns[_other(request.grant).tenant][route.table]:
            raise Refusal(409, "invaliddata", "this id exists already")
        return super().put_one(request, route, sent)


@defect("tenants", "written-for-all")
class WrittenForAll(Writer):
    """tenant_id stays NULL in what is written, and NULL is shown to everybody."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        assert request.grant
        rows = super().belonging(request, route)
        theirs = self.towns[_other(request.grant).tenant][route.table]
        shared = [theirs[id_] for id_ in self.written if id_ in theirs] if route.members is None else []
        return rows + [row for row in shared if row["sourcedId"] not in {one["sourcedId"] for one in rows}]


@defect("tenants", "posted-below-others")
class PostedBelowOthers(Writer):
    """The class of a POST is looked up over all tenants: line items are posted into a school of somebody else."""

    def write(self, request: Request, route: Route) -> Reply:
        assert request.grant
        theirs = self.towns[_other(request.grant).tenant]
        if route.kind == "post" and any(
            request.ids.get(name, "") in theirs[table]
            for name, table in (("class", "classes"), ("school", "orgs"), ("lineItem", "lineItems"))
        ):
            request.grant = _other(request.grant)
        return super().write(request, route)

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        everywhere = {name: {**self.towns["kivi"][name], **self.towns["lumi"][name]} for name in tables}
        return super().taken(everywhere, route, sent)


@defect("tenants", "written-next-door")
class WrittenNextDoor(Writer):
    """A tenant kept in a thread-local: every fifth PUT is written into the database of the tenant served before."""

    puts = 0

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        reply = super().put_one(request, route, sent)
        assert request.grant
        self.puts += 1
        if self.puts % 5 == 0:
            row = self.tables(request)[route.table].pop(request.ids["self"])
            if not any(isinstance(value, Ref) for value in row.values()):
                self.towns[_other(request.grant).tenant][route.table][request.ids["self"]] = row
        return reply
