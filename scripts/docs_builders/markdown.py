"""How reference pages are written: tables, code, and what docstrings say."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar inside a cell is escaped, a line break becomes a space."""
    cells = [list(headings), ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(_cell(text) for text in row)} |\n" for row in cells)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def page(title: str, introduction: str, *parts: str) -> str:
    """Return a page: its title, a paragraph, and the parts with an empty line between them."""
    return "\n\n".join((f"# {title}", introduction, *(part.strip("\n") for part in parts))) + "\n"


def code(text: object) -> str:
    """Return text set as code."""
    return f"`{text}`"


def codes(items: Iterable[object]) -> str:
    """Return items set as code, with commas between them; a hyphen for none."""
    return ", ".join(code(item) for item in items) or "-"


def summary_of(thing: object) -> str:
    """Return a docstring as one paragraph, without what the models add to theirs at run time and without sections."""
    text = re.split(r"\n\s*\n(?:Fields, as|Args:|Attributes:|Raises:|Returns:)", inspect.getdoc(thing) or "")[0]
    return " ".join(text.split())


def members_of(module: Any, kind: type) -> list[type]:
    """Return the classes of `kind` that a module holds or lists, in the order of their source files."""
    found = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, kind)]
    own = [cls for cls in found if cls.__module__.startswith(module.__name__)]
    return sorted(dict.fromkeys(own), key=lambda cls: (cls.__module__, inspect.getsourcelines(cls)[1]))


def member_docs(cls: type) -> dict[str, str]:
    """Return the docstring below each member or field by its name: Python drops them, so the source is read."""
    pattern = r'^    (\w+)(?:: [^\n]*| = [^\n]*)\n    """(.*?)"""'
    found = re.findall(pattern, inspect.getsource(cls), flags=re.MULTILINE | re.DOTALL)
    return {name: " ".join(text.split()) for name, text in found}
