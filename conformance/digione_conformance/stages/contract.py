"""The contract stage: requests that a generator makes up from the contract, judged by our own rules.

The core checks ask one thing at a time; here limit, offset, sort, orderBy, filter and fields come together, on every
operation, with values at the edges of what is permitted and beyond. The requests go through the probe like any other,
so they are recorded, paced and replayed, and only GET is ever sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Final

from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, FAMILIES
from digione_conformance.probing.probe import Probe, spread, total_of
from digione_conformance.probing.schema import without_indexes
from digione_conformance.relations.asking import (
    FORBIDDEN,
    NOT_OFFERED,
    OK,
    SERVER_ERROR,
    UNAUTHORISED,
    whole_of,
)
from digione_conformance.relations.parents import parents_of
from digione_conformance.relations.payload import holds_records
from digione_conformance.relations.sampling import equalities, model_fields, scalars
from digione_conformance.stages.schemathesis_shim import Case, generate
from digione_sdk.core.endpoints.base import Service
from digione_sdk.openapi.contract import contract_document
from digione_sdk.openapi.document import service_document

_LEGAL_CASES: Final = 5
_ILLEGAL_CASES: Final = 4
_VALUES: Final = 3
_LIMITS: Final = (2, 1, 100)
_OFFSETS: Final = (0, 1, 1_000_000)
_PARAMETERS: Final = ("limit", "offset", "filter", "fields")
"""Parameters that are made illegal, each on some of the collections, alone: several at once would hide each other."""
_WITHOUT: Final = frozenset({"password", "resources", "agents"})
"""Properties that a server may well keep to itself."""


@dataclass(frozen=True)
class Answered:
    """A generated read and what came back."""

    endpoint: ANY_ENDPOINT
    case: Case
    exchange: Exchange

    @property
    def query(self) -> Mapping[str, str]:
        """The query, of a repeated parameter the last value."""
        return dict(self.case.query)

    def finding(self, what: str) -> Finding:
        """Return a finding that names the operation and the parameters, never their values."""
        names = ", ".join(dict.fromkeys(name for name, _ in self.case.query)) or "no parameter"
        return Finding.at(f"{self.endpoint.operation_id} with {names}: {what}", self.exchange)


# --- what is generated from ------------------------------------------------------------------------------------------


def _values(probe: Probe, endpoint: ANY_ENDPOINT, *, legal: bool) -> Mapping[str, Any] | None:
    """Return what the target's own records offer as values of parameters, or None where there are none."""
    core = probe.family.core
    records = probe.census(whole_of(endpoint)).records if endpoint in (*core, *probe.family.nested) else ()
    if not records:
        return None
    held = {name for record in spread(records, 20) for name in record} - _WITHOUT
    told = probe.family.spoken(endpoint)
    values: dict[str, Any] = {
        "filter": [str(clause) for clause, _ in spread(list(equalities(told, records)), _VALUES)],
        "sort": spread([field.name for field in scalars(told) if field.name in held], _VALUES),
        "fields": spread([f.wire_name for f in model_fields(told).values() if f.wire_name in held], _VALUES),
    }
    if legal:
        values |= {"limit": [limit for limit in _LIMITS if limit <= probe.claims.page_size], "offset": _OFFSETS}
    if endpoint.path_parameters:
        if endpoint.is_collection:
            paths = parents_of(probe, endpoint, 1)
        else:
            whole = next(e for e in core if e.path == endpoint.path.rpartition("/")[0])
            paths = [{"sourcedId": key} for key in probe.census(whole).ids[:1]]
        if not paths:
            return None
        values |= paths[0]
    return values


def _offered(probe: Probe, *, legal: bool) -> dict[ANY_ENDPOINT, Mapping[str, Any]]:
    """Return the operations that can be asked, each with the values that the target's own records offer."""
    described = probe.family.operations if legal else probe.family.collections
    return {e: values for e in described if (values := _values(probe, e, legal=legal)) is not None}


def _document(service: Service, offered: Mapping[ANY_ENDPOINT, Mapping[str, Any]], *, legal: bool) -> dict[str, Json]:
    """Return the contract with the free texts replaced by values that the target holds.

    A path parameter is replaced by its own name: the generator encodes some characters of a path and leaves others,
    and an id may hold any.
    """
    document = contract_document(service_document(service, endpoints=offered), endpoints=offered)
    for (endpoint, values), illegal in zip(offered.items(), cycle(_PARAMETERS), strict=False):
        operation = document["paths"][endpoint.path]["get"]
        for parameter in operation["parameters"]:
            _enumerate(parameter, {**values, **{name: name for name in endpoint.path_parameters}})
        if not legal:
            operation["parameters"] = [
                parameter for parameter in operation["parameters"] if parameter["name"] == illegal
            ]
    return document


def _enumerate(parameter: dict[str, Json], values: Mapping[str, Any]) -> None:
    name = parameter["name"]
    if name == "fields":
        parameter["schema"]["items"]["enum"] = list(values["fields"])
    elif name in values:
        offered = values[name]
        parameter["schema"] = {"enum": [offered] if isinstance(offered, str) else list(offered)}


def _rotated(cases: Sequence[Case], start: int, count: int) -> tuple[Case, ...]:
    """Return `count` cases at even distances from `start` on, so that over all operations every kind has its turn."""
    size = len(cases)
    taken = range(min(count, size))
    return tuple(cases[(start + index * size // len(taken)) % size] for index in taken)


def _answered(probe: Probe, *, legal: bool) -> Iterator[Answered]:
    """Ask the generated reads, and yield those of operations that the target offers.

    Raises:
        CantTell: The generator is missing, or the target is too busy.
    """
    family, offered = probe.family, _offered(probe, legal=legal)
    if not offered:
        return
    document = _document(family.service, offered, legal=legal)
    cases = probe.shared(("contract", family.name, str(legal)), lambda: generate(document, legal=legal))
    for index, endpoint in enumerate(family.operations):
        made = cases.get(endpoint.operation_id, ())
        for case in _rotated(made, index, _LEGAL_CASES if legal else _ILLEGAL_CASES):
            path = {name: offered[endpoint][name] for name, _ in case.path}
            exchange = probe.get(endpoint, path=path, query=case.query)
            if endpoint not in family.core and exchange.status in {*NOT_OFFERED, UNAUTHORISED, FORBIDDEN}:
                break  # nested reads and demographics are optional
            yield Answered(endpoint, case, exchange)


# --- what is judged --------------------------------------------------------------------------------------------------


@check("OR-*-CONT-001", stage="contract")
def legal_reads_are_answered(probe: Probe) -> Findings:
    """Every generated combination of permitted parameters is answered 200."""
    for answered in _answered(probe, legal=True):
        probe.examined()
        if OK != answered.exchange.status < SERVER_ERROR:
            yield answered.finding(f"answered {answered.exchange.status}, expected 200")


@check("OR-*-CONT-002", stage="contract")
def answers_obey_the_schema(probe: Probe) -> Findings:
    """Every 200 obeys the schema of its operation; under `fields` the properties left out are not missed."""
    for answered in _answered(probe, legal=True):
        if answered.exchange.status != OK:
            continue
        probe.examined()
        errors = probe.schema_errors(answered.endpoint, answered.exchange.json)
        if "fields" in answered.query:
            errors = tuple(error for error in errors if not _is_left_out(answered.endpoint, error))
        errors = tuple(error for error in errors if not _is_judged_elsewhere(error))
        if errors:
            yield answered.finding(f"the body departs from the schema at {without_indexes(errors[0])}")


@check("OR-*-CONT-003", stage="contract")
def nothing_ends_in_a_server_error(probe: Probe) -> Findings:
    """No generated read, permitted or not, ends in 5xx, and no refusal carries records."""
    for legal in (True, False):
        for answered in _answered(probe, legal=legal):
            probe.examined()
            exchange = answered.exchange
            if exchange.status >= SERVER_ERROR:
                yield answered.finding(f"answered {exchange.status}")
            elif not exchange.ok and holds_records(exchange.json):
                yield answered.finding(f"a refusal with {exchange.status} carries records")


@check("OR-*-CONT-004", stage="contract")
def answers_say_that_they_are_json(probe: Probe) -> Findings:
    """Every 200 is JSON and says so."""
    for answered in _answered(probe, legal=True):
        exchange = answered.exchange
        if exchange.status != OK:
            continue
        probe.examined()
        kind = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not exchange.is_json or not (kind == "application/json" or kind.endswith("+json")):
            yield answered.finding("200 without application/json" if exchange.is_json else "200 that is no JSON")


@check("OR-*-CONT-005", stage="contract", of=FAMILIES)
def illegal_reads_are_not_guessed_at(probe: Probe) -> Findings:
    """A limit or offset that is no number, a filter that is no clause and fields that do not exist are refused."""
    for answered in _answered(probe, legal=False):
        ((name, value), *repeats) = answered.case.query or (("", ""),)
        if repeats or not _is_senseless(answered.endpoint, name, value):
            continue
        probe.examined()
        if answered.exchange.ok and holds_records(answered.exchange.json):
            yield answered.finding("a senseless value got records, expected a refusal")


@check("OR-*-CONT-006", stage="contract")
def pages_lie_in_their_window(probe: Probe) -> Findings:
    """Under every combination a page has at most `limit` records, and none where offset is past X-Total-Count."""
    for answered in _answered(probe, legal=True):
        exchange = answered.exchange
        if exchange.status != OK or not answered.endpoint.is_collection or not isinstance(exchange.json, dict):
            continue
        rows = exchange.json.get(answered.endpoint.wrapper_key)
        if not isinstance(rows, list):
            continue
        probe.examined()
        limit, offset, total = answered.query.get("limit"), int(answered.query.get("offset", "0")), total_of(exchange)
        if limit is not None and len(rows) > int(limit):
            yield answered.finding(f"{len(rows)} records on a page of at most {limit}")
        elif total is not None and len(rows) > max(0, total - offset):
            yield answered.finding(f"{len(rows)} records from offset {offset} of a list of {total}")


def _is_left_out(endpoint: ANY_ENDPOINT, error: str) -> bool:
    """Whether an error only says that a property of the record itself is missing."""
    place, _, keyword = error.partition(": ")
    depth = 2 if endpoint.is_collection else 1
    return keyword.startswith("required") and len(place.split("/")) == depth


def _is_judged_elsewhere(error: str) -> bool:
    # A relative href (OR-ROS-REF-002) and keys beside the wrapper (OR-ROS-SHAPE-001) hurt few consumers.
    return error.endswith("href: format") or error.startswith("(body): additionalProperties")


def _is_senseless(endpoint: ANY_ENDPOINT, name: str, value: str) -> bool:
    """Whether no reading of a value makes sense: edges such as limit=0 or an empty text are left to other checks."""
    if name in {"limit", "offset"}:
        return not value.strip() or not value.lstrip("+").isdigit()
    if name == "fields":
        known = {facts.wire_name for facts in model_fields(endpoint).values()}
        return bool(value.strip()) and known.isdisjoint(value.split(","))
    return name == "filter" and bool(value.strip()) and "'" not in value
