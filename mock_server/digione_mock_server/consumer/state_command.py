"""The vendor's own command that tells, in numbers and hashes, what its product holds: what traffic cannot show.

It is run after each step, with DIGIONE_SCENARIO and DIGIONE_STEP in its environment, and prints one JSON object:

    {"users": {"count": 741, "ids": "<hash>", "content": "<hash>"}, "classes": {...}, ...,
     "roles": ["student", "ext:mentor"], "metadata": 12}

`count` is how many active records the product holds; `ids` and `content` are any text that is equal for equal ids and
equal contents, as a hash. `roles` are the role names that it holds, `metadata` how many records have metadata.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Callable
from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json

SECONDS: Final = 120
"""How long the command may take."""

StateOf: TypeAlias = Callable[[str, int], Json]
"""Tells the state of the client after a step, given scenario and number of the step."""

Digest = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/=_:-]{1,128}$")]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]


class Holding(BaseModel):
    """What a product holds of one collection."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    count: Annotated[int, Field(ge=0)]
    ids: Digest | None = None
    content: Digest | None = None


class State(BaseModel):
    """What a product holds; unknown members are refused, so that no record of anybody gets in by mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    orgs: Holding | None = None
    academicSessions: Holding | None = None  # noqa: N815 - names of collections on the wire
    courses: Holding | None = None
    classes: Holding | None = None
    users: Holding | None = None
    enrollments: Holding | None = None
    demographics: Holding | None = None
    roles: tuple[Token, ...] | None = None
    metadata: Annotated[int, Field(ge=0)] | None = None


class NoState(Exception):
    """The command did not tell; the message says why and repeats nothing of what it printed."""


def checked(found: Json) -> Json:
    """Return a state that holds numbers, hashes and vocabulary alone.

    Raises:
        NoState: It has another member or another form; names the place.
    """
    try:
        return State.model_validate(found).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"])
        raise NoState(f"the state is not in its form at {place or 'the top'}") from None


def command(line: str) -> StateOf:
    """Return what runs a command line, without a shell.

    Raises:
        UsageError: It cannot be read as a command line.
    """
    try:
        words = shlex.split(line)
    except ValueError:
        words = []
    if not words:
        raise UsageError("is no command line", argument="--state-command")

    def run(scenario: str, step: int) -> Json:
        """Run the command after a step, and return what it printed."""
        environment = {**os.environ, "DIGIONE_SCENARIO": scenario, "DIGIONE_STEP": str(step)}
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own command, without a shell
                words, env=environment, capture_output=True, timeout=SECONDS, check=False
            )
        except OSError:
            raise NoState("the command cannot be started") from None
        except subprocess.TimeoutExpired:
            raise NoState(f"the command took longer than {SECONDS} s") from None
        if done.returncode != 0:
            raise NoState(f"the command ended with status {done.returncode}")
        try:
            return json.loads(done.stdout)
        except (ValueError, RecursionError):
            raise NoState("the command printed no JSON") from None

    return run
