"""The reference exporter: packages of every version and mode, the same each time, and faults that change them."""

from __future__ import annotations

import re
import zipfile

import pytest
from digione_mock_server.packages.export import MANIFEST, Export, Sheet
from digione_mock_server.packages.faults import PACKAGE_FAULTS
from digione_mock_server.packages.sample import Sample, write_sample
from digione_mock_server.settings import TODAY
from digione_mock_server.source import SeedSource

from digione_sdk.bulk.tables import Mode, Version, tables_of
from digione_sdk.cli.main import run
from digione_sdk.errors import UsageError

SEEN_IN = re.compile(r"pitfall \d+|csv §\d+|differences §\d+|plausible")
SETTINGS = [(version, mode) for version in Version for mode in (Mode.BULK, Mode.DELTA)]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    return {
        (version, mode): Export.read(write_sample(folder / f"{version}-{mode}.zip", Sample(version=version, mode=mode)))
        for version, mode in SETTINGS
    }


@pytest.fixture(scope="module")
def clean(exported):
    return {setting: export.copy().archive() for setting, export in exported.items()}


@pytest.mark.parametrize(("version", "mode"), SETTINGS)
def test_a_package_has_the_files_and_headers_of_its_version(exported, version, mode):
    sheets = exported[version, mode].sheets
    assert sheets.keys() - {MANIFEST} == tables_of(version).keys()
    for name, table in tables_of(version).items():
        known, own = sheets[name].header[: len(table.header)], sheets[name].header[len(table.header) :]
        assert known == list(table.header)
        assert all(column.startswith("metadata.") for column in own)
        assert sheets[name].rows


@pytest.mark.parametrize("version", Version)
def test_a_bulk_package_refers_to_nothing_outside_it(exported, version):
    export = exported[version, Mode.BULK]
    known = {name: set(export[name].values("sourcedId")) for name in tables_of(version)}
    for name, table in tables_of(version).items():
        for column in table.references:
            values = export[name].values(column.name)
            found = {one for value in values for one in value.split(",") if one}
            assert found <= known[column.target], (name, column.name)
            assert not column.required or all(values)


@pytest.mark.parametrize(("version", "mode"), SETTINGS)
def test_lifecycle_columns_are_blank_in_bulk_and_filled_in_a_delta(exported, version, mode):
    for name in tables_of(version):
        for column in ("status", "dateLastModified"):
            assert all(bool(value) is (mode is Mode.DELTA) for value in exported[version, mode][name].values(column))


def test_a_delta_tells_of_what_is_gone(exported):
    assert "tobedeleted" in exported[Version.V1P2P1, Mode.DELTA]["users"].values("status")


@pytest.mark.parametrize(("version", "mode"), SETTINGS)
def test_protected_pupils_are_in_no_package(exported, version, mode):
    protected = SeedSource(size="school", seed=1, today=TODAY).protected(0)
    assert protected
    for sheet in exported[version, mode].sheets.values():
        assert not protected & {part for row in sheet.rows for value in row for part in value.split(",")}


def test_the_same_sample_is_the_same_bytes(tmp_path):
    first, second = (write_sample(tmp_path / name, Sample()).read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second


@pytest.mark.parametrize("fault", PACKAGE_FAULTS.values(), ids=PACKAGE_FAULTS)
def test_an_export_fault_changes_the_package(tmp_path, clean, fault):
    path = write_sample(tmp_path / "faulty.zip", Sample(version=fault.version, mode=fault.mode), fault=fault.id)
    assert path.read_bytes() != clean[fault.version, fault.mode]


def test_an_export_fault_leaves_later_exports_as_they_are(tmp_path):
    before = write_sample(tmp_path / "a.zip", Sample(), fault="columns-swapped").read_bytes()
    write_sample(tmp_path / "b.zip", Sample(), fault="user-twice")
    assert write_sample(tmp_path / "c.zip", Sample(), fault="columns-swapped").read_bytes() == before


def test_an_export_fault_says_what_goes_wrong_and_where_it_was_seen():
    for fault in PACKAGE_FAULTS.values():
        assert fault.summary.endswith("."), fault.id
        assert SEEN_IN.fullmatch(fault.seen_in), fault.id


@pytest.mark.parametrize(
    ("path", "fault", "version", "argument"),
    [
        ("a.zip", "no-such-fault", Version.V1P2P1, "fault"),
        ("a.zip", "v1p1-score-blank", Version.V1P2P1, "fault"),
        ("a.tar", None, Version.V1P2P1, "path"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(tmp_path, path, fault, version, argument):
    with pytest.raises(UsageError) as refused:
        write_sample(tmp_path / path, Sample(version=version), fault=fault)
    assert refused.value.argument == argument
    assert not list(tmp_path.iterdir())


def test_a_sheet_moves_a_column_with_its_values():
    sheet = Sheet(["a", "b", "c"], [["1", "2", "3"]])
    sheet.move("c", before="a")
    assert (sheet.header, sheet.rows) == (["c", "a", "b"], [["3", "1", "2"]])


def test_the_command_takes_version_and_mode_from_the_fault(tmp_path, capsys):
    assert run(["csv", "sample", str(tmp_path / "s.zip"), "--fault", "stamp-since-1970"]) == 0
    assert "1.2.1, delta, synthetic data, stamp-since-1970" in capsys.readouterr().out
    assert zipfile.is_zipfile(tmp_path / "s.zip")
    assert run(["csv", "sample", str(tmp_path / "t.zip"), "--mode", "absent-minded"]) == 2
