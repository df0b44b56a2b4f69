"""The national scale of the seed is the one that the SDK's grading rules know."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from digione_mock_server.seed.scales import NATIONAL

from digione_sdk.model.oneroster import BaseStatus, ClassGUIDRef, ScoreScale, ScoreScaleValue
from digione_sdk.rules.grading import GradingScale, grading_scale


@pytest.mark.parametrize("language", [0, 1], ids=["fi", "sv"])
def test_the_national_scale_of_the_seed_is_recognised(language):
    served = ScoreScale(
        sourced_id="s1",
        status=BaseStatus.ACTIVE,
        date_last_modified=datetime(2026, 8, 1, tzinfo=UTC),
        title=NATIONAL.title[language],
        type=NATIONAL.code,
        class_=ClassGUIDRef.to("c1", href="https://h.example/classes/c1"),
        score_scale_value=tuple(
            ScoreScaleValue(item_value_lhs=value, item_value_rhs=names[language]) for value, *names in NATIONAL.steps
        ),
    )
    assert grading_scale(served) is GradingScale.NATIONAL
