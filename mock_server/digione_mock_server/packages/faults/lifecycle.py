"""Export faults in what differs by mode and version: lifecycle columns, instants, and what 1.1 has otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from digione_mock_server.packages.export import Export, Sheet
from digione_mock_server.packages.faults.fault import Act, layer
from digione_sdk.bulk.tables import Mode, Version

_STAMP: Final = "2026-11-20T10:15:30.000Z"


def _data(export: Export) -> list[Sheet]:
    return [sheet for sheet in export.sheets.values() if sheet is not export.manifest]


def _everywhere(column: str, value: str) -> Act:
    def act(export: Export) -> None:
        for sheet in _data(export):
            sheet.fill(column, value)

    return act


def _stamps(change: Callable[[str], str]) -> Act:
    def act(export: Export) -> None:
        for sheet in _data(export):
            sheet.change("dateLastModified", change)

    return act


def _statuses(change: Callable[[str], str]) -> Act:
    def act(export: Export) -> None:
        for sheet in _data(export):
            sheet.change("status", change)

    return act


def _local(text: str) -> str:
    moved = datetime.fromisoformat(text) + timedelta(hours=2)
    return moved.strftime("%Y-%m-%dT%H:%M:%S.000") + "+02:00"


def _epoch(text: str) -> str:
    return str(int(datetime.fromisoformat(text).timestamp() * 1000))


def _filled_in_users(export: Export) -> None:
    export["users"].fill("status", "active")
    export["users"].fill("dateLastModified", _STAMP)


def _roles_beside(export: Export) -> None:
    users = export["users"]
    header = ["sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "orgSourcedId"]
    rows = [["r" + own, "", "", own, "primary", "student", ""] for own in users.values("sourcedId")]
    export.sheets["roles"] = Sheet(header, rows)


def _users_of_v1p2(export: Export) -> None:
    export["users"].drop("orgSourcedIds")
    export["users"].drop("role")


FAULTS: Final = (
    *layer(
        "lifecycle",
        ("status-in-bulk", "pitfall 71", "Every row of a bulk package has a status.", _everywhere("status", "active")),
        ("stamp-in-bulk", "pitfall 71", "Every row of a bulk package has a dateLastModified.",
         _everywhere("dateLastModified", _STAMP)),
        ("lifecycle-in-one-file", "pitfall 71", "Status and dateLastModified are filled in users.csv alone.",
         _filled_in_users),
    ),
    *layer(
        "lifecycle",
        ("stamp-blank-in-delta", "pitfall 71", "Some rows of a delta have no dateLastModified.",
         lambda export: export["users"].fill("dateLastModified", "", first=3)),
        ("status-blank-in-delta", "pitfall 71", "Some rows of a delta have no status.",
         lambda export: export["enrollments"].fill("status", "", first=3)),
        ("lifecycle-blank-in-delta", "pitfall 71", "A delta has neither status nor dateLastModified.",
         lambda export: (_everywhere("status", "")(export), _everywhere("dateLastModified", "")(export))),
        ("stamp-without-milliseconds", "csv §1", "Instants have no milliseconds.",
         _stamps(lambda text: text[:19] + "Z")),
        ("stamp-in-microseconds", "csv §1", "Instants have six decimals.", _stamps(lambda text: text[:23] + "000Z")),
        ("stamp-in-local-time", "csv §1", "Instants are in Finnish time with its offset.", _stamps(_local)),
        ("stamp-without-zone", "csv §1", "Instants have no zone.", _stamps(lambda text: text.removesuffix("Z"))),
        ("stamp-with-space", "pitfall 9", "A space stands where T belongs.",
         _stamps(lambda text: text.replace("T", " "))),
        ("stamp-is-a-day", "csv §1", "Instants are days.", _stamps(lambda text: text[:10])),
        ("stamp-since-1970", "plausible", "Instants are milliseconds since 1970.", _stamps(_epoch)),
        ("status-capitalised", "csv §1", "status is Active.", _statuses(str.capitalize)),
        ("status-inactive", "pitfall 55", "What is gone has the status inactive.",
         _statuses(lambda text: "inactive" if text == "tobedeleted" else text)),
        ("status-deleted", "pitfall 55", "What is gone has the status deleted.",
         _statuses(lambda text: "deleted" if text == "tobedeleted" else text)),
        ("delta-called-bulk", "csv §2", "The manifest calls a delta bulk.",
         lambda export: export.manifest.change("value", lambda _: "bulk", where="delta")),
        mode=Mode.DELTA,
    ),
    *layer(
        "lifecycle",
        ("v1p1-role-of-1-2", "differences §2", "A user of 1.1 is siteAdministrator.",
         lambda export: export["users"].change("role", lambda _: "siteAdministrator", first=2)),
        ("v1p1-own-role", "differences §2", "A user of 1.1 has a role of the vendor.",
         lambda export: export["users"].change("role", lambda _: "ext:koulusihteeri", first=2)),
        ("v1p1-own-class-type", "differences §2", "A class of 1.1 has a type of the vendor.",
         lambda export: export["classes"].change("classType", lambda _: "ext:vastuuryhma", first=2)),
        ("v1p1-sex-unspecified", "differences §2", "sex is unspecified in 1.1.",
         lambda export: export["demographics"].change("sex", lambda _: "unspecified", first=2)),
        ("v1p1-users-as-in-1-2", "csv §7", "users.csv of 1.1 has neither orgSourcedIds nor role.", _users_of_v1p2),
        ("v1p1-orgs-blank", "csv §7", "Users of 1.1 are in no org.",
         lambda export: export["users"].fill("orgSourcedIds", "", first=3)),
        ("v1p1-org-in-the-singular", "csv §7", "orgSourcedIds is called orgSourcedId.",
         lambda export: export["users"].rename("orgSourcedIds", "orgSourcedId")),
        ("v1p1-org-unknown", "pitfall 47", "Users of 1.1 are in an org that is not in the package.",
         lambda export: export["users"].change("orgSourcedIds", lambda _: "gone", first=3)),
        ("v1p1-bounds-blank", "csv §7", "Line items of 1.1 have no bounds.",
         lambda export: export["lineItems"].fill("resultValueMax", "", first=3)),
        ("v1p1-score-blank", "csv §7", "Results of 1.1 have no score.",
         lambda export: export["results"].fill("score", "", first=3)),
        ("v1p1-session-of-1-2", "csv §7", "gradingPeriodSourcedId of line items is called as in 1.2.",
         lambda export: export["lineItems"].rename("gradingPeriodSourcedId", "academicSessionSourcedId")),
        ("v1p1-school-on-line-items", "csv §7", "Line items of 1.1 have a school.",
         lambda export: export["lineItems"].insert(13, "schoolSourcedId")),
        ("v1p1-weight-on-categories", "csv §7", "Categories of 1.1 have a weight.",
         lambda export: export["categories"].insert(4, "weight", "50")),
        ("v1p1-roles-beside", "csv §7", "A package of 1.1 has a roles.csv.", _roles_beside),
        ("v1p1-manifest-of-1-2", "csv §3", "The manifest of 1.1 lists the files of 1.2 too.",
         lambda export: export.manifest.rows.extend([["file.roles", "absent"], ["file.userProfiles", "absent"]])),
        version=Version.V1P1,
    ),
)  # fmt: skip
