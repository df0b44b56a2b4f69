"""A suite of two requirements against a fake target, for tests of the commands: its checks and its wire."""

from __future__ import annotations

import json

from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.family import BY_ID

from digione_sdk.core.http import Response
from tests.unit.conformance.fakes import FakeWire

ONE, TWO = "OR-ROS-AAA-001", "OR-ROS-AAA-002"


def passes(probe):
    probe.examined()
    probe.get(BY_ID["getAllUsers"])
    yield from ()


def fails(probe):
    probe.examined()
    yield Finding.at("1 seen, 2 expected", probe.get(BY_ID["getAllUsers"]))


def looks_at_nothing(_probe):
    yield from ()


def rows(request):
    path = request.url.partition("?")[0].rpartition("/")[2]
    return Response(200, {"x-total-count": "1"}, json.dumps({path: [{"sourcedId": "1"}]}).encode())


class FakeTransport:
    """Stands in for the SDK's transport."""

    wire = FakeWire(rows)

    def __init__(self, _connection):
        self.send = self.wire

    def close(self):
        pass
