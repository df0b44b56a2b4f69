"""`python -m tests.strangers.runs [--whole] [PATTERN ...]`: judge the stranger's servers and write the table as JSON.

A variant is judged whole. A defect is judged until the first requirement notices it, cheap ones first; `--whole` asks
all. A requirement that the base itself does not meet notices nothing. The gradebook is written to.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from tests.strangers.defects import DEFECTS, LEFT, STRUCK
from tests.strangers.judging import outcomes
from tests.strangers.later import LATER, WARNED_LATER
from tests.strangers.server import Vendor
from tests.strangers.variants import ACCUSED, VARIANTS, WARNED

BASE = "base"
SERVERS: Mapping[str, type[Vendor]] = {BASE: Vendor, **VARIANTS, **LATER, **DEFECTS}
MET = frozenset({"passed", "inapplicable", "attest"})
NOT_MET = frozenset({"failed", "warning"})
Row = dict[str, str]


def judged(name: str, *, costs: Mapping[str, float] | None, only: tuple[str, ...]) -> tuple[str, Row, float]:
    """Return how the requirements ended at a server, and the seconds that it took."""
    begun = time.monotonic()
    quick = costs if name in DEFECTS else None
    try:
        found = {
            id_: outcome
            for id_, (outcome, _) in outcomes(SERVERS[name](), only=only, costs=quick, writing=True).items()
        }
    except Exception as error:  # noqa: BLE001 - a run that broke off is a result, and not the end of the others
        found = {"RUN": f"{type(error).__name__}: {error}"}
    return name, {id_: outcome for id_, outcome in found.items() if outcome not in MET}, time.monotonic() - begun


def main(arguments: list[str]) -> int:
    """Judge whatever fits a pattern, all without one, and return 1 where something is not as it should be."""
    patterns = [one for one in arguments if not one.startswith("--")] or ["*"]
    names = [name for name in SERVERS if any(fnmatchcase(name, pattern) for pattern in patterns)]
    base = outcomes(Vendor(), writing=True)
    costs = None if "--whole" in arguments else {id_: seconds for id_, (_, seconds) in base.items()}
    only = tuple(id_ for id_, (outcome, _) in base.items() if outcome not in NOT_MET)
    out, table = Path(os.environ.get("STRANGERS_OUT", "strangers.json")), dict[str, Row]()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        for name, found, seconds in pool.map(partial(judged, costs=costs, only=only), names):
            told = " ".join(f"{id_}={outcome}" for id_, outcome in found.items() if outcome != "untested")
            print(f"{seconds:6.1f} {name:32} {told[:400]}", flush=True)  # noqa: T201 - a program
            table[name] = found
            out.write_text(json.dumps(table, indent=1), encoding="utf-8")
    wrong = [name for name, found in table.items() if not as_it_should_be(name, found)]
    print("as it should be" if not wrong else f"not as it should be: {', '.join(wrong)}")  # noqa: T201 - a program
    return int(bool(wrong))


def as_it_should_be(name: str, found: Row) -> bool:
    """Whether a defect was noticed or is on record, and a legal server earned no more than the warnings of its own."""
    if name in DEFECTS:
        return name in STRUCK or name in LEFT or not NOT_MET.isdisjoint(found.values())
    warned = (WARNED | WARNED_LATER).get(name, set())
    return name in ACCUSED or all(
        outcome == "untested" or (outcome == "warning" and any(id_.endswith(end) for end in warned))
        for id_, outcome in found.items()
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
