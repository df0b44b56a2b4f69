"""Waivers: known failures that somebody answers for until a day; `waivers.toml` beside the target file holds them.

[[waiver]]
requirement = "OR-ROS-SORT-002"
owner = "integration team"
reason = "sorting is rebuilt in the next release"
expires = 2027-01-31
issue = "https://tracker.example.org/12"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digione_conformance.evidence.exchange import Json
from digione_sdk.errors import ConfigurationError

FILE: Final = "waivers.toml"
_Text = Annotated[str, Field(min_length=1)]


class Waiver(BaseModel):
    """One known failure.

    Attributes:
        requirement: Id of the requirement that is not met.
        owner: Who answers for it: a role or a team.
        reason: Why it may stay for now.
        expires: The last day on which it counts.
        issue: Where the repair is tracked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    requirement: _Text
    owner: _Text
    reason: _Text
    expires: date
    issue: str | None = None


class Use(StrEnum):
    """What became of a waiver in a run."""

    USED = "used"
    UNUSED = "unused"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    NOT_A_MUST = "not a MUST"
    UNDECIDED = "undecided"
    NOT_IN_RUN = "not in this run"


FAULTY: Final = frozenset({Use.UNUSED, Use.EXPIRED, Use.UNKNOWN, Use.NOT_A_MUST})
"""Uses that fail a run: a waiver that excuses nothing, or no longer, would hide the next failure."""


@dataclass(frozen=True)
class WaiverUse:
    """A waiver and what became of it."""

    waiver: Waiver
    use: Use

    @property
    def faulty(self) -> bool:
        """Whether it fails the run."""
        return self.use in FAULTY

    def as_json(self) -> Json:
        """Return it as reports show it."""
        return {**self.waiver.model_dump(mode="json"), "use": str(self.use), "fails_the_run": self.faulty}


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """Return the waivers of a file; none where there is no such file.

    Raises:
        ConfigurationError: It cannot be read, is no TOML, holds an unknown key or a wrong value, or names a requirement
            twice; the message names the file and the waiver.
    """
    if not path.exists():
        return ()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name}: cannot be read ({type(error).__name__})") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path.name}: no valid TOML: {error}") from None
    entries = content.pop("waiver", [])
    if content or not isinstance(entries, list):
        raise ConfigurationError(f"{path.name}: holds [[waiver]] tables only")
    return read_waivers(entries, path.name)


def read_waivers(entries: Iterable[Mapping[str, Any]], name: str) -> tuple[Waiver, ...]:
    """Return the waivers of parsed entries.

    Raises:
        ConfigurationError: One is malformed, or two name one requirement; the message names `name` and the waiver.
    """
    found: dict[str, Waiver] = {}
    for position, entry in enumerate(entries, start=1):
        try:
            waiver = Waiver.model_validate(entry)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ConfigurationError(f"{name}, waiver {position}: {where}: {first['msg']}") from None
        if waiver.requirement in found:
            raise ConfigurationError(f"{name}, waiver {position}: {waiver.requirement} is waived twice")
        found[waiver.requirement] = waiver
    return tuple(found.values())
