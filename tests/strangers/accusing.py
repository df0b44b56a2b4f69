"""What a verdict says of a server that it is not due: each company of strangers asks it of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def undue(verdict: Mapping[str, tuple[str, float]], due: Collection[str]) -> dict[str, str]:
    """Return the requirements that a legal server is said not to meet, or not to be sure of, each with its outcome.

    Args:
        verdict: How each requirement ended; most must be met, for a run that decided nothing is no proof.
        due: How the ids end of which a warning is due.
    """
    found = {id_: outcome for id_, (outcome, _) in verdict.items()}
    assert sum(outcome == "passed" for outcome in found.values()) > len(found) // 2
    return {
        id_: outcome
        for id_, outcome in found.items()
        if outcome in {"failed", "cantTell"} or (outcome == "warning" and not any(id_.endswith(end) for end in due))
    }
