"""Whatever a server caps, leaves out or repeats: the rows are all rows, in order, or an error is raised."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from digione_sdk._sync.listing import Listing
from digione_sdk.core.call import list_call
from digione_sdk.core.endpoints.rostering import getAllOrgs
from digione_sdk.core.http import Response
from digione_sdk.errors import PagingError

BASE = "https://h.example/base"
LIMIT = 10
CHAOS = st.integers(0, 2**32)


@dataclass
class Server:
    """A server of `rows` rows whose every answer draws its habits anew."""

    rows: int
    draws: list[tuple[int, bool, bool, str]]
    honest: bool
    asked: int = 0

    def fetch(self, _call, url, **_conversion):
        cap, link, total, kind = self.draws[self.asked % len(self.draws)]
        self.asked += 1
        assert self.asked < 500, "paging does not end"
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        offset = int(query.get("offset", 0))
        if not self.honest:
            # Sends the same page again: always cut alike, because overlaps of other pages are legal (rows move).
            cap, offset = self.draws[0][0], 0 if kind == "stuck" else offset
        stop = min(self.rows, offset + min(cap, LIMIT))
        headers = {}
        if total:
            headers["x-total-count"] = str(self.rows + (3 if not self.honest and kind == "boast" else 0))
        if link:
            following = f'<{BASE}/orgs?limit={LIMIT}&offset={stop}>; rel="next", ' if stop < self.rows else ""
            headers["link"] = f'{following}<{BASE}/orgs>; rel="first"'
        rows = [{"sourcedId": str(n), "status": "active"} for n in range(offset, max(offset, stop))]
        return Response(200, headers, json.dumps({"orgs": rows}).encode())


def servers(*, honest):
    draw = st.tuples(st.integers(1, 12), st.booleans(), st.booleans(), st.sampled_from(["plain", "stuck", "boast"]))
    return st.builds(Server, st.integers(0, 60), st.lists(draw, min_size=1, max_size=6), st.just(honest))


def listing(server, max_items=None):
    call = list_call(getAllOrgs, BASE, {}, fields=("status",), limit=LIMIT, max_items=max_items)
    return Listing(server, call)


@settings(max_examples=150, deadline=None)
@given(servers(honest=True), st.none() | st.integers(0, 70))
def test_an_honest_server_is_read_whole_however_it_is_read(server, most):
    expected = [str(n) for n in range(server.rows)][:most]
    assert [row.sourced_id for row in listing(server, most)] == expected
    server.asked = 0
    assert [row.sourced_id for row in listing(server, most).all()] == expected


@settings(max_examples=150, deadline=None)
@given(servers(honest=False), st.booleans())
def test_a_dishonest_server_is_read_whole_or_refused(server, bulk):
    rows = []
    try:
        if bulk:
            rows = listing(server).all()
        else:
            rows.extend(listing(server))
    except PagingError:
        return
    assert {row.sourced_id for row in rows} >= {str(n) for n in range(server.rows)}
