"""Large input and failing disks: memory stays bounded, and what is cut off leaves nothing half-written."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from digione_sdk.bulk import Limits, open_package, validate, write_package
from digione_sdk.bulk.limits import GIB, MIB
from digione_sdk.errors import PackageError
from tests.bulk import small

ROOT = Path(__file__).resolve().parents[2]
ENROLMENTS = 27_000_000
MOST_MEMORY = 1_024 * MIB
"""DuckDB is held to 256 MiB; the rest is Python, the libraries, and what DuckDB does not count."""

_VALIDATE = """
import json, resource, sys
from digione_sdk.bulk import validate
result = validate(sys.argv[1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"rows": result.total_rows, "counts": {str(k): v for k, v in result.counts.items()}, "peak": peak}))
"""
_WRITE = """
import os, resource, signal, sys
from digione_sdk.bulk import write_package
most = int(sys.argv[2])
if most:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
def rows(count, killed_at):
    for n in range(count):
        if n == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)
        yield {"sourcedId": f"o-{n}", "name": f"Koulu {n}", "type": "school"}
write_package(sys.argv[1], {"orgs": rows(int(sys.argv[3]), int(sys.argv[4]))})
"""


def run(code: str, *arguments: object, **options):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False, **options,
    )  # fmt: skip


def large(folder: Path, enrolments: int) -> Path:
    """A valid package with as many enrolments as are asked for; written by DuckDB, which is quicker than we are."""
    rows = small.school()
    pupil, role = rows["users"][1], rows["roles"][1]
    pupils = 10_000
    rows["users"] += [pupil | {"sourcedId": f"u-x{n}", "agentSourcedIds": ""} for n in range(pupils)]
    rows["roles"] += [role | {"sourcedId": f"r-x{n}", "userSourcedId": f"u-x{n}"} for n in range(pupils)]
    small.in_folder(folder, small.files(rows))
    with duckdb.connect() as db:
        db.execute(
            "COPY (SELECT uuid()::VARCHAR AS sourcedId, NULL AS status, NULL AS dateLastModified, "  # noqa: S608 - numbers
            "'k-1' AS classSourcedId, 'o-2' AS schoolSourcedId, "
            f"'u-x' || (range % {pupils}) AS userSourcedId, 'student' AS role, "
            "'false' AS \"primary\", '2026-08-11' AS beginDate, '2027-06-05' AS endDate "
            f"FROM range({enrolments})) TO '{folder / 'enrollments.csv'}' (HEADER, DELIMITER ',')"
        )
    return folder


def judged(package: Path) -> dict:
    done = run(_VALIDATE, package)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.soak
def test_memory_is_bounded_with_two_gibibytes_of_enrolments(tmp_path, capsys) -> None:
    package = large(tmp_path / "large", ENROLMENTS)
    size = sum(file.stat().st_size for file in package.iterdir())
    assert size > 2 * GIB
    began = time.monotonic()
    found = judged(package)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{size / GIB:.2f} GiB, {found['rows']} rows: peak {found['peak'] / MIB:.0f} MiB, "
            f"{time.monotonic() - began:.0f} s\n"
        )
    assert found["rows"] > ENROLMENTS
    assert found["counts"] == {}
    assert found["peak"] < MOST_MEMORY


def test_memory_grows_much_slower_than_the_package(tmp_path) -> None:
    one, ten = (judged(large(tmp_path / str(times), 40_000 * times))["peak"] for times in (1, 10))
    assert ten - one < 128 * MIB  # the files differ by 40 MiB, and DuckDB may hold 256


@pytest.mark.parametrize("name", ["roster.zip", "roster"])
def test_a_full_disk_leaves_what_stood_there_and_nothing_else(name, tmp_path) -> None:
    path = write_package(tmp_path / name, {"orgs": [{"sourcedId": "o-1", "name": "Vanha", "type": "school"}]})
    done = run(_WRITE, path, 20_000, 100_000, -1)
    assert done.returncode != 0
    assert "OSError" in done.stderr
    with open_package(path) as package:
        assert [row["name"] for row in package.rows("orgs")] == ["Vanha"]
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["roster.zip", "roster"])
@pytest.mark.parametrize("row", [0, 1, 30_000, 99_999])
def test_a_killed_writer_leaves_the_old_package(name, row, tmp_path) -> None:
    path = write_package(tmp_path / name, {"orgs": [{"sourcedId": "o-1", "name": "Vanha", "type": "school"}]})
    assert run(_WRITE, path, 0, 100_000, row).returncode == -signal.SIGKILL
    with open_package(path) as package:
        assert [one["name"] for one in package.rows("orgs")] == ["Vanha"]
    assert all(entry.name == name or entry.name.startswith(f".{name}.") for entry in tmp_path.iterdir())


def test_more_memory_than_there_is_to_be_taken_is_said_and_nothing_else(tmp_path) -> None:
    with pytest.raises(PackageError, match="needs more memory than 8388608 bytes"):
        validate(large(tmp_path / "large", 400_000), limits=Limits(memory_bytes=8 * MIB))
