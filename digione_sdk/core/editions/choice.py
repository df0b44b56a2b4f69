"""Which version a client speaks, and where the services of that version stand."""

from __future__ import annotations

from collections.abc import Mapping

from digione_sdk.core.call import checked_base_url
from digione_sdk.core.editions.base import V1P2, Edition
from digione_sdk.core.editions.v1p1 import EditionV1P1
from digione_sdk.errors import UsageError
from digione_sdk.wire.versions import ConversionPolicy


def edition_of(version: str, *, policy: ConversionPolicy) -> Edition:
    """Return the edition of that version.

    Raises:
        UsageError: The SDK speaks no such version.
    """
    if version == V1P2.version:
        return V1P2
    if version == EditionV1P1.version:
        return EditionV1P1(policy)
    raise UsageError("'1.1' or '1.2'", argument="version")


def service_urls(
    edition: Edition, *, base_url: str | None, services: Mapping[str, str | None], allow_http: bool
) -> dict[str, str]:
    """Return service name -> base URL, checked.

    1.2 has a base URL for each service, of which one at least is needed; 1.1 has one for all.

    Raises:
        UsageError: A URL is missing, one too many, or no base URL.
    """
    given = {name: url for name, url in services.items() if url is not None}
    if edition is V1P2:
        if base_url is not None:
            raise UsageError("1.1 has one base URL; 1.2 has one for each service", argument="base_url")
        if not given:
            raise UsageError(
                f"or the base URL of another service ({', '.join(services)}) is needed", argument="rostering"
            )
        return {name: checked_base_url(url, argument=name, allow_http=allow_http) for name, url in given.items()}
    if given:
        raise UsageError("1.1 has one base URL for all services: base_url", argument=min(given))
    if base_url is None:
        raise UsageError("the base URL of the provider is needed", argument="base_url")
    return dict.fromkeys(services, checked_base_url(base_url, argument="base_url", allow_http=allow_http))
