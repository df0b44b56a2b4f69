"""The 5 operations of OneRoster 1.2 Resources, each at its accessor; what an operation is, stands in the table."""

from __future__ import annotations

from digione_sdk._async.collection import AsyncCollection, AsyncObjectCollection
from digione_sdk._async.service import AsyncService
from digione_sdk.core.endpoints import resources as table
from digione_sdk.model.oneroster import Resource


class AsyncResources(AsyncObjectCollection[Resource]):
    """OneRoster 1.2 Resources at one base URL; it has one collection, which this is."""

    def __init__(self, service: AsyncService) -> None:
        super().__init__(service, table.getAllResources, table.getResource)

    def for_class(self, class_id: str) -> AsyncCollection[Resource]:
        """Resources of a class."""
        return self._view(table.getResourcesForClass, class_id=class_id)

    def for_course(self, course_id: str) -> AsyncCollection[Resource]:
        """Resources of a course."""
        return self._view(table.getResourcesForCourse, course_id=course_id)

    def for_user(self, user_id: str) -> AsyncCollection[Resource]:
        """Resources for a user."""
        return self._view(table.getResourcesForUser, user_id=user_id)
