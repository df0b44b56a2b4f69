"""Whatever the seed, tenant and day: the municipality is closed, coherent, and reproducible."""

import json
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import pytest
from digione_mock_server import addresses
from digione_mock_server.seed import Plan, cast, records
from hypothesis import given, settings
from hypothesis import strategies as st

COLLECTIONS = {model.__name__: endpoint.path.removeprefix("/") for model, endpoint in addresses.COLLECTIONS.items()}
plans = st.builds(
    Plan,
    seed=st.integers(-(2**31), 2**31),
    tenant=st.integers(0, 7),
    today=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
)


def drawn(plan):
    """Records by collection, then id."""
    found = {name: {} for name in COLLECTIONS.values()}
    for kind, record in records(plan):
        collection = found[COLLECTIONS[kind.__name__]]
        assert record["sourcedId"] not in collection
        collection[record["sourcedId"]] = record
    return found


def links(value):
    if isinstance(value, dict):
        if "href" in value:
            yield value
        else:
            for item in value.values():
                yield from links(item)
    elif isinstance(value, list):
        for item in value:
            yield from links(item)


def ids(record, field):
    return [link["sourcedId"] for link in record.get(field, [])]


def check_links(found):
    homes = {addresses.address(model): (found[COLLECTIONS[model.__name__]], model) for model in addresses.COLLECTIONS}
    for collection in found.values():
        for record in collection.values():
            for link in links(record):
                place, _, sourced_id = link["href"].rpartition("/")
                there, model = homes[place]
                assert sourced_id == link["sourcedId"]
                assert link["type"] == model.__name__[0].lower() + model.__name__[1:]
                assert sourced_id in there


def check_trees(found):
    for name in ("orgs", "academicSessions"):
        tree = found[name]
        for record in tree.values():
            for child in ids(record, "children"):
                assert tree[child]["parent"]["sourcedId"] == record["sourcedId"]
            seen, at = set(), record
            while "parent" in at:
                assert at["sourcedId"] not in seen
                seen.add(at["sourcedId"])
                parent = tree[at["parent"]["sourcedId"]]
                assert at["sourcedId"] in ids(parent, "children")
                at = parent
            assert at["type"] in {"district", "schoolYear"}
    sessions = found["academicSessions"]
    for session in sessions.values():
        assert session["startDate"] < session["endDate"]
        if "parent" in session:
            parent = sessions[session["parent"]["sourcedId"]]
            assert parent["startDate"] <= session["startDate"] < session["endDate"] <= parent["endDate"]
            assert parent["schoolYear"] == session["schoolYear"]
    for kind in ("term", "gradingPeriod"):
        spans = sorted((s["startDate"], s["endDate"]) for s in sessions.values() if s["type"] == kind)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


def check_people(found, plan):
    demographics, users, orgs = found["demographics"], found["users"], found["orgs"]
    for user in users.values():
        ranks = Counter((role["org"]["sourcedId"], role["roleType"]) for role in user["roles"])
        for org in {role["org"]["sourcedId"] for role in user["roles"]}:
            assert ranks[org, "primary"] == 1
            assert orgs[org]["status"] == "active"
        for role in user["roles"]:
            assert role.get("beginDate", "") < role.get("endDate", "9")
            if "userProfile" in role:
                assert role["userProfile"] in [profile["profileId"] for profile in user["userProfiles"]]
        is_pupil = any(role["role"] == "student" for role in user["roles"])
        assert is_pupil == (user["sourcedId"] in demographics)
        assert is_pupil == ("grades" in user)
        for other in ids(user, "agents"):
            assert user["sourcedId"] in ids(users[other], "agents")
        if is_pupil:
            check_age(user, demographics[user["sourcedId"]], plan)
    numbers = Counter(
        one["identifier"] for user in users.values() if user["status"] == "active" for one in user.get("userIds", [])
    )
    assert set(numbers.values()) == {1}
    assert set(cast(plan).values()) <= users.keys()


def check_age(user, record, plan):
    born = date.fromisoformat(record["birthDate"])
    age = plan.today.year - born.year - ((plan.today.month, plan.today.day) < (born.month, born.day))
    assert (age < 18) == ("agents" in user)
    assert 0 <= plan.year - born.year - 6 - int(user["grades"][0]) <= 1
    assert user["status"] == record["status"]


def check_classes(found):
    sessions = found["academicSessions"]
    for record in found["classes"].values():
        course = found["courses"][record["course"]["sourcedId"]]
        assert course["org"] == record["school"]
        assert set(record["grades"]) <= set(course["grades"])
        assert {sessions[term]["type"] for term in ids(record, "terms")} == {"term"}
        if record["status"] == "active":
            assert course["status"] == "active"
    for record in (*found["classes"].values(), *found["courses"].values()):
        assert len(record.get("subjects", [])) == len(record.get("subjectCodes", []))


def check_enrollments(found):
    users, classes, sessions = found["users"], found["classes"], found["academicSessions"]
    leads, homes = Counter(), defaultdict(list)
    for record in found["enrollments"].values():
        group, user = classes[record["class"]["sourcedId"]], users[record["user"]["sourcedId"]]
        assert record["school"] == group["school"]
        assert any(role["org"] == group["school"] for role in user["roles"])
        terms = [sessions[term] for term in ids(group, "terms")]
        begin, end = min(t["startDate"] for t in terms), max(t["endDate"] for t in terms)
        assert begin <= record["beginDate"] < record.get("endDate", end) <= end
        if "tobedeleted" in {group["status"], user["status"]}:
            assert record["status"] == "tobedeleted"
        if record["role"] == "student" and group["status"] == user["status"] == "active":
            assert "primary" not in record
        if record.get("primary") == "true":
            leads[group["sourcedId"]] += 1
        if record["role"] == "student" and group["classType"] == "homeroom":
            homes[user["sourcedId"], group["school"]["sourcedId"]].append(
                (record["beginDate"], record.get("endDate", end))
            )
    assert set(leads) == set(classes)
    assert set(leads.values()) == {1}
    for spans in homes.values():
        assert all(before[1] <= after[0] for before, after in pairwise(sorted(spans)))


def check_gradebook(found):
    users, classes, items, scales = (found[name] for name in ("users", "classes", "lineItems", "scoreScales"))
    enrolled = {(record["class"]["sourcedId"], record["user"]["sourcedId"]) for record in found["enrollments"].values()}
    graded = {record["sourcedId"] for record in classes.values() if record["status"] == "active"}
    for scale in scales.values():
        assert scale["course"] == classes[scale["class"]["sourcedId"]]["course"]
    for item in items.values():
        assert item["school"] == classes[item["class"]["sourcedId"]]["school"]
        assert item["assignDate"] <= item["dueDate"]
        if "scoreScale" in item:
            assert scales[item["scoreScale"]["sourcedId"]]["class"] == item["class"]
        assert item["class"]["sourcedId"] in graded
    for result in found["results"].values():
        item = items[result["lineItem"]["sourcedId"]]
        assert result["class"] == item["class"]
        assert result.get("scoreScale") == item.get("scoreScale")
        assert users[result["student"]["sourcedId"]]["status"] == "active"
        assert (result["class"]["sourcedId"], result["student"]["sourcedId"]) in enrolled
        if "textScore" in result and "score" not in result:
            steps = scales[result["scoreScale"]["sourcedId"]]["scoreScaleValue"]
            assert result["textScore"] in {step["itemValueLHS"] for step in steps}
        assert ("score" in result or "textScore" in result) == result["scoreStatus"].endswith("graded")
    whole = found["assessmentLineItems"]
    for result in found["assessmentResults"].values():
        part = whole[result["assessmentLineItem"]["sourcedId"]]
        assert "parentAssessmentLineItem" in part
        assert (part["class"]["sourcedId"], result["student"]["sourcedId"]) in enrolled


def check(plan):
    found = drawn(plan)
    check_links(found)
    check_trees(found)
    check_people(found, plan)
    check_classes(found)
    check_enrollments(found)
    check_gradebook(found)
    return found


@settings(max_examples=12, deadline=None)
@given(plans)
def test_a_school_of_any_seed_tenant_and_day_is_closed_and_coherent(plan):
    check(plan)


@settings(max_examples=3, deadline=None)
@given(plans)
def test_one_plan_gives_the_same_bytes_twice(plan):
    one, other = (json.dumps([record for _, record in records(plan)]) for _ in range(2))
    assert one == other


@settings(max_examples=4, deadline=None)
@given(plans)
def test_no_change_lies_on_or_after_the_day_of_the_plan(plan):
    for _, record in records(plan):
        assert record["dateLastModified"] < plan.today.isoformat()


@pytest.mark.soak
@pytest.mark.parametrize(("size", "pupils"), [("municipality", 12_000), ("city", 35_000)])
def test_the_larger_sizes_are_closed_and_coherent_and_of_their_size(size, pupils):
    found = check(Plan(size=size))
    assert abs(len(found["demographics"]) - pupils) < pupils / 20
