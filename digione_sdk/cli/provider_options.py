"""Options that say which provider a command reads, and as whom; one base URL an option for each service."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import typer

from digione_sdk.errors import ConfigurationError

if TYPE_CHECKING:
    from digione_sdk.client import DigiOne

_BASE_URL: Final = "Base URL of the service; at least one is needed."
SECRET_VARIABLE: Final = "DIGIONE_CLIENT_SECRET"  # noqa: S105 - the name of a variable


def _address(name: str, help_: str = _BASE_URL) -> Any:
    variable = f"DIGIONE_{name.upper().replace('-', '_')}"
    return typer.Option(f"--{name}", envvar=variable, help=help_, metavar="URL")


TokenUrl: TypeAlias = Annotated[str, _address("token-url", "Token endpoint.")]
ClientId: TypeAlias = Annotated[
    str, typer.Option("--client-id", envvar="DIGIONE_CLIENT_ID", help="Id of the client.", metavar="ID")
]
Rostering: TypeAlias = Annotated[str | None, _address("rostering")]
Gradebook: TypeAlias = Annotated[str | None, _address("gradebook")]
Resources: TypeAlias = Annotated[str | None, _address("resources")]
OneRoster11: TypeAlias = Annotated[
    str | None, _address("oneroster-1-1", "Base URL of a OneRoster 1.1 provider, instead of the three of 1.2.")
]
Scopes: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--scope",
        help="Scope to ask for, as roster-core.readonly; repeat for more. Without it each kind asks for its own.",
        metavar="SCOPE",
    ),
]
SecretVariable: TypeAlias = Annotated[
    str,
    typer.Option(
        "--client-secret-env", help="Variable that holds the client's secret; asked for if empty.", metavar="NAME"
    ),
]
CaFile: TypeAlias = Annotated[Path | None, typer.Option("--ca-file", help="Root certificates.", metavar="FILE")]


def client_of(
    *,
    rostering: str | None,
    gradebook: str | None,
    resources: str | None,
    older: str | None,
    token_url: str,
    client_id: str,
    secret_variable: str,
    scopes: Sequence[str] | None,
    ca_file: Path | None,
) -> DigiOne:
    """Return a client of the provider that the options describe.

    Args:
        rostering: Base URL of Rostering.
        gradebook: Base URL of the Gradebook.
        resources: Base URL of Resources.
        older: Base URL of a provider of 1.1, instead.
        token_url: Token endpoint.
        client_id: Id of the client.
        secret_variable: Variable that holds its secret.
        scopes: Scopes to ask for, short or whole; None where each kind asks for its own.
        ca_file: Root certificates.

    Raises:
        ConfigurationError: The secret is missing, or the certificates cannot be read.
        UsageError: An address is missing or malformed.
    """
    from digione_sdk.client import DigiOne

    return DigiOne(
        rostering=rostering,
        gradebook=gradebook,
        resources=resources,
        base_url=older,
        version="1.2" if older is None else "1.1",
        token_url=token_url,
        client_id=client_id,
        client_secret=_secret(secret_variable),
        scopes=[_scope(name) for name in scopes] if scopes else None,
        verify=True if ca_file is None else str(ca_file),
    )


def _scope(name: str) -> str:
    """Return a scope by its short name or as it is: a gateway may have names of its own."""
    from digione_sdk.core.scopes import Scope

    return next((scope for scope in Scope if scope.short == name), name)


def _secret(variable: str) -> str:
    """Return the secret from the environment, or ask for it; it never stands on the command line.

    Raises:
        ConfigurationError: The variable is empty, and nobody is there to be asked.
    """
    secret = os.environ.get(variable, "")
    if not secret and sys.stdin.isatty():
        secret = str(typer.prompt("Client secret", hide_input=True, err=True))
    if not secret:
        raise ConfigurationError(f"the client's secret is missing: set {variable}")
    return secret
