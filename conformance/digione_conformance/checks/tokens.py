"""Checks of what a token answer promises and how a token is carried: its scopes, its lifetime, its one place."""

from __future__ import annotations

from typing import Final

from digione_conformance.catalogue.undecided import CantTell, Inapplicable, Untested
from digione_conformance.checks.auth import any_grant, asked, bad_clients, granted_by, token_answer
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.evidence.tokens import IN_QUERY
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ROSTERS
from digione_conformance.probing.probe import TOO_MANY, Probe
from digione_conformance.relations.asking import BAD_REQUEST, ORGS, SERVER_ERROR, UNAUTHORISED, USERS, require
from digione_conformance.relations.payload import holds_records

_NOBODYS_SCOPE: Final = "no-such-scope-of-the-suite.readonly"
_LEEWAY_SECONDS: Final = 900.0
"""Servers forgive clocks that differ by some minutes (RFC 7519 §4.1.4)."""


@check("OR-*-TOKEN-005", after=("OR-*-TOKEN-001",), of=ROSTERS)
def no_unknown_scope_is_granted(probe: Probe) -> Findings:
    """A scope that nobody can be registered for is refused, or left out of the scope that the answer names."""
    _, style, granted = any_grant(probe)
    if granted is None:
        raise Untested("no token was given")
    core = probe.family.core_scope
    prefix = core.value.removesuffix(core.short)
    nobodys = f"{prefix}{_NOBODYS_SCOPE}"
    for scopes in ((nobodys,), (asked(core), nobodys)):
        exchange = token_answer(probe, scopes, style=style)
        answer = granted_by(exchange)
        if answer is None and exchange.status not in {BAD_REQUEST, UNAUTHORISED}:
            continue
        if answer is not None and not isinstance(answer.get("scope"), str):
            # An answer without scope may mean what was asked for, or what is registered; it does not say.
            continue
        probe.examined()
        named = set() if answer is None else set(str(answer["scope"]).split())
        if scopes == (nobodys,) and any(name.startswith(prefix) and name != nobodys for name in named):
            yield Finding.at("whoever asks for a scope that nobody can have is granted others", exchange)
        if nobodys in named:
            yield Finding.at("the token answer names a scope as granted that nobody can be registered for", exchange)
    require(probe, "name the granted scope in the token answer")


@check("OR-ROS-TOKEN-008", after=("OR-ROS-TOKEN-001",))
def token_refusals_say_why(probe: Probe) -> Findings:
    """A client that is none, and a grant that is not offered, answer 400 or 401 with an error in JSON."""
    for what, exchange in bad_clients(probe).items():
        if not BAD_REQUEST <= exchange.status < SERVER_ERROR or exchange.status == TOO_MANY:
            continue  # what is no refusal is judged elsewhere
        probe.examined()
        error = exchange.json.get("error") if isinstance(exchange.json, dict) else None
        if exchange.status not in {BAD_REQUEST, UNAUTHORISED}:
            yield Finding.at(f"the token endpoint answered {exchange.status} to {what}, expected 400 or 401", exchange)
        elif not isinstance(error, str):
            yield Finding.at(f"the token endpoint refused {what} without an error in JSON", exchange)
    require(probe, "refuse bad clients at the token endpoint")


@check("OR-ROS-TOKEN-006", after=("OR-ROS-TOKEN-001",), alone=True)
def tokens_expire(probe: Probe) -> Findings:
    """Once test control has moved the clock beyond expires_in, a token that was good is 401."""
    control = probe.control
    exchange, _, granted = any_grant(probe)
    lifetime = granted.get("expires_in") if granted is not None else None
    if not isinstance(lifetime, (int, float)) or isinstance(lifetime, bool) or lifetime <= 0:
        raise Untested("the token answer has no positive expires_in")
    good = probe.get(USERS, query={"limit": "1"}, fresh=True)
    if not good.ok:
        raise CantTell(f"{USERS.operation_id} answered {good.status} to a good token")
    try:
        # Twice, since the first time the suite itself may have fetched a new token meanwhile.
        for _ in range(2):
            control.advance(lifetime + _LEEWAY_SECONDS)
            late = probe.get(USERS, query={"limit": "1"}, fresh=True)
            if not (late.ok or holds_records(late.json)):
                break
    finally:
        control.reset()
    probe.examined()
    if late.ok or holds_records(late.json):
        yield Finding.at(f"{USERS.operation_id} answered {late.status} to a token past its expires_in", exchange, late)


@check("OR-*-TOKEN-007", of=ROSTERS)
def tokens_in_addresses_do_not_count(probe: Probe) -> Findings:
    """A good token in the query parameter access_token, without Authorization, opens nothing."""
    if probe.claims.environment != "test":
        raise Inapplicable('a token in an address ends in logs, so it is sent only where environment = "test"')
    for endpoint in (USERS, ORGS):
        exchange = probe.get(endpoint, query={"limit": "1"}, auth=IN_QUERY)
        probe.examined()
        if exchange.ok or holds_records(exchange.json):
            yield Finding.at(f"{endpoint.operation_id} answered {exchange.status} to a token in the query", exchange)


@check("OR-*-AUTH-004", of=ROSTERS)
def refusals_carry_a_challenge(probe: Probe) -> Findings:
    """A 401 for a missing and for a bad token has WWW-Authenticate with at least one challenge."""
    for auth in ("none", "raw:garbage"):
        for endpoint in (USERS, ORGS):
            exchange = probe.get(endpoint, query={"limit": "1"}, auth=auth)
            if exchange.status != UNAUTHORISED:
                continue
            probe.examined()
            if not exchange.headers.get("www-authenticate", "").strip():
                yield Finding.at(f"{endpoint.operation_id} answered 401 without WWW-Authenticate", exchange)
    require(probe, "answer 401 to a request without a token")
