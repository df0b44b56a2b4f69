"""A delta read asks from the instant on, and lets each version of a record through once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from digione_sdk.core.delta import since
from digione_sdk.core.latest import Latest
from digione_sdk.errors import FilterError, UsageError
from digione_sdk.model.oneroster import User
from digione_sdk.wire.filter import parse
from digione_sdk.wire.where import where

AT = datetime(2026, 8, 1, tzinfo=UTC)
TEXT = "dateLastModified>='2026-08-01T00:00:00.000Z'"


def test_the_instant_itself_is_included():
    assert str(since(AT, User)) == TEXT


@pytest.mark.parametrize("also", ["status='active'", where(User).status == "active", parse("status='active'")])
def test_one_more_clause_is_joined_by_and(also):
    assert str(since(AT, User, also=also)) == f"{TEXT} AND status='active'"


def test_an_or_cannot_be_joined():
    with pytest.raises(FilterError):
        since(AT, User, also="status='active' OR status='tobedeleted'")


@pytest.mark.parametrize("bad", [datetime(2026, 8, 1), date(2026, 8, 1), "2026-08-01", None])  # noqa: DTZ001 - the missing zone is the point
def test_an_instant_without_zone_is_refused(bad):
    with pytest.raises(UsageError, match="instant"):
        since(bad, User)


def test_a_record_comes_once_and_again_only_when_newer():
    def row(sourced_id, day):
        return SimpleNamespace(sourced_id=sourced_id, date_last_modified=datetime(2026, 8, day, tzinfo=UTC))

    latest = Latest()
    assert len(latest.of([row("a", 1), row("b", 1), row("a", 1)])) == 2
    assert [known.date_last_modified.day for known in latest.of([row("a", 2), row("b", 1), row("a", 1)])] == [2]


def test_without_a_version_the_id_decides_and_without_an_id_nothing_does():
    latest = Latest()
    one, none = SimpleNamespace(sourced_id="a"), SimpleNamespace(sourced_id=None)
    assert latest.of([one, one, none, none]) == (one, none, none)
