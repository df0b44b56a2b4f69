"""Record the kill matrix, and for each requirement an exchange that passes and one that fails, for the documentation.

usage: python scripts/record_matrix.py [--all] [--idle] [--anew] [--requirement PATTERN ...]
       [--into FOLDER] [FAULT ...]

Each fault keeps on record which requirements it has met, and in which version of their checks. Without arguments every
fault meets what it has not met yet, or what has changed since; a fault or a requirement (`OR-GRB-*`) narrows that, and
--anew repeats it. With --idle only those meet that may tell whether a check is idle: requirements that noticed nothing
yet, and the faults that the same rule noticed in another service. With --all everything is forgotten first.

It is written after each fault, and goes on where it was broken off. A fault that meets everything takes twenty seconds
of a processor, the whole matrix more than two hours. The verdicts are those of `digione mutants`; the exchanges are
what a report would show: synthetic people, redacted all the same, under a name of no host.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import logging
import re
import sys
import tempfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from digione_conformance.catalogue.requirement import Requirement, layer_of, load_catalogue
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

from digione_sdk.cli.matrix import CLEAN, STAGES, Matrix, admits

from fingerprints import fingerprint  # isort: skip  # beside this script

RECORDED = Path(__file__).resolve().parent / "docs_builders" / "recorded"
PUBLIC = "https://sis.test.example.org"
_MOST_LINES = 24
_NOT_MET = frozenset({Outcome.FAILED, Outcome.WARNING})
_LOCAL = re.compile(r"http://127\.0\.0\.1:\d+")
_RULE = re.compile(r"-[A-Z0-9]+-\d+$")

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
    """The two files, read, changed run by run, and written whole.

    Attributes:
        clean: Outcome by requirement on the server without faults.
        killed_by: Requirements by fault.
        met: By fault, without one too, the requirements that it has met, and the version of their checks.
        shown: By requirement, an exchange that passes and one that fails.
    """

    def __init__(self, folder: Path = RECORDED) -> None:
        self._matrix, self._exchanges = folder / "kill-matrix.json", folder / "exchanges.json"
        old = _read(self._matrix)
        batches: dict[str, dict[str, str]] = old.get("batches", {})
        self.clean: dict[str, str] = old.get("clean", {})
        self.killed_by: dict[str, list[str]] = {one["id"]: one["killed_by"] for one in old.get("faults", [])}
        self.met = {fault: dict(batches[batch]) for fault, batch in old.get("met", {}).items()}
        self.shown: dict[str, Any] = _read(self._exchanges)

    def outstanding(self, fault: str, current: Mapping[str, str]) -> list[str]:
        """Return which of these requirements a fault has not met in this version of their checks."""
        met = self.met.get(fault, {})
        return [name for name, version in current.items() if met.get(name) != version]

    def idle(self) -> set[str]:
        """Return the requirements by which no fault on record was noticed, or none of which an exchange is shown."""
        noticing = set[str]().union(*self.killed_by.values())
        return {one.id for one in _decided() if not (one.id in noticing and self.shown.get(one.id, {}).get("failing"))}

    def add(self, fault: str, found: Run, versions: Mapping[str, str]) -> None:
        """Take over what a fault met; what is known of other requirements stays."""
        self.met[fault] = self.met.get(fault, {}) | {name: versions[name] for name in found if name in versions}
        if fault == CLEAN:
            self.clean |= {name: outcome for name, (outcome, _) in found.items()}
            for name, (_, shown) in found.items():
                self.shown.setdefault(name, {})["passing"] = shown
            return
        for name in found:
            if self.shown.get(name, {}).get("failing", {}).get("fault") == fault:
                del self.shown[name]["failing"]  # it may notice this fault no longer
        killers = {name for name, (outcome, _) in found.items() if outcome in _NOT_MET}
        before = set(self.killed_by.get(fault, [])) - found.keys()
        self.killed_by[fault] = [name for name in load_catalogue().requirements if name in killers | before]
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
        clean = {name: self.clean[name] for name in known if name in self.clean}
        matrix = Matrix(clean, killed, whole=killed.keys() == FAULTS.keys()).as_json()
        _write(self._matrix, matrix | self._batches(known))
        _write(self._exchanges, dict(sorted(self.shown.items())))

    def _batches(self, known: Collection[str]) -> Mapping[str, Any]:
        """Return who met what: most faults have met the same, so that each lot of requirements stands there once."""
        met, batches = dict[str, str](), dict[str, dict[str, str]]()
        for fault in (CLEAN, *FAULTS):
            if fault in self.met:
                lot = {name: self.met[fault][name] for name in known if name in self.met[fault]}
                met[fault] = hashlib.sha256(json.dumps(lot).encode()).hexdigest()[:8]
                batches[met[fault]] = lot
        return {"met": met, "batches": batches}


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _decided() -> list[Requirement]:
    """Return the requirements of providers that checks decide, without what named consumers alone demand."""
    return [
        one
        for one in load_catalogue()
        if one.status == "active"
        and one.role == "provider"
        and one.verification == "auto"
        and {layer_of(profile) for profile in one.profiles} != {"consumers"}
    ]


def likely(record: Record, wanted: Collection[str]) -> dict[str, list[str]]:
    """Return, by fault, the idle ones among these requirements that the fault may be noticed by.

    A fault is tried that it noticed before, or the same rule in another service: that of `OR-GRB-PAGE-004` is the rule
    of `OR-ROS-PAGE-004`.
    """
    tried: dict[str, list[str]] = {}
    for name in sorted(record.idle().intersection(wanted)):
        rule = _RULE.search(name)
        alike = [
            fault
            for fault, killers in record.killed_by.items()
            if rule and any(killer.endswith(rule[0]) for killer in killers) and name not in record.met.get(fault, {})
        ]
        # One that many rules notice tells most at once.
        known = record.killed_by
        for fault in sorted(alike, key=lambda fault: (name not in known[fault], -len(known[fault])))[:1]:
            tried.setdefault(fault, []).append(name)
    return tried


def _go(record: Record, tasks: Iterable[tuple[str, Collection[str]]], versions: Mapping[str, str]) -> None:
    for fault, only in tasks:
        print(fault or "no fault", f"meets {len(only)} requirements", flush=True)
        record.add(fault, run(fault, only=only), versions)
        record.write()
        gc.collect()  # a run leaves cycles of exchanges behind: half a gigabyte, if nobody asks


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Record the kill matrix and exchanges for the documentation.")
    parser.add_argument("--all", action="store_true", help="forget what is on record")
    parser.add_argument("--idle", action="store_true", help="try idle requirements where they may notice something")
    parser.add_argument("--anew", action="store_true", help="repeat what is on record")
    parser.add_argument("--requirement", action="append", default=[], help="these requirements only, by pattern")
    parser.add_argument("--into", type=Path, default=RECORDED, metavar="FOLDER", help="read and write the record there")
    parser.add_argument("faults", nargs="*", help="these faults only")
    options = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)  # faults make the server complain, as they should
    record = Record(options.into)
    if options.all:
        record.clean, record.killed_by, record.met, record.shown = {}, {}, {}, {}
    if unknown := set(options.faults) - FAULTS.keys():
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    registry = load_checks()
    ids = [one.id for one in _decided()]
    wanted = [one for one in ids if not options.requirement or admits(options.requirement, one)]
    versions = {one: fingerprint(one, registry) for one in wanted}
    if options.idle:
        while tasks := likely(record, wanted):
            _go(record, tasks.items(), versions)
        if only := sorted(set(wanted) - record.idle() - record.clean.keys()):
            _go(record, [(CLEAN, only)], versions)
        return 0
    for fault in options.faults or (CLEAN, *FAULTS):
        if only := list(versions) if options.anew else record.outstanding(fault, versions):
            _go(record, [(fault, only)], versions)
    return 0


if __name__ == "__main__":
    sys.exit(main())
