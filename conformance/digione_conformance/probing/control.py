"""The optional test-control API (`/digione/test-control/v1`): changes that a read-only service cannot be asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from digione_conformance.catalogue.undecided import CantTell
from digione_conformance.evidence.exchange import Ask, Exchange, Json


@dataclass(frozen=True)
class Control:
    """Changes the target; every call drops what was remembered of it. Checks that use it are `alone`.

    Attributes:
        url: Base address, `/digione/test-control/v1` included.
        ask: Sends one request.
        changed: Called after every change.
    """

    url: str
    ask: Callable[[Ask], Exchange]
    changed: Callable[[], None]

    def reset(self) -> None:
        """Bring the target back to its first state.

        Raises:
            CantTell: The control API refuses.
        """
        self._call("POST", "/reset")

    def upsert(self, collection: str, record: Mapping[str, Json], *, tenant: str = "a") -> None:
        """Create or replace an object.

        Args:
            collection: Name of the collection's path, as `users`.
            record: The object, with its sourcedId.
            tenant: Whose object it is.

        Raises:
            CantTell: The control API refuses.
        """
        self._call("PUT", self._object(collection, str(record["sourcedId"]), tenant), record)

    def delete(self, collection: str, sourced_id: str, *, tenant: str = "a", purge: bool = False) -> None:
        """Delete an object, as its owner would: it stays as a tombstone, and with `purge` not even that.

        Raises:
            CantTell: The control API refuses.
        """
        self._call("DELETE", self._object(collection, sourced_id, tenant) + ("?purge=true" if purge else ""))

    def advance(self, seconds: float) -> None:
        """Move the target's clock forward.

        Raises:
            CantTell: The control API refuses.
        """
        self._call("POST", "/clock/advance", {"seconds": seconds})

    @staticmethod
    def _object(collection: str, sourced_id: str, tenant: str) -> str:
        return f"/tenants/{quote(tenant, safe='')}/objects/{quote(collection, safe='')}/{quote(sourced_id, safe='')}"

    def _call(self, method: str, path: str, content: Json = None) -> None:
        body = json.dumps(content, ensure_ascii=False).encode() if content is not None else None
        headers = (("Content-Type", "application/json"),) if body else ()
        exchange = self.ask(Ask(method, self.url + path, "control", headers, body))
        self.changed()
        if not exchange.ok:
            raise CantTell(f"the test control answered {exchange.status} to {method} {path.split('/')[1]}")
