"""`python -m tests.strangers.runs [PATTERN …]`: judge the stranger's servers, print a line each, write the table as JSON."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

from tests.strangers.judging import outcomes
from tests.strangers.server import Vendor

GREEN = frozenset({"passed", "inapplicable", "attest"})


def server(name: str) -> type[Vendor]:
    """Return the server of a name."""
    from tests.strangers.defects import DEFECTS
    from tests.strangers.variants import VARIANTS

    return {"base": Vendor, **VARIANTS, **DEFECTS}[name]


def judged(name: str) -> tuple[str, Mapping[str, str], float]:
    """Return how the requirements ended at a server, and the seconds."""
    begun = time.monotonic()
    try:
        found = dict(outcomes(server(name)()))
    except Exception as error:  # noqa: BLE001 - a run that ends is a result
        found = {"RUN": f"{type(error).__name__}: {error}"}
    return name, found, time.monotonic() - begun


def main(patterns: list[str]) -> None:
    """Judge whatever fits a pattern."""
    from tests.strangers.defects import DEFECTS
    from tests.strangers.variants import VARIANTS

    names = [n for n in ("base", *VARIANTS, *DEFECTS) if not patterns or any(fnmatchcase(n, p) for p in patterns)]
    table: dict[str, Mapping[str, str]] = {}
    out = Path(os.environ.get("STRANGERS_OUT", "strangers.json"))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        for name, found, seconds in pool.map(judged, names):
            odd = {k: v for k, v in found.items() if v not in GREEN}
            told = " ".join(f"{k}={v[:40]}" for k, v in odd.items() if v != "untested")
            print(
                f"{seconds:6.1f} {name:28} {told} | untested {sum(v == 'untested' for v in odd.values())}", flush=True
            )
            table[name] = odd
            out.write_text(json.dumps(table, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
