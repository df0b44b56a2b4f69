"""The verdict on a reference server that was just started: the same entry points as `digione mutants`, in one call."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from digione_conformance.catalogue.requirement import load_catalogue
from digione_mock_server.target import write_target
from digione_mock_server.testing import serving


@dataclass(frozen=True)
class Judged:
    """How each requirement ended."""

    outcomes: Mapping[str, str]

    def that_are(self, outcome: str, *, level: str | None = None) -> frozenset[str]:
        """Return the ids of the requirements with an outcome, of one level or of all."""
        catalogue = load_catalogue()
        return frozenset(
            id_ for id_, found in self.outcomes.items() if found == outcome and level in {None, catalogue[id_].level}
        )


def judged(*, dialects: Iterable[str] = (), of: str = "", **population: Any) -> Judged:
    """Run the core stage of all claimed profiles against a server with these dialects.

    Args:
        dialects: Names of dialects.
        of: How the ids of the requirements begin that are judged; all without it.
        population: Size, seed and tenants, as `serving` takes them.
    """
    (entry,) = entry_points(group="digione.suite", name="judge")
    judge: Callable[..., Mapping[str, tuple[str, float]]] = entry.load()
    with (
        tempfile.TemporaryDirectory(prefix="digione-judged-") as folder,
        serving(dialects=dialects, control=True, **population) as server,
    ):
        target = Path(folder) / "sut.toml"
        write_target(target, server.settings, server.register, ca_file=None)
        only = [id_ for id_ in load_catalogue().requirements if id_.startswith(of)] if of else ()
        found = {requirement: outcome for requirement, (outcome, _) in judge(target, only=only).items()}
    assert Counter(found.values())["passed"] > len(found) // 2  # a run that decided nothing proves nothing
    return Judged(found)
