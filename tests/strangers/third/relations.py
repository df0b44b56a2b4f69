"""Defects between records: links that lead to the wrong kind, days outside their term, trees with a ring in them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from tests.strangers.server import Vendor
from tests.strangers.third.lists import defect, holders, of_type, renamed
from tests.strangers.third.records import Settled, last
from tests.strangers.town import Ref, Row, Tables

# --- people -----------------------------------------------------------------------------------------------------------


@defect("references", "no-primary-role")
class NoPrimaryRole(Settled):
    """Some people have secondary roles alone; each has exactly one primary role in an org."""

    def change(self, tables: Tables) -> None:
        for row in holders(tables, "student")[40::50]:
            row["roles"][0]["roleType"] = "secondary"


@defect("references", "role-profile-dangles")
class RoleProfileDangles(Settled):
    """role.userProfile names an account that is none of the user's profiles."""

    def change(self, tables: Tables) -> None:
        for row in holders(tables, "teacher")[::5]:
            row["roles"][0]["userProfile"] = f"https://tili.invalid/{row['sourcedId']}"


@defect("references", "profiles-of-one-id")
class ProfilesOfOneId(Settled):
    """Two accounts of a user have one profileId, which is unique within the user."""

    def change(self, tables: Tables) -> None:
        for row in holders(tables, "teacher")[::5]:
            one = {"profileId": "https://tili.invalid/1", "profileType": "oppimisalusta", "vendorId": "a.invalid"}
            row["userProfiles"] = [one, {**one, "profileType": "kirjasto", "vendorId": "b.invalid"}]


@defect("references", "agents-are-classes")
class AgentsAreClasses(Settled):
    """An agent leads to a class: the columns of the join were mixed up; the type of the link says user."""

    def change(self, tables: Tables) -> None:
        row = next(user for user in holders(tables, "student") if "agents" in user)
        row["agents"] = [Ref("user", next(iter(tables["classes"])))]


@defect("references", "demographics-of-nobody")
class DemographicsOfNobody(Settled):
    """One record of demographics outlived its user, whose id it must have."""

    def change(self, tables: Tables) -> None:
        row = dict(next(iter(tables["demographics"].values())))
        tables["demographics"]["9999999"] = {**row, "sourcedId": "9999999", "status": "active"}


# --- years and places -------------------------------------------------------------------------------------------------


@defect("references", "school-year-of-autumn")
class SchoolYearOfAutumn(Settled):
    """schoolYear is that in which the year begins; the standard has it by its end."""

    def change(self, tables: Tables) -> None:
        for row in tables["academicSessions"].values():
            row["schoolYear"] = str(int(row["schoolYear"]) - 1)


@defect("references", "session-is-its-own-parent")
class SessionIsItsOwnParent(Settled):
    """A self-join without a condition: the school year of last year encloses itself."""

    def change(self, tables: Tables) -> None:
        row = of_type(tables, "academicSessions", "schoolYear")[-1]
        row["parent"] = Ref("academicSession", row["sourcedId"])
        row["children"] = [*row["children"], row["parent"]]


@defect("references", "orgs-in-a-ring")
class OrgsInARing(Settled):
    """The municipality's parent is one of its schools, and the school knows it as its child: no tree."""

    def change(self, tables: Tables) -> None:
        (town,) = of_type(tables, "orgs", "district")
        school = of_type(tables, "orgs", "school")[0]
        town["parent"] = Ref("org", school["sourcedId"])
        school["children"] = [Ref("org", town["sourcedId"])]


@defect("references", "children-of-another-parent")
class ChildrenOfAnotherParent(Settled):
    """A term stands among the children of both halves of the year, and its parent is one of them."""

    def change(self, tables: Tables) -> None:
        halves = of_type(tables, "academicSessions", "semester")
        halves[0]["children"] = [*halves[0]["children"], halves[1]["children"][0]]


@defect("references", "course-year-is-a-term")
class CourseYearIsATerm(Settled):
    """course.schoolYear leads to a term; it leads to a session of type schoolYear."""

    def change(self, tables: Tables) -> None:
        term = of_type(tables, "academicSessions", "term")[0]["sourcedId"]
        for row in list(tables["courses"].values())[::4]:
            row["schoolYear"] = Ref("academicSession", term)


@defect("references", "class-school-is-the-town")
class ClassSchoolIsTheTown(Settled):
    """A class of language pupils belongs to the municipality; class.school is an org of type school."""

    def change(self, tables: Tables) -> None:
        (town,) = of_type(tables, "orgs", "district")
        row = last(tables, "classes")
        row["school"] = Ref("org", town["sourcedId"])
        for one in tables["enrollments"].values():
            if one["class"].id == row["sourcedId"]:
                one["school"] = row["school"]


@defect("references", "school-closed-classes-open")
class SchoolClosedClassesOpen(Settled):
    """A school is marked for deletion, its classes, enrolments and people's roles stay active and lead to it."""

    def change(self, tables: Tables) -> None:
        of_type(tables, "orgs", "school")[-1]["status"] = "tobedeleted"


# --- enrolments -------------------------------------------------------------------------------------------------------


@defect("references", "enrolment-outlives-the-term")
class EnrolmentOutlivesTheTerm(Settled):
    """Some enrolments end two months after the last term of their class; they end within it."""

    def change(self, tables: Tables) -> None:
        for row in list(tables["enrollments"].values())[60::50]:
            terms = tables["classes"][row["class"].id]["terms"]
            row["endDate"] = max(tables["academicSessions"][term.id]["endDate"] for term in terms) + timedelta(days=60)


@defect("references", "day-of-no-value")
class DayOfNoValue(Settled):
    """.NET `DateTime.MinValue`: who has no beginDate began on 0001-01-01, long before the term."""

    def change(self, tables: Tables) -> None:
        for row in tables["enrollments"].values():
            row.setdefault("beginDate", date.min)


@defect("references", "end-of-days")
class EndOfDays(Settled):
    """An open end is 9999-12-31, long after the last term of the class."""

    def change(self, tables: Tables) -> None:
        for row in tables["enrollments"].values():
            if row["role"] == "teacher":
                row.setdefault("endDate", date(9999, 12, 31))


@defect("references", "everybody-primary")
class PrimaryPupils(Settled):
    """primary is true for pupils, of whom a class then has eighteen; it is meant for teachers, one a class."""

    def change(self, tables: Tables) -> None:
        for row in tables["enrollments"].values():
            row["primary"] = "true"


# --- links as such ----------------------------------------------------------------------------------------------------


@defect("references", "hrefs-of-the-inner-host")
class HrefsOfTheInnerHost(Vendor):
    """Links name the host inside the cluster, where no client gets to."""

    def href(self, ref: Ref) -> str:
        return super().href(ref).replace(self.url, "http://oneroster.roster.svc.cluster.local:8080")


@defect("references", "hrefs-not-encoded")
class HrefsNotEncoded(Settled):
    """Ids hold spaces and letters beyond ASCII, and href has them raw: no URI."""

    def change(self, tables: Tables) -> Tables:
        return renamed(tables, "classes", {id_: f"ryhmä {id_}" for id_ in tables["classes"]})

    def href(self, ref: Ref) -> str:
        return super().href(ref).replace(quote(ref.id, safe=""), ref.id)


@defect("references", "link-ids-in-upper-case")
class LinkIdsInUpperCase(Vendor):
    """SQL Server prints GUIDs in upper case, the API in lower case: the link names an id that no record has."""

    def link(self, name: str, ref: Ref) -> Row:
        found = super().link(name, ref)
        return {**found, "sourcedId": ref.id.upper()} if name == "course" else found


# --- grades -----------------------------------------------------------------------------------------------------------


@defect("gradebook", "line-item-period-is-a-term")
class LineItemPeriodIsATerm(Settled):
    """lineItem.gradingPeriod leads to a term."""

    def change(self, tables: Tables) -> None:
        for row in tables["lineItems"].values():
            if "gradingPeriod" in row:
                row["gradingPeriod"] = row["academicSession"]


@defect("gradebook", "line-item-of-another-school")
class LineItemOfAnotherSchool(Settled):
    """One item's school is another than that of its class."""

    def change(self, tables: Tables) -> None:
        row = last(tables, "lineItems")
        schools = [one["sourcedId"] for one in of_type(tables, "orgs", "school")]
        row["school"] = Ref("org", next(id_ for id_ in schools if id_ != row["school"].id))


@defect("gradebook", "result-of-another-class")
class ResultOfAnotherClass(Settled):
    """Some results name another class than their line item does."""

    def change(self, tables: Tables) -> None:
        for row in list(tables["results"].values())[10::30]:
            row["class"] = Ref("class", next(id_ for id_ in tables["classes"] if id_ != row["class"].id))


@defect("gradebook", "percentile-of-a-thousand")
class PercentileOfAThousand(Settled):
    """Percentile ranks in permille: 525 is no rank among hundred."""

    def change(self, tables: Tables) -> None:
        for row in tables["assessmentResults"].values():
            row["scorePercentile"] = row["scorePercentile"] * 10


@defect("gradebook", "objective-ids-joined")
class ObjectiveIdsJoined(Vendor):
    """learningObjectiveIds is a text with commas where a list belongs."""

    def value_out(self, name: str, value: Any) -> Any:
        found = super().value_out(name, value)
        return ",".join(value) if name == "learningObjectiveIds" and isinstance(value, list) else found


@defect("gradebook", "case-ids-are-codes")
class CaseIdsAreCodes(Settled):
    """Objectives of source `case` have the labels T1 and T2; CASE identifiers are UUIDs."""

    def change(self, tables: Tables) -> None:
        for row in tables["assessmentLineItems"].values():
            for one in row.get("learningObjectiveSet", []):
                one.update(source="case", learningObjectiveIds=["T1", "T2"])


@defect("gradebook", "assessment-result-dangles")
class AssessmentResultDangles(Settled):
    """One assessment result leads to an assessment that was deleted for good."""

    def change(self, tables: Tables) -> None:
        last(tables, "assessmentResults")["assessmentLineItem"] = Ref("assessmentLineItem", "ali.gone")


@defect("gradebook", "assessment-is-its-own-part")
class AssessmentIsItsOwnPart(Settled):
    """parentAssessmentLineItem leads from a part to itself: a hierarchy without a top."""

    def change(self, tables: Tables) -> None:
        row = next(one for one in tables["assessmentLineItems"].values() if "parentAssessmentLineItem" in one)
        row["parentAssessmentLineItem"] = Ref("assessmentLineItem", row["sourcedId"])


@defect("gradebook", "result-scale-dangles")
class ResultScaleDangles(Settled):
    """A result's scale is one that was replaced and is gone."""

    def change(self, tables: Tables) -> None:
        rows = [row for row in tables["results"].values() if "scoreScale" in row]
        rows[-1]["scoreScale"] = Ref("scoreScale", "scale-of-2019")
