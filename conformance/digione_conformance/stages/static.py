"""The static stage: what the vendor publishes about each service (rest-1.2 §10), held against ours and the target.

A service has a document of its own, or a part in one for several; what is said of a service is judged in the first
document that speaks of it. OneRoster 1.1 publishes none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import FAMILIES
from digione_conformance.probing.probe import Probe
from digione_conformance.relations.asking import FORBIDDEN, UNAUTHORISED
from digione_conformance.stages.description import Description, described, walked
from digione_sdk.core.endpoints.base import Service
from digione_sdk.openapi.document import service_document

_MOST_PLACES: Final = 6


def _answers(probe: Probe) -> Iterator[Exchange]:
    """Yield the answers of the addresses at which the document may be; with a token only where it needs one."""
    for address in (*probe.claims.openapi, *probe.claims.published(probe.family.service)):
        exchange = probe.ask(Ask("GET", address, "none"))
        if exchange.status in {UNAUTHORISED, FORBIDDEN}:
            exchange = probe.ask(Ask("GET", address))
        yield exchange


def _documents(probe: Probe, answers: Iterable[Exchange]) -> Iterator[tuple[Description, Exchange]]:
    """Yield the documents that speak of the service: what lies at its own address does, another may be about others."""
    own = probe.claims.published(probe.family.service)
    for exchange in answers:
        description = described(exchange) if exchange.ok else None
        if description is not None and (exchange.ask.url in own or _speaks_of(probe, description)):
            yield description, exchange


def _speaks_of(probe: Probe, description: Description) -> bool:
    return any(description.operation(probe.base, endpoint.path) is not None for endpoint in probe.family.core)


def _published(probe: Probe) -> tuple[Description, Exchange]:
    """Return the first document that speaks of the service, and the exchange that holds it.

    Raises:
        Untested: There is none.
    """
    for found in _documents(probe, _answers(probe)):
        return found
    title, rule = probe.family.service.title, probe.family.requirement("OR-*-STAT-001")
    raise Untested(f"no OpenAPI 3 document of {title} is published: see {rule}, or name it in [services] openapi")


@check("OR-*-STAT-001", stage="static", of=FAMILIES)
def the_service_describes_itself(probe: Probe) -> Findings:
    """An OpenAPI 3 document is published, resolves in itself, and has every operation that the profile demands."""
    base, core = probe.base, probe.family.core
    answers = list(_answers(probe))
    probe.examined()
    found = next(_documents(probe, answers), None)
    if found is None:
        seen = ", ".join(str(exchange.status) for exchange in answers)
        title = probe.family.service.title
        yield Finding(f"no OpenAPI 3 document of {title}: the addresses answered {seen}", tuple(answers))
        return
    description, exchange = found
    missing = [e.operation_id for e in core if description.operation(base, e.path) is None]
    probe.examined(len(core))
    if missing:
        yield Finding.at(f"the document lacks {len(missing)} of {len(core)} core operations: {_few(missing)}", exchange)
    broken = sorted(set(description.broken_references()))
    if broken:
        yield Finding.at(f"{len(broken)} references of the document lead nowhere: {_few(broken)}", exchange)


@check("OR-*-STAT-002", stage="static", of=FAMILIES)
def the_document_names_the_real_server(probe: Probe) -> Findings:
    """One of the servers, with the paths below it, is the address at which the target file has the service."""
    description, exchange = _published(probe)
    probe.examined()
    if description.server_of(probe.base) is None:
        key = probe.family.service.name
        yield Finding.at(f"no server of the document leads to [services] {key} of the target file", exchange)


@check("OR-*-STAT-003", stage="static", of=FAMILIES)
def the_document_names_the_real_token_endpoint(probe: Probe) -> Findings:
    """The clientCredentials flow names the token endpoint of the target file, and a scope of its version."""
    description, exchange = _published(probe)
    probe.examined()
    if not description.token_urls:
        yield Finding.at("the document declares no OAuth 2 clientCredentials flow with a tokenUrl", exchange)
    elif probe.claims.token_url not in description.token_urls:
        yield Finding.at("tokenUrl is another address than [services] token_url of the target file", exchange)
    # A gateway may put a prefix of its own before the standard's address.
    ours = [scope.value for scope in type(probe.family.core_scope)]
    if description.scopes and not any(told.endswith(scope) for told in description.scopes for scope in ours):
        yield Finding.at(f"the flow names no scope of this version, as {probe.family.core_scope.value}", exchange)


@check("OR-*-STAT-004", stage="static", of=FAMILIES)
def the_document_describes_the_standard_types(probe: Probe) -> Findings:
    """Vocabularies are texts, and the described core records have the standard's types and required fields."""
    description, exchange = _published(probe)
    booleans = sorted({"/".join(place[-2:]) for place, node in walked(description.document) if _has_booleans(node)})
    probe.examined()
    if booleans:
        yield Finding.at(f"enum holds true/false instead of texts (unquoted YAML?): {_few(booleans)}", exchange)
    base, ours = probe.base, _ours(probe.family.service)
    for endpoint in probe.family.kinds:
        operation = description.operation(base, endpoint.path)
        if operation is None:
            continue
        reference = ours.operation(base, endpoint.path) or {}
        expected, key = _record_of(ours, reference, endpoint.wrapper_key), endpoint.wrapper_key
        theirs = _record_of(description, operation, key)
        departures = list(_departures(ours, expected, description, theirs)) if theirs else [f"no array {key} in a 200"]
        probe.examined()
        if departures:
            yield Finding.at(f"{endpoint.operation_id}: {_few(departures)}", exchange)


@cache
def _ours(service: Service) -> Description:
    return Description(service_document(service), "https://roster.example.org/")


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
