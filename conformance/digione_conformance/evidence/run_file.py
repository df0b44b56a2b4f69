"""`evidence/run.json`: what was judged and how, so that anybody can compute the verdicts again without the target.

It holds what influences verdicts and is no exchange: the target file without credentials, the choice of profiles,
requirements and stages, and waivers. And it holds what the run found, so that a replay can say where it differs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digione_conformance.evidence.recorder import RUN
from digione_conformance.target.file import Target
from digione_sdk.errors import ConfigurationError

_NOT_KEPT: Final = "NOT_KEPT"
_NO_CREDENTIALS: Final = {"client_id": _NOT_KEPT, "client_secret_env": _NOT_KEPT}
_CREDENTIALS: Final = frozenset({"client_id", "client_secret_env", "client_secret_file"})


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Selection(_Part):
    """What the operator chose; empty means everything that the target claims, None every scenario."""

    profiles: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    scenarios: tuple[str, ...] | None = None


class Found(_Part):
    """What a run found of one requirement."""

    outcome: str
    message: str


class RunFile(_Part):
    """What one run judged, and how.

    Attributes:
        format: Version of this file's shape.
        suite: Version of the suite.
        plan_hash: Hash of the plan.
        catalogue_sha256: Hash of the catalogue.
        selection: What the operator chose.
        target: The target file without credentials.
        target_file: Where the target file was, seen from the evidence folder.
        target_sha256: Hash of the target file.
        started_at: When the run started.
        finished_at: When it ended; None where it was killed.
        interrupted: Whether it was broken off.
        unfinished: Checks that had not ended when it was broken off.
        requests: How many requests it made.
        bytes_received: How many bytes of answers it got.
        writes: How many requests may have changed the target.
        outcomes: What it found, by requirement.
        waivers: Content of the file of waivers, as it stood.
    """

    format: Literal[1] = 1
    suite: str
    plan_hash: str
    catalogue_sha256: str
    selection: Selection
    target: dict[str, Any]
    target_file: str
    target_sha256: str
    started_at: datetime
    finished_at: datetime | None = None
    interrupted: bool = False
    unfinished: tuple[str, ...] = ()
    requests: Annotated[int, Field(ge=0)] = 0
    bytes_received: Annotated[int, Field(ge=0)] = 0
    writes: Annotated[int, Field(ge=0)] = 0
    outcomes: dict[str, Found] = {}
    waivers: tuple[dict[str, Any], ...] = ()

    def restored_target(self) -> Target:
        """Return the target as it was described, with no credentials in it: good for judging, not for asking.

        Raises:
            ConfigurationError: The description does not fit this version of the suite.
        """
        tenants = _every_client(self.target["tenants"], lambda table: {**table, **_NO_CREDENTIALS})
        try:
            return Target.model_validate({**self.target, "tenants": tenants, "path": Path(self.target_file).name})
        except ValidationError:
            raise ConfigurationError(f"{RUN}: the target is described in a way that this version cannot read") from None

    def target_path(self, folder: Path) -> Path:
        """Return where the target file is, given the evidence folder."""
        return (folder / self.target_file).resolve()


def described(target: Target) -> Mapping[str, Any]:
    """Return a target file's content without what tells who asks: client ids, and where secrets are."""
    content = target.model_dump(mode="json", by_alias=True, exclude_none=True)
    content["tenants"] = _every_client(
        content["tenants"], lambda table: {key: value for key, value in table.items() if key not in _CREDENTIALS}
    )
    content.get("control", {}).pop("token_file", None)
    content["services"].pop("ca_file", None)
    return content


def _every_client(
    tables: Mapping[str, dict[str, Any]], change: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return the tables of tenants with a change made to each client, the further ones of a tenant too."""
    return {
        name: change(table) | ({"clients": _every_client(table["clients"], change)} if table.get("clients") else {})
        for name, table in tables.items()
    }


def seen_from(folder: Path, path: Path) -> str:
    """Return the way from a folder to a file, or the whole path where there is none."""
    try:
        return os.path.relpath(path.resolve(), folder.resolve())
    except ValueError:  # another drive
        return str(path.resolve())


def digest_of(path: Path) -> str:
    """Return the hash of a file.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        raise ConfigurationError(f"{path.name}: cannot be read") from None


def read_run_file(folder: Path) -> RunFile:
    """Return what an evidence folder says of its run.

    Raises:
        ConfigurationError: It says nothing, or nothing that this version can read.
    """
    try:
        content = json.loads((folder / RUN).read_text(encoding="utf-8"))
        return RunFile.model_validate(content)
    except OSError:
        raise ConfigurationError(f"no {RUN} in {folder}: this is no evidence of a run") from None
    except (ValueError, ValidationError):
        raise ConfigurationError(f"{RUN} in {folder} cannot be read by this version") from None
