"""The body of a 1.1 answer retold as the 1.2 body that the decoder knows, with what the server said beside its data."""

from __future__ import annotations

from typing import Final

from pydantic_core import from_json, to_json

from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base
from digione_sdk.model.status import Severity
from digione_sdk.wire.collector import PAUSED
from digione_sdk.wire.status import status_in
from digione_sdk.wire.versions.policy import ConversionPolicy
from digione_sdk.wire.versions.report import Change, ServerWarning
from digione_sdk.wire.versions.upgrade import upgraded

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_WARNINGS: Final = "statusInfoSet"
"""The key under which 1.1 says what it has to say beside the data (differences-1.1-1.2.md §1)."""


class Retold:
    """One body on its way. What cannot be read is left as it is: the decoder says what is wrong with it.

    Attributes:
        model: The 1.2 model of the objects.
        changes: What was done to the objects.
        warnings: What the server said beside them.
    """

    def __init__(
        self, content: bytes, *, key: str, model: type[Base], operation_id: str, policy: ConversionPolicy
    ) -> None:
        self.changes: list[Change] = []
        self.warnings: list[ServerWarning] = []
        self._content = content
        self.model = model
        self._key = key
        self._policy = policy
        try:
            with PAUSED:
                body = from_json(content.removeprefix(_BYTE_ORDER_MARK))
        except ValueError:
            body = None
        self._body: dict[str, Json] | None = body if isinstance(body, dict) else None
        if self._body is not None:
            said = self._body.pop(_WARNINGS, None)
            for one in said if isinstance(said, list) else [said]:
                status = status_in({_WARNINGS: one})
                # "full success" may be told too, and is nothing to warn of.
                if status is not None and status.severity is not Severity.STATUS:
                    self.warnings.append(ServerWarning(operation_id, status))

    @property
    def records(self) -> list[dict[str, Json]]:
        """The objects, as they came."""
        value = None if self._body is None else self._body.get(self._key)
        return [it for it in (value if isinstance(value, list) else [value]) if isinstance(it, dict)]

    def told(self) -> bytes:
        """Return the body as 1.2 tells it."""
        if self._body is None:
            return self._content
        value = self._body.get(self._key)
        with PAUSED:
            if isinstance(value, list):
                self._body[self._key] = [self._one(it) for it in value]
            elif value is not None:
                self._body[self._key] = self._one(value)
            return to_json(self._body)

    def _one(self, record: Json) -> Json:
        if not isinstance(record, dict):
            return record
        return upgraded(
            self.model,
            record,
            policy=self._policy,
            note=lambda kind, sourced_id: self.changes.append(Change(kind, sourced_id)),
        )
