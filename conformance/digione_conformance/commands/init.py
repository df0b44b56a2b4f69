"""`digione init`: a target file to fill in, with the services that describe themselves, and a line for each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from digione_sdk.errors import ConfigurationError

_PLACEHOLDER: Final = "https://sis.test.example.org"


def register(app: typer.Typer) -> None:
    """Add `init` to the commands."""
    app.command("init")(init)


def init(
    *,
    target: Annotated[Path, typer.Option("--target", help="File to write; it must not exist.", metavar="FILE")] = Path(
        "sut.toml"
    ),
    base_url: Annotated[
        str | None,
        typer.Option("--base-url", help="Base URL of a service, or of all: discovery names the others.", metavar="URL"),
    ] = None,
    client_id: Annotated[str, typer.Option("--client-id", help="Id of the client.", metavar="ID")] = "digione-suite",
) -> None:
    """Write a target file to fill in; with --base-url, ask that host's discovery which services there are."""
    services, token_url = _found(base_url)
    text = "\n".join(_lines(services, token_url, client_id)) + "\n"
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigurationError(f"--target: {target} exists; name another file, or remove it") from None
    except OSError as error:
        raise ConfigurationError(f"--target: cannot write {target} ({type(error).__name__})") from None
    named = ", ".join(services) or "none found: fill in [services]"
    typer.echo(f"wrote {target}; services: {named}")
    typer.echo(f"next: fill in what is missing, then digione doctor --target {target}")


def _found(base_url: str | None) -> tuple[Mapping[str, str], str | None]:
    """Return base URL by service, and the token endpoint where a document names it.

    Raises:
        BadParameter: The address is none.
    """
    from digione_conformance.commands.discovering import discovered
    from digione_sdk.transport import Connection, Transport

    if base_url is None:
        return {}, None
    if urlsplit(base_url).scheme not in {"http", "https"}:
        raise typer.BadParameter("must start with https:// or http://", param_hint="--base-url")
    transport = Transport(Connection())
    try:
        found = discovered(base_url, transport.send)
    finally:
        transport.close()
    return found.services, found.token_url


def _lines(services: Mapping[str, str], token_url: str | None, client_id: str) -> Iterator[str]:
    from digione_conformance.catalogue.requirement import load_catalogue
    from digione_conformance.target.claims import SERVICE_KEYS
    from digione_conformance.target.file import default_profiles

    first = next(iter(services.values()), _PLACEHOLDER)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(first))
    yield from (
        "# What the conformance suite tests, as whom, and within which limits. No secret stands here.",
        "[target]",
        _pair("name", urlsplit(origin).hostname or "my test system"),
        '# software = "Example SIS"  # a certificate is about a product',
        '# version = "7.1"           # and about one version of it',
        'environment = "test"        # test, staging or production; only a test system may be changed',
        "synthetic = false           # true: nobody in it is real, so evidence keeps whole bodies",
        "",
        "[services]                  # whole base URLs; leave out what you do not offer",
    )
    for key, service in SERVICE_KEYS.items():
        if key in services:
            yield _pair(key, services[key])
        else:
            yield f"# {_pair(key, origin + service.base_path)}  # {service.title}"
    yield _pair("token_url", token_url or f"{origin}/oauth2/token")
    yield '# openapi = ["openapi.json"]  # your own documents, where they are not below discovery/'
    yield ""
    yield "[tenants.a]"
    yield _pair("client_id", client_id)
    yield 'client_secret_env = "SUT_SECRET_A"  # or client_secret_file'
    yield "# scopes = []  # without it, those of the services above"
    yield ""
    yield "# [tenants.b]  # a second tenant: without it, whether tenants are kept apart is not known"
    yield ""
    yield "[claims]  # digione profiles tells what each demands"
    claimed = [profile for key in services or ("rostering",) for profile in default_profiles(key)]
    yield f"profiles = {json.dumps(claimed)}"
    known = load_catalogue()
    for profile in known.profiles:
        if profile not in claimed and known.role_of(profile) == "provider":
            yield f"#   {profile}"
    yield ""
    yield "[fixtures]"
    yield 'mode = "readonly"  # create: the suite may make grades of its own, and deletes them again'


def _pair(name: str, value: str) -> str:
    # A JSON string is a TOML basic string.
    return f"{name} = {json.dumps(value)}"
