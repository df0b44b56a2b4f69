"""Checks of how a consumer gets, shows and keeps its token, and of what it asks to be permitted."""

from __future__ import annotations

from collections import Counter
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.probe import Probe
from digione_conformance.probing.traffic import Seen, Traffic, traffic, witnessed
from digione_sdk.core.endpoints import ENDPOINTS

EXPIRING: Final = "expiring"
_OK: Final = 200
_UNAUTHORISED: Final = 401
_PROCESSES: Final = 2
"""Tokens that one step may take: a product may read from two processes."""
_MOST_SHOWN: Final = 3


def _token_requests(known: Traffic) -> list[Seen]:
    return [seen for seen in known.requests if seen.token_request is not None]


@check("CON-AUTH-001")
def tokens_come_by_client_credentials(probe: Probe) -> Findings:
    """Every token is asked for by POST with grant_type=client_credentials, and reads follow."""
    asked = _token_requests(traffic(probe))
    witnessed(probe, asked)
    for seen in asked:
        told = seen.token_request or {}
        if seen.event["method"] != "POST" or told.get("grant_type") != "client_credentials":
            grant = told.get("grant_type", "none")
            yield Finding.at(f"a token was asked for by {seen.event['method']}, grant_type {grant}", seen.exchange)
    reads = traffic(probe).reads()
    if reads and not asked:
        probe.examined()
        yield Finding.at("no token was asked for", reads[0].exchange)


@check("CON-AUTH-002")
def reads_carry_the_token_in_the_header(probe: Probe) -> Findings:
    """Every read has an Authorization header with a bearer token that was issued here."""
    reads = traffic(probe).reads()
    witnessed(probe, reads)
    for seen in reads:
        if seen.event["authorization"] != "bearer":
            yield Finding.at(f"a read came with authorization: {seen.event['authorization']}", seen.exchange)
        elif seen.event.get("token") == "unknown":
            yield Finding.at("a read showed a token that was never issued", seen.exchange)


@check("CON-AUTH-003")
def no_secret_stands_in_an_address(probe: Probe) -> Findings:
    """Neither token nor client secret is sent in a query."""
    known = traffic(probe).requests
    witnessed(probe, known)
    for seen in known:
        if seen.event.get("secret_in_query"):
            yield Finding.at(f"{', '.join(seen.event['secret_in_query'])} stood in the address", seen.exchange)


@check("CON-AUTH-004")
def one_way_to_authenticate_the_client(probe: Probe) -> Findings:
    """A token request authenticates the client by header or by body, one of the two."""
    asked = _token_requests(traffic(probe))
    witnessed(probe, asked)
    for seen in asked:
        ways = (seen.token_request or {}).get("client_by", [])
        if len(ways) != 1:
            yield Finding.at(f"the client was authenticated by {' and '.join(ways) or 'nothing'}", seen.exchange)


@check("CON-AUTH-005")
def tokens_are_kept_until_they_expire(probe: Probe) -> Findings:
    """One token serves many reads: a step takes no more tokens than two processes need."""
    known = traffic(probe)
    issued = [seen for seen in _token_requests(known) if seen.status == _OK]
    witnessed(probe, issued)
    by_step = Counter((seen.scenario, seen.step) for seen in issued)
    for (scenario, step), count in by_step.items():
        most = _PROCESSES + (scenario == EXPIRING)
        if count > most:
            reads = len(known.reads(scenario, step))
            shown = [s.exchange for s in issued if (s.scenario, s.step) == (scenario, step)][:_MOST_SHOWN]
            yield Finding(f"{scenario}, step {step}: {count} tokens for {reads} reads", tuple(shown))


@check("CON-AUTH-006", scenarios=("expiring",))
def an_expired_token_is_renewed_once(probe: Probe) -> Findings:
    """After 401 one new token is asked for, however many reads were under way."""
    known = traffic(probe)
    known.require(EXPIRING)
    refused = [seen for seen in known.reads(EXPIRING) if seen.status == _UNAUTHORISED]
    if not refused:
        raise Inapplicable("no read was refused: no list took more than one page")
    first = min(seen.ended for seen in refused)
    renewals = [s for s in known.of(EXPIRING) if s.token_request is not None and s.status == _OK and s.ended >= first]
    witnessed(probe, [*refused, *renewals])
    if len(renewals) != 1:
        shown = (refused[0].exchange, *(seen.exchange for seen in renewals[:_MOST_SHOWN]))
        yield Finding(f"{len(renewals)} tokens were asked for after the token had expired", shown)


@check("CON-AUTH-007", scenarios=("expiring",))
def a_read_goes_on_with_the_new_token(probe: Probe) -> Findings:
    """What was refused with 401 is asked again with the new token, and what had arrived is not."""
    known = traffic(probe)
    known.require(EXPIRING)
    refused = [seen for seen in known.reads(EXPIRING) if seen.status == _UNAUTHORISED]
    if not refused:
        raise Inapplicable("no read was refused: no list took more than one page")
    answered = Counter(seen.page for seen in known.reads(EXPIRING) if seen.status == _OK)
    witnessed(probe, refused)
    for seen in refused:
        if not answered[seen.page]:
            yield Finding.at("a page refused with 401 was not asked again", seen.exchange)
    for seen in known.reads(EXPIRING):
        if seen.status == _OK and answered[seen.page] > 1:
            yield Finding.at("a page that had arrived was read again after the token expired", seen.exchange)
            return


@check("CON-AUTH-008")
def scopes_are_named(probe: Probe) -> Findings:
    """A token request names the scopes that it needs."""
    asked = _token_requests(traffic(probe))
    witnessed(probe, asked)
    for seen in asked:
        if not (seen.token_request or {}).get("scopes"):
            yield Finding.at("a token was asked for without scope", seen.exchange)


@check("CON-AUTH-009")
def no_scope_is_asked_for_that_is_never_used(probe: Probe) -> Findings:
    """Each scope that was asked for, or granted where none was named, permits something that was read."""
    known = traffic(probe)
    read = {seen.path for seen in known.reads() if seen.status == _OK}
    if not read:
        return
    used = {str(scope) for e in ENDPOINTS if e.service.base_path + e.path in read for scope in e.scopes}
    for seen in _token_requests(known):
        told = seen.token_request or {}
        idle = sorted(set(told.get("scopes") or told.get("granted", [])) - used)
        witnessed(probe, [seen])
        if idle:
            short = ", ".join(scope.rpartition("/")[2] for scope in idle)
            yield Finding.at(f"scopes that no read made use of: {short}", seen.exchange)
