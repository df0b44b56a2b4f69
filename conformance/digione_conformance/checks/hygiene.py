"""Checks of what a careless server lets slip: talking refusals, bad compression, open origins, forgotten methods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from digione_conformance.catalogue.undecided import NO_ANSWER, CantTell
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.evidence.tokens import GARBAGE, NOBODYS
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ROSTERS, single_of
from digione_conformance.probing.probe import Probe
from digione_conformance.relations.asking import (
    BAD_REQUEST,
    NOT_OFFERED,
    SERVER_ERROR,
    page_query,
    require,
)
from digione_conformance.relations.payload import status_info

_NOBODY: Final = "no-such-id-of-the-suite"
_CANARY: Final = "Canary-7f3a91-of-the-suite"
"""Stands where a name or an identity number would stand; it belongs to nobody."""
_NOT_IMPLEMENTED: Final = 501

# --- what refusals say -----------------------------------------------------------------------------------------------


_MARKED: Final = "familyName"
"""The field that a name would be looked for in; other services hold no names."""


def _broken(field: str) -> tuple[str, ...]:
    return (f"noSuchField='{_CANARY}'", f"{field}=='{_CANARY}'", f"{field}='{_CANARY}' AND noSuchField='x'")


def _refused_filters(probe: Probe) -> Iterator[Exchange]:
    """Yield refusals of filters that compare something with the canary; what the target accepts is left out."""
    for endpoint in probe.family.two:
        for text in _broken(_MARKED if probe.family in ROSTERS else "sourcedId"):
            exchange = probe.get(endpoint, query={"filter": text, "limit": "1"})
            if exchange.status >= BAD_REQUEST:
                yield exchange


def _refusals(probe: Probe) -> Iterator[Exchange]:
    yield from _refused_filters(probe)
    first = probe.family.two[0]
    for exchange in (
        probe.get(single_of(first), path={"sourcedId": _NOBODY}),
        probe.get(first, query={"fields": "sourcedId,noSuchField"}),
        probe.get(first, query={"limit": "abc"}),
        probe.get(first, query={"limit": "1"}, auth="none"),
    ):
        if exchange.status >= BAD_REQUEST:
            yield exchange


@check("OR-*-HYG-001")
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


@check("OR-*-HYG-002")
def refusals_do_not_repeat_the_filter(probe: Probe) -> Findings:
    """A refusal repeats neither the value of a filter, which may be a name, nor a token that was refused."""
    for exchange in _refused_filters(probe):
        probe.examined()
        text = " ".join((exchange.body.decode("utf-8", "replace"), *exchange.headers.values()))
        if _CANARY in text:
            yield Finding.at(f"a refusal with {exchange.status} repeats the value of the filter", exchange)
    refused = probe.get(probe.family.two[0], query={"limit": "1"}, auth=f"raw:{GARBAGE}")
    if NOBODYS in refused.body.decode("utf-8", "replace"):
        yield Finding.at("a refusal repeats the token, which ends in whatever keeps the answer", refused)
    require(probe, "refuse filters on unknown fields")


_INNARDS: Final = {
    "a stack trace": re.compile(
        r"""Traceback \(most recent call last\)|File \\?"[^"]+", line \d+|\bat [\w$.<>]+\([\w.]+:\d+\)|\.cs:line \d+"""
    ),
    "a path of the server": re.compile(r"(?<![\w.:/])/(?:usr|var|home|opt|srv|app)/[\w.-]+/|\b[A-Za-z]:\\\\?\w+\\"),
    "the name of an exception": re.compile(r"\b(?:\w+\.)+\w*(?:Exception|Error)\b|\b[A-Z]\w*[a-z](?:Exception|Error):"),
}


@check("OR-*-HYG-003")
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


@check("OR-*-HYG-004", after=("OR-*-CACHE-001",))
def compressed_answers_unpack_to_the_plain_ones(probe: Probe) -> Findings:
    """An answer to Accept-Encoding gzip unpacks, once, to the JSON of the answer to Accept-Encoding identity."""
    for endpoint in probe.family.two:
        url = probe.url(endpoint, query=page_query(probe, {}))
        # Whoever accepts anything gets JSON, and whoever cannot unpack gets it plain: nothing else is defined.
        plain = probe.ask(Ask("GET", url, headers=(("Accept", "*/*"), ("Accept-Encoding", "identity"))))
        name = endpoint.operation_id
        if plain.ok and (not plain.is_json or plain.headers.get("content-encoding", "identity") != "identity"):
            probe.examined()
            what = "packed" if plain.is_json else "no JSON"
            yield Finding.at(f"{name} is {what} for who accepts any type and cannot unpack", plain)
            continue
        if not plain.ok:
            continue
        packed = probe.attempt(Ask("GET", url, headers=(("Accept-Encoding", "gzip"),)))
        # The transport unpacks; every other trouble (time, budget, connection) says nothing about compression.
        if packed.trouble and "DecodingError" not in packed.trouble:
            raise CantTell(f"GET {NO_ANSWER}: {packed.trouble}")
        probe.examined()
        if packed.trouble:
            yield Finding.at(f"{name}: the body is not packed as Content-Encoding says", plain, packed)
        elif not packed.ok or packed.json != plain.json:
            what = "other JSON" if packed.is_json else "no JSON"
            yield Finding.at(f"{name} unpacks to {what}, with {packed.status}", plain, packed)
    require(probe, f"let {probe.family.two[0].wrapper_key} be read")


_ORIGIN: Final = "https://elsewhere.example.org"


@check("OR-*-HYG-005")
def foreign_origins_get_no_credentials(probe: Probe) -> Findings:
    """Records are not opened to scripts of any origin that send credentials along."""
    first = probe.family.two[0]
    for auth in ("a", "none"):
        exchange = probe.get(first, query={"limit": "1"}, auth=auth, headers=(("Origin", _ORIGIN),))
        probe.examined()
        allowed = exchange.headers.get("access-control-allow-origin", "").strip()
        credentials = exchange.headers.get("access-control-allow-credentials", "").strip().lower()
        if allowed in {"*", _ORIGIN, "null"} and credentials == "true":
            yield Finding.at(f"any origin may read {first.wrapper_key} with credentials", exchange)


# --- methods and addresses -------------------------------------------------------------------------------------------


@check("OR-*-HYG-006")
def head_is_no_server_error(probe: Probe) -> Findings:
    """HEAD is answered or refused; 501 is a refusal too."""
    first = probe.family.two[0]
    addresses = (probe.url(first, query={"limit": "1"}), probe.url(single_of(first), {"sourcedId": _NOBODY}))
    for url in addresses:
        exchange = probe.ask(Ask("HEAD", url))
        probe.examined()
        if exchange.status >= SERVER_ERROR and exchange.status != _NOT_IMPLEMENTED:
            yield Finding.at(f"HEAD answered {exchange.status}", exchange)


@check("OR-*-HYG-007")
def trace_returns_no_headers(probe: Probe) -> Findings:
    """TRACE does not send the headers of the request back: they hold tokens, though not those of this request."""
    ask = Ask("TRACE", probe.url(probe.family.two[0], query={"limit": "1"}), "none", (("X-Suite-Canary", _CANARY),))
    exchange = probe.ask(ask)
    probe.examined()
    if exchange.ok and _CANARY in exchange.body.decode("utf-8", "replace"):
        yield Finding.at(f"TRACE answered {exchange.status} with the headers of the request", exchange)
    elif exchange.status >= SERVER_ERROR and exchange.status not in NOT_OFFERED:
        yield Finding.at(f"TRACE answered {exchange.status}", exchange)


@check("OR-*-HYG-008")
def doubled_slashes_are_no_server_error(probe: Probe) -> Findings:
    """Doubled and trailing slashes may be read or refused, but never make the server fail."""
    path = probe.family.two[0].path
    for route in (f"/{path}?limit=1", f"{path}/?limit=1", f"{path}//{_NOBODY}"):
        exchange = probe.ask(Ask("GET", probe.base + route))
        probe.examined()
        if exchange.status >= SERVER_ERROR:
            yield Finding.at(f"a doubled or trailing slash answered {exchange.status}", exchange)
