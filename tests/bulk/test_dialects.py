"""Every legal way to write a package is clean, whoever wrote it: dialects of ours, and the CSV writers of others."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest
from digione_mock_server.packages.dialects import PACKAGE_DIALECTS
from digione_mock_server.packages.sample import Sample, write_sample

from digione_sdk.bulk import Mode, Version, open_package, to_pandas, to_polars, validate
from digione_sdk.cli.main import run
from digione_sdk.errors import UsageError
from digione_sdk.synchronise import KINDS, SQLiteStore, load_package
from tests.bulk import small

SETTINGS = [(version, mode) for version in Version for mode in (Mode.BULK, Mode.DELTA)]
IN_BULK = "enrollments-in-delta"
"""In a delta there is nothing to change."""


def content(path, version):
    with open_package(path, version=version) as package:
        return {name: list(package.rows(name)) for name in package.files}


@pytest.fixture(scope="module", name="plain")
def _plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    return {
        setting: write_sample(folder / f"{'-'.join(setting)}.zip", Sample(version=setting[0], mode=setting[1]))
        for setting in SETTINGS
    }


@pytest.mark.parametrize("dialect", PACKAGE_DIALECTS)
@pytest.mark.parametrize(("version", "mode"), SETTINGS)
def test_a_legal_package_is_clean(version, mode, dialect, plain, tmp_path) -> None:
    package = write_sample(tmp_path / "roster.zip", Sample(version=version, mode=mode), dialects=[dialect])
    result = validate(package, version=version)
    assert result.is_clean, result.counts
    assert set(result.counts) <= {"CSV-FILE-002"}
    if not (dialect == IN_BULK and mode is Mode.DELTA):
        assert package.read_bytes() != plain[version, mode].read_bytes()


@pytest.mark.parametrize(
    "dialect", ["byte-order-marks", "line-feeds", "last-line-open", "everything-quoted", "archive-turned-round"]
)
def test_how_a_package_is_written_changes_nothing_that_is_read(dialect, plain, tmp_path) -> None:
    package = write_sample(tmp_path / "roster.zip", Sample(), dialects=[dialect])
    assert content(package, Version.V1P2P1) == content(plain[Version.V1P2P1, Mode.BULK], Version.V1P2P1)


def test_dialects_add_up(tmp_path) -> None:
    many = [
        name for name in PACKAGE_DIALECTS if name not in {"smallest-set", "optional-columns-blank", "last-line-open"}
    ]
    package = write_sample(tmp_path / "roster.zip", Sample(), dialects=many)
    assert validate(package).is_clean
    store = SQLiteStore(tmp_path / "r.sqlite")
    with pytest.raises(Exception, match="follows a bulk package"):
        load_package(package, store)


def test_own_words_and_columns_reach_a_store(tmp_path) -> None:
    package = write_sample(tmp_path / "roster.zip", Sample(), dialects=["own-words", "own-columns", "ids-in-capitals"])
    store = SQLiteStore(tmp_path / "r.sqlite")
    assert load_package(package, store).applied
    bodies = [json.loads(row.body) for row in store.held(["enrollments"])]
    assert {body["role"] for body in bodies} >= {"ext:student", "teacher"}
    assert any(body.get("metadata", {}).get("ryhmä") for body in bodies)
    assert all(body["sourcedId"].isupper() for body in bodies)
    assert {row.kind for row in store.held(KINDS)} >= {"users", "results", "resources"}


def test_a_folder_is_read_as_its_zip(plain, tmp_path) -> None:
    with zipfile.ZipFile(plain[Version.V1P2P1, Mode.BULK]) as archive:
        archive.extractall(tmp_path / "folder")
    assert validate(tmp_path / "folder").findings == ()


def test_a_folder_within_the_zip_is_no_dialect(plain, tmp_path) -> None:
    # csv §1: files at the root, no folder inside. It is read all the same, and told.
    with zipfile.ZipFile(plain[Version.V1P2P1, Mode.BULK]) as old, zipfile.ZipFile(tmp_path / "in.zip", "w") as new:
        for name in old.namelist():
            new.writestr(f"export/{name}", old.read(name))
    assert set(validate(tmp_path / "in.zip").counts) == {"CSV-PKG-001"}


def test_one_school_without_a_district_is_clean(tmp_path) -> None:
    rows = small.school()
    rows["orgs"] = [{"sourcedId": "o-2", "name": "Ainoa koulu", "type": "school"}]
    rows["courses"][0]["orgSourcedId"] = "o-2"
    assert validate(small.in_zip(tmp_path / "one.zip", small.files(rows))).findings == ()


def test_nothing_changed_is_a_manifest_alone(tmp_path) -> None:
    assert validate(small.in_zip(tmp_path / "none.zip", small.files({}))).findings == ()


def by_pandas(table, path: Path) -> None:
    to_pandas(*table).to_csv(path, index=False)


def by_polars(table, path: Path) -> None:
    to_polars(*table).write_csv(path, include_bom=True)


def by_duckdb(table, path: Path) -> None:
    package, name = table
    package.relation(name).write_csv(str(path), header=True)


def by_excel(table, path: Path) -> None:
    package, name = table
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, package.files[name].columns, dialect="excel")
        writer.writeheader()
        writer.writerows(package.rows(name))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("write", [by_pandas, by_polars, by_duckdb, by_excel])
@pytest.mark.parametrize("version", Version)
def test_what_the_writers_of_other_programs_write_is_clean_and_reads_alike(version, write, plain, tmp_path) -> None:
    source = plain[version, Mode.BULK]
    folder = tmp_path / "written"
    folder.mkdir()
    with open_package(source, version=version) as package:
        for name in package.files:
            write((package, name), folder / f"{name}.csv")
    with zipfile.ZipFile(source) as archive:
        (folder / "manifest.csv").write_bytes(archive.read("manifest.csv"))
    assert validate(folder, version=version).is_clean
    assert content(folder, version) == content(source, version)


def test_a_dialect_has_its_clause_and_an_unknown_one_is_refused(tmp_path) -> None:
    assert all(one.summary.endswith(".") and one.clause for one in PACKAGE_DIALECTS.values())
    with pytest.raises(UsageError, match="unknown: nix"):
        write_sample(tmp_path / "a.zip", Sample(), dialects=["nix"])
    with pytest.raises(UsageError, match="not beside a fault"):
        write_sample(tmp_path / "a.zip", Sample(), dialects=["line-feeds"], fault="user-twice")
    assert not list(tmp_path.iterdir())


def test_the_command_writes_in_dialects(tmp_path, capsys) -> None:
    path = str(tmp_path / "s.zip")
    assert run(["csv", "sample", path, "--dialect", "line-feeds", "--dialect", "own-words"]) == 0
    assert capsys.readouterr().out.endswith("synthetic data, line-feeds, own-words\n")
    assert run(["csv", "validate", path]) == 0
    assert run(["csv", "sample", path, "--dialect", "nix"]) == 2
