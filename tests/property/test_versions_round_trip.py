"""1.1 to 1.2 and back is identity; 1.2 to 1.1 loses nothing in silence, and what was put by comes back."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digione_sdk.model.oneroster import Base, LineItem, Result, RoleName, User
from digione_sdk.model.oneroster.v1p1 import MODELS, UserRole
from digione_sdk.testing.strategies import records
from digione_sdk.wire.versions import Action, Change, ConversionPolicy, ConversionReport, downgraded, upgraded
from digione_sdk.wire.versions.policy import ADMINISTRATORS
from digione_sdk.wire.versions.report import Kind
from digione_sdk.wire.versions.shapes import shape_of, told_alike

ADMINISTRATOR = st.sampled_from(sorted(ADMINISTRATORS))
ALL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


class Account(ConversionReport):
    """A report that can be handed over as `note`."""

    def note(self, kind, sourced_id):
        self.add([Change(kind, sourced_id)])

    def fields(self, *actions):
        return {kind.field for kind in self.counts if kind.action in actions}


SCHOOL = {"href": "https://h.example/o1", "sourcedId": "o1", "type": "org"}


def a_policy(**choices):
    """A policy that knows every school, and takes every session for a grading period."""
    return ConversionPolicy(school_of_class=lambda _: SCHOOL, any_session=True, **choices)


def in_v1p2(model):
    """1.2 objects that 1.1 can tell: a result has a score, a line item a session."""

    def complete(wire):
        if model is Result:
            return {"score": 8} | wire
        if model is LineItem and not wire.keys() & {"gradingPeriod", "academicSession"}:
            return wire | {"academicSession": wire["class"] | {"type": "academicSession"}}
        return wire

    return records(model).map(lambda record: complete(record.to_wire()))


def in_v1p1(model):
    """1.1 objects; an organisation is named once, as a provider would."""

    def distinct(wire):
        if "orgs" in wire:
            wire["orgs"] = list({org["sourcedId"]: org for org in wire["orgs"]}.values())
        return wire

    return records(MODELS[model]).map(lambda record: distinct(record.to_wire()))


IN_GENERAL = {"gradingPeriod": "academicSession", "term": "academicSession", "student": "user", "teacher": "user"}
"""What 1.1 may call the type of a link -> what it calls it as well, and 1.2 alone."""


def in_general(told):
    """The same with the general word for what a link leads to: the special one says nothing more."""
    if isinstance(told, list):
        return [in_general(one) for one in told]
    if not isinstance(told, dict):
        return told
    plain = {name: in_general(value) for name, value in told.items()}
    is_link = plain.keys() == {"href", "sourcedId", "type"}
    return plain | {"type": IN_GENERAL.get(plain["type"], plain["type"])} if is_link else plain


@ALL
@given(choices=st.data(), administrator=ADMINISTRATOR)
@settings(max_examples=12, deadline=None)
def test_1_1_to_1_2_and_back_is_identity(model, choices, administrator):
    record = choices.draw(in_v1p1(model))
    policy = a_policy(administrator=administrator)
    before = copy.deepcopy(record)
    account = Account()
    told = upgraded(model, record, policy=policy, note=account.note)
    assert record == before
    assert downgraded(model, told, policy=policy) == in_general(record)
    assert account.is_lossless


@ALL
@given(choices=st.data())
@settings(max_examples=12, deadline=None)
def test_a_1_1_object_becomes_a_1_2_record(model, choices):
    told = upgraded(model, choices.draw(in_v1p1(model)), policy=a_policy())
    record = model.model_validate(told)
    assert isinstance(record, Base)
    assert record.unknown == {}


@ALL
@given(choices=st.data())
@settings(max_examples=12, deadline=None)
def test_a_1_2_record_becomes_a_1_1_object(model, choices):
    wire = choices.draw(in_v1p2(model))
    before = copy.deepcopy(wire)
    told = downgraded(model, wire, policy=a_policy())
    assert MODELS[model].model_validate(told).unknown == {}
    assert wire == before
    assert told["sourcedId"] == wire["sourcedId"]
    assert told["dateLastModified"] == wire["dateLastModified"]


@ALL
@given(choices=st.data(), administrator=ADMINISTRATOR)
@settings(max_examples=20, deadline=None)
def test_1_2_to_1_1_and_back_loses_nothing_that_is_not_noted(model, choices, administrator):
    wire = choices.draw(in_v1p2(model))
    policy = a_policy(administrator=administrator)
    account = Account()
    told = downgraded(model, wire, policy=policy, note=account.note)
    again = upgraded(model, told, policy=policy, note=account.note)
    lost = {name for name in wire if wire[name] != again.get(name)}
    assert lost <= account.fields(Action.DROPPED, Action.DEFAULTED)
    assert again.keys() - wire.keys() <= account.fields(Action.DEFAULTED, Action.DERIVED)


@ALL
@given(choices=st.data(), administrator=ADMINISTRATOR)
@settings(max_examples=20, deadline=None)
def test_what_was_put_by_comes_back(model, choices, administrator):
    wire = choices.draw(in_v1p2(model))
    policy = a_policy(administrator=administrator, park=True)
    account = Account()
    told = downgraded(model, wire, policy=policy, note=account.note)
    assert MODELS[model].model_validate(told).unknown == {}
    assert not account.fields(Action.DROPPED)
    assert upgraded(model, told, policy=policy) == wire


@given(records(User))
@settings(max_examples=20, deadline=None)
def test_a_role_that_changed_in_1_1_wins_over_what_was_put_by(user):
    policy = ConversionPolicy(park=True)
    told = downgraded(User, user.to_wire(), policy=policy)
    told["role"] = next(role.value for role in (UserRole.STUDENT, UserRole.PARENT) if role != told["role"])
    again = User.model_validate(upgraded(User, told, policy=policy))
    assert {role.role for role in again.roles} == {RoleName(told["role"])}
    assert again.preferred_first_name == user.preferred_first_name
    assert again.pronouns == user.pronouns


@ALL
@given(choices=st.data())
@settings(max_examples=8, deadline=None)
def test_a_1_2_object_on_a_1_1_path_stays_as_it_is(model, choices):
    wire = choices.draw(records(model)).to_wire()
    account = Account()
    assert upgraded(model, wire, note=account.note) == wire
    said = {Kind("User", "roles", Action.KEPT, "told as in 1.2 already"): 1}
    assert account.counts == (said if model is User else {})


@ALL
@given(choices=st.data())
@settings(max_examples=8, deadline=None)
def test_links_are_rewritten_both_ways(model, choices):
    record = choices.draw(in_v1p1(model))
    forth = ConversionPolicy(rebase=lambda href: "new:" + href)
    back = ConversionPolicy(rebase=lambda href: href.removeprefix("new:"))
    told = upgraded(model, record, policy=forth)
    assert "'href': 'https:" not in str({name: value for name, value in told.items() if name != "metadata"})
    assert downgraded(model, told, policy=back) == in_general(record)


@ALL
@given(st.data())
def test_what_is_told_alike_comes_out_as_it_went_in(model, data):
    record = data.draw(in_v1p2(model))
    if told_alike(model, record):
        assert downgraded(model, record) == {k: v for k, v in record.items() if k not in shape_of(model).added}
