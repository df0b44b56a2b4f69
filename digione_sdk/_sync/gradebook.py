# Made by scripts/unasync.py from digione_sdk/_async/gradebook.py; change that file, not this one.
"""The 35 operations of OneRoster 1.2 Gradebook, each at its accessor; what an operation is, stands in the table.

A POST is never tried again: nobody could tell whether the records would then be there twice. After an error without an
answer, look for them before you post them once more.
"""

from __future__ import annotations

from collections.abc import Iterable

from digione_sdk._sync.collection import Collection
from digione_sdk._sync.editable import EditableCollection
from digione_sdk._sync.service import Service
from digione_sdk.core.endpoints import gradebook as table
from digione_sdk.model.oneroster import (
    AssessmentLineItem,
    AssessmentResult,
    Category,
    GUIDPair,
    LineItem,
    Result,
    ScoreScale,
)


class Categories(EditableCollection[Category]):
    """Categories of line items."""

    def for_class(self, class_id: str) -> Collection[Category]:
        """Categories of a class's line items."""
        return self._view(table.getCategoriesForClass, class_id=class_id)


class LineItems(EditableCollection[LineItem]):
    """Line items: what results are given for."""

    def for_class(self, class_id: str) -> Collection[LineItem]:
        """Line items of a class."""
        return self._view(table.getLineItemsForClass, class_id=class_id)

    def post_for_class(self, class_id: str, line_items: Iterable[LineItem]) -> tuple[GUIDPair, ...]:
        """Create line items of a class under ids of the provider's own.

        Args:
            class_id: Id of the class; each line item names it too.
            line_items: Each with a temporary id of its own.

        Returns:
            The id that each was given, in their order.

        Raises:
            PostedInPart: The answer does not hold one id for each.
            UsageError: An argument does not fit; nothing was sent.
        """
        return self._post(table.postLineItemsForClass, line_items, class_id=class_id)

    def post_for_school(self, school_id: str, line_items: Iterable[LineItem]) -> tuple[GUIDPair, ...]:
        """Create line items of classes of a school; as `post_for_class`."""
        return self._post(table.postLineItemsForSchool, line_items, school_id=school_id)


class Results(EditableCollection[Result]):
    """Results: how pupils did."""

    def for_class(self, class_id: str) -> Collection[Result]:
        """Results in the line items of a class."""
        return self._view(table.getResultsForClass, class_id=class_id)

    def for_line_item_in_class(self, class_id: str, line_item_id: str) -> Collection[Result]:
        """Results in one line item of a class."""
        return self._view(table.getResultsForLineItemForClass, class_id=class_id, line_item_id=line_item_id)

    def for_student_in_class(self, class_id: str, student_id: str) -> Collection[Result]:
        """Results of one student in the line items of a class."""
        return self._view(table.getResultsForStudentForClass, class_id=class_id, student_id=student_id)

    def post_for_line_item(self, line_item_id: str, results: Iterable[Result]) -> tuple[GUIDPair, ...]:
        """Create results in a line item under ids of the provider's own.

        Args:
            line_item_id: Id of the line item; each result names it too.
            results: Each with a temporary id of its own.

        Returns:
            The id that each was given, in their order.

        Raises:
            PostedInPart: The answer does not hold one id for each.
            UsageError: An argument does not fit; nothing was sent.
        """
        return self._post(table.postResultsForLineItem, results, line_item_id=line_item_id)

    def post_for_session_in_class(
        self, class_id: str, session_id: str, results: Iterable[Result]
    ) -> tuple[GUIDPair, ...]:
        """Create results in line items of a class that count for an academic session; as `post_for_line_item`."""
        return self._post(
            table.postResultsForAcademicSessionForClass, results, class_id=class_id, session_id=session_id
        )


class ScoreScales(EditableCollection[ScoreScale]):
    """Score scales."""

    def for_class(self, class_id: str) -> Collection[ScoreScale]:
        """Score scales of a class."""
        return self._view(table.getScoreScalesForClass, class_id=class_id)

    def for_school(self, school_id: str) -> Collection[ScoreScale]:
        """Score scales of a school's classes."""
        return self._view(table.getScoreScalesForSchool, school_id=school_id)


class Gradebook:
    """OneRoster 1.2 Gradebook at one base URL."""

    def __init__(self, service: Service) -> None:
        self.assessment_line_items: EditableCollection[AssessmentLineItem] = EditableCollection(
            service,
            table.getAllAssessmentLineItems,
            table.getAssessmentLineItem,
            table.putAssessmentLineItem,
            table.deleteAssessmentLineItem,
        )
        self.assessment_results: EditableCollection[AssessmentResult] = EditableCollection(
            service,
            table.getAllAssessmentResults,
            table.getAssessmentResult,
            table.putAssessmentResult,
            table.deleteAssessmentResult,
        )
        self.categories = Categories(
            service, table.getAllCategories, table.getCategory, table.putCategory, table.deleteCategory
        )
        self.line_items = LineItems(
            service, table.getAllLineItems, table.getLineItem, table.putLineItem, table.deleteLineItem
        )
        self.results = Results(service, table.getAllResults, table.getResult, table.putResult, table.deleteResult)
        self.score_scales = ScoreScales(
            service, table.getAllScoreScales, table.getScoreScale, table.putScoreScale, table.deleteScoreScale
        )
