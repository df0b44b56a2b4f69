"""The 41 operations of the OneRoster 1.2 Rostering service, one line each (rest-1.2 §3.1)."""

from __future__ import annotations

from typing import Final

from digione_sdk.core.endpoints.base import Endpoint, M, Service, Shape, Through, View
from digione_sdk.core.scopes import Scope
from digione_sdk.model.base import Record
from digione_sdk.model.oneroster import AcademicSession, Class, Course, Demographics, Enrollment, Org, User
from digione_sdk.model.oneroster import wrappers as w
from digione_sdk.model.status import SHARED_REASONS

ROSTERING: Final = Service(
    "rostering",
    "1.2",
    "/ims/oneroster/rostering/v1p2",
    "OneRoster 1.2 Rostering",
    "Organisations, sessions, courses, classes, users, enrolments and demographics, to read.",
    SHARED_REASONS,
    ("onerosterv1p2rostersservice_openapi3_v1p0.json", "imsorv1p2_rostering_openapi3_v1p0.json"),
)

_CORE = (Scope.ROSTER, Scope.ROSTER_CORE)
_FULL = (Scope.ROSTER,)
_DEMOGRAPHICS = (Scope.ROSTER_DEMOGRAPHICS,)
_LIST_ERRORS = (400, 401, 403, 422, 429, 500)
_READ_ERRORS = (400, 401, 403, 404, 422, 429, 500)

_ALL = View()
_TERM = View(where=(("type", "term"),))
_GRADING_PERIOD = View(where=(("type", "gradingPeriod"),))
_SCHOOL = View(where=(("type", "school"),))
_STUDENT = View(where=(("role", "student"),), element="roles")
_TEACHER = View(where=(("role", "teacher"),), element="roles")


def _enrolled(link: str, *where: tuple[str, str]) -> View:
    return View(through=Through(Enrollment, link, where))


def _list(
    operation_id: str,
    path: str,
    model: type[M],
    envelope: type[Record],
    accessor: str,
    view: View = _ALL,
    scopes: tuple[Scope, ...] = _CORE,
) -> Endpoint[M]:
    return Endpoint(
        ROSTERING, operation_id, path, model, envelope, Shape.COLLECTION, scopes, _LIST_ERRORS, accessor, view
    )


def _nested(
    operation_id: str, path: str, model: type[M], envelope: type[Record], accessor: str, view: View
) -> Endpoint[M]:
    return _list(operation_id, path, model, envelope, accessor, view, _FULL)


def _read(
    operation_id: str,
    path: str,
    model: type[M],
    envelope: type[Record],
    accessor: str,
    view: View = _ALL,
    scopes: tuple[Scope, ...] = _CORE,
) -> Endpoint[M]:
    return Endpoint(ROSTERING, operation_id, path, model, envelope, Shape.SINGLE, scopes, _READ_ERRORS, accessor, view)


# fmt: off
# The table is read as a table: one line an operation, columns aligned by eye, the view last.
_CLASS, _COURSE, _SCHOOL_ID, _TERM_ID = "{classSourcedId}", "{courseSourcedId}", "{schoolSourcedId}", "{termSourcedId}"
_IN_CLASS = ("class.sourcedId", _CLASS)
_IN_SCHOOL = ("school.sourcedId", _SCHOOL_ID)
_AS_STUDENT, _AS_TEACHER = ("role", "student"), ("role", "teacher")

getAllAcademicSessions = _list("getAllAcademicSessions", "/academicSessions", AcademicSession, w.AcademicSessionSet, "academic_sessions.list")
getAcademicSession = _read("getAcademicSession", "/academicSessions/{sourcedId}", AcademicSession, w.SingleAcademicSession, "academic_sessions.get")
getAllClasses = _list("getAllClasses", "/classes", Class, w.ClassSet, "classes.list")
getStudentsForClass = _nested("getStudentsForClass", "/classes/{classSourcedId}/students", User, w.UserSet, "classes.students", _enrolled("user", _IN_CLASS, _AS_STUDENT))
getTeachersForClass = _nested("getTeachersForClass", "/classes/{classSourcedId}/teachers", User, w.UserSet, "classes.teachers", _enrolled("user", _IN_CLASS, _AS_TEACHER))
getClass = _read("getClass", "/classes/{sourcedId}", Class, w.SingleClass, "classes.get")
getAllCourses = _list("getAllCourses", "/courses", Course, w.CourseSet, "courses.list")
getClassesForCourse = _nested("getClassesForCourse", "/courses/{courseSourcedId}/classes", Class, w.ClassSet, "courses.classes", View(where=(("course.sourcedId", _COURSE),)))
getCourse = _read("getCourse", "/courses/{sourcedId}", Course, w.SingleCourse, "courses.get")
getAllDemographics = _list("getAllDemographics", "/demographics", Demographics, w.DemographicsSet, "demographics.list", scopes=_DEMOGRAPHICS)
getDemographics = _read("getDemographics", "/demographics/{sourcedId}", Demographics, w.SingleDemographics, "demographics.get", scopes=_DEMOGRAPHICS)
getAllEnrollments = _list("getAllEnrollments", "/enrollments", Enrollment, w.EnrollmentSet, "enrollments.list")
getEnrollment = _read("getEnrollment", "/enrollments/{sourcedId}", Enrollment, w.SingleEnrollment, "enrollments.get")
getAllGradingPeriods = _list("getAllGradingPeriods", "/gradingPeriods", AcademicSession, w.AcademicSessionSet, "grading_periods.list", _GRADING_PERIOD)
getGradingPeriod = _read("getGradingPeriod", "/gradingPeriods/{sourcedId}", AcademicSession, w.SingleAcademicSession, "grading_periods.get", _GRADING_PERIOD)
getAllOrgs = _list("getAllOrgs", "/orgs", Org, w.OrgSet, "orgs.list")
getOrg = _read("getOrg", "/orgs/{sourcedId}", Org, w.SingleOrg, "orgs.get")
getAllSchools = _list("getAllSchools", "/schools", Org, w.OrgSet, "schools.list", _SCHOOL)
getClassesForSchool = _nested("getClassesForSchool", "/schools/{schoolSourcedId}/classes", Class, w.ClassSet, "schools.classes", View(where=(_IN_SCHOOL,)))
getEnrollmentsForClassInSchool = _nested("getEnrollmentsForClassInSchool", "/schools/{schoolSourcedId}/classes/{classSourcedId}/enrollments", Enrollment, w.EnrollmentSet, "schools.class_enrollments", View(where=(_IN_SCHOOL, _IN_CLASS)))
getStudentsForClassInSchool = _nested("getStudentsForClassInSchool", "/schools/{schoolSourcedId}/classes/{classSourcedId}/students", User, w.UserSet, "schools.class_students", _enrolled("user", _IN_SCHOOL, _IN_CLASS, _AS_STUDENT))
getTeachersForClassInSchool = _nested("getTeachersForClassInSchool", "/schools/{schoolSourcedId}/classes/{classSourcedId}/teachers", User, w.UserSet, "schools.class_teachers", _enrolled("user", _IN_SCHOOL, _IN_CLASS, _AS_TEACHER))
getCoursesForSchool = _nested("getCoursesForSchool", "/schools/{schoolSourcedId}/courses", Course, w.CourseSet, "schools.courses", View(where=(("org.sourcedId", _SCHOOL_ID),)))
getEnrollmentsForSchool = _nested("getEnrollmentsForSchool", "/schools/{schoolSourcedId}/enrollments", Enrollment, w.EnrollmentSet, "schools.enrollments", View(where=(_IN_SCHOOL,)))
getStudentsForSchool = _nested("getStudentsForSchool", "/schools/{schoolSourcedId}/students", User, w.UserSet, "schools.students", View(where=(("org.sourcedId", _SCHOOL_ID), _AS_STUDENT), element="roles"))
getTeachersForSchool = _nested("getTeachersForSchool", "/schools/{schoolSourcedId}/teachers", User, w.UserSet, "schools.teachers", View(where=(("org.sourcedId", _SCHOOL_ID), _AS_TEACHER), element="roles"))
getTermsForSchool = _nested("getTermsForSchool", "/schools/{schoolSourcedId}/terms", AcademicSession, w.AcademicSessionSet, "schools.terms", View(where=(("type", "term"),), through=Through(Class, "terms", (_IN_SCHOOL,))))
getSchool = _read("getSchool", "/schools/{sourcedId}", Org, w.SingleOrg, "schools.get", _SCHOOL)
getAllStudents = _list("getAllStudents", "/students", User, w.UserSet, "students.list", _STUDENT)
getStudent = _read("getStudent", "/students/{sourcedId}", User, w.SingleUser, "students.get", _STUDENT)
getClassesForStudent = _nested("getClassesForStudent", "/students/{studentSourcedId}/classes", Class, w.ClassSet, "students.classes", _enrolled("class", ("user.sourcedId", "{studentSourcedId}"), _AS_STUDENT))
getAllTeachers = _list("getAllTeachers", "/teachers", User, w.UserSet, "teachers.list", _TEACHER)
getTeacher = _read("getTeacher", "/teachers/{sourcedId}", User, w.SingleUser, "teachers.get", _TEACHER)
getClassesForTeacher = _nested("getClassesForTeacher", "/teachers/{teacherSourcedId}/classes", Class, w.ClassSet, "teachers.classes", _enrolled("class", ("user.sourcedId", "{teacherSourcedId}"), _AS_TEACHER))
getAllTerms = _list("getAllTerms", "/terms", AcademicSession, w.AcademicSessionSet, "terms.list", _TERM)
getTerm = _read("getTerm", "/terms/{sourcedId}", AcademicSession, w.SingleAcademicSession, "terms.get", _TERM)
getClassesForTerm = _nested("getClassesForTerm", "/terms/{termSourcedId}/classes", Class, w.ClassSet, "terms.classes", View(where=(("sourcedId", _TERM_ID),), element="terms"))
getGradingPeriodsForTerm = _nested("getGradingPeriodsForTerm", "/terms/{termSourcedId}/gradingPeriods", AcademicSession, w.AcademicSessionSet, "terms.grading_periods", View(where=(("type", "gradingPeriod"), ("parent.sourcedId", _TERM_ID))))
getAllUsers = _list("getAllUsers", "/users", User, w.UserSet, "users.list")
getUser = _read("getUser", "/users/{sourcedId}", User, w.SingleUser, "users.get")
getClassesForUser = _nested("getClassesForUser", "/users/{userSourcedId}/classes", Class, w.ClassSet, "users.classes", _enrolled("class", ("user.sourcedId", "{userSourcedId}")))
# fmt: on

ENDPOINTS: Final[tuple[Endpoint[AcademicSession | Class | Course | Demographics | Enrollment | Org | User], ...]] = (
    tuple(value for value in globals().values() if isinstance(value, Endpoint))
)
