"""The evidence folder: every exchange of a run, written as it happens, redacted where real people may be meant.

    evidence/exchanges.jsonl     one exchange a line
    evidence/bodies/<sha256>.gz  bodies, named by the hash of their contents
    evidence/run.json            what was judged and how, so that verdicts can be computed again (run_file.py)
    evidence/manifest.json       hashes of all of it, and what it was made with

Tokens, client secrets and cookies are never written. Bodies and addresses stand whole only where the target file
attests synthetic data; otherwise personal values are replaced by keyed pseudonyms before anything reaches the disk.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Final

import msgspec
from isal import igzip, isal_zlib

from digione_conformance.evidence.exchange import Ask, Exchange, Json
from digione_conformance.evidence.redaction import Redactor, endpoint_of
from digione_conformance.target.claims import Claims
from digione_sdk.errors import ConfigurationError

EXCHANGES: Final = "exchanges.jsonl"
MANIFEST: Final = "manifest.json"
RUN: Final = "run.json"
BODIES: Final = "bodies"
_FAST: Final = 1
_GZIP: Final = 31
"""How the zlib interface is told of a gzip header."""
_LINE: Final = msgspec.json.Decoder()
_SUCCESS: Final = range(200, 300)
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "TLS", "RECORD"})


def evidence_root(files: Mapping[str, str]) -> str:
    """Return the one hash that stands for all files: over their names and their own hashes."""
    return _digest(json.dumps(dict(files), sort_keys=True).encode())


def ask_id(ask: Ask) -> str:
    """Return the name of an ask in the evidence: the same request has the same name in every run."""
    parts = [ask.method, ask.url, ask.auth, sorted(ask.headers), _digest(ask.content) if ask.content else None]
    return _digest(json.dumps(parts, ensure_ascii=False).encode())[:16]


def may_have_changed(exchange: Exchange) -> bool:
    """Whether a request may have changed the target: it asks for more than reading, and was not refused.

    Token requests are left out: a token is no part of what is judged.
    """
    asks_for_more = exchange.ask.method not in _READS and not exchange.ask.auth.startswith("client:")
    return asks_for_more and (exchange.status in _SUCCESS or exchange.trouble is not None)


@dataclass
class Recorder:
    """Writes exchanges down, and shows them to reports.

    Attributes:
        claims: What the target claims; decides whether bodies stay whole.
        redactor: Replaces what must not be shown.
        folder: Evidence folder, created on first use; None keeps nothing on disk.
        kept: Names of exchanges of an earlier run in the same folder that stay, because this run resumes it; None for
            a run that starts anew.
        requests: How many requests were made.
        bytes_received: Sum of the lengths of their answers.
        writes: How many of them may have changed the target.
    """

    claims: Claims
    redactor: Redactor
    folder: Path | None = None
    kept: Collection[str] | None = None
    requests: int = 0
    bytes_received: int = 0
    writes: int = 0
    _stream: IO[str] | None = None
    _closed: bool = False
    _hashes: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def stored_ask(self, ask: Ask) -> Ask:
        """Return the ask as evidence keeps it."""
        return replace(
            ask,
            url=self.redactor.url(ask.url),
            headers=tuple(self.redactor.headers(ask.headers).items()),
            content=self.redactor.scrubbed(self._stored_body(ask.content, ask.url)) if ask.content else None,
        )

    def record(self, exchange: Exchange) -> None:
        """Write one exchange down; nothing unredacted reaches the disk.

        Args:
            exchange: The exchange as checks see it: secrets are gone from its answer.
        """
        ask = self.stored_ask(exchange.ask)
        body = self._named(self._stored_body(exchange.body, exchange.ask.url) if self.folder else b"")
        content = self._named(ask.content or b"")
        with self._lock:
            if self._closed:
                return  # an answer that came after the run was broken off
            self.requests += 1
            self.bytes_received += len(exchange.body)
            self.writes += may_have_changed(exchange)
            if self.folder is None:
                return
            stream = self._opened()
            line = {
                "id": exchange.id,
                "ask": {
                    "method": ask.method,
                    "url": ask.url,
                    "auth": ask.auth,
                    "headers": list(ask.headers),
                    "content": self._write_body(*content),
                },
                "status": exchange.status,
                "headers": self.redactor.answered(exchange.headers),
                "body": self._write_body(*body),
                "elapsed": round(exchange.elapsed, 6),
                "trouble": exchange.trouble,
            }
            stream.write(_as_line(line))
            stream.flush()

    def note(self, run: Json) -> None:
        """Write down what is judged and how; a later note replaces an earlier one."""
        if self.folder is None:
            return
        with self._lock:
            self._opened()
            unfinished = self.folder / f".{RUN}.unfinished"
            unfinished.write_text(json.dumps(run, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            unfinished.replace(self.folder / RUN)

    def close(self, made_with: Mapping[str, Json]) -> None:
        """Finish the folder with a manifest: what it was made with, and the hash of every file."""
        if self.folder is None:
            return
        with self._lock:
            self._opened()
        self.stop()
        with self._lock:
            written = [name for name in (EXCHANGES, RUN) if (self.folder / name).is_file()]
            files = {name: _digest((self.folder / name).read_bytes()) for name in written}
            files |= {f"{BODIES}/{name}.gz": stored for name, stored in sorted(self._hashes.items())}
            root = evidence_root(files)
            manifest = {**made_with, "bodies_whole": self.claims.synthetic, "files": files, "root": root}
            (self.folder / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")

    def stop(self) -> None:
        """Write nothing from here on; what was written stays, without a manifest where `close` did not run."""
        with self._lock:
            self._closed = True
            if self._stream is not None:
                self._stream.close()

    def _stored_body(self, content: bytes, url: str) -> bytes:
        if self.claims.synthetic or url.startswith(self.claims.token_url) or url in self.claims.descriptions:
            return content
        return self.redactor.body(content, endpoint=endpoint_of(url, self.claims.services))

    def _named(self, content: bytes) -> tuple[str, bytes]:
        """Return the name of a body and the file that keeps it; no name for no body, no file where there is one."""
        if not content or self.folder is None:
            return "", b""
        name = _digest(content)
        return name, b"" if name in self._hashes else igzip.compress(content, _FAST, mtime=0)

    def _write_body(self, name: str, stored: bytes) -> str | None:
        if not name or self.folder is None:
            return None
        if name not in self._hashes:
            # Of the file as it lies there: a changed byte of its gzip header changes nothing in the body.
            self._hashes[name] = _digest(stored)
            _write(self.folder / BODIES / f"{name}.gz", stored)
        return name

    def _opened(self) -> IO[str]:
        if self._stream is None:
            folder = self.folder or Path()
            try:
                (folder / BODIES).mkdir(parents=True, exist_ok=True)
                kept = [line for line in _lines(folder) if line["id"] in self.kept] if self.kept is not None else []
                named = {name for line in kept for name in (line["body"], line["ask"]["content"]) if name}
                self._hashes = {name: _digest((folder / BODIES / f"{name}.gz").read_bytes()) for name in named}
                for stale in (folder / BODIES).glob("[0-9a-f]" * 64 + ".gz"):
                    if stale.stem not in self._hashes:
                        stale.unlink()  # of an earlier run into the same folder
                for name in (MANIFEST,) if self.kept is not None else (MANIFEST, RUN):
                    (folder / name).unlink(missing_ok=True)
                self._stream = (folder / EXCHANGES).open("w", encoding="utf-8")
                self._stream.writelines(_as_line(line) for line in kept)
            except OSError:
                raise ConfigurationError(f"cannot write evidence to {folder}") from None
        return self._stream


def read_evidence(folder: Path) -> dict[str, Exchange]:
    """Return the exchanges of an evidence folder by their names.

    Raises:
        ConfigurationError: The folder holds no evidence, or a body is missing or changed.
    """
    found: dict[str, Exchange] = {}
    lines = _lines(folder)
    bodies = _bodies(folder, lines)
    for kept in lines:
        asked = kept["ask"]
        headers = tuple((name, value) for name, value in asked["headers"])
        ask = Ask(asked["method"], asked["url"], asked["auth"], headers, bodies.get(asked["content"]))
        body = bodies.get(kept["body"], b"")
        found[kept["id"]] = Exchange(
            kept["id"], ask, kept["status"], kept["headers"], body, kept["elapsed"], kept["trouble"]
        )
    return found


def _bodies(folder: Path, lines: Iterable[Json]) -> dict[str, bytes]:
    """Return all bodies by name; many answers are equal, and each is read, checked and kept once."""
    names = dict.fromkeys(name for line in lines for name in (line["ask"]["content"], line["body"]) if name)
    # Unpacking and hashing are done outside of Python's lock, so that threads share them out over the processors.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(names, pool.map(lambda name: _read_body(folder, name), names), strict=True))


def refuse_changed(folder: Path) -> None:
    """Refuse a folder whose record is not the one that its manifest was made for.

    A run that was killed left no manifest; bodies are checked when they are read.

    Raises:
        ConfigurationError: A file was changed, or the manifest cannot be read.
    """
    if not (folder / MANIFEST).is_file():
        return
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        changed = [name for name in (EXCHANGES, RUN) if files.get(name) != _digest((folder / name).read_bytes())]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise ConfigurationError(f"{MANIFEST} in {folder} cannot be read") from None
    if changed:
        raise ConfigurationError(f"the evidence was changed: {', '.join(changed)}")


def _lines(folder: Path) -> list[Json]:
    try:
        text = (folder / EXCHANGES).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"no evidence in {folder}") from None
    whole = text[: text.rfind("\n") + 1]  # a run that was killed may have left half a line
    try:
        return [_LINE.decode(line) for line in whole.split("\n")[:-1]]
    except msgspec.DecodeError:
        raise ConfigurationError(f"the evidence was changed: {EXCHANGES} in {folder}") from None


def _write(path: Path, content: bytes) -> None:
    """Write a file with as few calls as can be: at each of them the checks that run meanwhile take turns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
    try:
        while content:
            content = content[os.write(handle, content) :]
    finally:
        os.close(handle)


def _as_line(kept: Json) -> str:
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) + "\n"


def _read_body(folder: Path, name: str) -> bytes:
    unpacking = isal_zlib.decompressobj(_GZIP)
    try:
        content = unpacking.decompress((folder / BODIES / f"{name}.gz").read_bytes())
        whole = unpacking.eof and not unpacking.unused_data
    except (OSError, isal_zlib.error):  # type: ignore[misc]  # a class, which its stub takes for an exception
        whole = False
    if not whole:
        raise ConfigurationError(f"the evidence lacks {BODIES}/{name}.gz, or it is broken")
    if _digest(content) != name:
        raise ConfigurationError(f"the evidence was changed: {BODIES}/{name}")
    return content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
