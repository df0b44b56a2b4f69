"""Checks of who may write: a scope opens its own operations and no other, no tenant reaches what another wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from digione_conformance.catalogue.undecided import CantTell, Inapplicable, Untested
from digione_conformance.checks.auth import AnyScope, asked, limited
from digione_conformance.checks.exposure import protected
from digione_conformance.checks.written import WRITTEN, single, touched
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.control import Control
from digione_conformance.probing.family import (
    ANY_ENDPOINT,
    ASSESSMENT,
    GRADEBOOK,
    GRADEBOOK_V1P1,
    WRITABLE,
    Family,
    delete_of,
    put_of,
    single_of,
)
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import NotOffered, Workshop, workshop
from digione_conformance.relations.asking import FORBIDDEN, NOT_FOUND, UNAUTHORISED
from digione_conformance.relations.keeping import changed
from digione_conformance.relations.payload import reasons, silent
from digione_sdk.core.scopes import Scope, ScopeV1P1

_WRITING: Final = {
    GRADEBOOK: (Scope.GRADEBOOK_CREATEPUT, Scope.GRADEBOOK_CREATEPOST, Scope.GRADEBOOK_DELETE),
    ASSESSMENT: (Scope.ASSESSMENT_CREATEPUT, Scope.ASSESSMENT_DELETE),
    GRADEBOOK_V1P1: (ScopeV1P1.GRADEBOOK_CREATEPUT, ScopeV1P1.GRADEBOOK_DELETE),
}
"""The scopes that open writes, by family."""


def _operations(probe: Probe, kind: ANY_ENDPOINT) -> tuple[ANY_ENDPOINT, ...]:
    """Return the writes of a kind: PUT and DELETE of an object, and the POST that needs the fewest parents."""
    return (put_of(kind), *probe.family.posts_of(kind)[:1], delete_of(kind))


Harm = Callable[[], str | None]
"""Looks what a write changed although it should not; None for nothing."""


def _tried(
    shop: Workshop, kind: ANY_ENDPOINT, sent: Record, operation: ANY_ENDPOINT, auth: str
) -> Iterator[tuple[Exchange, Harm]]:
    """Try a write as somebody and yield each answer, and how to look what it did."""
    key = str(sent["sourcedId"])
    if operation.method == "PUT":
        yield shop.put(kind, touched(sent), auth=auth), lambda: _harm(shop, kind, sent)
        new = touched(sent) | {"sourcedId": shop.new_id()}
        yield shop.put(kind, new, auth=auth), lambda: _made(bool(shop.lives(kind, str(new["sourcedId"]))))
    elif operation.method == "DELETE":
        yield shop.delete(kind, key, auth=auth), lambda: _harm(shop, kind, sent)
    else:
        path = {name: str(sent[name.removesuffix("SourcedId")]["sourcedId"]) for name in operation.path_parameters}
        posted = touched(sent) | {"sourcedId": shop.new_id()}
        word = "title" if "title" in posted else "comment"
        posted |= {word: f"Suite {posted['sourcedId']}"}
        exchange = shop.send(operation, path, {operation.body_key: [posted]}, auth=auth)
        there = exchange.ok and bool(shop.found(kind, posted, wait=True))  # at once, so that it is taken away
        yield exchange, lambda: _made(there or bool(shop.found(kind, posted)))


def _made(there: bool) -> str | None:  # noqa: FBT001 - a word for a truth value
    return "made an object" if there else None


def _harm(shop: Workshop, kind: ANY_ENDPOINT, sent: Record) -> str | None:
    _, shown = single(shop, kind, sent)
    if not shown or shown.get("status") != "active":
        shop.store(kind, sent)
        return "deleted the object"
    if lost := changed(sent, shown):
        shop.store(kind, sent)
        return f"changed {', '.join(lost)}"
    return None


def _is_offered(shop: Workshop, operation: ANY_ENDPOINT, exchange: Exchange) -> bool:
    """Whether the target has an operation: one that it lacks may be told before anybody asks for a token."""
    if exchange.status in {UNAUTHORISED, FORBIDDEN}:
        return True
    path = dict.fromkeys(operation.path_parameters, shop.new_id())
    try:
        shop.require_offered(operation, path, exchange)
    except NotOffered:
        return False
    return True


def _judged(
    shop: Workshop, kind: ANY_ENDPOINT, sent: Record, operation: ANY_ENDPOINT, auth: str, who: str
) -> Iterator[tuple[Exchange, Finding | None]]:
    for exchange, look in _tried(shop, kind, sent, operation, auth):
        if not _is_offered(shop, operation, exchange):
            continue
        shop.probe.examined()
        harm = look()
        wrong = f"answered {exchange.status}" if exchange.ok else None
        told = f"{harm}, answering {exchange.status}" if harm else wrong
        yield exchange, Finding.at(f"{operation.operation_id} {told} to {who}", exchange) if told else None


def _kinds(probe: Probe) -> tuple[ANY_ENDPOINT, ...]:
    """Return the kinds whose rights are tried: all, for a rule by kind forgets the one that was added last."""
    return probe.family.kinds


@check("OR-*-WAUTH-001", alone=True, of=WRITABLE, after=(WRITTEN,))
def nobody_writes_without_a_token(probe: Probe) -> Findings:
    """Without a token, with one that is none, and with an unsigned one a write gets 401, and changes nothing."""
    with workshop(probe) as shop:
        for kind, sent in shop.each(_kinds(probe)):
            for operation in _operations(probe, kind):
                for auth in ("none", "raw:garbage", "raw:unsigned"):
                    for exchange, finding in _judged(shop, kind, sent, operation, auth, "no good token"):
                        if finding:
                            yield finding
                        elif exchange.status not in {UNAUTHORISED, FORBIDDEN}:
                            name = operation.operation_id
                            yield Finding.at(
                                f"{name} answered {exchange.status} to no good token, expected 401", exchange
                            )


def _foreign(probe: Probe, operation: ANY_ENDPOINT, scopes: tuple[AnyScope, ...]) -> Iterator[tuple[AnyScope, str]]:
    """Yield scopes that do not open an operation, each with the label of a token that has it alone."""
    opening = probe.family.spoken(operation).scopes
    for scope in scopes:
        if scope not in opening and (auth := limited(probe, asked(scope))) is not None:
            yield scope, auth


def _other(family: Family) -> Family:
    return ASSESSMENT if family is GRADEBOOK else GRADEBOOK


def _refused_to(
    probe: Probe, scopes: tuple[AnyScope, ...]
) -> Iterator[tuple[ANY_ENDPOINT, AnyScope, Exchange, Finding | None]]:
    """Yield every write that was tried with one of these scopes alone, how it was answered, and what was wrong.

    Raises:
        Inapplicable: The target gives no token with any of them alone.
    """
    with workshop(probe) as shop:
        for kind, sent in shop.each(_kinds(probe)):
            for operation in _operations(probe, kind):
                for scope, auth in _foreign(probe, operation, scopes):
                    for exchange, finding in _judged(shop, kind, sent, operation, auth, f"{scope.short} alone"):
                        yield operation, scope, exchange, finding
    if not probe.looked_at:
        raise Inapplicable("the target gives no token that leaves the scope of a write out")


def _reading(family: Family) -> tuple[AnyScope, ...]:
    return tuple(dict.fromkeys((family.full_scope, family.core_scope)))


@check("OR-*-WAUTH-002", alone=True, of=WRITABLE, after=(WRITTEN,))
def reading_scopes_write_nothing(probe: Probe) -> Findings:
    """A token that may read alone writes nothing: no PUT, POST or DELETE is done with it."""
    for _, _, _, finding in _refused_to(probe, _reading(probe.family)):
        if finding:
            yield finding


@check("OR-*-WAUTH-003", alone=True, of=WRITABLE, after=(WRITTEN,))
def a_writing_scope_opens_its_own_writes_only(probe: Probe) -> Findings:
    """A token for PUT deletes and posts nothing, one for DELETE puts nothing, and so on."""
    for _, _, _, finding in _refused_to(probe, _WRITING[probe.family]):
        if finding:
            yield finding


@check("OR-*-WAUTH-004", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(WRITTEN,))
def scopes_of_the_other_part_write_nothing(probe: Probe) -> Findings:
    """Scopes for the gradebook write no assessments, and those for assessments no gradebook."""
    for _, _, _, finding in _refused_to(probe, _WRITING[_other(probe.family)]):
        if finding:
            yield finding


@check("OR-*-WAUTH-005", alone=True, of=WRITABLE, after=(WRITTEN,))
def the_scope_of_a_write_is_enough(probe: Probe) -> Findings:
    """The scope that the standard names for an operation opens it alone: none for reading is needed beside it."""
    with workshop(probe) as shop:
        for kind, sent in shop.each(_kinds(probe)):
            single(shop, kind, sent)
            for operation in _operations(probe, kind):
                (scope,) = shop.told(operation).scopes
                auth = limited(probe, asked(scope))
                if auth is None:
                    continue
                exchange, _ = next(_tried(shop, kind, sent, operation, auth))
                if not _is_offered(shop, operation, exchange):
                    continue
                probe.examined()
                if exchange.status in {UNAUTHORISED, FORBIDDEN}:
                    name = operation.operation_id
                    yield Finding.at(f"{name} answered {exchange.status} to {scope.short} alone", exchange)
        if not probe.looked_at:
            raise Untested("register the client for the scopes of PUT, POST and DELETE, so that each can be had alone")


@check("OR-*-WAUTH-006", alone=True, of=WRITABLE, after=("OR-*-WAUTH-002",))
def a_write_without_its_scope_is_forbidden(probe: Probe) -> Findings:
    """A write with a token that lacks its scope gets 403 with codeMinor forbidden."""
    for operation, scope, exchange, finding in _refused_to(probe, _reading(probe.family)[:1]):
        told = "forbidden" in probe.family.understood(reasons(exchange.json)) or silent(exchange.json)
        if finding is None and (exchange.status != FORBIDDEN or not told):
            name = operation.operation_id
            yield Finding.at(f"{name} answered {exchange.status} to {scope.short}, expected 403 forbidden", exchange)


@check("OR-*-WAUTH-007", alone=True, of=WRITABLE, after=(WRITTEN,))
def writes_know_no_protected_people(probe: Probe) -> Findings:
    """Writes about a protected person are answered as those about nobody: neither done nor told apart."""
    (key, *_), control = protected(probe), probe.control  # what a client may not see only test control can take away
    results, _ = probe.family.thorough
    with workshop(probe) as shop:
        for kind, sent in shop.each((results,)):
            drafts = [_of(shop, sent, pupil) for pupil in (shop.new_id(), key)]
            try:
                nobody, told = [shop.put(kind, draft) for draft in drafts]
                probe.examined()
                if told.status != nobody.status or reasons(told.json) != reasons(nobody.json):
                    what = f"{told.status} to a protected pupil's result, and {nobody.status} to nobody's"
                    yield Finding.at(f"{put_of(kind).operation_id} answered {what}", nobody, told)
            finally:
                for draft in drafts:
                    _purged(control, kind, str(draft["sourcedId"]))
            yield from _laid_is_unknown(shop, kind, _of(shop, sent, key))


def _of(shop: Workshop, result: Record, pupil: str) -> Record:
    """Return a new result of another pupil."""
    return {**result, "sourcedId": shop.new_id(), "student": {**result["student"], "sourcedId": pupil}}


def _purged(control: Control, kind: ANY_ENDPOINT, key: str) -> None:
    with suppress(CantTell):  # it was refused, and so is not there
        control.delete(kind.path.strip("/"), key, purge=True)


def _laid_is_unknown(shop: Workshop, kind: ANY_ENDPOINT, of_protected: Record) -> Findings:
    """Let test control lay a protected pupil's result, and delete it as a client that must not know of it."""
    control, laid = shop.probe.control, str(of_protected["sourcedId"])
    # Test control takes what the standard says: an empty list, which is told in place of none, is no part of that.
    control.upsert(kind.path.strip("/"), {name: value for name, value in of_protected.items() if value != []})
    try:
        nobody, told = shop.delete(kind, shop.new_id()), shop.delete(kind, laid)
        shop.probe.examined()
        if told.status != nobody.status:
            what = f"{told.status} to a protected pupil's result, and {nobody.status} to an unknown id"
            yield Finding.at(f"{delete_of(kind).operation_id} answered {what}", nobody, told)
    finally:
        _purged(control, kind, laid)


# --- the wall --------------------------------------------------------------------------------------------------------


def tenants(probe: Probe) -> tuple[str, str]:
    """Return the two tenants between whom there has to be a wall.

    Raises:
        Inapplicable: The target file names one.
    """
    if len(probe.claims.tenants) < 2:  # noqa: PLR2004 - a wall has two sides
        raise Inapplicable("isolation was not tested: the target file names one tenant, add [tenants.b]")
    left, right = probe.claims.tenants[:2]
    return left, right


@check("OR-*-WISO-001", alone=True, of=WRITABLE, after=(WRITTEN,))
def what_one_tenant_writes_no_other_reads(probe: Probe) -> Findings:
    """What one tenant has put the other neither reads singly nor finds in a list."""
    _, other = tenants(probe)
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            single(shop, kind, sent)
            key = str(sent["sourcedId"])
            read = shop.read(kind, key, auth=other)
            page = shop.find(kind, f"sourcedId='{key}'", auth=other)
            probe.examined()
            if shop.body_of(kind, read) is not None:
                yield Finding.at(f"{single_of(kind).operation_id} shows what another tenant has put", read)
            elif read.status not in {NOT_FOUND, UNAUTHORISED, FORBIDDEN}:
                yield Finding.at(f"{single_of(kind).operation_id} answered {read.status}, expected 404", read)
            if page.listed(kind.wrapper_key):
                yield Finding.at(f"{kind.operation_id} lists what another tenant has put", page)


@check("OR-*-WISO-002", alone=True, of=WRITABLE, after=(WRITTEN,))
def what_one_tenant_writes_no_other_changes(probe: Probe) -> Findings:
    """Neither PUT nor DELETE of another tenant at the same id changes the object; what it puts there is its own."""
    _, other = tenants(probe)
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            single(shop, kind, sent)
            key = str(sent["sourcedId"])
            gone = shop.delete(kind, key, auth=other)
            probe.examined()
            if harm := _harm(shop, kind, sent):
                yield Finding.at(f"{delete_of(kind).operation_id} of another tenant {harm}", gone)
            for theirs in (touched(sent), {**shop.draft(kind, auth=other), "sourcedId": key}):
                put = shop.put(kind, theirs, auth=other)
                probe.examined()
                if harm := _harm(shop, kind, sent):
                    yield Finding.at(f"{put_of(kind).operation_id} of another tenant {harm}", put)
                elif put.ok and changed(theirs, shop.shown(kind, key, auth=other) or {}):
                    yield Finding.at(f"{put_of(kind).operation_id} was accepted and its object is not there", put)
                shop.delete(kind, key, auth=other)
                if harm := _harm(shop, kind, sent):
                    yield Finding.at(f"{delete_of(kind).operation_id} of another tenant {harm}", put)
