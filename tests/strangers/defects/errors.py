"""Defects of refusals: statuses and payloads that tell a client the wrong thing, or too much."""

from __future__ import annotations

from typing import Any

from tests.strangers.defects import defect
from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Reply, Request, Vendor
from tests.strangers.town import Row


@defect("html-404")
class Html404(Vendor):
    """The web server's own page for what it does not know."""

    def problem(self, refusal: Refusal) -> Reply:
        if refusal.status in {404, 405}:
            return Reply(refusal.status, b"<html><h1>Not Found</h1></html>", [("Content-Type", "text/html")])
        return super().problem(refusal)


@defect("problem-json")
class ProblemJson(Vendor):
    """Errors as RFC 9457."""

    def problem(self, refusal: Refusal) -> Reply:
        body = {"title": "error", "status": refusal.status, "detail": refusal.said}
        reply = super().problem(refusal)
        reply.body = self.dump(body)
        reply.header("Content-Type", "application/problem+json")
        return reply


@defect("errors-are-200")
class ErrorsAre200(Vendor):
    """Errors come with 200."""

    def problem(self, refusal: Refusal) -> Reply:
        reply = super().problem(refusal)
        if refusal.status in {400, 404}:
            reply.status = 200
        return reply


@defect("wrapped-payload")
class WrappedPayload(Vendor):
    """The payload is wrapped."""

    def payload(self, refusal: Refusal) -> Any:
        return {"imsx_StatusInfo": super().payload(refusal)}


@defect("minor-as-text")
class MinorAsText(Vendor):
    """imsx_CodeMinor is a text."""

    def payload(self, refusal: Refusal) -> Any:
        return {**super().payload(refusal), "imsx_CodeMinor": refusal.minor}


@defect("minor-of-1-1")
class MinorOf11(Vendor):
    """The words of 1.1."""

    def payload(self, refusal: Refusal) -> Any:
        return super().payload(Refusal(refusal.status, refusal.minor.replace("unknownobject", "unknown object"), ""))


@defect("success-in-failure")
class SuccessInFailure(Vendor):
    """codeMajor says success."""

    def payload(self, refusal: Refusal) -> Any:
        return {**super().payload(refusal), "imsx_codeMajor": "success"}


@defect("minor-always-the-same")
class MinorAlways(Vendor):
    """Every refusal is invaliddata."""

    def payload(self, refusal: Refusal) -> Any:
        return super().payload(Refusal(refusal.status, "invaliddata", refusal.said))


@defect("unknown-id-200-empty")
class UnknownId200(Vendor):
    """An unknown id: 200 and an empty object."""

    def one(self, request: Request, route: Route) -> Reply:
        try:
            return super().one(request, route)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            return self.json(200, {route.key: {}})


@defect("unknown-id-400")
class UnknownId400(Vendor):
    """An id that is not of the vendor's shape: 400."""

    def one(self, request: Request, route: Route) -> Reply:
        try:
            return super().one(request, route)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            raise Refusal(400, "invaliddata", "no such id") from None


@defect("wrong-kind-200")
class WrongKind200(Vendor):
    """/teachers/{id of a student} gives the student."""

    def one(self, request: Request, route: Route) -> Reply:
        row = self.tables(request)[route.table].get(request.ids["self"])
        if row:
            return self.json(200, {route.key: self.project(self.render(row), self.chosen(request, route))})
        return super().one(request, route)


@defect("filter-echoed")
class FilterEchoed(Vendor):
    """The description repeats the literal of the filter, and with it a name."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Refusal as refusal:
            raise Refusal(400, refusal.minor, f"bad filter {request.params['filter'][-1]}") from None


@defect("ids-any-case")
class IdsAnyCase(Vendor):
    """Ids are looked up without case, and with spaces around them."""

    def one(self, request: Request, route: Route) -> Reply:
        wanted = request.ids["self"].strip().casefold()
        for id_ in self.tables(request)[route.table]:
            if id_.casefold() == wanted:
                request.ids["self"] = id_
        return super().one(request, route)
