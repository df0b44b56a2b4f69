"""Every command that a page shows exists, with every option it is given."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest

from scripts import docs_pages  # noqa: F401 - puts docs_builders on the path
from tests.docs.pages import DOCS, PAGES, ROOT, commands

SHOWN = [pytest.param(place, command, id=f"{place} {command}") for page in PAGES for place, command in commands(page)]
BY_PROGRAM = {
    program: [case for case in SHOWN if str(case.values[1]).split()[0].rpartition("/")[2] == program]
    for program in ("digione", "make", "pip")
}
PROGRAMS = {*BY_PROGRAM, "bash", "echo", "export"}


@pytest.fixture(scope="module")
def known() -> dict[str, object]:
    from docs_builders.tool_pages import commands as cli_commands

    return dict(cli_commands())


@pytest.mark.parametrize(("place", "command"), SHOWN)
def test_only_known_programs_are_shown(place: str, command: str) -> None:
    assert command.split(maxsplit=1)[0].rpartition("/")[2] in PROGRAMS, place


@pytest.mark.parametrize(("place", "command"), BY_PROGRAM["digione"])
def test_a_shown_digione_command_exists_with_its_options(place: str, command: str, known: dict[str, object]) -> None:
    words = ["digione", *shlex.split(command)[1:]]
    name = next((" ".join(words[:n]) for n in range(len(words), 1, -1) if " ".join(words[:n]) in known), None)
    assert name, f"{place}: no such command"
    accepted = {spelled for parameter in known[name].params for spelled in (*parameter.opts, *parameter.secondary_opts)}
    given = {word.split("=")[0] for word in words if word.startswith("--")}
    assert given <= accepted | {"--help"}, place


@pytest.mark.parametrize(("place", "command"), BY_PROGRAM["make"])
def test_a_shown_make_verb_exists(place: str, command: str) -> None:
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(command.split()[1:]) <= verbs, place


@pytest.mark.parametrize(("place", "command"), BY_PROGRAM["pip"])
def test_a_shown_extra_exists(place: str, command: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for package, extras in re.findall(r"(digione-sdk)\[([\w,]+)\]", command):
        assert package == project["name"]
        assert set(extras.split(",")) <= set(project["optional-dependencies"]), place


def test_every_command_and_option_is_in_the_documentation(known: dict[str, object]) -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))
    for name, command in known.items():
        assert name in text, name
        for parameter in command.params:
            for spelled in parameter.opts:
                if spelled.startswith("--") and not getattr(parameter, "hidden", False):
                    assert spelled in text, f"{name} {spelled}"
