"""Checks of a client that is registered for less than the main one: what it is not given, it must not find out either.

The target file names that client: `[tenants.a.clients.minimal]`. Which properties it is not given is not declared
anywhere: they are those that the main client reads and this one never does, in records that both may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import single_of
from digione_conformance.probing.probe import Listing, Probe, Record, total_of
from digione_conformance.relations.asking import USERS, page_query, require
from digione_conformance.relations.order import inversions, loose
from digione_conformance.relations.payload import holds_records
from digione_conformance.relations.sampling import Field, scalars, telling_value
from digione_sdk.wire.filter import Clause, Predicate

_MINIMAL: Final = "a.minimal"
_TELLING: Final = 8
"""So many different values in order are no accident."""
_SEED: Final = "seed users with contact data, and withhold it from the client minimal"


@dataclass(frozen=True)
class _Less:
    """Users as the main client and as the minimal one read them.

    Attributes:
        fields: The single-valued text fields that the minimal client is never given.
        whole: By sourcedId what the main client reads, of the users that both may see.
        own: The minimal client's list.
    """

    fields: tuple[Field, ...]
    whole: dict[str, Record]
    own: Listing


def _less(probe: Probe) -> _Less:
    """Compare the two clients' lists of users.

    Raises:
        Untested: The target file has no such client, or it is given whatever the main one is given.
    """
    if _MINIMAL not in probe.claims.clients:
        raise Untested("register a client that gets no contact data and name it: [tenants.a.clients.minimal]")
    main, own = probe.census(USERS), probe.census(USERS, auth=_MINIMAL)
    shared = set(own.ids)
    whole = {str(r["sourcedId"]): r for r in main.records if r.get("sourcedId") in shared}
    given = frozenset[str]().union(*own.records)
    fields = tuple(f for f in scalars(USERS) if f.name not in given and any(f.name in r for r in whole.values()))
    if not fields:
        raise Untested(f"the client minimal reads the same properties of users as the main one: {_SEED}")
    return _Less(fields, whole, own)


@check("OR-ROS-EXPO-003", after=("OR-ROS-FILT-001",))
def filters_find_nothing_withheld(probe: Probe) -> Findings:
    """A filter on a withheld property finds and counts nobody: it sees the property as absent, or is refused."""
    less = _less(probe)
    for field in less.fields:
        value = telling_value(tuple(less.whole.values()), field.name)
        if value is None:
            continue
        for clause in _guesses(field, value):
            exchange = probe.get(USERS, query={"filter": str(clause), "limit": "1"}, auth=_MINIMAL)
            probe.examined()
            if exchange.ok and (holds_records(exchange.json) or total_of(exchange)):
                yield Finding.at(
                    f"{USERS.operation_id} finds or counts users by {field.name} {clause.predicate}, which the client "
                    "is never given",
                    exchange,
                )
    require(probe, _SEED)


def _guesses(field: Field, value: str) -> tuple[Clause, ...]:
    """Return how somebody would guess a value: whole, by a part of it, or by halving the range where it lies."""
    return (
        Clause(field.name, Predicate.EQ, value),
        Clause(field.name, Predicate.CONTAINS, value[: len(value) // 2 + 1]),
        Clause(field.name, Predicate.GE, value),
    )


@check("OR-ROS-EXPO-004", after=("OR-ROS-SORT-001",))
def order_tells_nothing_withheld(probe: Probe) -> Findings:
    """Sorting by a withheld property, up and down, does not put users in the order of its values."""
    less = _less(probe)
    for field in less.fields:
        if len({r[field.name] for r in less.whole.values() if field.name in r}) < _TELLING:
            continue
        pages = [
            probe.get(USERS, query=page_query(probe, {"sort": field.name, "orderBy": order}), auth=_MINIMAL)
            for order in ("asc", "desc")
        ]
        if not all(page.ok for page in pages):
            continue  # refused: an order that is not given tells nothing
        told = [_in_order(probe, less, field, page, descending=bool(n)) for n, page in enumerate(pages)]
        if None in told:
            continue
        probe.examined()
        if all(told) and not all(_usual(less, page) for page in pages):
            yield Finding(f"{USERS.operation_id}: sort={field.name} orders users by what is withheld", tuple(pages))
    require(probe, _SEED)


def _in_order(probe: Probe, less: _Less, field: Field, page: Exchange, *, descending: bool) -> bool | None:
    """Whether a page stands in the order of the values that it does not show; None where it shows too few to tell."""
    shown = (less.whole.get(key, {}) for key in probe.listed(USERS, page))
    values = [loose(record[field.name]) for record in shown if isinstance(record.get(field.name), str)]
    if len(set(values)) < _TELLING:
        return None
    # Another collation than ours misplaces a few neighbours; an order by something else, about half of them.
    return inversions(values, descending=descending) * 10 <= len(values)


def _usual(less: _Less, page: Exchange) -> bool:
    """Whether a page stands in the order of the unsorted list or of the ids, up or down.

    Sorted by what is absent, users all tie. Where a user name is made from the id, either is the order of the user
    names as well, and nobody learns more from it than the ids tell.
    """
    places = {key: place for place, key in enumerate(less.own.ids)}
    keys = [key for key in page.listed(USERS.wrapper_key) or () if key in places]
    orders = ([places[key] for key in keys], keys)
    return any(told in (sorted(told), sorted(told, reverse=True)) for told in orders)


@check("OR-ROS-EXPO-005")
def fields_bring_nothing_withheld(probe: Probe) -> Findings:
    """`fields` narrows what a client is given and never widens it, in lists and in single reads."""
    less = _less(probe)
    names = frozenset(field.name for field in less.fields)
    asked = ",".join(("sourcedId", *sorted(names)))
    # Not from the first record on: what is taken out of a first page may be left in the next.
    later = {"offset": "1"} if len(less.whole) > 1 else {}
    listed = probe.get(USERS, query={**page_query(probe, {"fields": asked}), **later}, auth=_MINIMAL)
    if listed.ok:
        probe.examined()
        yield from _brought(USERS.operation_id, probe.records(USERS, listed), names, listed)
    single = single_of(USERS)
    rich = next((key for key, record in less.whole.items() if names & record.keys()), None)
    if rich is not None:
        exchange = probe.get(single, path={"sourcedId": rich}, query={"fields": asked}, auth=_MINIMAL)
        record = exchange.json.get(single.wrapper_key) if exchange.ok and isinstance(exchange.json, dict) else None
        if isinstance(record, dict):
            probe.examined()
            yield from _brought(single.operation_id, (record,), names, exchange)
    require(probe, _SEED)


def _brought(name: str, records: tuple[Record, ...], withheld: frozenset[str], exchange: Exchange) -> Findings:
    seen = sorted(withheld & frozenset[str]().union(*records))
    if seen:
        yield Finding.at(f"{name}: fields= brings {', '.join(seen)}, which the client is never given", exchange)
