"""The synchronous client is what the script makes of the asynchronous one, and the script knows every name."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def unasync():
    spec = importlib.util.spec_from_file_location("unasync", ROOT / "scripts" / "unasync.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_modules_are_fresh():
    done = subprocess.run(
        [sys.executable, "scripts/unasync.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("async def f():\n    await g()\n", "def f():\n    g()\n"),
        ("async with a, b:\n    pass\n", "with a, b:\n    pass\n"),
        ("rows = [row async for row in aiter(x)]\n", "rows = [row for row in iter(x)]\n"),
        ('text = f"{await g()} now"\n', 'text = f"{g()} now"\n'),
        ("def f() -> AsyncIterator[int]: ...\n", "def f() -> Iterator[int]: ...\n"),
        ('"""An AsyncSession; use async for."""\n', '"""An Session; use for."""\n'),
        ("from digione_sdk._async.x import y\n", "from digione_sdk._async.x import y\n".replace("_async", "_sync")),
    ],
)
def test_each_form_is_turned(unasync, source, expected):
    banner, _, text = unasync.turned(source, origin="x.py").partition("\n")
    assert text == expected
    assert "x.py" in banner


@pytest.mark.parametrize("name", ["AsyncSomething", "async_work", "asyncio", "__aother__ = asynccontextmanager"])
def test_a_name_that_is_not_in_the_table_stops_the_run(unasync, name):
    with pytest.raises(unasync.ColourError, match=r"x\.py:1"):
        unasync.turned(f"{name}\n", origin="x.py")


def test_every_entry_of_the_table_is_used(unasync):
    sources = "\n".join(source.read_text(encoding="utf-8") for source, _ in unasync.pairs())
    assert [name for name in unasync.NAMES if name not in sources] == []
