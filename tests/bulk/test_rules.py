"""Every rule on rows, keys and references: a valid school is clean, and one fault gives one finding in its place."""

from __future__ import annotations

import pytest

from digione_sdk.bulk import Mode, Version, validate
from digione_sdk.bulk.catalogue import RuleId, rules
from digione_sdk.bulk.findings import Severity
from tests.bulk import small


def told(path, rows, version=Version.V1P2P1, mode=Mode.BULK):
    """What validating a school says, as (rule, file, row, column)."""
    result = validate(small.in_folder(path / "s", small.files(rows, version, mode)), version=version)
    return [(one.rule, one.file, one.row, one.column) for one in result.findings]


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("gradebook", [False, True])
def test_a_valid_school_is_clean(version, gradebook, tmp_path) -> None:
    rows = small.school(version, gradebook=gradebook and version is not Version.V1P1)
    if version is Version.V1P2:
        rows["users"][0]["resourceSourcedIds"] = "m-1" if gradebook else ""
    assert told(tmp_path, rows, version) == []


G = "gradebook"
SPOILT = [
    # table, row in it, what is changed, rule, column
    ("orgs", 0, {"name": ""}, RuleId.FILLED, "name"),
    ("orgs", 0, {"type": "School"}, RuleId.TOKEN, "type"),
    ("orgs", 0, {"type": "ext:"}, RuleId.TOKEN, "type"),
    ("orgs", 0, {"status": "active"}, RuleId.BULK_BLANK, "status"),
    ("orgs", 0, {"dateLastModified": "2026-08-11T06:00:00.000Z"}, RuleId.BULK_BLANK, "dateLastModified"),
    ("orgs", 0, {"parentSourcedId": "o-9"}, RuleId.RESOLVES, "parentSourcedId"),
    ("orgs", 0, {"parentSourcedId": "o 9"}, RuleId.GUID, "parentSourcedId"),
    ("academicSessions", 1, {"startDate": "2026-8-11"}, RuleId.DATE, "startDate"),
    ("academicSessions", 1, {"startDate": "2026-02-30"}, RuleId.DATE, "startDate"),
    ("academicSessions", 1, {"startDate": "infinity"}, RuleId.DATE, "startDate"),
    ("academicSessions", 1, {"startDate": "2026/08/11"}, RuleId.DATE, "startDate"),
    ("academicSessions", 1, {"startDate": "2026-08-11T00:00:00"}, RuleId.DATE, "startDate"),
    ("academicSessions", 1, {"schoolYear": "2026-2027"}, RuleId.YEAR, "schoolYear"),
    ("academicSessions", 0, {"schoolYear": "2026"}, RuleId.SCHOOL_YEAR, "schoolYear"),
    ("academicSessions", 1, {"endDate": "2026-08-11"}, RuleId.ORDERED_DATES, "endDate"),
    ("academicSessions", 2, {"endDate": "2027-08-02"}, RuleId.WITHIN_PARENT, "parentSourcedId"),
    ("courses", 0, {"schoolYearSourcedId": "t-1"}, RuleId.TARGET_TYPE, "schoolYearSourcedId"),
    ("courses", 0, {"subjects": "A,B", "subjectCodes": "A"}, RuleId.PARALLEL_SUBJECTS, "subjectCodes"),
    ("courses", 0, {"subjectCodes": "A"}, RuleId.PARALLEL_SUBJECTS, "subjectCodes"),
    ("classes", 0, {"schoolSourcedId": "o-1"}, RuleId.TARGET_TYPE, "schoolSourcedId"),
    ("classes", 0, {"termSourcedIds": "t-1,t-9"}, RuleId.RESOLVES, "termSourcedIds"),
    ("classes", 0, {"termSourcedIds": "t-1, t-2"}, RuleId.GUID, "termSourcedIds"),
    ("users", 0, {"enabledUser": "True"}, RuleId.BOOLEAN, "enabledUser"),
    ("users", 1, {"userIds": "{oid:12:3}"}, RuleId.PAIRS, "userIds"),
    ("users", 1, {"userIds": "oid:123"}, RuleId.PAIRS, "userIds"),
    ("users", 1, {"agentSourcedIds": "u-1,u-7"}, RuleId.RESOLVES, "agentSourcedIds"),
    ("users", 1, {"password": "x"}, RuleId.NO_PASSWORD, "password"),
    ("demographics", 0, {"sourcedId": "u-9"}, RuleId.RESOLVES, "sourcedId"),
    ("demographics", 0, {"white": "1"}, RuleId.BOOLEAN, "white"),
    ("roles", 0, {"role": "ext:a b"}, RuleId.TOKEN, "role"),
    ("roles", 0, {"roleType": "ext:a"}, RuleId.TOKEN, "roleType"),
    ("roles", 0, {"roleType": "secondary"}, RuleId.SOME_PRIMARY_ROLE, "roleType"),
    ("roles", 0, {"beginDate": "2026-08-11", "endDate": "2026-08-11"}, RuleId.ORDERED_DATES, "endDate"),
    ("enrollments", 0, {"role": "student"}, RuleId.PRIMARY_IS_TEACHER, "primary"),
    ("enrollments", 1, {"beginDate": "2026-08-10"}, RuleId.WITHIN_TERMS, "beginDate"),
    ("enrollments", 1, {"endDate": "2027-06-06"}, RuleId.WITHIN_TERMS, "endDate"),
    ("categories", 0, {"weight": "40 %"}, RuleId.INTEGER, "weight"),
    ("lineItems", 0, {"resultValueMin": "4,5"}, RuleId.FLOAT, "resultValueMin"),
    ("lineItems", 0, {"resultValueMin": "nan"}, RuleId.FLOAT, "resultValueMin"),
    ("lineItems", 0, {"resultValueMin": "11", "resultValueMax": "9"}, RuleId.ORDERED_BOUNDS, "resultValueMin"),
    ("lineItems", 0, {"dueDate": "2026-08-31"}, RuleId.ORDERED_DATES, "dueDate"),
    ("results", 0, {"scoreStatus": "graded"}, RuleId.TOKEN, "scoreStatus"),
    ("results", 0, {"score": "11"}, RuleId.SCORE_BOUNDS, "score"),
    ("results", 0, {"late": "TRUE"}, RuleId.BOOLEAN, "late"),
    ("scoreScales", 0, {"scoreScaleValue": "4:4"}, RuleId.PAIRS, "scoreScaleValue"),
    ("resources", 0, {"roles": "student,Teacher"}, RuleId.TOKEN, "roles"),
    ("resultLearningObjectiveIds", 0, {"learningObjectiveId": "MA1"}, RuleId.CASE_URN, "learningObjectiveId"),
]


@pytest.mark.parametrize(("table", "row", "change", "rule", "column"), SPOILT)
def test_one_fault_gives_one_finding_in_its_place(table, row, change, rule, column, tmp_path) -> None:
    rows = small.school(gradebook=True)
    rows[table][row] |= change
    expected = (rule, f"{table}.csv", row + 2, column)
    found = told(tmp_path, rows)
    assert expected in found
    # Bounds out of order put every score out of bounds: that follows.
    assert [one for one in found if one != expected and one[0] is not RuleId.SCORE_BOUNDS] == []


@pytest.mark.parametrize(
    ("table", "row", "change"),
    [
        ("orgs", 1, {"parentSourcedId": ""}),
        ("orgs", 0, {"type": "ext:kuntayhtyma_1.a-b"}),
        ("classes", 0, {"termSourcedIds": "y-1"}),  # the terms of a class need not lie under its course's year
        ("enrollments", 1, {"role": "proctor"}),  # nor need a role in a class be one in the school
        ("enrollments", 1, {"role": "ext:avustaja"}),
        ("classes", 0, {"subjectCodes": ""}),
        ("lineItems", 0, {"dueDate": "2026-09-01"}),
        ("results", 0, {"score": "1e1"}),
        ("users", 0, {"familyName": "ä" * 300}),
        ("users", 0, {"sourcedId": "u-1", "identifier": '"quoted", with comma'}),
        ("roles", 1, {"endDate": "2027-06-05"}),
    ],
)
def test_valid_cases_are_accepted(table, row, change, tmp_path) -> None:
    rows = small.school(gradebook=True)
    rows[table][row] |= change
    assert told(tmp_path, rows) == []


def test_an_id_that_stands_twice_names_the_first_row(tmp_path) -> None:
    rows = small.school()
    rows["orgs"].append(dict(rows["orgs"][0]))
    result = validate(small.in_folder(tmp_path / "s", small.files(rows)))
    (one,) = result.findings
    assert (one.rule, one.row, one.column) == (RuleId.UNIQUE, 4, "sourcedId")
    assert "row 2" in one.message.en
    assert "rivillä 2" in one.message.fi


@pytest.mark.parametrize("id_", ["ä", "a b", "a|b", "x" * 256, "a,b"])
def test_an_id_of_other_letters_or_too_long_is_no_guid(id_, tmp_path) -> None:
    rows = small.school()
    rows["roles"][0]["sourcedId"] = id_
    assert told(tmp_path, rows) == [(RuleId.GUID, "roles.csv", 2, "sourcedId")]


@pytest.mark.parametrize("id_", ["010190A999X", "aino@koulu.example"])
def test_an_id_that_names_a_person_is_told(id_, tmp_path) -> None:
    rows = small.school()
    rows["users"].append(rows["users"][0] | {"sourcedId": id_})
    assert told(tmp_path, rows) == [(RuleId.OPAQUE_ID, "users.csv", 4, "sourcedId")]


def test_circles_of_parents_are_told_for_each_row_in_them(tmp_path) -> None:
    rows = small.school()
    rows["orgs"][0]["parentSourcedId"] = "o-2"
    rows["orgs"].append({"sourcedId": "o-3", "name": "x", "type": "school", "parentSourcedId": "o-1"})
    rows["orgs"].append({"sourcedId": "o-4", "name": "x", "type": "school", "parentSourcedId": "o-4"})
    assert told(tmp_path, rows) == [(RuleId.NO_CYCLE, "orgs.csv", row, "parentSourcedId") for row in (2, 3, 5)]


def test_a_second_primary_role_in_an_organisation_is_told(tmp_path) -> None:
    rows = small.school()
    rows["roles"].append(rows["roles"][0] | {"sourcedId": "r-3", "role": "principal"})
    rows["roles"].append(rows["roles"][0] | {"sourcedId": "r-4", "orgSourcedId": "o-1"})
    assert told(tmp_path, rows) == [(RuleId.ONE_PRIMARY_ROLE, "roles.csv", 4, "roleType")]


def test_a_second_primary_teacher_at_one_time_is_told(tmp_path) -> None:
    rows = small.school()
    first = rows["enrollments"][0]
    rows["enrollments"].append(first | {"sourcedId": "e-3"})
    assert told(tmp_path / "a", rows) == [(RuleId.ONE_PRIMARY_TEACHER, "enrollments.csv", 4, "primary")]
    first["endDate"] = rows["enrollments"][2]["beginDate"] = "2027-01-07"  # one follows the other
    assert told(tmp_path / "b", rows) == []


def test_the_class_of_a_result_is_that_of_its_line_item(tmp_path) -> None:
    rows = small.school(gradebook=True)
    rows["classes"].append(rows["classes"][0] | {"sourcedId": "k-2"})
    rows["results"][0]["classSourcedId"] = "k-2"
    assert told(tmp_path, rows) == [(RuleId.RESULT_CLASS, "results.csv", 2, "classSourcedId")]


# ---- modes


def delta(rows, **more):
    for kept in rows.values():
        for row in kept:
            row |= {"status": "active", "dateLastModified": "2026-11-01T06:00:00.000Z", **more}
    return rows


def test_a_delta_may_refer_to_earlier_loads(tmp_path) -> None:
    rows = delta({"enrollments": small.school()["enrollments"]})
    assert told(tmp_path, rows, mode=Mode.DELTA) == []


@pytest.mark.parametrize(
    ("change", "rule", "column"),
    [
        ({"status": ""}, RuleId.DELTA_FILLED, "status"),
        ({"dateLastModified": ""}, RuleId.DELTA_FILLED, "dateLastModified"),
        ({"status": "inactive"}, RuleId.TOKEN, "status"),
        ({"dateLastModified": "2026-11-01"}, RuleId.DATETIME, "dateLastModified"),
        ({"dateLastModified": "2026-11-01T06:00:00.000"}, RuleId.DATETIME, "dateLastModified"),
        ({"dateLastModified": "2026-11-01T06:00:00.000+02:00"}, RuleId.DATETIME, "dateLastModified"),
        ({"dateLastModified": "2026-11-31T06:00:00.000Z"}, RuleId.DATETIME, "dateLastModified"),
        ({"dateLastModified": "2026-11-01T06:00:00Z"}, RuleId.MILLISECONDS, "dateLastModified"),
        ({"dateLastModified": "2026-11-01T06:00:00.000000Z"}, RuleId.MILLISECONDS, "dateLastModified"),
        ({"classSourcedId": "k 1"}, RuleId.GUID, "classSourcedId"),
    ],
)
def test_one_fault_in_a_delta_gives_one_finding(change, rule, column, tmp_path) -> None:
    rows = delta({"enrollments": small.school()["enrollments"]})
    rows["enrollments"][1] |= change
    assert told(tmp_path, rows, mode=Mode.DELTA) == [(rule, "enrollments.csv", 3, column)]


def test_rows_win_over_the_manifest(tmp_path) -> None:
    rows = delta(small.school())
    found = told(tmp_path, rows, mode=Mode.BULK)
    assert {one[0] for one in found} == {RuleId.MANIFEST_MODE}
    assert len(found) == len(rows)


# ---- files that are missing or refused


def test_a_needed_file_that_is_missing_is_the_cause_and_its_references_follow(tmp_path) -> None:
    rows = small.school()
    del rows["classes"]
    result = validate(small.in_folder(tmp_path / "s", small.files(rows)))
    assert [(one.rule, one.file, one.column, one.consequence) for one in result.findings] == [
        (RuleId.CLOSED, "enrollments.csv", None, False),
        (RuleId.RESOLVES, "enrollments.csv", "classSourcedId", True),
    ]


def test_a_file_is_needed_where_an_optional_column_refers_to_it(tmp_path) -> None:
    rows = small.school(gradebook=True)
    del rows["userProfiles"]
    assert told(tmp_path / "a", rows) == []
    rows["roles"][0]["userProfileSourcedId"] = "p-1"
    assert told(tmp_path / "b", rows) == [(RuleId.CLOSED, "roles.csv", None, "userProfileSourcedId")]


def test_a_reference_to_a_row_that_was_refused_follows_from_it(tmp_path) -> None:
    written = small.files(small.school())
    head, first, second = written["orgs.csv"].splitlines()
    written["orgs.csv"] = b"\r\n".join([head, first, second.rsplit(b",", 1)[0]])
    result = validate(small.in_folder(tmp_path / "s", written))
    assert (result.findings[0].rule, result.findings[0].file) == (RuleId.FIELD_COUNT, "orgs.csv")
    following = result.findings[1:]
    assert {one.rule for one in following} == {RuleId.RESOLVES}
    assert len(following) == 5
    assert all(one.consequence for one in following)


def test_a_file_that_could_not_be_read_is_the_cause_and_its_references_follow(tmp_path) -> None:
    written = small.files(small.school())
    written["users.csv"] = written["users.csv"].decode().encode("utf-16")
    result = validate(small.in_folder(tmp_path / "s", written))
    assert (result.findings[0].rule, result.findings[0].consequence) == (RuleId.UTF8, False)
    assert [(one.file, one.column) for one in result.findings[1:]] == [
        ("roles.csv", "userSourcedId"),
        ("demographics.csv", "sourcedId"),
        ("enrollments.csv", "userSourcedId"),
    ]
    assert all(one.consequence for one in result.findings[1:])


# ---- manifest


def with_manifest(path, rows, change):
    written = small.files(rows)
    lines = [line.split(",") for line in written["manifest.csv"].decode().splitlines()]
    written["manifest.csv"] = "\r\n".join(",".join(line) for line in change(lines)).encode()
    return [(one.rule, one.row) for one in validate(small.in_folder(path / "s", written)).findings]


def row_of(name):
    names = [line[0] for line in small.manifest(small.school(), Version.V1P2P1)]
    return names.index(name) + 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda lines: [line for line in lines if line[0] != "file.roles"], [(RuleId.MANIFEST_COMPLETE, None)]),
        (
            lambda lines: [[name + "*" if name == "file.roles" else name, value] for name, value in lines],
            [(RuleId.MANIFEST_NAMES, row_of("file.roles"))],
        ),
        (lambda lines: [*lines, ["file.orgs", "bulk"]], [(RuleId.MANIFEST_NAMES, 27)]),
        (lambda lines: [*lines, ["file.assessments", "absent"]], [(RuleId.MANIFEST_NAMES, 27)]),
        (lambda lines: [["property", "value"], *lines[1:]], [(RuleId.MANIFEST_FORM, 1)]),
        (lambda lines: [*lines, ["x"]], [(RuleId.MANIFEST_FORM, 27)]),
        (
            lambda lines: [[name, "Bulk" if name == "file.orgs" else value] for name, value in lines],
            [(RuleId.MANIFEST_VALUES, row_of("file.orgs"))],
        ),
        (
            lambda lines: [[name, "1.1" if name == "manifest.version" else value] for name, value in lines],
            [(RuleId.MANIFEST_VALUES, row_of("manifest.version"))],
        ),
        (
            lambda lines: [[name, "1.2.1" if name == "oneroster.version" else value] for name, value in lines],
            [(RuleId.MANIFEST_VERSION, row_of("oneroster.version"))],
        ),
        (
            lambda lines: [[name, "absent" if name == "file.orgs" else value] for name, value in lines],
            [(RuleId.MANIFEST_FILES, row_of("file.orgs"))],
        ),
        (
            lambda lines: [[name, "bulk" if name == "file.results" else value] for name, value in lines],
            [(RuleId.MANIFEST_FILES, row_of("file.results"))],
        ),
        (lambda lines: [line for line in lines if not line[0].startswith("source.")], []),
    ],
)
def test_a_manifest_is_held_to_its_table(change, expected, tmp_path) -> None:
    assert with_manifest(tmp_path, small.school(), change) == expected


def test_a_missing_manifest_is_told(tmp_path) -> None:
    written = small.files(small.school())
    del written["manifest.csv"]
    result = validate(small.in_folder(tmp_path / "s", written))
    assert [(one.rule, one.file) for one in result.findings] == [(RuleId.MANIFEST_THERE, "manifest.csv")]


def test_a_column_that_1_2_1_took_away_is_told(tmp_path) -> None:
    rows = small.school(Version.V1P2)
    written = small.files(rows, Version.V1P2)
    result = validate(small.in_folder(tmp_path / "s", written), version="1.2.1")
    assert [(one.rule, one.column) for one in result.findings] == [(RuleId.EXTENSIONS, "resourceSourcedIds")]


# ---- the result


def test_findings_stand_in_the_order_of_causes(tmp_path) -> None:
    rows = small.school()
    for kept in rows.values():
        kept[-1]["sourcedId"] = "a b"
    files = [one[1] for one in told(tmp_path, rows)]
    order = [f"{name}.csv" for name in ("orgs", "academicSessions", "courses", "classes", "users", "roles")]
    assert [file for file in dict.fromkeys(files) if file in order] == order
    assert files == sorted(files, key=list(dict.fromkeys(files)).index)


def test_only_the_first_findings_of_a_kind_are_kept_and_all_are_counted(tmp_path) -> None:
    rows = small.school()
    rows["orgs"] += [{"sourcedId": f"x-{n}", "name": "x", "type": "nix"} for n in range(50)]
    result = validate(small.in_folder(tmp_path / "s", small.files(rows)), keep=10)
    assert [one.row for one in result.findings] == list(range(4, 14))
    assert result.counts == {RuleId.TOKEN: 50}


def test_values_of_people_are_masked_and_others_shown(tmp_path) -> None:
    rows = small.school()
    rows["users"][0]["enabledUser"] = "Kanarialintu"
    rows["orgs"][0]["type"] = "kunta"
    rows["orgs"][1]["type"] = "131052-308T"
    result = validate(small.in_folder(tmp_path / "s", small.files(rows)))
    values = {(one.file, one.row): one.value for one in result.findings if one.rule == RuleId.TOKEN}
    assert values == {("orgs.csv", 2): "kunta", ("orgs.csv", 3): "[masked, 11 characters]"}
    assert "Kanarialintu" not in repr(result)


def test_every_rule_is_broken_by_some_test() -> None:
    here = {rule for *_, rule, _ in SPOILT} | {
        RuleId.UNIQUE, RuleId.GUID, RuleId.OPAQUE_ID, RuleId.NO_CYCLE, RuleId.ONE_PRIMARY_ROLE,
        RuleId.ONE_PRIMARY_TEACHER, RuleId.RESULT_CLASS, RuleId.DELTA_FILLED, RuleId.DATETIME, RuleId.MILLISECONDS,
        RuleId.CLOSED,
    }  # fmt: skip
    elsewhere = {rule for rule in RuleId if rule.startswith(("CSV-PKG", "CSV-MAN", "CSV-FILE"))}
    assert set(RuleId) - here - elsewhere == set()


def test_only_an_error_comes_of_a_must() -> None:
    assert {rule.severity for rule in rules().values() if rule.level == "MUST"} == {Severity.ERROR}
