"""The pages on the tools: the command line, the target file, the reference server's faults and dialects."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from digione_conformance.checks import load_checks
from digione_conformance.target import file as target
from digione_mock_server.consumer import scenario as played
from digione_mock_server.dialects import DIALECTS
from digione_mock_server.faults import FAULTS
from digione_mock_server.packages.dialects import PACKAGE_DIALECTS
from digione_mock_server.packages.faults import PACKAGE_FAULTS
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo
from typer.main import get_command

from digione_sdk.cli.application import application
from docs_builders.markdown import code, codes, member_docs, page, summary_of, table


def commands() -> Iterator[tuple[str, Any]]:
    """Yield (full name, command) of every command of `digione`, groups left out, sorted by name."""
    yield from _walk("digione", get_command(application()))


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
        return
    for word in sorted(below):
        yield from _walk(f"{name} {word}", below[word])


def _command_section(name: str, command: Any) -> str:
    context = command.context_class(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    options = [p for p in command.params if p.param_type_name == "option" and not getattr(p, "hidden", False)]
    parts = [f"## {name.removeprefix('digione ')}", inspect.cleandoc(command.help or ""), f"```text\n{usage}\n```"]
    if options:
        records = [option.get_help_record(context) for option in options]
        parts.append(table(("option", "meaning"), [[code(spelled), says] for spelled, says in records]))
    return "\n\n".join(parts)


def command_line() -> str:
    """Every command with every option, from the program itself."""
    return page(
        "Command line",
        "`digione` comes with the extra `cli`; a command that needs more names the extra that it lacks. Every command "
        "has `--help`. Colours and progress bars appear on a terminal only, and not where `NO_COLOR` is set. What the "
        "exit status means is told in [How verdicts are made](../explanation/how-verdicts-are-made.md#exit-status).",
        *(_command_section(name, command) for name, command in commands()),
    )


def _tables_of(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield (name in TOML, model) of the tables of a target file."""
    for name, field in model.model_fields.items():
        nested = [arg for arg in (field.annotation, *get_args(field.annotation)) if _is_table(arg)]
        if nested:
            key = field.alias or name
            above = f"{key}.NAME" if get_origin(field.annotation) is dict else key
            yield above, nested[0]
            yield from ((f"{above}.{below.replace('NAME', 'CLIENT')}", table) for below, table in _tables_of(nested[0]))


def _is_table(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _kind(annotation: Any) -> str:
    """Say in TOML's words what a value is."""
    if get_origin(annotation) is Literal:
        return "one of " + codes(f'"{choice}"' for choice in get_args(annotation))
    inner = [arg for arg in get_args(annotation) if arg not in {type(None), Ellipsis}]
    if get_origin(annotation) is tuple:
        return "list of texts"
    if get_origin(annotation) is dict:
        return "table of lists of texts"
    if inner:
        return _kind(inner[0])
    words = {bool: "`true` or `false`", int: "whole number", float: "number", str: "text"}
    return words.get(annotation, "path, relative to the file")


def _key_row(name: str, field: FieldInfo, says: str) -> list[str]:
    default = "required" if field.is_required() else "-"
    if isinstance(field.default, bool):
        default = code(str(field.default).lower())
    elif isinstance(field.default, (str, int, float)):
        default = code(field.default)
    kind = "whole address" if any(isinstance(m, AfterValidator) for m in field.metadata) else _kind(field.annotation)
    return [code(name), kind, default, says]


def target_file() -> str:
    """Every table and key of `sut.toml`."""
    sections = []
    for name, model in _tables_of(target.Target):
        docs = member_docs(model)
        tables = {below.partition(".")[0] for below, _ in _tables_of(model)}
        fields = {key: field for key, field in model.model_fields.items() if key not in tables}
        rows = [_key_row(key, field, docs.get(key, "")) for key, field in fields.items()]
        says = summary_of(model).partition(": ")[2]
        keys = table(("key", "value", "default", "meaning"), rows)
        sections.append(f"## `[{name}]`\n\n{says[:1].upper()}{says[1:]}\n\n{keys}")
    return page(
        "Target file",
        "`sut.toml` says what is tested, as whom, and within which limits. An unknown key is refused with its line. A "
        "secret never stands in the file: the file names an environment variable or another file that holds it.",
        *sections,
        "## `[attest]`\n\nWhat only a person can state: ids of requirements, each with the statement, who made it and "
        "when. An id that is unknown, retired or decided by a check is refused with its line. Known failures are "
        "excused in `waivers.toml` beside this file. Both: [Waivers and statements](../guides/waivers.md).",
    )


def faults() -> str:
    """The deliberate defects of the reference server."""
    rows = [[code(fault.id), fault.layer, fault.summary, fault.seen_in] for fault in FAULTS.values()]
    return page(
        "Faults",
        f"The {len(rows)} mistakes that the reference server can be told to make, each where a vendor would make it. "
        "`digione serve --fault ID` switches one on; `digione mutants` shows which requirements notice it.",
        table(("fault", "layer", "what the server does wrong", "seen in"), rows),
    )


def export_faults() -> str:
    """The deliberate defects of the reference exporter."""
    rows = [
        [code(fault.id), fault.layer, f"{fault.version} {fault.mode}", fault.summary, fault.seen_in]
        for fault in PACKAGE_FAULTS.values()
    ]
    return page(
        "Export faults",
        f"The {len(rows)} mistakes that the reference exporter can be told to make, each where an exporter would make "
        "it. `digione csv sample OUT.zip --fault ID` writes a package with one, `digione csv validate` judges it.",
        table(("fault", "layer", "shows in", "what the exporter does wrong", "seen in"), rows),
        f"## Dialects\n\nThe {len(PACKAGE_DIALECTS)} legal ways to write a package that a reader may meet. "
        "`digione csv sample OUT.zip --dialect ID` writes one; no rule finds anything but a note in it.\n\n"
        + table(
            ("dialect", "what is different", "permitted by"),
            [[code(one.id), one.summary, one.clause] for one in PACKAGE_DIALECTS.values()],
        ),
    )


def scenarios() -> str:
    """What a client is put before, and which requirements rest on it."""
    checks = load_checks().checks.values()
    rows = []
    for scenario in played.scenarios().values():
        resting = sorted({name for check in checks if scenario.id in check.scenarios for name in check.requirements})
        steps = "<br>".join(f"{number}. {step.do.en}" for number, step in enumerate(scenario.step, start=1))
        switches = codes((*scenario.dialects, *scenario.faults)) or "-"
        rows.append([code(scenario.id), scenario.title.en, steps, switches, "<br>".join(map(_requirement, resting))])
    return page(
        "Scenarios",
        f"The {len(rows)} scenarios of `digione consumer serve`, each below a path segment of its own, and the "
        "requirements that need each of them. All other requirements on consumers look at everything that was "
        "recorded. How to go through them is told in [Test a client](../for-vendors/test-a-client.md).",
        table(("scenario", "what it is", "what the client does", "dialects and faults", "requirements"), rows),
    )


def _requirement(name: str) -> str:
    return f"[`{name}`](requirements/{name.lower()}.md)"


def dialects() -> str:
    """The variants that the reference server can speak."""
    rows = [[code(d.id), "legal" if d.legal else "tolerance", d.summary, d.why] for d in DIALECTS.values()]
    return page(
        "Dialects",
        "Variants of the reference server, off by default; `digione serve --dialect NAME` switches one on. A *legal* "
        "variant is allowed by the standard, so a client must cope and the suite must not complain. A *tolerance* is "
        "something that certain consumers need and the standard does not want.",
        table(("dialect", "kind", "what the server does differently", "why that is so"), rows),
    )
