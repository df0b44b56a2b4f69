"""Importing the SDK loads httpx and pydantic, and no optional package."""

from __future__ import annotations

import subprocess
import sys

OPTIONAL = (
    "typer", "rich", "jinja2", "yaml", "jsonschema_rs", "starlette", "uvicorn", "sqlalchemy", "joserfc", "cryptography",
    "hypothesis", "schemathesis", "pytest", "mkdocs", "digione_conformance", "digione_mock_server",
)  # fmt: skip


def test_importing_the_sdk_loads_no_optional_package() -> None:
    program = f"import sys, digione_sdk; print([name for name in {OPTIONAL!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
