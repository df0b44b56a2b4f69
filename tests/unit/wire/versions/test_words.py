"""Filters, sort fields and selections are asked in 1.1 words, or refused where 1.1 has none."""

from __future__ import annotations

import pytest

from digione_sdk.errors import FilterError, Inexpressible
from digione_sdk.model.oneroster import Enrollment, RoleName, User
from digione_sdk.wire.versions import DEFAULT_POLICY, ConversionPolicy
from digione_sdk.wire.versions.words import fields_in_v1p1, filter_in_v1p1, sort_in_v1p1
from digione_sdk.wire.where import where

_ROLE = where(User).roles.role
_ORG = where(User).roles.org.sourced_id


def asked(given, model=User, policy=DEFAULT_POLICY):
    return filter_in_v1p1(given, model, policy)


@pytest.mark.parametrize(
    ("given", "wire"),
    [
        (where(User).family_name == "Virtanen", "familyName='Virtanen'"),
        (where(User).roles.role == RoleName.STUDENT, "role='student'"),
        (where(User).roles.role != "student", "role!='student'"),
        (where(User).roles.role.contains("student"), "role~'student'"),
        (where(User).roles.org.sourced_id == "o1", "orgs.sourcedId='o1'"),
        (where(User).roles.role == "ext:administrator", "role='administrator'"),
        ((_ROLE == "teacher") & (_ORG == "o1"), "role='teacher' AND orgs.sourcedId='o1'"),
        ((where(User).status == "active") | (_ROLE != "aide"), "status='active' OR role!='aide'"),
        (where(User).metadata["fi.digione.x"] == "1", "metadata.fi.digione.x='1'"),
        ("role='teacher'", "role='teacher'"),
        ("role='administrator'", "role='administrator'"),
        ("orgs.sourcedId='o1'", "orgs.sourcedId='o1'"),
        ("roles.org.type='org'", "orgs.type='org'"),
    ],
)  # fmt: skip
def test_a_filter_is_translated(given, wire):
    assert asked(given) == wire


@pytest.mark.parametrize(
    "given",
    [
        where(User).roles.role_type == "primary",
        where(User).roles.begin_date > "2026-01-01",
        where(User).primary_org.sourced_id == "o1",
        where(User).preferred_first_name == "Aino",
        where(User).user_master_identifier == "1",
        where(User).roles.role == "siteAdministrator",
        where(User).roles.role == "counselor",
        where(User).roles.role == "ext:kuraattori",
        where(User).roles.role > "b",
        where(User).roles.role.contains("Administrator"),
    ],
    ids=str,
)
def test_what_1_1_cannot_be_asked_is_refused(given):
    with pytest.raises(Inexpressible, match=r"1\.1"):
        asked(given)


def test_an_administrator_cannot_be_asked_for_where_the_organisation_names_it():
    policy = ConversionPolicy(org_type={"o1": "school"}.get)
    for name in ("ext:administrator", "siteAdministrator"):
        with pytest.raises(Inexpressible, match="administrator"):
            asked(where(User).roles.role == name, policy=policy)
    assert asked("role='administrator'", policy=policy) == "role='administrator'"


def test_a_misspelt_name_is_told_as_such():
    with pytest.raises(FilterError, match="no field 'familyname'"):
        asked("familyname='x'")
    with pytest.raises(FilterError, match="at most two"):
        asked("status='active' AND email='a' AND sms='1'")
    with pytest.raises(FilterError, match="not int"):
        asked(3)


def test_other_models_keep_their_names():
    assert asked(where(Enrollment).role == "student", Enrollment) == "role='student'"
    assert asked(where(Enrollment).class_.sourced_id == "c1", Enrollment) == "class.sourcedId='c1'"


def test_sorting_by_what_1_1_lacks_is_refused():
    assert sort_in_v1p1("familyName", User) == "familyName"
    with pytest.raises(Inexpressible, match="preferredFirstName"):
        sort_in_v1p1("preferredFirstName", User)


def test_a_selection_asks_for_the_fields_from_which_it_is_told():
    assert fields_in_v1p1(("sourcedId", "roles", "givenName"), User) == ("sourcedId", "role", "orgs", "givenName")
    assert fields_in_v1p1(("sourcedId", "pronouns"), User) == ("sourcedId",)
