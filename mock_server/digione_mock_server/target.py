"""The target file: how the conformance suite finds a server that was just started, and its secrets beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from digione_mock_server.auth.registrations import ALL_SCOPES, ROSTER_SCOPES, either_version
from digione_mock_server.credentials import Register
from digione_mock_server.dialects.population import retold
from digione_mock_server.private import secrets_folder, write_private
from digione_mock_server.settings import Settings, tenant_name
from digione_mock_server.source import SeedSource
from digione_sdk.core.endpoints import SERVICES
from digione_sdk.core.endpoints.base import Service
from digione_sdk.core.endpoints.gradebook import GRADEBOOK
from digione_sdk.core.endpoints.resources import RESOURCES
from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.core.endpoints.v1p1 import ONEROSTER_V1P1
from digione_sdk.errors import ConfigurationError

_OLDER_ROSTER: Final = ("oneroster-1.1-rostering",)
_OLDER: Final = (*_OLDER_ROSTER, "oneroster-1.1-gradebook", "oneroster-1.1-resources")
PROFILES: Final[Mapping[Service, tuple[str, ...]]] = {
    ROSTERING: ("oneroster-1.2-rostering-core", "oneroster-1.2-rostering"),
    GRADEBOOK: ("oneroster-1.2-gradebook-core", "oneroster-1.2-gradebook", "oneroster-1.2-assessment"),
    RESOURCES: ("oneroster-1.2-resources-core", "oneroster-1.2-resources"),
    ONEROSTER_V1P1: _OLDER,
}
"""What the reference server says that it meets, by service."""


def write_target(path: Path, settings: Settings, register: Register, *, ca_file: Path | None) -> None:
    """Write a target file, and each secret to a file of its own that only its owner may read.

    Args:
        path: The target file; secrets go to `<its name>-secrets/` beside it.
        settings: The server's settings.
        register: Its registrations.
        ca_file: What clients trust where the server speaks TLS.

    Raises:
        ConfigurationError: A file cannot be written.
    """
    secrets = secrets_folder(path)
    try:
        for known in register.credentials.values():
            write_private(secrets / known.client_id, known.client_secret)
        if settings.control_token is not None:
            write_private(secrets / "control", settings.control_token)
        # Written whole, then moved: whoever waits for the file never reads half of it.
        unfinished = path.with_name(f".{path.name}.unfinished")
        lines = _lines(settings, register, secrets=secrets.name, ca_file=ca_file)
        unfinished.write_text("\n".join(lines), encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise ConfigurationError(f"--write-target: cannot write {path}: {error.strerror}") from None


def _lines(settings: Settings, register: Register, *, secrets: str, ca_file: Path | None) -> Iterator[str]:
    yield from (
        "# Written by `digione serve`: the synthetic reference server. Each tenant also has a client that sees pupils",
        "# under a protection order, as tenant-a-entitled: its secret lies beside the others.",
        "[target]",
        _pair("name", "digione reference server"),
        _pair("environment", "test"),
        "synthetic = true",
        "",
        "[services]",
        *(_pair(service.key, settings.service_url(service)) for service in _offered(settings)),
        _pair("token_url", settings.token_url),
    )
    if ca_file is not None:
        yield _pair("ca_file", str(ca_file.resolve()))
    for index in range(settings.tenants):
        name = tenant_name(index)
        for exposure, table in (("default", f"tenants.{name}"), ("minimal", f"tenants.{name}.clients.minimal")):
            known = register.credentials[name, exposure]
            file = f"{secrets}/{known.client_id}"
            yield from ("", f"[{table}]", _pair("client_id", known.client_id), _pair("client_secret_file", file))
            yield from _scopes(known.client_id, settings)
    claimed = [profile for service in _offered(settings) for profile in _claims(service, settings)]
    yield from ("", "[claims]", f"profiles = {json.dumps(claimed)}")
    yield from ("", "[fixtures]", _pair("mode", "create" if settings.control_token else "readonly"))
    yield from ("", "[fixtures.ids]", f"protected = {json.dumps(_protected(settings))}")
    if settings.control_token is not None:
        yield from ("", "[control]", _pair("url", settings.control_url), _pair("token_file", f"{secrets}/control"))
    yield from ("", "[limits]", "max_parallel = 5", "")


def _offered(settings: Settings) -> tuple[Service, ...]:
    """The services that clients may ask for: one whose scopes the token endpoint does not know is none of them."""
    newer = (ROSTERING,) if _is_roster_alone(settings) else SERVICES
    return (*newer, ONEROSTER_V1P1)


def _claims(service: Service, settings: Settings) -> tuple[str, ...]:
    return _OLDER_ROSTER if service is ONEROSTER_V1P1 and _is_roster_alone(settings) else PROFILES[service]


def _is_roster_alone(settings: Settings) -> bool:
    return "roster-scopes-only" in settings.switches.dialects


def _scopes(client_id: str, settings: Settings) -> list[str]:
    """The scopes of a client that may not ask for all those of the services; for the others nobody needs to be told."""
    scopes = next(client.scopes for client in settings.clients if client.client_id == client_id)
    if scopes == ALL_SCOPES and not _is_roster_alone(settings):
        return []
    known = either_version(scopes & ROSTER_SCOPES if _is_roster_alone(settings) else scopes)
    return [f"scopes = {json.dumps(sorted(known))}"]


def _protected(settings: Settings) -> list[str]:
    """Return the ids that the client of the main tenant must not find; synthetic, as all that the seed makes."""
    seed = SeedSource(size=settings.size, seed=settings.seed, today=settings.today)
    return sorted(retold(seed, settings.switches.dialects).protected(0))


def _pair(name: str, value: str) -> str:
    # A JSON string is a TOML basic string, as long as nothing outside the BMP is escaped in two halves.
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"
