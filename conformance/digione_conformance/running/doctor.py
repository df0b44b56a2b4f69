"""Preflight: finds what is set up wrongly before a run can mistake it for a defect, and names the key to mend."""

from __future__ import annotations

import socket
import ssl
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from digione_conformance.evidence.door import LiveDoor
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.family import collections
from digione_conformance.probing.probe import CORE, encode_query, total_of
from digione_conformance.target.claims import LOOPBACK, SERVICE_KEYS
from digione_conformance.target.file import Target, table_of
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.errors import ConfigurationError, DigiOneError, TokenRequestFailed

_MOST_SKEW_SECONDS: Final = 60
_CONNECT_SECONDS: Final = 10


class Health(StrEnum):
    """How one item is."""

    OK = "ok"
    WARN = "warn"
    RED = "red"


@dataclass(frozen=True)
class Item:
    """One thing that the doctor looked at.

    Attributes:
        name: What was looked at.
        health: How it is.
        message: What was seen.
        hint: Which line, table and key of the target file to mend, and how; empty where all is well.
    """

    name: str
    health: Health
    message: str
    hint: str = ""


def examine(target: Target, door: LiveDoor, *, permitted: bool = False) -> Iterator[Item]:
    """Look at everything a run needs, in the order in which it can be mended; a red item ends the examination."""
    steps: tuple[Callable[[], Iterator[Item]], ...] = (
        lambda: _secrets(target),
        lambda: _permission(target, permitted=permitted),
        lambda: _network(target),
        lambda: _tokens(target, door),
        lambda: _reads(target, door),
        lambda: _page_size(target, door),
        lambda: _control(target, door),
    )
    yield Item("target file", Health.OK, f"{target.path.name} is complete")
    for step in steps:
        broken = False
        for item in step():
            broken = broken or item.health is Health.RED
            yield item
        if broken:
            return


def _secrets(target: Target) -> Iterator[Item]:
    for client, table in target.registrations.items():
        name = f"secret of {_who(client)}"
        key = "client_secret_env" if table.client_secret_env else "client_secret_file"
        place = target.place_of(table_of(client), key)
        try:
            target.secret_of(client)
        except ConfigurationError as error:
            yield Item(name, Health.RED, str(error), f"{place}: set what it names, or name another")
            continue
        file = target.path.parent / table.client_secret_file if table.client_secret_file else None
        if file is not None and file.stat().st_mode & 0o077:
            yield Item(name, Health.WARN, "others on this machine can read it", f"chmod 600 {table.client_secret_file}")
        else:
            yield Item(name, Health.OK, "readable")
    try:
        target.control_token()
    except ConfigurationError as error:
        hint = f"{target.place_of('control', 'token_file')}: write the token to that file, or name another"
        yield Item("token of the test control", Health.RED, str(error), hint)


def _permission(target: Target, *, permitted: bool) -> Iterator[Item]:
    if not target.looks_like_production:
        yield Item("permission", Health.OK, "a test environment")
    elif permitted:
        yield Item("permission", Health.WARN, "this looks like production; the operator says that testing is permitted")
    else:
        yield Item(
            "permission",
            Health.RED,
            "this looks like production: its name says nothing of a test, or [target] environment says production",
            f"{target.place_of('target', 'environment')}: test another environment, or repeat with --i-have-permission "
            "if its owner agreed",
        )


# --- network ---------------------------------------------------------------------------------------------------------


def _network(target: Target) -> Iterator[Item]:
    seen: set[tuple[str, int]] = set()
    for key, url in (*target.services_by_name.items(), ("token_url", target.services.token_url)):
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        if (host, port) in seen:
            continue
        seen.add((host, port))
        if urllib.request.getproxies().get(parts.scheme) and not urllib.request.proxy_bypass(host):
            yield Item(f"connection to {host}", Health.OK, "goes through a proxy; not looked at directly")
            continue
        yield from _connection(target, key, host, port, tls=parts.scheme == "https")


def _connection(target: Target, key: str, host: str, port: int, *, tls: bool) -> Iterator[Item]:
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        hint = f"{target.place_of('services', key)}: check the host name"
        yield Item(f"name {host}", Health.RED, "the name is unknown", hint)
        return
    yield Item(f"name {host}", Health.OK, "resolves")
    try:
        connection = socket.create_connection((host, port), timeout=_CONNECT_SECONDS)
    except OSError as error:
        message = f"port {port} does not answer ({type(error).__name__})"
        place = target.place_of("services", key)
        hint = f"{place}: check host and port; is the server running, does a firewall stand between?"
        yield Item(f"connection to {host}", Health.RED, message, hint)
        return
    with connection:
        yield Item(f"connection to {host}", Health.OK, f"port {port} answers")
        yield _tls(target, key, host, connection) if tls else _plain(target, key, host)


def _plain(target: Target, key: str, host: str) -> Item:
    if host in LOOPBACK:
        return Item(f"TLS of {host}", Health.OK, "plain http on this machine; TLS requirements do not apply")
    hint = f"{target.place_of('services', key)}: use https://"
    return Item(f"TLS of {host}", Health.WARN, "plain http: tokens travel in clear", hint)


def _tls(target: Target, key: str, host: str, connection: socket.socket) -> Item:
    name = f"TLS of {host}"
    try:
        context = ssl.create_default_context(cafile=str(target.ca_file) if target.ca_file else None)
    except OSError:
        hint = f"{target.place_of('services', 'ca_file')}: name a file of certificates in PEM"
        return Item(name, Health.RED, "the CA file cannot be read", hint)
    try:
        with context.wrap_socket(connection, server_hostname=host) as secured:
            return Item(name, Health.OK, f"{secured.version()}, certificate trusted")
    except ssl.SSLCertVerificationError as error:
        hint = f"{target.place_of('services', 'ca_file')}: name the CA that signed it, if it is your own"
        return Item(name, Health.RED, f"the certificate is not trusted: {error.verify_message}", hint)
    except OSError as error:
        hint = f"{target.place_of('services', key)}: does this port speak TLS?"
        return Item(name, Health.RED, f"the handshake failed ({type(error).__name__})", hint)


# --- tokens ----------------------------------------------------------------------------------------------------------


def _tokens(target: Target, door: LiveDoor) -> Iterator[Item]:
    for client in target.registrations:
        name = f"token of {_who(client)}"
        try:
            grant = door.keyring.grant(client)
        except TokenRequestFailed as error:
            yield Item(name, Health.RED, str(error), _token_hint(error, target, client))
            continue
        except DigiOneError as error:
            yield Item(name, Health.RED, str(error), f"{target.place_of('services', 'token_url')}: check the address")
            continue
        yield Item(name, Health.OK, "granted")
        missing = [scope.rpartition("/")[2] for scope in target.scopes_of(client) if scope not in grant.scopes]
        if missing:
            message = f"not granted: {', '.join(missing)}; requirements about them stay undecided"
            hint = f"{target.place_of(table_of(client), 'scopes')}: name what the client is registered for"
            yield Item(f"scopes of {_who(client)}", Health.WARN, message, hint)


def _token_hint(error: TokenRequestFailed, target: Target, client: str) -> str:
    endpoint, table = target.place_of("services", "token_url"), table_of(client)
    if error.status in {404, 405}:
        return f"{endpoint}: this address is no token endpoint"
    if error.error == "invalid_scope":
        return f"{target.place_of(table, 'scopes')}: name only the scopes that the client is registered for"
    if error.status in {400, 401} or error.error == "invalid_client":
        other = {"basic": "body", "body": "basic"}[target.registrations[client].token_auth]
        return f'{target.place_of(table, "client_id")}, its secret, or token_auth = "{other}"'
    return f"{endpoint}: the endpoint must answer a client-credentials request with JSON"


def _who(client: str) -> str:
    tenant, _, further = client.partition(".")
    return f"tenant {tenant}, client {further}" if further else f"tenant {tenant}"


# --- reads -----------------------------------------------------------------------------------------------------------


def _get(door: LiveDoor, base: str, path: str, **query: str) -> Exchange:
    return door.ask(Ask("GET", base + path + encode_query(query)), check="doctor", fresh=False)


def _rosters(target: Target) -> tuple[str, str, str]:
    """Return key, base URL and base path of the service that lists people: that of 1.2, or else of 1.1."""
    named = target.services_by_name
    key = next((key for key in ("rostering", "oneroster_1_1") if key in named), next(iter(named)))
    return key, named[key], SERVICE_KEYS[key].base_path


def _reads(target: Target, door: LiveDoor) -> Iterator[Item]:
    _, base, _ = _rosters(target)
    answers: list[tuple[Endpoint[Any], Exchange]] = []
    for endpoint in collections(CORE):
        answers.append((endpoint, _get(door, base, endpoint.path, limit="1")))
        if answers[0][1].status in {0, 401, 403} or (len(answers) > 1 and not any(e.ok for _, e in answers)):
            break
    if not any(exchange.ok for _, exchange in answers):
        yield _base_path(target, door, answers[0][1])
        return
    yield from _clock(answers[0][1])
    for endpoint, exchange in answers:
        name = f"read {endpoint.path}"
        if exchange.ok:
            yield Item(name, Health.OK, f"{exchange.status}")
        else:
            seen = exchange.trouble or f"answered {exchange.status}"
            hint = f"{target.place_of('claims', 'profiles')}: claim less, or mend the server"
            yield Item(name, Health.WARN, f"{seen}: the profile needs it", hint)


def _base_path(target: Target, door: LiveDoor, first: Exchange) -> Item:
    key, base, path = _rosters(target)
    name, place = f"base address of {key}", target.place_of("services", key)
    if first.trouble:
        return Item(name, Health.RED, first.trouble, f"{place}: check the address")
    if first.status in {401, 403}:
        scopes = target.place_of("tenants.a", "scopes")
        hint = f"{scopes}: the token must permit roster.readonly; or the token issuer is another"
        return Item(name, Health.RED, f"answered {first.status} to a read with a fresh token", hint)
    if not base.endswith(path):
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(base))
        for candidate in (base + path, origin + path):
            if _get(door, candidate, "/orgs", limit="1").ok:
                hint = f'{place} = "{candidate}"'
                return Item(name, Health.RED, f"answered {first.status}; the service is one step further", hint)
    hint = f"{place}: the whole base address, as https://host{path}"
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


def _page_size(target: Target, door: LiveDoor) -> Iterator[Item]:
    endpoint = next(e for e in collections(CORE) if e.path == "/users")
    size = target.limits.page_size
    exchange = _get(door, _rosters(target)[1], endpoint.path, limit=str(size), offset="0")
    rows = exchange.json.get(endpoint.wrapper_key) if exchange.ok and isinstance(exchange.json, dict) else None
    if not isinstance(rows, list):
        message = f"limit={size} is answered {exchange.trouble or exchange.status}"
        hint = f"{target.place_of('limits', 'page_size')}: choose one that the server accepts"
        yield Item("page size", Health.WARN, message, hint)
        return
    total = total_of(exchange)
    if total is not None and len(rows) < min(size, total):
        message = f"asked for {size}, got {len(rows)}: reading whole lists takes more requests"
        yield Item("page size", Health.WARN, message, f"{target.place_of('limits', 'page_size')} = {max(len(rows), 1)}")
    else:
        yield Item("page size", Health.OK, f"limit={size} accepted")


def _control(target: Target, door: LiveDoor) -> Iterator[Item]:
    if target.control is None:
        yield Item("test control", Health.OK, "none; requirements that need changes stay untested")
        return
    exchange = door.ask(Ask("GET", f"{target.control.url}/clock", "control"), check="doctor", fresh=True)
    if exchange.ok:
        yield Item("test control", Health.OK, "answers")
    else:
        seen = exchange.trouble or f"answers {exchange.status}"
        hint = f"{target.place_of('control', 'url')} or token_file; or leave [control] out"
        yield Item("test control", Health.RED, seen, hint)
