"""OAuth 1.0a for old 1.1 gateways: every request signed with HMAC by a shared secret (RFC 5849), none with a token.

OneRoster 1.1 permits it, 1.2 does not (differences-1.1-1.2.md §1). The signing itself is oauthlib's, which comes with
`digione-sdk[oauth1]`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from digione_sdk.core.http import Request
from digione_sdk.errors import ConfigurationError, UsageError

SignatureMethod: TypeAlias = Literal["HMAC-SHA256", "HMAC-SHA1"]

_METHODS: Final = ("HMAC-SHA256", "HMAC-SHA1")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OAuth1:
    """A registered consumer that signs its requests. `repr` shows nothing of it.

    Attributes:
        consumer_key: Key of the consumer.
        consumer_secret: Its secret; it is never sent.
        signature_method: `HMAC-SHA256`, or `HMAC-SHA1`, which many old gateways know alone.

    Raises:
        UsageError: A value does not fit; it is named.
        ConfigurationError: oauthlib is not installed.
    """

    consumer_key: str
    consumer_secret: str
    signature_method: SignatureMethod = "HMAC-SHA256"

    def __post_init__(self) -> None:
        for name in ("consumer_key", "consumer_secret"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                raise UsageError("text, not empty", argument=name)
        if self.signature_method not in _METHODS:
            raise UsageError("'HMAC-SHA256' or 'HMAC-SHA1'", argument="signature_method")
        try:
            import oauthlib  # noqa: F401 - only whether it is there
        except ImportError:
            raise ConfigurationError("oauthlib is missing: install digione-sdk[oauth1]") from None
        _quieten()

    def __repr__(self) -> str:
        return "<OAuth1>"

    def signed(self, request: Request, *, timestamp: str | None = None, nonce: str | None = None) -> Request:
        """Return the request with its signature in the Authorization header; each call makes a new one.

        Path and query are covered, a body of JSON is not (RFC 5849 §3.4.1.3.1). The URL is sent as it is.

        Args:
            request: What is to be sent.
            timestamp: Seconds since 1970, for tests; the present by default.
            nonce: A text that is used once, for tests; a random one by default.
        """
        from oauthlib.oauth1 import Client

        client = Client(
            self.consumer_key,
            client_secret=self.consumer_secret,
            signature_method=self.signature_method,
            timestamp=timestamp,
            nonce=nonce,
        )
        method: Any = request.method  # the stubs list the methods of HTTP one by one
        _, headers, _ = client.sign(_plainly_encoded(request.url), http_method=method)
        return request.with_header("authorization", headers["Authorization"])


def _plainly_encoded(url: str) -> str:
    """Return a URL that is the same once decoded, which is what is signed; oauthlib takes no bare `>` or space."""
    parts = urlsplit(url)
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True), quote_via=quote)
    return urlunsplit(parts._replace(query=query, fragment=""))


def _quieten() -> None:
    """Keep oauthlib from logging what it signs, filters and keys among it; a level set by the program is left alone."""
    logger = logging.getLogger("oauthlib")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.WARNING)
