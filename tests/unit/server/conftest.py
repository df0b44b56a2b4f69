"""A running small server for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.server.small import Door, open_door


@pytest.fixture
def opening() -> Iterator[Any]:
    """Opens servers and closes them after the test."""
    opened: list[Door] = []

    def opener(**options: Any) -> Door:
        opened.append(open_door(**options))
        return opened[-1]

    yield opener
    for door in opened:
        door.close()


@pytest.fixture
def anyone(opening: Any) -> Door:
    """A server, asked without a token."""
    return opening()


@pytest.fixture
def client(anyone: Door) -> Door:
    """The default client of tenant a."""
    return anyone.as_client()
