"""Everything that must stop a run, by a provider that lies: whatever happens, nothing is applied."""

from __future__ import annotations

import json

import pytest

from digione_sdk.core.http import Response
from digione_sdk.errors import (
    BadRequest,
    MissingEnvelope,
    NotFound,
    PayloadError,
    RepeatedPageError,
    ServerError,
    SynchronisationStopped,
    TruncatedListError,
    UnstableListError,
    UsageError,
)
from digione_sdk.synchronise import Guard
from tests.unit.synchronise.provider import ids, left_behind, org, refused, school, stamp, state, sync, user


def replacing(content: bytes):
    return lambda _true: Response(200, _true.headers, content)


def with_header(name: str, value: str | None):
    def changed(true: Response) -> Response:
        headers = {key: text for key, text in true.headers.items() if key != name}
        return Response(200, headers | ({name: value} if value is not None else {}), true.content)

    return changed


FIRST_PAGE = json.dumps({"users": [user(f"u{number:03}") for number in range(10)]}).encode()
LIES = {
    "the envelope is missing": (MissingEnvelope, 2, replacing(b"{}")),
    "an empty body": (MissingEnvelope, 2, replacing(b"")),
    "an error page with status 200": (PayloadError, 2, replacing(b"<html>sorry</html>")),
    "another envelope": (MissingEnvelope, 2, replacing(b'{"orgs": []}')),
    "a page comes again": (RepeatedPageError, 2, replacing(FIRST_PAGE)),
    "the total falls": (UnstableListError, 2, with_header("x-total-count", "24")),
    "the list ends early": (TruncatedListError, 2, with_header("link", '<https://roster.example/>; rel="first"')),
    "a record does not fit": (PayloadError, 2, replacing(b'{"users": [{"sourcedId": "u001"}]}')),
    "not found in the middle": (NotFound, 2, lambda _true: refused(404)),
    "bad request in the middle": (BadRequest, 3, lambda _true: refused(400)),
    "a server error in the middle": (ServerError, 3, lambda _true: refused(500)),
}


@pytest.mark.parametrize("lie", LIES)
def test_nothing_is_applied_when(lie, store, tmp_path):
    provider = school()
    sync(provider, store)
    before = store.path.read_bytes()
    for number in range(25):
        provider.put("users", user(f"u{number:03}", givenName="Uusi", modified=stamp(day=20)))
    provider.put("orgs", org("o9", modified=stamp(day=20)))
    error, at, answer = LIES[lie]
    provider.asked.clear()
    provider.lie = lambda kind, number, true: answer(true) if (kind, number) == ("users", at) else true
    if lie == "the list ends early":  # with totals alone, the offset of the rows received would go on
        provider.lie = lambda kind, number, true: _short(answer(true)) if (kind, number) == ("users", at) else true
    with pytest.raises(error) as caught:
        sync(provider, store)
    assert store.path.read_bytes() == before
    assert "Malli" not in str(caught.value)
    assert ("roster.sqlite.staging" in left_behind(tmp_path)) == (error is ServerError)


def _short(true: Response) -> Response:
    return Response(200, true.headers, b'{"users": []}')


def test_rows_that_come_twice_in_an_unstable_order_stop_the_run(store):
    provider = school(users=25)
    shuffled = json.dumps({"users": [user("u001"), *(user(f"u{n:03}") for n in range(11, 20))]}).encode()
    provider.lie = lambda kind, number, true: replacing(shuffled)(true) if (kind, number) == ("users", 2) else true
    with pytest.raises(UnstableListError, match="1 rows came twice"):
        sync(provider, store)
    assert state(store) == []


def test_a_row_that_comes_twice_because_one_was_added_is_no_reason_to_stop(store):
    provider = school(users=25)

    def lie(kind, number, true):
        if (kind, number) == ("users", 1):
            provider.put("users", user("u0005", modified=stamp(day=20)))  # before the second page: all rows move by one
        return true

    provider.lie = lie
    sync(provider, store)
    assert len(ids(store, "users")) == 25
    sync(provider, store)
    assert len(ids(store, "users")) == 26


def test_mass_deletion_stops_before_anything_is_applied_and_tells_the_difference(store, tmp_path):
    provider = school(users=30)
    sync(provider, store)
    before = store.path.read_bytes()
    for number in range(4):
        del provider.records["users"][f"u{number:03}"]
    with pytest.raises(
        SynchronisationStopped, match="users: 4 of 30 records would be deleted, more than 10%"
    ) as caught:
        sync(provider, store)
    assert "users" in caught.value.report.text()
    assert caught.value.report.text().endswith("nothing was applied")
    assert store.path.read_bytes() == before
    assert "roster.sqlite.staging" not in left_behind(tmp_path)


def test_exactly_the_share_is_let_through(store):
    provider = school(users=30)
    sync(provider, store)
    for number in range(3):
        del provider.records["users"][f"u{number:03}"]
    assert sync(provider, store).applied


def test_mass_tombstones_stop_as_deletions_do(store):
    provider = school(users=30)
    sync(provider, store)
    provider.put("users", *(user(f"u{n:03}", status="tobedeleted", modified=stamp(day=24)) for n in range(4)))
    with pytest.raises(SynchronisationStopped):
        sync(provider, store)
    with pytest.raises(SynchronisationStopped):
        sync(provider, store, mode="delta")


def test_the_override_names_the_kind_it_is_for(store):
    provider = school(users=30)
    sync(provider, store)
    provider.records["users"] = {}
    with pytest.raises(SynchronisationStopped, match="users: all 30 records would be deleted"):
        sync(provider, store, allow=("orgs",))
    assert sync(provider, store, allow=("users",)).applied
    assert ids(store, "users") == []


@pytest.mark.parametrize(
    ("held", "created", "deleted", "stops"),
    [
        (3, 0, 1, False),  # a third, but one: the floor
        (3, 0, 2, True),
        (1, 0, 1, True),  # the last one
        (1, 1, 1, False),  # replaced by another
        (100, 0, 10, False),
        (100, 0, 11, True),
        (0, 5, 0, False),
    ],
)
def test_the_guard_by_share_floor_and_the_last_record(held, created, deleted, stops):
    assert bool(Guard().objection("users", held=held, created=created, deleted=deleted)) is stops


def test_a_share_of_its_own_for_a_kind():
    guard = Guard(kinds={"enrollments": 0.5})
    assert guard.objection("enrollments", held=100, created=0, deleted=50) is None
    assert guard.objection("users", held=100, created=0, deleted=50)


@pytest.mark.parametrize("wrong", [{"share": 1.5}, {"floor": -1}, {"kinds": {"pupils": 0.1}}, {"allow": "users"}])
def test_a_guard_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(UsageError):
        Guard(**wrong)


def _replaced(store):
    """A provider that gave a person whom the store knows another id."""
    provider = school(users=30)
    provider.put("users", user("u000", userMasterIdentifier="1.2.3"))
    sync(provider, store)
    del provider.records["users"]["u000"]
    provider.put("users", user("x000", userMasterIdentifier="1.2.3"))
    return provider


def test_ids_that_a_provider_replaced_stop_the_run_until_the_kind_is_named(store):
    provider = _replaced(store)
    with pytest.raises(SynchronisationStopped, match="users: 1 record would be deleted and come back") as caught:
        sync(provider, store)
    assert "1.2.3" not in caught.value.report.text()
    assert "u000" in ids(store, "users")
    assert sync(provider, store, allow_replaced=("users",)).applied
    assert "x000" in ids(store, "users")


def test_ids_that_were_replaced_are_seen_in_a_delta_by_the_tombstone(store):
    provider = school(users=30)
    known = {"userIds": [{"type": "learner", "identifier": "9"}]}
    provider.put("users", user("u000", **known))
    sync(provider, store)
    provider.put("users", user("u000", status="tobedeleted", modified=stamp(day=24), **known))
    provider.put("users", user("x000", modified=stamp(day=24), **known))
    with pytest.raises(SynchronisationStopped, match="another sourcedId"):
        sync(provider, store, mode="delta")


def test_an_id_that_others_bear_as_well_says_nothing_about_a_replacement(store):
    provider = school(users=0)
    provider.put("users", *(user(f"u{number:03}", identifier="1") for number in range(30)))
    sync(provider, store)
    del provider.records["users"]["u000"]
    provider.put("users", user("x000", identifier="1"))
    report = sync(provider, store)
    assert report.applied
    assert {kind.kind: kind.merged for kind in report.kinds}["users"] == 1


def test_an_identity_borne_by_two_records_is_reported_and_applied(store):
    provider = school(users=30)
    provider.put("users", user("u000", userMasterIdentifier="1.2.3"), user("u001", userMasterIdentifier="1.2.3"))
    report = sync(provider, store)
    (users,) = (kind for kind in report.kinds if kind.kind == "users")
    assert users.merged == 1
    assert "users: 1 id of a person is borne by several records" in report.text()


def test_an_identity_shared_with_a_record_held_before_is_seen_in_a_delta(store):
    provider = school(users=30)
    provider.put("users", user("u000", userMasterIdentifier="1.2.3"))
    sync(provider, store)
    provider.put("users", user("x000", userMasterIdentifier="1.2.3", modified=stamp(day=24)))
    report = sync(provider, store, mode="delta")
    assert {kind.kind: kind.merged for kind in report.kinds}["users"] == 1


def test_links_to_nowhere_stop_a_strict_run(store):
    provider = school()
    provider.put("users", user("u998", at="nowhere"))
    with pytest.raises(SynchronisationStopped, match=r"users: 1 target of roles\.org is no active record"):
        sync(provider, store, strict_references=True)
    assert state(store) == []


# --- whose ids they are ----------------------------------------------------------------------------------------------


def _replaced_and_shared(store):
    provider = _replaced(store)
    provider.put("users", user("u001", identifier="7"), user("u002", identifier="7"))
    return provider


def test_who_has_to_match_replaced_and_shared_ids_can_ask_for_them(store):
    report = sync(_replaced_and_shared(store), store, dry_run=True, name_ids=True)
    (users,) = (kind for kind in report.kinds if kind.kind == "users")
    assert users.identities.replaced == (("u000", "x000"),)
    assert users.identities.merged == (("u001", "u002"),)
    assert "u000 comes back as x000" in report.text()
    assert "one person: u001, u002" in report.text()
    (told,) = (kind for kind in report.as_json()["kinds"] if kind["kind"] == "users")
    assert told["replaced_ids"] == [{"deleted": "u000", "created": "x000"}]
    assert told["merged_ids"] == [["u001", "u002"]]


def test_nobody_else_sees_an_id(store):
    report = sync(_replaced_and_shared(store), store, dry_run=True)
    assert not any(name in f"{report.text()}{report.as_json()}{report!r}" for name in ("u000", "x000", "u001"))
    named = sync(_replaced_and_shared(store), store, dry_run=True, name_ids=True)
    assert "u000" not in repr(named)


def test_sentences_are_wrapped_where_a_width_is_given_and_ids_stay_whole(store):
    report = sync(_replaced_and_shared(store), store, dry_run=True, name_ids=True)
    narrow = report.text(width=60)
    assert max(map(len, narrow.splitlines())) <= 80  # the table, which is not wrapped
    sentences = [line for line in narrow.splitlines() if ":" in line]
    assert max(map(len, sentences)) <= 60
    assert " ".join(narrow.split()) == " ".join(report.text().split())


def test_progress_is_told_page_by_page_with_counts_alone(store):
    told = []
    sync(school(users=30), store, limit=10, kinds=("users",), listener=told.append)
    assert [(one.kind, one.received, one.done) for one in told] == [
        ("users", 10, False),
        ("users", 20, False),
        ("users", 30, False),
        ("users", 30, True),
    ]
    assert {one.announced for one in told} == {30}
