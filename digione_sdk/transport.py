"""The only module that imports httpx: sends a Request, returns a Response, and wraps what goes wrong on the way."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final, TypeAlias

import httpx

from digione_sdk.core.http import Request, Response
from digione_sdk.errors import ConfigurationError, ConnectionFailed, RequestTimedOut, TransportError, UsageError

HttpClient: TypeAlias = httpx.Client
AsyncHttpClient: TypeAlias = httpx.AsyncClient

MAX_RESPONSE_BYTES: Final = 256 << 20
"""Largest body that is read, after decompression: a page of 100,000 full users is about 165 MB."""

_USER_AGENT: Final = "digione-sdk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Time limits in seconds: to connect, between two reads, and for a whole answer."""

    connect: float = 10.0
    read: float = 60.0
    total: float = 120.0

    def __post_init__(self) -> None:
        for name in ("connect", "read", "total"):
            if not getattr(self, name) > 0:
                raise UsageError("above 0 seconds", argument=f"timeouts.{name}")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Connection:
    """How to reach the server.

    Attributes:
        proxy: URL of a proxy; None takes the environment's.
        verify: True checks the certificate against the usual roots; a path names a file of roots; an SSLContext is
            used as it is. There is no way to switch the check off but a context of one's own.
        timeouts: Time limits.
        max_response_bytes: Larger bodies are refused.
    """

    proxy: str | None = None
    verify: bool | str | ssl.SSLContext = True
    timeouts: Timeouts = Timeouts()
    max_response_bytes: int = MAX_RESPONSE_BYTES

    def context(self) -> ssl.SSLContext | bool:
        """Return what httpx verifies with.

        Raises:
            UsageError: `verify` is False, or names no file of certificates.
        """
        if self.verify is False:
            raise UsageError(
                "certificates are always checked; pass an SSLContext to decide otherwise", argument="verify"
            )
        if isinstance(self.verify, str):
            try:
                return ssl.create_default_context(cafile=self.verify)
            except OSError:  # ssl.SSLError is one too
                raise UsageError("no readable file of certificates", argument="verify") from None
        return self.verify


def _quieten() -> None:
    """Keep httpx from logging whole URLs, which hold ids and filters; a level set by the program is left alone."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)


class _Incoming:
    """Gathers a body under the size and time limits."""

    def __init__(self, connection: Connection) -> None:
        self._most = connection.max_response_bytes
        self._total = connection.timeouts.total
        self._chunks: list[bytes] = []
        self._size = 0
        self._began = time.monotonic()

    def add(self, chunk: bytes) -> None:
        """Take a piece of the body.

        Raises:
            TransportError: It is too large, or took too long.
        """
        self._size += len(chunk)
        if self._size > self._most:
            raise TransportError(f"the answer is larger than max_response_bytes ({self._most})")
        if time.monotonic() - self._began > self._total:
            raise RequestTimedOut(f"the answer was not complete after {self._total:g} s")
        self._chunks.append(chunk)

    def response(self, answer: httpx.Response) -> Response:
        """Return the answer with its whole body."""
        content = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        # httpx keeps header names in lower case here, and joins repeated headers with a comma.
        headers = dict(answer.headers.items())
        return Response(answer.status_code, headers, content, time.monotonic() - self._began)


class Transport:
    """Sends requests over an httpx client, its own or the caller's; a caller's client is not closed. Thread-safe."""

    def __init__(self, connection: Connection, client: httpx.Client | None = None) -> None:
        _quieten()
        if client is not None and not isinstance(client, httpx.Client):
            raise UsageError("an httpx.Client", argument="http_client")
        self._connection = connection
        self._owned = client is None
        self._client = (
            client
            if client is not None
            else httpx.Client(
                proxy=_proxy(connection),
                verify=connection.context(),
                timeout=_timeout(connection),
                headers={"user-agent": _USER_AGENT},
                cookies=_no_cookies(),
            )
        )

    def send(self, request: Request) -> Response:
        """Send a request and read the whole answer.

        Raises:
            TransportError: No complete answer arrived.
        """
        incoming = _Incoming(self._connection)
        try:
            answer = self._client.send(_outgoing(self._client, request), stream=True, follow_redirects=False)
            try:
                for chunk in answer.iter_bytes():
                    incoming.add(chunk)
            finally:
                answer.close()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError) as error:
            raise _wrapped(error, request) from None
        return incoming.response(answer)

    def close(self) -> None:
        """Close the connections, unless the httpx client is the caller's."""
        if self._owned:
            self._client.close()


class AsyncTransport:
    """Sends requests over an asynchronous httpx client, its own or the caller's; a caller's client is not closed."""

    def __init__(self, connection: Connection, client: httpx.AsyncClient | None = None) -> None:
        _quieten()
        if client is not None and not isinstance(client, httpx.AsyncClient):
            raise UsageError("an httpx.AsyncClient", argument="http_client")
        self._connection = connection
        self._owned = client is None
        self._client = (
            client
            if client is not None
            else httpx.AsyncClient(
                proxy=_proxy(connection),
                verify=connection.context(),
                timeout=_timeout(connection),
                headers={"user-agent": _USER_AGENT},
                cookies=_no_cookies(),
            )
        )

    async def send(self, request: Request) -> Response:
        """Send a request and read the whole answer.

        Raises:
            TransportError: No complete answer arrived.
        """
        incoming = _Incoming(self._connection)
        try:
            answer = await self._client.send(_outgoing(self._client, request), stream=True, follow_redirects=False)
            try:
                async for chunk in answer.aiter_bytes():
                    incoming.add(chunk)
            finally:
                await answer.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError) as error:
            raise _wrapped(error, request) from None
        return incoming.response(answer)

    async def aclose(self) -> None:
        """Close the connections, unless the httpx client is the caller's."""
        if self._owned:
            await self._client.aclose()


def _no_cookies() -> CookieJar:
    # OneRoster knows no session: a cookie that is sent back would let one request change the answer to the next.
    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


def _timeout(connection: Connection) -> httpx.Timeout:
    limits = connection.timeouts
    return httpx.Timeout(limits.read, connect=limits.connect, pool=limits.total)


def _proxy(connection: Connection) -> httpx.Proxy | None:
    if connection.proxy is None:
        return None
    try:
        return httpx.Proxy(connection.proxy)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise UsageError("no URL of a proxy", argument="proxy") from None


def _outgoing(client: httpx.Client | httpx.AsyncClient, request: Request) -> httpx.Request:
    return client.build_request(request.method, request.url, headers=dict(request.headers), content=request.content)


def _wrapped(error: Exception, request: Request) -> TransportError | ConfigurationError:
    """Return our own error: the kind of failure and the host, nothing of the request."""
    host = httpx.URL(request.url).host if not isinstance(error, (httpx.InvalidURL, UnicodeError)) else None
    if host is None:
        return ConfigurationError("the request's URL or headers cannot be sent")
    if isinstance(error, httpx.TimeoutException):
        return RequestTimedOut(f"{host}: time limit passed ({type(error).__name__})")
    tls = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
    reason = f"TLS: {getattr(tls, 'reason', None) or 'failed'}" if tls else type(error).__name__
    return ConnectionFailed(f"{host}: no complete answer ({reason})")


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
