# Made by scripts/unasync.py from digione_sdk/_async/session.py; change that file, not this one.
"""Sends requests with token, retries and limits; everything above it thinks in calls, everything below in sockets."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self

from digione_sdk._sync._compat import CLOCK, Clock, Semaphore, TokenSource
from digione_sdk._sync.tokens import Tokens
from digione_sdk.core.auth import ClientAuth, ClientCredentials, Grant, scope_set
from digione_sdk.core.http import Request, Response
from digione_sdk.core.limits import MAX_PARALLEL, Pauses, RateLimit, TokenBucket
from digione_sdk.core.oauth1 import OAuth1
from digione_sdk.core.outcome import retry_after
from digione_sdk.core.retry import (
    DEFAULT_RETRY,
    NO_RETRY,
    TRANSIENT,
    RetryBudget,
    RetryPolicy,
    is_open,
    is_repeatable,
    wait_before_retry,
)
from digione_sdk.errors import TransportError, UsageError
from digione_sdk.transport import MAX_RESPONSE_BYTES, Connection, HttpClient, Timeouts, Transport

_LOGGER = logging.getLogger("digione_sdk")
_UNAUTHORISED = 401


class Session:
    """The low door: raw requests and raw answers, whatever their status.

    One session holds one set of connections, one token per set of scopes, one retry budget and one rate limit.

    Args:
        token_url: Token endpoint; with it go `client_id` and `client_secret`.
        client_id: Id of the registered client.
        client_secret: Its secret.
        auth: `basic` (default) sends id and secret in the Authorization header, `body` in the form.
        scopes: Scopes to ask for, all in one token. By default each call asks for the widest scope that permits it,
            so that none of a service that is not used is ever asked for; demographics are asked for only by name.
        scope_names: Scope -> what a gateway calls it, as `{Scope.ROSTER: "one-roster-api:…"}`.
        token: A ready token, or a function that gives one at each request, instead of a token endpoint.
        oauth1: Signs every request instead of a token, for old 1.1 gateways; needs `digione-sdk[oauth1]`.
        http_client: An httpx client of your own; it is not closed. It replaces `proxy` and `verify`, and its own
            connect and read time limits apply.
        proxy: URL of a proxy; None takes the environment's.
        verify: File of root certificates, or an SSLContext; True takes the usual roots.
        timeouts: Time limits; a number means the limit for a whole answer, in seconds.
        max_response_bytes: Larger bodies are refused; 256 MiB by default, counted after decompression.
        retry: How persistently to try again; None never does.
        rate_limit: Requests a second, as a number or a `RateLimit`; None sets no limit.
        max_parallel: Requests under way at once.
        clock: Time and chance, for tests.

    Raises:
        UsageError: An argument does not fit; it is named.
    """

    def __init__(
        self,
        *,
        token_url: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        auth: ClientAuth = "basic",
        scopes: Iterable[str] | None = None,
        scope_names: Mapping[str, str] | None = None,
        token: TokenSource | None = None,
        oauth1: OAuth1 | None = None,
        http_client: HttpClient | None = None,
        proxy: str | None = None,
        verify: bool | str | ssl.SSLContext = True,
        timeouts: Timeouts | float | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        retry: RetryPolicy | None = DEFAULT_RETRY,
        rate_limit: RateLimit | float | None = None,
        max_parallel: int = MAX_PARALLEL,
        clock: Clock = CLOCK,
    ) -> None:
        if max_parallel < 1:
            raise UsageError("at least 1", argument="max_parallel")
        if max_response_bytes < 1:
            raise UsageError("at least 1", argument="max_response_bytes")
        _refuse_two_ways(token_url, token, oauth1)
        credentials = None
        if token_url is not None:
            credentials = ClientCredentials(
                token_url=token_url,
                client_id=client_id or "",
                client_secret=client_secret or "",
                auth=auth,
                scope_names=scope_names or {},
            )
        self._oauth1 = oauth1
        self._clock = clock
        self._retry = retry or NO_RETRY
        self._budget = RetryBudget(self._retry.budget)
        self._bucket = _bucket(rate_limit)
        self._pauses = Pauses()
        self._parallel = Semaphore(max_parallel)
        limits = timeouts if isinstance(timeouts, Timeouts) else _within(timeouts)
        asked = None if scopes is None else scope_set(scopes)
        self._tokens = Tokens(self._exchange, credentials, token, asked, clock=clock, within=limits.total)
        connection = Connection(proxy=proxy, verify=verify, timeouts=limits, max_response_bytes=max_response_bytes)
        self._transport = Transport(connection, http_client)
        self._closed = False

    def send(
        self, request: Request, *, authorise: bool = True, retry: bool = True, scopes: Iterable[str] = ()
    ) -> Response:
        """Send a request and return the answer, whatever its status.

        Args:
            request: What to send.
            authorise: Whether to put the session's token in, or its signature; a token answered by 401 is renewed once.
            retry: Whether to try again where that is safe and promising; False also keeps a 401 as it came.
            scopes: Scopes any one of which the token must carry; without scopes of the session's own, the first of
                them is asked for, and with none here either the choice is the server's.

        Raises:
            TransportError: No complete answer arrived.
            TokenRequestFailed: No token was to be had.
            ScopeNotGranted: The token carries none of `scopes`.
        """
        if not authorise:
            return self._exchange(request, retry=retry)
        if self._oauth1 is not None:
            return self._exchange(request, retry=retry, signer=self._oauth1)
        grant = self._tokens.grant(needed=scopes)
        response = self._exchange(request.with_header("authorization", grant.header), retry=retry)
        if response.status != _UNAUTHORISED or not retry:
            return response
        fresh = self._tokens.grant(needed=scopes, instead_of=grant)
        if fresh.access_token == grant.access_token:
            return response
        return self._exchange(request.with_header("authorization", fresh.header), retry=retry)

    def token(self, *, scopes: Iterable[str] | None = None, fresh: bool = False) -> Grant:
        """Return a token: the remembered one, or a new one.

        Args:
            scopes: Scopes to ask for; None asks for the session's own, or leaves the choice to the server.
            fresh: Ask the token endpoint even where a good token is remembered.
        """
        return self._tokens.grant(asked=None if scopes is None else scope_set(scopes), fresh=fresh)

    def close(self) -> None:
        """Close the connections."""
        self._closed = True
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def clock(self) -> Clock:
        """Time and chance of this session."""
        return self._clock

    def _exchange(
        self, request: Request, *, retry: bool, repeatable: bool = False, signer: OAuth1 | None = None
    ) -> Response:
        policy = self._retry if retry and (repeatable or is_repeatable(request)) else NO_RETRY
        attempt = 1
        repeated = False
        while True:
            response: Response | None = None
            failure: TransportError | None = None
            try:
                # Signed anew for each try: a gateway takes no nonce twice (RFC 5849 §3.3).
                response = self._transmit(signer.signed(request) if signer else request)
            except TransportError as error:
                failure = error
            wait = wait_before_retry(
                response, attempt=attempt, policy=policy, random=self._clock.random, now=self._clock.now()
            )
            if wait is None or not self._budget.spend():
                break
            if response is not None and retry_after(response, now=self._clock.now()) is not None:
                self._pauses.ask(request.url, until=self._clock.monotonic() + wait)
            repeated = repeated or is_open(response)
            outcome = "no answer" if response is None else f"status {response.status}"
            _LOGGER.info("%s after try %d; trying again in %.1f s", outcome, attempt, wait)
            self._clock.sleep(wait)
            attempt += 1
        if response is None:
            assert failure is not None, "either an answer or a failure"  # noqa: S101 - tells the type checker
            raise failure
        if response.status not in TRANSIENT:
            self._budget.earn()
        return replace(response, repeated=True) if repeated else response

    def _transmit(self, request: Request) -> Response:
        if self._closed:
            raise UsageError("the client is closed")
        if self._bucket is not None:
            wait = self._bucket.reserve(self._clock.monotonic())
            if wait > 0:
                self._clock.sleep(wait)
        with self._parallel:
            while (wait := self._pauses.left(request.url, now=self._clock.monotonic())) > 0:
                self._clock.sleep(wait)
            return self._transport.send(request)


def _within(total: float | None) -> Timeouts:
    return Timeouts() if total is None else Timeouts(connect=min(total, 10.0), read=total, total=total)


def _bucket(limit: RateLimit | float | None) -> TokenBucket | None:
    if limit is None:
        return None
    return TokenBucket(limit if isinstance(limit, RateLimit) else RateLimit(limit))


def _refuse_two_ways(token_url: str | None, token: TokenSource | None, oauth1: OAuth1 | None) -> None:
    """Refuse to be told two ways to say who asks."""
    if oauth1 is not None and (token_url is not None or token is not None):
        raise UsageError("either a signature or a token", argument="oauth1")
    if token_url is not None and token is not None:
        raise UsageError("either a token or a token endpoint", argument="token")
