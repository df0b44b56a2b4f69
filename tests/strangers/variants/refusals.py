"""Legal refusals: what the status payload may leave out or add, and what need not be refused."""

from __future__ import annotations

from typing import Any

from tests.strangers.routes import Route
from tests.strangers.server import CONTACT, Refusal, Reply, Request, Vendor
from tests.strangers.town import Row
from tests.strangers.variants import variant


@variant("parents-unheard-of")
class ParentsUnheardOf(Vendor):
    """In Rostering a nested list declares no 404: an unknown parent has an empty list."""

    def many(self, request: Request, route: Route) -> Reply:
        try:
            return super().many(request, route)
        except Refusal as refusal:
            if refusal.status != 404 or route.kind != "nested" or route.service != "rostering":
                raise
            reply = self.json(200, self.collection(route, []))
            self.announce(request, reply, 0, 0, 100)
            return reply


@variant("short-payload")
class ShortPayload(Vendor):
    """imsx_CodeMinor and the description are optional in the status payload."""

    def payload(self, refusal: Refusal) -> Any:
        return {"imsx_codeMajor": "failure", "imsx_severity": "error"}


@variant("payload-with-charset-and-language")
class SpokenPayload(Vendor):
    """A description may be in any language and of any length; `processing` is not used, several minor fields may be."""

    def payload(self, refusal: Refusal) -> Any:
        body = super().payload(refusal)
        body["imsx_description"] = "Tuntematon kohde (Unknown Object): pyyntöä ei voitu täyttää. " * 20
        fields = body["imsx_CodeMinor"]["imsx_codeMinorField"]
        fields.append({**fields[0], "imsx_codeMinorFieldName": "SourceEndSystem"})
        return body


@variant("minimal-refused")
class MinimalRefused(Vendor):
    """A client that is not given a property may be refused a filter on it, and told that there is no such field."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if request.grant and request.grant.client.endswith("suppea"):
            text = request.params.get("filter", [""])[-1]
            if text and any(clause.path[0] in CONTACT for clause in self.parse(text)[0]):
                raise Refusal(400, "invalid_filter_field", "unknown field")
        return super().filtered(request, route, rows)
