"""The versions of the standard that a client can speak: how it asks, and how it reads what it is told."""

from digione_sdk.core.editions.base import V1P2, Edition
from digione_sdk.core.editions.v1p1 import EditionV1P1

__all__ = ["V1P2", "Edition", "EditionV1P1"]
