"""The requirement catalogue: `specs/requirements/*.toml`, read, checked and indexed."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias, TypeVar

from pydantic import Field, ValidationError, model_validator

from digione_conformance.catalogue.consumers import FOLDER, NamedConsumer, read_consumers
from digione_conformance.catalogue.text import Entry, Text
from digione_conformance.catalogue.verdict import Level
from digione_sdk.errors import ConfigurationError
from digione_sdk.specs import specs_root

Evidence: TypeAlias = Literal["official", "statute", "register", "implementation", "ours"]
Role: TypeAlias = Literal["provider", "consumer", "file"]
"""What is judged: who serves rosters, who reads them, or a CSV package."""

Layer: TypeAlias = Literal["standard", "consumers", "digione"]
"""Whose demands a profile holds: the standard's, those of a product that reads rosters, or those of the community."""

_ID = r"[A-Z]{2,3}(?:\d{2})?(?:-[A-Z0-9]{2,6}){1,3}-\d{3}"


_BINDING = frozenset({"official", "statute", "register"})
"""Evidence on which a MUST may stand."""

E = TypeVar("E", bound=Entry)


class Source(Entry):
    """Where a requirement comes from, and how sure we are of it."""

    document: str
    clause: str
    evidence: Evidence


class Requirement(Entry):
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
    """Ids of the named consumers that a failure breaks; the consumers' own files say so."""
    pitfalls: tuple[int, ...] = ()
    """Numbers of the interoperability pitfalls that it covers."""
    since: str = "0.1.0"
    until: str | None = None

    def is_of(self, profile: str) -> bool:
        """Whether the requirement counts for a profile, that of a named consumer among them."""
        return profile in self.profiles or profile in self.breaks

    @model_validator(mode="after")
    def _level_follows_evidence(self) -> Self:
        if self.verification != "auto" and not self.reason:
            raise ValueError("verification other than auto needs a reason")
        standard = all(not profile.startswith("digione-") for profile in self.profiles)
        binding = {source.evidence for source in self.source} & _BINDING
        if self.level is Level.MUST and standard and not binding:
            raise ValueError("MUST in a OneRoster profile needs official evidence")
        return self


class Adoption(Entry):
    """`[[adopted]]`: requirements of one part of the standard that another has in the same words.

    A rule for every list is written once, where the first service has it; the others name its number here.
    """

    origin: Annotated[str, Field(alias="from")]
    """How the ids begin whose words are taken over, as `OR-ROS`."""
    prefix: str
    """How the ids begin that are made of them, as `OR-GRB`."""
    document: Annotated[dict[str, str], Field(min_length=1)]
    """The origin's names of documents, and those that take their place."""
    evidence: Evidence | None = None
    """How sure we are of the documents that took the place; a MUST without official evidence becomes a SHOULD."""
    words: Annotated[dict[str, str], Field(default_factory=dict)]
    """Names in clauses and texts that take the place of the origin's."""
    profiles: Annotated[tuple[str, ...], Field(min_length=1)]
    requirements: Annotated[tuple[str, ...], Field(min_length=1)]
    """What follows the prefix, as `PAGE-001`."""

    def made_of(self, known: Requirement, name: str, breaks: Mapping[str, tuple[str, ...]]) -> Requirement:
        """Return the requirement that an origin's becomes; the consumers that stand on it say so of its own id."""
        sources = tuple(
            source.model_copy(
                update={
                    "document": self.document.get(source.document, source.document),
                    "clause": self._worded(source.clause),
                    "evidence": (source.document in self.document and self.evidence) or source.evidence,
                }
            )
            for source in known.source
        )
        texts = {key: self._spoken(getattr(known, key)) for key in ("title", "passes", "fix")}
        id_ = f"{self.prefix}-{name}"
        binding = {source.evidence for source in sources} & _BINDING
        level = known.level if binding or known.level is not Level.MUST else Level.SHOULD
        update = {"id": id_, "level": level, "source": sources, "profiles": self.profiles, **texts}
        update["breaks"] = breaks.get(id_, ())
        return known.model_copy(update=update)

    def _spoken(self, text: Text) -> Text:
        return Text(**{language: self._worded(words) for language, words in text if words is not None})

    def _worded(self, text: str) -> str:
        for old, new in self.words.items():
            text = text.replace(old, new)
        return text


@dataclass(frozen=True)
class Catalogue:
    """All requirements, by id, in the order of their files, and the named consumers that stand on them."""

    requirements: dict[str, Requirement]
    consumers: tuple[NamedConsumer, ...] = ()

    def __iter__(self) -> Iterator[Requirement]:
        return iter(self.requirements.values())

    def __getitem__(self, requirement_id: str) -> Requirement:
        return self.requirements[requirement_id]

    @property
    def profiles(self) -> tuple[str, ...]:
        """Ids of all profiles that some requirement names, sorted."""
        return tuple(sorted({profile for one in self for profile in (*one.profiles, *one.breaks)}))

    def role_of(self, profile: str) -> Role:
        """Return what a profile is about: consumers or files where all its requirements are about them."""
        roles = {requirement.role for requirement in self if requirement.is_of(profile)}
        return roles.pop() if len(roles) == 1 else "provider"

    def of_profile(self, profile: str) -> tuple[Requirement, ...]:
        """Return the active requirements of a profile."""
        return tuple(r for r in self if r.is_of(profile) and r.status == "active")

    @cached_property
    def sha256(self) -> str:
        """Hash over every requirement's contents: two catalogues with the same hash demand the same."""
        digest = hashlib.sha256()
        for requirement in sorted(self, key=lambda r: r.id):
            digest.update(requirement.model_dump_json().encode())
        for consumer in self.consumers:
            digest.update(consumer.model_dump_json().encode())
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
    consumers = read_consumers(folder)
    breaks: dict[str, tuple[str, ...]] = {}
    for consumer in consumers:
        for name in consumer.breaks_by:
            breaks[name] = (*breaks.get(name, ()), consumer.id)
    found: dict[str, Requirement] = {}
    adoptions: list[tuple[str, Adoption]] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{path.name}: {error}") from None
        for position, entry in enumerate(content.get("requirement", []), start=1):
            place = f"{path.name}, requirement {position}"
            _added(found, _read(Requirement, _with_consumers(entry, breaks, path.name), place), path.name)
        for position, entry in enumerate(content.get("adopted", []), start=1):
            adoptions.append((path.name, _read(Adoption, entry, f"{path.name}, adopted {position}")))
    for name, adoption in adoptions:
        _adopt(found, adoption, breaks, name)
    if not found:
        raise ConfigurationError(f"no requirements in {folder}")
    for name, wanting in breaks.items():
        if name not in found:
            raise ConfigurationError(f"{FOLDER}: {wanting[0]} needs {name}, which is not in the catalogue")
    return Catalogue(found, consumers)


def _with_consumers(entry: object, breaks: Mapping[str, tuple[str, ...]], file: str) -> object:
    """Return an entry with the consumers that stand on it; what nobody else demands is of their profiles alone."""
    if not isinstance(entry, dict):
        return entry
    if "breaks" in entry:
        raise ConfigurationError(f"{file} {entry.get('id', '')}: breaks: say it in {FOLDER}/, with the consumer")
    consumers = breaks.get(str(entry.get("id")), ())
    return {"profiles": consumers, **entry, "breaks": consumers}


def _adopt(found: dict[str, Requirement], adoption: Adoption, breaks: Mapping[str, tuple[str, ...]], file: str) -> None:
    for number in adoption.requirements:
        known = found.get(f"{adoption.origin}-{number}")
        if known is None:
            raise ConfigurationError(
                f"{file}: {adoption.origin}-{number} is not in the catalogue, so none can adopt it"
            )
        _added(found, adoption.made_of(known, number, breaks), file)


def _added(found: dict[str, Requirement], requirement: Requirement, file: str) -> None:
    if requirement.id in found:
        raise ConfigurationError(f"{file}: {requirement.id} stands twice in the catalogue")
    found[requirement.id] = requirement


def _read(model: type[E], entry: object, place: str) -> E:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        named = entry.get("id", "") if isinstance(entry, dict) else ""
        raise ConfigurationError(f"{place} {named}: {where}: {first['msg']}") from None


def layer_of(profile: str) -> Layer:
    """Return whose demands a profile holds."""
    if profile.startswith("consumer-"):
        return "consumers"
    return "digione" if profile.startswith("digione-") else "standard"


def is_requirement_id(text: str) -> bool:
    """Whether `text` has the shape of a requirement id."""
    return re.fullmatch(_ID, text) is not None
