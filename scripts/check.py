"""Run every tool that must agree with a commit, side by side, and print what each one says when it does not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Tool:
    """One tool: what it holds, and how it is called."""

    holds: str
    command: tuple[str, ...]
    needs: str | None = None
    """A program without which the tool is skipped, with that reason printed."""


TOOLS = (
    Tool("formatting", ("ruff", "format", "--check", "--quiet", ".")),
    Tool("lint", ("ruff", "check", "--quiet", ".")),
    Tool("types (mypy, strict)", ("mypy",)),
    Tool("types of the public surface (pyright)", ("pyright",), needs="node"),
    Tool("architecture", ("lint-imports", "--no-cache")),
    Tool("generated: specs", ("python", "scripts/build_specs.py", "--check")),
    Tool("generated: sync client", ("python", "scripts/unasync.py", "--check")),
    Tool("generated: documentation pages", ("python", "scripts/docs_pages.py", "--check")),
)


def run(tool: Tool) -> tuple[Tool, int | None, str]:
    """Run a tool; the status is None where it was skipped."""
    if tool.needs and not shutil.which(tool.needs):
        return tool, None, f"{tool.needs} is not on this machine"
    program, *rest = tool.command
    environment = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    done = subprocess.run(
        [str(BIN / program), *rest], cwd=ROOT, capture_output=True, text=True, check=False, env=environment
    )
    return tool, done.returncode, done.stdout + done.stderr


def main() -> int:
    """Print a line a tool and return 1 if any of them objects."""
    red = False
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for tool, status, said in pool.map(run, TOOLS):
            word = "skipped" if status is None else "ok" if status == 0 else "RED"
            print(f"{word:8}{tool.holds}" + (f": {said}" if status is None else ""), flush=True)
            if status:
                red = True
                print(said, flush=True)
    return int(red)


if __name__ == "__main__":
    sys.exit(main())
