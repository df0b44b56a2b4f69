"""What holds for every test: how hard hypothesis looks, that long tests wait to be asked for, whose port is whose."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import pytest
from hypothesis import settings

# A profile gives what a test leaves open; a number in the test's own @settings stands.
settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("soak", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))

FIRST_PORT, LAST_PORT = 20_000, 31_999  # below the ports that Linux hands out itself


def pytest_configure(config: pytest.Config) -> None:
    """Leave tests marked `soak` out, unless -m speaks of them."""
    chosen = config.option.markexpr
    if "soak" not in chosen:
        config.option.markexpr = f"({chosen}) and not soak" if chosen else "not soak"


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Finds ports for programs that cannot be told to take any.

    Each process looks from a place of its own, so that workers that test side by side do not find the same one. Our own
    servers need none of this: they bind port 0.
    """
    span = LAST_PORT - FIRST_PORT + 1
    tried = iter(range(span))

    def find() -> int:
        for step in tried:
            port = FIRST_PORT + (os.getpid() * 31 + step) % span
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                return port
        pytest.fail("no port is free")

    return find
