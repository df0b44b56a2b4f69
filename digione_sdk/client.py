"""The clients in both colours, side by side; each lives in the folder of its colour."""

from digione_sdk._async.client import AsyncDigiOne
from digione_sdk._async.collection import AsyncCollection, AsyncObjectCollection
from digione_sdk._async.editable import AsyncEditableCollection
from digione_sdk._async.listing import AsyncListing
from digione_sdk._async.session import AsyncSession
from digione_sdk._sync.client import DigiOne
from digione_sdk._sync.collection import Collection, ObjectCollection
from digione_sdk._sync.editable import EditableCollection
from digione_sdk._sync.listing import Listing
from digione_sdk._sync.session import Session

__all__ = [
    "AsyncCollection",
    "AsyncDigiOne",
    "AsyncEditableCollection",
    "AsyncListing",
    "AsyncObjectCollection",
    "AsyncSession",
    "Collection",
    "DigiOne",
    "EditableCollection",
    "Listing",
    "ObjectCollection",
    "Session",
]
