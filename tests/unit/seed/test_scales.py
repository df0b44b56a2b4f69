"""The score scales of the seed are those that the SDK's grading rules know."""

from __future__ import annotations

import pytest
from digione_mock_server.seed.scales import content, scale_of

from digione_sdk.model.oneroster import ScoreScale
from digione_sdk.rules.grading import GradingScale, grading_scale


@pytest.mark.parametrize("swedish", [False, True], ids=["fi", "sv"])
@pytest.mark.parametrize(
    ("grades", "subjects", "scale"),
    [
        ((1,), ("MA",), GradingScale.VERBAL),
        ((1, 2), ("MA",), GradingScale.VERBAL),
        ((3, 4, 5, 6), ("MA",), GradingScale.NUMERALS),
        ((9,), ("HI", "YH"), GradingScale.NUMERALS),
        ((8,), ("OP",), GradingScale.MARKS),
        ((11,), ("MA",), GradingScale.NATIONAL),
    ],
)
def test_a_group_has_the_scale_of_its_grade_and_subject_and_the_rules_recognise_it(grades, subjects, scale, swedish):
    chosen = scale_of(grades, subjects)
    served = ScoreScale.model_validate({
        "sourcedId": "s1",
        "status": "active",
        "dateLastModified": "2026-08-01T00:00:00Z",
        "class": {"href": "https://h.example/classes/c1", "sourcedId": "c1", "type": "class"},
        **content(chosen, swedish=swedish),
    })  # fmt: skip
    assert chosen is scale
    assert grading_scale(served) is scale
