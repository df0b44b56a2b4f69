"""The stranger's 1.1 server: the machine of 1.2 with the paths, scopes, records, warnings and refusals of 1.1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote, unquote

from tests.strangers.query import sort_key
from tests.strangers.routes import Route
from tests.strangers.server import Params, Refusal, Reply, Request, Vendor
from tests.strangers.town import PLURAL, Ref, Row, Tables
from tests.strangers.v1p1.routes import BASE, PARENTS, ROUTES, SCOPE
from tests.strangers.v1p1.tables import FIELDS, known, retold

WITHHELD: Final = frozenset({"email", "phone", "sms", "userIds", "identifier", "agents"})
WORDS: Final = {  # how 1.1 spells what later versions spell as one word
    "unauthorisedrequest": "unauthorized", "unknownobject": "unknown object", "invaliddata": "invalid data",
}  # fmt: skip


class Old(Vendor):
    """A provider that keeps the rules of 1.1 as far as they are known."""

    services = ("rostering",)
    registered: Sequence[str] | None = None
    """The scopes that the target file names; without them the suite asks for all that 1.1 has."""

    def __init__(self) -> None:
        self.said: list[str] = []
        super().__init__()

    def populate(self) -> dict[str, Tables]:
        return {name: retold(tables) for name, tables in super().populate().items()}

    # --- the way in -----------------------------------------------------------------------------------------------

    def routes(self, service: str = "rostering") -> Iterator[Route]:
        return iter(ROUTES)

    def granted(self, client: str, asked: frozenset[str]) -> frozenset[str]:
        allowed: frozenset[str] = frozenset().union(*(route.scopes for route in self.routes()))
        if client.endswith("suppea"):
            allowed -= {SCOPE + "roster-demographics.readonly"}
        return (asked & allowed) if asked else allowed

    def discovery(self, request: Request) -> Reply | None:
        """1.1 has no document to discover."""
        return None

    def find(self, request: Request) -> Route:
        base = self.prefix + BASE
        for route in self.routes() if request.path.startswith(base + "/") else ():
            match = route.pattern.fullmatch(request.path[len(base) :])
            if match and request.method not in {"GET", "HEAD"}:
                raise Refusal(405, "invaliddata", "these are read only", Allow="GET, HEAD")
            if match:
                request.ids = {name: unquote(value) for name, value in match.groupdict().items()}
                return route
        raise Refusal(404, "unknownobject", "no such path")

    def serve(self, request: Request) -> Reply:
        self.said = []
        return super().serve(request)

    def known_parents(self, request: Request, route: Route) -> None:
        tables = self.tables(request)
        for name, id_ in request.ids.items():
            table, must = PARENTS[name]
            row = tables[table].get(id_)
            if row is None or (must and row[must[0]] != must[1]):
                raise Refusal(404, "unknownobject", "unknown object")
        both = {"school", "class"} <= request.ids.keys()
        if both and tables["classes"][request.ids["class"]]["school"].id != request.ids["school"]:
            raise Refusal(404, "unknownobject", "unknown object")

    # --- questions ------------------------------------------------------------------------------------------------

    def has(self, table: str, name: str) -> bool:
        """Whether records of a table have a field."""
        return name in FIELDS[table]

    def say(self, code: str) -> None:
        """Warn of a name that is unknown, beside the data."""
        self.said.append(code)

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        if "fields" not in request.params:
            return None
        names = [name.strip() for value in request.params["fields"] for name in value.split(",")]
        if not all(names):
            raise Refusal(400, "invalid_blank_selection_field", "fields is blank")
        if not all(self.has(route.table, name) for name in names):
            self.say("invalid_selection_field")
            return None
        return names

    def is_known(self, table: str, path: tuple[str, ...]) -> bool:
        return known(table, path)

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        order = params.get("orderBy", ["asc"])[-1]
        if order not in {"asc", "desc"}:
            raise Refusal(400, "invaliddata", "orderBy is asc or desc")
        name = params.get("sort", ["sourcedId"])[-1]
        if not self.has(route.table, name):
            self.say("invalid_sort_field")
            name, order = "sourcedId", "asc"
        return sorted(rows, key=lambda row: self.sort_key(row, name), reverse=order == "desc")

    def sort_key(self, row: Row, name: str) -> Any:
        return sort_key(row, name)

    # --- what goes out --------------------------------------------------------------------------------------------

    def seen(self, request: Request, row: Row) -> Row:
        if request.grant and request.grant.client.endswith("suppea") and "givenName" in row:
            return {name: value for name, value in row.items() if name not in WITHHELD}
        return row

    def href(self, ref: Ref) -> str:
        return f"{self.url}{self.prefix}{BASE}/{PLURAL[ref.kind]}/{quote(ref.id, safe='')}"

    def json(self, status: int, body: Any) -> Reply:
        if status == 200 and self.said and isinstance(body, dict):
            body = self.warned(body, [self.info("success", "warning", code, f"{code}: ignored") for code in self.said])
        return super().json(status, body)

    def warned(self, body: Row, infos: list[Row]) -> Row:
        """Return a body that warns beside its data."""
        return body | {"statusInfoSet": infos}

    def info(self, major: str, severity: str, minor: str, said: str) -> Row:
        """Return one thing that is said of a request."""
        return {
            "imsx_codeMajor": major, "imsx_severity": severity, "imsx_codeMinor": minor, "imsx_description": said,
        }  # fmt: skip

    def payload(self, refusal: Refusal) -> Any:
        minor = WORDS.get(refusal.minor, refusal.minor)
        return {"statusInfoSet": [self.info("failure", "error", minor, refusal.said)]}


__all__ = ["BASE", "Old", "Refusal", "Reply", "Request"]
