"""What `digione run` is told to judge: a target file, an address without a file, or a run that was interrupted."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import typer

from digione_conformance.commands.steps import planned
from digione_sdk.errors import ConfigurationError, DigiOneError, TokenRequestFailed, UsageError

if TYPE_CHECKING:
    from digione_conformance.commands.discovering import Found
    from digione_conformance.evidence.exchange import Exchange
    from digione_conformance.running.plan import Plan
    from digione_conformance.target.file import Target

SECRET: Final = "DIGIONE_CLIENT_SECRET"  # noqa: S105 - the name of an environment variable
_TOKEN_PATH: Final = "/oauth2/token"  # noqa: S105 - a path


@dataclass(frozen=True)
class Order:
    """One run to be made.

    Attributes:
        target: What is asked.
        plan: What is decided.
        out: Folder of the report.
        known: Answers of an interrupted run, by name; None where the run starts anew.
    """

    target: Target
    plan: Plan
    out: Path
    known: Mapping[str, Exchange] | None = None


@dataclass(frozen=True)
class Address:
    """A target without a file."""

    base_url: str
    client_id: str
    token_url: str | None = None


def from_file(
    path: Path,
    out: Path,
    *,
    profiles: Collection[str] | None = None,
    only: Collection[str] | None = None,
    stages: Collection[str] | None = None,
) -> Order:
    """Return the order for a target file.

    Raises:
        ConfigurationError: The target file cannot be read, is malformed, or is about a consumer, which cannot be asked.
        UsageError: A profile, requirement or stage is unknown.
    """
    from digione_conformance.running.plan import refuse_consumers
    from digione_conformance.target.file import load_target

    target = load_target(path)
    plan = planned(target, profiles=profiles, only=only, stages=stages)
    refuse_consumers(plan, path.name)
    return Order(target, plan, out)


def write_target(address: Address, out: Path) -> Path:
    """Write the target file that an address stands for into the folder of the report, and see to its secret.

    Services beside the one at the address are named where their discovery documents are found and the client is
    registered for them. The secret comes from the environment, or is asked for; it is never written.

    Raises:
        ConfigurationError: The file cannot be written, or there is nobody to ask for the secret.
    """
    if not os.environ.get(SECRET, "").strip():
        os.environ[SECRET] = _asked_for()
    found = _found(address)
    path = out / "sut.toml"
    _write(path, address, found)
    if len(found.services) > 1 and not _may_ask(path):
        _write(path, address, replace(found, services={found.own: found.services[found.own]}))
    return path


def _write(path: Path, address: Address, found: Found) -> None:
    parts = urlsplit(address.base_url)
    token_url = address.token_url or found.token_url or f"{parts.scheme}://{parts.netloc}{_TOKEN_PATH}"
    lines = [
        "# Written by `digione run --base-url`; the secret stays in the environment.",
        "[target]",
        _pair("name", parts.hostname or "target"),
        # Nobody said that it is a test system, so nothing is sent that could change it.
        _pair("environment", "staging"),
        "",
        "[services]",
        *(_pair(key, url) for key, url in found.services.items()),
        _pair("token_url", token_url),
        "",
        "[tenants.a]",
        _pair("client_id", address.client_id),
        _pair("client_secret_env", SECRET),
        "",
    ]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")
    except OSError:
        raise ConfigurationError(f"cannot write {path}") from None


def _may_ask(path: Path) -> bool:
    """Whether the client gets a token for all services that were found; any other trouble is the doctor's to tell."""
    from digione_conformance.session import opened
    from digione_conformance.target.file import load_target

    with opened(load_target(path)) as through:
        try:
            through.door.keyring.grant("a")
        except TokenRequestFailed as error:
            return error.error != "invalid_scope"
        except DigiOneError:
            return True
    return True


def _found(address: Address) -> Found:
    from digione_conformance.commands.discovering import Found, discovered
    from digione_sdk.transport import Connection, Transport

    if urlsplit(address.base_url).scheme not in {"http", "https"}:
        return Found("rostering", {"rostering": address.base_url})  # refused, with its place, where the file is read
    transport = Transport(Connection())
    try:
        return discovered(address.base_url, transport.send)
    finally:
        transport.close()


def from_interruption(out: Path) -> Order:
    """Return the order that goes on with an interrupted run.

    Raises:
        ConfigurationError: There is none, or target file, catalogue or suite are no longer what they were.
        UsageError: The run was not interrupted.
    """
    from digione_conformance.evidence.door import reusable
    from digione_conformance.evidence.recorder import read_evidence
    from digione_conformance.evidence.run_file import digest_of, read_run_file

    folder = out / "evidence"
    run = read_run_file(folder)
    if not run.interrupted:
        raise UsageError("the run in this folder was not interrupted", argument="--resume")
    path = run.target_path(folder)
    if digest_of(path) != run.target_sha256:
        raise ConfigurationError(f"{path.name} was changed since the run was interrupted: start a new run")
    chosen = run.selection
    order = from_file(path, out, profiles=chosen.profiles, only=chosen.only, stages=chosen.stages)
    if order.plan.sha256 != run.plan_hash:
        raise ConfigurationError("the plan is another than that of the interrupted run: start a new run")
    # Pseudonyms of redacted evidence cannot be compared with what is asked now, so such a run asks everything again.
    whole = order.target.target.synthetic
    known = {name: each for name, each in read_evidence(folder).items() if whole and reusable(each)}
    return Order(order.target, order.plan, out, known)


def _asked_for() -> str:
    if not sys.stdin.isatty():
        # A prompt that nobody sees would end with status 1, which says that a MUST failed.
        raise ConfigurationError(f"{SECRET} is not set, and there is no terminal to ask for the secret")
    secret: str = typer.prompt("Client secret", hide_input=True, err=True)
    return secret


def _pair(name: str, value: str) -> str:
    # A JSON string is a TOML basic string.
    return f"{name} = {json.dumps(value)}"
