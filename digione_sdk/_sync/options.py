# Made by scripts/unasync.py from digione_sdk/_async/options.py; change that file, not this one.
"""The keyword arguments of a session, as a type, so that the client passes them on without listing them again."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from typing import TypedDict

from digione_sdk._sync._compat import Clock, TokenSource
from digione_sdk.core.auth import ClientAuth
from digione_sdk.core.limits import RateLimit
from digione_sdk.core.oauth1 import OAuth1
from digione_sdk.core.retry import RetryPolicy
from digione_sdk.transport import HttpClient, Timeouts


class SessionOptions(TypedDict, total=False):
    """What `Session` takes; it gives the meanings and the defaults."""

    token_url: str | None
    client_id: str | None
    client_secret: str | None
    auth: ClientAuth
    scopes: Iterable[str] | None
    scope_names: Mapping[str, str] | None
    token: TokenSource | None
    oauth1: OAuth1 | None
    http_client: HttpClient | None
    proxy: str | None
    verify: bool | str | ssl.SSLContext
    timeouts: Timeouts | float | None
    max_response_bytes: int
    retry: RetryPolicy | None
    rate_limit: RateLimit | float | None
    max_parallel: int
    clock: Clock
