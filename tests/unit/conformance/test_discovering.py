"""A run without a file finds the services that describe themselves beside its address, and believes nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from digione_conformance.commands.discovering import Found, discovered

from digione_sdk.core.endpoints import SERVICES
from digione_sdk.core.endpoints.base import Service
from digione_sdk.core.http import Request, Response
from digione_sdk.errors import ConnectionFailed
from digione_sdk.openapi.discovery import discovery_document

ROOT = "https://sis.invalid/prefix"
TOKEN_URL = "https://sis.invalid/token"
ALL = {service.name: ROOT + service.base_path for service in SERVICES}


def document(service: Service, **more: Any) -> bytes:
    found = discovery_document(service, server_url=ROOT + service.base_path, token_url=TOKEN_URL)
    return json.dumps({**found, **more}).encode()


class Host:
    """Publishes these bodies, and remembers what it was asked."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        self.bodies = bodies
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        body = self.bodies.get(request.url)
        return Response(404, {}, b"") if body is None else Response(200, {}, body)


def host(*services: Service, second_name: bool = False) -> Host:
    return Host(
        {f"{ALL[it.name]}/discovery/{it.discovery_names[second_name]}": document(it) for it in services or SERVICES}
    )


@pytest.mark.parametrize("second_name", [False, True])
@pytest.mark.parametrize("base", [ROOT, f"{ROOT}/", *ALL.values()])
def test_any_of_the_addresses_leads_to_all_services(base: str, second_name: bool) -> None:
    asked = host(second_name=second_name)
    found = discovered(base, asked)
    assert found.services == ALL
    assert found.token_url == TOKEN_URL
    assert all(request.method == "GET" and "Authorization" not in request.headers for request in asked.asked)


def test_a_service_that_describes_nothing_is_named_by_its_own_address_alone() -> None:
    assert discovered(ALL["gradebook"], Host({})) == Found("gradebook", {"gradebook": ALL["gradebook"]})


def test_an_address_that_ends_otherwise_is_taken_for_the_roster() -> None:
    assert discovered("https://sis.invalid/api", Host({})).services == {"rostering": "https://sis.invalid/api"}


def test_a_bare_host_that_describes_nothing_is_what_stands_before_ims() -> None:
    found = discovered("https://sis.invalid/", Host({})).services
    assert found == {"rostering": "https://sis.invalid/ims/oneroster/rostering/v1p2"}


def test_an_address_of_1_1_stays_beside_what_is_found() -> None:
    base = f"{ROOT}/ims/oneroster/v1p1"
    assert discovered(base, host()).services == {**ALL, "oneroster_1_1": base}


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"openapi": "3.1.0", "paths": {}}'])
def test_what_describes_no_operation_of_the_service_is_no_document(body: bytes) -> None:
    service = SERVICES[1]
    asked = host(SERVICES[0])
    asked.bodies[f"{ALL[service.name]}/discovery/{service.discovery_names[0]}"] = body
    assert list(discovered(ROOT, asked).services) == ["rostering"]


def test_a_token_endpoint_on_another_host_is_not_trusted_with_the_secret() -> None:
    service = SERVICES[0]
    content = discovery_document(service, server_url=ALL["rostering"], token_url="https://elsewhere.invalid/token")
    url = f"{ALL['rostering']}/discovery/{service.discovery_names[0]}"
    assert discovered(ROOT, Host({url: json.dumps(content).encode()})).token_url is None


def test_where_nobody_answers_one_request_is_enough() -> None:
    asked = []

    def nobody(request: Request) -> Response:
        asked.append(request)
        raise ConnectionFailed("nobody")

    assert list(discovered(ROOT, nobody).services) == ["rostering"]
    assert len(asked) == 1
