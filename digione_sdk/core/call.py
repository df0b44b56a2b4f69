"""Turns a call on an endpoint into its URL, after checking every argument: bad input never reaches the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypedDict, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from digione_sdk.core.editions import V1P2, Edition
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.http import Request
from digione_sdk.errors import UsageError
from digione_sdk.model.oneroster import Base
from digione_sdk.wire.decode import Decoder
from digione_sdk.wire.names import field_named
from digione_sdk.wire.partial import IDENTITY, partial_envelope
from digione_sdk.wire.where import FilterLike

T = TypeVar("T")

STANDARD_LIMIT: Final = 100
"""What a server sends where no limit is given (rest-1.2 §2)."""

ACCEPT: Final = {"accept": "application/json"}


class Query(TypedDict, total=False):
    """What every list takes.

    `filter`: `where(User).given_name == "Aino"`, or text with wire names. `sort`: one field, in Python's spelling or
    the wire's; `order_by`: `asc` or `desc`, with `sort`. `limit`: rows a page, at least 1; without it the server's
    default. `max_items`: stop after so many rows, at least 0.
    """

    filter: FilterLike | None
    sort: str | None
    order_by: Literal["asc", "desc"] | None
    limit: int | None
    max_items: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked call, whatever is answered: what to send, and who may."""

    url: str
    scopes: tuple[str, ...]
    operation_id: str

    def request(self, url: str | None = None) -> Request:
        """Return the request for the first page, or for `url`."""
        return Request("GET", url or self.url, ACCEPT)


@dataclass(frozen=True, slots=True)
class Call(Asked, Generic[T]):
    """A checked read, and how to read its answer."""

    decoder: Decoder[T]
    endpoint: Endpoint[Any]
    max_items: int | None = None


def list_call(
    endpoint: Endpoint[Base],
    base_url: str,
    parents: Mapping[str, str],
    *,
    edition: Edition = V1P2,
    fields: Iterable[str] | None = None,
    filter: FilterLike | None = None,  # noqa: A002 - the standard's own name
    sort: str | None = None,
    order_by: Literal["asc", "desc"] | None = None,
    limit: int | None = None,
    max_items: int | None = None,
) -> Call[Any]:
    """Check a list call.

    Args:
        endpoint: A collection endpoint.
        base_url: Base URL of the service, without a slash at its end.
        parents: Ids of the parents, in the order of the path's parameters, keyed by argument name.
        edition: The version of the standard that is spoken.
        fields: Fields to ask for; None asks for all.
        filter: See `Query`, as for the rest.
        sort: See `Query`.
        order_by: See `Query`.
        limit: See `Query`.
        max_items: See `Query`.

    Raises:
        UsageError: An argument does not fit; it is named.
    """
    model = endpoint.model
    query: dict[str, str] = {}
    if filter is not None:
        query["filter"] = edition.filter_text(filter, model)
    if sort is not None:
        query["sort"] = edition.sort_name(sort, model)
    if order_by is not None:
        query["orderBy"] = _direction(order_by, sort)
    _check_count(limit, least=1, argument="limit")
    _check_count(max_items, least=0, argument="max_items")
    if max_items:
        limit = min(limit or STANDARD_LIMIT, max_items)
    if limit is not None:
        query["limit"] = str(limit)
    names = selection(fields, model)
    return _call(endpoint, base_url, parents, query, names, max_items, edition)


def _direction(order_by: str, sort: str | None) -> str:
    if order_by not in {"asc", "desc"}:
        raise UsageError("'asc' or 'desc'", argument="order_by")
    if sort is None:
        raise UsageError("has no meaning without sort", argument="order_by")
    return order_by


def read_call(
    endpoint: Endpoint[Base],
    base_url: str,
    ids: Mapping[str, str],
    *,
    edition: Edition = V1P2,
    fields: Iterable[str] | None = None,
) -> Call[Any]:
    """Check a single read; arguments and errors as for `list_call`."""
    return _call(endpoint, base_url, ids, {}, selection(fields, endpoint.model), None, edition)


def selection(fields: Iterable[str] | None, model: type[Base]) -> frozenset[str] | None:
    """Return the Python names of the fields to ask for, with the identity; None for all.

    Raises:
        UsageError: A field is unknown, there is none, or `fields` is one text instead of several.
    """
    if fields is None:
        return None
    if isinstance(fields, str):
        raise UsageError("several names, as ('sourced_id', 'given_name'), not one text", argument="fields")
    try:
        names = list(fields)
    except TypeError:
        raise UsageError(f"several names, not {type(fields).__name__}", argument="fields") from None
    if not names:
        raise UsageError("at least one field", argument="fields")
    return frozenset(field_named(name, model, argument="fields").name for name in names) | {IDENTITY}


def _call(
    endpoint: Endpoint[Base],
    base_url: str,
    ids: Mapping[str, str],
    query: dict[str, str],
    names: frozenset[str] | None,
    max_items: int | None,
    edition: Edition,
) -> Call[Any]:
    endpoint = edition.line(endpoint)
    envelope = endpoint.envelope
    if names is not None:
        # Model order, so that equal selections are equal URLs; commas stay bare, as every server reads them.
        wanted = tuple(
            field_named(name, endpoint.model, argument="fields").wire_name
            for name in endpoint.model.model_fields
            if name in names
        )
        query["fields"] = ",".join(edition.selection(wanted, endpoint.model))
        envelope = partial_envelope(envelope, names)
    url = base_url + path_of(endpoint, ids)
    if query:
        url += "?" + urlencode(query, quote_via=quote, safe=",")
    decoder: Decoder[Any] = Decoder(envelope, endpoint.operation_id)
    return Call(url, endpoint.scopes, endpoint.operation_id, decoder, endpoint, max_items)


def path_of(endpoint: Endpoint[Base], ids: Mapping[str, str]) -> str:
    """Return an endpoint's path with these ids, in the order of its parameters, keyed by argument name.

    Raises:
        UsageError: An id does not fit; its argument is named.
    """
    path = endpoint.path
    for parameter, (argument, value) in zip(endpoint.path_parameters, ids.items(), strict=True):
        path = path.replace(f"{{{parameter}}}", segment(value, argument=argument))
    return path


def segment(sourced_id: str, *, argument: str) -> str:
    """Return an id as one path segment.

    Raises:
        UsageError: It is no text, empty, or `.` or `..`, which a URL takes for steps in the path.
    """
    if not isinstance(sourced_id, str):
        raise UsageError(f"an id is text, not {type(sourced_id).__name__}", argument=argument)
    if sourced_id in {"", ".", ".."}:
        raise UsageError("an id is neither empty nor dots", argument=argument)
    try:
        return quote(sourced_id, safe="")
    except UnicodeEncodeError:
        raise UsageError("an id of characters that cannot be written", argument=argument) from None


def _check_count(count: int | None, *, least: int, argument: str) -> None:
    if count is None:
        return
    if isinstance(count, bool) or not isinstance(count, int):
        raise UsageError(f"a whole number, not {type(count).__name__}", argument=argument)
    if count < least:
        raise UsageError(f"at least {least}", argument=argument)


def checked_base_url(url: str, *, argument: str, allow_http: bool = False) -> str:
    """Return a base URL without the slash at its end.

    Raises:
        UsageError: It is no absolute https URL, or carries user information, a query or a fragment. Plain http is
            taken for this machine only, unless allowed: the token travels in every request (rest-1.2 §9).
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except (ValueError, AttributeError, TypeError):
        raise UsageError("not a URL", argument=argument) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError("an absolute https URL, as https://host/ims/oneroster/rostering/v1p2", argument=argument)
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise UsageError("no user information, query or fragment", argument=argument)
    local = parts.hostname in {"localhost", "::1"} or parts.hostname.startswith("127.")
    if parts.scheme == "http" and not (allow_http or local):
        raise UsageError(
            "https only, because tokens travel with it (allow_http=True for a test network)", argument=argument
        )
    return url.rstrip("/")
