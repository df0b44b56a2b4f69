"""A client made by others meets our server: timeback-oneroster reads every collection of a synthetic school.

Written down in docs/explanation/programs-by-others.md: what it gets wrong is why our models are tolerant and why our
client raises rather than return a short roster.
"""

from __future__ import annotations

from typing import Any

import pytest
from digione_mock_server.testing import Server, serving

from digione_sdk import DigiOne, Scope
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import User
from tests.real.program import Program

TIMEBACK = Program(".venv-timeback", "timeback_oneroster", "timeback_reader.py")

pytestmark = pytest.mark.skipif(
    not TIMEBACK.works(),
    reason="real input: timeback-oneroster is not installed (scripts/real_input.sh; Python 3.12 or newer)",
)

READS_WHOLE = {"academic_sessions", "courses", "orgs", "schools", "students"}
LOSES_ALL_IN_SILENCE = {"terms", "grading_periods"}
REFUSES = {
    "classes": (["classType"], "ext:vastuuryhma"),
    "demographics": (["sex"], "unspecified"),
    "enrollments": (["role"], "ext:koulunkayntiohjaaja"),
    "teachers": (["roles", "role"], "counselor"),
    "users": (["roles", "role"], "counselor"),
}
DROPS = {
    "identifier",
    "preferredFirstName",
    "preferredLastName",
    "preferredMiddleName",
    "pronouns",
    "resources",
    "userMasterIdentifier",
    "userProfiles",
}
"""Keys of a user that it reads and throws away."""


@pytest.fixture(scope="module")
def server():
    with serving(size="school", tenants=1) as running:
        yield running


@pytest.fixture(scope="module")
def theirs(server: Server) -> dict[str, Any]:
    """What timeback-oneroster read, by collection."""
    credentials = server.client()
    door = {
        "url": server.url,
        "token_url": server.token_url,
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
    }
    return TIMEBACK.read(door, "-W", "error")


@pytest.fixture(scope="module")
def ours(server: Server) -> dict[str, list[str]]:
    """The ids that our own client reads, by collection."""
    credentials = server.client()
    with DigiOne(
        rostering=server.rostering_url,
        token_url=server.token_url,
        client_id=credentials.client_id,
        client_secret=credentials.client_secret,
        scopes=tuple(Scope),
    ) as api:
        names = READS_WHOLE | LOSES_ALL_IN_SILENCE | set(REFUSES)
        return {name: [row.sourced_id for row in getattr(api.rostering, name).all()] for name in names}


def test_it_reads_these_collections_whole(theirs: dict[str, Any], ours: dict[str, list[str]]) -> None:
    for name in READS_WHOLE:
        assert theirs[name]["refused"] is None
        assert theirs[name]["rows"] == ours[name], name


def test_it_takes_terms_and_grading_periods_for_none_at_all(theirs: dict[str, Any], ours: dict[str, list[str]]) -> None:
    # It looks for `terms` and `gradingPeriods`; the standard wraps both in `academicSessions` (rest-1.2 §3).
    for name in LOSES_ALL_IN_SILENCE:
        assert ours[name]
        assert theirs[name] == {"rows": [], "refused": None, "declared": []}


@pytest.mark.parametrize("name", sorted(REFUSES))
def test_it_stops_at_a_value_that_the_standard_allows(name: str, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    place, value = REFUSES[name]
    assert theirs[name]["refused"] == {"place": place, "value": value}
    assert len(theirs[name]["rows"]) < len(ours[name])


def test_it_drops_what_its_model_of_a_user_does_not_name(theirs: dict[str, Any]) -> None:
    standard = {facts.wire_name for facts in fields_of(User).values()}
    assert standard - set(theirs["students"]["declared"]) == DROPS
