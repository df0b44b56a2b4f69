"""Dialects of the objects themselves: other ids, other vocabularies, less or more than our seed writes.

They change what fills the store, so that lists, filters, sorts and links agree as they do in a provider's own data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta, timezone
from functools import cache
from hashlib import blake2b
from typing import Final, Protocol, TypeAlias

from pydantic import BaseModel

from digione_mock_server.dialects.dialect import ids_of, legal
from digione_sdk.model.base import Json
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.oneroster import (
    AcademicSession,
    AssessmentResult,
    Base,
    Class,
    Demographics,
    Enrollment,
    Org,
    Result,
    User,
)

DIALECTS: Final = legal(
    ("short-ids", "sourcedIds are short numbers, one count for all kinds.",
     "rest §12: sourcedId has no length or charset in REST"),
    ("short-ids-by-kind", "sourcedIds are short numbers, counted anew in each collection: org 7 and class 7 exist.",
     "rest §2: ids are opaque and every read names its collection"),
    ("marked-ids", "sourcedIds hold . _ ~ : @ + and letters of both cases.",
     "rest §2: path ids are opaque strings, percent-encoded by the client"),
    ("long-ids", "sourcedIds have 255 characters.", "CSV binding: the longest id that it allows; REST sets no bound"),
    ("metadata-everywhere", "Every object has metadata, with nested objects, arrays, numbers, null and odd keys.",
     "rest §11: extra properties of any kind live inside metadata"),
    ("ext-vocabularies", "A third of all values of extensible vocabularies are the provider's own, ext:….",
     "rest §11: ext: is allowed for class, org and session types, sex, roles"),
    ("empty-arrays", "Optional arrays without elements are sent as [] and not left out.",
     "models: 0..* without minItems"),
    ("required-only", "Objects hold what the schema requires and nothing else.", "models: all else is optional"),
    ("no-emails", "No user has an e-mail address, user name or phone.", "models: 0..1; pitfalls 52 and 63"),
    ("no-tombstones", "Nothing was ever deleted.", "rest §7: tombstones are served until purged"),
    ("one-school", "There is one organisation, a school without parent.", "models: Org.parent is optional"),
    ("whole-seconds", "dateLastModified has no fraction.", "RFC 3339 §5.6: a fraction is optional"),
    ("microseconds", "dateLastModified has six decimals.", "RFC 3339 §5.6: any number of digits"),
    ("local-stamps", "dateLastModified is written with the offset +02:00.", "RFC 3339 §5.6: any offset"),
    ("href-elsewhere", "Links point to another host, which does not resolve from everywhere.",
     "models: href is an address of the provider's own choice; consumers resolve by sourcedId"),
)  # fmt: skip

Wire: TypeAlias = dict[str, Json]
Records: TypeAlias = Iterable[tuple[type[Base], Wire]]

_OWN: Final = ids_of(DIALECTS)
_ELSEWHERE: Final = "https://roster.example.org/api"
_LONGEST_ID: Final = 255
_EXT_EVERY: Final = 3
_EASTERN: Final = timezone(timedelta(hours=2))
_CONTACTS: Final = frozenset({"email", "username", "phone", "sms"})
_VOCABULARIES: Final[Mapping[type[Base], str]] = {
    Org: "type", AcademicSession: "type", Class: "classType", Enrollment: "role", Demographics: "sex",
    Result: "scoreStatus", AssessmentResult: "scoreStatus",
}  # fmt: skip
"""Where each kind has an extensible vocabulary; users have theirs in their roles."""


class Source(Protocol):
    """Gives the objects of each tenant (as `digione_mock_server.source`)."""

    @property
    def name(self) -> str:
        """Equal names mean equal objects."""

    def records(self, tenant: int) -> Records:
        """Give model and strict wire object."""

    def protected(self, tenant: int) -> frozenset[str]:
        """Give the sourcedIds of users under a protection order."""


class Retold:
    """A source whose objects are told in a dialect."""

    def __init__(self, first: Source, dialects: AbstractSet[str]) -> None:
        self._first = first
        self._dialects = dialects

    @property
    def name(self) -> str:
        """The name of what is retold, and how."""
        return f"{self._first.name} dialects={','.join(sorted(self._dialects))}"

    def records(self, tenant: int) -> Records:
        """Give the objects of a tenant as the dialects have them."""
        rename = self._renaming(tenant)
        for model, wire in self._kept(tenant):
            told = _told(wire, model, self._dialects)
            yield model, _renamed(told, model, rename, self._dialects)

    def protected(self, tenant: int) -> frozenset[str]:
        """Give the sourcedIds of its users under a protection order."""
        rename = self._renaming(tenant)
        return frozenset(rename("User", key) for key in self._first.protected(tenant))

    def _kept(self, tenant: int) -> Records:
        records = self._first.records(tenant)
        if "one-school" in self._dialects:
            records = _without(list(records), _other_orgs)
        if "no-tombstones" in self._dialects:
            records = _without(list(records), _tombstones)
        return _with_ext(records) if "ext-vocabularies" in self._dialects else records

    def _renaming(self, tenant: int) -> Callable[[str, str], str]:
        if "short-ids" in self._dialects or "short-ids-by-kind" in self._dialects:
            return _numbers(self._kept(tenant), by_kind="short-ids-by-kind" in self._dialects)
        if "marked-ids" in self._dialects:
            return lambda kind, key: f"FI.{kind}:{key.replace('-', '_')}+~x@koulu"
        if "long-ids" in self._dialects:
            return lambda _, key: (key + "." + "x" * _LONGEST_ID)[:_LONGEST_ID]
        return lambda _, key: key


def retold(source: Source, dialects: AbstractSet[str]) -> Source:
    """Return the source as the dialects tell it, or itself where none of them concerns objects."""
    chosen = dialects & _OWN
    return Retold(source, chosen) if chosen else source


# One object


def _told(wire: Wire, model: type[Base], dialects: AbstractSet[str]) -> Wire:
    if "required-only" in dialects:
        wire = _required(wire, model)
    if "no-emails" in dialects and model is User:
        wire = {name: value for name, value in wire.items() if name not in _CONTACTS}
    if "empty-arrays" in dialects:
        wire = {field.wire_name: [] for field in fields_of(model).values() if field.many and not field.required} | wire
    if "metadata-everywhere" in dialects:
        wire = wire | {"metadata": {**wire.get("metadata", {}), **_METADATA}}
    if "whole-seconds" in dialects:
        wire = wire | {"dateLastModified": wire["dateLastModified"].partition(".")[0] + "Z"}
    if "microseconds" in dialects:
        digits = int(blake2b(wire["sourcedId"].encode(), digest_size=4).hexdigest(), 16) % 1000
        wire = wire | {"dateLastModified": wire["dateLastModified"].removesuffix("Z") + f"{digits:03d}Z"}
    if "local-stamps" in dialects:
        moment = datetime.fromisoformat(wire["dateLastModified"]).astimezone(_EASTERN)
        wire = wire | {"dateLastModified": moment.isoformat(timespec="milliseconds")}
    return wire


_METADATA: Final[Wire] = {
    "org.example.source": {"system": "registry", "batch": [1, 2.5, {"deep": [[], {}, None]}], "final": True},
    "org.example.note": None,
    "org.example.url": "https://roster.example.org/?a=1&b='x'",
    "org.example.link": {"href": "https://roster.example.org/x", "sourcedId": "nobody", "type": "user"},
    'näkymä "1"': "'; -- \\",
    "status": "inactive",
    "sourcedId": 7,
}


def _required(wire: Wire, model: type[BaseModel]) -> Wire:
    kept: Wire = {}
    for field in fields_of(model).values():
        if field.required and field.wire_name in wire:
            value = wire[field.wire_name]
            if field.record is not None:
                value = [_required(v, field.record) for v in value] if field.many else _required(value, field.record)
            kept[field.wire_name] = value
    return kept


# Ids and links


def _renamed(wire: Wire, model: type[Base], rename: Callable[[str, str], str], dialects: AbstractSet[str]) -> Wire:
    kind = "User" if model is Demographics else model.__name__  # demographics bear the id of their user
    base = _ELSEWHERE if "href-elsewhere" in dialects else ""

    def link(value: Json) -> Json:
        if isinstance(value, list):
            return [link(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "href" not in value:
            return {name: link(item) for name, item in value.items()}
        kind_of_target = value["type"][0].upper() + value["type"][1:]  # the token is the model's name in lower case
        key = rename(kind_of_target, value["sourcedId"])
        return value | {"sourcedId": key, "href": f"{base}{value['href'].rpartition('/')[0]}/{key}"}

    changed: Wire = {name: value if name == "metadata" else link(value) for name, value in wire.items()}
    return changed | {"sourcedId": rename(kind, wire["sourcedId"])}


def _numbers(records: Records, *, by_kind: bool) -> Callable[[str, str], str]:
    """Number the objects in the order they come; whoever is linked to and does not exist gets the next number."""
    numbers: dict[tuple[str, str], str] = {}
    counts: Counter[str] = Counter()

    def rename(kind: str, key: str) -> str:
        place = (kind, key) if by_kind else ("", key)
        if place not in numbers:
            counts[place[0]] += 1
            numbers[place] = str(counts[place[0]])
        return numbers[place]

    for model, wire in records:
        if model is not Demographics:
            rename(model.__name__, wire["sourcedId"])
    return rename


# Leaving objects out


def _other_orgs(records: Iterable[tuple[type[Base], Wire]]) -> frozenset[str]:
    orgs = [wire for model, wire in records if model is Org]
    first = next(org["sourcedId"] for org in orgs if org["type"] == "school")
    return frozenset(org["sourcedId"] for org in orgs) - {first}


def _tombstones(records: Iterable[tuple[type[Base], Wire]]) -> frozenset[str]:
    return frozenset(wire["sourcedId"] for _, wire in records if wire["status"] == "tobedeleted")


_GONE: Final = object()


def _without(records: list[tuple[type[Base], Wire]], chosen: Callable[[Records], frozenset[str]]) -> Records:
    """Leave objects out, and whatever cannot be without them: no link is left that leads nowhere."""
    gone = set(chosen(records))
    while True:
        pruned = [(model, wire, _pruned(wire, model, gone)) for model, wire in records if wire["sourcedId"] not in gone]
        lost = {wire["sourcedId"] for _, wire, left in pruned if left is _GONE}
        if not lost:
            return [(model, left) for model, _, left in pruned]
        gone |= lost


def _pruned(wire: Wire, model: type[BaseModel], gone: AbstractSet[str]) -> Json:
    """Return the object without links to what is gone, or `_GONE` where a required property goes with them."""
    if "href" in wire and wire["sourcedId"] in gone:
        return _GONE
    kept = dict(wire)
    for field in _with_objects(model):
        value = wire.get(field.wire_name)
        if value is None or field.record is None:
            continue
        if field.many:
            value = [one for item in value if (one := _pruned(item, field.record, gone)) is not _GONE] or _GONE
        else:
            value = _pruned(value, field.record, gone)
        if value is not _GONE:
            kept[field.wire_name] = value
        elif field.required:
            return _GONE
        else:
            del kept[field.wire_name]
    return kept


@cache
def _with_objects(model: type[BaseModel]) -> tuple[FieldFacts, ...]:
    return tuple(field for field in fields_of(model).values() if field.record is not None)


# Vocabularies


def _with_ext(records: Records) -> Iterator[tuple[type[Base], Wire]]:
    turn: Counter[type[Base]] = Counter()
    for model, wire in records:
        turn[model] += 1
        if turn[model] % _EXT_EVERY:
            yield model, wire
        elif model is User:
            yield model, wire | {"roles": [_own_word(role, "role") for role in wire["roles"]]}
        else:
            yield model, _own_word(wire, _VOCABULARIES.get(model, ""))


def _own_word(wire: Wire, name: str) -> Wire:
    value = wire.get(name)
    return (
        wire if value is None or value.startswith("ext:") else wire | {name: f"ext:own.{value.replace(' ', '.')}_1-a"}
    )
