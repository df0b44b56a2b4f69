"""OneRoster 1.1 stands beside 1.2 over the same store: its questions, objects, warnings, refusals and writes."""

from __future__ import annotations

import httpx
import pytest
from digione_mock_server.store.told import told_paths
from digione_mock_server.testing import serving

from digione_sdk.core.endpoints import v1p1
from digione_sdk.core.scopes import Scope, ScopeV1P1
from digione_sdk.model.oneroster import Result, User
from digione_sdk.model.oneroster.v1p1 import MODELS, UserRole
from digione_sdk.wire.versions.usernames import PSEUDONYM_PREFIX

BASE = "/ims/oneroster/v1p1"
V1P2 = "/ims/oneroster/rostering/v1p2"


@pytest.fixture(scope="module")
def server():
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def ask(server):
    account = server.client("a")
    form = {"grant_type": "client_credentials", "scope": " ".join((*ScopeV1P1, Scope.ROSTER))}
    token = httpx.post(server.token_url, data=form, auth=(account.client_id, account.client_secret)).json()
    assert set(token["scope"].split()) == {*ScopeV1P1, Scope.ROSTER}
    headers = {"authorization": f"Bearer {token['access_token']}"}
    with httpx.Client(base_url=server.settings.public_url, headers=headers) as client:
        yield client


def listed(ask, path, **query):
    answer = ask.get(BASE + path, params={"limit": 10_000} | query)
    assert answer.status_code == 200, answer.text
    return answer.json()


WHOLE = [endpoint for endpoint in v1p1.ENDPOINTS if endpoint.is_collection and not endpoint.is_nested]


@pytest.mark.parametrize("endpoint", WHOLE, ids=lambda endpoint: endpoint.operation_id)
def test_every_object_is_told_in_1_1(ask, endpoint):
    answer = ask.get(BASE + endpoint.path, params={"limit": 300})
    rows = answer.json()[endpoint.wrapper_key]
    told = [MODELS[endpoint.model].model_validate(row) for row in rows]
    assert told
    assert all(record.unknown == {} for record in told)
    assert "/v1p2/" not in answer.text
    single = ask.get(f"{BASE}{endpoint.path}/{rows[0]['sourcedId']}").json()
    assert rows[0] in single.values()


def test_both_versions_tell_of_the_same_people(ask):
    now = {row["sourcedId"] for row in ask.get(f"{V1P2}/users", params={"limit": 2000}).json()["users"]}
    assert {row["sourcedId"] for row in listed(ask, "/users")["users"]} == now


@pytest.mark.parametrize("role", ["student", "teacher", "administrator"])
def test_a_filter_is_asked_in_the_words_of_1_1(ask, role):
    users = listed(ask, "/users", filter=f"role='{role}'")["users"]
    assert users
    org = users[0]["orgs"][0]["sourcedId"]
    there = listed(ask, "/users", filter=f"role='{role}' AND orgs.sourcedId='{org}'")["users"]
    assert users[0]["sourcedId"] in {row["sourcedId"] for row in there}
    assert len(there) <= len(users)
    either = listed(ask, "/users", filter=f"role='{role}' OR orgs.sourcedId='{org}'")["users"]
    assert len(either) >= len(users)


@pytest.fixture(scope="module")
def elsewhere():
    """A provider with words of its own, some people without a user name, and pages that are linked by a cursor."""
    with serving(dialects=["ext-vocabularies", "next-by-cursor"]) as running:
        account = running.client("a")
        form = {"grant_type": "client_credentials", "scope": " ".join(ScopeV1P1)}
        token = httpx.post(running.token_url, data=form, auth=(account.client_id, account.client_secret)).json()
        headers = {"authorization": f"Bearer {token['access_token']}"}
        with httpx.Client(base_url=running.settings.public_url, headers=headers) as client:
            yield client


TOLD = [
    (endpoint, path.text)
    for endpoint in WHOLE
    if endpoint.view.whole
    for path in told_paths(endpoint.model)
    if path.kind.is_text
]


@pytest.mark.parametrize(("endpoint", "path"), TOLD, ids=lambda it: it if isinstance(it, str) else it.operation_id)
def test_a_filter_finds_what_is_told_and_a_sort_goes_by_it(elsewhere, endpoint, path):
    def at(row):
        for name in path.split("."):
            row = row.get(name, {})
        return row or None

    def found(**query):
        return [row["sourcedId"] for row in listed(elsewhere, endpoint.path, **query)[endpoint.wrapper_key]]

    told = {row["sourcedId"]: at(row) for row in listed(elsewhere, endpoint.path)[endpoint.wrapper_key]}
    for value in sorted({value for value in told.values() if value})[:12]:
        assert set(found(filter=f"{path}='{value}'")) == {one for one, is_ in told.items() if is_ == value}
        assert set(found(filter=f"{path}!='{value}'")) == {one for one, is_ in told.items() if is_ != value}
    assert found(filter=f"{path}~'ext:'") == []
    assert found(sort=path) == sorted(told, key=lambda one: (told[one] is not None, told[one] or "", one))


@pytest.mark.parametrize(
    ("path", "key", "of"),
    [
        ("/students", "users", {"role": "student"}),
        ("/teachers", "users", {"role": "teacher"}),
        ("/terms", "academicSessions", {"type": "term"}),
        ("/gradingPeriods", "academicSessions", {"type": "gradingPeriod"}),
        ("/schools", "orgs", {"type": "school"}),
    ],
)
def test_a_view_lists_what_is_told_as_such(elsewhere, path, key, of):
    (name, word), every = next(iter(of.items())), {"users": "/users", "orgs": "/orgs"}.get(key, f"/{key}")
    whole = listed(elsewhere, every)[key]
    assert listed(elsewhere, path)[key] == [row for row in whole if row[name] == word]
    assert whole


def test_the_pupils_of_a_school_are_those_whom_it_and_the_role_are_told_of(elsewhere):
    users = listed(elsewhere, "/users")["users"]
    for school in listed(elsewhere, "/schools")["orgs"]:
        own = school["sourcedId"]
        for path, role in (("students", "student"), ("teachers", "teacher")):
            expected = [r for r in users if r["role"] == role and own in {org["sourcedId"] for org in r["orgs"]}]
            assert listed(elsewhere, f"/schools/{own}/{path}")["users"] == expected


def test_what_1_1_demands_and_nobody_says_leaves_lists_and_totals():
    with serving(dialects=["required-only"]) as running:
        account = running.client("a")
        form = {"grant_type": "client_credentials", "scope": " ".join(ScopeV1P1)}
        token = httpx.post(running.token_url, data=form, auth=(account.client_id, account.client_secret)).json()
        headers = {"authorization": f"Bearer {token['access_token']}"}
        with httpx.Client(base_url=running.settings.public_url, headers=headers) as client:
            for path, key in (("/lineItems", "lineItems"), ("/results", "results"), ("/users", "users")):
                answer = client.get(BASE + path, params={"limit": 10_000})
                assert answer.status_code == 200
                rows = answer.json()[key]
                assert answer.headers["x-total-count"] == str(len(rows))
                assert all("gradingPeriod" in row for row in rows if key == "lineItems")


def test_nobody_is_told_a_user_name_that_tells_the_id(elsewhere):
    users = listed(elsewhere, "/users")["users"]
    made = [row for row in users if row["username"].startswith(PSEUDONYM_PREFIX)]
    assert made
    assert len({row["username"] for row in users}) == len(users)
    assert not [row for row in made if row["sourcedId"] in row["username"]]


def test_a_cursor_carries_the_question_to_the_next_page(elsewhere):
    question = {"filter": "role='guardian'", "sort": "username", "fields": "role,username", "limit": 50}
    first = elsewhere.get(f"{BASE}/users", params=question)
    assert "cursor" in first.links["next"]["url"]
    second = elsewhere.get(first.links["next"]["url"]).json()["users"]
    whole = listed(elsewhere, "/users", **question | {"limit": 10_000})["users"]
    assert [*first.json()["users"], *second] == whole[:100]
    assert {row["role"] for row in whole} == {"guardian"}


@pytest.mark.parametrize("name", ["filter", "sort", "limit"])
def test_a_parameter_that_is_given_twice_is_refused(ask, name):
    value = {"filter": "role='student'", "sort": "nonsense", "limit": "5"}[name]
    answer = ask.get(f"{BASE}/users", params=[(name, value), (name, value)])
    assert answer.status_code == 400
    assert answer.json()["statusInfoSet"]


@pytest.mark.parametrize("text", ["roles.role='student'", "nonsense='1'", "role", "pronouns='x'", "role=student"])
def test_a_filter_that_1_1_does_not_know_is_refused(ask, text):
    answer = ask.get(f"{BASE}/users", params={"filter": text})
    assert answer.status_code == 400
    (status,) = answer.json()["statusInfoSet"]
    assert status["imsx_codeMajor"] == "failure"
    assert status["imsx_codeMinor"] == "invalid_filter_field"


def test_a_selection_holds_what_was_asked_for(ask):
    (row,) = listed(ask, "/users", fields="role,orgs", limit=1)["users"]
    assert row.keys() == {"sourcedId", "role", "orgs"}


@pytest.mark.parametrize("fields", ["nonsense", "role,nonsense", "roles"])
def test_an_unknown_name_in_fields_gets_all_data_and_a_warning(ask, fields):
    body = listed(ask, "/users", fields=fields, limit=1)
    assert "familyName" in body["users"][0]
    (status,) = body["statusInfoSet"]
    assert (status["imsx_codeMajor"], status["imsx_severity"]) == ("success", "warning")
    assert status["imsx_codeMinor"] == "invalid_selection_field"


def test_an_unknown_sort_gets_the_default_order_and_a_warning(ask):
    body = listed(ask, "/users", sort="nonsense")
    assert body["users"] == listed(ask, "/users")["users"]
    assert body["statusInfoSet"][0]["imsx_codeMinor"] == "invalid_sort_field"
    names = [row["familyName"] for row in listed(ask, "/users", sort="familyName")["users"]]
    assert "statusInfoSet" not in listed(ask, "/users", sort="familyName")
    assert names[0] <= names[-1]


@pytest.mark.parametrize("fields", ["", ",", "role,,orgs"])
def test_blank_fields_are_refused(ask, fields):
    answer = ask.get(f"{BASE}/users", params={"fields": fields})
    assert answer.status_code == 400
    assert answer.json()["statusInfoSet"][0]["imsx_codeMinor"] == "invalid_blank_selection_field"


def test_links_to_other_pages_keep_the_question_in_1_1_words(ask):
    answer = ask.get(f"{BASE}/users", params={"filter": "role='student'", "fields": "role", "limit": 2})
    following = ask.get(answer.links["next"]["url"])
    assert {row["role"] for row in following.json()["users"]} == {UserRole.STUDENT}


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [("/users/nobody", 404, "unknown object"), ("/scoreScales", 404, None), ("/users?limit=0", 400, "invalid data")],
)
def test_refusals_are_worded_as_in_1_1(ask, path, status, reason):
    answer = ask.get(BASE + path)
    assert answer.status_code == status
    if reason:
        assert answer.json()["statusInfoSet"][0]["imsx_codeMinor"] == reason


def test_a_token_of_1_2_opens_nothing_of_1_1(server):
    account = server.client("a")
    form = {"grant_type": "client_credentials", "scope": Scope.ROSTER}
    token = httpx.post(server.token_url, data=form, auth=(account.client_id, account.client_secret)).json()
    headers = {"authorization": f"Bearer {token['access_token']}"}
    answer = httpx.get(f"{server.settings.public_url}{BASE}/users", headers=headers)
    assert answer.status_code == 403
    assert "statusInfoSet" in answer.json()
    unknown = httpx.get(f"{server.settings.public_url}{BASE}/users")
    assert unknown.status_code == 401
    assert unknown.json()["statusInfoSet"][0]["imsx_codeMinor"] == "unauthorized"


def test_results_without_a_number_are_not_told(ask):
    results = listed(ask, "/results")["results"]
    assert results
    assert all("score" in row for row in results)
    assert {MODELS[Result].model_validate(row).sourced_id for row in results} == {row["sourcedId"] for row in results}


def test_a_line_item_is_put_and_deleted(ask):
    (item,) = listed(ask, "/lineItems", limit=1)["lineItems"]
    made = item | {"sourcedId": "of-our-own", "title": "Koe"}
    assert ask.put(f"{BASE}/lineItems/of-our-own", json={"lineItem": made}).status_code == 201
    stored = ask.get(f"{BASE}/lineItems/of-our-own").json()["lineItem"]
    assert stored | {"dateLastModified": ""} == made | {"dateLastModified": ""}
    assert ask.put(f"{BASE}/lineItems/of-our-own", json={"lineItem": made}).status_code == 200
    refused = ask.put(f"{BASE}/lineItems/of-our-own", json={"lineItem": made | {"scoreScale": 3}})
    assert refused.status_code == 422
    assert "statusInfoSet" in refused.json()
    assert ask.delete(f"{BASE}/lineItems/of-our-own").status_code == 204
    assert ask.get(f"{BASE}/lineItems/of-our-own").status_code == 404


@pytest.mark.parametrize(
    ("path", "key", "lacking"),
    [
        ("/lineItems", "lineItem", "gradingPeriod"),
        ("/lineItems", "lineItem", "resultValueMin"),
        ("/lineItems", "lineItem", "resultValueMax"),
        ("/results", "result", "score"),
    ],
)
@pytest.mark.parametrize("how", ["absent", "null"])
def test_a_write_without_what_1_1_demands_is_refused_for_1_1_could_not_tell_it(ask, path, key, lacking, how):
    made = listed(ask, path, limit=1)[f"{key}s"][0] | {"sourcedId": "of-our-own", lacking: None}
    if how == "absent":
        del made[lacking]
    refused = ask.put(f"{BASE}{path}/of-our-own", json={key: made})
    assert refused.status_code == 422
    assert lacking in refused.json()["statusInfoSet"][0]["imsx_description"]
    assert ask.get(f"{BASE}{path}/of-our-own").status_code == 404


def test_a_user_has_one_role(ask):
    users = listed(ask, "/users")["users"]
    assert {row["role"] for row in users} <= set(UserRole)
    assert MODELS[User].model_validate(users[0]).unknown == {}
