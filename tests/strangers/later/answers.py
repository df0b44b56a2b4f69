"""Legal answers, written later: how stamps, numbers, links and refusals are told, and when."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from tests.strangers import query
from tests.strangers.later import later
from tests.strangers.server import Refusal, Reply, Request, Vendor
from tests.strangers.tables import rows_of
from tests.strangers.town import Row, Tables
from tests.strangers.variants.records import StampsOfSixDigits


@later("stamps-of-seven-digits")
class StampsOfSevenDigits(StampsOfSixDigits):
    """.NET tells ticks: seven digits, the last of which Python has no place for."""

    def stamp(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


@later("stamps-plus-zero")
class StampsPlusZero(Vendor):
    """+00:00 is UTC as Z is, and Go leaves noughts away."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(rows_of(tables)):
            row["dateLastModified"] = row["dateLastModified"].replace(microsecond=(number % 10) * 100_000)
        return tables

    def stamp(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{moment.microsecond:06}".rstrip("0").rstrip(".") + "+00:00"


@later("busy-and-silent")
class BusyAndSilent(Vendor):
    """429 declares no Retry-After, and RFC 6585 asks for none."""

    asked = 0

    def serve(self, request: Request) -> Reply:
        self.asked += 1
        if self.asked in {40, 300, 700}:
            raise Refusal(429, "server_busy", "come again")
        return super().serve(request)


@later("down-for-a-second")
class DownForASecond(Vendor):
    """503 with Retry-After while a new version is put in place (RFC 9110, 15.6.4)."""

    asked = 0

    def serve(self, request: Request) -> Reply:
        self.asked += 1
        if self.asked in {60, 500}:
            return Reply(503, b"<h1>back soon</h1>", [("Retry-After", "1"), ("Content-Type", "text/html")])
        return super().serve(request)


@later("two-relations-a-link")
class TwoRelationsALink(Vendor):
    """`rel` may hold several relations (RFC 8288, 3.3)."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        reply.header("X-Total-Count", str(total))
        told: dict[str, list[str]] = {}
        for rel, address in self.links(request, total, offset, limit).items():
            told.setdefault(address, []).append(rel)
        reply.header("Link", ", ".join(f'<{address}>; rel="{" ".join(rels)}"' for address, rels in told.items()))


@later("terse-payload")
class TersePayload(Vendor):
    """The description is optional, and the fields stand in any order."""

    def payload(self, refusal: Refusal) -> Any:
        body = super().payload(refusal)
        del body["imsx_description"]
        return dict(reversed(body.items()))


@later("sorted-within-ties-by-change")
class TiesByChange(Vendor):
    """Equal values stand in an order of the server's own, the same on every page."""

    def sort_key(self, row: Row, name: str) -> Any:
        return (*query.sort_key(row, name)[:2], row["dateLastModified"], row["sourcedId"])


@later("whole-numbers-told-as-fractions")
class WholeAsFractions(Vendor):
    """8 and 8.0 are one number, and so are 0.30 and 0.3."""

    def dump(self, body: Any) -> bytes:
        def turned(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: turned(one) for name, one in value.items()}
            if isinstance(value, list):
                return [turned(one) for one in value]
            return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

        return json.dumps(turned(body), ensure_ascii=False).encode()


@later("no-default")
class NoDefault(Vendor):
    """limit is taken as it is, however large; without it all records come."""

    default_limit = 100_000
    most = 100_000
