"""The kill matrix of CSV: each fault of the reference exporter in a package of its own, held against every rule.

A rule that finds anything in the package has killed the fault. A package that is refused unread is found out too: that
refusal stands in the matrix as one more check, `unreadable`. No server is needed, so every rule is held against every
fault each time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from digione_sdk.cli.installed import loaded
from digione_sdk.cli.matrix import Matrix
from digione_sdk.errors import PackageError

UNREADABLE: Final = "unreadable"


def export_faults() -> tuple[str, ...]:
    """Return the ids of all export faults."""
    return tuple(loaded("digione.reference_server", "export_faults"))


def packages(faults: Sequence[str], *, every: bool, admitted: Mapping[str, str]) -> Matrix:
    """Hold every rule against packages with these faults, and against one without any of each version and mode.

    Args:
        faults: Ids of export faults.
        every: Whether they are all that there are: only then a rule can be called idle.
        admitted: What is on record as open.
    """
    from digione_sdk.bulk import Mode, Version
    from digione_sdk.bulk.catalogue import rules

    clean = dict.fromkeys((*map(str, rules()), UNREADABLE), "passed")
    for version in Version:
        for mode in (Mode.BULK, Mode.DELTA):
            for name in _noticed(None, version=version, mode=mode):
                clean[name] = "failed"
    killed_by = {fault: _killers(fault, clean) for fault in faults}
    return Matrix(clean, killed_by, whole=every, admitted=admitted)


def _killers(fault: str, clean: Mapping[str, str]) -> tuple[str, ...]:
    found = _noticed(fault)
    return tuple(name for name in clean if name in found and clean[name] == "passed")


def _noticed(fault: str | None, **sample: Any) -> frozenset[str]:
    """Return the rules that find something in a package."""
    from digione_sdk.bulk import validate

    write = loaded("digione.reference_server", "write_export")
    with tempfile.TemporaryDirectory(prefix="digione-mutants-") as folder:
        path = Path(folder) / "roster.zip"
        version = write(path, fault=fault, **sample)
        try:
            return frozenset(map(str, validate(path, version=version, keep=1).counts))
        except PackageError:
            return frozenset({UNREADABLE})
