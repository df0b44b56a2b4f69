"""Stored JSON into the body of an answer: joined as it lies, taken apart only where something must be left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Final

from pydantic import BaseModel

from digione_mock_server.editions import Retelling
from digione_mock_server.faults import contradictions, shapes
from digione_mock_server.store.rows import OWN_URL, text
from digione_mock_server.switches import Switches
from digione_sdk.model.base import Json
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import Base

_OWN_URL: Final = OWN_URL.encode()


def rows(
    bodies: Sequence[bytes],
    model: type[Base],
    *,
    fields: frozenset[str] | None,
    withheld: frozenset[str],
    public_url: str,
    switches: Switches,
    retold: Retelling | None = None,
) -> list[bytes]:
    """Return the objects as the client gets them: the properties it asked for, less those withheld from it."""
    if fields is None and not withheld and not switches.faults and retold is None:
        return list(bodies)
    told = [
        _row(with_links(body, public_url), model, fields=fields, withheld=withheld, switches=switches, retold=retold)
        for body in bodies
    ]
    return contradictions.mixed_up(told, model, switches.faults) if switches.faults else told


def _row(
    body: bytes,
    model: type[Base],
    *,
    fields: frozenset[str] | None,
    withheld: frozenset[str],
    switches: Switches,
    retold: Retelling | None,
) -> bytes:
    wire: dict[str, Json] = json.loads(body)
    wire = {name: value for name, value in wire.items() if name not in withheld}
    if retold is not None:
        wire = retold(model, wire)
    kept = wire if fields is None else {name: value for name, value in wire.items() if name in fields}
    if "null-for-absent" in switches.faults:
        kept |= dict.fromkeys(name for name in _optional(model) - kept.keys() if fields is None or name in fields)
    if switches.faults:
        # A wrong link may be made of the object's own id, which a dialect leaves out where it was not asked for.
        shaped = shapes.misshapen({"sourcedId": wire["sourcedId"], **kept}, model, switches.faults)
        return shapes.misspelt(
            text({n: v for n, v in shaped.items() if fields is None or n in fields}), switches.faults
        )
    return text(kept).encode()


@cache
def _optional(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(field.wire_name for field in fields_of(model).values() if not field.required)


def single(row: bytes, *, key: str, public_url: str) -> bytes:
    """Wrap one object in its envelope."""
    return with_links(b'{"%b":%b}' % (key.encode(), row), public_url)


def collection(rows: Sequence[bytes], *, key: str, public_url: str, counts: dict[str, int] | None = None) -> bytes:
    """Wrap a page of objects in its envelope; the key is there also when the page is empty (pitfall 35).

    Args:
        rows: The objects.
        key: Wrapper key.
        public_url: Scheme, host and port of the server.
        counts: Numbers to send beside the rows; no standard knows them, only a dialect asks for them.
    """
    if not key:  # a fault
        return with_links(b"[%b]" % b",".join(rows), public_url)
    beside = b"".join(b',"%b":%d' % (name.encode(), number) for name, number in (counts or {}).items())
    # One join of everything: a page is copied twice, here and for its links, and no more.
    parts = [b","] * max(2, 2 * len(rows) + 1)
    parts[1 : 2 * len(rows) : 2] = rows
    parts[0], parts[-1] = b'{"%b":[' % key.encode(), b"]%b}" % beside
    return with_links(b"".join(parts), public_url)


def with_links(body: bytes, public_url: str) -> bytes:
    """Make the links absolute: the server learns its own address only when it listens."""
    return body.replace(_OWN_URL, public_url.encode())
