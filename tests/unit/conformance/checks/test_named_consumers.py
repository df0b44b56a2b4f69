"""Checks of named consumers against doors of our own, where no server is needed to see what they say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from digione_conformance.catalogue.consumers import shipped_consumers
from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.checks import named_asking, named_people, named_reading
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.probing.probe import Survey
from digione_conformance.running.engine import run_check

from tests.unit.conformance.fakes import BASE, CLAIMS, FakeDoor, check

OLDER = f"{BASE.partition('/ims')[0]}/ims/oneroster/v1p1"
WITH_OLDER = replace(CLAIMS, services={**CLAIMS.services, "oneroster_1_1": OLDER})


def judged(function, door, *, claims=CLAIMS):
    return run_check(check("a.check", "CNS-AAA-001", function=function), Survey(door, claims))


def test_without_a_service_of_1_1_whoever_calls_it_is_not_known():
    found = judged(named_asking.the_older_version_is_offered, FakeDoor(lambda path, query: {}))
    assert found.outcome is Outcome.UNTESTED
    assert "names no service of it" in found.message


@pytest.mark.parametrize(("status", "outcome"), [(401, "passed"), (200, "passed"), (404, "failed"), (500, "failed")])
def test_the_older_version_is_offered_where_its_address_answers(status, outcome):
    door = FakeDoor(lambda path, query: (status, {}, {}))
    found = judged(named_asking.the_older_version_is_offered, door, claims=WITH_OLDER)
    assert found.outcome == outcome
    assert [(ask.url, ask.auth) for ask in door.asked] == [(f"{OLDER}/orgs?limit=1", "none")]


class Timed:
    """A door whose answers took so long, or that got none."""

    def __init__(self, elapsed, trouble=None):
        self._elapsed, self._trouble = elapsed, trouble

    def ask(self, ask, *, check, fresh):
        return Exchange("x", ask, 0 if self._trouble else 200, {}, b"{}", self._elapsed, self._trouble)

    def forget(self):
        pass


@pytest.mark.parametrize(
    ("elapsed", "trouble", "outcome"),
    [
        (29.0, None, "passed"),
        (30.5, None, "failed"),
        (30.0, "sis.example.org: time limit passed (ReadTimeout)", "failed"),
        (30.0, "the answer was not complete after 120 s", "failed"),
        (0.0, "the time budget of [limits] budget_seconds is spent", "untested"),
        (0.1, "connection refused", "untested"),
    ],
)
def test_an_answer_is_in_time_or_not_and_a_dead_network_says_nothing(elapsed, trouble, outcome):
    assert judged(named_reading.large_pages_come_in_time, Timed(elapsed, trouble)).outcome == outcome


def rows(count, *, cap=10_000, total=True, link=True):
    """Answer as a server that holds so many of each kind."""

    def answer(path, query):
        limit, offset = min(int(query.get("limit", 100)), cap), int(query.get("offset", 0))
        page = [{"sourcedId": str(number)} for number in range(offset, min(offset + limit, count))]
        headers = {"x-total-count": str(count)} if total else {}
        if link and offset + limit < count:
            headers["link"] = f'<{BASE}{path}?limit={limit}&offset={offset + limit}>; rel="next"'
        return 200, headers, {path.strip("/"): page}

    return FakeDoor(answer)


READINGS = (
    named_reading.whoever_follows_links_reads_all,
    named_reading.whoever_counts_reads_all,
    named_reading.whoever_stops_at_a_short_page_reads_all,
    named_reading.whoever_never_pages_can_see_it,
)


@pytest.mark.parametrize("count", [1, 99, 100, 101, 252, 1000])
@pytest.mark.parametrize("reading", READINGS)
def test_every_way_of_reading_gets_all_of_a_server_that_says_everything(reading, count):
    assert judged(reading, rows(count)).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("reading", "server", "message"),
    [
        (READINGS[0], {"link": False}, "follows Link alone reads 100 of 252 records"),
        (READINGS[1], {"total": False}, "counts by X-Total-Count in pages of 100 reads 100 of 252 records"),
        (READINGS[1], {"cap": 10}, "counts by X-Total-Count in pages of 100 reads 30 of 252 records"),
        (READINGS[2], {"cap": 99}, "stops at a page shorter than 100 reads 99 of 252 records"),
        (READINGS[3], {"link": False, "total": False}, "never pages reads 100 of 252 records"),
    ],
)
def test_a_finding_tells_what_each_way_would_have_read(reading, server, message):
    found = judged(reading, rows(252, **server))
    assert message in found.findings[0].message


@pytest.mark.parametrize("server", [{"link": False}, {"total": False}, {"link": False, "total": False}])
def test_a_list_of_one_page_is_cut_for_nobody(server):
    assert all(judged(reading, rows(100, **server)).outcome is Outcome.PASSED for reading in READINGS)


def test_a_list_that_is_longer_than_is_looked_at_is_judged_by_its_first_pages():
    door = rows(5_000)
    assert judged(READINGS[2], door).outcome is Outcome.PASSED
    assert judged(READINGS[0], rows(5_000, cap=3)).outcome is Outcome.PASSED


def test_a_total_that_is_too_high_is_held_against_no_way_of_reading_that_ends():
    def answer(path, query):
        return 200, {"x-total-count": "9"}, {path.strip("/"): [{"sourcedId": "1"}] if query["offset"] == "0" else []}

    assert judged(READINGS[0], FakeDoor(answer)).outcome is Outcome.PASSED


def test_a_link_to_another_host_is_not_followed_and_not_judged():
    def answer(path, query):
        headers = {"link": '<https://elsewhere.example.org/2>; rel="next"', "x-total-count": "150"}
        page = [{"sourcedId": str(number)} for number in range(int(query.get("offset", 0)), 150)][:100]
        return 200, headers if query.get("offset") == "0" and query["limit"] == "100" else {}, {path.strip("/"): page}

    door = FakeDoor(answer)
    assert judged(READINGS[0], door).outcome is Outcome.PASSED
    assert all(ask.url.startswith(BASE) for ask in door.asked)


# --- versions ---------------------------------------------------------------------------------------------------------

READERS_OF_1_1 = (
    named_asking.nested_reads_of_moodle,
    named_asking.what_nothing_meets_is_empty,
    named_asking.either_text_is_found,
    named_asking.a_day_is_enough_for_changes,
    named_reading.whoever_stops_at_a_short_page_reads_all,
    named_reading.five_thousand_active_records,
    named_reading.every_list_has_a_total,
    named_people.there_are_three_of_each_kind,
    named_people.there_are_guardians,
)


@pytest.mark.parametrize("function", READERS_OF_1_1, ids=lambda one: one.__name__)
def test_a_reader_of_1_1_is_shown_1_1_where_there_is_one(function):
    for claims, base in ((WITH_OLDER, OLDER), (CLAIMS, BASE)):
        door = FakeDoor(lambda path, query: (200, {"x-total-count": "0"}, {path.rpartition("/")[2]: []}))
        judged(function, door, claims=claims)
        assert {ask.url.startswith(f"{base}/") for ask in door.asked} == {True}


def test_pages_in_time_are_asked_of_every_version_that_is_named():
    door = FakeDoor(lambda path, query: {})
    judged(named_reading.large_pages_come_in_time, door, claims=WITH_OLDER)
    assert [ask.url.partition("?")[0] for ask in door.asked] == [
        f"{base}/{kind}" for base in (BASE, OLDER) for kind in ("users", "enrollments")
    ]


def test_who_reads_1_1_stands_on_no_list_of_1_2():
    older = [one for one in shipped_consumers().values() if one.speaks == "1.1"]
    assert older
    for consumer in older:
        assert not [name for name in consumer.demands if not name.startswith(("OR11-", "CNS-"))]
