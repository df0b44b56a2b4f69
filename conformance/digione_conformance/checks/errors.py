"""Checks of refusals: the right status, the status payload, no personal data in it, and no server errors."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from digione_conformance.catalogue.undecided import Inapplicable, Untested
from digione_conformance.checks.envelope import declared
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, FAMILIES, ROSTERS, Family, single_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.relations.asking import (
    BAD_REQUEST,
    NOT_FOUND,
    SERVER_ERROR,
    USERS,
    VIEWS,
    require,
    whole_of,
    wholes,
)
from digione_conformance.relations.membership import World, bounds, with_roles
from digione_conformance.relations.payload import holds_records, reasons, silent, status_info
from digione_conformance.relations.sampling import expressible

_NOBODY = "no-such-id-of-the-suite"


def _unknown(family: Family, single: ANY_ENDPOINT, exchange: Exchange, what: str) -> Findings:
    name = single.operation_id
    if exchange.status != NOT_FOUND or holds_records(exchange.json):
        yield Finding.at(f"{name} answered {exchange.status} to {what}, expected 404 and no record", exchange)
    elif not silent(exchange.json) and "unknownobject" not in family.understood(reasons(exchange.json)):
        yield Finding.at(f"{name}: 404 without codeMinor unknownobject", exchange)


@check("OR-*-ERR-001")
def unknown_id_is_an_unknown_object(probe: Probe) -> Findings:
    """Every core single read answers 404 with codeMinor unknownobject to an id that the target does not hold."""
    for endpoint in probe.family.collections:
        single = single_of(endpoint)
        exchange = probe.get(single, path={"sourcedId": _NOBODY})
        probe.examined()
        yield from _unknown(probe.family, single, exchange, "an unknown id")


@check("OR-*-ERR-002", after=("OR-*-ERR-001",))
def id_of_another_kind_is_unknown(probe: Probe) -> Findings:
    """An id of another kind is unknown: a guardian is no student, a district is no school, a user is no class."""
    for view in probe.family.views:
        whole = probe.census(whole_of(view))
        world = World({whole.endpoint.model: with_roles(whole.records)})
        inside = bounds(view, {}, world).may
        for key in [key for key in whole.ids if key not in inside][:2]:
            probe.examined()
            exchange = probe.get(single_of(view), path={"sourcedId": key})
            yield from _unknown(probe.family, single_of(view), exchange, "an id that its list does not hold")
    kinds = probe.family.kinds
    if len(kinds) == 1 and not probe.names(USERS):
        raise Inapplicable("the target file names no service that has records of another kind")
    for kind, other in zip(kinds, (*kinds[1:], kinds[0] if len(kinds) > 1 else USERS), strict=True):
        own = set(probe.census(kind).ids)
        for key in islice((key for key in probe.census(other).ids if key not in own), 1):
            probe.examined()
            exchange = probe.get(single_of(kind), path={"sourcedId": key})
            yield from _unknown(probe.family, single_of(kind), exchange, "an id of another kind")
    require(probe, "seed records of several kinds, so that an id of one can be asked for as another")


def _refusals(probe: Probe) -> Iterator[Exchange]:
    """Yield refusals of every sort that the target gives."""
    for endpoint in probe.family.two:
        yield probe.get(single_of(endpoint), path={"sourcedId": _NOBODY})
        yield probe.get(endpoint, query={"filter": "noSuchField='x'"})
        yield probe.get(endpoint, query={"fields": "sourcedId,noSuchField"})
        yield probe.get(endpoint, query={"limit": "1"}, auth="none")
        yield probe.get(endpoint, query={"limit": "1"}, auth="raw:garbage")
        yield probe.get(endpoint, query={"limit": "abc"})


@check("OR-*-ERR-003")
def refusals_obey_the_payload_schema(probe: Probe) -> Findings:
    """Every refusal carries the bare status payload, exactly as published."""
    validator = probe.schemas.named("imsx_StatusInfo", service=probe.family.service)
    for exchange in _refusals(probe):
        if exchange.status < BAD_REQUEST:
            continue
        probe.examined()
        if not exchange.is_json:
            yield Finding.at(f"a refusal with {exchange.status} is no JSON", exchange)
        elif errors := validator.errors(exchange.json):
            wrapped = " (a variant of it is there)" if status_info(exchange.json) else ""
            yield Finding.at(f"a refusal with {exchange.status} is no status payload{wrapped}: {errors[0]}", exchange)
        elif "json" not in declared(exchange.headers.get("content-type", ""))[0]:
            yield Finding.at(f"a refusal with {exchange.status} is JSON, and its Content-Type is not", exchange)


@check("OR-*-ERR-007", of=FAMILIES)
def refusals_name_their_reason(probe: Probe) -> Findings:
    """A refusal says by codeMinor why; the schema lets that be absent, so that its absence fails no MUST."""
    for exchange in _refusals(probe):
        if exchange.status < BAD_REQUEST or status_info(exchange.json) is None:
            continue
        probe.examined()
        if silent(exchange.json):
            yield Finding.at(f"a refusal with {exchange.status} names no reason: it has no codeMinor", exchange)
    if not probe.looked_at:
        raise Inapplicable("no refusal carries a status payload: OR-*-ERR-003 says so")


@check("OR-*-ERR-004")
def unknown_route_is_refused_in_the_same_way(probe: Probe) -> Findings:
    """A path that the service does not have answers 404 with a status payload, not a web page."""
    main = probe.family.thorough[0]
    base = probe.base
    for path in ("/noSuchCollection", f"{main.path}/x/noSuchCollection"):
        exchange = probe.ask(Ask("GET", base + path))
        probe.examined()
        if exchange.status != NOT_FOUND or status_info(exchange.json) is None:
            yield Finding.at(
                f"an unknown path answered {exchange.status}, expected 404 with a status payload", exchange
            )


_ODD_IDS = ("a/b", "a b", "ä", "'", "%", "x" * 1500, "\x00", "a?b#c")
_ODD_FILTERS = (
    "",
    "'",
    "=",
    "status='\x00'",
    "familyName='" + "x" * 3000 + "'",
    "status='active' " * 40,
    "((",
    "status~''",
)


@check("OR-*-ERR-005")
def odd_input_is_no_server_error(probe: Probe) -> Findings:
    """Odd ids and filters may be refused, but never make the server fail."""
    main = probe.family.thorough[0]
    odd = [("an odd id", probe.get(single_of(main), path={"sourcedId": text})) for text in _ODD_IDS]
    odd += [("an odd filter", probe.get(main, query={"filter": text, "limit": "1"})) for text in _ODD_FILTERS]
    base = probe.url(main)
    odd += [("bytes that are no UTF-8", probe.ask(Ask("GET", f"{base}?limit=1&filter=familyName%3D%27%FF%FE%27")))]
    dotted = "a lone percent sign and a name with a dot"
    odd += [(dotted, probe.ask(Ask("GET", f"{base}?limit=1&sort=%&fields=status.x")))]
    for what, exchange in odd:
        probe.examined()
        if exchange.status >= SERVER_ERROR:
            yield Finding.at(f"{what} answered {exchange.status}", exchange)


# --- privacy ---------------------------------------------------------------------------------------------------------

_TELLING = ("familyName", "givenName", "email", "username", "phone", "sms", "userMasterIdentifier", "identifier")
_SHORTEST = 5


def _tells(person: Record, exchange: Exchange, *, said: str = "") -> list[str]:
    """Return the fields of a person whose values an answer holds, those that the question itself held left out."""
    text = " ".join((exchange.body.decode("utf-8", "replace"), *exchange.headers.values())).casefold()
    return [
        field
        for field in _TELLING
        if isinstance(value := person.get(field), str) and len(value) >= _SHORTEST
        if value.casefold() in text and value.casefold() not in said.casefold()
    ]


def pupils_alone(probe: Probe) -> list[Record]:
    """Return people who are listed as students and not as teachers, and whose id can stand in a filter."""
    people = [p for listing in wholes(probe, (USERS,)) for p in listing.records if expressible(p.get("sourcedId"))]
    students, teachers = (
        set(probe.census(next(view for view in VIEWS if view.operation_id == name)).ids)
        for name in ("getAllStudents", "getAllTeachers")
    )
    return [p for p in people if p["sourcedId"] in students - teachers]


@check("OR-*-PRIV-001", of=ROSTERS)
def refusals_hold_no_personal_data(probe: Probe) -> Findings:
    """A refusal that concerns a person holds no name, address or number of that person."""
    wrong_door = next(v for v in VIEWS if v.operation_id == "getAllTeachers")
    for person in pupils_alone(probe)[:3]:
        key = str(person["sourcedId"])
        broken = f"sourcedId='{key}' AND noSuchField='x'"
        exchanges = (
            probe.get(single_of(wrong_door), path={"sourcedId": key}),
            probe.get(USERS, query={"filter": broken}),
            probe.get(single_of(USERS), path={"sourcedId": key}, query={"fields": "noSuchField"}),
            probe.get(single_of(USERS), path={"sourcedId": key}, auth="none"),
        )
        for exchange in exchanges:
            if exchange.status >= BAD_REQUEST:
                probe.examined()
                if told := _tells(person, exchange, said=key):
                    yield Finding.at(f"a refusal with {exchange.status} holds the person's {', '.join(told)}", exchange)
    require(probe, "seed pupils")


@check("OR-*-METH-001", of=ROSTERS)
def undeclared_methods_change_nothing(probe: Probe) -> Findings:
    """Rostering is read-only: other methods are refused with a 4xx, best 405."""
    if probe.claims.environment != "test":
        raise Inapplicable("writing methods are tried in a test environment only")
    asks = [
        Ask("POST", probe.url(USERS), headers=(("Content-Type", "application/json"),), content=b'{"users": []}'),
        Ask("PUT", probe.url(single_of(USERS), {"sourcedId": _NOBODY}), content=b"{}"),
        Ask("PATCH", probe.url(single_of(USERS), {"sourcedId": _NOBODY}), content=b"{}"),
        Ask("DELETE", probe.url(single_of(USERS), {"sourcedId": _NOBODY})),
    ]
    for ask in asks:
        exchange = probe.ask(ask)
        probe.examined()
        if not BAD_REQUEST <= exchange.status < SERVER_ERROR and exchange.status != 501:  # noqa: PLR2004 - not implemented
            yield Finding.at(f"{ask.method} answered {exchange.status}, expected 405 or another 4xx", exchange)
    for auth in ("none", "raw:garbage"):
        exchange = probe.ask(Ask("HEAD", probe.url(USERS, query={"limit": "1"}), auth))
        probe.examined()
        if exchange.ok:
            yield Finding.at("HEAD without a good token was answered as if there were one", exchange)


# --- caching ---------------------------------------------------------------------------------------------------------


@check("OR-*-CACHE-001")
def equal_reads_give_equal_answers(probe: Probe) -> Findings:
    """The same question asked twice gets the same records in the same order."""
    for endpoint in (*probe.family.kinds, *probe.family.views[:2]):
        first, second = probe.get(endpoint), probe.get(endpoint, fresh=True)
        if first.ok:
            probe.examined()
            if first.json != second.json:
                yield Finding.at(f"{endpoint.operation_id} gave two answers to one question", first, second)


@check("OR-*-CACHE-002")
def validators_tell_answers_apart(probe: Probe) -> Findings:
    """Where ETag is sent: the same answer revalidates as 304, another answer never does."""
    for endpoint in dict.fromkeys((*probe.family.two, *probe.family.thorough[:2])):
        page = probe.get(endpoint)
        other = probe.get(endpoint, query={"limit": "2", "offset": "1"})
        tag = page.headers.get("etag")
        if not (page.ok and other.ok and tag) or page.body == other.body:
            continue
        probe.examined()
        headers = (("If-None-Match", tag),)
        again = probe.get(endpoint, headers=headers)
        if again.status not in {200, 304} or (again.status == 304 and again.body):  # noqa: PLR2004 - not modified
            yield Finding.at(f"{endpoint.operation_id}: If-None-Match answered {again.status}", again)
        crossed = probe.get(endpoint, query={"limit": "2", "offset": "1"}, headers=headers)
        if crossed.status == 304:  # noqa: PLR2004 - not modified
            yield Finding.at(f"{endpoint.operation_id}: the ETag of one page answers for another page", page, crossed)
        refused = probe.get(endpoint, headers=headers, auth="none")
        if refused.status == 304:  # noqa: PLR2004 - not modified
            yield Finding.at(f"{endpoint.operation_id}: If-None-Match is answered without a token", refused)
    if not probe.looked_at:
        raise Inapplicable("the target sends no ETag")


@check("OR-*-CACHE-003", of=ROSTERS)
def personal_data_is_not_for_shared_caches(probe: Probe) -> Findings:
    """Answers that hold people are not marked for storage by shared caches."""
    page = probe.get(USERS, query={"limit": "1"})
    if not page.ok:
        raise Untested("users cannot be read")
    probe.examined()
    control = page.headers.get("cache-control", "").lower()
    if "public" in control or "s-maxage" in control:
        yield Finding.at("users are marked for shared caches: Cache-Control public or s-maxage", page)
