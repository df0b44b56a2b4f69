"""Answering a read: from the endpoint table's line, a grant and a query string to a page. No HTTP is done here."""

from __future__ import annotations

import json
from array import array
from dataclasses import replace
from hashlib import blake2b
from typing import Final

from digione_mock_server import mistaken, pager, serialise, v1p1
from digione_mock_server.auth import Grant
from digione_mock_server.dialects import wording
from digione_mock_server.faults import markbook, marks, older, repeats, shapes, wire, writing
from digione_mock_server.faults import v1p1 as wrong_v1p1
from digione_mock_server.listed import Reading, all_keys, member, parents_exist
from digione_mock_server.pages import Page, RawHeaders
from digione_mock_server.query import Query, read_query
from digione_mock_server.refusal import unknown_object
from digione_mock_server.state import ServerState
from digione_mock_server.store import KINDS
from digione_sdk.core.endpoints.rostering import ENDPOINTS
from digione_sdk.model.oneroster import User
from digione_sdk.model.status import CodeMinorValue


def page_key(state: ServerState, grant: Grant, path: str, query_string: bytes) -> tuple[object, ...]:
    """Return what a page depends on: whose data, how much of it, the question, and the data version."""
    faults = state.switches.faults
    stale = "stale-pages" in faults or (bool(faults) and writing.outlives_writes(path, faults))
    stale = stale or (bool(faults) and older.outlives_writes(path, faults))
    version = 0 if stale else state.store.version(grant.tenant)
    tenant = 0 if "page-memory-without-tenant" in faults else grant.tenant
    return (tenant, grant.exposure.name, path, query_string, version)


def read(state: ServerState, reading: Reading) -> Page:
    """Answer a read.

    Raises:
        Refusal: 400 for a query that means nothing, 404 for an unknown object or parent.
    """
    endpoint, faults = reading.endpoint, state.switches.faults
    query, warnings = _asked(state, reading)
    if faults:
        query = mistaken.misread(query, endpoint, faults)
    if endpoint.is_collection:
        body, headers = _collection(state, reading, query)
    else:
        body, headers = _single(state, reading, query), []
    if said := _said(state, reading, warnings):
        body = body[:-1] + b"," + said + b"}"
    dialects = state.switches.dialects
    if dialects:
        body = wording.rewritten(body, dialects)
    strong = reading.edition.is_editable(endpoint)
    etag = strong_tag(state, body) if strong else entity_tag(state, reading)
    headers = [*(_STANDING if "charset-in-type" not in dialects else _WITH_CHARSET), *headers]
    if "no-etag" not in dialects and not (strong and "no-conditional-writes" in dialects):
        headers.append((b"etag", etag))
    page = Page(
        body=body,
        headers=wire.wrong_headers(headers, faults) if faults else headers,
        etag=etag,
        scopes=frozenset(endpoint.scopes),
        template=endpoint.service.base_path + endpoint.path,
        compressible=not strong,
    )
    return replace(page, _compressed=wire.wrongly_compressed(body, faults)) if faults else page


def _asked(state: ServerState, reading: Reading) -> tuple[Query, tuple[CodeMinorValue, ...]]:
    """Return the question, and what the client is to be warned of."""
    endpoint, switches = reading.endpoint, state.switches
    if reading.edition.is_v1p1:
        return v1p1.asked(reading.query_string, endpoint, switches)
    return read_query(reading.query_string, endpoint.model, collection=endpoint.is_collection, switches=switches), ()


def _said(state: ServerState, reading: Reading, warnings: tuple[CodeMinorValue, ...]) -> bytes:
    """What 1.1 says beside the data, as members of the same object; mostly nothing."""
    faults = state.switches.faults
    if not warnings and reading.edition.is_v1p1 and "v1p1-success-as-warning" in faults:
        return v1p1.said((CodeMinorValue.FULLSUCCESS,), description="Success")
    said = v1p1.said(warnings) if warnings else b""
    return wrong_v1p1.wrong_warning(said, faults) if said and faults else said


_STANDING: Final[RawHeaders] = [
    (b"content-type", b"application/json"),
    # Personal data stays in no shared or disk cache; a client that keeps pages itself may still ask with the tag.
    (b"cache-control", b"private, no-store"),
    (b"vary", b"Authorization, Accept-Encoding"),
]


_WITH_CHARSET: Final[RawHeaders] = [(b"content-type", b"application/json;charset=UTF-8"), *_STANDING[1:]]


def entity_tag(state: ServerState, reading: Reading) -> bytes:
    """Return the entity tag: what the answer depends on, hashed, so that no body is (measured.md §3)."""
    depends_on = (state.store.generation, *page_key(state, reading.grant, reading.path, reading.query_string))
    if state.switches.faults:
        depends_on = (state.store.generation, *wire.wrong_tag(depends_on[1:], state.switches.faults))
    return b'W/"%b"' % blake2b(repr(depends_on).encode(), digest_size=12).hexdigest().encode()


def strong_tag(state: ServerState, body: bytes) -> bytes:
    """Return the entity tag of an object that can be written: of these very bytes, as If-Match asks (RFC 9110 §13.1.1).

    Being of the bytes, it stays when something else is written; and one object costs next to nothing to hash.
    """
    if "object-tag-never-changes" in state.switches.faults:
        body = b""
    return b'"%b"' % blake2b(body, key=state.store.generation.encode(), digest_size=12).hexdigest().encode()


def _collection(state: ServerState, reading: Reading, query: Query) -> tuple[bytes, RawHeaders]:
    faults = state.switches.faults
    if not parents_exist(state, reading):
        keys = mistaken.keys_all_the_same(state, reading, query) if faults else None
        if keys is None and (
            unknown_object().status in reading.endpoint.errors or "unknown-parent-empty" not in state.switches.dialects
        ):
            raise unknown_object()
        keys = keys or array("q")
    else:
        looked_up = mistaken.looked_up(state, reading) if faults else reading
        keys = all_keys(state, looked_up.endpoint, looked_up.parameters, query, reading.grant)
        keys = repeats.joined(keys, reading.endpoint, faults) if faults else keys
        keys = older.joined(keys, reading.endpoint, faults) if faults else keys
    shown = keys[pager.window(query, state.switches, total=len(keys))]
    if faults:
        older.crash_over_both(query.where, query.fields, reading.endpoint, faults)
        older.crash_past(query.offset, len(keys), reading.endpoint, faults)
        mistaken.refuse_empty(query, keys, faults)
        shown = mistaken.sorted_within(state, reading, query, keys, shown)
    rows = _rows(state, reading, query, shown)
    counts = {"totalCount": len(keys), "limit": query.limit, "offset": query.offset}
    body = serialise.collection(
        rows,
        key=shapes.wrong_key(reading.endpoint, faults) if faults else reading.endpoint.wrapper_key,
        public_url=_public_url(state),
        counts=counts if "counts-in-body" in state.switches.dialects else None,
    )
    if not rows and "empty-list-without-key" in faults:
        body = b"{}"
    total = mistaken.wrong_total(state, reading, query, keys, rows) if faults else len(keys)
    return body, _paging_headers(state, reading, query, total=total, end=len(keys))


def _paging_headers(state: ServerState, reading: Reading, query: Query, *, total: int, end: int) -> RawHeaders:
    headers: RawHeaders = []
    dialects = state.switches.dialects
    if reading.endpoint.is_nested and "bare-nested-pages" in dialects:
        return headers
    if "no-total" not in dialects:
        headers.append((b"x-total-count", str(total).encode()))
    if "no-link" not in dialects and not (query.limit == 0 and "limit-zero-empty" in dialects):
        faults, path = state.switches.faults, reading.path
        path = wrong_v1p1.wrong_page_address(path, reading.endpoint, faults) if faults else path
        url = path if "link-relative" in faults else state.settings.public_url + path
        value = pager.links(url, query, state.switches, total=end)
        headers += [(b"link", line) for line in wording.link_lines(value, dialects)] if value else []
    return headers


def _single(state: ServerState, reading: Reading, query: Query) -> bytes:
    (name,) = reading.endpoint.path_parameters
    faults, endpoint = state.switches.faults, reading.endpoint
    key = member(state, endpoint, {}, reading.parameters[name], reading.grant)
    if key is None and "single-of-any-tenant" in faults:
        found = (
            member(state, endpoint, {}, reading.parameters[name], one) for one in mistaken.others(state, reading.grant)
        )
        key = next((one for one in found if one is not None), None)
    if key is None and "other-kind-crashes" in faults and markbook.is_of_marks(endpoint):
        mistaken.refuse_other_kinds(state, reading)
    if key is None and "v1p1-other-kind-crashes" in faults and older.is_older(endpoint):
        mistaken.refuse_other_kinds(state, reading)
    if key is None:
        raise unknown_object(*_told(state, reading, query) if "wrong-role-told-by-name" in faults else ())
    (row,) = _rows(state, reading, query, array("q", [key]))
    wrapper = shapes.wrong_key(endpoint, faults) if faults else endpoint.wrapper_key
    if faults:
        row = repeats.wrong_single(marks.wrong_single(row, endpoint, faults), endpoint, faults)
    return serialise.single(row, key=wrapper, public_url=_public_url(state))


def _told(state: ServerState, reading: Reading, query: Query) -> tuple[str, ...]:
    """What a talkative server says of a person who is no member of the collection that was asked."""
    users = next(endpoint for endpoint in ENDPOINTS if endpoint.operation_id == "getAllUsers")
    key = member(state, users, {}, next(iter(reading.parameters.values())), reading.grant)
    if key is None or reading.endpoint.model is not User:
        return ()
    (row,) = _rows(state, reading, replace(query, fields=None), array("q", [key]))
    person = json.loads(row)
    return (f"{person['givenName']} {person['familyName']} is no member of this collection",)


def _rows(state: ServerState, reading: Reading, query: Query, keys: array[int]) -> list[bytes]:
    model, exposure, faults = reading.endpoint.model, reading.grant.exposure, state.switches.faults
    outsider = not exposure.protected and "protected-named-by-guardian" not in faults
    bodies = state.store.bodies(KINDS[model], keys, outsider=outsider)
    if faults and (markbook.shows_deleted(reading.endpoint, faults) or older.shows_deleted(reading.endpoint, faults)):
        bodies = [body.replace(b'"status":"tobedeleted"', b'"status":"active"') for body in bodies]
    withheld = exposure.withholds(model)
    if "minimal-gets-asked-fields" in faults and query.fields is not None:
        withheld = frozenset()
    retold = reading.edition.retold
    if faults and reading.edition.is_v1p1 and retold is not None:
        bodies, retold = wrong_v1p1.left_out(model, bodies, faults), wrong_v1p1.retelling(retold, faults)
        retold = older.retelling(retold, faults)
    return serialise.rows(
        bodies,
        model,
        fields=shapes.wrong_fields(reading.endpoint, query.fields, faults) if faults else query.fields,
        withheld=withheld,
        public_url=_public_url(state),
        switches=state.switches,
        retold=retold,
    )


def _public_url(state: ServerState) -> str:
    return "" if "href-relative" in state.switches.faults else state.settings.public_url
