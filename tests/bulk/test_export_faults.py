"""The kill matrix of CSV: each fault of the reference exporter held against all rules; computed, never declared."""

from __future__ import annotations

from pathlib import Path

import pytest
from digione_mock_server.packages.faults import PACKAGE_FAULTS
from digione_mock_server.packages.sample import Sample, write_sample

from digione_sdk.bulk import Mode, Version, validate
from digione_sdk.cli.main import run
from digione_sdk.cli.mutants import read_admitted
from digione_sdk.errors import PackageError

OPEN = read_admitted(Path(__file__).with_name("open-export-faults.txt"))


def noticed(package: Path, version: Version) -> set[str]:
    """Return the rules that find something; a package that cannot be read is found out too."""
    try:
        return {str(rule) for rule in validate(package, version=version, keep=1).counts}
    except PackageError:
        return {"unreadable"}


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("mode", [Mode.BULK, Mode.DELTA])
def test_a_package_without_fault_is_clean(tmp_path, version, mode):
    package = write_sample(tmp_path / "clean.zip", Sample(version=version, mode=mode))
    assert noticed(package, version) == set()


@pytest.mark.parametrize("fault", PACKAGE_FAULTS.values(), ids=PACKAGE_FAULTS)
def test_an_export_fault_is_noticed_or_on_record_as_open(tmp_path, fault):
    sample = Sample(version=fault.version, mode=fault.mode)
    found = noticed(write_sample(tmp_path / "faulty.zip", sample, fault=fault.id), fault.version)
    assert bool(found) is (fault.id not in OPEN), found


def test_the_record_names_known_faults_alone():
    assert OPEN.keys() <= PACKAGE_FAULTS.keys()


def test_the_command_computes_the_matrix_of_packages(capsys):
    assert run(["mutants", "--packages", "--fault", "mark-twice", "--fault", "portraits-in-rows"]) == 0
    printed = capsys.readouterr().out
    assert "mark-twice: CSV-FILE-002" in printed
    assert "portraits-in-rows: CSV-FILE-011" in printed
    assert run(["mutants", "--packages", "--fault", "letters-lost"]) == 1
    assert "letters-lost: SURVIVES" in capsys.readouterr().out


def test_a_fault_of_a_server_is_none_of_a_package(capsys):
    assert run(["mutants", "--packages", "--fault", "total-missing"]) == 2
