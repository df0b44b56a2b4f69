"""What a POST is answered with: which id the provider gave to each record that was sent."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.base import Record
from digione_sdk.model.classification import About, Flag


class GUIDPair(Record):
    """The id of a record as it was sent, and the id that the provider gave it."""

    __source__: ClassVar[str] = "GUIDPairDType"

    supplied_sourced_id: Annotated[str, About("Temporary id from the request.", Flag.PERSONAL)]
    allocated_sourced_id: Annotated[str, About("Id by which the provider knows the record.", Flag.PERSONAL)]
