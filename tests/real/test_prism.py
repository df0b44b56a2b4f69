"""The suite meets a server made by others: Prism answers our document with canned examples, wrong in many ways.

Prism honours the shapes of the document and nothing that lies between two answers, so the suite must find it out by
relations: pages, totals, filters, unknown ids, scopes. A finding that is not true here would be a false accusation.
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRISM = ROOT / "node_modules" / ".bin" / "prism"
DOCUMENT = ROOT / "specs" / "oneroster" / "rostering-v1p2.yaml"
PATIENCE_SECONDS = 60
CLIENTS = {name: secrets.token_urlsafe(16) for name in ("prism-a", "prism-b")}

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="real input: Node is not on this machine"),
    pytest.mark.skipif(not PRISM.exists(), reason="real input: Prism is not installed (scripts/real_input.sh)"),
]

TRUE_FINDINGS = {
    "OR-ROS-AUTH-001": "its 401 carries an example that says success",
    "OR-ROS-AUTH-002": "it takes any bearer token",
    "OR-ROS-SCOPE-002": "it looks at no scope",
    "OR-ROS-SCOPE-003": "it looks at no scope",
    "OR-ROS-SCOPE-004": "it looks at no scope",
    "OR-ROS-ERR-001": "it knows every id",
    "OR-ROS-FIELD-002": "it ignores fields",
    "OR-ROS-FILT-008": "it ignores the filter",
    "OR-ROS-FILT-009": "it ignores the filter",
    "OR-ROS-PAGE-001": "every page is the same page",
    "OR-ROS-PAGE-004": "it announces 0 records and sends one",
    "OR-ROS-NEST-003": "it knows every parent",
    "OR-ROS-NEST-005": "it ignores the filter below a parent too",
    "OR-ROS-CONT-006": "it announces 0 records and sends one",
}
TRUE_WARNINGS = {
    "OR-ROS-ERR-004": "an unknown path is answered in a format of its own",
    "OR-ROS-FIELD-004": "it ignores fields",
    "OR-ROS-PAGE-008": "every page is the same page, past the end too",
    "OR-ROS-REF-004": "all its ids are alike, so records are their own parents",
    "OR-ROS-NEST-002": "its only student is in no class by its only enrolment",
}
TRUE_PRAISE = {
    "OR-ROS-TOKEN-001": "the stub beside it issues tokens",
    "OR-ROS-TOKEN-002": "and refuses who is unknown",
    "OR-ROS-SCHEMA-001": "its examples are made from the document",
    "OR-ROS-SHAPE-001": "its examples are made from the document",
    "OR-ROS-METH-001": "it answers 405 to methods that the document does not declare",
}


class TokenStub(BaseHTTPRequestHandler):
    """Issues tokens to two clients, as RFC 6749 says; Prism has no token endpoint of its own."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers.get("content-length", 0))).decode())
        if not self._is_known(form):
            self._answer(401, {"error": "invalid_client"})
        elif form.get("grant_type") != ["client_credentials"]:
            self._answer(400, {"error": "unsupported_grant_type"})
        else:
            scope = " ".join(form.get("scope", []))
            token = secrets.token_urlsafe(16)
            self._answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": scope})

    def _is_known(self, form: dict[str, list[str]]) -> bool:
        scheme, _, pair = self.headers.get("authorization", "").partition(" ")
        name, _, secret = base64.b64decode(pair).decode().partition(":") if scheme == "Basic" else ("", "", "")
        name, secret = form.get("client_id", [name])[0], form.get("client_secret", [secret])[0]
        return CLIENTS.get(name) == secret

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: the test's own output is read."""


@contextmanager
def token_stub() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), TokenStub) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/token"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def prism(port: int) -> Iterator[str]:
    command = [str(PRISM), "mock", "--port", str(port), "--host", "127.0.0.1", "--verboseLevel", "silent"]
    process = subprocess.Popen([*command, str(DOCUMENT)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(process, f"{url}/orgs")
        yield url
    finally:
        process.terminate()
        process.wait(10)


def wait_until_it_answers(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "Prism ended while it was starting"
        try:
            with urlopen(Request(url, headers={"Authorization": "Bearer anyone"}), timeout=5):  # noqa: S310 - loopback http
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"Prism did not answer within {PATIENCE_SECONDS} s")


def write_target(folder: Path, *, rostering: str, token_url: str) -> Path:
    lines = ['[target]\nname = "Prism"\nsynthetic = true\n[services]']
    lines += [f'rostering = "{rostering}"', f'token_url = "{token_url}"']
    for tenant, (client, secret) in zip("ab", CLIENTS.items(), strict=True):
        file = folder / client
        file.touch(mode=0o600)
        file.write_text(secret, encoding="utf-8")
        lines += [f"[tenants.{tenant}]", f'client_id = "{client}"', f'client_secret_file = "{client}"']
    lines += ["[claims]", 'profiles = ["oneroster-1.2-rostering-core", "oneroster-1.2-rostering"]']
    target = folder / "sut.toml"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> tuple[int, dict[str, Any]]:
    """The exit status of one whole run against Prism, and its report."""
    folder = tmp_path_factory.mktemp("prism")
    with token_stub() as token_url, prism(free_port()) as rostering:
        target = write_target(folder, rostering=rostering, token_url=token_url)
        command = [sys.executable, "-m", "digione_sdk.cli.main", "run", "--target", str(target)]
        done = subprocess.run(
            [*command, "--out", str(folder / "report")], cwd=folder, capture_output=True, text=True, check=False
        )
    assert (folder / "report" / "report.json").is_file(), done.stdout + done.stderr
    return done.returncode, json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))


@pytest.fixture
def outcomes(run: tuple[int, dict[str, Any]]) -> dict[str, str]:
    return {requirement["id"]: requirement["outcome"] for requirement in run[1]["requirements"]}


def test_canned_answers_are_not_conformant(run: tuple[int, dict[str, Any]]) -> None:
    status, report = run
    assert status == 1
    assert {profile["verdict"] for profile in report["profiles"]} == {"not conformant"}


def test_what_prism_gets_wrong_is_found(outcomes: dict[str, str]) -> None:
    missed = {one: why for one, why in TRUE_FINDINGS.items() if outcomes.get(one) != "failed"}
    missed |= {one: why for one, why in TRUE_WARNINGS.items() if outcomes.get(one) != "warning"}
    assert not missed


def test_nothing_is_found_that_is_not_true(outcomes: dict[str, str]) -> None:
    # A new finding is read against Prism's answers before it is added to the list above.
    assert {one for one, outcome in outcomes.items() if outcome == "failed"} == set(TRUE_FINDINGS)


def test_what_prism_gets_right_is_said(outcomes: dict[str, str]) -> None:
    assert {one: outcomes.get(one) for one in TRUE_PRAISE} == dict.fromkeys(TRUE_PRAISE, "passed")


def test_no_check_crashes_on_answers_of_others(run: tuple[int, dict[str, Any]]) -> None:
    messages = {requirement["id"]: requirement["message"] for requirement in run[1]["requirements"]}
    assert not {one: message for one, message in messages.items() if message.startswith("internal")}
