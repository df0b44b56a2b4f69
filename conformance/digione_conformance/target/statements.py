"""What a person may state under `[attest]`: answers to the requirements that ask for one, and to no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from digione_conformance.catalogue.requirement import Catalogue, Requirement


def objections(stated: Iterable[str], known: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield each id that nobody is asked to state, with the reason: such a statement would be read and never shown."""
    for name in stated:
        requirement = known.requirements.get(name)
        if requirement is None:
            yield name, f"the catalogue has no such requirement{_nearest(name, known)}"
        elif requirement.status != "active":
            yield name, f"the requirement is {requirement.status}, so that nothing is to be stated"
        elif not _is_stated(requirement):
            yield name, "a check decides the requirement, so that nothing is to be stated"


def _is_stated(requirement: Requirement) -> bool:
    return requirement.verification != "auto"


def _nearest(name: str, known: Catalogue) -> str:
    ids = [one.id for one in known if one.status == "active" and _is_stated(one)]
    near = get_close_matches(name, ids, n=1)
    return f"; did you mean {near[0]}?" if near else ""
