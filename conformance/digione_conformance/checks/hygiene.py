"""Checks of what a careless server lets slip: talking refusals, bad compression, open origins, forgotten methods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from digione_conformance.catalogue.undecided import CantTell
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import single_of
from digione_conformance.probing.probe import Probe
from digione_conformance.relations.asking import (
    BAD_REQUEST,
    NOT_OFFERED,
    ORGS,
    SERVER_ERROR,
    USERS,
    page_query,
    require,
)
from digione_conformance.relations.payload import status_info

_NOBODY: Final = "no-such-id-of-the-suite"
_CANARY: Final = "Canary-7f3a91-of-the-suite"
"""Stands where a name or an identity number would stand; it belongs to nobody."""
_NOT_IMPLEMENTED: Final = 501

# --- what refusals say -----------------------------------------------------------------------------------------------


def _refused_filters(probe: Probe) -> Iterator[Exchange]:
    """Yield refusals of filters that compare something with the canary; what the target accepts is left out."""
    broken = (f"noSuchField='{_CANARY}'", f"familyName=='{_CANARY}'", f"familyName='{_CANARY}' AND noSuchField='x'")
    for endpoint in (USERS, ORGS):
        for text in broken:
            exchange = probe.get(endpoint, query={"filter": text, "limit": "1"})
            if exchange.status >= BAD_REQUEST:
                yield exchange


def _refusals(probe: Probe) -> Iterator[Exchange]:
    yield from _refused_filters(probe)
    for exchange in (
        probe.get(single_of(USERS), path={"sourcedId": _NOBODY}),
        probe.get(USERS, query={"fields": "sourcedId,noSuchField"}),
        probe.get(USERS, query={"limit": "abc"}),
        probe.get(USERS, query={"limit": "1"}, auth="none"),
    ):
        if exchange.status >= BAD_REQUEST:
            yield exchange


@check("OR-ROS-HYG-001")
def refusals_do_not_call_themselves_success(probe: Probe) -> Findings:
    """The status payload of a refusal says neither codeMajor success nor severity status."""
    for exchange in _refusals(probe):
        info = status_info(exchange.json)
        if info is None:
            continue  # another requirement judges refusals without a status payload
        probe.examined()
        said = {key.lower(): value for key, value in info.items()}
        for key, value in (("imsx_codemajor", "success"), ("imsx_severity", "status")):
            if said.get(key) == value:
                yield Finding.at(f"a refusal with {exchange.status} says {value} in {key}", exchange)
    require(probe, "refuse unknown ids with a status payload")


@check("OR-ROS-HYG-002")
def refusals_do_not_repeat_the_filter(probe: Probe) -> Findings:
    """A refused filter's value, which may be a name, stands neither in the body nor in the headers of the refusal."""
    for exchange in _refused_filters(probe):
        probe.examined()
        text = " ".join((exchange.body.decode("utf-8", "replace"), *exchange.headers.values()))
        if _CANARY in text:
            yield Finding.at(f"a refusal with {exchange.status} repeats the value of the filter", exchange)
    require(probe, "refuse filters on unknown fields")


_INNARDS: Final = {
    "a stack trace": re.compile(
        r"""Traceback \(most recent call last\)|File \\?"[^"]+", line \d+|\bat [\w$.<>]+\([\w.]+:\d+\)|\.cs:line \d+"""
    ),
    "a path of the server": re.compile(r"(?<![\w.:/])/(?:usr|var|home|opt|srv|app)/[\w.-]+/|\b[A-Za-z]:\\\\?\w+\\"),
    "the name of an exception": re.compile(r"\b(?:\w+\.)+\w*(?:Exception|Error)\b|\b[A-Z]\w*[a-z](?:Exception|Error):"),
}


@check("OR-ROS-HYG-003")
def refusals_hold_no_innards(probe: Probe) -> Findings:
    """A refusal holds no stack trace, no path of the server and no name of an exception."""
    for exchange in _refusals(probe):
        probe.examined()
        # The address that was asked is known to whoever asked, and may look like a path of a file.
        text = exchange.body.decode("utf-8", "replace").replace(urlsplit(exchange.ask.url).path, "")
        for what, pattern in _INNARDS.items():
            if pattern.search(text):
                yield Finding.at(f"a refusal with {exchange.status} holds {what}", exchange)
    require(probe, "refuse unknown ids")


# --- compression and origins -----------------------------------------------------------------------------------------


@check("OR-ROS-HYG-004", after=("OR-ROS-CACHE-001",))
def compressed_answers_unpack_to_the_plain_ones(probe: Probe) -> Findings:
    """An answer to Accept-Encoding gzip unpacks, once, to the JSON of the answer to Accept-Encoding identity."""
    for endpoint in (USERS, ORGS):
        url = probe.url(endpoint, query=page_query(probe, {}))
        plain = probe.ask(Ask("GET", url, headers=(("Accept-Encoding", "identity"),)))
        if not plain.ok or not plain.is_json:
            continue
        packed = probe.attempt(Ask("GET", url, headers=(("Accept-Encoding", "gzip"),)))
        # The transport unpacks; every other trouble (time, budget, connection) says nothing about compression.
        if packed.trouble and "DecodingError" not in packed.trouble:
            raise CantTell(f"GET got no answer: {packed.trouble}")
        probe.examined()
        name = endpoint.operation_id
        if packed.trouble:
            yield Finding.at(f"{name}: the body is not packed as Content-Encoding says", plain, packed)
        elif not packed.ok or packed.json != plain.json:
            what = "other JSON" if packed.is_json else "no JSON"
            yield Finding.at(f"{name} unpacks to {what}, with {packed.status}", plain, packed)
    require(probe, "let users or organisations be read")


_ORIGIN: Final = "https://elsewhere.example.org"


@check("OR-ROS-HYG-005")
def foreign_origins_get_no_credentials(probe: Probe) -> Findings:
    """Users are not opened to scripts of any origin that send credentials along."""
    for auth in ("a", "none"):
        exchange = probe.get(USERS, query={"limit": "1"}, auth=auth, headers=(("Origin", _ORIGIN),))
        probe.examined()
        allowed = exchange.headers.get("access-control-allow-origin", "").strip()
        credentials = exchange.headers.get("access-control-allow-credentials", "").strip().lower()
        if allowed in {"*", _ORIGIN, "null"} and credentials == "true":
            yield Finding.at("any origin may read users with credentials", exchange)


# --- methods and addresses -------------------------------------------------------------------------------------------


@check("OR-ROS-HYG-006")
def head_is_no_server_error(probe: Probe) -> Findings:
    """HEAD is answered or refused; 501 is a refusal too."""
    addresses = (probe.url(USERS, query={"limit": "1"}), probe.url(single_of(USERS), {"sourcedId": _NOBODY}))
    for url in addresses:
        exchange = probe.ask(Ask("HEAD", url))
        probe.examined()
        if exchange.status >= SERVER_ERROR and exchange.status != _NOT_IMPLEMENTED:
            yield Finding.at(f"HEAD answered {exchange.status}", exchange)


@check("OR-ROS-HYG-007")
def trace_returns_no_headers(probe: Probe) -> Findings:
    """TRACE does not send the headers of the request back: they hold tokens, though not those of this request."""
    ask = Ask("TRACE", probe.url(USERS, query={"limit": "1"}), "none", (("X-Suite-Canary", _CANARY),))
    exchange = probe.ask(ask)
    probe.examined()
    if exchange.ok and _CANARY in exchange.body.decode("utf-8", "replace"):
        yield Finding.at(f"TRACE answered {exchange.status} with the headers of the request", exchange)
    elif exchange.status >= SERVER_ERROR and exchange.status not in NOT_OFFERED:
        yield Finding.at(f"TRACE answered {exchange.status}", exchange)


@check("OR-ROS-HYG-008")
def doubled_slashes_are_no_server_error(probe: Probe) -> Findings:
    """Doubled and trailing slashes may be read or refused, but never make the server fail."""
    base = probe.claims.services[USERS.service.name].rstrip("/")
    odd = (f"/{USERS.path}?limit=1", f"{USERS.path}/?limit=1", f"{USERS.path}//{_NOBODY}")
    for route in odd:
        exchange = probe.ask(Ask("GET", base + route))
        probe.examined()
        if exchange.status >= SERVER_ERROR:
            yield Finding.at(f"a doubled or trailing slash answered {exchange.status}", exchange)
