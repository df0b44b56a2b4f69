"""Legal records: stamps, ids, texts and properties as other vendors have them."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from tests.strangers.server import Vendor
from tests.strangers.tables import ids, renamed, rows_of
from tests.strangers.town import Tables
from tests.strangers.variants import variant


@variant("stamps-of-helsinki")
class StampsOfHelsinki(Vendor):
    """A moment with an offset is the same moment (RFC 3339)."""

    def stamp(self, moment: datetime) -> str:
        return moment.astimezone(timezone(timedelta(hours=3))).isoformat(timespec="milliseconds")


@variant("stamps-of-six-digits")
class StampsOfSixDigits(Vendor):
    """Microseconds, and none where they are nought."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(rows_of(tables)):
            row["dateLastModified"] = row["dateLastModified"].replace(microsecond=(number * 7919) % 1_000_000)
        return tables

    def stamp(self, moment: datetime) -> str:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


@variant("loaded-at-once")
class LoadedAtOnce(Vendor):
    """A test system that was filled in one night: every record has the same dateLastModified."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in rows_of(tables):
            row["dateLastModified"] = datetime(2026, 8, 1, tzinfo=UTC)
        return tables


@variant("odd-ids")
class OddIds(Vendor):
    """Ids of all that CSV permits, and so with / and @ in them: percent-encoded in a path."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return renamed(
            tables, {(token, id_): f"{token[:2]}/{id_.replace(':', '_')}@{tenant}" for token, id_ in ids(tables)}
        )


@variant("urn-ids")
class UrnIds(Vendor):
    """Ids are opaque: URNs, with colons, and as long as they like."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return renamed(tables, {key: f"urn:x-{tenant}:{key[0].lower()}:{key[1]}:{'0' * 60}" for key in ids(tables)})


@variant("counted-ids")
class CountedIds(Vendor):
    """Ids are numbers of a table each: 17 is a user, a class and an enrolment, and both tenants count alike."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        counts: dict[str, int] = {}
        new: dict[tuple[str, str], str] = {}
        for token, id_ in ids(tables):
            counts[token] = counts.get(token, 0) + 1
            new[token, id_] = str(counts[token])
        return renamed(tables, new)


@variant("required-only")
class RequiredOnly(Vendor):
    """Every optional property is absent."""

    needed = frozenset(
        "sourcedId status dateLastModified title startDate endDate type schoolYear course school "  # noqa: SIM905
        "terms courseCode name identifier enabledUser givenName familyName roles user class role assignDate dueDate "
        "category lineItem student scoreStatus scoreDate scoreScaleValue assessmentLineItem vendorResourceId".split()
    )
    optional: Final = {
        "courses": {"schoolYear"}, "users": {"identifier"}, "results": {"class"}, "scoreScales": {"course"},
        "assessmentLineItems": {"class"}, "resources": {"title", "roles"},
    }  # fmt: skip

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return {
            name: {
                id_: {k: v for k, v in row.items() if k in self.needed and k not in self.optional.get(name, ())}
                for id_, row in table.items()
            }
            for name, table in tables.items()
        }  # fmt: skip


@variant("empty-lists-told")
class EmptyListsTold(Vendor):
    """An optional array may be there and empty."""

    lists: Final = {
        "users": ("userIds", "userProfiles", "agents", "grades", "resources"), "orgs": ("children",),
        "academicSessions": ("children",), "courses": ("grades", "resources"),
        "classes": ("periods", "resources", "grades"), "lineItems": ("learningObjectiveSet",),
        "results": ("learningObjectiveSet",), "resources": ("roles",),
    }  # fmt: skip

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for name, lists in self.lists.items():
            for row in tables[name].values():
                for one in lists:
                    row.setdefault(one, [])
        return tables


@variant("metadata")
class Metadata(Vendor):
    """Metadata holds whatever JSON the vendor likes, null and false among it."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(rows_of(tables)):
            row["metadata"] = {"fi.koe.jono": number, "tyhjä": None, "totta": True, "puu": {"a": [1, {"b": "ö"}]}}
        return tables


@variant("own-words")
class OwnWords(Vendor):
    """Extensible vocabularies are extended with ext:."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(tables["users"].values()):
            if row["roles"][0]["role"] == "principal":
                row["roles"][0]["role"] = "ext:rehtori.koe"
            elif number % 10 == 0:
                row["roles"].append({"roleType": "secondary", "role": "ext:harjoittelija", "org": row["primaryOrg"]})
        for number, row in enumerate(tables["classes"].values()):
            if number % 6 == 0:
                row["classType"] = "ext:valinnainen_7-9"
        for number, row in enumerate(tables["demographics"].values()):
            if number % 6 == 0:
                row["sex"] = "ext:muu"
        for number, row in enumerate(tables["results"].values()):
            if number % 11 == 3:
                row["scoreStatus"] = "ext:uusitaan"
        next(iter(tables["orgs"].values()))["type"] = "ext:kunta"
        return tables


@variant("odd-texts")
class OddTexts(Vendor):
    r"""Titles hold whatever people type: quotes, \, %, _, *, and the words of the filter themselves."""

    odd: Final = (
        'Äidinkieli "S2" \\ A', "50 % _alennus_ *", "Biologia AND maantieto", "x='1' OR y='2'", "C++ & C#?",
        "a<b>=c~d!", "  kaksi  väliä ", "[abc]|(d)^$.", "Davvisámegiella š ž č ŋ đ ŧ", "e\u0301cole", "漢字 🎻🏫",
        "%27%20", "null", "007",
    )  # fmt: skip

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for name in ("classes", "courses", "lineItems", "resources", "categories", "assessmentLineItems"):
            for number, row in enumerate(tables[name].values()):
                if "title" in row:
                    row["title"] = self.odd[number % len(self.odd)]
        for number, row in enumerate(tables["users"].values()):
            row["familyName"] = self.odd[number % len(self.odd)] if number % 3 == 0 else row["familyName"]
        return tables


@variant("decomposed")
class Decomposed(Vendor):
    """Names as a Macintosh typed them: letters and marks apart."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in tables["users"].values():
            for name in ("givenName", "familyName"):
                row[name] = unicodedata.normalize("NFD", row[name])
        return tables


@variant("large-records")
class LargeRecords(Vendor):
    """A class of four hundred periods and a note of 20,000 characters."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(tables["classes"].values()):
            if number % 16 == 3:
                row["periods"] = [f"jakso {n}" for n in range(400)]
                row["title"] = "Pitkä " * 150
                row["metadata"] = {"kuvaus": "ä" * 20_000}
        return tables


@variant("json-otherwise")
class JsonOtherwise(Vendor):
    """The same JSON: indented, keys the other way round, letters escaped, numbers with an exponent."""

    def dump(self, body: Any) -> bytes:
        def turned(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: turned(one) for name, one in reversed(value.items())}
            return [turned(one) for one in value] if isinstance(value, list) else value

        text = json.dumps(turned(body), indent=3, ensure_ascii=True)
        return (
            "\n" + text.replace("/", "\\/").replace(": 100,", ": 1E+2,").replace(": 10,", ": 1.00e1,") + "\n"
        ).encode()
