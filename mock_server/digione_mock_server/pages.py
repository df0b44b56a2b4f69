"""Remembered pages: the whole answer to a read, keyed by who may see what of which data version, bounded in bytes."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from starlette.types import Send

LARGEST_MEMORY: Final = 64 * 1024 * 1024
_WORTH_COMPRESSING: Final = 1_024
_GZIP_LEVEL: Final = 1  # a page is compressed once and sent often, but the first reader waits for it

RawHeaders: TypeAlias = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Page:
    """One answer, ready to send.

    Attributes:
        body: JSON bytes.
        headers: Raw headers, without those that depend on the request (length, encoding).
        etag: Entity tag; weak where the same page may travel compressed.
        scopes: Scopes any one of which permits to see it.
        template: Path template of the endpoint, for records without ids.
        compressible: Whether it may travel compressed: not where a strong tag names these very bytes.
    """

    body: bytes
    headers: RawHeaders
    etag: bytes
    scopes: frozenset[str]
    template: str
    compressible: bool = True
    _compressed: bytes | None = field(default=None, repr=False)

    @property
    def cost(self) -> int:
        """Bytes to count: the body, a quarter for it compressed, and the headers."""
        return len(self.body) * 5 // 4 + 1_024

    def compressed(self) -> bytes | None:
        """The body compressed, or None where that is not worth it."""
        if self._compressed is None and self.compressible and len(self.body) >= _WORTH_COMPRESSING:
            self._compressed = gzip.compress(self.body, _GZIP_LEVEL, mtime=0)
        return self._compressed


class PageMemory:
    """Remembered pages; the least recently used goes first.

    The data version is part of the key, so a write needs no clearing: pages of the old version are never asked for
    again and fall out in time.
    """

    def __init__(self, *, largest: int = LARGEST_MEMORY) -> None:
        self._largest = largest
        self._held: OrderedDict[Hashable, Page] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable) -> Page | None:
        """Return the page under `key`, or None."""
        page = self._held.get(key)
        if page is not None:
            self._held.move_to_end(key)
        return page

    def put(self, key: Hashable, page: Page) -> None:
        """Remember a page, unless it is larger than an eighth of the memory."""
        if page.cost > self._largest // 8 or key in self._held:
            return
        self._held[key] = page
        self._bytes += page.cost
        while self._bytes > self._largest:
            self._bytes -= self._held.popitem(last=False)[1].cost

    def __len__(self) -> int:
        return len(self._held)


async def send_page(page: Page, send: Send, *, known_tags: bytes, accepts_gzip: bool, head: bool) -> None:
    """Send a page, or 304 where the client holds it (RFC 9110 §13.1.2: tags compare weakly)."""
    if known_tags and _matches(known_tags, page.etag):
        await send({"type": "http.response.start", "status": 304, "headers": page.headers})
        await send({"type": "http.response.body", "body": b""})
        return
    body, headers = page.body, page.headers
    if accepts_gzip and (compressed := page.compressed()) is not None:
        body, headers = compressed, [*headers, (b"content-encoding", b"gzip")]
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": b"" if head else body})


def _matches(known_tags: bytes, etag: bytes) -> bool:
    if known_tags.strip() == b"*":
        return True
    strong = etag.removeprefix(b"W/")
    return any(tag.strip().removeprefix(b"W/") == strong for tag in known_tags.split(b","))
