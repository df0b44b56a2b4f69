"""The filter builder knows the model, the dialect and the wire text of values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from digione_sdk.errors import FilterError, UsageError
from digione_sdk.model.oneroster import AcademicSession, Class, Enrollment, RoleName, User
from digione_sdk.wire.filter import Clause, Predicate, parse
from digione_sdk.wire.where import filter_text, where


@pytest.mark.parametrize(
    ("built", "text"),
    [
        (where(User).given_name == "Aino", "givenName='Aino'"),
        (where(User).given_name != "Aino", "givenName!='Aino'"),
        (where(User).givenName.contains("in"), "givenName~'in'"),
        (where(User).enabled_user == True, "enabledUser='true'"),  # noqa: E712 - builds a filter
        (where(User).roles.role == RoleName.STUDENT, "roles.role='student'"),
        (where(User).roles.org.sourced_id == "o1", "roles.org.sourcedId='o1'"),
        (where(User).metadata["fi.digione.x"] == "1", "metadata.fi.digione.x='1'"),
        (where(Enrollment).class_.sourced_id == "c", "class.sourcedId='c'"),
        (where(AcademicSession).end_date < date(2027, 6, 1), "endDate<'2027-06-01'"),
        (
            where(User).date_last_modified >= datetime(2026, 8, 1, tzinfo=UTC),
            "dateLastModified>='2026-08-01T00:00:00.000Z'",
        ),
        (
            where(User).date_last_modified > datetime(2026, 8, 1, 3, tzinfo=timezone(timedelta(hours=3))),
            "dateLastModified>'2026-08-01T00:00:00.000Z'",
        ),
        ((where(User).status == "active") & (where(User).username <= "m"), "status='active' AND username<='m'"),
        (
            (where(User).status == "active") | (where(User).status == "tobedeleted"),
            "status='active' OR status='tobedeleted'",
        ),
        (where(User)("familyName='Å AND b'"), "familyName='Å AND b'"),
    ],
)
def test_a_comparison_prints_as_the_standard_writes_it(built, text):
    assert str(built) == text


def test_an_unknown_attribute_names_the_model_and_its_neighbours():
    with pytest.raises(FilterError, match=r"User has no field 'given_nme'; did you mean given_name"):
        _ = where(User).given_nme
    with pytest.raises(FilterError, match="Role has no field 'rol'"):
        _ = where(User).roles.rol


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: where(User).roles == "x",
        lambda: where(User).given_name.first == "x",
        lambda: where(User).given_name["x"] == "x",
        lambda: where(User).given_name == None,  # noqa: E711 - the value is wrong on purpose
        lambda: where(User).metadata["no spaces"] == "x",
        lambda: bool(where(User).given_name == "x"),
        lambda: (where(User).given_name == "x") & "y",
        lambda: where(User)("given_name='x'"),
        lambda: where(User)("roles='x'"),
        lambda: where(User)("givenName.x='x'"),
    ],
)
def test_what_cannot_be_a_filter_is_refused_where_it_is_written(wrong):
    with pytest.raises(FilterError):
        wrong()


def test_a_datetime_needs_a_zone():
    with pytest.raises(UsageError, match="time zone"):
        _ = where(User).date_last_modified >= datetime(2026, 8, 1)  # noqa: DTZ001 - the missing zone is the point


def test_a_third_clause_and_mixed_operators_need_the_extended_dialect():
    user = where(User)
    two = (user.status == "active") & (user.given_name == "Aino")
    with pytest.raises(FilterError, match="extended"):
        _ = two | (user.username == "x")
    wide = where(User, dialect="extended")
    assert str(two | (wide.username == "x")) == "status='active' AND givenName='Aino' OR username='x'"


def test_an_apostrophe_needs_a_quoting_rule():
    with pytest.raises(FilterError, match="quote='double'") as caught:
        _ = where(User).family_name == "O'Testi"
    assert "Testi" not in str(caught.value)
    assert str(where(User, quote="double").family_name == "O'Testi") == "familyName='O''Testi'"


def test_a_filter_for_another_model_is_refused():
    with pytest.raises(FilterError, match="Class has no field"):
        filter_text(where(User).given_name == "x", Class)


def test_parsed_filters_are_taken_within_the_standard():
    assert filter_text(Clause("title", Predicate.EQ, "x"), Class) == "title='x'"
    with pytest.raises(FilterError):
        filter_text(parse("title='a' AND title='b' AND title='c'", dialect="extended"), Class)
    with pytest.raises(FilterError, match="filter"):
        filter_text(3, Class)


def test_bad_rules_name_their_argument():
    with pytest.raises(UsageError, match="dialect"):
        where(User, dialect="wide")
    with pytest.raises(UsageError, match="quote"):
        where(User, quote="single")
    with pytest.raises(UsageError, match="model"):
        where("User")


def test_a_repr_shows_no_value():
    assert "Aino" not in repr(where(User).given_name == "Aino")
