"""Preflight: finds what is set up wrongly before a run can mistake it for a defect, and names the key to mend."""

from __future__ import annotations

import socket
import ssl
import urllib.request
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Final
from urllib.parse import urlsplit

from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.evidence.door import LiveDoor
from digione_conformance.evidence.exchange import Ask
from digione_conformance.running.first_reads import first_reads, page_sizes
from digione_conformance.running.item import Health, Item
from digione_conformance.target.claims import LOOPBACK
from digione_conformance.target.file import Target, table_of
from digione_sdk.errors import ConfigurationError, DigiOneError, TokenRequestFailed

_CONNECT_SECONDS: Final = 10
_OUT_OF_DATE: Final = (9, 10)
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""
_OTHER_HOST: Final = (62, 64)
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""


def examine(target: Target, door: LiveDoor, *, permitted: bool = False) -> Iterator[Item]:
    """Look at everything a run needs, in the order in which it can be mended; a red item ends the examination."""
    steps: tuple[Callable[[], Iterator[Item]], ...] = (
        lambda: _profiles(target),
        lambda: _secrets(target),
        lambda: _permission(target, permitted=permitted),
        lambda: _network(target),
        lambda: _tokens(target, door),
        lambda: first_reads(target, door),
        lambda: page_sizes(target, door),
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


def _profiles(target: Target) -> Iterator[Item]:
    known = load_catalogue().profiles
    for profile in target.profiles:
        if profile not in known:
            near = get_close_matches(profile, known, n=2)
            known_as = f"; did you mean {' or '.join(near)}?" if near else f"; known are {', '.join(known)}"
            hint = f"{target.place_of('claims', 'profiles')}: name a profile of the catalogue{known_as}"
            yield Item("claimed profiles", Health.RED, f"{profile} is no profile", hint)


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
        message = f"the certificate is not trusted: {error.verify_message}"
        return Item(name, Health.RED, message, _certificate_hint(error, target, key))
    except OSError as error:
        hint = f"{target.place_of('services', key)}: does this port speak TLS?"
        return Item(name, Health.RED, f"the handshake failed ({type(error).__name__})", hint)


def _certificate_hint(error: ssl.SSLCertVerificationError, target: Target, key: str) -> str:
    """Say what helps: another CA does not where the certificate is out of date or of another host."""
    if error.verify_code in _OUT_OF_DATE:
        return f"{target.place_of('services', key)}: the server needs a new certificate; or the clock here is wrong"
    if error.verify_code in _OTHER_HOST:
        return f"{target.place_of('services', key)}: use the host name that the certificate is for"
    return f"{target.place_of('services', 'ca_file')}: name the CA that signed it, if it is your own"


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
