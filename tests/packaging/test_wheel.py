"""The wheel is the product: what is in it, what a bare install pulls, and that the demo runs from it alone."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = ROOT / "constraints.txt"

pytestmark = pytest.mark.xdist_group("packaging")


def _run(*command: str | Path, cwd: Path, expect: int = 0) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False, env=clean, timeout=240
    )
    assert done.returncode == expect, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


def _environment(folder: Path, wheel: Path, extras: str) -> Path:
    """Make an empty environment with the wheel in it and return its folder of programs."""
    venv.create(folder, with_pip=importlib.util.find_spec("uv") is None)
    python = folder / "bin" / "python"
    wanted = f"digione-sdk{extras} @ {wheel.as_uri()}"
    if importlib.util.find_spec("uv"):
        command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python]
    else:
        command = [python, "-m", "pip", "install", "--quiet"]
    _run(*command, "--constraint", CONSTRAINTS, wanted, cwd=folder)
    return folder / "bin"


def test_the_wheel_holds_three_packages_and_the_specs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"digione_sdk", "digione_conformance", "digione_mock_server"}
    assert "digione_sdk/_specs/oneroster/rostering-v1p2.yaml" in names
    assert any(name.startswith("digione_sdk/_specs/requirements/") for name in names)
    assert "digione_sdk/py.typed" in names


def test_a_bare_install_pulls_httpx_and_pydantic_and_nothing_else_of_ours(wheel: Path, tmp_path: Path) -> None:
    programs = _environment(tmp_path / "bare", wheel, "")
    loaded = _run(
        programs / "python",
        "-c",
        "import sys, digione_sdk; print(sorted(m for m in sys.modules if '.' not in m))",
        cwd=tmp_path,
    )
    for optional in (
        "typer",
        "rich",
        "jinja2",
        "yaml",
        "starlette",
        "sqlalchemy",
        "hypothesis",
        "schemathesis",
        "duckdb",
    ):
        assert f"'{optional}'" not in loaded
    said = _run(programs / "digione", "demo", cwd=tmp_path, expect=3)
    assert "digione-sdk[" in said, "the command names the extra that is missing"


def test_the_demo_runs_from_the_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    programs = _environment(tmp_path / "full", wheel, "[cli,conformance,server]")
    out = tmp_path / "report"
    _run(programs / "digione", "demo", "--out", out, cwd=tmp_path)
    assert (out / "report.html").stat().st_size > 0
    assert (out / "report.json").stat().st_size > 0
    assert (out / "evidence").is_dir()
    certificate = out / "certificate.json"
    _run(programs / "digione", "verify", certificate, "--evidence", out, cwd=tmp_path)
    content = bytearray(certificate.read_bytes())
    content[len(content) // 2] ^= 1
    certificate.write_bytes(bytes(content))
    _run(programs / "digione", "verify", certificate, cwd=tmp_path, expect=1)
