# Made by scripts/unasync.py from digione_sdk/_async/resources.py; change that file, not this one.
"""The 5 operations of OneRoster 1.2 Resources, each at its accessor; what an operation is, stands in the table."""

from __future__ import annotations

from digione_sdk._sync.collection import Collection, ObjectCollection
from digione_sdk._sync.service import Service
from digione_sdk.core.endpoints import resources as table
from digione_sdk.model.oneroster import Resource


class Resources(ObjectCollection[Resource]):
    """OneRoster 1.2 Resources at one base URL; it has one collection, which this is."""

    def __init__(self, service: Service) -> None:
        super().__init__(service, table.getAllResources, table.getResource)

    def for_class(self, class_id: str) -> Collection[Resource]:
        """Resources of a class."""
        return self._view(table.getResourcesForClass, class_id=class_id)

    def for_course(self, course_id: str) -> Collection[Resource]:
        """Resources of a course."""
        return self._view(table.getResourcesForCourse, course_id=course_id)

    def for_user(self, user_id: str) -> Collection[Resource]:
        """Resources for a user."""
        return self._view(table.getResourcesForUser, user_id=user_id)
