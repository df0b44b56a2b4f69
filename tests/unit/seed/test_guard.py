"""The seed's last gate: no identity code that could be somebody's."""

import pytest
from digione_mock_server.seed.guard import RealIdentityCodeFound, guarded, has_real_identity_code

from digione_sdk.model.identifiers import IdentityCode, identity_code_check_character
from digione_sdk.model.oneroster import User

# Made at run time: no source file of the project holds an identity code below 900. 001 is issued to nobody.
ISSUED_RANGE = "120314A001" + identity_code_check_character(
    IdentityCode.parse("120314A901U", allow_synthetic=True).birth_date, individual_number=1
)


@pytest.mark.parametrize("around", ["{}", "id-{}-x", "1{}2", "<b>{}</b>", '{{"a": "{}"}}'])
def test_a_code_outside_the_synthetic_range_is_found_wherever_it_stands(around):
    assert has_real_identity_code(around.format(ISSUED_RANGE))


def test_a_code_hidden_behind_an_overlapping_candidate_is_found():
    assert has_real_identity_code("999999A999" + ISSUED_RANGE)


@pytest.mark.parametrize(
    "text",
    ["", "120314A901U", ISSUED_RANGE[:-1] + "V", "320314A0011", "2026-11-23", ISSUED_RANGE.lower(), "12031490-1"],
)
def test_other_text_passes(text):
    assert not has_real_identity_code(text)


def test_nothing_of_a_batch_with_such_a_code_leaves_the_gate():
    clean, tainted = {"givenName": "Aino"}, {"metadata": {"note": f"x {ISSUED_RANGE}"}}
    passed = []
    with pytest.raises(RealIdentityCodeFound) as caught:
        passed.extend(guarded([(User, clean), (User, tainted)]))
    assert passed == []
    assert ISSUED_RANGE not in str(caught.value)


def test_clean_records_pass_unchanged_and_in_order():
    stream = [(User, {"givenName": f"{number}"}) for number in range(600)]
    assert list(guarded(stream)) == stream
