"""Checks of the wall between two tenants: what belongs to one is never shown, counted or found by the other.

The same sourcedId may legally stand in both tenants, so contents are compared and not ids alone. Organisations,
sessions and courses may even be equal in both; people and their places may not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urljoin

from digione_conformance.catalogue.undecided import Inapplicable, Untested
from digione_conformance.checks.references import TARGETS, links
from digione_conformance.evidence.exchange import Ask, Exchange, Json
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, NESTED_FAMILIES, ROSTERS, WRITABLE, Family, single_of
from digione_conformance.probing.probe import Listing, Probe, Record, spread, total_of
from digione_conformance.relations.asking import (
    FORBIDDEN,
    NOT_FOUND,
    NOT_OFFERED,
    ORGS,
    UNAUTHORISED,
    USERS,
    page_query,
    require,
)
from digione_conformance.relations.order import alike
from digione_conformance.relations.parents import parent_collections, parents_of
from digione_conformance.relations.sampling import expressible
from digione_sdk.model.oneroster import Result, User
from digione_sdk.wire.filter import Clause, Filter, Predicate
from digione_sdk.wire.paging import links_of

_TENANT_HEADERS: Final = ("X-Tenant", "X-Tenant-Id", "Tenant-Id", "X-Organization-Id", "X-Org-Id", "X-Customer-Id")
"""Headers by which gateways tell the services behind them whose request it is."""

_PARENTS: Final = 8
_CLOSED: Final = NOT_OFFERED | {UNAUTHORISED, FORBIDDEN}


@dataclass(frozen=True)
class Side:
    """One kind as a tenant sees it, and what only the other tenant has of it."""

    name: str
    endpoint: ANY_ENDPOINT
    own: Listing
    foreign: tuple[str, ...]
    listed: frozenset[str] = frozenset()
    """Ids that stand in the list of either tenant."""

    @cached_property
    def by_id(self) -> Mapping[str, Record]:
        """What the tenant may see, by sourcedId."""
        return {str(record.get("sourcedId")): record for record in self.own.records}

    def holds(self, record: Record) -> bool:
        """Whether the tenant may see a record with these contents; the order of keys and of array elements is open."""
        return any(alike(record, own) for own in self._same_id.get(str(record.get("sourcedId")), ()))

    @cached_property
    def _same_id(self) -> Mapping[str, Sequence[Record]]:
        found: dict[str, list[Record]] = {}
        for record in self.own.records:
            found.setdefault(str(record.get("sourcedId")), []).append(record)
        return found


def _sides(probe: Probe, kinds: tuple[ANY_ENDPOINT, ...] | None = None) -> Iterator[Side]:
    """Yield each kind as seen by either tenant, where both lists could be read whole.

    Raises:
        Inapplicable: The target file names one tenant only.
    """
    if len(probe.claims.tenants) < 2:  # noqa: PLR2004 - a wall has two sides
        raise Inapplicable("isolation was not tested: the target file names one tenant, add [tenants.b]")
    left, right = probe.claims.tenants[:2]
    for endpoint in probe.family.kinds if kinds is None else kinds:
        lists = {name: probe.census(endpoint, auth=name) for name in (left, right)}
        if all(listing.complete for listing in lists.values()):
            for name, other in ((left, right), (right, left)):
                own = set(lists[name].ids)
                foreign = tuple(key for key in lists[other].ids if key not in own and expressible(key))
                yield Side(name, endpoint, lists[name], foreign, frozenset(own.union(lists[other].ids)))


def _remembered(family: Family) -> tuple[ANY_ENDPOINT, ...]:
    return (*family.unshared, ORGS) if family in ROSTERS else family.thorough


def _seen(side: Side, exchange: Exchange) -> int:
    """Return how many records of a page are not the tenant's own."""
    return sum(1 for row in _rows(side, exchange) if not _own(side, row))


def _rows(side: Side, exchange: Exchange) -> Sequence[Json]:
    rows = exchange.json.get(side.endpoint.wrapper_key) if isinstance(exchange.json, dict) else None
    return rows if isinstance(rows, list) else ()


def _deleted(probe: Probe, side: Side) -> int:
    """Return how many deleted records a filter counts that the tenant's list may leave out."""
    deleted = str(Clause("status", Predicate.EQ, "tobedeleted"))
    exchange = probe.get(side.endpoint, query={"filter": deleted, "limit": "1"}, auth=side.name)
    return (exchange.ok and total_of(exchange)) or 0


def _unlisted(side: Side, row: Json) -> bool:
    """Whether a row is a tombstone that neither tenant lists: a filter may show what a list leaves out."""
    if not isinstance(row, dict) or row.get("status") != "tobedeleted":
        return False
    return str(row.get("sourcedId")) not in side.listed


def _own(side: Side, row: Json) -> bool:
    if isinstance(row, dict) and side.by_id.get(str(row.get("sourcedId"))) == row:
        return True
    return isinstance(row, dict) and (side.holds(row) or _unlisted(side, row))


@check("OR-*-ISO-001", after=("OR-*-PAGE-004",), of=(*ROSTERS, *WRITABLE))
def tenants_share_no_records(probe: Probe) -> Findings:
    """No record of a kind that is a tenant's own is listed, with equal contents, to both tenants."""
    for endpoint in probe.family.unshared:
        sides = list(_sides(probe, (endpoint,)))
        if len(sides) == 2 and all(side.own.records for side in sides):  # noqa: PLR2004 - both could be read
            probe.examined()
            if shared := _shared(probe, *sides):
                exchanges = (*sides[0].own.exchanges[:1], *sides[1].own.exchanges[:1])
                yield Finding(f"{endpoint.operation_id} lists {shared} equal records to both tenants", exchanges)
    kinds = ", ".join(endpoint.path.strip("/") for endpoint in probe.family.unshared)
    require(probe, f"seed {kinds} in both tenants")


def _shared(probe: Probe, left: Side, right: Side) -> int:
    """Return how many records stand in both lists and are one record rather than two that look alike.

    Where ids are short numbers, class 7 of one tenant may read like class 7 of the other: it holds no name. It is the
    other's own if it leads to what only that tenant has, or if all are alike.
    """
    equal = [record for record in left.own.records if right.holds(record)]
    whole = min(len(left.own.ids), len(right.own.ids))
    if not equal or left.endpoint is USERS or len(equal) >= whole:
        return len(equal)
    names = (left.name, right.name)
    named = {token: kind for token, kind in TARGETS.items() if probe.names(kind)}
    closed = {token for token, kind in named.items() if not all(_is_open(probe, kind, name) for name in names)}
    common = {
        token: frozenset.intersection(*(frozenset(probe.census(kind, auth=name).ids) for name in names))
        for token, kind in named.items()
        if token not in closed
    }
    telling = ([link for _, link in links(record) if str(link["type"]) not in closed] for record in equal)
    return sum(
        1 for led in telling if any(str(link["sourcedId"]) not in common.get(str(link["type"]), ()) for link in led)
    )


def _is_open(probe: Probe, kind: ANY_ENDPOINT, name: str) -> bool:
    """Whether a tenant's client may read a kind: 1.1 names all services by one address, whatever a token opens."""
    return probe.get(kind, query=page_query(probe, {}), auth=name).status not in _CLOSED


@check("OR-*-ISO-002", after=("OR-*-SHAPE-001",))
def foreign_ids_are_unknown(probe: Probe) -> Findings:
    """A single read of an id that only the other tenant has is 404; an id of both gives the tenant's own record."""
    for side in _sides(probe):
        single = single_of(side.endpoint)
        for key in spread(side.foreign, 2 if side.endpoint in probe.family.unshared else 1):
            exchange = probe.get(single, path={"sourcedId": key}, auth=side.name)
            probe.examined()
            if exchange.status != NOT_FOUND:
                yield Finding.at(
                    f"{single.operation_id} answered {exchange.status} for a record of the other tenant", exchange
                )
        for record in spread(side.own.records, 1) if side.endpoint in probe.family.unshared else ():
            exchange = probe.get(single, path={"sourcedId": str(record.get("sourcedId"))}, auth=side.name, fresh=True)
            found = exchange.json.get(single.wrapper_key) if isinstance(exchange.json, dict) else None
            probe.examined()
            if isinstance(found, dict) and not alike(found, record):
                yield Finding.at(
                    f"{single.operation_id} answered another record than the tenant's list holds", exchange
                )
    require(probe, "seed records in both tenants that the other does not have")


@check("OR-*-ISO-003", after=("OR-*-PAGE-004",))
def no_filter_reaches_over_the_wall(probe: Probe) -> Findings:
    """No filter, joined by OR or not, and no count shows anything of the other tenant."""
    for side in _sides(probe):
        for key in side.foreign[:1]:
            foreign = Clause("sourcedId", Predicate.EQ, key)
            everyone = Clause("status", Predicate.NE, "no-such-status")
            filters: tuple[Filter, ...] = (foreign, foreign | everyone, everyone & foreign)
            if side.endpoint not in probe.family.unshared:
                filters = filters[1:2]  # the one that most goes wrong, where what it shows is nobody's secret
            for expression in filters:
                exchange = probe.get(side.endpoint, query={"filter": str(expression), "limit": "1000"}, auth=side.name)
                if not exchange.ok:
                    continue
                probe.examined()
                total, most = total_of(exchange), len(set(side.own.ids))
                if seen := _seen(side, exchange):
                    yield Finding.at(
                        f"{side.endpoint.operation_id}: a filter showed {seen} records of the other tenant", exchange
                    )
                elif total is not None and total > most + _deleted(probe, side):
                    yield Finding.at(
                        f"{side.endpoint.operation_id}: a filter counts {total} of {most} own records", exchange
                    )
    require(probe, "seed records in both tenants that the other does not have")


@check("OR-*-ISO-004", after=("OR-*-PAGE-004",))
def remembered_pages_belong_to_one_tenant(probe: Probe) -> Findings:
    """The same address asked by both tenants in turn, and one tenant's next link asked by the other, stay apart."""
    for side in _sides(probe, _remembered(probe.family)):
        other = next(name for name in probe.claims.tenants[:2] if name != side.name)
        query = {"limit": "3", "sort": "dateLastModified", "orderBy": "desc"}
        theirs = probe.get(side.endpoint, query=query, auth=other, fresh=True)
        tag = theirs.headers.get("etag")
        headers = (("If-None-Match", tag),) if tag else ()
        exchanges = [probe.get(side.endpoint, query=query, auth=side.name, fresh=True)]
        exchanges += [probe.get(side.endpoint, query=query, auth=side.name, headers=headers, fresh=True)]
        if following := links_of(theirs.headers).get("next"):
            exchanges += [probe.ask(Ask("GET", urljoin(theirs.ask.url, following), side.name), fresh=True)]
        for exchange in exchanges:
            probe.examined()
            if seen := _seen(side, exchange):
                yield Finding.at(
                    f"{side.endpoint.operation_id} showed {seen} records that the tenant does not own", exchange
                )
            elif exchange.status == 304 and exchange.ask.headers and _seen(side, theirs):  # noqa: PLR2004 - not modified
                yield Finding.at(
                    f"{side.endpoint.operation_id}: the other tenant's ETag was accepted", theirs, exchange
                )
    require(probe, "seed records in both tenants")


@check("OR-*-ISO-005", after=("OR-*-ISO-002",), of=NESTED_FAMILIES)
def foreign_parents_show_nothing(probe: Probe) -> Findings:
    """A nested read under a parent that only the other tenant has shows nothing."""
    sides = {(side.name, side.endpoint): side for side in _sides(probe)}
    for position, endpoint in enumerate(probe.family.nested):
        # The paths to people are asked by both tenants, the others by one after the other.
        for name in (
            probe.claims.tenants[:2] if endpoint.model in {User, Result} else (probe.claims.tenants[position % 2],)
        ):
            other = next(tenant for tenant in probe.claims.tenants[:2] if tenant != name)
            path = _foreign_parents(probe, endpoint, name, other)
            if path.keys() != set(endpoint.path_parameters) or (name, probe.family.thorough[0]) not in sides:
                continue
            exchange = probe.get(endpoint, path=path, query={"limit": "5"}, auth=name)
            if exchange.status in NOT_OFFERED:
                probe.examined()
                continue
            rows = exchange.json.get(endpoint.wrapper_key) if isinstance(exchange.json, dict) else None
            probe.examined()
            if rows:
                yield Finding.at(f"{endpoint.operation_id} showed what belongs to the other tenant's parent", exchange)
    if not probe.looked_at:
        raise Untested("seed classes, courses, schools and terms that only one of the tenants has")


def _foreign_parents(probe: Probe, endpoint: ANY_ENDPOINT, name: str, other: str) -> Mapping[str, str]:
    """Return path parameters that only the other tenant has, as far as there are any."""
    parents = parent_collections(endpoint)
    if all(map(probe.names, parents.values())):
        if probe.family not in ROSTERS:
            # Most classes have no results and most people no resources: below such a parent no wall can be seen.
            own_ids = {p: set(probe.census(collection, auth=name).ids) for p, collection in parents.items()}
            for path in parents_of(probe, endpoint, _PARENTS, auth=other):
                if all(key not in own_ids[p] for p, key in path.items()):
                    return path
        foreign = {p: _foreign(probe, collection, name, other) for p, collection in parents.items()}
        return {parameter: key for parameter, key in foreign.items() if key is not None}
    # Of a service that the target file does not name, the records of this one tell parents.
    own = {key for path in parents_of(probe, endpoint, _PARENTS, auth=name) for key in path.values()}
    theirs = parents_of(probe, endpoint, _PARENTS, auth=other)
    return next((path for path in theirs if own.isdisjoint(path.values())), {})


def _foreign(probe: Probe, collection: ANY_ENDPOINT, name: str, other: str) -> str | None:
    """Return an id that the other tenant's collection holds and the tenant's own does not."""
    own = set(probe.census(collection, auth=name).ids)
    return next((key for key in probe.census(collection, auth=other).ids if key not in own), None)


@check("OR-*-ISO-006", after=("OR-*-PAGE-004",))
def no_header_chooses_the_tenant(probe: Probe) -> Findings:
    """A header that names the other tenant does not change whose records a token shows."""
    for side in _sides(probe, (USERS, ORGS) if probe.family in ROSTERS else probe.family.thorough[:1]):
        other = next(name for name in probe.claims.tenants[:2] if name != side.name)
        for named in (other, f"tenant-{other}"):
            headers = tuple((header, named) for header in _TENANT_HEADERS)
            exchange = probe.get(side.endpoint, query={"limit": "3"}, auth=side.name, headers=headers, fresh=True)
            probe.examined()
            if seen := _seen(side, exchange):
                yield Finding.at(
                    f"{side.endpoint.operation_id}: headers that name the other tenant showed {seen} records"
                    " that the tenant does not own",
                    exchange,
                )
    require(probe, "seed records in both tenants")
