"""What a vendor has: the choices that are plain values, and the data of his tenants."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from tests.strangers.server.messages import Grant, Request
from tests.strangers.town import Tables, Town


class Holding:
    """The settings and the towns of a vendor."""

    prefix = "/svc"
    token_path = "/auth/realms/koulu/token"
    default_limit = 100
    most = 5000
    token_seconds = 1800
    schools = 3
    pupils = 9
    services: Sequence[str] = ("rostering", "gradebook", "resources")
    content_type = "application/json"

    def __init__(self) -> None:
        self.url = ""
        self.tokens: dict[str, Grant] = {}
        self.lock = threading.RLock()
        self.towns = {name: self.settle(name, tables) for name, tables in self.populate().items()}

    def populate(self) -> dict[str, Tables]:
        """Return the tables of each tenant."""
        kivi = Town(7, schools=self.schools, pupils=self.pupils).fill()
        return {"kivi": kivi, "lumi": Town(4, schools=min(2, self.schools), pupils=3).fill()}

    def settle(self, tenant: str, tables: Tables) -> Tables:
        """Change the data once, before anybody asks."""
        return tables

    def tables(self, request: Request) -> Tables:
        """Return what a request may see at all."""
        assert request.grant
        return self.towns[request.grant.tenant]
