"""What goes out: records, links and refusals as JSON tells them."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from tests.strangers.routes import BASES, Route
from tests.strangers.server.holding import Holding
from tests.strangers.server.messages import Refusal, Reply, Request
from tests.strangers.town import PLURAL, Ref, Row


class Telling(Holding):
    """Tells what the vendor has."""

    def render(self, row: Row) -> Row:
        """Return a record as JSON tells it."""
        return {name: self.value_out(name, value) for name, value in row.items()}

    def value_out(self, name: str, value: Any) -> Any:
        """Return a value as JSON tells it."""
        if isinstance(value, datetime):
            return self.stamp(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Ref):
            return self.link(name, value)
        if isinstance(value, list):
            return [self.value_out(name, one) for one in value]
        if isinstance(value, dict):
            return {inner: self.value_out(inner, one) for inner, one in value.items()}
        return value

    def stamp(self, moment: datetime) -> str:
        """Return a moment as text."""
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def link(self, name: str, ref: Ref) -> Row:
        """Return a link."""
        return {"href": self.href(ref), "sourcedId": ref.id, "type": ref.kind}

    def href(self, ref: Ref) -> str:
        """Return the address of a record."""
        table = PLURAL[ref.kind]
        service = "resources" if table == "resources" else "gradebook" if ref.kind in {
            "category", "lineItem", "scoreScale", "assessmentLineItem"} else "rostering"  # fmt: skip
        return f"{self.url}{self.prefix}{BASES[service]}/{table}/{quote(ref.id, safe='')}"

    def project(self, shown: Row, names: list[str] | None) -> Row:
        """Return what `fields` asks for, and the id."""
        return shown if names is None else {n: v for n, v in shown.items() if n in names or n == "sourcedId"}

    def collection(self, route: Route, rows: list[Row]) -> Any:
        """Return the body of a list."""
        return {route.key: rows}

    def json(self, status: int, body: Any) -> Reply:
        """Return a reply of JSON."""
        return Reply(status, self.dump(body), [("Content-Type", self.content_type)])

    def dump(self, body: Any) -> bytes:
        """Return JSON as bytes."""
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

    def payload(self, refusal: Refusal) -> Any:
        """Return the status payload."""
        minor = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": refusal.minor}
        return {
            "imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": refusal.said,
            "imsx_CodeMinor": {"imsx_codeMinorField": [minor]},
        }  # fmt: skip

    def problem(self, refusal: Refusal) -> Reply:
        """Return a refusal."""
        reply = self.json(refusal.status, self.payload(refusal))
        for name, value in refusal.headers.items():
            reply.header(name, value)
        return reply

    def finish(self, request: Request, reply: Reply) -> Reply:
        """Look at the reply a last time before it goes out."""
        return reply
