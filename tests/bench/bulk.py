"""Validating CSV in bulk: rows a second, memory, and many enrolments against bare anti-joins."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from digione_sdk.bulk import validate, write_package
from digione_sdk.bulk.limits import DEFAULT_LIMITS
from tests.bench.runs import Cost, Effort, medians, scenario, timed
from tests.bench.table import Row, Target

USERS: Final = 50_000
ENROLMENTS: Final = 300_000
MANY: Final = 5_000_000
_CLASSES_OF: Final = 25
"""Pupils to a class."""
_SCHOOLS: Final = 100


def measure(effort: Effort) -> Iterator[Row]:
    """Measure with 402,000 rows, then with 5 million enrolments."""
    with tempfile.TemporaryDirectory(prefix="digione-bench-") as folder:
        whole = Path(folder) / "whole"
        rows = write(whole, users=round(USERS * effort.scale), enrolments=round(ENROLMENTS * effort.scale))
        cost = medians({"validated": scenario("bulk", "validated", path=str(whole))}, effort)["validated"]
        note = f"{rows} rows in {cost.wall:.2f} s"
        yield Row("bulk", "validate a package", rows / cost.wall, "rows/s", Target(250_000, at_least=True), note)
        yield Row("bulk", "validate a package: memory", cost.peak_mb, "MiB", Target(400), note)
        many = Path(folder) / "many"
        enrolments = round(MANY * effort.scale)
        write(many, users=enrolments // 8, enrolments=enrolments)
        costs = medians(
            {name: scenario("bulk", name, path=str(many)) for name in ("joined", "validated")},
            Effort(effort.scale, min(effort.times, 2), effort.fresh),
        )
        mine, bare = costs["validated"], costs["joined"]
        note = f"{enrolments} enrolments: {mine.wall:.2f} s, {mine.peak_mb:.0f} MiB / {bare.wall:.2f} s"
        yield Row("bulk", "validate / read and three bare anti-joins", mine.wall / bare.wall, "x", Target(1.5), note)


def write(folder: Path, *, users: int, enrolments: int) -> int:
    """Write a valid package of 1.2.1 and return the number of its rows."""
    classes = max(1, users // _CLASSES_OF)
    tables: dict[str, Callable[[], Iterable[dict[str, str]]]] = {
        "orgs": lambda: (_org(number) for number in range(_SCHOOLS)),
        "academicSessions": lambda: [_YEAR],
        "courses": lambda: [{"sourcedId": "c-1", "title": "Opetus", "orgSourcedId": "o-0"}],
        "classes": lambda: (_class(number) for number in range(classes)),
        "users": lambda: (_user(number) for number in range(users)),
        "roles": lambda: (_role(number) for number in range(users)),
        "enrollments": lambda: (_enrolment(number, users, classes) for number in range(enrolments)),
    }
    write_package(folder, {name: rows() for name, rows in tables.items()})
    return _SCHOOLS + 2 + classes + 2 * users + enrolments


_YEAR: Final = {
    "sourcedId": "y-1",
    "title": "2026-2027",
    "type": "schoolYear",
    "startDate": "2026-08-01",
    "endDate": "2027-08-01",
    "schoolYear": "2027",
}


def _org(number: int) -> dict[str, str]:
    return {"sourcedId": f"o-{number}", "name": f"Koulu {number}", "type": "school", "identifier": f"{number:05d}"}


def _class(number: int) -> dict[str, str]:
    return {
        "sourcedId": f"class-{number:07d}",
        "title": f"{number} A",
        "courseSourcedId": "c-1",
        "classType": "scheduled",
        "schoolSourcedId": f"o-{number % _SCHOOLS}",
        "termSourcedIds": "y-1",
    }


def _user(number: int) -> dict[str, str]:
    return {
        "sourcedId": f"user-{number:08d}",
        "enabledUser": "true",
        "username": f"user{number}",
        "givenName": "Aino",
        "familyName": f"Testinen{number % 997}",
        "email": f"user{number}@koulu.example",
        "primaryOrgSourcedId": f"o-{number % _SCHOOLS}",
    }


def _role(number: int) -> dict[str, str]:
    return {
        "sourcedId": f"role-{number:08d}",
        "userSourcedId": f"user-{number:08d}",
        "roleType": "primary",
        "role": "student",
        "orgSourcedId": f"o-{number % _SCHOOLS}",
    }


def _enrolment(number: int, users: int, classes: int) -> dict[str, str]:
    return {
        "sourcedId": f"enrolment-{number:09d}",
        "classSourcedId": f"class-{number * 7 % classes:07d}",
        "schoolSourcedId": f"o-{number % _SCHOOLS}",
        "userSourcedId": f"user-{number % users:08d}",
        "role": "student",
        "beginDate": "2026-08-11",
        "endDate": "2027-06-05",
    }


def validated(path: str) -> Cost:
    """Everything: opening, reading, all rules."""
    import duckdb  # noqa: F401 - what loading it costs is no part of a row

    def work() -> int:
        result = validate(path)
        if result.findings:
            raise SystemExit(f"bench: the package is not clean: {result.counts}")
        return result.total_rows

    return timed(work)


def joined(path: str) -> Cost:
    """The same files read in the same way, and three anti-joins alone, with the same memory."""
    import duckdb

    def work() -> None:
        with tempfile.TemporaryDirectory() as scratch:
            settings: dict[str, str | bool | int | float | list[str]] = {
                "memory_limit": f"{DEFAULT_LIMITS.memory_bytes}B",
                "temp_directory": scratch,
            }
            with duckdb.connect(":memory:", config=settings) as db:
                for name in ("orgs", "classes", "users", "enrollments"):
                    file = Path(path) / f"{name}.csv"
                    with file.open(encoding="utf-8", newline="") as stream:
                        header = next(csv.reader(stream))
                    columns = ", ".join(f"'{column}': 'VARCHAR'" for column in header)
                    db.execute(
                        f"CREATE TABLE {name} AS SELECT * FROM read_csv('{file}', header = true, delim = ',', "  # noqa: S608 - names of ours
                        f"quote = '\"', escape = '\"', auto_detect = false, columns = {{{columns}}})"
                    )
                for column, target in (("class", "classes"), ("school", "orgs"), ("user", "users")):
                    db.execute(
                        f"SELECT count(*) FROM enrollments e ANTI JOIN {target} t ON e.{column}SourcedId = t.sourcedId"  # noqa: S608 - names of ours
                    ).fetchone()

    return timed(work)


SCENARIOS: Mapping[str, Callable[..., Cost]] = {"validated": validated, "joined": joined}
