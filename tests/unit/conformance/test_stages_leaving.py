"""A run leaves its report and nothing else where the operator stands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from digione_conformance.stages.schemathesis_shim import generate
from digione_sdk.core.endpoints.rostering import ENDPOINTS, ROSTERING
from digione_sdk.openapi.contract import contract_document
from digione_sdk.openapi.document import service_document
some = ENDPOINTS[:1]
assert generate(contract_document(service_document(ROSTERING, endpoints=some), endpoints=some), legal=False)
from hypothesis.configuration import storage_directory
print(storage_directory().path)
"""


def _run(folder, **more):
    environment = {name: value for name, value in os.environ.items() if name != "HYPOTHESIS_STORAGE_DIRECTORY"} | more
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_generating_requests_leaves_no_folder_behind(tmp_path):
    place = _run(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not Path(place).exists()


def test_a_place_that_the_operator_chose_is_kept(tmp_path):
    chosen = tmp_path / "chosen"
    assert _run(tmp_path, HYPOTHESIS_STORAGE_DIRECTORY=str(chosen)) == str(chosen)
