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
from digione_conformance.words.said import Said
from digione_conformance.words.texts import say
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
    yield Item(say("d.file"), Health.OK, say("d.file.complete", file=target.path.name))
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
            place, near = target.place_of("claims", "profiles"), get_close_matches(profile, known, n=2)
            hint = say("d.profiles.known", place=place, known=", ".join(known))
            if near:
                hint = say("d.profiles.near", place=place, near=" / ".join(near))
            yield Item(say("d.profiles"), Health.RED, say("d.profiles.none", profile=profile), hint)


def _secrets(target: Target) -> Iterator[Item]:
    for client, table in target.registrations.items():
        name = say("d.secret", who=_who(client))
        key = "client_secret_env" if table.client_secret_env else "client_secret_file"
        place = target.place_of(table_of(client), key)
        try:
            target.secret_of(client)
        except ConfigurationError as error:
            yield Item(name, Health.RED, Said(str(error)), say("d.secret.set", place=place))
            continue
        file = target.path.parent / table.client_secret_file if table.client_secret_file else None
        if file is not None and file.stat().st_mode & 0o077:
            yield Item(name, Health.WARN, say("d.secret.open"), Said(f"chmod 600 {table.client_secret_file}"))
        else:
            yield Item(name, Health.OK, say("d.secret.readable"))
    try:
        target.control_token()
    except ConfigurationError as error:
        hint = say("d.control.token.write", place=target.place_of("control", "token_file"))
        yield Item(say("d.control.token"), Health.RED, Said(str(error)), hint)


def _permission(target: Target, *, permitted: bool) -> Iterator[Item]:
    if not target.looks_like_production:
        yield Item(say("d.permission"), Health.OK, say("d.permission.test"))
    elif permitted:
        yield Item(say("d.permission"), Health.WARN, say("d.permission.given"))
    else:
        hint = say("d.permission.mend", place=target.place_of("target", "environment"))
        yield Item(say("d.permission"), Health.RED, say("d.permission.missing"), hint)


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
            yield Item(say("d.connection", host=host), Health.OK, say("d.connection.proxy"))
            continue
        yield from _connection(target, key, host, port, tls=parts.scheme == "https")


def _connection(target: Target, key: str, host: str, port: int, *, tls: bool) -> Iterator[Item]:
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        hint = say("d.name.check", place=target.place_of("services", key))
        yield Item(say("d.name", host=host), Health.RED, say("d.name.unknown"), hint)
        return
    yield Item(say("d.name", host=host), Health.OK, say("d.name.known"))
    try:
        connection = socket.create_connection((host, port), timeout=_CONNECT_SECONDS)
    except OSError as error:
        message = say("d.port.silent", port=port, error=type(error).__name__)
        hint = say("d.port.check", place=target.place_of("services", key))
        yield Item(say("d.connection", host=host), Health.RED, message, hint)
        return
    with connection:
        yield Item(say("d.connection", host=host), Health.OK, say("d.port", port=port))
        yield _tls(target, key, host, connection) if tls else _plain(target, key, host)


def _plain(target: Target, key: str, host: str) -> Item:
    if host in LOOPBACK:
        return Item(say("d.tls", host=host), Health.OK, say("d.tls.loopback"))
    hint = say("d.tls.https", place=target.place_of("services", key))
    return Item(say("d.tls", host=host), Health.WARN, say("d.tls.plain"), hint)


def _tls(target: Target, key: str, host: str, connection: socket.socket) -> Item:
    name = say("d.tls", host=host)
    try:
        context = ssl.create_default_context(cafile=str(target.ca_file) if target.ca_file else None)
    except OSError:
        hint = say("d.tls.ca.pem", place=target.place_of("services", "ca_file"))
        return Item(name, Health.RED, say("d.tls.ca"), hint)
    try:
        with context.wrap_socket(connection, server_hostname=host) as secured:
            return Item(name, Health.OK, say("d.tls.trusted", version=secured.version()))
    except ssl.SSLCertVerificationError as error:
        message = say("d.tls.untrusted", reason=error.verify_message)
        return Item(name, Health.RED, message, _certificate_hint(error, target, key))
    except OSError as error:
        hint = say("d.tls.port", place=target.place_of("services", key))
        return Item(name, Health.RED, say("d.tls.failed", error=type(error).__name__), hint)


def _certificate_hint(error: ssl.SSLCertVerificationError, target: Target, key: str) -> Said:
    """Say what helps: another CA does not where the certificate is out of date or of another host."""
    if error.verify_code in _OUT_OF_DATE:
        return say("d.tls.date", place=target.place_of("services", key))
    if error.verify_code in _OTHER_HOST:
        return say("d.tls.host", place=target.place_of("services", key))
    return say("d.tls.issuer", place=target.place_of("services", "ca_file"))


# --- tokens ----------------------------------------------------------------------------------------------------------


def _tokens(target: Target, door: LiveDoor) -> Iterator[Item]:
    for client in target.registrations:
        name = say("d.token", who=_who(client))
        try:
            grant = door.keyring.grant(client)
        except TokenRequestFailed as error:
            yield Item(name, Health.RED, Said(str(error)), _token_hint(error, target, client))
            continue
        except DigiOneError as error:
            hint = say("d.address", place=target.place_of("services", "token_url"))
            yield Item(name, Health.RED, Said(str(error)), hint)
            continue
        yield Item(name, Health.OK, say("d.token.granted"))
        missing = [scope.rpartition("/")[2] for scope in target.scopes_of(client) if scope not in grant.scopes]
        if missing:
            message = say("d.scopes.missing", names=", ".join(missing))
            hint = say("d.scopes.name", place=target.place_of(table_of(client), "scopes"))
            yield Item(say("d.scopes", who=_who(client)), Health.WARN, message, hint)


def _token_hint(error: TokenRequestFailed, target: Target, client: str) -> Said:
    endpoint, table = target.place_of("services", "token_url"), table_of(client)
    if error.status in {404, 405}:
        return say("d.token.endpoint", place=endpoint)
    if error.error == "invalid_scope":
        return say("d.token.scopes", place=target.place_of(table, "scopes"))
    if error.status in {400, 401} or error.error == "invalid_client":
        other = {"basic": "body", "body": "basic"}[target.registrations[client].token_auth]
        return say("d.token.client", place=target.place_of(table, "client_id"), other=other)
    return say("d.token.json", place=endpoint)


def _who(client: str) -> Said:
    tenant, _, further = client.partition(".")
    return say("d.client", tenant=tenant, client=further) if further else say("d.tenant", tenant=tenant)


def _control(target: Target, door: LiveDoor) -> Iterator[Item]:
    if target.control is None:
        yield Item(say("d.control"), Health.OK, say("d.control.none"))
        return
    exchange = door.ask(Ask("GET", f"{target.control.url}/clock", "control"), check="doctor", fresh=True)
    if exchange.ok:
        yield Item(say("d.control"), Health.OK, say("d.answers"))
    else:
        seen = Said(exchange.trouble) if exchange.trouble else say("d.answers.status", status=exchange.status)
        hint = say("d.control.mend", place=target.place_of("control", "url"))
        yield Item(say("d.control"), Health.RED, seen, hint)
