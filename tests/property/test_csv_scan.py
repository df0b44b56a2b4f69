"""What the scan counts is what stands in the bytes, wherever chunks are cut."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from digione_sdk.bulk.scan import BOM, Scan

BYTES = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b",", b'"', b"abc-9", b" ", "ä".encode(), b"/@._"]), max_size=40
).map(b"".join)
PLAIN = re.compile(rb"[A-Za-z0-9._/@\-,\r\n]*")


@given(BYTES, st.booleans(), st.lists(st.integers(1, 200), max_size=6))
def test_counts_do_not_depend_on_where_chunks_are_cut(text, marked, cuts) -> None:
    content = (BOM if marked else b"") + text
    # The mark is looked for in the first chunk: readers hand out at least a mebibyte, or all there is.
    places = [0, *sorted(min(cut + len(BOM), len(content)) for cut in cuts), len(content)]
    chunks = [content[a:b] for a, b in pairwise(places) if a < b]
    scan = Scan()
    assert b"".join(scan.through(chunks)) == content
    assert scan.bom is marked
    if not content:
        return
    assert scan.line_feeds == content.count(b"\n")
    assert scan.returns == content.count(b"\r")
    assert scan.pairs == content.count(b"\r\n")
    assert scan.commas == content.count(b",")
    assert scan.quotes is (b'"' in content)
    assert scan.is_plain is bool(PLAIN.fullmatch(text))
    assert scan.lines == len(content.splitlines())
    assert scan.mixed_line_ends is (len(set(re.findall(rb"\r\n|\r|\n", content))) > 1)
