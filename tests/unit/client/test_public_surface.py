"""The package's face lists the whole public surface, loads lazily, and needs httpx and pydantic alone."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import digione_sdk
from digione_sdk import errors
from digione_sdk._async.options import SessionOptions as AsyncSessionOptions
from digione_sdk._sync.options import SessionOptions
from digione_sdk.model import oneroster

OPTIONAL = {
    "typer",
    "rich",
    "jinja2",
    "yaml",
    "jsonschema_rs",
    "starlette",
    "uvicorn",
    "sqlalchemy",
    "duckdb",
    "joserfc",
    "cryptography",
    "oauthlib",
    "hypothesis",
    "schemathesis",
    "digione_conformance",
    "digione_mock_server",
}
RENAMED = {"aclose": "close", "__aiter__": "__iter__", "__aenter__": "__enter__", "__aexit__": "__exit__"}


def imported_for_type_checkers():
    tree = ast.parse(Path(digione_sdk.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    return sorted(
        name.asname or name.name for node in block.body if isinstance(node, ast.ImportFrom) for name in node.names
    )


def test_every_public_name_is_listed_once_and_resolves():
    assert sorted(digione_sdk.__all__) == imported_for_type_checkers()
    for name in digione_sdk.__all__:
        assert getattr(digione_sdk, name).__name__ == name


def test_the_face_names_every_error_and_every_exported_model():
    assert set(errors.__all__) <= set(digione_sdk.__all__)
    assert set(oneroster.__all__) - set(digione_sdk.__all__) <= {"Base"}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = digione_sdk.nonsense


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_the_package_loads_neither_httpx_nor_pydantic():
    assert run("import sys, digione_sdk; print([m for m in ('httpx', 'pydantic') if m in sys.modules])") == "[]"


def test_all_its_names_load_no_optional_package():
    # httpx itself imports rich and click where they are installed, so what it loads is taken off.
    program = (
        "import sys, httpx; before = set(sys.modules); from digione_sdk import *;"
        f"print(sorted({OPTIONAL!r} & (set(sys.modules) - before)))"
    )
    assert run(program) == "[]"


@pytest.mark.parametrize(
    ("options", "session"),
    [(SessionOptions, digione_sdk.Session), (AsyncSessionOptions, digione_sdk.AsyncSession)],
)
def test_the_options_type_lists_what_a_session_takes(options, session):
    assert list(options.__annotations__) == list(inspect.signature(session).parameters)


def test_both_colours_offer_the_same():
    for name in ("DigiOne", "Session", "Listing", "Collection", "ObjectCollection", "EditableCollection"):
        sync, asynchronous = getattr(digione_sdk, name), getattr(digione_sdk, f"Async{name}")
        renamed = {RENAMED.get(attribute, attribute) for attribute in vars(asynchronous)}
        assert renamed == set(vars(sync))
