"""Asynchronous tests of this folder run on asyncio."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"
