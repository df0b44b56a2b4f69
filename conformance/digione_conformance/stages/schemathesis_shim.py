"""The only place that knows schemathesis: it makes up requests, and nothing else.

It sends nothing and judges nothing here. Its coverage phase is a pure function of a document in which every free text
is an enumeration, so the same document gives the same requests in every run, on every machine with this version.
Anything but a plain GET is dropped: a generator told to include GET alone has been seen to send seven other methods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from digione_conformance.catalogue.undecided import CantTell
from digione_conformance.evidence.exchange import Json
from digione_conformance.stages.leaving import leave_no_folder

_SEED: Final = 1


@dataclass(frozen=True)
class Case:
    """One made-up read.

    Attributes:
        operation_id: The operation it is for.
        path: Path parameters by name.
        query: Query parameters, in order, a repeated one several times.
    """

    operation_id: str
    path: tuple[tuple[str, str], ...]
    query: tuple[tuple[str, str], ...]


def generate(document: dict[str, Json], *, legal: bool) -> Mapping[str, tuple[Case, ...]]:
    """Return the cases of each GET operation of an OpenAPI document, without repeats, in the generator's order.

    Args:
        document: What to generate from.
        legal: Whether every parameter obeys its schema; otherwise at least one does not.

    Raises:
        CantTell: schemathesis is not installed.
    """
    leave_no_folder()
    try:
        import schemathesis
        from schemathesis.core.result import Ok
        from schemathesis.generation import GenerationMode
    except ImportError:
        raise CantTell("the contract stage needs schemathesis: pip install 'digione-sdk[conformance]'") from None
    mode = GenerationMode.POSITIVE if legal else GenerationMode.NEGATIVE
    config = schemathesis.Config.from_dict({
        "seed": _SEED,
        "workers": 1,
        "generation": {"mode": mode.value, "database": "none"},
        "phases": {"coverage": {"unexpected-methods": []}},
    })  # fmt: skip
    schema = schemathesis.openapi.from_dict(document, config=config)
    found: dict[str, tuple[Case, ...]] = {}
    for outcome in schema.get_all_operations():
        if not isinstance(outcome, Ok):
            continue  # the document is ours; what it cannot read is not asked
        operation = outcome.ok()
        cases = schema.iter_coverage_cases(
            operation, generation_modes=[mode], generation_config=schema.config.generation_for(operation=operation)
        )
        name = operation.definition.raw["operationId"]
        reads = (_read(name, case) for case in cases if _is_plain_get(case))
        found[name] = tuple(dict.fromkeys(reads))
    return found


def _is_plain_get(case: Any) -> bool:
    return case.method.upper() == "GET" and not case.headers and not case.cookies


def _read(operation_id: str, case: Any) -> Case:
    path = tuple((name, str(value)) for name, value in (case.path_parameters or {}).items())
    return Case(operation_id, path, tuple(_pairs(case.query or {})))


def _pairs(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in query.items():
        for each in value if isinstance(value, list) else [value]:
            yield name, str(each)
