"""Scenarios as values, read from `specs/consumer/scenarios.toml`, which the conformance suite reads too."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from digione_mock_server.dialects import Dialects
from digione_mock_server.faults import Faults
from digione_mock_server.switches import Switches
from digione_sdk.errors import UsageError
from digione_sdk.specs import specs_root


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Told(_Part):
    """A text in the three languages of the guide page."""

    en: str
    fi: str
    sv: str


class Twist(_Part):
    """What goes wrong during a step.

    Attributes:
        kind: What happens.
        when: To which request: the first later page of any list (offset above 0), every list once, every read of one
            collection, or the first address with an id in it.
        seconds: For how long.
    """

    kind: Literal["busy", "fail", "slow", "expire", "missing", "empty", "no-envelope", "short"]
    when: Literal["later-page", "any-page", "courses", "below-an-object"]
    seconds: Annotated[int, Field(ge=0)] = 0


class Change(_Part):
    """What happens to the data before a step."""

    kind: Literal["delete", "rename", "purge"]
    count: Annotated[int, Field(ge=1)] = 1
    percent: Annotated[int, Field(ge=1, le=99)] = 90


class Step(_Part):
    """One thing that the client is asked to do."""

    do: Told
    twist: Twist | None = None
    change: Change | None = None


class Scenario(_Part):
    """One address and what happens there.

    Attributes:
        id: First segment of its address.
        title: What it is about.
        dialects: Legal variants that are on.
        faults: Defects that are on.
        step: What the client does, in turn.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    title: Told
    dialects: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    step: Annotated[tuple[Step, ...], Field(min_length=1)]

    @property
    def switches(self) -> Switches:
        """The dialects and faults as the server takes them."""
        return Switches(Faults.of(self.faults), Dialects.of(self.dialects))

    @model_validator(mode="after")
    def _known_switches(self) -> Self:
        _ = self.switches
        return self


class _File(_Part):
    scenario: tuple[Scenario, ...]


@cache
def scenarios() -> dict[str, Scenario]:
    """Return all scenarios by id, in the order in which a client goes through them."""
    text = (specs_root() / "consumer" / "scenarios.toml").read_text(encoding="utf-8")
    return {scenario.id: scenario for scenario in _File.model_validate(tomllib.loads(text)).scenario}


def chosen(names: tuple[str, ...]) -> dict[str, Scenario]:
    """Return the scenarios of these names, all of them where none is named.

    Raises:
        UsageError: A name is unknown.
    """
    known = scenarios()
    for name in names:
        if name not in known:
            raise UsageError(f"{name} is unknown; there are {', '.join(known)}", argument="--scenario")
    return {name: known[name] for name in known if name in names} if names else known
