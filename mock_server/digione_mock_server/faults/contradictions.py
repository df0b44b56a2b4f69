"""Faults in what records say of one another, and in values that the schema permits and nobody could have meant."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

from digione_mock_server.faults.fault import layer
from digione_sdk.model.base import Json

FAULTS: Final = (
    *layer(
        "serialiser",
        ("titles-end-in-a-line-feed", "plausible", "Titles and names come from a file by lines, and keep their ends."),
        ("years-called-semesters", "plausible", "Sessions of a whole year are of type semester."),
        ("grading-periods-called-terms", "plausible", "Grading periods are of type term."),
        ("open-end-is-9999", "plausible", "An enrolment without an end ends on 9999-12-31."),
        ("role-profile-of-nobody", "plausible", "Roles name a profile that the user does not have."),
        ("grades-joined-in-one", "pitfall 11", "Grades and periods are arrays of one text, in which commas part them."),
        ("birth-date-in-metadata", "plausible", "metadata of users holds their birth date."),
        ("objectives-by-label", "plausible", "Objectives of source case are named T1, T2 and so on."),
        ("percentile-in-permille", "plausible", "scorePercentile is a rank among a thousand."),
        ("results-share-a-class", "plausible", "Every result of a page names the class of the first one."),
    ),
    *layer(
        "auth",
        ("token-refusal-403", "plausible", "The token endpoint refuses bad credentials with 403."),
    ),
)  # fmt: skip

Wire: TypeAlias = dict[str, Json]
_Shape: TypeAlias = Callable[[Wire, type[BaseModel]], Wire]
_LABELLED: Final = frozenset({"title", "name", "familyName"})
_LISTED: Final = frozenset({"grades", "periods"})
_STATUS: Final = 403


def misshapen(wire: Wire, model: type[BaseModel], faults: AbstractSet[str]) -> Wire:
    """Return an object as it contradicts itself, or another one."""
    for fault in sorted(faults & _SHAPES.keys()):
        wire = _SHAPES[fault](wire, model)
    return wire


def mixed_up(rows: Sequence[bytes], model: type[BaseModel], faults: AbstractSet[str]) -> list[bytes]:
    """Return the objects of a page as a template writes them that keeps what it wrote first."""
    if "results-share-a-class" not in faults or model.__name__ != "Result":
        return list(rows)
    wires: list[Wire] = [json.loads(row) for row in rows]
    first = next((wire["class"] for wire in wires if "class" in wire), None)
    mixed = [wire | {"class": first} if "class" in wire else wire for wire in wires]
    return [json.dumps(wire, ensure_ascii=False).encode() for wire in mixed]


def refusal_status(status: int, faults: AbstractSet[str]) -> int:
    """Return the status with which a careless token endpoint refuses."""
    return _STATUS if "token-refusal-403" in faults else status


def _of(*models: str) -> Callable[[_Shape], _Shape]:
    """Let a shape concern objects of these models alone."""

    def bind(shape: _Shape) -> _Shape:
        return lambda wire, model: shape(wire, model) if model.__name__ in models else wire

    return bind


def _change(wire: Wire, **changes: Callable[[Any], Json]) -> Wire:
    return {name: changes[name](value) if name in changes else value for name, value in wire.items()}


def _lines(wire: Wire, _model: type[BaseModel]) -> Wire:
    return {name: f"{value}\n" if name in _LABELLED else value for name, value in wire.items()}


def _joined(wire: Wire, _model: type[BaseModel]) -> Wire:
    return {name: [f"{','.join(value)},"] if name in _LISTED and value else value for name, value in wire.items()}


def _endless(wire: Wire, _model: type[BaseModel]) -> Wire:
    return {"endDate": "9999-12-31"} | wire


def _profiled(roles: list[Wire]) -> Json:
    return [role | {"userProfile": "https://accounts.example.org/nobody"} for role in roles]


def _labelled(groups: list[Wire]) -> Json:
    made = []
    for group in groups:
        ids = {f"T{number}": one for number, one in enumerate(group.get("learningObjectiveIds", ()), 1)}
        results = [
            one | {"learningObjectiveId": f"T{number}"}
            for number, one in enumerate(group.get("learningObjectiveResults", ()), 1)
        ]
        told = {"learningObjectiveIds": list(ids)} if ids else {"learningObjectiveResults": results}
        made.append(group | told | {"source": "case"})
    return made


def _born(wire: Wire, _model: type[BaseModel]) -> Wire:
    kept = wire.get("metadata")
    return wire | {"metadata": (kept if isinstance(kept, dict) else {}) | {"birthDate": "2012-03-04"}}


_SESSIONS: Final = _of("AcademicSession")
_SHAPES: Final[Mapping[str, _Shape]] = {
    "titles-end-in-a-line-feed": _lines,
    "years-called-semesters": _SESSIONS(
        lambda wire, _: _change(wire, type=lambda kind: "semester" if kind == "schoolYear" else kind)
    ),
    "grading-periods-called-terms": _SESSIONS(
        lambda wire, _: _change(wire, type=lambda kind: "term" if kind == "gradingPeriod" else kind)
    ),
    "open-end-is-9999": _of("Enrollment")(_endless),
    "role-profile-of-nobody": _of("User")(lambda wire, _: _change(wire, roles=_profiled)),
    "grades-joined-in-one": _joined,
    "birth-date-in-metadata": _of("User")(_born),
    "objectives-by-label": lambda wire, _: _change(wire, learningObjectiveSet=_labelled),
    "percentile-in-permille": lambda wire, _: _change(wire, scorePercentile=lambda rank: rank * 10),
}
"""What each fault that concerns one object does to it."""
