"""The static stage: what the vendor publishes about the service (rest-1.2 §10), held against ours and the target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import collections
from digione_conformance.probing.probe import CORE, Probe
from digione_conformance.relations.asking import FORBIDDEN, UNAUTHORISED
from digione_conformance.stages.description import Description, described, walked
from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.openapi.document import service_document

_MOST_PLACES: Final = 6


def _answers(probe: Probe) -> Iterator[Exchange]:
    """Yield the answers of the addresses at which the document may be; with a token only where it needs one."""
    for address in probe.claims.descriptions:
        exchange = probe.ask(Ask("GET", address, "none"))
        if exchange.status in {UNAUTHORISED, FORBIDDEN}:
            exchange = probe.ask(Ask("GET", address))
        yield exchange


def _published(probe: Probe) -> tuple[Description, Exchange]:
    """Return the first document that is one, and the exchange that holds it.

    Raises:
        Untested: There is none.
    """
    for exchange in _answers(probe):
        description = described(exchange) if exchange.ok else None
        if description is not None:
            return description, exchange
    raise Untested("the target publishes no OpenAPI 3 document: see OR-ROS-STAT-001, or name it in [services] openapi")


@check("OR-ROS-STAT-001", stage="static")
def the_service_describes_itself(probe: Probe) -> Findings:
    """An OpenAPI 3 document is published, resolves in itself, and has every operation that the profile demands."""
    answers = list(_answers(probe))
    probe.examined()
    if not any(exchange.ok and described(exchange) for exchange in answers):
        seen = ", ".join(str(exchange.status) for exchange in answers)
        yield Finding(f"no OpenAPI 3 document below /discovery/: the names answered {seen}", tuple(answers))
        return
    description, exchange = _published(probe)
    base = probe.claims.services["rostering"]
    missing = [e.operation_id for e in CORE if description.operation(base, e.path) is None]
    probe.examined(len(CORE))
    if missing:
        yield Finding.at(f"the document lacks {len(missing)} of {len(CORE)} core operations: {_few(missing)}", exchange)
    broken = sorted(set(description.broken_references()))
    if broken:
        yield Finding.at(f"{len(broken)} references of the document lead nowhere: {_few(broken)}", exchange)


@check("OR-ROS-STAT-002", stage="static")
def the_document_names_the_real_server(probe: Probe) -> Findings:
    """One of the servers, with the paths below it, is the address at which the target file has the service."""
    description, exchange = _published(probe)
    probe.examined()
    if description.server_of(probe.claims.services["rostering"]) is None:
        yield Finding.at("no server of the document leads to [services] rostering of the target file", exchange)


@check("OR-ROS-STAT-003", stage="static")
def the_document_names_the_real_token_endpoint(probe: Probe) -> Findings:
    """The clientCredentials flow names the token endpoint of the target file."""
    description, exchange = _published(probe)
    probe.examined()
    if not description.token_urls:
        yield Finding.at("the document declares no OAuth 2 clientCredentials flow with a tokenUrl", exchange)
    elif probe.claims.token_url not in description.token_urls:
        yield Finding.at("tokenUrl is another address than [services] token_url of the target file", exchange)


@check("OR-ROS-STAT-004", stage="static")
def the_document_describes_the_standard_types(probe: Probe) -> Findings:
    """Vocabularies are texts, and the described core records have the standard's types and required fields."""
    description, exchange = _published(probe)
    booleans = sorted({"/".join(place[-2:]) for place, node in walked(description.document) if _has_booleans(node)})
    probe.examined()
    if booleans:
        yield Finding.at(f"enum holds true/false instead of texts (unquoted YAML?): {_few(booleans)}", exchange)
    base = probe.claims.services["rostering"]
    for endpoint in collections(CORE):
        operation, ours = description.operation(base, endpoint.path), _ours()
        if operation is None or not endpoint.view.whole:
            continue
        reference = ours.operation(base, endpoint.path) or {}
        expected, key = _record_of(ours, reference, endpoint.wrapper_key), endpoint.wrapper_key
        theirs = _record_of(description, operation, key)
        departures = list(_departures(ours, expected, description, theirs)) if theirs else [f"no array {key} in a 200"]
        probe.examined()
        if departures:
            yield Finding.at(f"{endpoint.operation_id}: {_few(departures)}", exchange)


@cache
def _ours() -> Description:
    return Description(service_document(ROSTERING), "https://roster.example.org/")


def _record_of(description: Description, operation: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the schema of one record of a page, empty where the document describes none."""
    array = description.properties(description.envelope(operation)).get(key, {})
    items = array.get("items")
    return description.resolved(items) if isinstance(items, dict) else {}


def _departures(
    ours: Description, expected: Mapping[str, Any], theirs: Description, found: Mapping[str, Any]
) -> Iterator[str]:
    """Yield what would break a client that was generated from the document, or that relies on the standard."""
    declared = theirs.properties(found)
    for name, schema in ours.properties(expected).items():
        if name not in declared:
            if name in expected.get("required", ()):
                yield f"{name} is required and not described"
            continue
        right, given = schema.get("type"), declared[name].get("type")
        if isinstance(given, str) and right and given != right:
            yield f"{name} is described as {given}, not {right}"


def _has_booleans(node: Mapping[str, Any]) -> bool:
    members = node.get("enum")
    return isinstance(members, list) and any(isinstance(member, bool) for member in members)


def _few(names: list[str]) -> str:
    more = len(names) - _MOST_PLACES
    return ", ".join(names[:_MOST_PLACES]) + (f" and {more} more" if more > 0 else "")
