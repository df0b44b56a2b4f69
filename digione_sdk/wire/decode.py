"""Bytes of a success straight into records: no dicts in between, no value in any error, no roster empty by mistake."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, TypeVar, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails, SchemaValidator, core_schema

from digione_sdk.errors import MissingEnvelope, PayloadError
from digione_sdk.model.base import Record
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.places import places
from digione_sdk.wire.collector import PAUSED
from digione_sdk.wire.versions.detection import told_as_v1p1

T = TypeVar("T")

_V1P1_HINT: Final = "; it is told as in OneRoster 1.1, which a client of version='1.1' reads"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Decoder(Generic[T]):
    """Decodes the body of one operation.

    Attributes:
        envelope: Model of the body, whose only field is the wrapper key.
        operation_id: Name of the operation, for messages.
    """

    envelope: type[Record]
    operation_id: str

    @cached_property
    def _field(self) -> FieldFacts:
        (field,) = fields_of(self.envelope).values()
        return field

    def page(self, content: bytes) -> tuple[T, ...]:
        """Return the records of a collection's page.

        Raises:
            MissingEnvelope: The body is empty or has no wrapper key.
            PayloadError: The body is no JSON, or does not fit the model.
        """
        return cast("tuple[T, ...]", self._unwrapped(content))

    def single(self, content: bytes) -> T:
        """Return the record of a single read; raises as `page` does."""
        return cast("T", self._unwrapped(content))

    def ids(self, content: bytes) -> tuple[str | None, ...]:
        """Return the ids of a page's records without making the records: a fifth of the cost of `page`."""
        if not content:
            raise self._missing()
        try:
            body = self._id_scanner.validate_json(content.removeprefix(_BYTE_ORDER_MARK))
        except ValidationError as error:
            refusal = self._refusal(error)
        else:
            rows = body.get(self._field.wire_name)
            if rows is not None:
                return tuple(row.get("sourcedId") for row in rows)
            refusal = self._missing()
        raise refusal

    def _unwrapped(self, content: bytes) -> object:
        if not content:
            raise self._missing()
        try:
            with PAUSED:
                body = self.envelope.model_validate_json(content.removeprefix(_BYTE_ORDER_MARK))
        except ValidationError as error:
            # Raised outside the block: the refusal then has no context, and no tool can print the record from it.
            refusal = self._refusal(error, hint=_V1P1_HINT if told_as_v1p1(content) else "")
        else:
            value = getattr(body, self._field.name)
            if value is not None:
                return value
            refusal = self._missing()
        raise refusal from None

    @cached_property
    def _id_scanner(self) -> SchemaValidator:
        row = core_schema.typed_dict_schema(
            {"sourcedId": core_schema.typed_dict_field(core_schema.str_schema(), required=False)},
            extra_behavior="ignore",
        )
        rows = core_schema.nullable_schema(core_schema.list_schema(row))
        return SchemaValidator(
            core_schema.typed_dict_schema(
                {self._field.wire_name: core_schema.typed_dict_field(rows, required=False)}, extra_behavior="ignore"
            ),
        )

    def _missing(self) -> MissingEnvelope:
        return MissingEnvelope(f"{self.operation_id}: a success without the key {self._field.wire_name!r}")

    def _refusal(self, error: ValidationError, *, hint: str = "") -> PayloadError:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        if any(self._is_missing_envelope(detail) for detail in details):
            return self._missing()
        where = places(error)
        more = f" and {error.error_count() - 1} more" if error.error_count() > 1 else ""
        return PayloadError(f"{self.operation_id}: the body does not fit: {where[0]}{more}{hint}", places=where)

    def _is_missing_envelope(self, detail: ErrorDetails) -> bool:
        # A bare array or text has no wrapper key either (pitfall 1).
        absent = detail["type"] == "missing" and detail["loc"] == (self._field.wire_name,)
        return absent or (not detail["loc"] and detail["type"] in {"model_type", "dict_type"})
