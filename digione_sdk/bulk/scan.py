"""What the bytes of a file say before anything is parsed: encoding, line ends, NULs, the header, and some counts.

One pass over chunks; memory does not grow with the file. The counts tell later whether the parser passed over anything:
only then is the file looked at row by row. Lines are counted from 1, the header being the first.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

BOM: Final = codecs.BOM_UTF8
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LONGEST_HEADER: Final = 1 << 20
_PLAIN: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/@-"
"""What a GUID may hold, which is most of what a large file holds: the rest is soon counted."""


class Refusal(Enum):
    """Why the bytes cannot be parsed at all."""

    UTF16 = auto()
    NOT_UTF8 = auto()
    NUL = auto()
    EMPTY = auto()


@dataclass
class Scan:
    """What one pass over a file found.

    Attributes:
        commas: All commas, those inside fields too.
        quotes: Whether any field is quoted.
        others: How many bytes are none that a GUID may hold, and no comma, quote or line end.
        refusal: Why the file cannot be parsed, and in which line; then the rest was not looked at.
    """

    bom: bool = False
    line_feeds: int = 0
    pairs: int = 0
    returns: int = 0
    ends_inside_line: bool = False
    commas: int = 0
    quotes: bool = False
    others: int = 0
    refusal: Refusal | None = None
    refused_line: int | None = None
    _head: bytearray = field(default_factory=bytearray)

    @property
    def mixed_line_ends(self) -> bool:
        """Whether more than one of CRLF, LF and CR ends lines."""
        return sum(bool(count) for count in (self.pairs, self.line_feeds - self.pairs, self.returns - self.pairs)) > 1

    @property
    def returns_alone(self) -> bool:
        """Whether lines end in a bare CR."""
        return self.returns > self.pairs

    @property
    def is_plain(self) -> bool:
        """Whether every field holds nothing but what a GUID may hold, so that nobody need look at each."""
        return not self.quotes and not self.others

    @property
    def lines(self) -> int:
        """Number of lines, the header included, the line breaks inside fields counted as well."""
        return self.line_feeds + self.returns - self.pairs + self.ends_inside_line

    @property
    def header(self) -> str:
        """The first line, without BOM and line end."""
        return bytes(self._head).splitlines()[0].decode() if self._head.strip(b"\r\n") else ""

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Pass the chunks on while looking at them; stop at what cannot be parsed."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        last = b""
        for position, chunk in enumerate(chunks):
            if position == 0:
                if chunk.startswith(_WIDE):
                    return self._refuse(Refusal.UTF16, 1)
                self.bom = chunk.startswith(BOM)
            if self._unreadable(chunk, decoder):
                return
            self._look(chunk, last)
            last = chunk[-1:]
            yield chunk
        self._finish(decoder, last)

    def _unreadable(self, chunk: bytes, decoder: codecs.IncrementalDecoder) -> bool:
        if (nul := chunk.find(0)) >= 0:
            # Letters of Europe in UTF-16 without a mark are every other byte a NUL.
            wide = self.lines <= 1 and chunk[:64].count(0) > len(chunk[:64]) // 3
            self._refuse(Refusal.UTF16 if wide else Refusal.NUL, self._line_at(chunk, nul))
        elif not chunk.isascii() or decoder.getstate()[0]:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                self._refuse(Refusal.NOT_UTF8, self._line_at(chunk, error.start))
        return self.refusal is not None

    def _look(self, chunk: bytes, last: bytes) -> None:
        if len(self._head) < _LONGEST_HEADER and b"\n" not in self._head and b"\r" not in self._head:
            self._head += chunk[:_LONGEST_HEADER].removeprefix(BOM if not self._head else b"")
        self.ends_inside_line = not chunk.endswith((b"\n", b"\r"))
        kept = (chunk if last else chunk.removeprefix(BOM)).translate(None, _PLAIN)
        feeds, returns, commas, quotes = (kept.count(sign) for sign in (b"\n", b"\r", b",", b'"'))
        self.line_feeds += feeds
        if returns:
            self.returns += returns
            # Cut into lines, because to look for two bytes takes twice as long.
            self.pairs += feeds + returns + self.ends_inside_line - len(chunk.splitlines())
        if last == b"\r" and chunk.startswith(b"\n"):
            self.pairs += 1
        self.commas += commas
        self.quotes = self.quotes or quotes > 0
        self.others += len(kept) - feeds - returns - commas - quotes

    def _finish(self, decoder: codecs.IncrementalDecoder, last: bytes) -> None:
        if not last:
            self._refuse(Refusal.EMPTY, 1)
        elif decoder.getstate()[0]:
            self._refuse(Refusal.NOT_UTF8, self.lines)

    def _line_at(self, chunk: bytes, offset: int) -> int:
        return (
            self.lines
            - self.ends_inside_line
            + len(chunk[:offset].splitlines())
            + chunk[:offset].endswith((b"\n", b"\r"))
            or 1
        )

    def _refuse(self, why: Refusal, line: int) -> None:
        self.refusal, self.refused_line = why, line


def one_line_end(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the chunks with LF for every line end: DuckDB reads no file that mixes them."""
    carried = b""
    for chunk in chunks:
        joined = carried + chunk
        carried = b"\r" if joined.endswith(b"\r") else b""
        yield joined.removesuffix(carried).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    yield b"\n" if carried else b""
