"""Turns an answer that is no success into the exception that says so, without a word of the server's own text."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from digione_sdk.core.http import Response
from digione_sdk.errors import (
    BadRequest,
    Forbidden,
    InvalidData,
    NotFound,
    PreconditionFailed,
    ServerError,
    StatusError,
    TooManyRequests,
    Unauthorised,
)
from digione_sdk.wire.status import status_info

_CLASSES: Final[dict[int, type[StatusError]]] = {
    400: BadRequest,
    401: Unauthorised,
    403: Forbidden,
    404: NotFound,
    412: PreconditionFailed,
    422: InvalidData,
    429: TooManyRequests,
}
_REQUEST_ID_HEADERS: Final = ("x-request-id", "request-id", "x-correlation-id")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}")
_SUCCESS = range(200, 300)
_REDIRECT = range(300, 400)
_PRECONDITION_FAILED: Final = 412
_SERVER_ERROR: Final = 500


def refuse_error(response: Response, *, operation_id: str, now: datetime) -> None:
    """Raise the StatusError of an answer that is no success.

    The message holds the status, the operation, reasons of the standard's vocabulary and the request id. The server's
    description may hold personal data, so it stands on `.payload` alone.

    Args:
        response: What came back.
        operation_id: Name of the operation, for the message.
        now: Present instant, to read a Retry-After date.
    """
    status = response.status
    if status in _SUCCESS:
        return
    payload = status_info(response.content)
    request_id = _request_id(response)
    parts = [f"{operation_id}: {status}"]
    if payload and payload.reasons:
        parts.append(f"({', '.join(payload.reasons)})")
    if status == _PRECONDITION_FAILED and response.repeated:
        parts.append("(on a repeated request: the first try may have been carried out; read the record again)")
    if status in _REDIRECT:
        parts.append("(redirects are not followed: configure the service's own URL)")
    if request_id:
        parts.append(f"[request {request_id}]")
    error = _CLASSES.get(status, ServerError if status >= _SERVER_ERROR else StatusError)
    raise error(
        " ".join(parts),
        status=status,
        payload=payload,
        request_id=request_id,
        retry_after=retry_after(response, now=now),
    )


def retry_after(response: Response, *, now: datetime) -> float | None:
    """Return the seconds that Retry-After asks to wait, given in seconds or as a date (RFC 9110 §10.2.3)."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError, OverflowError):  # no date, or a date without zone
        return None


def _request_id(response: Response) -> str | None:
    value = next((response.headers[name] for name in _REQUEST_ID_HEADERS if name in response.headers), "")
    # Shown in messages, so only what looks like an id; a gateway may put anything there.
    return value if _REQUEST_ID.fullmatch(value) else None
