"""The role of 1.1 and the roles of 1.2: one role in many organisations, against one role for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import RoleName
from digione_sdk.model.oneroster.v1p1 import UserRole
from digione_sdk.wire.versions.policy import ADMINISTRATORS, ConversionPolicy

BY_PRIMARY_ORG: Final = "the primary role in the primary organisation"
BY_RANK: Final = "the first primary role"
BY_ORDER: Final = "the first role"


def roles_from(role: str, orgs: list[Json], policy: ConversionPolicy) -> list[Json]:
    """Return the 1.2 roles of a 1.1 user: the same role in each of its organisations, everywhere the primary one."""
    distinct: dict[str, Json] = {}
    for org in orgs:
        distinct.setdefault(_org_id(org), org)
    return [
        {
            "roleType": "primary",
            "role": policy.administrator_in(sourced_id) if role == UserRole.ADMINISTRATOR else role,
            "org": org,
        }
        for sourced_id, org in distinct.items()
    ]


def role_from(record: dict[str, Json], policy: ConversionPolicy) -> tuple[str, str]:
    """Return the 1.1 role of a 1.2 user, and by which rule it was chosen.

    The primary role in the primary organisation, else the first primary role, else the first; among them, the first
    that 1.1 has a word for.
    """
    known = [it for it in _by_rank(record) if not _is_foreign(it[0]["role"])]
    (role, why) = known[0] if known else next(_by_rank(record))
    return told_role(role["role"], policy), why


def orgs_from(roles: list[Json]) -> list[Json]:
    """Return the organisations of roles, each once, in their order."""
    distinct: dict[str, Json] = {}
    for role in roles:
        distinct.setdefault(_org_id(role["org"]), role["org"])
    return list(distinct.values())


def told_role(role: str, policy: ConversionPolicy) -> str:
    """Return the 1.1 word for a role of 1.2."""
    if role in ADMINISTRATORS:
        return UserRole.ADMINISTRATOR.value
    if role == RoleName.COUNSELOR:
        return policy.counselor.value
    return role if role in _TOLD else policy.extension_role.value


_TOLD: Final = frozenset(member.value for member in UserRole)


def _is_foreign(role: str) -> bool:
    return role.startswith("ext:") and role not in ADMINISTRATORS


def _by_rank(record: dict[str, Json]) -> Iterator[tuple[dict[str, Json], str]]:
    roles = record["roles"]
    primaries = [role for role in roles if role.get("roleType") == "primary"]
    main = _org_id(record.get("primaryOrg"))
    yield from ((role, BY_PRIMARY_ORG) for role in primaries if main and _org_id(role.get("org")) == main)
    yield from ((role, BY_RANK) for role in primaries)
    yield from ((role, BY_ORDER) for role in roles)


def _org_id(link: Json) -> str:
    return str(link.get("sourcedId", "")) if isinstance(link, dict) else ""
