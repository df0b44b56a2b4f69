"""Turns a write into its request, after checking every record, and reads what its answer says; nothing is sent here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from digione_sdk.core.call import ACCEPT, Asked, path_of
from digione_sdk.core.editions import V1P2, Edition
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.http import Request, Response
from digione_sdk.errors import PostedInPart, UsageError
from digione_sdk.model.base import Record
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import Base, GUIDPair
from digione_sdk.wire.decode import Decoder
from digione_sdk.wire.versions import Change

M = TypeVar("M", bound=Base)

_CREATED: Final = 201
_NOT_FOUND: Final = 404
_TAG: Final = re.compile(r'\*|"[\x21\x23-\x7e]*"')  # RFC 9110 §8.8.3, without the weak form and obs-text


@dataclass(frozen=True, slots=True)
class Versioned(Generic[M]):
    """A record and the tag of the version that was read.

    Attributes:
        record: The record.
        etag: Its tag, for `if_match=`; None where the provider sends none, as the standard asks for none.
    """

    record: M
    etag: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """What a provider said of a record that was put.

    Attributes:
        created: True for 201, False for 200 and 204. The standard declares 201 for a replacement too, so from some
            providers True says no more than that the record is there; False is always a replacement.
        etag: Tag of the version that was written, where the provider sends one.
    """

    created: bool
    etag: str | None

    @classmethod
    def of(cls, response: Response) -> Written:
        """Read the answer to a PUT."""
        return cls(response.status == _CREATED, response.headers.get("etag"))


@dataclass(frozen=True, slots=True)
class Write(Asked):
    """A checked write. `repr` hides the record, which may be a pupil's."""

    method: str
    headers: Mapping[str, str]
    content: bytes | None
    changes: tuple[Change, ...] = ()
    """What was done to tell the record in another version of the standard."""

    def request(self, url: str | None = None) -> Request:
        """Return the request."""
        return Request(self.method, url or self.url, self.headers, self.content)

    def __repr__(self) -> str:
        return f"<Write {self.operation_id}>"


def put_call(
    endpoint: Endpoint[M], base_url: str, record: M, *, if_match: str | None = None, edition: Edition = V1P2
) -> Write:
    """Check a PUT: the single wrapper, sent to the record's own id.

    Raises:
        Inexpressible: The version that is spoken has no such operation, or no words for the record.
        UsageError: The record is of another model, a value in it does not fit, or the tag is none.
    """
    checked = _checked(record, endpoint, argument="record")
    return _write(endpoint, base_url, {"sourced_id": checked.sourced_id}, checked, if_match, edition)


def delete_call(
    endpoint: Endpoint[Base], base_url: str, sourced_id: str, *, if_match: str | None = None, edition: Edition = V1P2
) -> Write:
    """Check a DELETE.

    Raises:
        UsageError: The id or the tag does not fit.
    """
    return _write(endpoint, base_url, {"sourced_id": sourced_id}, None, if_match, edition)


def post_call(
    endpoint: Endpoint[M],
    base_url: str,
    parents: Mapping[str, str],
    records: Iterable[M],
    *,
    edition: Edition = V1P2,
) -> Write:
    """Check a POST: the collection wrapper, each record with a temporary id of its own.

    Args:
        endpoint: A POST endpoint.
        base_url: Base URL of the service.
        parents: Ids of the parents, in the order of the path's parameters, keyed by argument name.
        records: What to post, at least one.
        edition: The version of the standard that is spoken.

    Raises:
        UsageError: There is nothing to post, a record does not fit its model or belongs elsewhere, or two have one id.
    """
    checked = [_checked(record, endpoint, argument=f"records.{n}") for n, record in enumerate(records)]
    if not checked:
        raise UsageError("at least one record", argument="records")
    seen: set[str] = set()
    for n, record in enumerate(checked):
        if record.sourced_id in seen:
            raise UsageError("a temporary id that another record has too", argument=f"records.{n}.sourced_id")
        seen.add(record.sourced_id)
        _check_place(record, endpoint, dict(zip(endpoint.path_parameters, parents.items(), strict=True)), n)
    return _write(endpoint, base_url, parents, tuple(checked), None, edition)


def deleted(response: Response) -> bool:
    """Whether an answer says that a record is gone: also when a repeated DELETE finds nothing.

    The first try was then carried out, and its answer lost.
    """
    return response.status == _NOT_FOUND and response.repeated


def allocated(response: Response, write: Write, endpoint: Endpoint[Base]) -> tuple[GUIDPair, ...]:
    """Return the ids that a POST was answered with, one for each record, in the order of the records.

    Raises:
        MissingEnvelope: The answer has no `sourcedIdPairs`.
        PayloadError: It does not fit.
        PostedInPart: It does not hold exactly one pair for each record.
    """
    decoder: Decoder[GUIDPair] = Decoder(endpoint.envelope, endpoint.operation_id)
    pairs = decoder.page(response.content)
    by_id = {pair.supplied_sourced_id: pair for pair in pairs}
    supplied = _supplied(write, endpoint)
    missing = tuple(sourced_id for sourced_id in supplied if sourced_id not in by_id)
    if missing or len(pairs) != len(supplied):
        raise PostedInPart(
            f"{endpoint.operation_id}: {len(pairs)} pairs came for {len(supplied)} records; "
            f"{len(missing)} of these have none",
            pairs=pairs,
            missing=missing,
        )
    return tuple(by_id[sourced_id] for sourced_id in supplied)


def _supplied(write: Write, endpoint: Endpoint[Base]) -> tuple[str, ...]:
    assert endpoint.body is not None, "a POST has a body"  # noqa: S101 - tells the type checker
    ids = Decoder[Any](endpoint.body, endpoint.operation_id).ids(write.content or b"")
    return tuple(sourced_id for sourced_id in ids if sourced_id is not None)


def _write(
    endpoint: Endpoint[Base],
    base_url: str,
    ids: Mapping[str, str],
    value: Base | Sequence[Base] | None,
    if_match: str | None,
    edition: Edition,
) -> Write:
    endpoint = edition.line(endpoint)
    changes: tuple[Change, ...] = ()
    headers: dict[str, str] = dict(ACCEPT)
    content = None
    if endpoint.body is not None:
        (field,) = fields_of(endpoint.body).values()
        headers["content-type"] = "application/json"
        content = endpoint.body.model_construct(_fields_set={field.name}, **{field.name: value}).to_wire_json()
        content, changes = edition.written(content, endpoint)
    if if_match is not None:
        headers["if-match"] = _tag(if_match)
    url = base_url + path_of(endpoint, ids)
    return Write(url, endpoint.scopes, endpoint.operation_id, endpoint.method, headers, content, changes)


def _tag(tag: object) -> str:
    text = tag if isinstance(tag, str) else ""
    if _TAG.fullmatch(text):
        return text
    if text.startswith("W/"):
        raise UsageError("a weak tag never matches (RFC 9110 §13.1.1); leave it out", argument="if_match")
    raise UsageError('a tag in its quotes, as "v1" in double quotes, or *', argument="if_match")


def _checked(record: M, endpoint: Endpoint[M], *, argument: str) -> M:
    if not isinstance(record, endpoint.model):
        raise UsageError(f"needs {endpoint.model.__name__}, not {type(record).__name__}", argument=argument)
    try:
        return _rebuilt(record)
    except UsageError as error:
        refusal = UsageError(str(error), argument=argument)
    raise refusal


R = TypeVar("R", bound=Record)


def _rebuilt(record: R) -> R:
    # `model_copy(update=...)` checks nothing, so a record may hold a NaN or a link to the wrong kind by now.
    values = {name: _rebuilt_value(record.__dict__.get(name)) for name in fields_of(type(record))}
    given = {name: value for name, value in values.items() if name in record.model_fields_set}
    return type(record)(**given, **((record.model_extra or {}) if record.__open__ else {}))


def _rebuilt_value(value: Any) -> Any:
    if isinstance(value, Record):
        return _rebuilt(value)
    if isinstance(value, tuple):
        return tuple(_rebuilt_value(item) for item in value)
    return value


def _check_place(record: Base, endpoint: Endpoint[Base], ids: Mapping[str, tuple[str, str]], number: int) -> None:
    """Refuse a record that the path does not take: a line item of another class than the one it is posted to."""
    wire = record.to_wire()
    for path, value in endpoint.view.where:
        argument, parent = ids.get(value.strip("{}"), ("", value))
        found: Any = wire
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        if found != parent:
            raise UsageError(f"is not the {argument} of the call", argument=f"records.{number}.{path}")
