"""The vendor as a whole: which operations he offers, and how a request finds its way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from tests.strangers.query import Malformed
from tests.strangers.routes import BASES, ROUTES, Route
from tests.strangers.server.messages import Refusal, Reply, Request
from tests.strangers.server.tokens import Granting
from tests.strangers.server.writing import Writing
from tests.strangers.town import Row


class Vendor(Granting, Writing):
    """A provider that keeps the standard."""

    def handle(self, request: Request) -> Reply:
        """Answer a request."""
        with self.lock:
            if request.path == self.token_path:
                reply = (
                    self.token_reply(request)
                    if request.method == "POST"
                    else self.oauth_problem(405, "invalid_request")
                )
                return self.finish(request, reply)
            try:
                reply = self.discovery(request) or self.serve(request)
            except Refusal as refusal:
                reply = self.problem(refusal)
            except Malformed as error:
                reply = self.problem(Refusal(400, "invalid_filter_field", str(error)))
            return self.finish(request, reply)

    def discovery(self, request: Request) -> Reply | None:
        """Return the trimmed OpenAPI document of a service, for anybody."""
        for service, stem in (("rostering", "rosters"), ("gradebook", "gradebook"), ("resources", "resources")):
            base = self.prefix + BASES[service]
            if (
                service in self.services
                and request.path == f"{base}/discovery/onerosterv1p2{stem}service_openapi3_v1p0.json"
            ):
                return Reply(200, json.dumps(self.document(service)).encode(), [("Content-Type", "application/json")])
        return None

    def document(self, service: str) -> Row:
        """Return the OpenAPI document."""
        paths: dict[str, Row] = {}
        for route in self.routes(service):
            paths.setdefault(route.path, {})[route.method.lower()] = {
                "responses": {"200": {"description": "found"}},
                "security": [{"OAuth2CC": [scope]} for scope in sorted(route.scopes)],
            }
        scopes = {scope: scope for route in self.routes(service) for scope in route.scopes}
        flow = {"clientCredentials": {"tokenUrl": self.url + self.token_path, "scopes": scopes}}
        return {
            "openapi": "3.0.1", "info": {"title": service, "version": "1.2"},
            "servers": [{"url": self.url + self.prefix + BASES[service]}], "paths": paths,
            "components": {"securitySchemes": {"OAuth2CC": {"type": "oauth2", "flows": flow}}},
        }  # fmt: skip

    def profiles(self, service: str, all_: Sequence[str]) -> Sequence[str]:
        """Return what the vendor says that it meets, of the profiles of a service."""
        return all_

    def routes(self, service: str) -> Iterator[Route]:
        """Return the operations that are offered."""
        return (route for route in ROUTES if route.service == service)

    def find(self, request: Request) -> Route:
        """Return the route of a request, its ids left in the request."""
        methods = set[str]()
        for service in self.services:
            base = self.prefix + BASES[service]
            if not request.path.startswith(base + "/"):
                continue
            for route in self.routes(service):
                match = route.pattern.fullmatch(request.path[len(base) :])
                if match and route.method == ("GET" if request.method == "HEAD" else request.method):
                    request.ids = {name: unquote(value) for name, value in match.groupdict().items()}
                    return route
                if match:
                    methods.add(route.method)
        if methods:
            raise Refusal(405, "invaliddata", "no such method here", Allow=", ".join(sorted(methods)))
        raise Refusal(404, "unknownobject", "Unknown Object: no such path")

    def serve(self, request: Request) -> Reply:
        """Answer a request to one of the services."""
        route = self.find(request)
        request.route = route
        request.grant = self.authenticate(request)
        self.authorise(request, route)
        if route.kind in {"put", "delete", "post"}:
            return self.write(request, route)
        if route.kind == "one":
            return self.one(request, route)
        return self.many(request, route)
