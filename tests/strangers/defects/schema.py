"""Defects of shapes: values of another type, names of another spelling, views that tell less."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

from tests.strangers.defects import defect
from tests.strangers.defects.ways import Retold
from tests.strangers.routes import Route
from tests.strangers.server import Reply, Request, Vendor
from tests.strangers.town import Ref, Row


@defect("nulls")
class Nulls(Retold):
    """Absent properties are null."""

    def retell(self, told: Row) -> Row:
        if "givenName" in told:
            return {"email": None, "phone": None, **told}
        return told


@defect("empty-texts")
class EmptyTexts(Retold):
    """Absent dates are empty texts."""

    def retell(self, told: Row) -> Row:
        return {"beginDate": "", **told} if "user" in told and "class" in told else told


@defect("real-booleans")
class RealBooleans(Retold):
    """enabledUser is a boolean."""

    def retell(self, told: Row) -> Row:
        return {**told, "enabledUser": told["enabledUser"] == "true"} if "enabledUser" in told else told


@defect("capital-booleans")
class CapitalBooleans(Retold):
    """.NET says "True"."""

    def retell(self, told: Row) -> Row:
        return {**told, "primary": told["primary"].capitalize()} if "primary" in told else told


@defect("numeric-ids")
class NumericIds(Retold):
    """The ids that are digits go out as numbers, in links only."""

    def link(self, name: str, ref: Ref) -> Row:
        found = super().link(name, ref)
        return {**found, "sourcedId": int(ref.id)} if ref.id.isdigit() else found


@defect("scores-as-text")
class ScoresAsText(Retold):
    """Decimal columns come out as text (PHP)."""

    def retell(self, told: Row) -> Row:
        return {**told, "score": f"{told['score']:.2f}"} if "score" in told else told


@defect("school-year-number")
class SchoolYearNumber(Retold):
    """schoolYear is a number."""

    def retell(self, told: Row) -> Row:
        year = told.get("schoolYear")
        return {**told, "schoolYear": int(year)} if isinstance(year, str) else told


@defect("list-of-one-unwrapped")
class SingleElementUnwrapped(Retold):
    """A list of one is no list (XML to JSON)."""

    def retell(self, told: Row) -> Row:
        roles = told.get("terms")
        return {**told, "terms": roles[0]} if isinstance(roles, list) and len(roles) == 1 else told


@defect("link-type-plural")
class LinkTypePlural(Vendor):
    """Links say `users`."""

    def link(self, name: str, ref: Ref) -> Row:
        return {**super().link(name, ref), "type": "users" if ref.kind == "user" else ref.kind}


@defect("link-type-school")
class LinkTypeSchool(Vendor):
    """Links to a school say `school`."""

    def link(self, name: str, ref: Ref) -> Row:
        return {**super().link(name, ref), "type": "school" if name == "school" else ref.kind}


@defect("empty-parent")
class EmptyParent(Retold):
    """Who has no parent has an empty one."""

    def retell(self, told: Row) -> Row:
        return {**told, "parent": {}} if told.get("type") in {"district", "schoolYear"} else told


@defect("role-upper-case")
class RoleUpperCase(Retold):
    """An enum of Java: STUDENT, in enrolments."""

    def retell(self, told: Row) -> Row:
        return {**told, "role": told["role"].upper()} if "role" in told and "class" in told else told


@defect("extra-property")
class ExtraProperty(Retold):
    """The internal id leaks out beside the others."""

    def retell(self, told: Row) -> Row:
        return {**told, "_id": 4711} if "courseCode" in told else told


@defect("role-of-1-1")
class RoleOf11(Retold):
    """user.role and user.orgs of 1.1 are still there."""

    def retell(self, told: Row) -> Row:
        if "roles" in told and "givenName" in told:
            return {**told, "role": told["roles"][0]["role"], "orgs": [told["roles"][0]["org"]]}
        return told


@defect("stamp-without-zone")
class StampWithoutZone(Vendor):
    """LocalDateTime: no zone."""

    def stamp(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%S")


@defect("stamp-says-z-in-local")
class StampLocalAsZ(Vendor):
    """Local time with a Z behind it: what is served is not what the filter compares."""

    def stamp(self, moment: datetime) -> str:
        return moment.astimezone(timezone(timedelta(hours=2))).strftime("%Y-%m-%dT%H:%M:%SZ")


@defect("stamp-rounded-up")
class StampRoundedUp(Vendor):
    """Stamps go out rounded to the next minute: a delta from the last one loses rows."""

    def stamp(self, moment: datetime) -> str:
        return (moment + timedelta(seconds=59)).strftime("%Y-%m-%dT%H:%M:00Z")


@defect("date-with-time")
class DateWithTime(Vendor):
    """Dates carry midnight."""

    def value_out(self, name: str, value: Any) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            return f"{value.isoformat()}T00:00:00Z"
        return super().value_out(name, value)


@defect("date-finnish")
class DateFinnish(Vendor):
    """birthDate as people write it."""

    def value_out(self, name: str, value: Any) -> Any:
        return f"{value.day}.{value.month}.{value.year}" if name == "birthDate" else super().value_out(name, value)


@defect("wrong-single-key")
class WrongSingleKey(Vendor):
    """A single term comes as `term`, a single school as `school`."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        name = {"/terms/{self}": "term", "/schools/{self}": "school", "/students/{self}": "student"}.get(route.path)
        return self.json(200, {name: next(iter(json.loads(reply.body).values()))}) if name else reply


@defect("single-is-thinner")
class SingleThinner(Vendor):
    """The list view and the single view are two DTOs: the single one lacks what the list tells."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        body = json.loads(reply.body)
        told = body[route.key]
        for name in ("agents", "grades", "resources", "periods", "comment"):
            told.pop(name, None)
        return self.json(200, body)


@defect("list-is-thinner")
class ListThinner(Vendor):
    """Lists leave out what needs a join: agents and userIds."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        return super().collection(route, [{n: v for n, v in r.items() if n not in {"agents", "userIds"}} for r in rows])


@defect("duplicate-keys")
class DuplicateKeys(Vendor):
    """A serialiser writes a key twice."""

    def dump(self, body: Any) -> bytes:
        return super().dump(body).replace(b'"status":"active"', b'"status":"active","status":"active"', 1)


@defect("subject-codes-uneven")
class SubjectCodesUneven(Retold):
    """subjects and subjectCodes are of different length."""

    def retell(self, told: Row) -> Row:
        return {**told, "subjectCodes": [*told["subjectCodes"], "X"]} if "subjectCodes" in told else told
