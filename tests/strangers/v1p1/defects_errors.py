"""Defects of 1.1 in refusals and tombstones, as vendors have them."""

from __future__ import annotations

from typing import Any

from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Reply, Request
from tests.strangers.town import Row
from tests.strangers.v1p1.registry import defect
from tests.strangers.v1p1.server import Old

# --- refusals ---------------------------------------------------------------------------------------------------------


@defect("errors", "refusals-of-1.2")
class RefusalsOfLater(Old):
    """A refusal has the shape of 1.2: no list, imsx_CodeMinor nested (differences, 1)."""

    def payload(self, refusal: Refusal) -> Any:
        minor = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": refusal.minor}
        return {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": refusal.said,
                "imsx_CodeMinor": {"imsx_codeMinorField": [minor]}}  # fmt: skip


@defect("errors", "refusals-of-1.0")
class RefusalsOfOld(Old):
    """A refusal is {"errors": [{codeMajor, ...}]}, as in 1.0."""

    def payload(self, refusal: Refusal) -> Any:
        infos = super().payload(refusal)["statusInfoSet"]
        return {"errors": [{name.removeprefix("imsx_"): value for name, value in one.items()} for one in infos]}


@defect("errors", "refusals-of-the-framework")
class RefusalsOfTheFramework(Old):
    """A refusal is {"error": ..., "message": ...}."""

    def payload(self, refusal: Refusal) -> Any:
        return {"error": refusal.status, "message": refusal.said}


@defect("errors", "refusals-in-html")
class RefusalsInHtml(Old):
    """A refusal is a page."""

    def problem(self, refusal: Refusal) -> Reply:
        return Reply(refusal.status, b"<html><h1>Error</h1></html>", [("Content-Type", "text/html")])


@defect("errors", "refusals-without-a-body")
class RefusalsWithoutABody(Old):
    """A refusal has a status and nothing else."""

    def problem(self, refusal: Refusal) -> Reply:
        return Reply(refusal.status, b"", [])


@defect("errors", "codes-in-one-word")
class CodesInOneWord(Old):
    """unknownobject, unauthorisedrequest: the words of 1.2 in the shape of 1.1."""

    def payload(self, refusal: Refusal) -> Any:
        return {"statusInfoSet": [self.info("failure", "error", refusal.minor, refusal.said)]}


@defect("errors", "codes-of-success")
class CodesOfSuccess(Old):
    """A refusal says success and status."""

    def payload(self, refusal: Refusal) -> Any:
        return {"statusInfoSet": [self.info("success", "status", "full success", refusal.said)]}


@defect("errors", "codes-with-a-capital")
class CodesWithCapital(Old):
    """Failure and Error, as .NET prints its enumerations."""

    def payload(self, refusal: Refusal) -> Any:
        told = super().payload(refusal)
        for one in told["statusInfoSet"]:
            one["imsx_codeMajor"], one["imsx_severity"] = "Failure", "Error"
        return told


@defect("errors", "status-info-as-object")
class StatusInfoAsObject(Old):
    """statusInfoSet of a refusal is an object and no list."""

    def payload(self, refusal: Refusal) -> Any:
        return {"statusInfoSet": super().payload(refusal)["statusInfoSet"][0]}


@defect("errors", "refusals-are-200")
class RefusalsAre200(Old):
    """Whatever goes wrong is told in the body, with 200."""

    def problem(self, refusal: Refusal) -> Reply:
        reply = super().problem(refusal)
        if refusal.status in {400, 404}:
            reply.status = 200
        return reply


@defect("errors", "unknown-is-500")
class UnknownIs500(Old):
    """An unknown id is a server error."""

    def one(self, request: Request, route: Route) -> Reply:
        try:
            return super().one(request, route)
        except Refusal:
            raise Refusal(500, "internal_server_error", "Sequence contains no elements") from None


@defect("errors", "unknown-is-empty")
class UnknownIsEmpty(Old):
    """An unknown id is 200 and an object without anything in it."""

    def one(self, request: Request, route: Route) -> Reply:
        try:
            return super().one(request, route)
        except Refusal:
            return self.json(200, {route.key: {}})


@defect("errors", "unknown-is-400")
class UnknownIs400(Old):
    """An unknown id is 400, invalid data (1.1: 404, unknown object)."""

    def one(self, request: Request, route: Route) -> Reply:
        try:
            return super().one(request, route)
        except Refusal:
            raise Refusal(400, "invaliddata", "no such id") from None


@defect("errors", "stack-told")
class StackTold(Old):
    """A refusal tells the stack: files, lines and the SQL."""

    def payload(self, refusal: Refusal) -> Any:
        told = super().payload(refusal)
        for one in told["statusInfoSet"]:
            one["imsx_description"] = (
                'Traceback (most recent call last):\n  File "/srv/oneroster/app/views.py", line 214, in get\n'
                "psycopg2.errors.UndefinedColumn: SELECT * FROM users WHERE secret_id = 4"
            )
        return told


@defect("errors", "refusals-typed-as-html")
class RefusalsTypedAsHtml(Old):
    """A refusal is JSON, and its type says HTML."""

    def problem(self, refusal: Refusal) -> Reply:
        reply = super().problem(refusal)
        reply.header("Content-Type", "text/html")
        return reply


# --- tombstones -------------------------------------------------------------------------------------------------------


@defect("tombstones", "deleted-is-404-and-listed")
class DeletedIs404AndListed(Old):
    """What is to be deleted stands in lists, and by itself is 404 (rest, 7: returned until it is purged)."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows if row["status"] == "active"] if route.kind == "one" else rows


@defect("tombstones", "tombstones-bare")
class TombstonesBare(Old):
    """What is to be deleted has an id and a status, and nothing else of what is required."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        kept = ("sourcedId", "status", "dateLastModified")
        return told if row.get("status") != "tobedeleted" else {name: told[name] for name in kept if name in told}


@defect("tombstones", "deleted-by-a-date")
class DeletedByADate(Old):
    """What is to be deleted is active with a deletedAt beside it."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        if told.get("status") == "tobedeleted":
            told |= {"status": "active", "deletedAt": told.get("dateLastModified")}
        return told
