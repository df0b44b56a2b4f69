"""The client as a type checker sees it: this file must check under mypy strict and pyright strict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, assert_type

from digione_sdk import (
    AsyncDigiOne,
    AsyncListing,
    Class,
    Collection,
    DigiOne,
    Grant,
    GUIDPair,
    LineItem,
    Listing,
    Partial,
    Request,
    Resource,
    Response,
    Result,
    RetryPolicy,
    RoleName,
    Scope,
    Session,
    Timeouts,
    User,
    Versioned,
    Written,
    where,
)
from digione_sdk.wire.where import Expression


def rows_are_typed(api: DigiOne) -> None:
    """Rows, pages, single reads and nested views carry the model."""
    users = api.rostering.users
    for user in users.list(
        filter=where(User).family_name == "Virtanen", sort="family_name", order_by="asc", limit=500, max_items=1000
    ):
        assert_type(user, User)
        assert_type(user.given_name, str)
    assert_type(users.list(), Listing[User])
    assert_type(users.all(), list[User])
    assert_type(users.get("u1"), User)
    assert_type(users.count(filter="status='active'"), int)
    for page in users.pages(limit=10):
        assert_type(page, tuple[User, ...])
    assert_type(api.rostering.classes.students("c1"), Collection[User])
    assert_type(api.rostering.users.classes("u1").all(), list[Class])
    for student in api.rostering.classes.students("c1"):
        assert_type(student, User)
    assert_type(users.changed_since(datetime(2026, 8, 1, tzinfo=UTC)), Listing[User])


def selections_are_partial(api: DigiOne) -> None:
    """`fields=` makes the rows partial."""
    listing = api.rostering.users.list(fields=("sourced_id", "given_name"))
    assert_type(listing, Listing[Partial[User]])
    for partial in listing:
        assert_type(partial, Partial[User])
        assert_type(partial.sourced_id, str | None)
        assert_type(partial.given_name, Any)
    assert_type(api.rostering.users.get("u1", fields=("given_name",)), Partial[User])


def filters_join() -> None:
    """Comparisons are expressions."""
    student = where(User).roles.role == RoleName.STUDENT
    enabled = where(User).enabled_user == True  # noqa: E712 - builds a filter
    assert_type(student & enabled, Expression)
    assert_type(student | where(User).metadata["fi.digione.x"].contains("y"), Expression)


async def the_other_colour_is_typed_alike(api: AsyncDigiOne) -> None:
    """The asynchronous client has the same types."""
    async for user in api.rostering.users.list():
        assert_type(user, User)
    async for page in api.rostering.users.list(fields=["given_name"]).pages():
        assert_type(page, tuple[Partial[User], ...])
    assert_type(api.rostering.users.list(), AsyncListing[User])
    assert_type(await api.rostering.users.all(), list[User])
    assert_type(await api.rostering.users.get("u1"), User)
    assert_type(await api.rostering.users.get("u1", fields=["given_name"]), Partial[User])


def options_are_typed() -> None:
    """Both doors take the same options."""
    with DigiOne(
        rostering="https://h.example/ims/oneroster/rostering/v1p2",
        token_url="https://h.example/token",
        client_id="x",
        client_secret="y",
        scopes=(Scope.ROSTER,),
        scope_names={Scope.ROSTER: "prefix:roster"},
        retry=RetryPolicy(attempts=2),
        timeouts=Timeouts(total=30),
        rate_limit=2.5,
    ) as api:
        assert_type(api, DigiOne)
    with Session(token=lambda: "t") as session:
        assert_type(session.send(Request("GET", "https://h.example"), retry=False), Response)
        assert_type(session.token(scopes=[Scope.ROSTER_CORE]), Grant)


def writes_are_typed(api: DigiOne, item: LineItem) -> None:
    """A gradebook takes the records of its own kind and answers with values."""
    assert_type(api.gradebook.line_items.get("li1"), LineItem)
    assert_type(api.gradebook.line_items.versioned("li1"), Versioned[LineItem])
    assert_type(api.gradebook.line_items.put(item, if_match=None), Written)
    assert_type(api.gradebook.line_items.post_for_class("c1", [item]), tuple[GUIDPair, ...])
    assert_type(api.gradebook.results.for_class("c1").all(), list[Result])
    assert_type(api.resources.get("x"), Resource)
    api.gradebook.results.put(item)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
