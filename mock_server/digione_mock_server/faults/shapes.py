"""Faults in writing objects: types, names, links and letters that are not as the standard has them."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel

from digione_mock_server.faults import contradictions, marks, repeats
from digione_mock_server.faults.fault import layer
from digione_mock_server.faults.shaping import Shape, Wire, changed, moved, of
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.model.base import Json
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import AcademicSession, Demographics, Enrollment, Org, User

FAULTS: Final = (
    *layer(
        "serialiser",
        ("null-for-absent", "pitfall 10", "Optional properties that have no value are sent as null."),
        ("empty-text-for-absent", "consumers", "Optional text that has no value is sent as an empty string."),
        ("booleans-as-json", "pitfall 4", "true and false are JSON booleans, not the strings of the standard."),
        ("school-year-as-number", "pitfall 7", "schoolYear is a number."),
        ("school-year-of-autumn", "plausible", "schoolYear is the year in which a school year begins."),
        ("passwords-told", "plausible", "Users are told with the password of their first login."),
        ("dates-with-time", "pitfall 8", "Dates carry a time of day."),
        ("stamp-without-zone", "pitfall 9", "dateLastModified has no zone."),
        ("stamp-with-space", "pitfall 9", "dateLastModified has a space where T belongs."),
        ("arrays-flattened", "pitfall 11", "Arrays of text are one text with commas."),
        ("extra-course-on-enrollment", "pitfall 15",
         "An enrolment carries a property of the vendor beside those of the standard."),
        ("deprecated-user-role", "pitfall 16", "Users carry role and orgs as in 1.1, beside roles."),
        ("status-inactive", "pitfall 55", "Tombstones have status inactive, as in 1.0."),
        ("status-twice", "plausible", "A template writes the status that the record brings along as well."),
        ("sessions-end-first", "plausible", "The columns of first and last day of a session are exchanged."),
        ("roles-never-primary", "plausible", "Every role of a user is secondary."),
        ("user-id-is-email", "pitfall 57", "A user who has an e-mail address bears it as sourcedId."),
        ("every-teacher-primary", "pitfall 51", "Every enrolment of a teacher is primary."),
        ("role-in-own-words", "pitfall 56", "Enrolments call a student a pupil."),
        ("role-capitalised", "pitfall 56", "Roles of users begin with a capital letter."),
        ("subject-and-its-abbreviation", "plausible",
         "subjects holds each subject and its abbreviation, subjectCodes one code for both."),
        ("terms-called-grading-periods", "plausible",
         "Every term is of type gradingPeriod, so that classes are held in grading periods alone."),
        ("letters-as-latin-1", "plausible", "The body is encoded in Latin-1, so it is no UTF-8."),
        ("letters-encoded-twice", "plausible", "UTF-8 is encoded in UTF-8 again: ä arrives as Ã¤."),
        ("letters-decomposed", "plausible", "Letters come apart into base letter and mark (NFD)."),
        ("letters-html-escaped", "plausible", "Text is escaped for HTML: ö arrives as &#246;."),
        ("bare-array-on-nested", "pitfall 1", "Nested collections are bare arrays."),
        ("single-key-by-path", "pitfall 2",
         "Single reads of schools, terms and so on are wrapped by the name in the path."),
        ("collection-key-by-path", "pitfall 2", "/schools, /terms and so on are wrapped by the name in the path."),
        ("demographic-singular", "pitfall 3", "A single demographics read is wrapped in `demographic`."),
        ("list-is-summary", "plausible", "Lists leave out the optional properties that single reads show."),
        ("fields-lose-arrays-and-links", "plausible",
         "With fields only plain values come back; arrays and links asked for do not."),
    ),
    *layer(
        "references",
        ("link-type-plural", "pitfall 12", "Links to sessions have type academicSessions."),
        ("link-source-id-misspelt", "pitfall 12", "Links from a session or org to its parent hold sourceId."),
        ("parent-empty", "pitfall 14", "An org or session without parent has an empty one."),
        ("root-is-its-own-parent", "plausible", "An org without parent names itself as parent."),
        ("href-relative", "pitfall 13", "The href of links is a path without scheme and host."),
        ("href-of-other-object", "pitfall 13", "The href of links to classes leads to the object that holds the link."),
        ("teacher-by-staff-number", "pitfall 47",
         "Enrolments of teachers name the user by an id that /users does not have."),
        ("demographics-own-id", "pitfall 49", "Demographics have ids of their own."),
    ),
)  # fmt: skip

_SPREAD: Final = timedelta(hours=2)
_STATUS: Final = re.compile(r'"status": ?"\w+", ?')


def misshapen(wire: Wire, model: type[BaseModel], faults: AbstractSet[str]) -> Wire:
    """Return an object as a careless serialiser writes it; property names that were not asked for are left to it."""
    for fault in sorted(faults & _SHAPES.keys()):
        wire = _SHAPES[fault](wire, model)
    wire = contradictions.misshapen(wire, model, faults)
    return repeats.misshapen(marks.misshapen(wire, model, faults), model, faults)


def misspelt(text: str, faults: AbstractSet[str]) -> bytes:
    """Return JSON text in the bytes that a careless server makes of it."""
    if "status-twice" in faults:
        text = _STATUS.sub(r"\g<0>\g<0>", text)
    if "letters-as-latin-1" in faults:
        return text.encode("latin-1", "replace")
    if "letters-encoded-twice" in faults:
        return text.encode().decode("latin-1").encode()
    if "letters-decomposed" in faults:
        return unicodedata.normalize("NFD", text).encode()
    return text.encode()


def wrong_key(endpoint: Endpoint[Any], faults: AbstractSet[str]) -> str:
    """Return the wrapper key that a careless server uses; an empty one stands for none."""
    key, segment = marks.wrong_key(endpoint, endpoint.wrapper_key, faults), endpoint.path.split("/")[-1]
    if endpoint.is_nested:
        return "" if "bare-array-on-nested" in faults else key
    if endpoint.is_collection:
        return segment if "collection-key-by-path" in faults else key
    if endpoint.path.startswith("/demographics"):
        return "demographic" if "demographic-singular" in faults else key
    own = endpoint.path.split("/")[1].removesuffix("s")
    own_class = {"classe": "class"}.get(own, own)
    return own_class if "single-key-by-path" in faults else key


def summary_of(model: type[BaseModel]) -> frozenset[str]:
    """Return the properties that a list shows where it is a summary."""
    return frozenset(field.wire_name for field in fields_of(model).values() if field.required or field.item is str)


def plain_of(model: type[BaseModel]) -> frozenset[str]:
    """Return the properties that are neither arrays nor objects."""
    return frozenset(f.wire_name for f in fields_of(model).values() if f.record is None and not f.many)


def wrong_fields(
    endpoint: Endpoint[Any], fields: frozenset[str] | None, faults: AbstractSet[str]
) -> frozenset[str] | None:
    """Return the properties that a careless serialiser writes where these are asked for."""
    if fields is None:
        return summary_of(endpoint.model) if "list-is-summary" in faults and endpoint.is_collection else None
    return fields & plain_of(endpoint.model) if "fields-lose-arrays-and-links" in faults else fields


def _texts(value: Json, change: Callable[[str], Json]) -> Json:
    """Change every text in a value, at any depth."""
    if isinstance(value, dict):
        return {name: _texts(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [_texts(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def _links(value: Json, change: Callable[[Wire], Wire]) -> Json:
    """Change every link in a value, at any depth."""
    if isinstance(value, list):
        return [_links(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    if "href" in value:
        return change(value)
    return {name: _links(item, change) for name, item in value.items()}


def _booleans(wire: Wire, _model: type[BaseModel]) -> Wire:
    made: Wire = _texts(wire, lambda text: {"true": True, "false": False}.get(text, text))
    return made


def _with_time(wire: Wire, model: type[BaseModel]) -> Wire:
    days = {field.wire_name for field in fields_of(model).values() if field.item is date}
    return {name: f"{value}T00:00:00.000Z" if name in days else value for name, value in wire.items()}


def _flat(wire: Wire, _model: type[BaseModel]) -> Wire:
    return {
        name: ",".join(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else value
        for name, value in wire.items()
    }


def _empty_text(wire: Wire, model: type[BaseModel]) -> Wire:
    optional = (f for f in fields_of(model).values() if not f.required and not f.many and f.item is str)
    return wire | {field.wire_name: "" for field in optional if field.wire_name not in wire}


@of(User)
def _deprecated(wire: Wire, _model: type[BaseModel]) -> Wire:
    if not wire.get("roles"):
        return wire
    return wire | {"role": wire["roles"][0]["role"], "orgs": [role["org"] for role in wire["roles"]]}


def _local(wire: Wire, _model: type[BaseModel]) -> Wire:
    if "dateLastModified" not in wire:
        return wire
    moment = moved(datetime.fromisoformat(wire["dateLastModified"]), _SPREAD)
    return wire | {"dateLastModified": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def _skeleton(wire: Wire, _model: type[BaseModel]) -> Wire:
    if wire.get("status") != "tobedeleted":
        return wire
    return {name: value for name, value in wire.items() if name in {"sourcedId", "status", "dateLastModified"}}


def _in_links(change: Callable[[Wire], Wire]) -> Shape:
    def shape(wire: Wire, _model: type[BaseModel]) -> Wire:
        made: Wire = {name: _links(value, change) for name, value in wire.items()}
        return made

    return shape


def _plural(link: Wire) -> Wire:
    return link | {"type": "academicSessions"} if link.get("type") == "academicSession" else link


def _misspelt_id(link: Wire) -> Wire:
    return {"sourceId" if name == "sourcedId" else name: value for name, value in link.items()}


def _empty_parent(wire: Wire, model: type[BaseModel]) -> Wire:
    return {"parent": {}} | wire if "parent" in model.model_fields else wire


@of(Org)
def _own_parent(wire: Wire, _model: type[BaseModel]) -> Wire:
    if "parent" in wire:
        return wire
    href = f"/orgs/{wire['sourcedId']}"
    return wire | {"parent": {"href": href, "sourcedId": wire["sourcedId"], "type": "org"}}


def _other_href(wire: Wire, _model: type[BaseModel]) -> Wire:
    if "class" not in wire:
        return wire
    own = {"href": wire["class"]["href"].rpartition("/")[0] + "/" + wire["sourcedId"]}
    return wire | {"class": wire["class"] | own}


def _staff_number(wire: Wire, _model: type[BaseModel]) -> Wire:
    if wire.get("role") != "teacher" or "user" not in wire:
        return wire
    number = "hr-" + str(wire["user"]["sourcedId"])[:8]
    return wire | {"user": wire["user"] | {"sourcedId": number}}


def _course_on_enrollment(wire: Wire, _model: type[BaseModel]) -> Wire:
    return wire | {"course": wire["class"]} if "class" in wire and "user" in wire else wire


@of(AcademicSession)
def _end_first(wire: Wire, _model: type[BaseModel]) -> Wire:
    if not {"startDate", "endDate"} <= wire.keys():
        return wire
    return wire | {"startDate": wire["endDate"], "endDate": wire["startDate"]}


def _secondary(roles: list[Wire]) -> Json:
    return [role | {"roleType": "secondary"} for role in roles]


@of(User)
def _email_as_id(wire: Wire, _model: type[BaseModel]) -> Wire:
    return wire | {"sourcedId": wire["email"]} if "email" in wire else wire


@of(User)
def _password(wire: Wire, _model: type[BaseModel]) -> Wire:
    return wire | {"password": f"Alku-{len(wire)}!"}


def _capital_roles(roles: list[Wire]) -> Json:
    return [role | {"role": role["role"].capitalize()} for role in roles]


_SHAPES: Final[Mapping[str, Shape]] = {
    "empty-text-for-absent": _empty_text,
    "booleans-as-json": _booleans,
    "school-year-as-number": of(AcademicSession)(changed("schoolYear", by=int)),
    "school-year-of-autumn": of(AcademicSession)(changed("schoolYear", by=lambda year: str(int(year) - 1))),
    "passwords-told": _password,
    "dates-with-time": _with_time,
    "stamp-without-zone": changed("dateLastModified", by=lambda text: text.removesuffix("Z")),
    "stamp-with-space": changed("dateLastModified", by=lambda text: text.replace("T", " ")),
    "stamp-local-labelled-utc": _local,
    "stamp-now-on-sessions": of(AcademicSession)(
        changed("dateLastModified", by=lambda _: datetime.now(UTC).isoformat().replace("+00:00", "Z"))
    ),
    "tombstone-is-skeleton": _skeleton,
    "arrays-flattened": _flat,
    "extra-course-on-enrollment": _course_on_enrollment,
    "deprecated-user-role": _deprecated,
    "status-inactive": changed("status", by=lambda status: "inactive" if status == "tobedeleted" else status),
    "every-teacher-primary": lambda wire, _: wire | {"primary": "true"} if wire.get("role") == "teacher" else wire,
    "sessions-end-first": _end_first,
    "roles-never-primary": of(User)(changed("roles", by=_secondary)),
    "user-id-is-email": _email_as_id,
    "role-in-own-words": of(Enrollment)(changed("role", by=lambda role: "pupil" if role == "student" else role)),
    "role-capitalised": of(User)(changed("roles", by=_capital_roles)),
    "subject-and-its-abbreviation": changed(
        "subjects", by=lambda names: [one for name in names for one in (name, name[:2].upper())]
    ),
    "terms-called-grading-periods": of(AcademicSession)(
        changed("type", by=lambda kind: "gradingPeriod" if kind == "term" else kind)
    ),
    "letters-html-escaped": lambda wire, _: _texts(
        wire, lambda text: html.escape(text, quote=False).encode("ascii", "xmlcharrefreplace").decode()
    ),
    "link-type-plural": _in_links(_plural),
    "link-source-id-misspelt": changed("parent", by=_misspelt_id),
    "parent-empty": _empty_parent,
    "root-is-its-own-parent": _own_parent,
    "href-of-other-object": _other_href,
    "teacher-by-staff-number": _staff_number,
    "demographics-own-id": of(Demographics)(changed("sourcedId", by=lambda text: f"demo-{text}")),
}
"""What each fault that concerns one object does to it."""
