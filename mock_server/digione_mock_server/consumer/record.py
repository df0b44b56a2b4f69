"""The record of what a client asked: one JSON line an event, as `specs/consumer/traffic-1.json` says it.

No address, id, name, secret or token of anybody stands in it: paths are templates, ids in them and tokens are
pseudonyms under a key that is never written, and of queries `asked.py` keeps what says nothing of a person.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from digione_sdk.errors import ConfigurationError, UsageError
from digione_sdk.model.base import Json

TRAFFIC: Final = "traffic.jsonl"
FORMAT: Final = 1


class TrafficRecord:
    """Writes events to `traffic.jsonl` in a folder, each whole and at once. Thread-safe.

    Args:
        folder: Where to write; None keeps events in memory instead, as `events`.
        clock: Seconds on a clock that only goes forward.

    Raises:
        UsageError: The folder holds a record already.
        ConfigurationError: The folder cannot be written.
    """

    def __init__(self, folder: Path | None, *, clock: Callable[[], float]) -> None:
        self._key = secrets.token_bytes(32)
        self._clock = clock
        self._began = clock()
        self._lock = threading.Lock()
        self._tokens: dict[bytes, str] = {}
        self.events: list[dict[str, Json]] = []
        self._stream = _opened(folder) if folder is not None else None

    def moment(self) -> float:
        """Seconds since the record began."""
        return round(self._clock() - self._began, 4)

    def begin(self, **facts: Json) -> None:
        """Write the first event: what is served."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.add("serving", format=FORMAT, started_at=now, **facts)

    def add(self, kind: str, **facts: Json) -> None:
        """Write one event."""
        event: dict[str, Json] = {"event": kind, "at": self.moment(), **facts}
        with self._lock:
            if self._stream is None:
                self.events.append(event)
            elif not self._stream.closed:
                self._stream.write(json.dumps(event, ensure_ascii=False) + "\n")
                self._stream.flush()

    def pseudonym(self, value: str) -> str:
        """Return what stands for a value, the same for equal values of one record."""
        return f"p-{hmac.new(self._key, value.encode('utf-8', 'surrogatepass'), sha256).hexdigest()[:12]}"

    def issued(self, token: str) -> str:
        """Return the pseudonym of a token that was just given out."""
        with self._lock:
            return self._tokens.setdefault(_mark(token), f"token-{len(self._tokens) + 1}")

    def presented(self, token: str) -> str:
        """Return the pseudonym of a token that a client shows, `unknown` where it is none of ours."""
        with self._lock:
            return self._tokens.get(_mark(token), "unknown")

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()


def _mark(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def _opened(folder: Path) -> IO[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / TRAFFIC).open("x", encoding="utf-8")
    except FileExistsError:
        raise UsageError(f"{folder} holds a record already; name another folder", argument="--record") from None
    except OSError as error:
        raise ConfigurationError(f"--record: cannot write to {folder}: {error.strerror}") from None


def present(facts: Mapping[str, Json]) -> dict[str, Json]:
    """Return facts without those that are None: absent, not null."""
    return {name: value for name, value in facts.items() if value is not None}
