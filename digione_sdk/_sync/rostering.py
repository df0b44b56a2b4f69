# Made by scripts/unasync.py from digione_sdk/_async/rostering.py; change that file, not this one.
"""The 41 operations of OneRoster 1.2 Rostering, each at its accessor; what an operation is, stands in the table."""

from __future__ import annotations

from digione_sdk._sync.collection import Collection, ObjectCollection
from digione_sdk._sync.service import Service
from digione_sdk.core.endpoints import rostering as table
from digione_sdk.model.oneroster import AcademicSession, Class, Course, Demographics, Enrollment, Org, User


class Classes(ObjectCollection[Class]):
    """Classes."""

    def students(self, class_id: str) -> Collection[User]:
        """Students enrolled in a class."""
        return self._view(table.getStudentsForClass, class_id=class_id)

    def teachers(self, class_id: str) -> Collection[User]:
        """Teachers of a class."""
        return self._view(table.getTeachersForClass, class_id=class_id)


class Courses(ObjectCollection[Course]):
    """Courses."""

    def classes(self, course_id: str) -> Collection[Class]:
        """Classes of a course."""
        return self._view(table.getClassesForCourse, course_id=course_id)


class Schools(ObjectCollection[Org]):
    """Organisations of type school."""

    def classes(self, school_id: str) -> Collection[Class]:
        """Classes that a school gives."""
        return self._view(table.getClassesForSchool, school_id=school_id)

    def courses(self, school_id: str) -> Collection[Course]:
        """Courses of a school."""
        return self._view(table.getCoursesForSchool, school_id=school_id)

    def enrollments(self, school_id: str) -> Collection[Enrollment]:
        """Enrolments in a school."""
        return self._view(table.getEnrollmentsForSchool, school_id=school_id)

    def students(self, school_id: str) -> Collection[User]:
        """Students of a school."""
        return self._view(table.getStudentsForSchool, school_id=school_id)

    def teachers(self, school_id: str) -> Collection[User]:
        """Teachers of a school."""
        return self._view(table.getTeachersForSchool, school_id=school_id)

    def terms(self, school_id: str) -> Collection[AcademicSession]:
        """Terms in which a school gives classes."""
        return self._view(table.getTermsForSchool, school_id=school_id)

    def class_enrollments(self, school_id: str, class_id: str) -> Collection[Enrollment]:
        """Enrolments in a class of a school."""
        return self._view(table.getEnrollmentsForClassInSchool, school_id=school_id, class_id=class_id)

    def class_students(self, school_id: str, class_id: str) -> Collection[User]:
        """Students enrolled in a class of a school."""
        return self._view(table.getStudentsForClassInSchool, school_id=school_id, class_id=class_id)

    def class_teachers(self, school_id: str, class_id: str) -> Collection[User]:
        """Teachers of a class of a school."""
        return self._view(table.getTeachersForClassInSchool, school_id=school_id, class_id=class_id)


class Students(ObjectCollection[User]):
    """Users with the role student."""

    def classes(self, student_id: str) -> Collection[Class]:
        """Classes in which a student is enrolled."""
        return self._view(table.getClassesForStudent, student_id=student_id)


class Teachers(ObjectCollection[User]):
    """Users with the role teacher."""

    def classes(self, teacher_id: str) -> Collection[Class]:
        """Classes that a teacher teaches."""
        return self._view(table.getClassesForTeacher, teacher_id=teacher_id)


class Terms(ObjectCollection[AcademicSession]):
    """Academic sessions of type term."""

    def classes(self, term_id: str) -> Collection[Class]:
        """Classes that meet in a term."""
        return self._view(table.getClassesForTerm, term_id=term_id)

    def grading_periods(self, term_id: str) -> Collection[AcademicSession]:
        """Grading periods of a term."""
        return self._view(table.getGradingPeriodsForTerm, term_id=term_id)


class Users(ObjectCollection[User]):
    """Users of every role."""

    def classes(self, user_id: str) -> Collection[Class]:
        """Classes in which a user is enrolled, in whatever role."""
        return self._view(table.getClassesForUser, user_id=user_id)


class Rostering:
    """OneRoster 1.2 Rostering at one base URL."""

    def __init__(self, service: Service) -> None:
        self.academic_sessions: ObjectCollection[AcademicSession] = ObjectCollection(
            service, table.getAllAcademicSessions, table.getAcademicSession
        )
        self.classes = Classes(service, table.getAllClasses, table.getClass)
        self.courses = Courses(service, table.getAllCourses, table.getCourse)
        self.demographics: ObjectCollection[Demographics] = ObjectCollection(
            service, table.getAllDemographics, table.getDemographics
        )
        self.enrollments: ObjectCollection[Enrollment] = ObjectCollection(
            service, table.getAllEnrollments, table.getEnrollment
        )
        self.grading_periods: ObjectCollection[AcademicSession] = ObjectCollection(
            service, table.getAllGradingPeriods, table.getGradingPeriod
        )
        self.orgs: ObjectCollection[Org] = ObjectCollection(service, table.getAllOrgs, table.getOrg)
        self.schools = Schools(service, table.getAllSchools, table.getSchool)
        self.students = Students(service, table.getAllStudents, table.getStudent)
        self.teachers = Teachers(service, table.getAllTeachers, table.getTeacher)
        self.terms = Terms(service, table.getAllTerms, table.getTerm)
        self.users = Users(service, table.getAllUsers, table.getUser)
