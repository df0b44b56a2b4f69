"""The 35 operations of the OneRoster 1.2 Gradebook service, assessments among them, one line each (rest-1.2 §3.2)."""

from __future__ import annotations

from typing import Final

from digione_sdk.core.endpoints.base import Empty, Endpoint, M, Service, Shape, Through, Via, View
from digione_sdk.core.scopes import Scope
from digione_sdk.model.base import Record
from digione_sdk.model.oneroster import (
    AssessmentLineItem,
    AssessmentResult,
    Category,
    Class,
    LineItem,
    Result,
    ScoreScale,
)
from digione_sdk.model.oneroster import wrappers as w
from digione_sdk.model.status import SHARED_REASONS, CodeMinorValue

GRADEBOOK: Final = Service(
    "gradebook",
    "1.2",
    "/ims/oneroster/gradebook/v1p2",
    "OneRoster 1.2 Gradebook",
    "Categories, line items, results, score scales and assessments, to read and to write.",
    (*SHARED_REASONS, CodeMinorValue.DELETEFAILURE),
    ("onerosterv1p2gradebookservice_openapi3_v1p0.json", "imsorv1p2_gradebook_openapi3_v1p0.json"),
)

_CORE = (Scope.GRADEBOOK, Scope.GRADEBOOK_CORE)
_ASSESSMENT = (Scope.ASSESSMENT,)
_LIST_ERRORS = (400, 401, 403, 422, 429, 500)
_READ_ERRORS = (400, 401, 403, 404, 422, 429, 500)
_WRITE_ERRORS = (401, 403, 404, 422, 429, 500)
_ALL = View()


def _list(
    operation_id: str,
    path: str,
    model: type[M],
    envelope: type[Record],
    accessor: str,
    scopes: tuple[Scope, ...] = _CORE,
) -> Endpoint[M]:
    return Endpoint(
        GRADEBOOK, operation_id, path, model, envelope, Shape.COLLECTION, scopes, _LIST_ERRORS, accessor, _ALL
    )


def _nested(
    operation_id: str, path: str, model: type[M], envelope: type[Record], accessor: str, view: View
) -> Endpoint[M]:
    scopes = (Scope.GRADEBOOK,)
    return Endpoint(
        GRADEBOOK, operation_id, path, model, envelope, Shape.COLLECTION, scopes, _READ_ERRORS, accessor, view
    )


def _read(
    operation_id: str,
    path: str,
    model: type[M],
    envelope: type[Record],
    accessor: str,
    scopes: tuple[Scope, ...] = _CORE,
) -> Endpoint[M]:
    return Endpoint(GRADEBOOK, operation_id, path, model, envelope, Shape.SINGLE, scopes, _READ_ERRORS, accessor, _ALL)


def _put(
    operation_id: str,
    path: str,
    model: type[M],
    body: type[Record],
    accessor: str,
    scope: Scope = Scope.GRADEBOOK_CREATEPUT,
) -> Endpoint[M]:
    # 201 is the declared answer, also to a replacement; 200 to that is common, and some servers prefer it (pitfall 59).
    # fmt: off
    return Endpoint(
        GRADEBOOK, operation_id, path, model, Empty, Shape.EMPTY, (scope,), _WRITE_ERRORS, accessor, _ALL,
        method="PUT", body=body, success=(201, 200),
    )
    # fmt: on


def _delete(
    operation_id: str, path: str, model: type[M], accessor: str, scope: Scope = Scope.GRADEBOOK_DELETE
) -> Endpoint[M]:
    # fmt: off
    return Endpoint(
        GRADEBOOK, operation_id, path, model, Empty, Shape.EMPTY, (scope,), _WRITE_ERRORS, accessor, _ALL,
        method="DELETE", success=(204, 200),
    )
    # fmt: on


def _post(operation_id: str, path: str, model: type[M], body: type[Record], accessor: str, view: View) -> Endpoint[M]:
    # fmt: off
    return Endpoint(
        GRADEBOOK, operation_id, path, model, w.GUIDPairSet, Shape.PAIRS, (Scope.GRADEBOOK_CREATEPOST,), _WRITE_ERRORS,
        accessor, view, method="POST", body=body, success=(201,),
    )
    # fmt: on


# fmt: off
# The table is read as a table, as in rostering.py. A result belongs to the class of its line item: `result.class` only
# repeats that, and is optional. Of the session in a POST's path nothing is asked: a line item may name its grading
# period instead, or neither.
_IN_CLASS = ("class.sourcedId", "{classSourcedId}")
_IN_SCHOOL = ("school.sourcedId", "{schoolSourcedId}")
_OF_LINE_ITEM = ("lineItem.sourcedId", "{lineItemSourcedId}")
_OF_STUDENT = ("student.sourcedId", "{studentSourcedId}")
_BY_CLASS = Via(LineItem, "lineItem", (_IN_CLASS,))
_APUT, _ADELETE = Scope.ASSESSMENT_CREATEPUT, Scope.ASSESSMENT_DELETE

getAllAssessmentLineItems = _list("getAllAssessmentLineItems", "/assessmentLineItems", AssessmentLineItem, w.AssessmentLineItemSet, "assessment_line_items.list", _ASSESSMENT)
getAssessmentLineItem = _read("getAssessmentLineItem", "/assessmentLineItems/{sourcedId}", AssessmentLineItem, w.SingleAssessmentLineItem, "assessment_line_items.get", _ASSESSMENT)
deleteAssessmentLineItem = _delete("deleteAssessmentLineItem", "/assessmentLineItems/{sourcedId}", AssessmentLineItem, "assessment_line_items.delete", _ADELETE)
putAssessmentLineItem = _put("putAssessmentLineItem", "/assessmentLineItems/{sourcedId}", AssessmentLineItem, w.SingleAssessmentLineItem, "assessment_line_items.put", _APUT)
getAllAssessmentResults = _list("getAllAssessmentResults", "/assessmentResults", AssessmentResult, w.AssessmentResultSet, "assessment_results.list", _ASSESSMENT)
getAssessmentResult = _read("getAssessmentResult", "/assessmentResults/{sourcedId}", AssessmentResult, w.SingleAssessmentResult, "assessment_results.get", _ASSESSMENT)
deleteAssessmentResult = _delete("deleteAssessmentResult", "/assessmentResults/{sourcedId}", AssessmentResult, "assessment_results.delete", _ADELETE)
putAssessmentResult = _put("putAssessmentResult", "/assessmentResults/{sourcedId}", AssessmentResult, w.SingleAssessmentResult, "assessment_results.put", _APUT)
getAllCategories = _list("getAllCategories", "/categories", Category, w.CategoriesSet, "categories.list")
getCategory = _read("getCategory", "/categories/{sourcedId}", Category, w.SingleCategory, "categories.get")
deleteCategory = _delete("deleteCategory", "/categories/{sourcedId}", Category, "categories.delete")
putCategory = _put("putCategory", "/categories/{sourcedId}", Category, w.SingleCategory, "categories.put")
postResultsForAcademicSessionForClass = _post("postResultsForAcademicSessionForClass", "/classes/{classSourcedId}/academicSessions/{academicSessionSourcedId}/results", Result, w.ResultSet, "results.post_for_session_in_class", View(via=_BY_CLASS))
getCategoriesForClass = _nested("getCategoriesForClass", "/classes/{classSourcedId}/categories", Category, w.CategoriesSet, "categories.for_class", View(through=Through(LineItem, "category", (_IN_CLASS,))))
getLineItemsForClass = _nested("getLineItemsForClass", "/classes/{classSourcedId}/lineItems", LineItem, w.LineItemSet, "line_items.for_class", View(where=(_IN_CLASS,)))
postLineItemsForClass = _post("postLineItemsForClass", "/classes/{classSourcedId}/lineItems", LineItem, w.LineItemSet, "line_items.post_for_class", View(where=(_IN_CLASS,)))
getResultsForLineItemForClass = _nested("getResultsForLineItemForClass", "/classes/{classSourcedId}/lineItems/{lineItemSourcedId}/results", Result, w.ResultSet, "results.for_line_item_in_class", View(where=(_OF_LINE_ITEM,), via=_BY_CLASS))
getResultsForClass = _nested("getResultsForClass", "/classes/{classSourcedId}/results", Result, w.ResultSet, "results.for_class", View(via=_BY_CLASS))
getScoreScalesForClass = _nested("getScoreScalesForClass", "/classes/{classSourcedId}/scoreScales", ScoreScale, w.ScoreScaleSet, "score_scales.for_class", View(where=(_IN_CLASS,)))
getResultsForStudentForClass = _nested("getResultsForStudentForClass", "/classes/{classSourcedId}/students/{studentSourcedId}/results", Result, w.ResultSet, "results.for_student_in_class", View(where=(_OF_STUDENT,), via=_BY_CLASS))
getAllLineItems = _list("getAllLineItems", "/lineItems", LineItem, w.LineItemSet, "line_items.list")
postResultsForLineItem = _post("postResultsForLineItem", "/lineItems/{lineItemSourcedId}/results", Result, w.ResultSet, "results.post_for_line_item", View(where=(_OF_LINE_ITEM,)))
getLineItem = _read("getLineItem", "/lineItems/{sourcedId}", LineItem, w.SingleLineItem, "line_items.get")
deleteLineItem = _delete("deleteLineItem", "/lineItems/{sourcedId}", LineItem, "line_items.delete")
putLineItem = _put("putLineItem", "/lineItems/{sourcedId}", LineItem, w.SingleLineItem, "line_items.put")
getAllResults = _list("getAllResults", "/results", Result, w.ResultSet, "results.list")
getResult = _read("getResult", "/results/{sourcedId}", Result, w.SingleResult, "results.get")
deleteResult = _delete("deleteResult", "/results/{sourcedId}", Result, "results.delete")
putResult = _put("putResult", "/results/{sourcedId}", Result, w.SingleResult, "results.put")
postLineItemsForSchool = _post("postLineItemsForSchool", "/schools/{schoolSourcedId}/lineItems", LineItem, w.LineItemSet, "line_items.post_for_school", View(where=(_IN_SCHOOL,)))
getScoreScalesForSchool = _nested("getScoreScalesForSchool", "/schools/{schoolSourcedId}/scoreScales", ScoreScale, w.ScoreScaleSet, "score_scales.for_school", View(via=Via(Class, "class", (_IN_SCHOOL,))))
getAllScoreScales = _list("getAllScoreScales", "/scoreScales", ScoreScale, w.ScoreScaleSet, "score_scales.list")
getScoreScale = _read("getScoreScale", "/scoreScales/{sourcedId}", ScoreScale, w.SingleScoreScale, "score_scales.get")
deleteScoreScale = _delete("deleteScoreScale", "/scoreScales/{sourcedId}", ScoreScale, "score_scales.delete")
putScoreScale = _put("putScoreScale", "/scoreScales/{sourcedId}", ScoreScale, w.SingleScoreScale, "score_scales.put")
# fmt: on

ENDPOINTS: Final[
    tuple[Endpoint[AssessmentLineItem | AssessmentResult | Category | LineItem | Result | ScoreScale], ...]
] = tuple(value for value in globals().values() if isinstance(value, Endpoint))
