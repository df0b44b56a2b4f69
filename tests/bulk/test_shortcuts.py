"""What is asked first because it is cheap never changes what is found: each against a plain loop over the rows."""

from __future__ import annotations

import itertools
import random
from types import SimpleNamespace

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digione_sdk.bulk import validate
from digione_sdk.bulk.catalogue import RuleId
from digione_sdk.bulk.rules.sql import Found
from tests.bulk import small

IDS = st.one_of(st.none(), st.text(alphabet="ab0ä", min_size=1, max_size=3))


@given(st.one_of(st.lists(IDS, max_size=30), st.sets(IDS, max_size=30).map(lambda ids: sorted(ids, key=_rank))))
@example(["a", None, "a"])
@example([f"{number}" for number in range(5_000)])
@example([*(f"{number}" for number in range(5_000)), "7"])
def test_ids_that_ascend_are_told_and_none_of_them_repeats(ids) -> None:
    with duckdb.connect(":memory:") as db:
        db.execute("CREATE TABLE t (id VARCHAR)")
        db.execute("INSERT INTO t SELECT unnest($1::VARCHAR[])", [ids])
        ascends = Found(SimpleNamespace(db=db), 1).ascends("id", "t")
    assert ascends == (None not in ids and all(_rank(one) < _rank(two) for one, two in itertools.pairwise(ids)))
    if ascends:
        assert len(set(ids)) == len(ids)


def _rank(id_):
    text = (id_ or "").encode()
    return len(text), text


@pytest.mark.parametrize("order", ["ascending", "as they come"])
@pytest.mark.parametrize("seed", range(3))
def test_an_id_that_repeats_is_found_in_any_order(seed, order, tmp_path) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test
    ids = [f"o-{chance.randrange(2_000)}" for _ in range(200)]
    ids = sorted(ids, key=_rank) if order == "ascending" else ids
    rows = {"orgs": [{"sourcedId": id_, "name": "Testikunta", "type": "school"} for id_ in ids]}
    result = validate(small.in_folder(tmp_path / "s", small.files(rows)), keep=1_000)
    found = [one.row for one in result.findings if one.rule == RuleId.UNIQUE]
    assert found == [row for row, id_ in enumerate(ids, start=2) if id_ in ids[: row - 2]]


SPANS = {"k-1": ("2026-08-11", "2027-06-05"), "k-2": ("2026-08-11", "2026-12-19"), "k-3": ("2027-01-07", "2027-06-05")}
TERMS = {"k-1": "t-1,t-2", "k-2": "t-1", "k-3": "t-2"}
DAYS = ["", "2026-08-10", "2026-08-11", "2026-12-19", "2027-01-07", "2027-06-04", "2027-06-05", "2027-06-06", "9", "x"]


@pytest.mark.parametrize("classes", [["k-1"], ["k-2"], ["k-1", "k-2"], ["k-1", "k-2", "k-3"], []])
def test_days_outside_the_terms_are_found_whether_or_not_a_class_is_looked_up(classes, tmp_path) -> None:
    rows = small.school()
    (first,) = rows["classes"]
    rows["classes"] = [first | {"sourcedId": one, "termSourcedIds": TERMS[one]} for one in classes]
    pupil = rows["enrollments"][1]
    rows["enrollments"] = [
        pupil | {"sourcedId": f"e-{number}", "classSourcedId": one, "beginDate": begin, "endDate": end}
        for number, (one, begin, end) in enumerate((k, b, e) for k in SPANS for b in DAYS for e in DAYS)
    ]
    result = validate(small.in_folder(tmp_path / "s", small.files(rows)), keep=10_000)
    found = {(one.row, one.column) for one in result.findings if one.rule == RuleId.WITHIN_TERMS}
    assert found == set(_outside(rows["enrollments"], classes))
    undated = {(one.row, one.column) for one in result.findings if one.rule == RuleId.DATE}
    days = [
        (row, name, one[name]) for row, one in enumerate(rows["enrollments"], 2) for name in ("beginDate", "endDate")
    ]
    assert undated == {(row, name) for row, name, day in days if day and len(day) != 10}


@pytest.mark.parametrize("place", [0, 2_000, 2_500])
def test_one_day_that_is_none_is_found_among_many_that_are(place, tmp_path) -> None:
    rows = small.school()
    pupil = rows["enrollments"][1]
    rows["enrollments"] = [pupil | {"sourcedId": f"e-{number}"} for number in range(2_600)]
    rows["enrollments"][place]["endDate"] = "2027-02-29"
    result = validate(small.in_folder(tmp_path / "s", small.files(rows)))
    assert [(one.rule, one.row, one.column) for one in result.findings] == [(RuleId.DATE, place + 2, "endDate")]


def _outside(enrolments, classes):
    for row, one in enumerate(enrolments, start=2):
        if one["classSourcedId"] not in classes:
            continue
        first, last = SPANS[one["classSourcedId"]]
        begin, end = one["beginDate"], one["endDate"]
        if len(begin) == 10 and not first <= begin < last:
            yield row, "beginDate"
        if len(end) == 10 and not first < end <= last:
            yield row, "endDate"
