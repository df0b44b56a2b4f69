"""Legal servers: answers to questions that the standard leaves open, gradebooks and metadata of many kinds."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from tests.strangers import query
from tests.strangers.query import STAMPS, Clause
from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Request, Vendor
from tests.strangers.third.lists import Params, of_type, variant
from tests.strangers.third.records import Settled
from tests.strangers.town import Ref, Row, Tables

FINNISH: Final = {letter: number for number, letter in enumerate("abcdefghijklmnopqrstuvwxyzåäö")}

# --- filters and order ------------------------------------------------------------------------------------------------


@variant("dates-of-stamps-are-local")
class DatesOfStampsAreLocal(Vendor):
    """A day without a time against dateLastModified means midnight in Helsinki: what it means is not specified."""

    def literal(self, clause: Clause) -> Any:
        found = super().literal(clause)
        if clause.path[-1] in STAMPS and len(clause.literal) == 10:
            return found - timedelta(hours=3)
        return found


@variant("sorted-as-finns-do")
class SortedAsFinnsDo(Vendor):
    """Texts sort by the Finnish tailoring of Unicode's collation: å, ä, ö last, marks and case after letters."""

    def sort_key(self, row: Row, name: str) -> Any:
        value = row.get(name)
        if not isinstance(value, str) or name in {"sourcedId", "status"}:
            return super().sort_key(row, name)
        letters = tuple(FINNISH.get(letter, 100 + ord(letter) if letter.isalpha() else -1) for letter in value.lower())
        return (True, letters, value, row["sourcedId"])


@variant("equals-pads-blanks")
class EqualsPadsBlanks(Vendor):
    """SQL pads with blanks before it compares: collation of `=` is not specified."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if isinstance(wanted, str) and sign != "~":
            value, wanted = query.spelt(value).rstrip(" "), wanted.rstrip(" ")
        return super().meets(sign, value, wanted)


@variant("parentheses-too")
class ParenthesesToo(Vendor):
    """Round brackets around a filter are read as well: some servers take more than the grammar."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        return super().parse(re.sub(r"^\s*\((.*)\)\s*$", r"\1", text))


@variant("newest-first")
class NewestFirst(Vendor):
    """Without `sort` the newest come first, ties by id: a stable order of the vendor's own."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        if "sort" in params or "orderBy" in params:
            return super().ordered(rows, params, route)
        return sorted(rows, key=lambda row: (-row["dateLastModified"].timestamp(), row["sourcedId"]))


@variant("ties-the-other-way")
class TiesTheOtherWay(Vendor):
    """Equal values come in the order of ids in both directions, so that desc is not asc turned round."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        found = super().ordered(rows, {**params, "orderBy": ["asc"]}, route)
        if params.get("orderBy", ["asc"])[-1] != "desc" or "sort" not in params:
            return super().ordered(rows, params, route)
        keys = [super(TiesTheOtherWay, self).sort_key(row, params["sort"][-1])[:2] for row in found]
        pairs = sorted(zip(keys, range(len(found)), strict=True), key=lambda pair: pair[0], reverse=True)
        return [found[at] for _, at in pairs]


@variant("no-dotted-filters")
class NoDottedFilters(Vendor):
    """No dotted path is known, 400 for each: a certified server has none."""

    def is_known(self, table: str, path: tuple[str, ...]) -> bool:
        return len(path) == 1 and super().is_known(table, path)


@variant("repeated-parameters-refused")
class RepeatedParametersRefused(Vendor):
    """limit, offset, sort or filter given twice is 400: each is one value, and two contradict."""

    def many(self, request: Request, route: Route) -> Any:
        if any(len(values) > 1 and name != "fields" for name, values in request.params.items()):
            raise Refusal(400, "invaliddata", "a parameter came twice")
        return super().many(request, route)


@variant("empty-fields-refused")
class EmptyFieldsRefused(Vendor):
    """`fields=` and `filter=` without a value are 400: no parameter allows an empty value."""

    def serve(self, request: Request) -> Any:
        if any("" in values for values in request.params.values()):
            raise Refusal(400, "invalid_selection_field", "a parameter has no value")
        return super().serve(request)


# --- times and numbers ------------------------------------------------------------------------------------------------


@variant("stamps-of-many-zones")
class StampsOfManyZones(Vendor):
    """Each stamp has a zone of its own, half hours and minus nought among them: all are instants (RFC 3339)."""

    def stamp(self, moment: datetime) -> str:
        minutes = (0, 120, 180, 345, -210)[moment.second % 5]
        told = moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
        return told.replace("+00:00", "-00:00")


@variant("stamps-of-another-century")
class StampsOfAnotherCentury(Settled):
    """Records loaded long ago have a stamp of 1999 or of the epoch, a few of a leap day's last second."""

    def change(self, tables: Tables) -> None:
        old = (datetime(1970, 1, 1, tzinfo=UTC), datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
               datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC))  # fmt: skip
        for table in tables.values():
            for number, row in enumerate(table.values()):
                if number % 2:
                    row["dateLastModified"] = old[number // 2 % 3]


@variant("numbers-of-any-form")
class NumbersOfAnyForm(Vendor):
    """A number of JSON may have an exponent and zeros at its end: 1E+1 and 7.250 (RFC 8259, 6)."""

    def dump(self, body: Any) -> bytes:
        told = super().dump(body).decode()
        told = re.sub(r'"(score|resultValueMax)":(\d+)(?=[,}])', r'"\1":\2E+0', told)
        return re.sub(r'"(score|weight)":(\d+\.\d+)(?=[,}])', r'"\1":\g<2>0', told).encode()


# --- gradebooks -------------------------------------------------------------------------------------------------------


@variant("extra-credit")
class ExtraCredit(Settled):
    """Scores above resultValueMax and below its minimum are told as they are: extra credit, and points taken off."""

    def change(self, tables: Tables) -> None:
        for number, row in enumerate(tables["results"].values()):
            if number % 11 == 3 and "score" in row:
                row["score"] = 300 if number % 2 else -2.5


@variant("nothing-graded-yet")
class NothingGradedYet(Settled):
    """Line items and scales, and not one result: an empty list is a list."""

    def change(self, tables: Tables) -> None:
        for name in ("results", "assessmentResults"):
            tables[name].clear()


@variant("graded-in-words")
class GradedInWords(Settled):
    """Results have words and no numbers, statuses of the vendor's own, and come from pupils who left the class."""

    def change(self, tables: Tables) -> None:
        for name in ("results", "assessmentResults"):
            for number, row in enumerate(tables[name].values()):
                row.pop("score", None)
                row["textScore"] = ("hyväksytty", "S", "10-", "godkänd")[number % 4]
                row["scoreStatus"] = ("ext:kesken", "not submitted", "partially graded", "submitted")[number % 4]


@variant("line-items-bare")
class LineItemsBare(Settled):
    """What is optional in a line item and a result is not there: no session, no scale, no bounds, no class."""

    def change(self, tables: Tables) -> None:
        for row in tables["lineItems"].values():
            for name in ("gradingPeriod", "academicSession", "scoreScale", "resultValueMin", "resultValueMax"):
                row.pop(name, None)
        for row in tables["results"].values():
            for name in ("class", "scoreScale", "score", "textScore"):
                row.pop(name, None)


@variant("objectives-of-a-curriculum")
class ObjectivesOfACurriculum(Settled):
    """Objectives of CASE by UUID, and of a source in a lower-case word of the vendor's, with results for each."""

    def change(self, tables: Tables) -> None:
        one = "0b3f6a52-9c1e-4f0a-8d7e-3a5b6c7d8e9f"
        for row in tables["lineItems"].values():
            row["learningObjectiveSet"] = [{"source": "case", "learningObjectiveIds": [one, one.replace("0b", "1c")]},
                                           {"source": "eperusteet", "learningObjectiveIds": ["466343"]}]  # fmt: skip
        for row in list(tables["results"].values())[::3]:
            told = [{"learningObjectiveId": one, "score": 8.5}, {"learningObjectiveId": one, "textScore": "S"}]
            row["learningObjectiveSet"] = [{"source": "case", "learningObjectiveResults": told}]


@variant("weights-beyond-a-hundred")
class WeightsBeyondAHundred(Settled):
    """Weights are shares of any sum, nought among them: what they add up to is not stated."""

    def change(self, tables: Tables) -> None:
        for number, row in enumerate(tables["categories"].values()):
            row["weight"] = (0, 250, 0.001, 33.333)[number % 4]


# --- metadata and what else is open -----------------------------------------------------------------------------------


@variant("metadata-of-every-kind")
class MetadataOfEveryKind(Settled):
    """metadata is open: nulls, nested objects, large integers, empty names, keys with dots, names of real fields."""

    def change(self, tables: Tables) -> None:
        told = {"fi.kunta.aidinkieli": None, "": [], "x": {"y": [1, 2.5, True, {}]}, "n": 2**70, "sourcedId": "muu",
                "status": "poistettu", "href": "~/ei", "kuvaus": "rivi\n\ttoinen"}  # fmt: skip
        for table in tables.values():
            for row in list(table.values())[::2]:
                row["metadata"] = json.loads(json.dumps(told))


@variant("empty-lists-in-half")
class EmptyListsInHalf(Settled):
    """Half of the records tell optional lists as empty, the others leave them out."""

    def change(self, tables: Tables) -> None:
        optional = {"classes": ("grades", "periods", "resources"), "users": ("agents", "userIds"),
                    "orgs": ("children",), "academicSessions": ("children",), "courses": ("grades",)}  # fmt: skip
        for name, fields in optional.items():
            for row in list(tables[name].values())[::2]:
                for one in fields:
                    row.setdefault(one, [])


@variant("resources-for-nobody")
class ResourcesForNobody(Settled):
    """There are resources and nothing links to them; some have no roles, some have those of vendors' own."""

    def change(self, tables: Tables) -> None:
        for name in ("classes", "courses", "users"):
            for row in tables[name].values():
                row.pop("resources", None)
        for number, row in enumerate(tables["resources"].values()):
            row["roles"] = [[], ["ext:oppilas"], ["administrator", "aide"]][number % 3]


@variant("a-school-that-closed")
class ASchoolThatClosed(Settled):
    """A school is marked for deletion with all that hangs on it: what is deleted leads to what is deleted."""

    def change(self, tables: Tables) -> None:
        schools = of_type(tables, "orgs", "school")
        if len(schools) < 2:
            return
        gone = Ref("org", schools[-1]["sourcedId"])
        schools[-1]["status"] = "tobedeleted"
        for name in ("courses", "classes", "enrollments", "lineItems"):
            for row in tables[name].values():
                if gone in {row.get("school"), row.get("org")}:
                    row["status"] = "tobedeleted"
        for row in tables["users"].values():
            row["roles"] = [role for role in row["roles"] if role["org"] != gone or row["primaryOrg"] == gone]
            if row["primaryOrg"] == gone:
                row["status"] = "tobedeleted"
                if row["sourcedId"] in tables["demographics"]:
                    tables["demographics"][row["sourcedId"]]["status"] = "tobedeleted"
        self._let_go(tables)

    def _let_go(self, tables: Tables) -> None:
        """Mark what hangs on people, classes and items that are gone."""
        gone = {(name, id_) for name in ("users", "classes", "lineItems") for id_, row in tables[name].items()
                if row["status"] == "tobedeleted"}  # fmt: skip
        for name in ("enrollments", "results", "scoreScales", "assessmentLineItems", "assessmentResults"):
            for row in tables[name].values():
                links = {("users", "user"), ("users", "student"), ("classes", "class"), ("lineItems", "lineItem")}
                if any(field in row and (table, row[field].id) in gone for table, field in links):
                    row["status"] = "tobedeleted"
        for row in tables["users"].values():
            kept = [
                link
                for link in row.get("agents", [])
                if row["status"] == "tobedeleted" or ("users", link.id) not in gone
            ]
            if "agents" in row:
                row["agents"] = kept


@variant("everything-just-now")
class EverythingJustNow(Settled):
    """The nightly load gave each record the stamp of its second, all within one minute of this morning."""

    def change(self, tables: Tables) -> None:
        start = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
        for table in tables.values():
            for number, row in enumerate(table.values()):
                row["dateLastModified"] = start + timedelta(seconds=number % 60)


@variant("narrow-client-of-one-school")
class NarrowClientSeesOneSchool(Vendor):
    """The narrower client is of one school and gets no people of others: rights are the provider's to give."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        if route.table != "users" or not request.grant or not request.grant.client.endswith("suppea"):
            return rows
        return [row for row in rows if row["primaryOrg"].id.endswith("001")]
