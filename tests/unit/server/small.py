"""A school small enough to reason about by hand, and a door into a server that holds it."""

from __future__ import annotations

import json
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from digione_mock_server.app import create_app, state_of
from digione_mock_server.credentials import Register, register
from digione_mock_server.dialects import Dialects
from digione_mock_server.faults import Faults
from digione_mock_server.filling import copied_store
from digione_mock_server.settings import Settings
from digione_mock_server.switches import Switches
from starlette.applications import Starlette

from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.scopes import Scope
from digione_sdk.model.oneroster import (
    AcademicSession,
    AssessmentLineItem,
    AssessmentResult,
    Base,
    Category,
    Class,
    Course,
    Demographics,
    Enrollment,
    LineItem,
    Org,
    Resource,
    Result,
    ScoreScale,
    User,
)

BASE = "/ims/oneroster/rostering/v1p2"
GRADEBOOK = "/ims/oneroster/gradebook/v1p2"
RESOURCES = "/ims/oneroster/resources/v1p2"
URL = "http://roster.example"


def link(kind: str, sourced_id: str) -> dict[str, str]:
    collection = {"class": "classes", "category": "categories"}.get(kind, f"{kind}s")
    homes = {"resource": RESOURCES, "lineItem": GRADEBOOK, "category": GRADEBOOK, "scoreScale": GRADEBOOK}
    base = GRADEBOOK if kind == "assessmentLineItem" else homes.get(kind, BASE)
    return {"href": f"{base}/{collection}/{quote(sourced_id, safe='')}", "sourcedId": sourced_id, "type": kind}


def base(sourced_id: str, *, modified: str = "2026-08-01T00:00:00.000Z", status: str = "active") -> dict[str, Any]:
    return {"sourcedId": sourced_id, "status": status, "dateLastModified": modified}


def user(sourced_id: str, *roles: tuple[str, str], given: str = "Testi", family: str = "Malli", **more: Any) -> Any:
    stamps = {name: more.pop(name) for name in ("modified", "status") if name in more}
    return User, {
        **base(sourced_id, **stamps),
        "enabledUser": "true",
        "givenName": given,
        "familyName": family,
        "roles": [
            {"roleType": "primary" if i == 0 else "secondary", "role": role, "org": link("org", org)}
            for i, (role, org) in enumerate(roles)
        ],
        **more,
    }


def session(sourced_id: str, kind: str, *, parent: str | None = None, start: str = "2026-08-01") -> Any:
    wire = {
        **base(sourced_id),
        "title": sourced_id,
        "startDate": start,
        "endDate": "2027-06-05",
        "type": kind,
        "schoolYear": "2027",
    }
    return AcademicSession, wire | ({"parent": link("academicSession", parent)} if parent else {})


def enrolment(sourced_id: str, who: str, where: str, school: str, role: str, *, status: str = "active") -> Any:
    return Enrollment, {
        **base(sourced_id, status=status),
        "user": link("user", who),
        "class": link("class", where),
        "school": link("org", school),
        "role": role,
    }


def group(sourced_id: str, school: str, *terms: str, course: str = "course1", **more: Any) -> Any:
    return Class, {
        **base(sourced_id),
        "title": f"{sourced_id} äö",
        "course": link("course", course),
        "school": link("org", school),
        "terms": [link("academicSession", term) for term in terms],
        "subjects": ["matematiikka"],
        "periods": ["1", "2"],
        **more,
    }


def item(sourced_id: str, group: str, school: str, **more: Any) -> Any:
    return LineItem, {
        **base(sourced_id),
        "title": sourced_id,
        "assignDate": "2026-10-01T06:00:00.000Z",
        "dueDate": "2026-10-08T14:00:00.000Z",
        "class": link("class", group),
        "school": link("org", school),
        "category": link("category", "tests"),
        **more,
    }


def result(sourced_id: str, of: str, who: str, score: float, **more: Any) -> Any:
    return Result, {
        **base(sourced_id),
        "lineItem": link("lineItem", of),
        "student": link("user", who),
        "scoreStatus": "fully graded",
        "score": score,
        "scoreDate": "2026-10-09",
        **more,
    }


SMALL: tuple[tuple[type[Base], dict[str, Any]], ...] = (
    (Org, {**base("district"), "name": "Mallila", "type": "district", "identifier": "999"}),
    (
        Org,
        {
            **base("school1"),
            "name": "Äkäslompolon koulu",
            "type": "school",
            "identifier": "1",
            "parent": link("org", "district"),
        },
    ),
    (Org, {**base("school2"), "name": "Koulu 2", "type": "school", "identifier": "2"}),
    session("year", "schoolYear"),
    session("autumn", "term", parent="year"),
    session("spring", "term", parent="year", start="2027-01-07"),
    session("jakso1", "gradingPeriod", parent="autumn"),
    (
        Course,
        {
            **base("course1"),
            "title": "Matematiikka",
            "courseCode": "MA",
            "org": link("org", "school1"),
            "resources": [link("resource", "book")],
        },
    ),
    group("class1", "school1", "autumn", "spring", resources=[link("resource", "book")]),
    group("class2", "school2", "autumn"),
    user(
        "pupil1",
        ("student", "school1"),
        given="Åke",
        family="Öhman",
        email="ake@example.org",
        agents=[link("user", "guardian1")],
        grades=["07"],
        metadata={"fi.digione.homeClass": "7A", "vendor.flag": True},
    ),
    user(
        "pupil2",
        ("student", "school1"),
        ("student", "school2"),
        given="Ánná",
        family="Niillas",
        sms="+999",
        resources=[link("resource", "book")],
    ),
    user(
        "pupil3", ("student", "school2"), family="100%_malli", status="tobedeleted", modified="2026-11-02T10:00:00.000Z"
    ),
    user("hidden", ("student", "school1"), given="Salattu", email="hidden@example.org"),
    user("teacher1", ("teacher", "school1"), email="teacher1@example.org", modified="2026-11-01T00:00:00.000Z"),
    user("teacher2", ("teacher", "school2"), ("principal", "school1")),
    user("guardian1", ("guardian", "school1"), agents=[link("user", "pupil1"), link("user", "hidden")]),
    user("odd/id ö", ("aide", "school1")),
    (Demographics, {**base("pupil1"), "birthDate": "2013-02-03", "sex": "male"}),
    (Demographics, {**base("hidden"), "birthDate": "2013-02-03"}),
    enrolment("e1", "pupil1", "class1", "school1", "student"),
    enrolment("e2", "pupil2", "class1", "school1", "student"),
    enrolment("e3", "pupil2", "class2", "school2", "student", status="tobedeleted"),
    enrolment("e4", "teacher1", "class1", "school1", "teacher"),
    enrolment("e5", "hidden", "class1", "school1", "student"),
    (Resource, {**base("book"), "title": "Kirja", "vendorResourceId": "v-1"}),
    (Resource, {**base("tool"), "title": "Alusta", "vendorResourceId": "v-2", "status": "tobedeleted"}),
    (Category, {**base("tests"), "title": "Kokeet", "weight": 50}),
    (Category, {**base("unused"), "title": "Muut"}),
    (
        ScoreScale,
        {
            **base("scale1"),
            "title": "4-10",
            "type": "arviointiasteikkoyleissivistava",
            "course": link("course", "course1"),
            "class": link("class", "class1"),
            "scoreScaleValue": [{"itemValueLHS": "10", "itemValueRHS": "erinomainen"}],
        },
    ),
    item(
        "test1",
        "class1",
        "school1",
        scoreScale=link("scoreScale", "scale1"),
        resultValueMax=10,
        academicSession=link("academicSession", "autumn"),
        gradingPeriod=link("academicSession", "jakso1"),
    ),
    item("test2", "class2", "school2"),
    result("r1", "test1", "pupil1", 10, comment="Hienoa", **{"class": link("class", "class1")}),
    result("r2", "test1", "pupil2", 8.5),
    result("r3", "test1", "hidden", 9, comment="Salaista"),
    result("r4", "test2", "pupil2", 7),
    (AssessmentLineItem, {**base("national"), "title": "Koe"}),
    (
        AssessmentLineItem,
        {**base("part"), "title": "Osa", "parentAssessmentLineItem": link("assessmentLineItem", "national")},
    ),
    (
        AssessmentResult,
        {
            **base("ar1"),
            "assessmentLineItem": link("assessmentLineItem", "part"),
            "student": link("user", "pupil1"),
            "score": 12,
            "scoreDate": "2026-10-09",
            "scoreStatus": "fully graded",
        },
    ),
)

OTHER: tuple[tuple[type[Base], dict[str, Any]], ...] = (
    (Org, {**base("school1"), "name": "Toinen", "type": "school", "identifier": "1"}),
    user("pupil1", ("student", "school1"), given="Toinen", family="Kunta"),
    user("stranger", ("student", "school1")),
)


class SmallSource:
    """Two tenants by hand."""

    name = "small"

    def records(self, tenant: int) -> Iterable[tuple[type[Base], dict[str, Any]]]:
        return SMALL if tenant == 0 else OTHER

    def protected(self, tenant: int) -> frozenset[str]:
        return frozenset({"hidden"}) if tenant == 0 else frozenset()


def drive(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that waits for nothing outside itself."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration:
        return


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> str:
        return self.json["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"]

    def ids(self, key: str) -> list[str]:
        return [row["sourcedId"] for row in self.json[key]]


@dataclass
class Door:
    """Asks a server in the same process; tokens are those of one client."""

    app: Starlette
    register: Register
    token: str | None = None

    def send(self, method: str, target: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        path, _, query = target.partition("?")
        raw = {name.lower(): value for name, value in (headers or {}).items()}
        if self.token and "authorization" not in raw and target != "/oauth2/token":
            raw["authorization"] = f"Bearer {self.token}"
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in raw.items()],
            "root_path": "",
            "scheme": "http",
            "server": ("roster.example", 80),
        }
        answer = Answer()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                answer.body += message.get("body", b"")

        drive(self.app(scope, receive, send))
        return answer

    def read(self, endpoint: Endpoint[Any], **parameters: str) -> Answer:
        """Ask a line of the endpoint tables, whichever service's it is."""
        return self.send("GET", endpoint.service.base_path + endpoint.path.format(**parameters))

    def get(self, path: str, /, headers: Mapping[str, str] | None = None, **query: Any) -> Answer:
        text = f"?{urlencode(query, quote_via=quote, doseq=True)}" if query else ""
        return self.send("GET", BASE + path + text, headers=headers)

    def ask(self, method: str, path: str, wire: Any = None, /, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask the Gradebook service; `wire` is sent as JSON."""
        body = b"" if wire is None else json.dumps(wire).encode()
        typed = {"Content-Type": "application/json"} if body else {}
        return self.send(method, GRADEBOOK + path, headers={**typed, **(headers or {})}, body=body)

    def as_client(self, tenant: str = "a", exposure: str = "default", scopes: Iterable[Scope] = tuple(Scope)) -> Door:
        credentials = self.register.credentials[tenant, exposure]
        form = {
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "scope": " ".join(scopes),
        }
        answer = self.post_form("/oauth2/token", form)
        assert answer.status == 200, answer.body
        return Door(self.app, self.register, answer.json["access_token"])

    def post_form(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        return self.send(
            "POST",
            path,
            headers={"Content-Type": "application/x-www-form-urlencoded", **headers},
            body=urlencode(form).encode(),
        )

    def close(self) -> None:
        state_of(self.app).close()


def open_door(*, faults: Iterable[str] = (), dialects: Iterable[str] = (), source: Any = None, **settings: Any) -> Door:
    registered = register(2)
    chosen = Settings(
        public_url=URL,
        clients=registered.clients,
        switches=Switches(Faults.of(faults), Dialects.of(dialects)),
        today=date(2026, 11, 23),
        **settings,
    )
    return Door(create_app(chosen, store=copied_store(source or SmallSource(), tenants=2)), registered)
