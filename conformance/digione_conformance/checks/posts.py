"""Where objects can be posted, two for each place, and what became of them: found by their words, under whatever id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from digione_conformance.catalogue.undecided import CantTell, Undecided, Untested
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.probing.family import ANY_ENDPOINT, posts_of
from digione_conformance.probing.probe import Probe, Record, operation
from digione_conformance.probing.workshop import NotOffered, Workshop
from digione_conformance.relations.asking import LINE_ITEMS, RESULTS

CLASS_STUDENTS: Final = operation("getStudentsForClass")
_TEXT: Final = "Äidinkieli & Åbo"


@dataclass(frozen=True)
class Place:
    """Where objects are posted to.

    Attributes:
        operation: The POST.
        kind: The whole collection of what it makes.
        path: Its parents.
        drafts: Objects that belong there, not sent yet.
    """

    operation: ANY_ENDPOINT
    kind: ANY_ENDPOINT
    path: Mapping[str, str]
    drafts: tuple[Record, ...]


@dataclass(frozen=True)
class Posted:
    """What was posted and answered.

    Attributes:
        place: Where.
        exchange: The answer.
        pairs: The pairs of the answer, as they are.
        stored: What the target then shows of each draft, by the supplied id, found by its own words.
    """

    place: Place
    exchange: Exchange
    pairs: tuple[Mapping[str, Any], ...]
    stored: Mapping[str, tuple[Record, ...]]


# --- places ----------------------------------------------------------------------------------------------------------


def places(shop: Workshop) -> Iterator[Place]:
    """Yield each POST with two objects for it.

    Raises:
        Undecided: There was none: why.
    """
    trouble: list[Undecided] = []
    found = False
    for kind, make in ((LINE_ITEMS, _line_items), (RESULTS, _results)):
        for posting in posts_of(kind):
            try:
                place = make(shop, posting)
            except Undecided as reason:
                trouble.append(reason)
                continue
            found = True
            yield place
    if not found and trouble:
        raise trouble[0]


def _line_items(shop: Workshop, operation: ANY_ENDPOINT) -> Place:
    drafts = tuple(_worded(shop.draft(LINE_ITEMS)) for _ in range(2))
    path = {name: str(drafts[0][name.removesuffix("SourcedId")]["sourcedId"]) for name in operation.path_parameters}
    return Place(operation, LINE_ITEMS, path, drafts)


def _worded(draft: Record) -> Record:
    return {**draft, "title": f"{_TEXT} {draft['sourcedId'][:13]}"}


def _results(shop: Workshop, operation: ANY_ENDPOINT) -> Place:
    draft = shop.draft(RESULTS)
    parent = shop.parent_of(draft["lineItem"])
    session = parent.get("academicSession") or parent.get("gradingPeriod") or {}
    above = {
        "lineItemSourcedId": str(parent["sourcedId"]),
        "classSourcedId": str(parent["class"]["sourcedId"]),
        "academicSessionSourcedId": str(session.get("sourcedId", "")),
    }
    path = {name: above[name] for name in operation.path_parameters}
    if "" in path.values():
        raise Untested("seed line items with an academicSession or a gradingPeriod")
    bare = {name: value for name, value in draft.items() if name not in {"scoreScale", "textScore"}}
    made = [{**bare, "student": pupil, "sourcedId": shop.new_id()} for pupil in _pupils(shop, draft, parent)[:2]]
    drafts = tuple(
        {**one, "score": 7.25 + number, "comment": f"{_TEXT} {one['sourcedId'][:13]}"}
        for number, one in enumerate(made)
    )
    return Place(operation, RESULTS, path, drafts)


def _pupils(shop: Workshop, draft: Record, parent: Record) -> list[Record]:
    """Return links to pupils of the class of a line item, no pupil twice: who has results there, then who is in it."""
    found = {str(draft["student"]["sourcedId"]): draft["student"]}
    in_class = {
        str(row["sourcedId"])
        for row in shop.rows(LINE_ITEMS)
        if row.get("class", {}).get("sourcedId") == parent["class"]["sourcedId"]
    }
    for row in shop.rows(RESULTS):
        if row.get("lineItem", {}).get("sourcedId") in in_class:
            found.setdefault(str(row["student"]["sourcedId"]), row["student"])
    for key in _students(shop.probe, str(parent["class"]["sourcedId"])):
        href = f"{str(draft['student']['href']).rpartition('/')[0]}/{key}"
        found.setdefault(key, {**draft["student"], "sourcedId": key, "href": href})
    return list(found.values())


def _students(probe: Probe, of_class: str) -> tuple[str, ...]:
    """Return ids of the pupils of a class, as the roster has them; none where it is not offered."""
    if not probe.names(CLASS_STUDENTS):
        return ()
    page = probe.get(CLASS_STUDENTS, path={"classSourcedId": of_class}, query={"limit": "10"})
    rows = probe.records(CLASS_STUDENTS, page) if page.ok else ()
    return tuple(str(row["sourcedId"]) for row in rows if row.get("status") == "active" and "sourcedId" in row)


# --- posting ---------------------------------------------------------------------------------------------------------


def post(shop: Workshop, place: Place, drafts: tuple[Record, ...] | None = None) -> Posted:
    """Post objects, and remember what the target made of them, whatever it says of it."""
    sent = place.drafts if drafts is None else drafts
    exchange = shop.send(place.operation, place.path, {place.operation.body_key: list(sent)})
    body: Any = exchange.json
    pairs = body.get(place.operation.wrapper_key) if exchange.ok and isinstance(body, dict) else None
    known = tuple(pair for pair in pairs if isinstance(pair, dict)) if isinstance(pairs, list) else ()
    for pair in known:
        for key in pair.values():
            if isinstance(key, str) and key:
                shop.kept(place.kind, key)
    stored = {str(one["sourcedId"]): shop.found(place.kind, one, wait=exchange.ok) for one in sent}
    return Posted(place, exchange, known, stored)


def answered_posts(shop: Workshop) -> Iterator[Posted]:
    """Yield the answer to each POST that the target offers; an operation that it does not offer is left out.

    Raises:
        NotOffered: It offers none.
        CantTell: It offers one and refuses what is right; another requirement judges that.
    """
    offered = False
    for place in places(shop):
        posted = post(shop, place)
        if not posted.exchange.ok:
            try:
                shop.require_offered(place.operation, place.path, posted.exchange)
            except NotOffered:
                continue
            raise CantTell(f"{place.operation.operation_id} answered {posted.exchange.status} to what is right")
        offered = True
        yield posted
    if not offered:
        raise NotOffered("the target offers no POST")


def anew(shop: Workshop, place: Place) -> tuple[Record, ...]:
    """Return the drafts under other supplied ids, and with other words of their own."""
    field = "title" if place.kind is LINE_ITEMS else "comment"
    made = [{**draft, "sourcedId": shop.new_id()} for draft in place.drafts]
    return tuple({**draft, field: f"{_TEXT} {draft['sourcedId'][:13]}"} for draft in made)


def allocated(posted: Posted, supplied: str) -> str | None:
    """Return the id that a pair allocates to a supplied one, or None where no pair does."""
    found = [pair.get("allocatedSourcedId") for pair in posted.pairs if pair.get("suppliedSourcedId") == supplied]
    return found[0] if found and isinstance(found[0], str) else None
