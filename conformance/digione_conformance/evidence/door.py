"""The only way to a target: a live door that sends and records, and a replaying one that answers from the record.

A check cannot tell the two apart, so its verdict is a pure function of the recorded exchanges.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.handshake import METHOD as TLS
from digione_conformance.evidence.handshake import MOST_HEADER, handshake
from digione_conformance.evidence.recorder import Recorder, ask_id, read_evidence
from digione_conformance.evidence.stand_in import RedactedExchange
from digione_conformance.evidence.tokens import Keyring, secret_sent, with_client
from digione_conformance.target.claims import LOOPBACK, OPENAPI_FILE
from digione_conformance.target.file import Target
from digione_sdk.core.http import Request, Response
from digione_sdk.errors import ConfigurationError, ConnectionFailed, DigiOneError, RequestTimedOut

Wire: TypeAlias = Callable[[Request], Response]
"""Sends one request and returns the answer; raises TransportError."""

_MOST_WAITS: Final = 3
_UNSAID: Final = 1.0
"""Seconds to wait after a 429 that does not say how long: the standard declares no Retry-After."""
_LONGEST_WAIT: Final = 60.0
_COME_AGAIN: Final = frozenset({429, 503})
"""Statuses by which a server puts a client off: with Retry-After it says until when (RFC 6585, 4; RFC 9110, 15.6.4)."""
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_AFTER_CHANGE: Final = "-after-"


class _Names:
    """Names for exchanges that do not depend on the order in which concurrent checks ask.

    After a change the same ask may be answered otherwise, so its name then tells the changes that came before. A
    replay with other checks than the run's therefore never mistakes an answer of one state for that of another.
    """

    def __init__(self) -> None:
        self._fresh: Counter[tuple[str, str]] = Counter()
        self._changes = ""
        self._last_change = ""
        self._lock = threading.Lock()

    def name(self, ask: Ask, *, check: str, fresh: bool) -> str:
        """Return the name of an exchange: that of its question, and of how often and after what it was asked."""
        with self._lock:
            name = ask_id(ask) + (f"{_AFTER_CHANGE}{self._changes}" if self._changes else "")
            if fresh:
                self._fresh[name, check] += 1
                name = f"{name}-{check}-{self._fresh[name, check]}"
            if ask.auth == "control" and ask.method not in _SAFE:
                # The doctor reads through the control before a run, and no replay sees that.
                self._last_change = name
            return name

    def changed(self) -> None:
        """Take note that the target was changed: the same question is another one from here on."""
        with self._lock:
            self._changes = hashlib.sha256(f"{self._changes} {self._last_change}".encode()).hexdigest()[:8]


@dataclass
class Pace:
    """Keeps a run below a rate and within its budget of time."""

    requests_per_second: float | None = None
    budget_seconds: float | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float = 0.0
    _started: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def left(self) -> float | None:
        """Seconds left of the budget, or None where there is none."""
        if self.budget_seconds is None:
            return None
        if self._started is None:
            self._started = self.clock()
        return self.budget_seconds - (self.clock() - self._started)

    def wait(self) -> None:
        """Wait for the next slot."""
        if self.requests_per_second is None:
            return
        with self._lock:
            now = self.clock()
            slot = max(now, self._next)
            self._next = slot + 1 / self.requests_per_second
        if slot > now:
            self.sleep(slot - now)


@dataclass
class LiveDoor:
    """Sends to the target. Safe to use from many threads; equal asks of several checks are one request.

    Attributes:
        target: Where to and as whom.
        wire: Sends one request.
        recorder: Writes down what was asked and answered.
        pace: Keeps below rate and budget.
        stopped: Once set, nothing more is sent.
    """

    target: Target
    wire: Wire
    recorder: Recorder
    pace: Pace = field(default_factory=Pace)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._names = _Names()
        self._answers: dict[str, Future[Exchange]] = {}
        self._lock = threading.Lock()
        self._keyring = Keyring(self.target, self.recorder.redactor, self._fetch_token, clock=self.pace.clock)
        self._bases = {_origin(url) for url in self.target.services_by_name.values()}
        self._token_origin = _origin(self.target.services.token_url)
        self._control_origin = _origin(self.target.control.url) if self.target.control else None

    @property
    def keyring(self) -> Keyring:
        """The tokens of this run."""
        return self._keyring

    def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
        """Return the answer; with `fresh` a new one, else the one that any check may have got already."""
        name = self._names.name(self.recorder.stored_ask(ask), check=check, fresh=fresh)
        with self._lock:
            first = name not in self._answers
            answer = self._answers.setdefault(name, Future())
        if first:
            try:
                answer.set_result(self._perform(name, ask)[0])
            except BaseException as error:
                answer.set_exception(error)
                raise
        return answer.result()

    def forget(self) -> None:
        """Ask anew from here on: something changed the target."""
        self._names.changed()

    def close(self) -> None:
        """Send nothing more, and let go of the answers: they are most of what a run holds."""
        self.stopped.set()
        with self._lock:
            self._answers.clear()

    def remember(self, known: Mapping[str, Exchange]) -> None:
        """Take over answers of a run that is resumed; what they answer is not asked again."""
        with self._lock:
            for name, exchange in known.items():
                if name not in self._answers:
                    self._answers[name] = Future()
                    self._answers[name].set_result(exchange)

    def _fetch_token(self, ask: Ask) -> Response:
        name = self._names.name(self.recorder.stored_ask(ask), check="tokens", fresh=True)
        exchange, response = self._perform(name, ask)
        if response is None:
            raise ConnectionFailed(exchange.trouble or "no answer from the token endpoint")
        return response

    def _perform(self, name: str, ask: Ask) -> tuple[Exchange, Response | None]:
        try:
            response = self._sent(ask)
        except DigiOneError as error:
            # Our own errors hold no values of records; they are the reason that the report shows.
            exchange = Exchange(name, ask, 0, {}, b"", trouble=str(error))
            self.recorder.record(exchange)
            return exchange, None
        redactor = self.recorder.redactor
        is_token = ask.auth.startswith("client:")
        # Checks see what evidence keeps, no more: a replay must not lack what a verdict rested on.
        body = redactor.token_answer(response.content) if is_token else redactor.scrubbed(response.content)
        headers = redactor.without_secrets(response.headers)
        exchange = Exchange(name, ask, response.status, headers, body, round(response.elapsed, 6))
        self.recorder.record(exchange)
        return exchange, response

    def _sent(self, ask: Ask) -> Response:
        if ask.url.startswith(OPENAPI_FILE):
            return Response(HTTPStatus.OK, {}, self.target.openapi_file(ask.url))
        self._refuse_foreign(ask)
        if ask.method == TLS:
            return handshake(ask.url, most=dict(ask.headers).get(MOST_HEADER), ca_file=self.target.ca_file)
        waits = 0
        while True:
            response = self._once(self._request(ask))
            wait = _put_off(response)
            left = self.pace.left()
            if wait is None or wait > _LONGEST_WAIT or waits == _MOST_WAITS or (left is not None and wait > left):
                return response
            waits += 1
            self.pace.sleep(wait)

    def _once(self, request: Request) -> Response:
        try:
            return self._paced(request)
        except ConnectionFailed:
            # A kept connection that the server closed looks like a dead server; asking once more tells them apart.
            if request.method not in _SAFE:
                raise
            return self._paced(request)

    def _paced(self, request: Request) -> Response:
        self.pace.wait()
        if request.method == "DELETE":
            # What was made is taken away also where the run was broken off or its time is spent.
            return self.wire(request)
        left = self.pace.left()
        if self.stopped.is_set():
            raise ConnectionFailed("the run was interrupted")
        if left is not None and left <= 0:
            raise RequestTimedOut("the time budget of [limits] budget_seconds is spent")
        return self.wire(request)

    def _refuse_foreign(self, ask: Ask) -> None:
        origin = _origin(ask.url)
        if ask.auth == "control":
            allowed = origin == self._control_origin
        elif ask.auth.startswith("client:"):
            allowed = ask.url == self.target.services.token_url
        elif ask.auth == "none":
            allowed = origin in self._bases | {self._token_origin} or ask.url in self.target.services.documents
        else:
            allowed = origin in self._bases
        if not allowed:
            raise ConfigurationError("the address leads outside the services of the target file; nothing was sent")

    def _request(self, ask: Ask) -> Request:
        headers = {"Accept": "application/json", **dict(ask.headers)}
        if urlsplit(ask.url).hostname in LOOPBACK:
            # Nothing is won by packing what never leaves the machine; checks of compression ask for it themselves.
            headers.setdefault("Accept-Encoding", "identity")
        if ask.auth.startswith("client:"):
            _, tenant, style = ask.auth.split(":")
            if style != "none":
                self._keyring.redactor.learn(secret_sent(self.target, tenant, style))
            headers, content = with_client(ask, self.target)
            return Request(ask.method, ask.url, headers, content)
        if ask.auth == "control":
            token = self.target.control_token()
            authorisation = f"Bearer {token}" if token else None
        else:
            authorisation = self._keyring.authorisation(ask.auth)
        if authorisation is not None:
            headers["Authorization"] = authorisation
        return Request(ask.method, self._keyring.address(ask), headers, ask.content)


class ReplayDoor:
    """Answers from an evidence folder and never sends anything.

    Args:
        exchanges: What was recorded, by name.
        whole: Whether bodies are as they were sent; otherwise checks get stand-ins for what redaction replaced.
    """

    def __init__(self, exchanges: Mapping[str, Exchange], *, whole: bool = True) -> None:
        self._exchanges = exchanges if whole else {name: _redacted(each) for name, each in exchanges.items()}
        self._names = _Names()

    @classmethod
    def of(cls, folder: Path, *, whole: bool = True) -> ReplayDoor:
        """Open an evidence folder.

        Raises:
            ConfigurationError: It holds no evidence, or evidence that was changed.
        """
        return cls(read_evidence(folder), whole=whole)

    def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
        """Return the recorded answer.

        Raises:
            Untested: The evidence holds none.
        """
        name = self._names.name(ask, check=check, fresh=fresh)
        if name not in self._exchanges:
            raise Untested("not in the evidence: the run did not ask this, or redaction removed what it depends on")
        return self._exchanges[name]

    def forget(self) -> None:
        """Look for answers given after a change."""
        self._names.changed()


def reusable(exchange: Exchange) -> bool:
    """Whether a resumed run may build on an answer: it arrived, and it is not of a state that was changed later.

    Fresh asks have names of their own, with the check in them, and are asked again.
    """
    return not exchange.trouble and exchange.id == ask_id(exchange.ask)


def _redacted(exchange: Exchange) -> Exchange:
    if exchange.ask.auth.startswith("client:"):
        return exchange  # tokens apart, token answers stand whole in every evidence
    return RedactedExchange(**vars(exchange))


def _put_off(response: Response) -> float | None:
    """Return for how many seconds a server puts a request off; None where it does not."""
    if response.status not in _COME_AGAIN:
        return None
    said = retry_after(response.headers)
    return _UNSAID if said is None and response.status == HTTPStatus.TOO_MANY_REQUESTS else said


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds Retry-After asks to wait (RFC 9110 §10.2.3), or None where it says nothing usable."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return max(0.0, (until - now).total_seconds())


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    return parts.scheme, parts.hostname or "", port or {"http": 80, "https": 443}.get(parts.scheme)
