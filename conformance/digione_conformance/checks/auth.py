"""Checks of who is let in: tokens, bad tokens, the token endpoint, and what each scope opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias
from urllib.parse import quote, urlencode

from digione_conformance.catalogue.undecided import Inapplicable, Untested
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.evidence.tokens import full_scope
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, NESTED_FAMILIES, ROSTERS, collections, single_of
from digione_conformance.probing.probe import DEMOGRAPHICS, Probe
from digione_conformance.relations.asking import (
    BAD_REQUEST,
    FORBIDDEN,
    NOT_OFFERED,
    OK,
    UNAUTHORISED,
    page_query,
    require,
)
from digione_conformance.relations.parents import parents_of
from digione_conformance.relations.payload import holds_records, reasons, silent
from digione_sdk.core.scopes import Scope, ScopeV1P1

AnyScope: TypeAlias = Scope | ScopeV1P1
_BAD_LABELS: Final = (
    "garbage",
    "wrong-scheme",
    "unknown-scheme",
    "alg-none",
    "unsigned",
    "own-key",
    "expired",
    "tampered",
    "bare",
)
_MALFORMED: Final = frozenset({"bare"})
"""A header without a token is a malformed request, for which RFC 6750 §3.1 also allows 400."""


def _reads(probe: Probe, endpoints: Iterable[ANY_ENDPOINT]) -> Iterator[tuple[ANY_ENDPOINT, Mapping[str, str]]]:
    """Yield endpoints with path parameters that lead to records of the target; those without such are left out."""
    for endpoint in endpoints:
        if not endpoint.path_parameters:
            yield endpoint, {}
        elif endpoint.is_collection:
            yield from ((endpoint, path) for path in parents_of(probe, endpoint, 1))
        else:
            listed = next(e for e in collections((*probe.family.core, *DEMOGRAPHICS)) if single_of(e) is endpoint)
            first = probe.get(listed, query=page_query(probe, {}))
            if listed in DEMOGRAPHICS and first.status in NOT_OFFERED | {FORBIDDEN}:
                continue
            yield from ((endpoint, {"sourcedId": key}) for key in probe.census(listed).ids[:1])


def _optional(probe: Probe) -> tuple[ANY_ENDPOINT, ...]:
    return (*probe.family.nested, *(DEMOGRAPHICS if probe.family in ROSTERS else ()))


def _small(endpoint: ANY_ENDPOINT) -> dict[str, str]:
    return {"limit": "1"} if endpoint.is_collection else {}


# --- without a good token --------------------------------------------------------------------------------------------


@check("OR-*-AUTH-001")
def nobody_reads_without_a_token(probe: Probe) -> Findings:
    """Every core operation answers 401 to a request without Authorization, and sends no records."""
    for endpoint, path in _reads(probe, probe.family.core):
        exchange = probe.get(endpoint, path=path, query=_small(endpoint), auth="none")
        probe.examined()
        yield from _let_in(endpoint, exchange, "no token", {UNAUTHORISED})
        told = probe.family.understood(reasons(exchange.json))
        if exchange.status == UNAUTHORISED and "unauthorisedrequest" not in told and not silent(exchange.json):
            yield Finding.at(f"{endpoint.operation_id}: 401 without codeMinor unauthorisedrequest", exchange)
    main = probe.family.thorough[0]
    for what, spelling in _other_spellings(main.path):
        exchange = probe.ask(Ask("GET", f"{probe.base}{spelling}?limit=1", "none"))
        probe.examined()
        if holds_records(exchange.json):
            yield Finding.at(f"{main.operation_id} shows records without a token {what}", exchange)


def _other_spellings(path: str) -> Iterator[tuple[str, str]]:
    """Yield spellings of a path that a server may serve and a guard that compares to the letter may let through."""
    yield "where a slash is spare", f"{path}/"
    yield "where a slash stands twice", f"/{path}"
    yield "where the path is written large", f"/{path[1:2].upper()}{path[2:]}"
    yield "where the path has a parameter", f"{path};x=1"


def _let_in(endpoint: ANY_ENDPOINT, exchange: Exchange, what: str, expected: set[int]) -> Findings:
    if exchange.status not in expected or holds_records(exchange.json):
        statuses = " or ".join(map(str, sorted(expected)))
        yield Finding.at(
            f"{endpoint.operation_id} answered {exchange.status} to {what}, expected {statuses} and no records",
            exchange,
        )


@check("OR-*-AUTH-002")
def bad_tokens_are_refused(probe: Probe) -> Findings:
    """Forged, changed, expired and malformed tokens answer 401 and no records."""
    for endpoint in probe.family.two:
        for label in _BAD_LABELS:
            exchange = probe.get(endpoint, query={"limit": "1"}, auth=f"raw:{label}")
            probe.examined()
            expected = {UNAUTHORISED, BAD_REQUEST} if label in _MALFORMED else {UNAUTHORISED}
            yield from _let_in(endpoint, exchange, f"a bad Authorization header ({label})", expected)


@check("OR-*-AUTH-003", of=NESTED_FAMILIES)
def optional_reads_need_a_token_too(probe: Probe) -> Findings:
    """Nested and demographics reads, where offered, send nothing without a token."""
    for endpoint, path in _reads(probe, _optional(probe)):
        exchange = probe.get(endpoint, path=path, query=_small(endpoint), auth="none")
        probe.examined()
        if exchange.ok or holds_records(exchange.json):
            yield Finding.at(f"{endpoint.operation_id} answered {exchange.status} without a token", exchange)


_OF_OPENID: Final = frozenset({"openid", "profile", "email", "address", "phone", "offline_access"})
"""Scopes of OpenID Connect (Core 1.0, 5.4 and 11), which open nothing here: Keycloak gives some to every client."""


# --- the token endpoint ----------------------------------------------------------------------------------------------


def token_answer(
    probe: Probe, scopes: Iterable[str], *, style: str = "basic", grant: str = "client_credentials"
) -> Exchange:
    """Ask the token endpoint for these short scopes; the style is one of those that the door knows."""
    form = {"grant_type": grant, "scope": " ".join(map(full_scope, scopes))}
    content = urlencode(form, quote_via=quote).encode()
    return probe.ask(Ask("POST", probe.claims.token_url, f"client:a:{style}", content=content))


def granted_by(exchange: Exchange) -> Mapping[str, object] | None:
    """Return a token answer that grants something, else None."""
    body = exchange.json if isinstance(exchange.json, dict) else {}
    return body if exchange.status == OK and body.get("access_token") else None


def _own_scopes(probe: Probe) -> tuple[str, str]:
    """Return the core scope and the full one of the family, as a request names them."""
    return asked(probe.family.core_scope), asked(probe.family.full_scope)


def any_grant(probe: Probe) -> tuple[Exchange, str, Mapping[str, object] | None]:
    """Return the first token answer that grants something, with its style of authentication; else the last answer."""
    for style in ("basic", "body"):
        for scope in _own_scopes(probe):
            exchange = token_answer(probe, (scope,), style=style)
            if granted := granted_by(exchange):
                return exchange, style, granted
    return exchange, style, None


@check("OR-*-TOKEN-001", of=ROSTERS)
def client_credentials_give_a_bearer_token(probe: Probe) -> Findings:
    """The token endpoint answers client credentials with access_token and token_type bearer."""
    exchange, _, granted = any_grant(probe)
    probe.examined()
    if granted is None:
        yield Finding.at(f"the token endpoint answered {exchange.status} without an access_token", exchange)
    elif str(granted.get("token_type", "")).lower() != "bearer":
        yield Finding.at("the token answer has no token_type bearer", exchange)


def bad_clients(probe: Probe) -> Mapping[str, Exchange]:
    """Ask for a token as nobody may, and return the answers by what was wrong."""
    scopes = _own_scopes(probe)[:1]
    return {
        "a wrong secret": token_answer(probe, scopes, style="wrong-secret"),
        **(
            {"the secret of another client": token_answer(probe, scopes, style="other-secret")}
            if len(probe.claims.tenants) > 1
            else {}
        ),
        "an unknown client": token_answer(probe, scopes, style="unknown-client"),
        "no client": token_answer(probe, scopes, style="none"),
        "grant_type=password": token_answer(probe, scopes, grant="password"),
    }


@check("OR-*-TOKEN-002", of=ROSTERS)
def bad_clients_get_no_token(probe: Probe) -> Findings:
    """A wrong secret, an unknown client, no client and another grant type get a 4xx and no token."""
    for what, exchange in bad_clients(probe).items():
        probe.examined()
        given = isinstance(exchange.json, dict) and "access_token" in exchange.json
        if given or not BAD_REQUEST <= exchange.status < 500:  # noqa: PLR2004 - the client error class of HTTP
            yield Finding.at(
                f"the token endpoint answered {exchange.status} to {what}, expected 4xx and no token", exchange
            )


@check("OR-*-TOKEN-003", of=ROSTERS)
def token_answer_is_complete(probe: Probe) -> Findings:
    """Basic authentication and form body both work, the answer names expires_in and is not stored by caches."""
    exchange, style, granted = any_grant(probe)
    if granted is None:
        raise Untested("no token was given")
    probe.examined()
    if style != "basic":
        yield Finding.at("the token endpoint refuses HTTP Basic", exchange)
    lifetime = granted.get("expires_in")
    if not isinstance(lifetime, (int, float)) or lifetime <= 0:
        yield Finding.at("the token answer has no positive expires_in", exchange)
    if "no-store" not in exchange.headers.get("cache-control", "").lower():
        yield Finding.at("the token answer may be stored by caches: no Cache-Control no-store", exchange)


@check("OR-*-TOKEN-004", of=ROSTERS)
def no_more_is_granted_than_asked(probe: Probe) -> Findings:
    """A request for one scope is granted that scope, not all that the client may have."""
    for scope in _own_scopes(probe):
        exchange = token_answer(probe, (scope,))
        granted = granted_by(exchange)
        if granted is None or not isinstance(granted.get("scope"), str):
            continue
        probe.examined()
        if _named(granted["scope"]) - {full_scope(scope)}:
            yield Finding.at(f"asked for {scope}, the token endpoint granted more", exchange)
    require(probe, "register the client for both roster scopes and name the granted scope in the token answer")


# --- scopes ----------------------------------------------------------------------------------------------------------


def asked(scope: AnyScope) -> str:
    """Return a scope as a label names it: short, or whole where the version is told by its address."""
    return scope.short if isinstance(scope, Scope) else scope.value


def limited(probe: Probe, scope: str) -> str | None:
    """Return the `auth` label of a token with this scope alone, or None where the target gives no such token."""
    granted = granted_by(token_answer(probe, (scope,))) or granted_by(token_answer(probe, (scope,), style="body"))
    if granted is None:
        return None
    given = granted.get("scope")
    return f"a:{scope}" if given is None or _named(given) == {full_scope(scope)} else None


def _named(scope: object) -> set[str]:
    """Return the scopes that a token answer names, but for those by which identity services tell of a person."""
    return set(str(scope).split()) - _OF_OPENID


@check("OR-*-SCOPE-001")
def core_scope_opens_the_core(probe: Probe) -> Findings:
    """A token with roster-core.readonly alone opens all 22 core operations."""
    core = probe.family.core_scope.short
    auth = limited(probe, asked(probe.family.core_scope))
    if auth is None:
        raise Untested(f"no token with {core} alone: register the client for that scope")
    for endpoint, path in _reads(probe, probe.family.core):
        exchange = probe.get(endpoint, path=path, query=_small(endpoint), auth=auth)
        probe.examined()
        if exchange.status in {UNAUTHORISED, FORBIDDEN}:
            yield Finding.at(f"{endpoint.operation_id} answered {exchange.status} to {core}", exchange)


def _refused_reads(
    probe: Probe, scope: str, endpoints: Iterable[ANY_ENDPOINT]
) -> Iterator[tuple[ANY_ENDPOINT, Exchange]]:
    """Yield what a token with this scope alone gets from endpoints that it does not cover; nothing without a token."""
    auth = limited(probe, scope)
    for endpoint, path in _reads(probe, endpoints) if auth else ():
        yield endpoint, probe.get(endpoint, path=path, query=_small(endpoint), auth=auth or "none")


@check("OR-*-SCOPE-002")
def foreign_scopes_open_nothing(probe: Probe) -> Findings:
    """A token without a roster scope opens no core operation."""
    for position, scope in enumerate(probe.family.foreign_scopes):
        endpoints = probe.family.two if position else probe.family.collections
        for endpoint, exchange in _refused_reads(probe, asked(scope), endpoints):
            probe.examined()
            if exchange.ok or holds_records(exchange.json):
                yield Finding.at(f"{endpoint.operation_id} answered {exchange.status} to {scope.short} alone", exchange)
    if not probe.looked_at:
        raise Inapplicable("the target gives no token without a scope of the service")


@check("OR-*-SCOPE-003", of=tuple(family for family in NESTED_FAMILIES if family.is_core_apart))
def core_scope_opens_no_nested_read(probe: Probe) -> Findings:
    """A token with roster-core.readonly alone opens none of the 17 nested reads."""
    core = probe.family.core_scope.short
    for endpoint, exchange in _refused_reads(probe, asked(probe.family.core_scope), probe.family.nested):
        if exchange.status in NOT_OFFERED:
            continue
        probe.examined()
        if exchange.ok or holds_records(exchange.json):
            yield Finding.at(f"{endpoint.operation_id} answered {exchange.status} to {core}", exchange)
    require(probe, f"offer nested reads and register the client for {core} alone")


@check("OR-*-SCOPE-004", of=ROSTERS)
def only_their_scope_opens_demographics(probe: Probe) -> Findings:
    """Neither roster.readonly nor roster-core.readonly opens demographics."""
    (listed,) = collections(DEMOGRAPHICS)
    if probe.get(listed, query={"limit": "1"}).status in NOT_OFFERED:
        raise Untested("demographics are not offered")
    for scope in (probe.family.full_scope, probe.family.core_scope):
        for endpoint, exchange in _refused_reads(probe, asked(scope), DEMOGRAPHICS):
            probe.examined()
            if exchange.ok or holds_records(exchange.json):
                yield Finding.at(f"{endpoint.operation_id} answered {exchange.status} to {scope.short}", exchange)
    require(probe, "register the client for roster.readonly alone")


@check("OR-*-SCOPE-005")
def missing_scope_is_forbidden(probe: Probe) -> Findings:
    """A token whose scope does not cover the operation gets 403 with codeMinor forbidden."""
    family = probe.family
    questions = [(family.foreign_scopes[0], probe.family.two), (family.core_scope, family.nested[:4])]
    if family in ROSTERS:
        questions += [(family.full_scope, collections(DEMOGRAPHICS))]
    for scope, endpoints in questions:
        for endpoint, exchange in _refused_reads(probe, asked(scope), endpoints):
            if exchange.ok or (exchange.status in NOT_OFFERED and endpoint not in family.core):
                continue
            probe.examined()
            told = family.understood(reasons(exchange.json))
            if exchange.status != FORBIDDEN or ("forbidden" not in told and not silent(exchange.json)):
                yield Finding.at(
                    f"{endpoint.operation_id} answered {exchange.status} to {scope.short}, expected 403 forbidden",
                    exchange,
                )
    if not probe.looked_at:
        raise Inapplicable("the target gives no token that leaves a scope out")
