"""The privacy flags of every model field as data, keyed by model path, for people and programs without Python."""

from __future__ import annotations

from typing import Final

from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.model.base import Json, Record
from digione_sdk.model.classification import Flag
from digione_sdk.model.facts import fields_of
from digione_sdk.model.status import StatusInfo
from digione_sdk.openapi.schema import reachable, schema_name

_NOTE: Final = (
    "Privacy flags of the DigiOne community profile (not an official DigiOne specification, not published by 1EdTech). "
    "Flags are independent, not a ladder. A field without flags concerns no person by itself; properties of a "
    "provider's own inside metadata are denied by default."
)


def classification() -> dict[str, Json]:
    """Return `{note, flags, fields}`; `fields` maps a path such as `User.givenName` to its flags."""
    models: list[type[Record]] = reachable([*(body for endpoint in ENDPOINTS for body in endpoint.bodies), StatusInfo])
    return {
        "note": _NOTE,
        "flags": [flag.value for flag in Flag],
        "fields": {
            f"{schema_name(model)}.{field.wire_name}": sorted(flag.value for flag in field.flags)
            for model in sorted(models, key=schema_name)
            for field in fields_of(model).values()
        },
    }
