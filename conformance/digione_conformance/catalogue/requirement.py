"""The requirement catalogue: `specs/requirements/*.toml`, read, checked and indexed."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from digione_conformance.catalogue.verdict import Level
from digione_sdk.errors import ConfigurationError
from digione_sdk.specs import specs_root

Role: TypeAlias = Literal["provider", "consumer", "file"]
"""What is judged: who serves rosters, who reads them, or a CSV package."""

_ID = r"[A-Z]{2,3}(?:-[A-Z0-9]{2,6}){1,3}-\d{3}"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Entry):
    """A text in the languages of the ecosystem; English is the one that must be there."""

    en: str
    fi: str | None = None
    sv: str | None = None

    def within(self, language: str) -> str:
        """Return the text in `language`, or in English where it is not translated."""
        return getattr(self, language, None) or self.en


class Source(_Entry):
    """Where a requirement comes from, and how sure we are of it."""

    document: str
    clause: str
    evidence: Literal["official", "statute", "register", "implementation", "ours"]


class Requirement(_Entry):
    """One rule that a target either meets or not. Ids never change meaning and are never reused."""

    id: Annotated[str, Field(pattern=f"^{_ID}$")]
    level: Level
    title: Text
    source: Annotated[tuple[Source, ...], Field(min_length=1)]
    profiles: Annotated[tuple[str, ...], Field(min_length=1)]
    role: Role = "provider"
    status: Literal["pending", "active", "retired"] = "active"
    verification: Literal["auto", "attest", "none"] = "auto"
    reason: str | None = None
    passes: Text
    """What would have passed, in one sentence."""
    finding: Text | None = None
    """What a finding says, with `{names}` to be filled in; rules on files have it."""
    fix: Text
    breaks: tuple[str, ...] = ()
    pitfalls: tuple[int, ...] = ()
    """Numbers of the interoperability pitfalls that it covers."""
    since: str = "0.1.0"
    until: str | None = None

    @model_validator(mode="after")
    def _level_follows_evidence(self) -> Self:
        if self.verification != "auto" and not self.reason:
            raise ValueError("verification other than auto needs a reason")
        standard = all(not profile.startswith("digione-") for profile in self.profiles)
        binding = {source.evidence for source in self.source} & {"official", "statute", "register"}
        if self.level is Level.MUST and standard and not binding:
            raise ValueError("MUST in a OneRoster profile needs official evidence")
        return self


@dataclass(frozen=True)
class Catalogue:
    """All requirements, by id, in the order of their files."""

    requirements: dict[str, Requirement]

    def __iter__(self) -> Iterator[Requirement]:
        return iter(self.requirements.values())

    def __getitem__(self, requirement_id: str) -> Requirement:
        return self.requirements[requirement_id]

    @property
    def profiles(self) -> tuple[str, ...]:
        """Ids of all profiles that some requirement names, sorted."""
        return tuple(sorted({profile for requirement in self for profile in requirement.profiles}))

    def role_of(self, profile: str) -> Role:
        """Return what a profile is about: consumers or files where all its requirements are about them."""
        roles = {requirement.role for requirement in self if profile in requirement.profiles}
        return roles.pop() if len(roles) == 1 else "provider"

    def of_profile(self, profile: str) -> tuple[Requirement, ...]:
        """Return the active requirements of a profile."""
        return tuple(r for r in self if profile in r.profiles and r.status == "active")

    @cached_property
    def sha256(self) -> str:
        """Hash over every requirement's contents: two catalogues with the same hash demand the same."""
        digest = hashlib.sha256()
        for requirement in sorted(self, key=lambda r: r.id):
            digest.update(requirement.model_dump_json().encode())
        return digest.hexdigest()


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read the catalogue from `folder`, by default the one that ships with the SDK.

    Raises:
        ConfigurationError: A file is no TOML, an entry is malformed or an id stands twice; the message names it.
    """
    return _catalogue(folder) if folder else _shipped()


@cache
def _shipped() -> Catalogue:
    return _catalogue(specs_root() / "requirements")


def _catalogue(folder: Path) -> Catalogue:
    found: dict[str, Requirement] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            entries = tomllib.loads(path.read_text(encoding="utf-8")).get("requirement", [])
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{path.name}: {error}") from None
        for position, entry in enumerate(entries, start=1):
            requirement = _read(entry, f"{path.name}, requirement {position}")
            if requirement.id in found:
                raise ConfigurationError(f"{path.name}: {requirement.id} stands twice in the catalogue")
            found[requirement.id] = requirement
    if not found:
        raise ConfigurationError(f"no requirements in {folder}")
    return Catalogue(found)


def _read(entry: object, place: str) -> Requirement:
    try:
        return Requirement.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        named = entry.get("id", "") if isinstance(entry, dict) else ""
        raise ConfigurationError(f"{place} {named}: {where}: {first['msg']}") from None


def is_requirement_id(text: str) -> bool:
    """Whether `text` has the shape of a requirement id."""
    return re.fullmatch(_ID, text) is not None
