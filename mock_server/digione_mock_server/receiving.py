"""What a request brings in its body: bounded, JSON, and in the envelope that the endpoint table names."""

from __future__ import annotations

from typing import Final

from pydantic_core import from_json
from starlette.requests import ClientDisconnect, Request

from digione_mock_server.refusal import Refusal, bad_parameter
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base
from digione_sdk.model.status import CodeMinorValue

LONGEST_BODY: Final = 1024 * 1024
"""Bytes: a class posted at once takes a fiftieth of it, and the one process that answers everybody is not kept busy."""


async def body_of(request: Request) -> bytes:
    """Read the body of a request.

    Raises:
        Refusal: 413 for a body that is too long, of which no more is ever held; 400 where the client went away.
    """
    too_long = Refusal(413, CodeMinorValue.INVALIDDATA, f"The body is longer than {LONGEST_BODY} bytes")
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:18]) > LONGEST_BODY:
        raise too_long
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                raise too_long
    except ClientDisconnect:
        raise bad_parameter("The body ended before its end") from None
    return bytes(body)


def require_json_type(request: Request) -> None:
    """Check that the body is said to be JSON, and plain.

    Raises:
        Refusal: 415 for another type, another charset than UTF-8 (RFC 8259 §8.1), or a compressed body.
    """
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    plain = request.headers.get("content-encoding", "identity").strip().lower() == "identity"
    if media.strip().lower() != "application/json" or charset not in {"", "utf-8", "utf8"} or not plain:
        raise Refusal(415, CodeMinorValue.INVALIDDATA, "The body must be application/json in UTF-8, not compressed")


def parsed(body: bytes) -> Json:
    """Parse JSON; what no JSON text may hold (NaN, half a character, endless nesting) is refused with the rest.

    Raises:
        Refusal: 400.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        raise bad_parameter("The body is not JSON") from None


def enveloped(body: bytes, endpoint: Endpoint[Base]) -> list[dict[str, Json]]:
    """Return the objects of a request: one for PUT, any number for POST.

    Raises:
        Refusal: 400 where the body is not JSON, or its only key is not the wrapper key with an object or objects.
    """
    key, wire = endpoint.body_key, parsed(body)
    if not isinstance(wire, dict) or wire.keys() != {key}:
        raise bad_parameter(f"The body must be an object whose only property is {key}")
    found = wire[key] if endpoint.method == "POST" else [wire[key]]
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise bad_parameter(f"{key} must hold {'objects in an array' if endpoint.method == 'POST' else 'an object'}")
    return found
