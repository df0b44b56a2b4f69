"""Defects of the gradebook: numbers that change on their way, and results of the wrong pupils."""

from __future__ import annotations

import json
import struct
from typing import Any

from tests.strangers.defects import defect
from tests.strangers.defects.ways import Nested, Retold
from tests.strangers.routes import Route
from tests.strangers.server import Reply, Request, Vendor
from tests.strangers.town import Ref, Row, Tables


@defect("scores-rounded")
class ScoresRounded(Vendor):
    """The single read rounds: numeric(5,1)."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        body = json.loads(reply.body)
        if "score" in body[route.key]:
            body[route.key]["score"] = round(body[route.key]["score"], 0)
            return self.json(200, body)
        return reply


@defect("scores-as-floats")
class ScoresAsFloat32(Retold):
    """float instead of decimal: 7.1 is 7.099999904632568."""

    def retell(self, told: Row) -> Row:
        if "score" in told:
            return {**told, "score": struct.unpack("f", struct.pack("f", told["score"]))[0]}
        return told


@defect("zero-is-absent")
class ZeroIsAbsent(Retold):
    """A bound of nought is falsy and left out (JavaScript), in lists."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        return super().collection(route, [{n: v for n, v in row.items() if v != 0} for row in rows])


@defect("results-of-all-classes")
class ResultsOfAllClasses(Nested):
    """The results of a student in a class are those of the student everywhere."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/classes/{class}/students/{student}/results":
            return [r for r in self.tables(request)["results"].values() if r["student"].id == request.ids["student"]]
        return rows


@defect("line-item-of-another-class")
class LineItemOfAnotherClass(Nested):
    """The results of a line item do not look at the class of the path."""

    def known_parents(self, request: Request, route: Route) -> None:
        if {"lineItem", "class"} <= request.ids.keys():
            return
        super().known_parents(request, route)

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/classes/{class}/lineItems/{lineItem}/results":
            return [r for r in self.tables(request)["results"].values() if r["lineItem"].id == request.ids["lineItem"]]
        return rows


@defect("class-categories-are-all")
class ClassCategoriesAll(Nested):
    """/classes/{}/categories gives all categories."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/classes/{class}/categories":
            return list(self.tables(request)["categories"].values())
        return rows


@defect("exempt-missing")
class ExemptMissing(Nested):
    """Results without a score are not in the list of their line item."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return [r for r in rows if "score" in r] if "lineItem" in request.ids else rows


@defect("result-student-unknown")
class ResultStudentUnknown(Vendor):
    """Results of pupils who are not in the class of the line item."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        row = next(iter(tables["results"].values()))
        teacher = next(u for u, r in tables["users"].items() if r["roles"][0]["role"] == "teacher")
        row["student"] = Ref("user", teacher)
        return tables


@defect("score-status-underscored")
class ScoreStatusUnderscored(Retold):
    """An enum of Java: fully_graded."""

    def retell(self, told: Row) -> Row:
        return {**told, "scoreStatus": told["scoreStatus"].replace(" ", "_")} if "scoreStatus" in told else told


@defect("due-date-only")
class DueDateOnly(Retold):
    """dueDate is a date."""

    def retell(self, told: Row) -> Row:
        return {**told, "dueDate": told["dueDate"][:10]} if "dueDate" in told else told


@defect("scale-values-plural")
class ScaleValuesPlural(Retold):
    """The array is called scoreScaleValues."""

    def retell(self, told: Row) -> Row:
        return {("scoreScaleValues" if n == "scoreScaleValue" else n): v for n, v in told.items()}


@defect("assessment-parent-dangles")
class AssessmentParentDangles(Vendor):
    """parentAssessmentLineItem leads nowhere."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        row = next(r for r in tables["assessmentLineItems"].values() if "parentAssessmentLineItem" in r)
        row["parentAssessmentLineItem"] = Ref("assessmentLineItem", "gone")
        return tables


@defect("results-twice")
class ResultsInnerJoin(Vendor):
    """/results joins enrolments: once for each enrolment of the pupil in the class."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows for _ in range(2 if "comment" in row else 1)] if route.path == "/results" else rows
