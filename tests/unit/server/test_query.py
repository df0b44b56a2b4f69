"""Filter, sort, fields and paging of collections: what each means, and what is refused without data."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from digione_mock_server.query.parameters import LARGEST_LIMIT, read_query
from digione_mock_server.refusal import Refusal
from digione_mock_server.switches import Switches

from digione_sdk.model.oneroster import User
from tests.unit.server.small import BASE, URL, Door

EVERYBODY = ["guardian1", "odd/id ö", "pupil1", "pupil2", "pupil3", "teacher1", "teacher2"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("familyName='Öhman'", ["pupil1"]),
        ("familyName='öhman'", []),
        ("familyName~'ö'", []),
        ("familyName~'hma'", ["pupil1"]),
        ("familyName~'%'", ["pupil3"]),
        ("familyName~'_'", ["pupil3"]),
        ("familyName~'.*'", []),
        ("familyName~''", EVERYBODY),
        ("familyName>'Z'", ["pupil1"]),
        ("givenName='Ánná' AND familyName='Niillas'", ["pupil2"]),
        ("givenName='Ánná' OR familyName='Öhman'", ["pupil1", "pupil2"]),
        ("email='ake@example.org'", ["pupil1"]),
        ("email!='ake@example.org'", [name for name in EVERYBODY if name != "pupil1"]),
        ("roles.role='student'", ["pupil1", "pupil2", "pupil3"]),
        ("roles.role!='student'", ["guardian1", "odd/id ö", "teacher1", "teacher2"]),
        ("roles.org.sourcedId='school2'", ["pupil2", "pupil3", "teacher2"]),
        ("agents.sourcedId='guardian1'", ["pupil1"]),
        ("grades='07'", ["pupil1"]),
        ("grades!='07'", [name for name in EVERYBODY if name != "pupil1"]),
        ("metadata.fi.digione.homeClass='7A'", ["pupil1"]),
        ("metadata.vendor.flag='true'", ["pupil1"]),
        ("metadata.no.such='x'", []),
        ("metadata.no.such!='x'", EVERYBODY),
        ("status='tobedeleted'", ["pupil3"]),
        ("dateLastModified>'2026-11-01'", ["pupil3"]),
        ("dateLastModified>='2026-11-01'", ["pupil3", "teacher1"]),
        ("dateLastModified='2026-11-01T02:00:00+02:00'", ["teacher1"]),
        ("dateLastModified!='2026-11-01'", [name for name in EVERYBODY if name != "teacher1"]),
        ("dateLastModified~'2026-11'", ["pupil3", "teacher1"]),
        ("enabledUser='true'", EVERYBODY),
        ("enabledUser='false'", []),
        (f"agents.href='{URL}{BASE}/users/guardian1'", ["pupil1"]),
        (f"roles.org.href~'{URL}{BASE}/orgs/school2'", ["pupil2", "pupil3", "teacher2"]),
    ],
)
def test_a_filter_selects_exactly_what_it_says(client: Door, where, expected):
    answer = client.get("/users", filter=where)
    assert answer.status == 200, answer.body
    assert answer.ids("users") == expected
    assert answer.headers["x-total-count"] == str(len(expected))


def test_days_compare_as_instants(client: Door):
    assert client.get("/terms", filter="startDate>'2026-08-01'").ids("academicSessions") == ["spring"]
    assert client.get("/terms", filter="startDate<='2026-08-01T00:00:00Z'").ids("academicSessions") == ["autumn"]
    assert client.get("/terms", filter="startDate<'2026-08-01T00:00:00.001Z'").ids("academicSessions") == ["autumn"]


def test_a_plus_in_the_query_string_is_a_space(client: Door):
    text = "givenName='%C3%85ke'+AND+familyName='%C3%96hman'"
    assert client.send("GET", f"{BASE}/users?filter={text}").ids("users") == ["pupil1"]


@pytest.mark.parametrize(
    "where",
    [
        "shoeSize='43'",
        "roles='student'",
        "agents='x'",
        "metadata='x'",
        "familyName",
        "familyName='x",
        "familyName=\u2019x\u2019",
        "",
        "status='a' AND status='b' AND status='c'",
        "(status='a')",
        "familyName='O''Hara'",
        "dateLastModified>'yesterday'",
        "dateLastModified>'2026-13-01'",
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused_without_rows(client: Door, where):
    answer = client.get("/users", filter=where)
    assert (answer.status, answer.reason) == (400, "invalid_filter_field")
    assert "users" not in answer.json


def test_the_extended_dialect_takes_more_clauses(opening):
    door = opening(dialects=["extended-filter"]).as_client()
    where = "sourcedId='pupil1' OR sourcedId='pupil2' AND status='active' OR sourcedId='teacher1'"
    assert door.get("/users", filter=where).ids("users") == ["pupil1", "pupil2", "teacher1"]


def test_sort_goes_by_code_point_and_descending_is_the_exact_reverse(client: Door):
    ascending = client.get("/users", sort="givenName").ids("users")
    assert ascending == ["guardian1", "odd/id ö", "pupil3", "teacher1", "teacher2", "pupil2", "pupil1"]
    assert client.get("/users", sort="givenName", orderBy="asc").ids("users") == ascending
    assert client.get("/users", sort="givenName", orderBy="desc").ids("users") == ascending[::-1]


@pytest.mark.parametrize(
    "sort", ["email", "grades", "roles.org.sourcedId", "metadata.fi.digione.homeClass", "agents.href"]
)
def test_any_comparable_field_sorts_with_absent_values_first(client: Door, sort):
    ascending = client.get("/users", sort=sort).ids("users")
    assert sorted(ascending) == EVERYBODY
    assert client.get("/users", sort=sort, orderBy="desc").ids("users") == ascending[::-1]


def test_an_unknown_sort_field_is_refused_or_by_dialect_ignored(client: Door, opening):
    answer = client.get("/users", sort="shoeSize")
    assert (answer.status, answer.reason) == (400, "invalid_selection_field")
    lenient = opening(dialects=["unknown-sort-200"]).as_client()
    assert lenient.get("/users", sort="shoeSize").ids("users") == EVERYBODY


def test_fields_returns_what_was_asked_for_and_the_id(client: Door):
    rows = client.get("/users", fields="givenName,email", limit=10).json["users"]
    assert all(row.keys() <= {"sourcedId", "givenName", "email"} and "givenName" in row for row in rows)
    assert client.get("/users/pupil1", fields="familyName").json == {
        "user": {"sourcedId": "pupil1", "familyName": "Öhman"}
    }
    assert client.get("/users", fields=["givenName", "email"]).json == {"users": rows}


@pytest.mark.parametrize("fields", ["shoeSize", "givenName,shoeSize", "", "roles.role", "given_name"])
def test_unknown_fields_are_refused(client: Door, fields):
    for path in ("/users", "/users/pupil1"):
        answer = client.get(path, fields=fields)
        assert (answer.status, answer.reason) == (400, "invalid_selection_field")


@pytest.mark.parametrize("limit", ["0", "-1", "abc", "", "1.5", "1e3", "٣", "9" * 5000])
def test_a_limit_that_is_no_positive_number_is_refused(client: Door, limit):
    assert client.get("/users", limit=limit).status == 400


@pytest.mark.parametrize("query", ["offset=-1", "offset=x", "orderBy=up", "limit=1&limit=2", "filter=%FF", "%FF=1"])
def test_what_cannot_be_read_is_refused(client: Door, query):
    answer = client.send("GET", f"{BASE}/users?{query}")
    assert answer.status == 400
    assert answer.json["imsx_codeMajor"] == "failure"


def test_an_unknown_parameter_is_ignored(client: Door):
    assert client.get("/users", colour="red").ids("users") == EVERYBODY


def test_a_large_limit_is_capped():
    asked = read_query(b"limit=1000000", User, collection=True, switches=Switches())
    assert asked.limit == LARGEST_LIMIT


def test_paging_by_next_links_visits_every_row_once(client: Door):
    seen: list[str] = []
    target = f"{BASE}/users?limit=2&sort=familyName&filter=status%3D'active'&fields=familyName"
    while target:
        answer = client.send("GET", target)
        seen += answer.ids("users")
        rel = {name: url for url, name in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["link"])}
        assert rel["first"].startswith(f"{URL}{BASE}/users?")
        kept = parse_qs(urlsplit(rel["last"]).query)
        assert (kept["sort"], kept["filter"], kept["fields"]) == (["familyName"], ["status='active'"], ["familyName"])
        target = rel["next"].removeprefix(URL) if "next" in rel else ""
    assert sorted(seen) == [name for name in EVERYBODY if name != "pupil3"]


def test_past_the_end_is_empty_and_leads_back(client: Door):
    answer = client.get("/users", offset=10**12, limit=3)
    assert (answer.status, answer.json, answer.headers["x-total-count"]) == (200, {"users": []}, "7")
    assert 'offset=6>; rel="prev"' in answer.headers["link"]
    assert "next" not in answer.headers["link"]


@pytest.mark.parametrize(("dialect", "header"), [("no-link", "link"), ("no-total", "x-total-count")])
def test_dialects_leave_out_paging_headers(opening, dialect, header):
    door = opening(dialects=[dialect]).as_client()
    assert header not in door.get("/users").headers


def test_dialects_vary_caps_parents_and_counts(opening):
    door = opening(dialects=["low-cap", "unknown-parent-empty", "counts-in-body"]).as_client()
    assert "limit=50&" in door.get("/users", limit=5000).headers["link"]
    assert door.get("/schools/nowhere/classes").json == {"classes": [], "totalCount": 0, "limit": 50, "offset": 0}


def test_a_refusal_never_repeats_what_was_asked():
    with pytest.raises(Refusal) as refused:
        read_query(b"filter=email%3D'secret%40example.org", User, collection=True, switches=Switches())
    assert "secret" not in refused.value.description


@pytest.mark.parametrize(
    ("fault", "query", "shows"),
    [
        ("filter-syntax-ignored", {"filter": "shoeSize='1'"}, lambda a: len(a.ids("users")) == 7),
        ("page-overlap", {"offset": 2, "limit": 2}, lambda a: a.ids("users") == ["odd/id ö", "pupil1"]),
        ("null-for-absent", {"limit": 1}, lambda a: a.json["users"][0]["email"] is None),
    ],
)
def test_a_fault_shows_where_it_is_switched_on_and_nowhere_else(opening, client: Door, fault, query, shows):
    assert shows(opening(faults=[fault]).as_client().get("/users", **query))
    clean = client.get("/users", **query)
    assert (
        clean.status == 400 or not shows(clean) if fault != "null-for-absent" else "email" not in clean.json["users"][0]
    )
