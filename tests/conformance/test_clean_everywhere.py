"""The reference server without a fault meets every requirement, whoever lives in it and however many tenants it has."""

from __future__ import annotations

from typing import Any

import pytest
from digione_conformance.probing.family import EVERYWHERE
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.conformance.judged import Judged, judged

ISOLATION = frozenset(
    family.requirement(f"OR-*-{rule}")
    for family in EVERYWHERE
    for rule in ("ISO-001", "ISO-002", "ISO-003", "ISO-004", "ISO-005")
)


def _is_clean(**population: Any) -> Judged:
    found = judged(**population)
    assert found.that_are("failed") == found.that_are("warning") == found.that_are("cantTell") == frozenset()
    return found


def _is_decided(found: Judged, *, tenants: int) -> None:
    # One tenant cannot be kept apart from another: that is not known, and no fault of the target.
    assert found.that_are("untested") <= (ISOLATION if tenants == 1 else frozenset())


# Each example is a whole run, and nothing is won by shrinking one: the seed is the finding.
@settings(max_examples=2, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=[*HealthCheck])
@example(seed=7, tenants=1)
@given(seed=st.integers(0, 2**32 - 1), tenants=st.integers(1, 3))
def test_a_school_is_clean_with_any_seed_and_number_of_tenants(seed: int, tenants: int) -> None:
    _is_decided(_is_clean(seed=seed, tenants=tenants), tenants=tenants)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 130))
def test_many_seeds_are_clean(seed: int) -> None:
    tenants = 1 + seed % 3
    _is_decided(_is_clean(seed=seed, tenants=tenants), tenants=tenants)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("size", ["municipality", "city"])
@pytest.mark.parametrize("seed", [1, 11])
def test_every_size_is_clean(size: str, seed: int) -> None:
    _is_clean(size=size, seed=seed)  # lists that are too long to be read whole leave some requirements untested
