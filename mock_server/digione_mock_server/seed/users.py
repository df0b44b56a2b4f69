"""Users on the wire: pupils, guardians, staff, with unique logins and e-mail addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from digione_mock_server.seed.cast import canary, cast
from digione_mock_server.seed.names import Name, login
from digione_mock_server.seed.orgs import School, district, place, synthetic_oid
from digione_mock_server.seed.people import ADULT, Family, Guardian, Pupil, age
from digione_mock_server.seed.plan import Mark, Plan
from digione_mock_server.seed.resources import Materials
from digione_mock_server.seed.staff import Staff
from digione_mock_server.seed.wire import Calendar, org_link, user_link
from digione_sdk.model.base import Json

_PERSON_NODE: Final = 98
_VENDOR: Final = "esimerkki-toimittaja"


class Links:
    """Who is related to whom, both ways, and where the children of an adult go to school."""

    def __init__(self, plan: Plan, families: list[Family]) -> None:
        self.guardians: dict[str, list[str]] = {}
        self.children: dict[str, list[Pupil]] = {}
        for family in families:
            adults = [mark.sourced_id for mark in family.marks]
            for child in family.children:
                # Nobody is guardian of an adult (finnish-school-data.md rule 22).
                if age(child.born, today=plan.today) < ADULT:
                    self.guardians[child.seat.mark.sourced_id] = adults
                    for adult in adults:
                        self.children.setdefault(adult, []).append(child)


class Users:
    """Turns people into user records of one tenant."""

    def __init__(self, plan: Plan, calendar: Calendar, links: Links, materials: Materials) -> None:
        self._plan, self._calendar, self._links, self._materials = plan, calendar, links, materials
        self._domain = place(plan).domain
        self._logins: dict[str, int] = {}

    def pupil(self, pupil: Pupil) -> dict[str, Json]:
        """Return the record of a pupil."""
        seat, mark = pupil.seat, pupil.seat.mark
        record = self._calendar.base(mark, gone=seat.gone, this_year=True)
        if seat.cast == "merged_old":
            record["metadata"] = {"fi.digione.mergedInto": cast(self._plan)["merged_current"]}
        number = self._learner_number(pupil)
        username, email = self._some_accounts(mark, pupil.name, seat.cast, f"oppilas.{self._domain}")
        if mark.chance(80, lane=0) or seat.cast == "moved_pupil":
            record["userMasterIdentifier"] = number
        if username:
            record["username"] = username
        record["userIds"] = [{"type": "fi.digione.learnerNumber", "identifier": number}]
        record["enabledUser"] = "false" if seat.gone or (mark.chance(15, lane=1) and not seat.cast) else "true"
        _name(record, pupil.name)
        profiles = self._profiles(mark, username) if username and mark.chance(60, lane=2) else None
        begin = self._started(pupil)
        # The end is the first day without the role: who began today holds it for a day.
        end = max(self._calendar.today, begin + timedelta(days=1)) if seat.gone else None
        school = pupil.school.mark.sourced_id
        record["roles"] = [_role("student", school, begin=begin, end=end, profiles=profiles)]
        if profiles:
            record["userProfiles"] = profiles
        record["primaryOrg"] = org_link(pupil.school.mark.sourced_id)
        if email:
            record["email"] = email
        guardians = self._links.guardians.get(mark.sourced_id)
        if guardians:
            record["agents"] = [user_link(guardian) for guardian in guardians]
        record["grades"] = [f"{seat.grade}"]
        if resources := self._materials.of_user(mark, teaches=False):
            record["resources"] = resources
        return record

    def guardian(self, guardian: Guardian) -> dict[str, Json] | None:
        """Return the record of a guardian, or None where no child is under age; gone when all children are."""
        children = self._links.children.get(guardian.mark.sourced_id)
        if not children:
            return None
        gone = all(child.seat.gone for child in children)
        record = self._calendar.base(guardian.mark, gone=gone)
        username, email = self._some_accounts(guardian.mark, guardian.name, guardian.cast, f"huoltaja.{self._domain}")
        if username:
            record["username"] = username
        record["enabledUser"] = "false" if gone else "true"
        _name(record, guardian.name)
        schools = dict.fromkeys(child.school.mark.sourced_id for child in children)
        record["roles"] = [_role(guardian.role, school) for school in schools]
        if email:
            record["email"] = email
        record["agents"] = [user_link(child.seat.mark.sourced_id) for child in children]
        return record

    def staff(self, person: Staff) -> dict[str, Json]:
        """Return the record of a member of staff; guardians among them have that role too, and links to children."""
        mark = person.mark
        record = self._calendar.base(mark)
        if person.role_code:
            record["metadata"] = {"fi.digione.mpassRoleCode": person.role_code}
        username, email = self._accounts(person.name, person.cast, self._domain)
        record["username"] = username
        record["userIds"] = [{"type": "fi.digione.staffNumber", "identifier": f"H{mark.bits % 10**10:010d}"}]
        record["enabledUser"] = "false" if mark.chance(15, lane=1) and not person.cast else "true"
        _name(record, person.name)
        orgs = [school.mark.sourced_id for school in person.schools] or [district(self._plan).sourced_id]
        profiles = self._profiles(mark, username) if mark.chance(300, lane=2) else None
        roles = [_role(person.role, org, begin=person.begin, end=person.end, profiles=profiles) for org in orgs]
        if person.also:
            roles.append(_role(person.also, orgs[0], primary=False))
        children = self._links.children.get(mark.sourced_id, [])
        schools = dict.fromkeys(child.school.mark.sourced_id for child in children)
        roles += [_role("guardian", school, primary=school not in orgs) for school in schools]
        record["roles"] = roles
        if profiles:
            record["userProfiles"] = profiles
        record["primaryOrg"] = org_link(orgs[0])
        record["email"] = email
        if children:
            record["agents"] = [user_link(child.seat.mark.sourced_id) for child in children]
        if resources := self._materials.of_user(mark, teaches=person.role == "teacher"):
            record["resources"] = resources
        return record

    def _learner_number(self, pupil: Pupil) -> str:
        # The moved pupil's number is issued once, in tenant 0, and goes along.
        tenant = 0 if pupil.seat.cast == "moved_pupil" else self._plan.tenant
        return synthetic_oid(_PERSON_NODE, tenant=tenant, ordinal=pupil.learner)

    def _started(self, pupil: Pupil) -> date:
        if pupil.seat.cast == "moved_pupil":
            return self._calendar.yesterday if self._plan.tenant else date(self._plan.year - 2, 8, 1)
        first = pupil.school.homes[0][0]
        return date(self._plan.year - (pupil.seat.grade - first), 8, 1)

    def _accounts(self, name: Name, member: str | None, domain: str) -> tuple[str, str]:
        """Return username and e-mail, each unique in the tenant."""
        if member:
            email = f"{canary(self._plan, member, 'email')}@{domain}"
            return canary(self._plan, member, "username"), email
        stem = login(name)
        count = self._logins[stem] = self._logins.get(stem, 0) + 1
        unique = stem if count == 1 else f"{stem}.{count}"
        return unique, f"{unique}@{domain}"

    def _some_accounts(self, mark: Mark, name: Name, member: str | None, domain: str) -> tuple[str | None, str | None]:
        """As `_accounts`, but some have no username and some no e-mail, as pupils and guardians do."""
        username, email = self._accounts(name, member, domain)
        if member:
            return username, email
        return None if mark.chance(40, lane=3) else username, None if mark.chance(70, lane=4) else email

    def _profiles(self, mark: Mark, username: str) -> list[dict[str, Json]]:
        uuid = self._plan.mark("profiles", mark.sourced_id).sourced_id
        return [
            {
                "profileId": f"urn:uuid:{uuid}",
                "profileType": "mpassid",
                "vendorId": _VENDOR,
                "applicationId": "default",
                "credentials": [{"type": "saml", "username": username}],
            }
        ]


def _name(record: dict[str, Json], name: Name) -> None:
    record["givenName"] = name.given
    record["familyName"] = name.family
    if name.middle:
        record["middleName"] = name.middle
    if name.preferred:
        record["preferredFirstName"] = name.preferred


def _role(
    role: str,
    org: str,
    *,
    primary: bool = True,
    begin: date | None = None,
    end: date | None = None,
    profiles: list[dict[str, Json]] | None = None,
) -> dict[str, Json]:
    record: dict[str, Json] = {"roleType": "primary" if primary else "secondary", "role": role, "org": org_link(org)}
    if profiles:
        record["userProfile"] = profiles[0]["profileId"]
    if begin:
        record["beginDate"] = begin.isoformat()
    if end:
        record["endDate"] = end.isoformat()
    return record


def demographics(calendar: Calendar, pupil: Pupil, mark: Mark) -> dict[str, Json]:
    """Return the demographics of a pupil: birthday, and sex where recorded; origin has no place here."""
    base = calendar.base(mark, gone=pupil.seat.gone)
    base["sourcedId"] = pupil.seat.mark.sourced_id
    base["birthDate"] = pupil.born.isoformat()
    if pupil.sex:
        base["sex"] = pupil.sex
    return base


def school_users(users: Users, pupils: list[Pupil], staff: list[Staff], school: School) -> Iterator[dict[str, Json]]:
    """Yield the staff whose main school this is, then its pupils."""
    for person in staff:
        if person.schools[0] is school:
            yield users.staff(person)
    for pupil in pupils:
        yield users.pupil(pupil)
