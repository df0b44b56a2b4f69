"""Categories: what kinds of work a gradebook holds, and how much each weighs."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.classification import PUBLIC, About
from digione_sdk.model.numbers import Number
from digione_sdk.model.oneroster.common import Base


class Category(Base):
    """A kind of line item, as tests or homework."""

    __source__: ClassVar[str] = "CategoryDType"

    title: Annotated[str, About("Name of the category.", *PUBLIC)]
    weight: Annotated[
        Number | None, About("Share of the final score; REST leaves the unit open, CSV counts in percent.", *PUBLIC)
    ] = None
