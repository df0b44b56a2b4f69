"""The `digione` command itself: commands by entry point, missing extras, exit statuses."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from digione_sdk.cli import application, main
from digione_sdk.errors import ConfigurationError, ConnectionFailed, UsageError


class Entry:
    """An entry point that loads a function of the test's own."""

    name = "test"

    def __init__(self, function):
        self._function = function

    def load(self):
        def register(app):
            app.command("boom")(self._function)
            app.command("other")(lambda: None)

        return register


@pytest.fixture(name="digione")
def _digione(monkeypatch):
    monkeypatch.delenv("DIGIONE_DEBUG", raising=False)

    def invoke(function, *arguments):
        monkeypatch.setattr(application, "entry_points", lambda group: [Entry(function)])
        return main.run(list(arguments) or ["boom"])

    return invoke


def raising(error):
    def function() -> None:
        raise error

    return function


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("wrong", argument="--x"), 2),
        (ConfigurationError("set up wrongly"), 3),
        (ConnectionFailed("no answer"), 5),
        (RuntimeError("canary"), 5),
        (ModuleNotFoundError("No module named 'jinja2'", name="jinja2"), 3),
        (KeyboardInterrupt(), 130),
        (SystemExit(4), 4),
    ],
)
def test_every_way_to_end_has_its_status(digione, capsys, error, status):
    assert digione(raising(error)) == status
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "canary" not in said


def test_an_unknown_command_is_a_usage_error(digione):
    assert digione(lambda: None, "nix") == 2


def test_debug_shows_the_traceback(digione, monkeypatch):
    monkeypatch.setenv("DIGIONE_DEBUG", "1")
    with pytest.raises(RuntimeError):
        digione(raising(RuntimeError("x")))


def test_a_missing_extra_is_named_by_the_package_that_needed_it(digione, capsys):
    def function() -> None:
        scope = {"__name__": "digione_mock_server.cli"}
        exec("def f():\n raise ModuleNotFoundError('no', name='starlette')", scope)  # noqa: S102 - a frame of that name
        scope["f"]()

    assert digione(function) == 3
    assert "digione-sdk[server]" in capsys.readouterr().err


def test_version_is_printed(digione, capsys):
    assert digione(lambda: None, "--version") == 0
    assert capsys.readouterr().out.startswith("digione-sdk ")


def test_all_commands_of_the_project_are_announced():
    names = {entry.name for entry in entry_points(group=application.GROUP)}
    assert {"conformance", "demo", "mutants", "serve"} <= names


def test_help_loads_nothing_heavy():
    program = (
        "import sys; from digione_sdk.cli.main import run; run(['--help']);"
        "heavy = {'httpx', 'jinja2', 'starlette', 'sqlalchemy', 'jsonschema_rs', 'schemathesis', 'yaml'};"
        "sys.exit(','.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
