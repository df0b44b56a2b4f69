"""The doctor's look at each service: is it at its base address, does it answer the reads that are claimed of it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.evidence.door import LiveDoor
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.family import ANY_ENDPOINT, EVERYWHERE, Family, family_of
from digione_conformance.probing.probe import encode_query, total_of
from digione_conformance.running.item import Health, Item
from digione_conformance.target.claims import SERVICE_KEYS
from digione_conformance.target.file import Target
from digione_conformance.words.said import Said
from digione_conformance.words.texts import say

_MOST_SKEW_SECONDS: Final = 60


@dataclass(frozen=True)
class Place:
    """A service that the target file names, and what is claimed of it.

    Attributes:
        key: Its key under `[services]`.
        base: Its base URL as the file has it.
        families: The parts of it that some claimed profile is about.
    """

    key: str
    base: str
    families: tuple[Family, ...]

    @property
    def path(self) -> str:
        """The path by which its base URL should end."""
        return SERVICE_KEYS[self.key].base_path

    @property
    def collections(self) -> tuple[ANY_ENDPOINT, ...]:
        """The lists that it must answer."""
        return tuple(endpoint for family in self.families for endpoint in family.collections)

    def read_of(self, path: str) -> Said:
        """Return what a read of a path is called, so that it is told from the same path of another version."""
        version = SERVICE_KEYS[self.key].version
        return say("d.read", path=path) if version == "1.2" else say("d.read.older", path=path, version=version)


def places(target: Target) -> tuple[Place, ...]:
    """Return the services that a claimed profile is about, rosters first.

    Where the file names none of those, as with profiles of named consumers alone, the first one that it names.
    """
    known = load_catalogue()
    claimed = {family_of(rule.id) for profile in target.profiles for rule in known.of_profile(profile)}
    named = [Place(key, base, _families(key)) for key, base in target.services_by_name.items()]
    of_claims = [replace(it, families=tuple(part for part in it.families if part in claimed)) for it in named]
    return tuple(it for it in of_claims if it.families) or (replace(named[0], families=named[0].families[:1]),)


def _families(key: str) -> tuple[Family, ...]:
    return tuple(family for family in EVERYWHERE if family.service is SERVICE_KEYS[key])


def first_reads(target: Target, door: LiveDoor) -> Iterator[Item]:
    """Read a record of each list that is claimed."""
    compared = False
    for place in places(target):
        answers = _answers(door, place)
        if not any(exchange.ok and exchange.is_json for _, exchange in answers):
            yield _base_path(target, door, place, answers[0][1])
            continue
        if not compared:
            yield from _clock(answers[0][1])
            compared = True
        for endpoint, exchange in answers:
            name = place.read_of(endpoint.path)
            if exchange.ok and exchange.is_json:
                yield Item(name, Health.OK, Said(f"{exchange.status}"))
            else:
                hint = say("d.read.mend", place=target.place_of("claims", "profiles"))
                yield Item(name, Health.WARN, say("d.read.needed", seen=_seen(exchange)), hint)


def _answers(door: LiveDoor, place: Place) -> list[tuple[ANY_ENDPOINT, Exchange]]:
    """Ask for one record of each list; nothing more is asked where the first answers say that the address is wrong."""
    answers: list[tuple[ANY_ENDPOINT, Exchange]] = []
    for endpoint in place.collections:
        answers.append((endpoint, _get(door, place.base, endpoint.path, limit="1")))
        if answers[0][1].status in {0, 401, 403} or (len(answers) > 1 and not any(e.ok for _, e in answers)):
            break
    return answers


def _seen(exchange: Exchange) -> Said:
    if exchange.trouble:
        return Said(exchange.trouble)
    return say("d.read.no_json" if exchange.ok else "d.read.answered", status=exchange.status)


def _get(door: LiveDoor, base: str, path: str, **query: str) -> Exchange:
    return door.ask(Ask("GET", base + path + encode_query(query)), check="doctor", fresh=False)


def _base_path(target: Target, door: LiveDoor, place: Place, first: Exchange) -> Item:
    name, line = say("d.base", service=place.key), target.place_of("services", place.key)
    if first.trouble:
        return Item(name, Health.RED, Said(first.trouble), say("d.address", place=line))
    if first.ok:
        kind = first.headers.get("content-type", "").partition(";")[0] or say("d.base.no_type")
        message = say("d.base.page", status=first.status, kind=kind)
        return Item(name, Health.RED, message, say("d.base.page.mend", place=line))
    if first.status in {401, 403}:
        if place.key == "rostering" and urlsplit(place.base).path.endswith("/v1p1"):
            hint = say("d.base.older.mend", place=line)
            return Item(name, Health.RED, say("d.base.older", status=first.status), hint)
        scopes, needed = target.place_of("tenants.a", "scopes"), place.families[0].full_scope.short
        hint = say("d.base.refused.mend", place=scopes, scope=needed)
        return Item(name, Health.RED, say("d.base.refused", status=first.status), hint)
    if not place.base.endswith(place.path):
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(place.base))
        for candidate in (place.base + place.path, origin + place.path):
            if _get(door, candidate, place.collections[0].path, limit="1").ok:
                hint = say("d.set", place=line, value=f'"{candidate}"')
                return Item(name, Health.RED, say("d.base.further", status=first.status), hint)
    hint = say("d.base.whole", place=line, path=place.path)
    return Item(name, Health.RED, say("d.base.nothing", status=first.status), hint)


def _clock(exchange: Exchange) -> Iterator[Item]:
    try:
        there = parsedate_to_datetime(exchange.headers.get("date", ""))
    except ValueError:
        yield Item(say("d.clock"), Health.WARN, say("d.clock.unknown"))
        return
    skew = abs((datetime.now(UTC) - there).total_seconds())
    if skew > _MOST_SKEW_SECONDS:
        message = say("d.clock.differ", seconds=f"{skew:.0f}")
        yield Item(say("d.clock"), Health.WARN, message, say("d.clock.set"))
    else:
        yield Item(say("d.clock"), Health.OK, say("d.clock.agree"))


def page_sizes(target: Target, door: LiveDoor) -> Iterator[Item]:
    """Ask each service for pages as long as `[limits] page_size` says."""
    found = places(target)
    for place in found:
        name = say("d.page") if len(found) == 1 else say("d.page.of", service=place.key)
        yield _page_size(target, door, place, name)


def _page_size(target: Target, door: LiveDoor, place: Place, name: Said) -> Item:
    endpoint, size = place.families[0].thorough[0], target.limits.page_size
    exchange = _get(door, place.base, endpoint.path, limit=str(size), offset="0")
    rows = exchange.json.get(endpoint.wrapper_key) if exchange.ok and isinstance(exchange.json, dict) else None
    line = target.place_of("limits", "page_size")
    if not isinstance(rows, list):
        message = say("d.page.refused", size=size, seen=exchange.trouble or exchange.status)
        return Item(name, Health.WARN, message, say("d.page.choose", place=line))
    total = total_of(exchange)
    if total is not None and len(rows) < min(size, total):
        message = say("d.page.short", size=size, count=len(rows))
        return Item(name, Health.WARN, message, say("d.set", place=line, value=max(len(rows), 1)))
    return Item(name, Health.OK, say("d.page.accepted", size=size))
