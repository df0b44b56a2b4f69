"""Records are values: they cannot change, they compare by content, and they keep what they know to themselves."""

from __future__ import annotations

import copy
import inspect
import pickle
import tracemalloc
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.errors import UsageError
from digione_sdk.model.classification import Flag
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import BaseStatus, Metadata, Org, OrgGUIDRef, OrgType, RoleName, User, UserGUIDRef
from digione_sdk.model.status import StatusInfo
from digione_sdk.openapi.schema import reachable

MODELS = reachable([*(body for endpoint in ENDPOINTS for body in endpoint.bodies), StatusInfo])
VALUES = {
    "sourced_id": "o1",
    "status": BaseStatus.ACTIVE,
    "date_last_modified": datetime(2026, 8, 1, tzinfo=UTC),
    "name": "Koulu",
    "type": OrgType.SCHOOL,
    "identifier": "CANARY",
}


@pytest.fixture
def user(wire_user):
    extras = {"colour": "CANARY", "metadata": {"own": "CANARY"}, "email": "canary@example.org"}
    wire_user["roles"][0]["role"] = "ext:helper"
    return User.model_validate(wire_user | extras)


def test_a_field_cannot_be_set(user):
    with pytest.raises(ValidationError) as refused:
        user.given_name = "x"
    assert "CANARY" not in str(refused.value)


def test_a_field_cannot_be_deleted(user):
    with pytest.raises(ValidationError):
        del user.given_name


def test_equal_content_is_equal_and_hashes_alike(user, wire_user):
    first, second = User.model_validate(wire_user), User.model_validate(wire_user)
    other = first.model_copy(update={"given_name": "x"})
    assert first == second
    assert first != other
    assert len({first, second, other}) == 2
    assert first != user  # which holds an unknown key more


def test_absent_and_empty_are_the_same_value():
    assert Org(**VALUES) == Org(**VALUES, children=(), parent=None)


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r:.500}".format])
def test_a_shown_record_holds_nothing_about_a_person(user, show):
    assert show(user) == "User(status='active')"
    assert "CANARY" not in show(user.roles)
    assert "CANARY" not in show(UserGUIDRef.to("CANARY", href="https://roster.example.org/users/CANARY"))


def test_a_shown_organisation_can_be_told_apart():
    assert repr(Org(**VALUES)) == "Org(sourced_id='o1', type='school', status='active')"


def test_copies_and_pickles_are_equal(user):
    assert copy.copy(user) == user
    assert copy.deepcopy(user) == user
    again = pickle.loads(pickle.dumps(user))  # noqa: S301 - our own bytes
    assert again == user
    assert again.unknown == {"colour": "CANARY"}
    assert again.roles[0].role.is_extension


def test_a_changed_copy_leaves_the_original(user):
    assert user.model_copy(update={"given_name": "Uusi"}).given_name == "Uusi"
    assert user.given_name == "CANARY-GIVEN"


def test_a_keyword_that_is_no_field_is_refused_by_name():
    with pytest.raises(UsageError, match=r"^colour: no such field of Org$"):
        Org(**VALUES, colour="CANARY")


def test_a_value_that_does_not_fit_is_refused_at_the_call_without_echo():
    with pytest.raises(UsageError, match=r"^Org: type: not a value of OrgType$") as refused:
        Org(**VALUES | {"type": "CANARY"})
    assert refused.value.__context__ is None


def test_a_naive_instant_is_refused_in_python_too():
    with pytest.raises(UsageError, match="date_last_modified: not an instant with a zone"):
        Org(**VALUES | {"date_last_modified": datetime(2026, 8, 1)})  # noqa: DTZ001 - the point of the test


def test_wire_names_build_a_record_too():
    assert Org(**{"sourcedId" if name == "sourced_id" else name: value for name, value in VALUES.items()}).unknown == {}


def test_a_link_bears_its_own_token():
    assert OrgGUIDRef.to("o1", href="urn:o1").to_wire() == {"href": "urn:o1", "sourcedId": "o1", "type": "org"}
    with pytest.raises(UsageError, match="OrgGUIDRef"):
        OrgGUIDRef.to(5, href="urn:o1")


def test_metadata_takes_names_that_python_cannot_spell():
    assert Metadata.of({"fi.digione.x": True})["fi.digione.x"] is True


def test_validation_does_not_run_through_python_constructors():
    # Were pydantic to stop honouring its own mark, every nested record of a page would be built by __init__.
    assert not [model.__name__ for model in MODELS if model.__pydantic_custom_init__]


def test_every_field_of_every_model_says_what_it_means_and_how_private_it_is():
    assert len(MODELS) == 66
    fields = [(model, field) for model in MODELS for field in fields_of(model).values()]
    assert len(fields) == 286
    assert [f"{model.__name__}.{field.name}" for model, field in fields if field.about is None] == []
    assert [f"{model.__name__}.{field.name}" for model, field in fields if not field.about.meaning.endswith(".")] == []


@pytest.mark.parametrize(
    ("model", "field", "flags"),
    [
        ("User", "given_name", {Flag.PERSONAL}),
        ("User", "sourced_id", {Flag.PERSONAL}),
        ("User", "pronouns", {Flag.PERSONAL, Flag.ART9_INFERABLE}),
        ("User", "email", {Flag.PERSONAL, Flag.CONTACT, Flag.LOCATING}),
        ("User", "agents", {Flag.PERSONAL, Flag.MINOR_RELATED}),
        ("User", "roles", {Flag.PERSONAL, Flag.LOCATING}),
        ("User", "password", {Flag.CREDENTIAL}),
        ("Demographics", "asian", {Flag.PERSONAL, Flag.ART9}),
        ("Demographics", "city_of_birth", {Flag.PERSONAL, Flag.ART9_INFERABLE, Flag.LOCATING}),
        ("Enrollment", "role", {Flag.PERSONAL, Flag.ART9_INFERABLE, Flag.LOCATING}),
        ("Class", "location", {Flag.ART9_INFERABLE, Flag.LOCATING}),
        ("Org", "sourced_id", set()),
        ("AcademicSession", "sourced_id", set()),
        ("Course", "title", set()),
    ],
)
def test_flags_follow_the_classification(model, field, flags):
    (found,) = (it for it in MODELS if it.__name__ == model)
    assert fields_of(found)[field].flags == flags


def test_docstrings_list_the_fields_with_wire_name_and_multiplicity():
    text = inspect.getdoc(User)
    assert text is not None
    assert "    given_name (givenName, 1): First name. [personal]" in text
    assert "    roles (roles, 1..*): " in text
    assert [model.__name__ for model in MODELS if fields_of(model) and "Fields, as" not in (model.__doc__ or "")] == []


def test_the_signature_shows_python_names():
    parameters = inspect.signature(User).parameters
    assert list(parameters) == list(User.model_fields)
    assert parameters["given_name"].default is inspect.Parameter.empty
    assert parameters["email"].default is None


def test_hostile_extension_tokens_leave_nothing_behind(wire_user):
    members = len(RoleName)
    tracemalloc.start()
    try:
        for number in range(2_000):
            RoleName(f"ext:{number:0200}")
        before, _ = tracemalloc.get_traced_memory()
        for number in range(2_000, 6_000):
            RoleName(f"ext:{number:0200}")
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 100_000  # 4 000 kept tokens would be a megabyte
    assert len(RoleName) == members
    assert "ext:1" not in RoleName._value2member_map_


def test_an_extension_token_is_an_equal_hashable_value():
    first, second = RoleName("ext:x"), RoleName("ext:x")
    assert first == second == "ext:x"
    assert len({first, second, "ext:x"}) == 1
    assert copy.deepcopy(first) == first
    assert not RoleName.STUDENT.is_extension
    assert RoleName.extensible()
    assert not BaseStatus.extensible()
