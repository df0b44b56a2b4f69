"""Remembers tokens and asks for each only once, however many calls want it at the same time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from digione_sdk._async._compat import Clock, Lock, TokenSource, token_from
from digione_sdk.core.auth import ClientCredentials, Grant, by_default, own_token, read_grant
from digione_sdk.core.http import Request, Response
from digione_sdk.errors import ConfigurationError


class _AsyncExchange(Protocol):
    async def __call__(self, request: Request, *, retry: bool, repeatable: bool = False) -> Response: ...


class AsyncTokens:
    """One token per set of scopes, from a token endpoint or from the caller."""

    def __init__(
        self,
        exchange: _AsyncExchange,
        credentials: ClientCredentials | None,
        source: TokenSource | None,
        scopes: tuple[str, ...] | None,
        *,
        clock: Clock,
        within: float,
    ) -> None:
        self._exchange = exchange
        self._credentials = credentials
        self._source = source
        self._scopes = scopes
        self._clock = clock
        self._within = within
        self._lock = Lock()
        self._grants: dict[tuple[str, ...], Grant] = {}

    async def grant(
        self,
        *,
        needed: Iterable[str] = (),
        asked: tuple[str, ...] | None = None,
        instead_of: Grant | None = None,
        fresh: bool = False,
    ) -> Grant:
        """Return a token that carries one of the scopes `needed`.

        Args:
            needed: Scopes any one of which will do; none checks nothing.
            asked: Scopes to ask for; None asks for the session's own, or where it has none for what is needed.
            instead_of: A token that the server did not take: another one is wanted.
            fresh: Ask even where a good token is remembered.
        """
        if self._source is not None:
            return own_token(await token_from(self._source))
        if self._credentials is None:
            raise ConfigurationError("no token: give token_url, client_id and client_secret, or token")
        scopes = self._scopes if asked is None else asked
        if scopes is None:
            scopes = by_default(needed)
        known = self._grants.get(scopes)
        if known is None or fresh or known is instead_of or not known.is_fresh(self._clock.monotonic()):
            known = await self._renewed(scopes, self._credentials, stale=known)
        known.permit(needed, names=self._credentials.scope_names)
        return known

    async def _renewed(self, scopes: tuple[str, ...], credentials: ClientCredentials, *, stale: Grant | None) -> Grant:
        async with self._lock.held(within=self._within):
            known = self._grants.get(scopes)
            if known is not None and known is not stale:
                return known  # another call renewed it while this one waited
            request = credentials.token_request(scopes)
            # A POST, but harmless to repeat: an unused token simply lapses.
            response = await self._exchange(request, retry=True, repeatable=True)
            named = [credentials.name_of(scope) for scope in scopes]
            grant = read_grant(response, asked=named, now=self._clock.monotonic())
            self._grants[scopes] = grant
            return grant
