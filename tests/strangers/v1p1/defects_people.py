"""Defects of 1.1 in what is told of users, as vendors have them."""

from __future__ import annotations

from tests.strangers.town import Row, Tables
from tests.strangers.v1p1.registry import defect, is_a
from tests.strangers.v1p1.server import Old


class _Users(Old):
    """Spoils what is told of a user."""

    def spoil(self, told: Row) -> Row:
        """Return what is told instead."""
        return told

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return self.spoil(told) if is_a("user", row) else told


# --- roles and organisations ------------------------------------------------------------------------------------------


@defect("users", "users-of-1.2")
class UsersOfLater(_Users):
    """ClassLink: the address of 1.1, the users of 1.2: roles instead of role and orgs (differences, 2)."""

    def spoil(self, told: Row) -> Row:
        roles = [{"roleType": "primary", "role": told["role"], "org": org} for org in told["orgs"]]
        return {name: value for name, value in told.items() if name not in {"role", "orgs"}} | {"roles": roles}


@defect("users", "roles-beside-role")
class RolesBesideRole(_Users):
    """Half a migration: role and orgs of 1.1 with roles of 1.2 beside them; 1.1 users have no such field."""

    def spoil(self, told: Row) -> Row:
        roles = [{"roleType": "primary", "role": told["role"], "org": org} for org in told["orgs"]]
        return told | {"roles": roles, "primaryOrg": told["orgs"][0]}


@defect("users", "preferred-names")
class PreferredNames(_Users):
    """preferredFirstName and userMasterIdentifier of 1.2 in a user of 1.1 (differences, 2)."""

    def spoil(self, told: Row) -> Row:
        return told | {"preferredFirstName": told["givenName"], "userMasterIdentifier": f"M{told['sourcedId']}"}


@defect("users", "role-of-1.2")
class RoleOfLater(_Users):
    """The head is a principal, which is a word of 1.2 (role vocabulary of 1.1)."""

    def spoil(self, told: Row) -> Row:
        return told | ({"role": "principal"} if told["role"] == "administrator" else {})


@defect("users", "role-with-a-capital")
class RoleWithCapital(_Users):
    """Student and Teacher, as a sister API of ClassLink spells them."""

    def spoil(self, told: Row) -> Row:
        return told | {"role": told["role"].capitalize()}


@defect("users", "role-of-the-vendor")
class RoleOfTheVendor(_Users):
    """Guardians are called contact, a word of the vendor's own (the vocabulary is closed in 1.1)."""

    def spoil(self, told: Row) -> Row:
        return told | ({"role": "contact"} if told["role"] in {"guardian", "parent"} else {})


@defect("users", "role-extended")
class RoleExtended(_Users):
    """ext:counselor: the extension of 1.2 in a vocabulary that 1.1 closes."""

    def spoil(self, told: Row) -> Row:
        return told | ({"role": "ext:counselor"} if told["role"] == "administrator" else {})


@defect("users", "orgs-as-ids")
class OrgsAsIds(_Users):
    """orgs is a list of ids instead of links, as a small server documents it."""

    def spoil(self, told: Row) -> Row:
        return told | {"orgs": [org["sourcedId"] for org in told["orgs"]]}


@defect("users", "orgs-as-one-link")
class OrgsAsOneLink(_Users):
    """Who has one organisation has an object, who has two a list: a converter from XML."""

    def spoil(self, told: Row) -> Row:
        return told | ({"orgs": told["orgs"][0]} if len(told["orgs"]) == 1 else {})


@defect("users", "orgs-of-guardians-empty")
class OrgsOfGuardiansEmpty(_Users):
    """Guardians belong to no organisation (orgs is 1..*)."""

    def spoil(self, told: Row) -> Row:
        return told | ({"orgs": []} if told["role"] in {"guardian", "parent"} else {})


@defect("users", "one-record-a-role")
class OneRecordARole(Old):
    """A teacher of two schools stands twice in /users with one id, once for each school (HMH merges such)."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for id_, row in list(tables["users"].items()):
            if len(row["orgs"]) > 1:
                first, *others = row["orgs"]
                tables["users"][id_] = row | {"orgs": [first]}
                tables["users"][f"{id_} again"] = row | {"orgs": others}
        return tables


# --- fields of users --------------------------------------------------------------------------------------------------


@defect("users", "enabled-as-truth")
class EnabledAsTruth(_Users):
    """enabledUser is a JSON truth value, as FINT documented it (true and false are texts)."""

    def spoil(self, told: Row) -> Row:
        return told | {"enabledUser": told["enabledUser"] == "true"}


@defect("users", "enabled-as-digit")
class EnabledAsDigit(_Users):
    """enabledUser is 1 or 0, as text, out of a bit column."""

    def spoil(self, told: Row) -> Row:
        return told | {"enabledUser": str(int(told["enabledUser"] == "true"))}


@defect("users", "username-missing")
class UsernameMissing(_Users):
    """Who never logged in has no username, which 1.1 demands (Infinite Campus says so)."""

    def spoil(self, told: Row) -> Row:
        if told["role"] in {"guardian", "parent"}:
            del told["username"]
        return told


@defect("users", "username-null")
class UsernameNull(_Users):
    """The username of a guardian is null."""

    def spoil(self, told: Row) -> Row:
        return told | ({"username": None} if told["role"] in {"guardian", "parent"} else {})


@defect("users", "nulls-for-what-is-absent")
class NullsForAbsent(_Users):
    """Aeries: identifier, phone and metadata are null where there is nothing (a field is a text or absent)."""

    def spoil(self, told: Row) -> Row:
        return {"identifier": None, "phone": None, "middleName": None, "metadata": None} | told


@defect("users", "grades-as-text")
class GradesAsText(_Users):
    """grades is one text, "7" (differences, 2: an array)."""

    def spoil(self, told: Row) -> Row:
        return told | ({"grades": ",".join(told["grades"])} if "grades" in told else {})


@defect("users", "grades-as-numbers")
class GradesAsNumbers(_Users):
    """grades holds numbers: [7]."""

    def spoil(self, told: Row) -> Row:
        return told | ({"grades": [int(one) for one in told["grades"]]} if "grades" in told else {})


@defect("users", "grade-of-1.0")
class GradeOfOld(_Users):
    """grade instead of grades: the field of 1.0 and of its CSV."""

    def spoil(self, told: Row) -> Row:
        grades = told.pop("grades", None)
        return told | ({"grade": grades[0]} if grades else {})


@defect("users", "user-ids-as-texts")
class UserIdsAsTexts(_Users):
    """userIds is what the CSV holds: {type:identifier} in a text."""

    def spoil(self, told: Row) -> Row:
        ids = [f"{{{one['type']}:{one['identifier']}}}" for one in told.get("userIds", [])]
        return told | ({"userIds": ids} if ids else {})


@defect("users", "user-ids-of-other-keys")
class UserIdsOfOtherKeys(_Users):
    """userIds has type and id, where the model has type and identifier."""

    def spoil(self, told: Row) -> Row:
        ids = [{"type": one["type"], "id": one["identifier"]} for one in told.get("userIds", [])]
        return told | ({"userIds": ids} if ids else {})


@defect("users", "agents-as-ids")
class AgentsAsIds(_Users):
    """agents is a list of ids instead of links."""

    def spoil(self, told: Row) -> Row:
        agents = [one["sourcedId"] for one in told.get("agents", [])]
        return told | ({"agents": agents} if agents else {})


@defect("users", "agents-with-a-relation")
class AgentsWithRelation(_Users):
    """Each link of agents tells the relation in a field of its own (a link has href, sourcedId and type)."""

    def spoil(self, told: Row) -> Row:
        agents = [one | {"relationship": "guardian"} for one in told.get("agents", [])]
        return told | ({"agents": agents} if agents else {})


@defect("users", "password-told")
class PasswordTold(_Users):
    """The password of the first login is told to every client (privacy: never emitted in clear)."""

    def spoil(self, told: Row) -> Row:
        return told | {"password": f"Malli{told['sourcedId'][-4:]}!"}


@defect("users", "status-inactive")
class StatusInactive(Old):
    """Who left is inactive, a word of 1.0 (1.1 has active and tobedeleted)."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return told | ({"status": "inactive"} if told.get("status") == "tobedeleted" else {})


@defect("users", "status-with-a-capital")
class StatusWithCapital(Old):
    """Active: an enumeration of .NET printed as it is named."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return told | ({"status": told["status"].capitalize()} if "status" in told else {})


@defect("users", "status-missing")
class StatusMissing(Old):
    """Enrolments have no status, since the rows are deleted at once (every object has one)."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        if is_a("enrollment", row):
            told.pop("status", None)
        return told
