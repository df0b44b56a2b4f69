"""Named consumers: products that read rosters, what each of them does, and the requirements that it stands on.

A consumer is a profile of providers whose demands are listed here, and not with the requirements: the standard demands
some of them, others nobody demands but this consumer. Its verdict looks at no level.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from digione_conformance.catalogue.text import Entry, Text
from digione_sdk.errors import ConfigurationError
from digione_sdk.specs import specs_root

FOLDER: Final = "named-consumers"
"""Below the folder of the requirements."""


class Need(Entry):
    """One thing that a consumer does, and the requirements that must hold for it.

    Attributes:
        why: What the consumer does, and what becomes of it where they do not hold.
        requirements: What must be known to hold.
        harmed_by: What breaks the consumer where it is known not to hold, and need not be known otherwise: it can be
            seen in a test environment alone, or goes further than the consumer is known to look.
    """

    why: Text
    requirements: tuple[str, ...] = ()
    harmed_by: tuple[str, ...] = ()


class NamedConsumer(Entry):
    """A product that reads rosters.

    Attributes:
        id: Its profile.
        name: What people call it.
        speaks: The version of OneRoster that it calls.
        known_from: Where what it does is known from.
    """

    id: Annotated[str, Field(pattern="^consumer-[a-z]+$")]
    name: Text
    speaks: Literal["1.1", "1.2", "any"]
    known_from: str
    need: Annotated[tuple[Need, ...], Field(min_length=1)]

    @property
    def demands(self) -> tuple[str, ...]:
        """Ids of the requirements that must be known to hold, each once."""
        return tuple(dict.fromkeys(name for need in self.need for name in need.requirements))

    @property
    def breaks_by(self) -> tuple[str, ...]:
        """Ids of all requirements of which a failure breaks it, each once."""
        return tuple(dict.fromkeys(name for need in self.need for name in (*need.requirements, *need.harmed_by)))

    def why(self, requirement_id: str) -> tuple[Text, ...]:
        """Return what the consumer does that stands on a requirement."""
        return tuple(need.why for need in self.need if requirement_id in (*need.requirements, *need.harmed_by))


def read_consumers(folder: Path) -> tuple[NamedConsumer, ...]:
    """Read the named consumers of a folder of requirements: products by id, then what is no product; none without any.

    Raises:
        ConfigurationError: A file is no TOML or malformed; the message names it.
    """
    found = [_read(path) for path in (folder / FOLDER).glob("*.toml")]
    return tuple(sorted(found, key=lambda consumer: (consumer.speaks == "any", consumer.id)))


@cache
def shipped_consumers() -> dict[str, NamedConsumer]:
    """Return the named consumers that ship with the SDK, by id."""
    return {consumer.id: consumer for consumer in read_consumers(specs_root() / "requirements")}


def _read(path: Path) -> NamedConsumer:
    try:
        return NamedConsumer.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path.name}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path.name}: {where}: {first['msg']}") from None
