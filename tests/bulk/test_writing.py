"""What is written is a clean package of the same rows, whole or not at all, and the same bytes each time."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from digione_sdk.bulk import (
    Mode,
    Version,
    open_package,
    to_arrow,
    to_pandas,
    to_polars,
    validate,
    write_package,
)
from digione_sdk.errors import PackageError, UsageError
from tests.bulk import small


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("name", ["school.zip", "school"])
def test_what_is_written_reads_back_and_is_clean(version, name, tmp_path) -> None:
    rows = small.school(version)
    path = write_package(tmp_path / "out" / name, rows, version=version, system_name="Kisu")
    result = validate(path, version=version)
    assert result.findings == ()
    with open_package(path, version=version) as package:
        assert package.manifest.value("source.systemName") == "Kisu"
        for table, kept in rows.items():
            assert [{k: v for k, v in row.items() if v} for row in package.rows(table)] == kept
    assert [each.name for each in (tmp_path / "out").iterdir()] == [name]


def test_the_same_rows_give_the_same_bytes(tmp_path) -> None:
    first = write_package(tmp_path / "a.zip", small.school()).read_bytes()
    backwards = dict(reversed(small.school().items()))
    assert write_package(tmp_path / "b.zip", backwards).read_bytes() == first


def test_values_are_written_as_the_standard_wants(tmp_path) -> None:
    summer = timezone(timedelta(hours=3))
    rows = {
        "results": [
            {
                "sourcedId": "s-1",
                "status": "active",
                "dateLastModified": datetime(2026, 8, 11, 9, 0, 0, 5999, tzinfo=summer),
                "scoreDate": date(2026, 8, 11),
                "score": Decimal("8.50"),
                "late": True,
                "missing": False,
                "comment": 'hyvä, "erinomainen"',
                "metadata.own": "x",
            }
        ],
        "classes": [
            {
                "sourcedId": "k-1",
                "status": "active",
                "dateLastModified": datetime(2026, 1, 1, tzinfo=UTC),
                "grades": ("1", "2"),
            }
        ],
    }
    folder = write_package(tmp_path / "s", rows, mode=Mode.DELTA)
    line = (folder / "results.csv").read_bytes().splitlines()[1].decode()
    assert line == ('s-1,active,2026-08-11T06:00:00.005Z,,,,8.50,2026-08-11,"hyvä, ""erinomainen""",,,,,true,false,x')
    assert b's,"1,2",' not in (folder / "classes.csv").read_bytes()
    assert b'"1,2"' in (folder / "classes.csv").read_bytes()
    assert (folder / "results.csv").read_bytes().splitlines()[0].endswith(b",missing,metadata.own")


def test_bulk_leaves_status_and_instant_blank(tmp_path) -> None:
    rows = small.school()
    rows["orgs"][0] |= {"status": "active", "dateLastModified": "2026-08-11T06:00:00.000Z"}
    assert validate(write_package(tmp_path / "s", rows)).is_clean


def test_a_delta_without_status_is_refused(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"academicSessions, row 1, status: blank in a delta"):
        write_package(tmp_path / "s", small.school(), mode="delta")


def test_a_table_without_rows_is_absent(tmp_path) -> None:
    folder = write_package(tmp_path / "s", small.school() | {"resources": []})
    assert not (folder / "resources.csv").exists()
    assert b"file.resources,absent" in (folder / "manifest.csv").read_bytes()


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ({"nix": []}, "nix: no table of OneRoster CSV 1.2.1"),
        ({"orgs": [{"sourcedId": "o", "nmae": "x"}]}, "orgs, row 1, nmae: no such column"),
        ({"orgs": [{"sourcedId": "o"}, {"metadata.x": "x"}]}, "orgs, row 2, metadata.x: no such column"),
        ({"orgs": [{"name": "Aino\nTestinen"}]}, "orgs, row 1, name: a line break"),
        ({"orgs": [{"name": "a\0b"}]}, "orgs, row 1, name: a line break or NUL"),
        ({"classes": [{"grades": ("1,2",)}]}, "classes, row 1, grades: a member"),
        ({"classes": [{"grades": ("",)}]}, "classes, row 1, grades: a member"),
    ],
)
@pytest.mark.parametrize("name", ["school.zip", "school"])
def test_what_cannot_be_written_is_refused_and_nothing_is_left(rows, why, name, tmp_path) -> None:
    with pytest.raises(UsageError) as caught:
        write_package(tmp_path / name, small.school() | rows)
    assert why in str(caught.value)
    assert "Aino" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_an_instant_without_zone_is_refused(tmp_path) -> None:
    rows = {"orgs": [{"status": "active", "dateLastModified": datetime(2026, 1, 1)}]}  # noqa: DTZ001 - the point
    with pytest.raises(UsageError, match="an instant without zone"):
        write_package(tmp_path / "s", rows, mode="delta")


@pytest.mark.parametrize("name", ["school.zip", "school"])
def test_what_stood_there_stands_when_writing_fails(name, tmp_path) -> None:
    path = write_package(tmp_path / name, small.school())

    def content(each: Path) -> object:
        return each.read_bytes() if each.is_file() else {one.name: one.read_bytes() for one in each.iterdir()}

    before = content(path)

    def rows():
        yield {"sourcedId": "o-1", "name": "x", "type": "school"}
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_package(path, {"orgs": rows()})
    assert content(path) == before
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_writing_into_a_folder_takes_out_files_of_an_earlier_package_and_no_others(tmp_path) -> None:
    folder = write_package(tmp_path / "s", small.school(gradebook=True))
    (folder / "notes.txt").write_text("mine")
    write_package(folder, small.school())
    assert not (folder / "results.csv").exists()
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_zip_holds_files_at_its_root_deflated(tmp_path) -> None:
    with zipfile.ZipFile(write_package(tmp_path / "s.zip", small.school())) as archive:
        assert all("/" not in entry.filename for entry in archive.infolist())
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_DEFLATED}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("convert", [to_arrow, to_polars, to_pandas])
def test_a_file_becomes_a_table_of_text(convert, tmp_path) -> None:
    with open_package(write_package(tmp_path / "s", small.school())) as package:
        frame = convert(package, "users")
        assert len(frame) == 2
        names = frame.column_names if convert is to_arrow else list(frame.columns)
        assert tuple(names) == package.tables["users"].header
        with pytest.raises(PackageError, match=r"results\.csv: is not in the package"):
            convert(package, "results")
