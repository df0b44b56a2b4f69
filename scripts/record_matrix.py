"""Record the kill matrix, and for each requirement an exchange that passes and one that fails, for the documentation.

usage: python scripts/record_matrix.py [--all] [--requirement ID ...] [FAULT ...]

Without arguments it runs what is not on record yet: new faults against everything, new requirements against every
fault. With --all everything is run anew; with --requirement or a fault, that alone. It takes half a minute of a quiet
core for a fault, writes after each, and goes on where it was broken off. The verdicts are those of `digione mutants`;
the exchanges are what a report would show: synthetic people, redacted all the same, under a name of no host.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import re
import sys
import tempfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.checks import load_checks
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.report.excerpt import excerpt
from digione_conformance.report.showing import line
from digione_conformance.running.plan import make_plan
from digione_conformance.running.result import RequirementResult
from digione_conformance.session import certify, opened
from digione_conformance.target.file import load_target
from digione_mock_server.faults import FAULTS
from digione_mock_server.target import write_target
from digione_mock_server.testing import serving

from digione_sdk.cli.matrix import CLEAN, STAGES, Matrix

RECORDED = Path(__file__).resolve().parent / "docs_builders" / "recorded"
PUBLIC = "https://sis.test.example.org"
_MOST_LINES = 24
_NOT_MET = frozenset({Outcome.FAILED, Outcome.WARNING})
_LOCAL = re.compile(r"http://127\.0\.0\.1:\d+")

Run = Mapping[str, tuple[str, dict[str, Any] | None]]
"""By requirement: how it ended, and an exchange to show."""


def run(fault: str, *, only: Collection[str] = ()) -> Run:
    """Run all stages that decide against a server with this fault, or without one, and return what was found."""
    with (
        tempfile.TemporaryDirectory(prefix="digione-recorded-") as folder,
        serving(faults=[fault] if fault else [], control=True) as server,
    ):
        path = Path(folder) / "sut.toml"
        write_target(path, server.settings, server.register, ca_file=None)
        target = load_target(path)
        plan = make_plan(load_catalogue(), load_checks(), claimed=target.profiles, suite="0", only=only, stages=STAGES)
        with opened(target) as through:
            found = certify(through, plan)
            return {one.id: (str(one.outcome), _shown(one, through.recorder)) for one in found.requirements}


def _shown(found: RequirementResult, recorder: Recorder) -> dict[str, Any] | None:
    """Return what a page shows of a requirement that was met or not; None where nothing was decided by an answer."""
    if found.outcome in _NOT_MET:
        finding = next((one for one in found.findings if one.exchanges), None)
        if finding is None:
            return None
        return {"message": line(_public(finding.message)), **_exchange(finding.exchanges[-1], recorder)}
    told = [one for one in found.exchanges if one.status] if found.outcome is Outcome.PASSED else []
    # The last of them is the question that the check came to ask; the first ones read what there is.
    return _exchange(told[-1], recorder) if told else None


def _exchange(exchange: Exchange, recorder: Recorder) -> dict[str, Any]:
    shown = excerpt(exchange, recorder)
    lines = _public(shown.body).splitlines()
    cut = shown.shortened or len(lines) > _MOST_LINES
    return {
        "method": shown.reference.method,
        "url": _public(shown.reference.url),
        "auth": shown.reference.auth,
        "status": shown.reference.status,
        "headers": [[name, _public(value)] for name, value in shown.headers],
        "body": "\n".join([*lines[:_MOST_LINES], *(["…"] if cut else [])]),
    }


def _public(text: str) -> str:
    return _LOCAL.sub(PUBLIC, text)


class Record:
    """The two files, read, changed run by run, and written whole."""

    def __init__(self, folder: Path = RECORDED) -> None:
        self._matrix, self._exchanges = folder / "kill-matrix.json", folder / "exchanges.json"
        old = _read(self._matrix)
        self.clean: dict[str, str] = old.get("clean", {})
        self.killed_by: dict[str, list[str]] = {one["id"]: one["killed_by"] for one in old.get("faults", [])}
        self.partial: set[str] = set(old.get("partial", []))
        """Faults that have not met every requirement yet: they are run again."""
        self.shown: dict[str, Any] = _read(self._exchanges)

    def add(self, fault: str, found: Run, *, only: Collection[str] = ()) -> None:
        """Take over a run; with `only`, what is known of other requirements stays."""
        if fault == CLEAN:
            self.clean = (self.clean if only else {}) | {name: outcome for name, (outcome, _) in found.items()}
            for name, (_, shown) in found.items():
                self.shown.setdefault(name, {})["passing"] = shown
            return
        if not only:
            self.partial.discard(fault)
        killers = [name for name, (outcome, _) in found.items() if outcome in _NOT_MET]
        before = [name for name in self.killed_by.get(fault, []) if only and name not in only]
        self.killed_by[fault] = [name for name in load_catalogue().requirements if name in {*killers, *before}]
        for name in killers:
            pair = self.shown.setdefault(name, {})
            shown = found[name][1]
            if shown and pair.get("failing", {}).get("fault", fault) == fault:
                pair["failing"] = {"fault": fault, **shown}

    def write(self) -> None:
        """Write both files, without what is no longer in the registries."""
        known = load_catalogue().requirements
        self.clean = {name: outcome for name, outcome in self.clean.items() if name in known}
        self.shown = {name: pair for name, pair in self.shown.items() if name in known}
        killed = {
            fault: tuple(name for name in self.killed_by[fault] if name in known)
            for fault in FAULTS
            if fault in self.killed_by
        }
        matrix = Matrix(self.clean, killed, whole=killed.keys() == FAULTS.keys()).as_json()
        _write(self._matrix, matrix | {"partial": sorted(self.partial & killed.keys())})
        _write(self._exchanges, dict(sorted(self.shown.items())))


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _go(record: Record, faults: Iterable[str], only: Collection[str] = ()) -> None:
    for fault in faults:
        print(fault or "no fault", *only, flush=True)
        record.add(fault, run(fault, only=only), only=only)
        record.write()
        gc.collect()  # a run leaves cycles of exchanges behind: half a gigabyte, if nobody asks


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Record the kill matrix and exchanges for the documentation.")
    parser.add_argument("--all", action="store_true", help="run everything anew")
    parser.add_argument("--requirement", action="append", default=[], help="run this requirement against every fault")
    parser.add_argument("faults", nargs="*", help="run these faults")
    options = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)  # faults make the server complain, as they should
    record = Record()
    if options.all:
        record.clean, record.killed_by, record.shown = {}, {}, {}
    decided = {r.id for r in load_catalogue() if r.status == "active" and r.role == "provider"}
    new = options.requirement or (sorted(decided - record.clean.keys()) if record.clean and not options.faults else [])
    if not record.clean:
        _go(record, [CLEAN])
    elif new:
        _go(record, [CLEAN, *(fault for fault in FAULTS if fault in record.killed_by)], new)
    _go(record, options.faults or [f for f in FAULTS if f not in record.killed_by or f in record.partial])
    return 0


if __name__ == "__main__":
    sys.exit(main())
