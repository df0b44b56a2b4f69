"""`python -m tests.bench [PART]... [--quick] [--json]`: prints ratios measured in one run, each with its target.

Ratios travel, absolute figures do not. A figure beyond its target is printed, not an error: a busy machine makes one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping

from tests.bench import bulk, client, decode, demo, rostering, server, synchronise
from tests.bench.runs import FULL, QUICK, Effort
from tests.bench.table import Row, table

PARTS: Mapping[str, Callable[[Effort], Iterator[Row]]] = {
    "decode": decode.measure,
    "client": client.measure,
    "server": server.measure,
    "demo": demo.measure,
    "rostering": rostering.measure,
    "synchronise": synchronise.measure,
    "bulk": bulk.measure,
}


def main() -> int:
    """Measure the parts named, by default all, and print their rows."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="one per cent of the size, once: shows that it runs")
    parser.add_argument("--json", action="store_true", help="print rows for machines")
    options = parser.parse_args()
    if unknown := set(options.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    for name in options.parts or PARTS:
        say(f"bench: {name} ...")
        rows += PARTS[name](QUICK if options.quick else FULL)
    print_rows(rows, as_json=options.json)
    return 0


def print_rows(rows: list[Row], *, as_json: bool) -> None:
    """Print what was measured, and on what."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at the end"
    if as_json:
        sys.stdout.write(json.dumps({"machine": machine, "rows": [row.as_json() for row in rows]}, indent=2) + "\n")
    else:
        sys.stdout.write(f"{table(rows)}\n\n{machine}\n")


def say(text: str) -> None:
    """Tell who waits, and not who reads the table."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
