"""The 41 operations of OneRoster 1.2 Rostering, each at its accessor; what an operation is, stands in the table."""

from __future__ import annotations

from digione_sdk._async.collection import AsyncCollection, AsyncObjectCollection
from digione_sdk._async.service import AsyncService
from digione_sdk.core.endpoints import rostering as table
from digione_sdk.model.oneroster import AcademicSession, Class, Course, Demographics, Enrollment, Org, User


class AsyncClasses(AsyncObjectCollection[Class]):
    """Classes."""

    def students(self, class_id: str) -> AsyncCollection[User]:
        """Students enrolled in a class."""
        return self._view(table.getStudentsForClass, class_id=class_id)

    def teachers(self, class_id: str) -> AsyncCollection[User]:
        """Teachers of a class."""
        return self._view(table.getTeachersForClass, class_id=class_id)


class AsyncCourses(AsyncObjectCollection[Course]):
    """Courses."""

    def classes(self, course_id: str) -> AsyncCollection[Class]:
        """Classes of a course."""
        return self._view(table.getClassesForCourse, course_id=course_id)


class AsyncSchools(AsyncObjectCollection[Org]):
    """Organisations of type school."""

    def classes(self, school_id: str) -> AsyncCollection[Class]:
        """Classes that a school gives."""
        return self._view(table.getClassesForSchool, school_id=school_id)

    def courses(self, school_id: str) -> AsyncCollection[Course]:
        """Courses of a school."""
        return self._view(table.getCoursesForSchool, school_id=school_id)

    def enrollments(self, school_id: str) -> AsyncCollection[Enrollment]:
        """Enrolments in a school."""
        return self._view(table.getEnrollmentsForSchool, school_id=school_id)

    def students(self, school_id: str) -> AsyncCollection[User]:
        """Students of a school."""
        return self._view(table.getStudentsForSchool, school_id=school_id)

    def teachers(self, school_id: str) -> AsyncCollection[User]:
        """Teachers of a school."""
        return self._view(table.getTeachersForSchool, school_id=school_id)

    def terms(self, school_id: str) -> AsyncCollection[AcademicSession]:
        """Terms in which a school gives classes."""
        return self._view(table.getTermsForSchool, school_id=school_id)

    def class_enrollments(self, school_id: str, class_id: str) -> AsyncCollection[Enrollment]:
        """Enrolments in a class of a school."""
        return self._view(table.getEnrollmentsForClassInSchool, school_id=school_id, class_id=class_id)

    def class_students(self, school_id: str, class_id: str) -> AsyncCollection[User]:
        """Students enrolled in a class of a school."""
        return self._view(table.getStudentsForClassInSchool, school_id=school_id, class_id=class_id)

    def class_teachers(self, school_id: str, class_id: str) -> AsyncCollection[User]:
        """Teachers of a class of a school."""
        return self._view(table.getTeachersForClassInSchool, school_id=school_id, class_id=class_id)


class AsyncStudents(AsyncObjectCollection[User]):
    """Users with the role student."""

    def classes(self, student_id: str) -> AsyncCollection[Class]:
        """Classes in which a student is enrolled."""
        return self._view(table.getClassesForStudent, student_id=student_id)


class AsyncTeachers(AsyncObjectCollection[User]):
    """Users with the role teacher."""

    def classes(self, teacher_id: str) -> AsyncCollection[Class]:
        """Classes that a teacher teaches."""
        return self._view(table.getClassesForTeacher, teacher_id=teacher_id)


class AsyncTerms(AsyncObjectCollection[AcademicSession]):
    """Academic sessions of type term."""

    def classes(self, term_id: str) -> AsyncCollection[Class]:
        """Classes that meet in a term."""
        return self._view(table.getClassesForTerm, term_id=term_id)

    def grading_periods(self, term_id: str) -> AsyncCollection[AcademicSession]:
        """Grading periods of a term."""
        return self._view(table.getGradingPeriodsForTerm, term_id=term_id)


class AsyncUsers(AsyncObjectCollection[User]):
    """Users of every role."""

    def classes(self, user_id: str) -> AsyncCollection[Class]:
        """Classes in which a user is enrolled, in whatever role."""
        return self._view(table.getClassesForUser, user_id=user_id)


class AsyncRostering:
    """OneRoster 1.2 Rostering at one base URL."""

    def __init__(self, service: AsyncService) -> None:
        self.academic_sessions: AsyncObjectCollection[AcademicSession] = AsyncObjectCollection(
            service, table.getAllAcademicSessions, table.getAcademicSession
        )
        self.classes = AsyncClasses(service, table.getAllClasses, table.getClass)
        self.courses = AsyncCourses(service, table.getAllCourses, table.getCourse)
        self.demographics: AsyncObjectCollection[Demographics] = AsyncObjectCollection(
            service, table.getAllDemographics, table.getDemographics
        )
        self.enrollments: AsyncObjectCollection[Enrollment] = AsyncObjectCollection(
            service, table.getAllEnrollments, table.getEnrollment
        )
        self.grading_periods: AsyncObjectCollection[AcademicSession] = AsyncObjectCollection(
            service, table.getAllGradingPeriods, table.getGradingPeriod
        )
        self.orgs: AsyncObjectCollection[Org] = AsyncObjectCollection(service, table.getAllOrgs, table.getOrg)
        self.schools = AsyncSchools(service, table.getAllSchools, table.getSchool)
        self.students = AsyncStudents(service, table.getAllStudents, table.getStudent)
        self.teachers = AsyncTeachers(service, table.getAllTeachers, table.getTeacher)
        self.terms = AsyncTerms(service, table.getAllTerms, table.getTerm)
        self.users = AsyncUsers(service, table.getAllUsers, table.getUser)
