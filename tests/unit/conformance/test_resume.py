"""A run that is broken off says what it knows, and going on with it asks only what is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from digione_conformance.evidence.recorder import read_evidence
from digione_conformance.evidence.run_file import read_run_file
from digione_conformance.probing.family import BY_ID

from digione_sdk.cli.main import run as main
from tests.unit.conformance.fakes import target as write_target
from tests.unit.conformance.suite import ONE, TWO, FakeTransport, passes

PATIENCE = 60
HELD = threading.Event()


@pytest.fixture(autouse=True)
def _released():
    HELD.clear()
    yield
    HELD.set()


def interrupted(probe):
    """Asks, then behaves as if the operator had pressed Ctrl-C."""
    probe.get(BY_ID["getAllOrgs"])
    os.kill(os.getpid(), signal.SIGINT)
    HELD.wait(PATIENCE)
    yield from ()


def asks_orgs(probe):
    probe.examined()
    probe.get(BY_ID["getAllOrgs"])
    yield from ()


@pytest.fixture(name="broken_off")
def _broken_off(suite):
    """A suite whose second check was interrupted after one answer."""
    suite.functions.update(two=interrupted)
    assert main(["run"]) == 130
    suite.functions.update(two=asks_orgs)
    return suite


def sent(suite, *arguments):
    before = len(FakeTransport.wire.reads())
    ended = suite(*arguments)
    return ended, [request.url.rpartition("/")[2] for request in FakeTransport.wire.reads()[before:]]


def test_an_interrupted_run_keeps_what_it_knows(broken_off):
    folder = broken_off.folder / "digione-report"
    report = json.loads((folder / "report.json").read_text())
    assert report["interrupted"] is True
    assert {item["id"]: item["outcome"] for item in report["requirements"]}[TWO] == "cantTell"
    run = read_run_file(folder / "evidence")
    assert run.interrupted
    assert "a.two" in run.unfinished
    again = broken_off("rejudge", "digione-report")
    assert again.exit_code == 130
    assert "Equal to the run" in again.stdout


def test_resuming_asks_only_what_is_missing_and_ends_like_a_run(broken_off):
    known = read_evidence(broken_off.folder / "digione-report" / "evidence")
    assert any(exchange.ask.url.endswith("/orgs") for exchange in known.values())
    ended, asked = sent(broken_off, "run", "--resume", "digione-report")
    assert ended.exit_code == 0
    assert "orgs" not in asked  # the doctor asks for orgs with a limit; the check's own ask was answered already
    report = json.loads((broken_off.folder / "digione-report" / "report.json").read_text())
    assert report["interrupted"] is False
    assert "Equal to the run" in broken_off("rejudge", "digione-report").stdout


def test_a_killed_run_left_half_a_line_and_still_resumes(broken_off):
    folder = broken_off.folder / "digione-report" / "evidence"
    (folder / "manifest.json").unlink()
    with (folder / "exchanges.jsonl").open("a") as record:
        record.write('{"id": "half')
    assert broken_off("run", "--resume", "digione-report").exit_code == 0
    assert len(read_evidence(folder)) > 1


def test_a_run_that_ended_or_changed_is_not_resumed(suite, capsys):
    assert main(["run"]) == 0
    assert main(["run", "--resume", "digione-report"]) == 2
    suite.functions.update(two=interrupted)
    assert main(["run"]) == 130
    assert main(["run", "--resume", "digione-report", "--only", ONE]) == 2
    with (suite.folder / "sut.toml").open("a") as file:
        file.write("\n# changed\n")
    assert main(["run", "--resume", "digione-report"]) == 3
    assert "was changed" in capsys.readouterr().err


def test_redacted_evidence_is_asked_again_from_the_start(suite):
    write_target(suite.folder, synthetic=False)
    suite.functions.update(two=interrupted)
    assert main(["run"]) == 130
    suite.functions.update(one=passes, two=asks_orgs)
    ended, asked = sent(suite, "run", "--resume", "digione-report")
    assert ended.exit_code == 0
    assert "orgs" in asked


# --- a real signal ---------------------------------------------------------------------------------------------------


class _Slow(BaseHTTPRequestHandler):
    """Gives tokens and first pages; once `asked` enough, holds every answer back."""

    protocol_version = "HTTP/1.1"
    asked = 0
    enough = threading.Event()
    over = threading.Event()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self._send({"access_token": "canary-token", "token_type": "Bearer", "expires_in": 3600})

    def do_GET(self):
        type(self).asked += 1
        if self.asked > 20:
            self.enough.set()
            self.over.wait(PATIENCE)
        self._send({self.path.partition("?")[0].rpartition("/")[2]: []})

    def _send(self, body):
        content = json.dumps(body).encode()
        self.send_response(200)
        for name, value in (("content-type", "application/json"), ("content-length", str(len(content)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments):
        """Say nothing."""


def test_a_real_interrupt_leaves_evidence_and_a_report(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    write_target(tmp_path)
    path = tmp_path / "sut.toml"
    path.write_text(path.read_text().replace("127.0.0.1:9", f"127.0.0.1:{server.server_address[1]}"))
    try:
        run = subprocess.Popen(
            [sys.executable, "-m", "digione_sdk.cli.main", "run", "--stage", "core"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            assert _Slow.enough.wait(PATIENCE)
            run.send_signal(signal.SIGINT)
            said, _ = run.communicate(timeout=PATIENCE)
        finally:
            run.kill()
            run.wait()
    finally:
        _Slow.over.set()
        server.shutdown()
        server.server_close()
    assert run.returncode == 130
    assert b"The run was interrupted" in said
    report = json.loads((tmp_path / "digione-report" / "report.json").read_text())
    assert report["interrupted"] is True
    assert read_evidence(tmp_path / "digione-report" / "evidence")
    assert read_run_file(tmp_path / "digione-report" / "evidence").unfinished
