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

    def named(self, path: str) -> str:
        """Return a path so that it is told from the same path of another version."""
        version = SERVICE_KEYS[self.key].version
        return path if version == "1.2" else f"{path} of {version}"


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
            name = f"read {place.named(endpoint.path)}"
            if exchange.ok and exchange.is_json:
                yield Item(name, Health.OK, f"{exchange.status}")
            else:
                seen = exchange.trouble or f"answered {exchange.status}{' without JSON' if exchange.ok else ''}"
                hint = f"{target.place_of('claims', 'profiles')}: claim less, or mend the server"
                yield Item(name, Health.WARN, f"{seen}: the profile needs it", hint)


def _answers(door: LiveDoor, place: Place) -> list[tuple[ANY_ENDPOINT, Exchange]]:
    """Ask for one record of each list; nothing more is asked where the first answers say that the address is wrong."""
    answers: list[tuple[ANY_ENDPOINT, Exchange]] = []
    for endpoint in place.collections:
        answers.append((endpoint, _get(door, place.base, endpoint.path, limit="1")))
        if answers[0][1].status in {0, 401, 403} or (len(answers) > 1 and not any(e.ok for _, e in answers)):
            break
    return answers


def _get(door: LiveDoor, base: str, path: str, **query: str) -> Exchange:
    return door.ask(Ask("GET", base + path + encode_query(query)), check="doctor", fresh=False)


def _base_path(target: Target, door: LiveDoor, place: Place, first: Exchange) -> Item:
    name, line = f"base address of {place.key}", target.place_of("services", place.key)
    if first.trouble:
        return Item(name, Health.RED, first.trouble, f"{line}: check the address")
    if first.ok:
        kind = first.headers.get("content-type", "").partition(";")[0] or "no media type"
        message = f"answered {first.status} with {kind} and no JSON"
        hint = f"{line}: the address of the API; here a page answers: a login, a proxy, or the site beside it"
        return Item(name, Health.RED, message, hint)
    if first.status in {401, 403}:
        if place.key == "rostering" and urlsplit(place.base).path.endswith("/v1p1"):
            hint = f"{line}: a service of OneRoster 1.1 goes under oneroster_1_1; here goes the address of 1.2"
            return Item(name, Health.RED, f"answered {first.status}, and the address ends in /v1p1", hint)
        scopes, needed = target.place_of("tenants.a", "scopes"), place.families[0].full_scope.short
        hint = f"{scopes}: the token must permit {needed}; or the token issuer is another"
        return Item(name, Health.RED, f"answered {first.status} to a read with a fresh token", hint)
    if not place.base.endswith(place.path):
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(place.base))
        for candidate in (place.base + place.path, origin + place.path):
            if _get(door, candidate, place.collections[0].path, limit="1").ok:
                hint = f'{line} = "{candidate}"'
                return Item(name, Health.RED, f"answered {first.status}; the service is one step further", hint)
    hint = f"{line}: the whole base address, as https://host{place.path}"
    return Item(name, Health.RED, f"answered {first.status} to reads of collections", hint)


def _clock(exchange: Exchange) -> Iterator[Item]:
    try:
        there = parsedate_to_datetime(exchange.headers.get("date", ""))
    except ValueError:
        yield Item("clock", Health.WARN, "the server sends no Date header; clocks cannot be compared")
        return
    skew = abs((datetime.now(UTC) - there).total_seconds())
    if skew > _MOST_SKEW_SECONDS:
        yield Item("clock", Health.WARN, f"the clocks differ by {skew:.0f} s", "set the clock that is wrong")
    else:
        yield Item("clock", Health.OK, "the clocks agree")


def page_sizes(target: Target, door: LiveDoor) -> Iterator[Item]:
    """Ask each service for pages as long as `[limits] page_size` says."""
    found = places(target)
    for place in found:
        name = "page size" if len(found) == 1 else f"page size of {place.key}"
        yield _page_size(target, door, place, name)


def _page_size(target: Target, door: LiveDoor, place: Place, name: str) -> Item:
    endpoint, size = place.families[0].thorough[0], target.limits.page_size
    exchange = _get(door, place.base, endpoint.path, limit=str(size), offset="0")
    rows = exchange.json.get(endpoint.wrapper_key) if exchange.ok and isinstance(exchange.json, dict) else None
    line = target.place_of("limits", "page_size")
    if not isinstance(rows, list):
        message = f"limit={size} is answered {exchange.trouble or exchange.status}"
        return Item(name, Health.WARN, message, f"{line}: choose one that the server accepts")
    total = total_of(exchange)
    if total is not None and len(rows) < min(size, total):
        message = f"asked for {size}, got {len(rows)}: reading whole lists takes more requests"
        return Item(name, Health.WARN, message, f"{line} = {max(len(rows), 1)}")
    return Item(name, Health.OK, f"limit={size} accepted")
