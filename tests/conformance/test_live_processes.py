"""The suite and its target as two processes: a target that asks for patience, and an operator who presses Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from digione_sdk import DigiOne

ROOT = Path(__file__).resolve().parents[2]
DIGIONE = [sys.executable, "-m", "digione_sdk.cli.main"]
PATIENCE = 120
"""Seconds for what takes a few; the machine may have other work."""
INTERRUPTED = 130
KINDS = ("categories", "line_items", "results", "score_scales", "assessment_line_items", "assessment_results")


class Target:
    """A reference server in a process of its own, the target file it wrote and its log."""

    def __init__(self, folder: Path) -> None:
        self.file, self._log = folder / "sut.toml", folder / "log.jsonl"

    def requests(self) -> list[dict[str, object]]:
        """What was asked so far: method, path template, status."""
        text = self._log.read_text(encoding="utf-8") if self._log.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def allow(self, mode: str) -> None:
        """Let the target file permit to make objects, or not."""
        text = self.file.read_text(encoding="utf-8")
        self.file.write_text(text.replace('mode = "readonly"', f'mode = "{mode}"'), encoding="utf-8")

    def held(self) -> dict[str, set[str]]:
        """Which objects every list shows that can be written to."""
        told = self.file.read_text(encoding="utf-8").splitlines()
        urls = dict(line.replace('"', "").split(" = ") for line in told if "http://" in line and " = " in line)
        with DigiOne(
            gradebook=urls["gradebook"],
            token_url=urls["token_url"],
            client_id="tenant-a",
            client_secret=(self.file.parent / "sut-secrets" / "tenant-a").read_text(encoding="utf-8").strip(),
        ) as api:
            return {kind: {one.sourced_id for one in getattr(api.gradebook, kind)} for kind in KINDS}


@contextmanager
def serving(folder: Path, module: list[str]) -> Iterator[Target]:
    """Start a server and wait until it is ready; end it afterwards."""
    options = ["--write-target", str(folder / "sut.toml"), "--record", str(folder / "log.jsonl")]
    server = subprocess.Popen([*module, *options], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert server.stdout is not None
        assert "ready" in server.stdout.readline()
        yield Target(folder)
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE)


def run_of(target: Target, profile: str) -> subprocess.Popen[str]:
    """Start a run of one profile."""
    options = ["--target", str(target.file), "--profile", profile, "--out", "report"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen([*DIGIONE, "run", *options], cwd=target.file.parent, **pipes)


def test_a_target_that_asks_for_patience_is_judged_to_the_end(tmp_path: Path) -> None:
    with serving(tmp_path, [sys.executable, "-m", "tests.conformance.patient_server"]) as target:
        run = run_of(target, "oneroster-1.2-resources-core")
        said, _ = run.communicate(timeout=PATIENCE)
        statuses = Counter(request["status"] for request in target.requests())
    assert run.returncode == 0, said
    assert "CONFORMANT  oneroster-1.2-resources-core" in said
    assert statuses[429] >= 3
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    began, ended = (datetime.fromisoformat(report[key]) for key in ("started_at", "finished_at"))
    # Each of them cost a second, and no more than five requests wait at a time.
    assert (ended - began).total_seconds() >= statuses[429] / 5


def test_ctrl_c_in_the_midst_of_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    with serving(tmp_path, [*DIGIONE, "serve"]) as target:
        target.allow("create")
        before = target.held()
        run = run_of(target, "oneroster-1.2-gradebook")
        until = time.monotonic() + PATIENCE
        while sum(request["status"] == 201 for request in target.requests()) < 8:
            assert run.poll() is None, "the run ended before it could be interrupted"
            assert time.monotonic() < until
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        said, _ = run.communicate(timeout=PATIENCE)
        assert target.held() == before
        deleted = Counter(request["status"] for request in target.requests() if request["method"] == "DELETE")
    assert run.returncode == INTERRUPTED, said
    assert "The run was interrupted." in said
    assert "INCOMPLETE  oneroster-1.2-gradebook" in said
    assert deleted[204] >= 1
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert report["interrupted"] is True
    assert not [item for item in report["requirements"] if item["outcome"] == "failed"]
