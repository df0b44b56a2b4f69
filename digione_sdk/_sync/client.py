# Made by scripts/unasync.py from digione_sdk/_async/client.py; change that file, not this one.
"""The client that people import: one object, its services as attributes."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Literal, Self, TypeVar, Unpack

from digione_sdk._sync.gradebook import Gradebook
from digione_sdk._sync.options import SessionOptions
from digione_sdk._sync.resources import Resources
from digione_sdk._sync.rostering import Rostering
from digione_sdk._sync.service import Service
from digione_sdk._sync.session import Session
from digione_sdk.core.auth import scope_set
from digione_sdk.core.call import checked_base_url
from digione_sdk.core.editions.choice import edition_of, service_urls
from digione_sdk.errors import UsageError
from digione_sdk.wire.versions import DEFAULT_POLICY, ConversionPolicy, ConversionReport

S = TypeVar("S")


class DigiOne:
    """A client of one provider's OneRoster services (community profile, not an official DigiOne specification).

    Use it as a context manager, or call `close()`. It needs the base URL of at least one service; to use another one
    raises `UsageError`.

    Args:
        rostering: Base URL of the Rostering service, as `https://host/ims/oneroster/rostering/v1p2`.
        gradebook: Base URL of the Gradebook service, as `https://host/ims/oneroster/gradebook/v1p2`.
        resources: Base URL of the Resources service, as `https://host/ims/oneroster/resources/v1p2`.
        base_url: Base URL of all services of a OneRoster 1.1 provider, as `https://host/ims/oneroster/v1p1`.
        version: The version of the standard that the provider speaks. `1.1` needs `base_url` and is read into the same
            models; `.conversion` then tells what was derived, put in or lost.
        conversion_policy: What to do where 1.1 and 1.2 do not meet.
        allow_http: Let plain http be used beyond this machine, in a test network.
        **options: Token endpoint, credentials, scopes, connections, retries and limits: see `Session`. Either
            `token_url`, `client_id` and `client_secret` are needed, or `token`, or `oauth1`.

    Raises:
        UsageError: An argument does not fit; it is named.
    """

    def __init__(
        self,
        *,
        rostering: str | None = None,
        gradebook: str | None = None,
        resources: str | None = None,
        base_url: str | None = None,
        version: Literal["1.1", "1.2"] = "1.2",
        conversion_policy: ConversionPolicy = DEFAULT_POLICY,
        allow_http: bool = False,
        **options: Unpack[SessionOptions],
    ) -> None:
        edition = edition_of(version, policy=conversion_policy)
        self.version = version
        """The version of the standard that the provider speaks."""
        self.edition = edition
        """What the version decides: how questions are worded and answers are read."""
        given = {"rostering": rostering, "gradebook": gradebook, "resources": resources}
        self.base_urls: Mapping[str, str] = service_urls(
            edition, base_url=base_url, services=given, allow_http=allow_http
        )
        """Name of each configured service -> its base URL."""
        token_url = options.get("token_url")
        if token_url is not None:
            checked_base_url(token_url, argument="token_url", allow_http=allow_http)
        elif options.get("token") is None and options.get("oauth1") is None:
            raise UsageError(
                "needed with client_id and client_secret, unless token or oauth1 is given", argument="token_url"
            )
        scopes = options.get("scopes")
        options["scopes"] = None if scopes is None else tuple(edition.scope(it) for it in scope_set(scopes))
        options["scope_names"] = {edition.scope(it): name for it, name in (options.get("scope_names") or {}).items()}
        self.session = Session(**options)
        self.conversion = ConversionReport()
        """What was converted from another version of the standard, and the server's warnings, since the beginning."""
        services = {
            name: Service(self.session, url, edition=edition, conversion=self.conversion)
            for name, url in self.base_urls.items()
        }
        self._rostering = Rostering(services["rostering"]) if "rostering" in services else None
        self._gradebook = Gradebook(services["gradebook"]) if "gradebook" in services else None
        self._resources = Resources(services["resources"]) if "resources" in services else None

    @property
    def rostering(self) -> Rostering:
        """Organisations, sessions, courses, classes, users, enrolments and demographics."""
        return _configured(self._rostering, "rostering")

    @property
    def gradebook(self) -> Gradebook:
        """Categories, line items, results, score scales and assessments, to read and to write."""
        return _configured(self._gradebook, "gradebook")

    @property
    def resources(self) -> Resources:
        """Learning materials and tools."""
        return _configured(self._resources, "resources")

    def close(self) -> None:
        """Close the connections; the client cannot be used any more."""
        self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _configured(service: S | None, name: str) -> S:
    if service is None:
        raise UsageError("the client was built without the base URL of this service", argument=name)
    return service
