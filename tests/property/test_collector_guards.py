"""However guards are nested and left, the collector ends as it began."""

from __future__ import annotations

import gc
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digione_sdk.wire.collector import PAUSED, RELAXED


@pytest.fixture(autouse=True, scope="module")
def _restore():
    before = gc.get_threshold()
    yield
    gc.enable()
    gc.set_threshold(*before)


@given(st.lists(st.sampled_from([PAUSED, RELAXED]), max_size=8), st.booleans(), st.integers(1, 10**6))
def test_guards_restore_what_they_changed(guards, on, young):
    gc.set_threshold(young, 10, 10)
    (gc.enable if on else gc.disable)()
    with ExitStack() as stack:
        for guard in guards:
            stack.enter_context(guard)
        assert gc.isenabled() is (on and PAUSED not in guards)
    assert gc.isenabled() is on
    assert gc.get_threshold() == (young, 10, 10)
