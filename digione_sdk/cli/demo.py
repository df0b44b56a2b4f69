"""`digione demo`: from an installation to a report and a certificate in one command, with nothing left running."""

from __future__ import annotations

import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from digione_sdk.errors import ConfigurationError

_PATIENCE_SECONDS: Final = 120
_CERTIFICATE: Final = "certificate.json"
_COMMAND: Final = (sys.executable, "-m", "digione_sdk.cli.main")


def register(app: typer.Typer) -> None:
    """Add `demo` to the `digione` command."""
    app.command("demo")(demo)


def demo(
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder of the report.", metavar="DIR")] = Path("digione-report"),
) -> None:
    """Start the reference server, look at it with the doctor, run every claimed profile, sign and verify the result."""
    with tempfile.TemporaryDirectory(prefix="digione-demo-") as folder, _stoppable():
        target = Path(folder) / "sut.toml"
        with _server(target):
            status = _digione("doctor", "--target", str(target))
            if status == 0:
                status = _digione("run", "--target", str(target), "--out", str(out))
        if status == 0:
            status = _certified(out, Path(folder) / "demo.pem")
    raise typer.Exit(status)


def _certified(report: Path, key: Path) -> int:
    """Sign the report with a key that is thrown away afterwards, verify it, and say how to do so again."""
    certificate = report / _CERTIFICATE
    for step in (
        ("keygen", "--quiet", "--out", str(key)),
        ("certify", "--from", str(report), "--key", str(key)),
        ("verify", str(certificate), "--evidence", str(report)),
    ):
        status = _digione(*step)
        if status != 0:
            return status
    typer.echo("The key was made for this demo and is gone. Verify the certificate yourself, or change a byte and try:")
    typer.echo(f"  digione {shlex.join(step)}")
    return 0


def _digione(*arguments: str) -> int:
    return subprocess.run([*_COMMAND, *arguments], check=False).returncode  # noqa: S603 - our own command


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn a termination signal into an exception, so that the server is stopped on that way out too."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _server(target: Path) -> Iterator[None]:
    log = target.with_name("server.log")
    with log.open("wb") as stream:
        server = subprocess.Popen(  # noqa: S603 - our own command
            [*_COMMAND, "serve", "--control", "--write-target", str(target)], stdout=stream, stderr=stream
        )
        try:
            _wait(server, target, log)
            yield
        finally:
            _stop(server)


def _wait(server: subprocess.Popen[bytes], target: Path, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise ConfigurationError(f"the reference server did not start: {said[-1] if said else 'it said nothing'}")
        if target.is_file() and _answers(target):
            return
        time.sleep(0.05)
    raise ConfigurationError(f"the reference server was not ready after {_PATIENCE_SECONDS} s")


def _answers(target: Path) -> bool:
    services = tomllib.loads(target.read_text(encoding="utf-8"))["services"]
    parts = urlsplit(next(iter(services.values())))  # all of them are one server
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=1):
            return True
    except OSError:
        return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
