"""TLS as something that can be asked, recorded and judged like any other answer.

An ask with the method `TLS` is a handshake instead of a request; its answer is a small JSON object, so that the
evidence of a TLS requirement lies beside all other evidence and replays the same way.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import warnings
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from digione_sdk.core.http import Response
from digione_sdk.errors import ConfigurationError, ConnectionFailed

METHOD: Final = "TLS"
MOST_HEADER: Final = "most"
VERSIONS: Final = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
_CONNECT_SECONDS: Final = 10
_QUIET: Final = threading.Lock()


def handshake(url: str, *, most: str | None, ca_file: Path | None) -> Response:
    """Shake hands and say how it went, as a response with a JSON body.

    The body holds `accepted`, and `version` where it was; `reason` where it was not (OpenSSL's word for it).

    Args:
        url: An https address; only host and port count.
        most: Highest version to offer; None offers what a careful client offers.
        ca_file: CA to trust; by default those of this machine.

    Raises:
        ConfigurationError: The address is not https, or the CA file cannot be read.
        ConnectionFailed: Nobody answers at that port.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ConfigurationError("TLS can only be asked of an https address")
    context = _context(most, ca_file)
    try:
        connection = socket.create_connection((parts.hostname, parts.port or 443), timeout=_CONNECT_SECONDS)
    except OSError as error:
        raise ConnectionFailed(f"{parts.hostname}: no connection ({type(error).__name__})") from None
    answer: dict[str, object]
    with connection:
        try:
            with context.wrap_socket(connection, server_hostname=parts.hostname) as secured:
                answer = {"accepted": True, "version": secured.version()}
        except OSError as error:
            answer = {"accepted": False, "reason": getattr(error, "reason", None) or type(error).__name__}
    return Response(200, {"content-type": "application/json"}, json.dumps(answer).encode())


def _context(most: str | None, ca_file: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError:
        raise ConfigurationError("[services] ca_file cannot be read") from None
    if most is not None:
        # Python warns of old versions, rightly; here they are offered only to see them refused.
        with _QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = VERSIONS[most]
            context.set_ciphers("ALL:@SECLEVEL=0")
    return context
