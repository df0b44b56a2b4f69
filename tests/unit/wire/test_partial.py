"""A partial record holds what was asked for and says so when asked for more."""

from __future__ import annotations

import pytest

from digione_sdk.errors import FieldNotRequestedError
from digione_sdk.model.oneroster import Org, User
from digione_sdk.model.oneroster.wrappers import SingleUser, UserSet
from digione_sdk.wire.partial import Partial, partial_envelope, partial_of

NAMES = frozenset({"given_name", "enabled_user", "roles"})


@pytest.fixture
def partial():
    body = b'{"sourcedId":"u1","givenName":"Aino","enabledUser":"true","familyName":"Testi","x":1}'
    return partial_of(User, NAMES).model_validate_json(body)


def test_requested_fields_have_the_types_of_the_model(partial):
    assert (partial.sourced_id, partial.given_name, partial.enabled_user) == ("u1", "Aino", True)


def test_a_requested_field_that_is_absent_is_none_arrays_too(partial):
    assert partial.roles is None


def test_a_field_that_was_not_requested_raises_even_where_the_server_sent_it(partial):
    with pytest.raises(FieldNotRequestedError, match=r"User\.family_name was not requested"):
        _ = partial.family_name
    assert not hasattr(partial, "familyName")
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = partial.nonsense


def test_keys_that_were_not_requested_are_dropped(partial):
    assert partial.to_wire() == {"sourcedId": "u1", "givenName": "Aino", "enabledUser": "true"}
    assert partial.unknown == {}


def test_a_partial_says_of_what_it_is_one(partial):
    assert isinstance(partial, Partial)
    assert isinstance(partial, Partial[User])
    assert not isinstance(partial, Partial[Org])
    assert "Aino" not in repr(partial)


def test_the_same_selection_is_the_same_class():
    assert partial_of(User, NAMES) is partial_of(User, frozenset(NAMES))
    assert partial_envelope(UserSet, NAMES) is partial_envelope(UserSet, NAMES)


def test_envelopes_keep_their_key():
    assert partial_envelope(UserSet, NAMES).model_validate_json(b'{"users":[]}').users == ()
    single = partial_envelope(SingleUser, NAMES).model_validate_json(b'{"user":{"sourcedId":"u1"}}')
    assert single.user.given_name is None
