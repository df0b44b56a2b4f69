"""The first minutes of a newcomer: `make demo` in a fresh clone, and again where all is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from tests.bench.runs import ROOT, Effort
from tests.bench.table import Row

COLD = "clone's first: virtual environment, downloads without any cache, installation, server, run, report"
WARM = "the same clone again: server, run, report"


def measure(effort: Effort) -> Iterator[Row]:
    """Measure a cold demo once and a warm one several times; in a quick bench neither."""
    if not effort.whole:
        yield from _skipped("not in a quick bench")
    elif shutil.which("git") is None or not (ROOT / ".git").exists():
        yield from _skipped("no git checkout to clone from")
    else:
        with tempfile.TemporaryDirectory(prefix="digione-bench-") as folder:
            yield from _timed(Path(folder), effort.times)


def _skipped(why: str) -> Iterator[Row]:
    for temper in ("cold", "warm"):
        yield Row("demo", f"make demo, {temper}", None, unit="s", note=why)


def _timed(folder: Path, times: int) -> Iterator[Row]:
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    # Caches of this machine would make the first demo look like the second.
    bare = {**os.environ, "PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1", "UV_CACHE_DIR": str(folder / "uv")}
    bare.pop("VIRTUAL_ENV", None)
    cold = _seconds(clone, bare)
    yield Row("demo", "make demo, cold", cold, unit="s", note=f"{COLD}; one run, of what is committed")
    warm = [_seconds(clone, bare) for _ in range(times)]
    yield Row("demo", "make demo, warm", median(warm), unit="s", note=f"{WARM}; median of {times}")


def _seconds(clone: Path, environment: Mapping[str, str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        ["make", "demo"],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"bench: make demo ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - began
