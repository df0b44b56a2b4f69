"""The transport reads whole answers within limits, follows no redirect, and wraps what goes wrong."""

from __future__ import annotations

import asyncio
import gzip
import logging
import ssl
from functools import partial

import httpx
import pytest

from digione_sdk.core.http import Request
from digione_sdk.errors import ConfigurationError, ConnectionFailed, RequestTimedOut, TransportError, UsageError
from digione_sdk.transport import AsyncTransport, Connection, Timeouts, Transport

REQUEST = Request("GET", "https://h.example/a?filter=a%3D%27b%20c%27&fields=a,b", {"authorization": "Bearer t"})


def transport(handler, **options):
    return Transport(Connection(**options), httpx.Client(transport=httpx.MockTransport(handler)))


def test_the_query_travels_as_it_was_written():
    seen = []
    transport(lambda request: seen.append(request) or httpx.Response(200)).send(REQUEST)
    assert seen[0].url.raw_path == b"/a?filter=a%3D%27b%20c%27&fields=a,b"


def test_header_names_are_lower_case_and_bodies_decompressed():
    answer = httpx.Response(
        200, headers={"X-Total-Count": "3", "Content-Encoding": "gzip"}, content=gzip.compress(b"{}")
    )
    response = transport(lambda _: answer).send(REQUEST)
    assert (response.headers["x-total-count"], response.content) == ("3", b"{}")
    assert response.elapsed >= 0


def test_a_body_over_the_limit_is_refused_even_when_compressed():
    answer = httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=gzip.compress(b"x" * 5000))
    with pytest.raises(TransportError, match="max_response_bytes"):
        transport(lambda _: answer, max_response_bytes=4999).send(REQUEST)


def test_an_answer_that_drips_is_given_up():
    class Dripping(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                yield b"x"

    with pytest.raises(RequestTimedOut):
        transport(lambda _: httpx.Response(200, stream=Dripping()), timeouts=Timeouts(total=0.01)).send(REQUEST)


def test_no_redirect_is_followed_even_by_a_client_that_would():
    client = httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(302, headers={"location": "https://evil.example"})),
        follow_redirects=True,
    )
    assert Transport(Connection(), client).send(REQUEST).status == 302


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectTimeout("x"), RequestTimedOut),
        (httpx.PoolTimeout("x"), RequestTimedOut),
        (httpx.ConnectError("x"), ConnectionFailed),
        (httpx.RemoteProtocolError("x"), ConnectionFailed),
        (httpx.ProxyError("x"), ConnectionFailed),
        (OSError("x"), ConnectionFailed),
        (httpx.InvalidURL("x"), ConfigurationError),
    ],
)
def test_failures_are_wrapped_without_a_cause(failure, kind):
    def failing(_):
        raise failure

    with pytest.raises(kind) as caught:
        transport(failing).send(REQUEST)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


def test_a_certificate_that_is_not_trusted_is_named():
    def failing(_):
        raise httpx.ConnectError("x") from ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] x")

    with pytest.raises(ConnectionFailed, match=r"h\.example: .*TLS"):
        transport(failing).send(REQUEST)


def test_a_client_of_ones_own_is_not_closed():
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    Transport(Connection(), client).close()
    assert not client.is_closed
    client.close()


def test_certificates_and_proxies_are_checked_when_given():
    assert isinstance(Connection(verify=ssl.create_default_context()).context(), ssl.SSLContext)
    with pytest.raises(UsageError, match="verify"):
        Connection(verify=False).context()
    with pytest.raises(UsageError, match="total"):
        Timeouts(total=0)


def test_httpx_does_not_log_urls_unless_the_program_asks():
    logger = logging.getLogger("httpx")
    before = logger.level
    try:
        logger.setLevel(logging.NOTSET)
        transport(lambda _: httpx.Response(200))
        assert logger.level == logging.WARNING
        logger.setLevel(logging.DEBUG)
        transport(lambda _: httpx.Response(200))
        assert logger.level == logging.DEBUG
    finally:
        logger.setLevel(before)


def setting_a_cookie(seen):
    def answer(request):
        seen.append(request.headers.get("cookie"))
        return httpx.Response(200, headers={"set-cookie": "session=1; Path=/"})

    return httpx.MockTransport(answer)


def test_our_own_client_keeps_no_cookie(monkeypatch):
    seen = []
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=setting_a_cookie(seen)))
    sender = Transport(Connection())
    for _ in range(2):
        sender.send(REQUEST)
    sender.close()
    assert seen == [None, None]


def test_our_own_asynchronous_client_keeps_no_cookie(monkeypatch):
    seen = []
    monkeypatch.setattr(httpx, "AsyncClient", partial(httpx.AsyncClient, transport=setting_a_cookie(seen)))

    async def twice():
        sender = AsyncTransport(Connection())
        for _ in range(2):
            await sender.send(REQUEST)
        await sender.aclose()

    asyncio.run(twice())
    assert seen == [None, None]
