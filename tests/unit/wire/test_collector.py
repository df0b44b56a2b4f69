"""The guards change the collector for as long as one is held, and restore only what they changed."""

from __future__ import annotations

import gc
import threading

import pytest

from digione_sdk.wire.collector import PAUSED, RELAXED, YOUNG_OBJECTS, grow_old


@pytest.fixture(autouse=True)
def _restore():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.enable()


def test_a_pause_may_be_nested_and_ends_with_the_last():
    with PAUSED:
        with PAUSED:
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_pause_ends_with_an_error_too():
    with pytest.raises(KeyError), PAUSED:
        raise KeyError
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    with PAUSED:
        pass
    assert not gc.isenabled()


def test_a_pause_is_shared_between_threads():
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with PAUSED:
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(10)
    with PAUSED:
        pass
    assert not gc.isenabled()
    leave.set()
    thread.join()
    assert gc.isenabled()


def test_relaxing_raises_the_first_threshold_and_puts_it_back():
    gc.set_threshold(700, 10, 10)
    with RELAXED:
        assert gc.get_threshold() == (YOUNG_OBJECTS, 10, 10)
        assert gc.isenabled()
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("young", [0, YOUNG_OBJECTS * 2])
def test_relaxing_lowers_nothing_and_switches_nothing_on(young):
    gc.set_threshold(young, 10, 10)
    with RELAXED:
        assert gc.get_threshold()[0] == young


def test_a_threshold_that_the_program_sets_meanwhile_is_kept():
    with RELAXED:
        gc.set_threshold(1234, 5, 5)
    assert gc.get_threshold() == (1234, 5, 5)


def test_what_grows_old_is_no_longer_young_and_still_collected():
    circle = [[]]
    circle[0].append(circle)
    grow_old()
    assert not any(one is circle for one in gc.get_objects(generation=0))
    assert any(one is circle for one in gc.get_objects(generation=2))
    assert gc.get_freeze_count() == 0


def test_what_the_program_froze_stays_frozen():
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        grow_old()
        assert gc.get_freeze_count() == frozen
    finally:
        gc.unfreeze()
