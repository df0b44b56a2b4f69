"""`digione demo`: order of its steps, its exit status, and that it leaves nothing behind."""

from __future__ import annotations

import os
import sys

import pytest
import typer

from digione_sdk.cli import demo
from digione_sdk.errors import ConfigurationError

STUB = """
import os, pathlib, socket, sys
command, folder = sys.argv[1], pathlib.Path(os.environ["STUB_LOG"])
with (folder / "log").open("a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
if command == "serve":
    if os.environ.get("STUB_DIES"):
        sys.exit("no port for the canary")
    listener = socket.create_server(("127.0.0.1", 0))
    (folder / "pid").write_text(str(os.getpid()))
    target = pathlib.Path(sys.argv[sys.argv.index("--write-target") + 1])
    unfinished = target.with_suffix(".new")
    unfinished.write_text(f'[services]\\nrostering = "http://127.0.0.1:{listener.getsockname()[1]}/x"\\n')
    unfinished.rename(target)
    while True:
        listener.accept()
sys.exit(int(os.environ.get("STUB_" + command.upper(), "0")))
"""


@pytest.fixture(name="steps")
def _steps(tmp_path, monkeypatch):
    """Replace `digione` by a stub; returns a function that runs the demo and tells status and steps."""
    stub = tmp_path / "stub.py"
    stub.write_text(STUB)
    monkeypatch.setenv("STUB_LOG", str(tmp_path))
    monkeypatch.setattr(demo, "_COMMAND", (sys.executable, str(stub)))

    def run(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(typer.Exit) as ended:
            demo.demo(out=tmp_path / "report")
        lines = (tmp_path / "log").read_text().splitlines()
        return ended.value.exit_code, lines

    return run


def gone(tmp_path):
    try:
        os.kill(int((tmp_path / "pid").read_text()), 0)
    except ProcessLookupError:
        return True
    return False


def test_the_demo_serves_examines_runs_and_ends_with_the_status_of_the_run(steps, tmp_path):
    status, lines = steps(STUB_RUN="1")
    assert status == 1
    assert [line.split()[0] for line in lines] == ["serve", "doctor", "run"]
    assert f"--out {tmp_path / 'report'}" in lines[2]
    assert gone(tmp_path)


def test_a_conformant_demo_is_signed_with_a_key_that_does_not_stay_and_verified(steps, tmp_path, capsys):
    status, lines = steps()
    assert status == 0
    assert [line.split()[0] for line in lines] == ["serve", "doctor", "run", "keygen", "certify", "verify"]
    key = lines[3].split()[-1]
    assert lines[4] == f"certify --from {tmp_path / 'report'} --key {key}"
    assert not os.path.lexists(key)
    verify = f"verify {tmp_path / 'report' / 'certificate.json'} --evidence {tmp_path / 'report'}"
    assert lines[5] == verify
    assert f"digione {verify}" in capsys.readouterr().out
    assert gone(tmp_path)


@pytest.mark.parametrize("step", ["keygen", "certify", "verify"])
def test_a_demo_that_cannot_be_signed_or_verified_says_so_by_its_status(steps, step):
    status, lines = steps(**{f"STUB_{step.upper()}": "3"})
    assert status == 3
    assert lines[-1].split()[0] == step


def test_a_red_doctor_ends_the_demo(steps, tmp_path):
    status, lines = steps(STUB_DOCTOR="3")
    assert status == 3
    assert [line.split()[0] for line in lines] == ["serve", "doctor"]
    assert gone(tmp_path)


def test_the_folder_of_the_demo_is_removed(steps):
    _, lines = steps()
    target = lines[0].split()[lines[0].split().index("--write-target") + 1]
    assert not os.path.lexists(os.path.dirname(target))  # noqa: PTH120 - a plain text path


def test_a_server_that_dies_is_a_configuration_error(steps, monkeypatch, tmp_path):
    assert steps is not None
    monkeypatch.setenv("STUB_DIES", "1")
    with pytest.raises(ConfigurationError, match="did not start"):
        demo.demo(out=tmp_path / "report")
