"""The suite before a provider on Node: another stack, another author's reading, data that nobody of ours made up."""

from __future__ import annotations

from typing import Final

import pytest

from tests.strangers.node.running import NODE, outcomes

pytestmark = pytest.mark.skipif(NODE is None, reason="no node on PATH")

WARNED: Final = frozenset(
    {
        # A developer's habit: the message of a refusal quotes what was asked for.
        *(f"OR-{family}-HYG-002" for family in ("ROS", "GRB", "GRB-ASM", "RES")),
        # What is deleted is gone, and nobody looks at what linked to it.
        "OR-GRB-DEL-006", "OR-GRB-ASM-DEL-006",
        # A link is what the schema says: an id alone is refused, though consumers send it.
        "OR-GRB-PUT-019", "OR-GRB-ASM-PUT-019",
        # Node reads bytes that are no UTF-8 with substitutes.
        "OR-GRB-PUT-022", "OR-GRB-ASM-PUT-022",
    }
)  # fmt: skip
"""The requirements that the provider earns a warning for, each with what it does."""

SLIPS: Final = {
    # The first three are how the provider was written at first.
    "null-crashes": "OR-GRB-PUT-020",
    "kinds-unchecked": "OR-GRB-PUT-021",
    "class-of-result": "OR-GRB-HOLD-001",
    "scopes-of-client": "OR-ROS-SCOPE-002",
    "teachers-are-students": "OR-ROS-NEST-001",
    "at-least-is-more": "OR-ROS-FILT-003",
    "total-of-page": "OR-ROS-PAGE-004",
    "booleans": "OR-ROS-SCHEMA-001",
    "tenant-of-single": "OR-ROS-ISO-002",
    "put-merges": "OR-GRB-PUT-004",
    "pairs-reversed": "OR-GRB-POST-002",
}
"""Mistakes of the provider, each with a requirement that notices it."""


def test_a_provider_on_another_stack_fails_no_must_and_is_warned_for_its_habits() -> None:
    found = outcomes()
    assert sum(outcome == "passed" for outcome in found.values()) > 400
    assert {id_: o for id_, o in found.items() if o in {"failed", "cantTell"}} == {}
    assert {id_ for id_, o in found.items() if o == "warning"} == WARNED


@pytest.mark.soak
@pytest.mark.parametrize("habit", ["cap-50", "tags"])
def test_a_habit_of_the_provider_fails_no_must(habit: str) -> None:
    found = outcomes(habits=[habit])
    assert {id_: o for id_, o in found.items() if o in {"failed", "cantTell"}} == {}


@pytest.mark.parametrize(("slip", "requirement"), SLIPS.items(), ids=SLIPS)
def test_a_slip_of_the_provider_is_noticed(slip: str, requirement: str) -> None:
    assert outcomes(slips=[slip], only=[requirement])[requirement] in {"failed", "warning"}
