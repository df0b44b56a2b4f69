"""Legal ways of pages: how links are written, what is told of the whole, and in which order rows come."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.strangers import query
from tests.strangers.routes import Route
from tests.strangers.server import Params, Reply, Request, Vendor
from tests.strangers.town import Row
from tests.strangers.variants import variant


@variant("links-relative")
class LinksRelative(Vendor):
    """A link target is a URI reference, and `rel` needs no quotes (RFC 8288, 3)."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        reply.header("X-Total-Count", str(total))
        told = [f"<{address.removeprefix(self.url)}>;rel={rel}" for rel, address in
                self.links(request, total, offset, limit).items()]  # fmt: skip
        reply.header("Link", ",".join(told))


@variant("links-one-a-header")
class LinksOneAHeader(Vendor):
    """Several fields of one name are one list (RFC 9110, 5.3); parameters in any order, other relations too."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        reply.header("X-Total-Count", str(total))
        for rel, address in reversed(self.links(request, total, offset, limit).items()):
            reply.headers.append(("Link", f'<{address}>; title="sivu; rel=next, <{rel}>"; REL="{rel}"'))
        reply.headers.append(("link", f'<{self.url}/terms-of-use>; rel="terms-of-service describedby"'))


@variant("links-rewritten")
class LinksRewritten(Vendor):
    """A page address is the server's: offset before limit, the filter in other escapes, a session of its own."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        kept = [(n, v) for n, vs in request.params.items() for v in vs if n not in {"limit", "offset", "snapshot"}]
        asked = urlencode([("offset", offset), ("snapshot", "9f+/="), *kept[::-1], ("limit", limit)])  # + for a space
        return f"{self.url}{request.path}?{asked}"


@variant("next-and-no-more")
class NextAlone(Vendor):
    """Only the way on is told, and no total: both headers were never more than recommended."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        links = self.links(request, total, offset, limit)
        if "next" in links:
            reply.header("Link", f'<{links["next"]}>; rel="next"')


@variant("total-and-no-links")
class TotalAlone(Vendor):
    """No links: a client counts."""

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        return {}


@variant("default-25")
class Default25(Vendor):
    """Fewer than 100 by default: legal by practice, and worth a warning."""

    default_limit = 25


@variant("cap-40")
class Cap40(Vendor):
    """The standard has no rule on a cap: never more than 40 rows."""

    default_limit = most = 40


@variant("order-of-change")
class OrderOfChange(Vendor):
    """The order without `sort` is the server's own: latest first, ties by id."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        found = super().ordered(rows, params, route)
        if params.get("sort", [""])[-1] in query.FIELDS[route.table]:
            return found
        return sorted(found, key=lambda row: row["dateLastModified"], reverse=True)


@variant("living-town")
class LivingTown(Vendor):
    """A town at work: people are renamed, pupils enrolled, between two requests as between two days."""

    asked = 0

    def serve(self, request: Request) -> Reply:
        self.asked += 1
        tables = self.towns["kivi"]
        if self.asked % 45 == 0:
            users = list(tables["users"].values())
            users[self.asked % len(users)]["dateLastModified"] = self.now().replace(microsecond=0)
        if self.asked % 160 == 0:
            old = list(tables["enrollments"].values())[self.asked % 100]
            new = {**old, "sourcedId": f"en-new-{self.asked}", "dateLastModified": self.now().replace(microsecond=0)}
            tables["enrollments"][new["sourcedId"]] = new
        return super().serve(request)
