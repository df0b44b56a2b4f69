"""Full users for benchmarks: every optional field but passwords, about the size of the measured ones (1.6 kB)."""

from __future__ import annotations

from collections.abc import Iterator

from digione_mock_server.seed.names import FINNISH, Name, full_name, login, surname
from digione_mock_server.seed.orgs import synthetic_oid
from digione_mock_server.seed.plan import Mark, Plan
from digione_mock_server.seed.wire import Calendar, org_link, user_link
from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json


def bench_users(n: int, *, full: bool = True) -> Iterator[dict[str, Json]]:
    """Yield `n` pupils in wire form, always the same; links lead nowhere.

    Args:
        n: How many.
        full: Every optional field but passwords, two roles, one profile with a credential, two agents (1.6 kB);
            otherwise what most rosters hold (0.6 kB).

    Raises:
        UsageError: `n` is negative.
    """
    if n < 0:
        raise UsageError("must not be negative", argument="n")
    return _users(n, full=full)


def _users(n: int, *, full: bool) -> Iterator[dict[str, Json]]:
    plan = Plan(seed=0)
    calendar, chance = Calendar(plan), plan.stream("bench")
    schools = [_short(plan.mark("orgs", f"bench/{number}")) for number in range(50)]
    for number in range(n):
        mark = Mark(_short(drawn := plan.mark("users", f"bench/{number}")), drawn.bits)
        name = full_name(chance, FINNISH, surname(chance, FINNISH))
        user = f"{login(name)}.{number}"
        plain = calendar.base(mark) | {
            "username": user,
            "enabledUser": "true",
            "givenName": name.given,
            "familyName": name.family,
            "roles": [{"roleType": "primary", "role": "student", "org": org_link(schools[number % 50])}],
            "email": f"{user}@esimerkkila.invalid",
            "grades": [f"{1 + number % 9}"],
        }
        yield _full(plan, number, plain, name, second=schools[(number + 1) % 50]) if full else plain


def _full(plan: Plan, number: int, plain: dict[str, Json], name: Name, *, second: str) -> dict[str, Json]:
    """The same pupil with everything that a roster can hold of one."""
    user, (role,) = plain["username"], plain["roles"]
    profile = f"urn:profile:{plain['sourcedId']}"
    oid = synthetic_oid(98, tenant=0, ordinal=number)
    dates = {"userProfile": profile, "beginDate": "2026-08-01", "endDate": "2027-08-01"}
    agents = [_short(plan.mark("users", f"bench/{number}/{agent}")) for agent in range(2)]
    return plain | {
        "metadata": {"fi.digione.homeLanguage": "FI"},
        "userMasterIdentifier": oid,
        "userIds": [{"type": "fi.digione.learnerNumber", "identifier": oid}],
        "middleName": name.middle or "Aurora",
        "preferredFirstName": name.preferred or name.given,
        "preferredMiddleName": "Aurora",
        "preferredLastName": name.family,
        "pronouns": "hän",
        "roles": [role | dates, {"roleType": "secondary", "role": "aide", "org": org_link(second)} | dates],
        "userProfiles": [_profile(profile, user)],
        "primaryOrg": role["org"],
        "identifier": oid,
        "email": f"{user}@oppilas.esimerkkila.invalid",
        "sms": "+000000000",
        "phone": "+000000000",
        "agents": [user_link(agent) for agent in agents],
        "resources": [_resource_link(_short(plan.mark("resources", f"bench/{number}")))],
    }


def _profile(profile: str, user: str) -> Json:
    return {
        "profileId": profile,
        "profileType": "mpassid",
        "vendorId": "esimerkki-toimittaja",
        "applicationId": "default",
        "description": "Synthetic account",
        "credentials": [{"type": "saml", "username": user}],
    }


def _resource_link(resource: str) -> Json:
    href = f"/ims/oneroster/resources/v1p2/resources/{resource}"
    return {"href": href, "sourcedId": resource, "type": "resource"}


def _short(mark: Mark) -> str:
    return mark.sourced_id[-12:]
