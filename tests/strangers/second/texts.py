"""Defects in what becomes of texts, flags, words and parts of an object between a write and the next read."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.strangers import intake
from tests.strangers.query import FIELDS
from tests.strangers.second.lists import defect
from tests.strangers.second.writer import Writer
from tests.strangers.town import Ref, Row

_FREE = frozenset({"title", "description", "comment", "textScore", "type"})
_FLAGS = frozenset({"inProgress", "incomplete", "late", "missing"})


class _Retold(Writer):
    """A vendor whose texts do not survive."""

    def retold(self, text: str) -> str:
        return text

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        for name in _FREE & row.keys():
            row[name] = self.retold(row[name])
        return super().fit(table, row, old, sent)


@defect("texts", "varchar-50")
class Varchar50(_Retold):
    """Columns of 50 characters, and a database that cuts in silence (pitfall 62: titles of 255 are kept)."""

    def retold(self, text: str) -> str:
        return text[:50]


@defect("texts", "html-escaped")
class HtmlEscaped(_Retold):
    """A filter against scripts escapes what comes in: & is kept as &amp;."""

    def retold(self, text: str) -> str:
        return html.escape(text, quote=False)


@defect("texts", "tags-stripped")
class TagsStripped(_Retold):
    """strip_tags(): whatever follows a < is gone."""

    def retold(self, text: str) -> str:
        return re.sub(r"<[^>]*>?", "", text)


@defect("texts", "slashes-stripped")
class SlashesStripped(_Retold):
    """stripslashes(): backslashes are gone."""

    def retold(self, text: str) -> str:
        return text.replace("\\", "")


@defect("texts", "three-bytes")
class ThreeBytes(_Retold):
    """utf8mb3: a character beyond the basic plane is kept as a question mark."""

    def retold(self, text: str) -> str:
        return "".join(c if ord(c) < 0x10000 else "?" for c in text)


@defect("texts", "latin-1-column")
class Latin1Column(_Retold):
    """A Latin-1 column: ä stays, š and € become question marks."""

    def retold(self, text: str) -> str:
        return text.encode("latin-1", "replace").decode("latin-1")


@defect("texts", "quotes-doubled")
class QuotesDoubled(_Retold):
    """Escaped twice on the way to SQL: O'Testi is kept as O''Testi."""

    def retold(self, text: str) -> str:
        return text.replace("'", "''")


@defect("texts", "comment-on-one-line")
class CommentOnOneLine(Writer):
    """Line ends of a comment become blanks (`comment` is String, not NormalizedString)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "comment" in row:
            row["comment"] = " ".join(row["comment"].split())
        return super().fit(table, row, old, sent)


@defect("texts", "text-score-padded")
class TextScorePadded(Writer):
    """CHAR(4): "A" comes back as "A   "."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "textScore" in row:
            row["textScore"] = row["textScore"].ljust(4)
        return super().fit(table, row, old, sent)


@defect("texts", "text-score-yields")
class TextScoreYields(Writer):
    """A grade in words is dropped where there is a number (both are optional, and neither excludes the other)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "score" in row:
            row.pop("textScore", None)
        return super().fit(table, row, old, sent)


@defect("texts", "absent-is-empty")
class AbsentIsEmpty(Writer):
    """NOT NULL DEFAULT '': a comment or text score that was not sent is told as an empty text."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if table in {"results", "assessmentResults"}:
            row = {"comment": "", "textScore": "", **row}
        return super().fit(table, row, old, sent)


@defect("texts", "absent-is-null")
class AbsentIsNull(Writer):
    """The ORM serialises every column: what was not sent is told as null (pitfall 10)."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return {**dict.fromkeys(FIELDS.get(self.written.get(row["sourcedId"], ""), ())), **told}


@defect("texts", "scale-steps-as-numbers")
class ScaleStepsAsNumbers(Writer):
    """The side of a step that looks like a number is told as one (`itemValueLHS` is a string)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        for step in row.get("scoreScaleValue", ()):
            step.update({name: int(value) for name, value in step.items() if value.isdecimal()})
        return super().fit(table, row, old, sent)


# --- words of vocabularies, flags ------------------------------------------------------------------------------------


@defect("words", "status-snake-case")
class StatusSnakeCase(Writer):
    """The name of the enumeration's constant is told: "fully_graded" (the standard's value has a blank)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "scoreStatus" in row:
            row["scoreStatus"] = row["scoreStatus"].replace(" ", "_")
        return super().fit(table, row, old, sent)


@defect("words", "extension-becomes-submitted")
class ExtensionBecomesSubmitted(Writer):
    """A score status of `ext:` falls through a switch to its default (the vocabulary is extensible, REST 11)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if row.get("scoreStatus", "").startswith("ext:"):
            row["scoreStatus"] = "submitted"
        return super().fit(table, row, old, sent)


@defect("words", "exempt-unknown")
class ExemptUnknown(Writer):
    """A gradebook that knows no exemption keeps "not submitted", which counts as nought."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if row.get("scoreStatus") == "exempt":
            row["scoreStatus"] = "not submitted"
        return super().fit(table, row, old, sent)


@defect("words", "status-derived")
class StatusDerived(Writer):
    """Whatever has a score is told as fully graded, though "partially graded" was written."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "score" in row:
            row["scoreStatus"] = "fully graded"
        return super().fit(table, row, old, sent)


@defect("words", "any-flag-is-true")
class AnyFlagIsTrue(Writer):
    """bool("false") is true: a flag that was written as "false" is told as "true"."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        row.update(dict.fromkeys(_FLAGS & row.keys(), "true"))
        return super().fit(table, row, old, sent)


@defect("words", "flags-as-booleans")
class FlagsAsBooleans(Writer):
    """Flags of what was written are told as JSON booleans (pitfall 4)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        row.update({name: row[name] == "true" for name in _FLAGS & row.keys()})
        return super().fit(table, row, old, sent)


@defect("words", "enum-told-as-sent")
class EnumToldAsSent(Writer):
    """Compared without case, kept as sent: "Fully Graded" is taken, and told to everybody (closed but for `ext:`)."""

    def taken(self, tables: Any, route: Any, sent: Row) -> Row:
        told = sent.get("scoreStatus")
        if not isinstance(told, str):
            return super().taken(tables, route, sent)
        return {**super().taken(tables, route, {**sent, "scoreStatus": told.lower()}), "scoreStatus": told}


@defect("words", "any-word-taken")
class AnyWordTaken(Writer):
    """A text column without a check: any word is taken as a score status, and told (REST 11: closed but for `ext:`)."""

    def taken(self, tables: Any, route: Any, sent: Row) -> Row:
        told = sent.get("scoreStatus")
        if not isinstance(told, str):
            return super().taken(tables, route, sent)
        return {**super().taken(tables, route, {**sent, "scoreStatus": "submitted"}), "scoreStatus": told}


# --- parts of an object -----------------------------------------------------------------------------------------------


@defect("parts", "put-merges")
class PutMerges(Writer):
    """PUT does what PATCH should: an optional property that is left out stays (REST 3.2: create or replace)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        return super().fit(table, {**(old or {}), **row}, old, sent)


@defect("parts", "links-for-ever")
class LinksForEver(Writer):
    """@Column(updatable=false) on foreign keys: a replacement leaves the links as they were."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if old:
            row.update({name: old[name] for name, value in row.items() if isinstance(value, Ref) and name in old})
        return super().fit(table, row, old, sent)


@defect("parts", "steps-pile-up")
class StepsPileUp(Writer):
    """A cascade that only adds: after a replacement a scale has its old steps and the new ones."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if old and "scoreScaleValue" in row:
            row["scoreScaleValue"] = [*old["scoreScaleValue"], *row["scoreScaleValue"]]
        return super().fit(table, row, old, sent)


@defect("parts", "steps-sorted")
class StepsSorted(Writer):
    """A join without ORDER BY: the steps of a scale come back in the order of their texts."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "scoreScaleValue" in row:
            row["scoreScaleValue"].sort(key=lambda step: step["itemValueRHS"])
        return super().fit(table, row, old, sent)


@defect("parts", "objectives-lost")
class ObjectivesLost(Writer):
    """There is no table for learning objectives: what is written of them is gone without a word."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        row.pop("learningObjectiveSet", None)
        return super().fit(table, row, old, sent)


@defect("parts", "first-objective-only")
class FirstObjectiveOnly(Writer):
    """One column for one set: the second source of learning objectives is gone."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "learningObjectiveSet" in row:
            row["learningObjectiveSet"] = row["learningObjectiveSet"][:1]
        return super().fit(table, row, old, sent)


@defect("parts", "metadata-lost")
class MetadataLost(Writer):
    """There is no column for metadata: what is written of it is gone (it is the one sanctioned place, REST 11)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        row.pop("metadata", None)
        return super().fit(table, row, old, sent)


@defect("parts", "metadata-as-text")
class MetadataAsText(Writer):
    """A table of names and texts: numbers and objects within metadata come back as strings."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "metadata" in row:
            row["metadata"] = {name: str(value) for name, value in row["metadata"].items()}
        return super().fit(table, row, old, sent)


@defect("parts", "a-gradebook-of-1.1")
class AGradebookOf11(Writer):
    """1.1 below a path of 1.2: what 1.2 added to results and line items is taken and forgotten."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        new = {"scoreScale", "academicSession", "learningObjectiveSet", "textScore", "class", *_FLAGS}
        if table in {"lineItems", "results"}:
            row = {name: value for name, value in row.items() if name not in new or name in intake.NEEDED[table]}
        return super().fit(table, row, old, sent)


@defect("parts", "sessions-swapped")
class SessionsSwapped(Writer):
    """One foreign key for two properties: `gradingPeriod` of a line item is told as its `academicSession` too."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "gradingPeriod" in row:
            row["academicSession"] = row["gradingPeriod"]
        return super().fit(table, row, old, sent)


@defect("parts", "class-guessed")
class ClassGuessed(Writer):
    """The class of a result without one is guessed: the first that the pupil is in, not that of the line item."""

    def store(self, tables: Any, route: Any, id_: str, sent: Row) -> None:
        super().store(tables, route, id_, sent)
        row = tables[route.table].get(id_, {})
        if route.table == "results" and "class" not in sent:
            its = (e["class"] for e in tables["enrollments"].values() if e["user"] == row["student"])
            first = next(its, None)
            row.update({"class": first} if first else {})


@defect("parts", "school-becomes-district")
class SchoolBecomesDistrict(Writer):
    """Line items belong to the tenant: `school` is told as the district above it."""

    def store(self, tables: Any, route: Any, id_: str, sent: Row) -> None:
        super().store(tables, route, id_, sent)
        row = tables[route.table].get(id_, {})
        if "school" in row:
            row["school"] = tables["orgs"][row["school"].id].get("parent", row["school"])


@defect("parts", "siblings-overwritten")
class SiblingsOverwritten(Writer):
    """UPDATE with the wrong WHERE: a comment that is written goes to every result of that pupil."""

    def store(self, tables: Any, route: Any, id_: str, sent: Row) -> None:
        super().store(tables, route, id_, sent)
        row = tables[route.table].get(id_, {})
        if "comment" in row and route.table == "results":
            for other in tables["results"].values():
                if other["student"] == row["student"]:
                    other["comment"] = row["comment"]
