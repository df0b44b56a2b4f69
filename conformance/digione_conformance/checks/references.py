"""Checks of what must hold between records: ids are unique, links lead somewhere, roles and dates make sense."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Ask, Json
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import EVERY_KIND, ROSTERING, ROSTERS, WRITABLE, collections, single_of
from digione_conformance.probing.probe import DEMOGRAPHICS, Listing, Probe, Record, spread, values_at
from digione_conformance.relations.asking import (
    CLASSES,
    ENROLLMENTS,
    FORBIDDEN,
    KINDS,
    NOT_OFFERED,
    USERS,
    require,
    wholes,
)
from digione_conformance.relations.leading import URI
from digione_conformance.relations.membership import active
from digione_conformance.relations.order import day

_AFTER = ("OR-*-SHAPE-001", "OR-*-PAGE-004")
_SEED = "seed records that link to each other"
TARGETS = {single_of(kind).wrapper_key: kind for kind in EVERY_KIND}
"""Link type token -> the collection that must hold its target."""


def links_within(listing: Listing) -> Sequence[tuple[Record, Sequence[tuple[str, Record]]]]:
    """Return the records of a list, each with its links; they are looked for once."""
    rows = listing.records
    return rows.derived(("links",), lambda: [(record, tuple(links(record))) for record in rows])


def links(value: Json, path: str = "") -> Iterator[tuple[str, Record]]:
    """Yield every link in a record with its path, array positions left out; metadata is the provider's own."""
    if isinstance(value, dict):
        if {"sourcedId", "type", "href"} <= value.keys() and path:
            yield path, value
            return
        for key, inner in value.items():
            if key != "metadata" and isinstance(inner, (dict, list)):
                yield from links(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from links(inner, path)


@check("OR-*-ID-001")
def ids_are_unique(probe: Probe) -> Findings:
    """A page holds each sourcedId once: what stands twice on one page is no fault of paging."""
    for listing in wholes(probe):
        for page in listing.exchanges:
            ids = [str(record.get("sourcedId")) for record in probe.records(listing.endpoint, page)]
            probe.examined(len(ids))
            if twice := len(ids) - len(set(ids)):
                yield Finding.at(f"{listing.endpoint.operation_id}: {twice} records repeat a sourcedId", page)
    require(probe, _SEED)


_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_IDENTITY_CODE = re.compile(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]")


@check("OR-*-ID-002", after=_AFTER, of=ROSTERS)
def ids_hold_no_personal_data(probe: Probe) -> Findings:
    """A user's sourcedId is opaque: no e-mail address, no identity code, no name or user name of the person."""
    for listing in wholes(probe, (USERS,)):
        telling = Counter(kind for record in listing.records for kind in _told_by_id(record))
        probe.examined(len(listing.ids))
        for kind, count in sorted(telling.items()):
            yield Finding(f"{listing.endpoint.operation_id}: {count} sourcedIds hold {kind}", listing.exchanges[:1])
    require(probe, "seed users")


def _told_by_id(record: Record) -> Iterator[str]:
    key = str(record.get("sourcedId"))
    if _EMAIL.search(key):
        yield "an e-mail address"
    if _IDENTITY_CODE.search(key):
        yield "what looks like a personal identity code"
    names = [str(record.get(field, "")) for field in ("familyName", "username")]
    if any(len(name) > 4 and name.casefold() in key.casefold() for name in names):  # noqa: PLR2004 - short names occur by chance
        yield "the person's family name or user name"


@check("OR-*-REF-001", after=_AFTER, of=(*ROSTERS, *WRITABLE))
def links_lead_to_records(probe: Probe) -> Findings:
    """Every link of a record that is not deleted leads to a record of the linked collection, tombstones included."""
    # The other services link into Rostering; what Rostering itself links to elsewhere is judged there.
    linked = [kind for kind in dict.fromkeys((*ROSTERING.kinds, *probe.family.kinds)) if probe.names(kind)]
    listings = {listing.endpoint: listing for listing in wholes(probe, linked)}
    held = {token: set(listings[kind].ids) for token, kind in TARGETS.items() if kind in listings}
    for kind, listing in ((kind, listings[kind]) for kind in probe.family.kinds if kind in listings):
        dangling: Counter[str] = Counter()
        for _, found in (pair for pair in links_within(listing) if active(pair[0])):
            for path, link in found:
                if link["type"] in TARGETS and TARGETS[link["type"]] in listings:
                    probe.examined()
                    dangling[path] += link["sourcedId"] not in held[link["type"]]
        for path, count in sorted(dangling.items()):
            if count:
                yield Finding(f"{kind.operation_id}: {count} {path} links lead to no record", listing.exchanges[:1])
    require(probe, _SEED)


@check("OR-*-REF-002", after=_AFTER, of=(*ROSTERS, *WRITABLE))
def hrefs_are_absolute_and_lead_home(probe: Probe) -> Findings:
    """A link's href is an absolute address that others know; one within the service answers the linked record."""
    base = probe.base
    for listing in wholes(probe, probe.family.kinds):
        by_path: dict[str, list[Record]] = defaultdict(list)
        for _, leading in links_within(listing):
            for path, link in leading:
                by_path[path].append(link)
        for path, found in sorted(by_path.items()):
            probe.examined(len(found))
            hrefs = Counter(link["href"] if isinstance(link["href"], str) else "" for link in found)
            relative = sum(count for href, count in hrefs.items() if not _absolute(href))
            broken = sum(count for href, count in hrefs.items() if _absolute(href) and not URI.fullmatch(href))
            inner = sum(count for href, count in hrefs.items() if _of_the_inside(href, base))
            for count, what in ((relative, "not absolute"), (broken, "no URIs"), (inner, "of a host within")):
                if count:
                    yield Finding(
                        f"{listing.endpoint.operation_id}: {count} of {len(found)} {path}.href are {what}",
                        listing.exchanges[:1],
                    )
            for link in spread([link for link in found if str(link["href"]).startswith(f"{base}/")], 1):
                yield from _leads_home(probe, link, f"{listing.endpoint.operation_id}: {path}.href")
    require(probe, _SEED)


def _absolute(href: str) -> bool:
    parts = urlsplit(href)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


_INSIDE = (".local", ".internal", ".localdomain", ".lan")


def _of_the_inside(href: str, base: str) -> bool:
    """Whether an address names another host than the service does, by a name that only its own network knows."""
    try:
        host = urlsplit(href).hostname or ""
    except ValueError:
        return False
    return host not in {"", urlsplit(base).hostname} and ("." not in host.strip(".") or host.endswith(_INSIDE))


def _leads_home(probe: Probe, link: Record, what: str) -> Findings:
    exchange = probe.ask(Ask("GET", link["href"]))
    if exchange.status == FORBIDDEN and TARGETS.get(str(link["type"])) not in probe.family.kinds:
        return  # 1.1 has one base address for all services, and this one the client may not read
    body = next(iter(exchange.json.values()), None) if isinstance(exchange.json, dict) else None
    if not exchange.ok or not isinstance(body, dict) or body.get("sourcedId") != link["sourcedId"]:
        yield Finding.at(f"{what} answered {exchange.status} and not the linked record", exchange)


@check("OR-*-REF-003", after=("OR-*-REF-001",), of=ROSTERS)
def enrolments_agree_with_their_class(probe: Probe) -> Findings:
    """An enrolment names the school of its class, and no class has two leading teachers at one time."""
    classes = [record for listing in wholes(probe, (CLASSES,)) for record in listing.records]
    schools = {record.get("sourcedId"): values_at(record, "school.sourcedId") for record in classes}
    for listing in wholes(probe, (ENROLLMENTS,)):
        enrolments = [e for e in listing.records if active(e)]
        probe.examined(len(enrolments))
        apart = [
            e for e in enrolments if (own := schools.get(_class_of(e))) and own != values_at(e, "school.sourcedId")
        ]
        if apart:
            yield Finding(f"{len(apart)} enrolments name another school than their class", listing.exchanges[:1])
        leaders: dict[str, list[Record]] = defaultdict(list)
        for enrolment in enrolments:
            if enrolment.get("role") == "teacher" and enrolment.get("primary") == "true":
                leaders[_class_of(enrolment)].append(enrolment)
        shared = sum(1 for found in leaders.values() if _overlap(found))
        if shared:
            yield Finding(f"{shared} classes have two primary teachers at one time", listing.exchanges[:1])
    require(probe, "seed classes and enrolments")


def _class_of(enrolment: Record) -> str:
    return str(next(iter(values_at(enrolment, "class.sourcedId")), None))


def _overlap(enrolments: list[Record]) -> bool:
    """Whether two of the enrolments hold at the same time; ends are exclusive, an absent date is open."""
    spans = sorted((str(e.get("beginDate", "")), str(e.get("endDate", "9999"))) for e in enrolments)
    return any(later[0] < earlier[1] for earlier, later in pairwise(spans))


@check("OR-*-REF-004", after=("OR-*-REF-001",), of=ROSTERS)
def trees_agree_in_both_directions(probe: Probe) -> Findings:
    """Where a parent lists its children, they name it and are all that do, and nothing is above itself."""
    for listing in wholes(probe, KINDS[:1] + tuple(k for k in KINDS if k.operation_id == "getAllOrgs")):
        parents = {r.get("sourcedId"): next(iter(values_at(r, "parent.sourcedId")), None) for r in listing.records}
        pairs = [(r.get("sourcedId"), c) for r in listing.records for c in values_at(r, "children.sourcedId")]
        probe.examined(len(pairs) + len([p for p in parents.values() if p]))
        if apart := sum(1 for parent, child in pairs if child in parents and parents[child] != parent):
            yield Finding(
                f"{listing.endpoint.operation_id}: {apart} children do not name their parent", listing.exchanges[:1]
            )
        if unlisted := _unlisted(listing.records):
            yield Finding(
                f"{listing.endpoint.operation_id}: {unlisted} records are not among the children of their parent",
                listing.exchanges[:1],
            )
        if circles := sum(1 for key in parents if above_itself(key, parents)):
            yield Finding(
                f"{listing.endpoint.operation_id}: {circles} records are above themselves", listing.exchanges[:1]
            )
    require(probe, "seed organisations or academic sessions with a parent")


def _unlisted(records: Iterable[Record]) -> int:
    """Return how many records name a parent that lists children, and not them; one that lists none says nothing."""
    told = {str(r.get("sourcedId")): set(values_at(r, "children.sourcedId")) for r in records}
    return sum(
        1
        for record in filter(active, records)
        for above in values_at(record, "parent.sourcedId")
        if told.get(str(above)) and record.get("sourcedId") not in told[str(above)]
    )


def above_itself(key: Json, parents: dict[Json, Json]) -> bool:
    """Whether going from parent to parent comes back to a record."""
    seen: set[Json] = set()
    above = parents.get(key)
    while above is not None and above not in seen:
        if above == key:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


@check("OR-ROS-ROLE-001", after=_AFTER)
def one_primary_role_in_each_organisation(probe: Probe) -> Findings:
    """A user has exactly one primary role in each organisation in which the user has a role."""
    for listing in wholes(probe, (USERS,)):
        wrong: Counter[str] = Counter()
        for record in filter(active, listing.records):
            primary: Counter[Json] = Counter()
            for role in (r for r in record.get("roles", ()) if isinstance(r, dict)):
                primary[next(iter(values_at(role, "org.sourcedId")), None)] += role.get("roleType") == "primary"
            probe.examined(len(primary))
            wrong["several"] += sum(1 for count in primary.values() if count > 1)
            wrong["no"] += sum(1 for count in primary.values() if count == 0)
        for word, count in sorted(wrong.items()):
            if count:
                yield Finding(f"{count} times a user has {word} primary role in an organisation", listing.exchanges[:1])
    require(probe, "seed users with roles")


_SPANS = (("startDate", "endDate"), ("beginDate", "endDate"))


@check("OR-*-DATE-001", after=_AFTER, of=ROSTERS)
def spans_do_not_end_before_they_begin(probe: Probe) -> Findings:
    """No session, enrolment or role ends before it begins; a session's end is exclusive, so it lies after its start."""
    for listing in wholes(probe, probe.family.kinds):
        backwards: Counter[str] = Counter()
        for record in listing.records:
            for place, value in (("", record), *(("roles.", role) for role in values_at(record, "roles"))):
                for first, last in _SPANS:
                    begin, end = (day(value.get(f)) if isinstance(value, dict) else None for f in (first, last))
                    if begin and end:
                        probe.examined()
                        backwards[f"{place}{last}"] += end < begin or (end == begin and first == "startDate")
        for field, count in sorted(backwards.items()):
            if count:
                yield Finding(
                    f"{listing.endpoint.operation_id}: {count} {field} lie before their begin", listing.exchanges[:1]
                )
    require(probe, "seed academic sessions")


@check("OR-*-DEMO-002", after=_AFTER, of=ROSTERS)
def demographics_bear_the_id_of_their_user(probe: Probe) -> Findings:
    """The sourcedId of demographics is the sourcedId of the user whom they describe."""
    (endpoint,) = collections(DEMOGRAPHICS)
    if probe.get(endpoint, query={"limit": "1"}).status in NOT_OFFERED | {403}:
        raise Untested("demographics are not offered to this client")
    users = probe.census(USERS)
    listing = probe.census(endpoint)
    if users.complete:
        probe.examined(len(listing.ids))
        if strangers := len(set(listing.ids) - set(users.ids)):
            yield Finding(f"{strangers} demographics bear an id that no user has", listing.exchanges[:1])
    require(probe, "seed demographics of some users")
