"""`python -m tests.strangers.runs [--whole] [PATTERN ...]`: judge the strangers' servers and write the table as JSON.

A variant is judged whole. A defect is judged until the first requirement notices it, cheap ones first; `--whole` asks
all. A requirement that the base itself does not meet notices nothing. The gradebook of 1.2 is written to. The third
strangers, who are read alone, go by `third/NAME`, the servers of 1.1 by `1.1/NAME`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

from tests.strangers.defects import DEFECTS, LEFT, STRUCK
from tests.strangers.judging import Judged, outcomes
from tests.strangers.later import LATER, WARNED_LATER
from tests.strangers.second import defects as second
from tests.strangers.second import variants as writers
from tests.strangers.second.writer import Writer
from tests.strangers.server import Vendor
from tests.strangers.third import lists as third
from tests.strangers.v1p1 import judging as v1p1_judging
from tests.strangers.v1p1 import lists as v1p1_lists
from tests.strangers.v1p1.server import Old
from tests.strangers.variants import ACCUSED, VARIANTS, WARNED

MET = frozenset({"passed", "inapplicable", "attest"})
NOT_MET = frozenset({"failed", "warning"})
Row = dict[str, str]


@dataclass(frozen=True)
class Company:
    """The servers of one version, and what is on record of them.

    Attributes:
        base: The one that all others are made of.
        legal: Variants of it that keep the standard.
        defects: Those that do not.
        excused: Of all of them, those of which nothing is expected.
        warned: What a legal one earns a warning for, by the ends of ids.
        judge: What judges one.
    """

    base: type[Any]
    legal: Mapping[str, type[Any]]
    defects: Mapping[str, type[Any]]
    excused: Collection[str]
    warned: Mapping[str, Collection[str]]
    judge: Callable[..., Judged]

    @property
    def servers(self) -> Mapping[str, type[Any]]:
        """All of them, by name."""
        return {"base": self.base, **self.legal, **self.defects}

    def is_as_it_should_be(self, name: str, found: Row) -> bool:
        """Whether a defect was noticed or is on record, and a legal server earned the warnings of its own alone."""
        if name in self.excused:
            return True
        if name in self.defects:
            return not NOT_MET.isdisjoint(found.values())
        ends = tuple(self.warned.get(name, ())) or ("nothing",)
        return all(
            outcome == "untested" or (outcome == "warning" and id_.endswith(ends)) for id_, outcome in found.items()
        )


COMPANIES: Mapping[str, Company] = {
    "": Company(
        Vendor, {**VARIANTS, **LATER}, DEFECTS, {*ACCUSED, *STRUCK, *LEFT}, {**WARNED, **WARNED_LATER},
        partial(outcomes, writing=True),
    ),
    "second/": Company(
        Writer, writers.VARIANTS, second.DEFECTS, {*writers.ACCUSED, *second.STRUCK, *second.LEFT}, writers.WARNED,
        partial(outcomes, writing=True),
    ),
    "third/": Company(
        Vendor, third.VARIANTS, third.DEFECTS, {*third.ACCUSED, *third.STRUCK, *third.LEFT}, third.WARNED,
        partial(outcomes, document=True),
    ),
    "1.1/": Company(
        Old, v1p1_lists.VARIANTS, v1p1_lists.DEFECTS, {*v1p1_lists.STRUCK, *v1p1_lists.LEFT}, v1p1_lists.WARNED,
        v1p1_judging.outcomes,
    ),
}  # fmt: skip
"""By what the names begin with."""


def judged(
    name: str, *, company: str, costs: Mapping[str, float] | None, only: tuple[str, ...]
) -> tuple[str, Row, float]:
    """Return how the requirements ended at a server, and the seconds that it took."""
    begun, of = time.monotonic(), COMPANIES[company]
    quick = costs if name in of.defects else None
    try:
        found = {id_: end for id_, (end, _) in of.judge(of.servers[name](), only=only, costs=quick).items()}
    except Exception as error:  # noqa: BLE001 - a run that broke off is a result, and not the end of the others
        found = {"RUN": f"{type(error).__name__}: {error}"}
    return name, {id_: outcome for id_, outcome in found.items() if outcome not in MET}, time.monotonic() - begun


def main(arguments: list[str]) -> int:
    """Judge whatever fits a pattern, all without one, and return 1 where something is not as it should be."""
    patterns = [one for one in arguments if not one.startswith("--")] or ["*"]
    out, table, wrong = Path(os.environ.get("STRANGERS_OUT", "strangers.json")), dict[str, Row](), list[str]()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        for prefix, of in COMPANIES.items():
            names = [name for name in of.servers if any(fnmatchcase(prefix + name, one) for one in patterns)]
            if not names:
                continue
            base = of.judge(of.base())
            costs = None if "--whole" in arguments else {id_: seconds for id_, (_, seconds) in base.items()}
            only = tuple(id_ for id_, (outcome, _) in base.items() if outcome not in NOT_MET)
            one = partial(judged, company=prefix, costs=costs, only=only)
            for name, found, seconds in pool.map(one, names):
                told = " ".join(f"{id_}={outcome}" for id_, outcome in found.items() if outcome != "untested")
                print(f"{seconds:6.1f} {prefix + name:36} {told[:400]}", flush=True)  # noqa: T201 - a program
                table[prefix + name] = found
                out.write_text(json.dumps(table, indent=1), encoding="utf-8")
                wrong += [] if of.is_as_it_should_be(name, found) else [prefix + name]
    print("as it should be" if not wrong else f"not as it should be: {', '.join(wrong)}")  # noqa: T201 - a program
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
