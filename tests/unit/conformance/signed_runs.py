"""Runs against a fake target, on disk as `digione run` leaves them, for the tests of certificates."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from digione_conformance.catalogue.consumers import NamedConsumer
from digione_conformance.catalogue.requirement import Catalogue
from digione_conformance.certificate.canonical import canonical
from digione_conformance.certificate.envelope import Envelope
from digione_conformance.certificate.issuing import issue
from digione_conformance.certificate.keys import PrivateKey, make_key
from digione_conformance.probing.check import Registry
from digione_conformance.running.plan import make_plan
from digione_conformance.session import certify, opened, write_reports

from digione_sdk.core.http import Response
from tests.unit.conformance.fakes import PROFILE, FakeWire, catalogue, check, requirement, target
from tests.unit.conformance.suite import passes

MUST, SHOULD = "OR-ROS-AAA-001", "OR-ROS-AAA-002"
CATALOGUE = catalogue(requirement(MUST), requirement(SHOULD, "SHOULD"))
PRODUCT = "consumer-product"
CONSUMER = NamedConsumer.model_validate(
    {
        "id": PRODUCT,
        "name": {"en": "Product"},
        "speaks": "1.2",
        "known_from": "its makers",
        "need": [{"why": {"en": "Reads."}, "requirements": [MUST]}, {"why": {"en": "Trusts."}, "harmed_by": [SHOULD]}],
    }
)
WITH_CONSUMER = Catalogue(
    {
        MUST: requirement(MUST, breaks=[PRODUCT]),
        SHOULD: requirement(SHOULD, "SHOULD", breaks=[PRODUCT]),
    },
    (CONSUMER,),
)
NOW = datetime.now(UTC).replace(microsecond=0)


def registry(*, must=passes, should=passes) -> Registry:
    return Registry(
        {
            "a.must": check("a.must", MUST, function=must),
            "a.should": check("a.should", SHOULD, function=should),
        }
    )


def rows(request):
    name = request.url.partition("?")[0].rpartition("/")[2]
    return Response(200, {"x-total-count": "1", "server": "fake/1"}, json.dumps({name: [{"sourcedId": "1"}]}).encode())


def run_into(
    folder: Path,
    *,
    must=passes,
    should=passes,
    only=(),
    extra: str = "",
    product: str = "",
    known: Catalogue = CATALOGUE,
    claimed: tuple[str, ...] = (PROFILE,),
) -> Path:
    """Run the two requirements and write the report; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    loaded = target(folder, extra=extra, product=product)
    chosen = make_plan(known, registry(must=must, should=should), claimed=claimed, suite="0.1.0", only=only)
    out = folder / "report"
    with opened(loaded, evidence=out / "evidence", wire=FakeWire(rows)) as through:
        write_reports(certify(through, chosen), through, out)
    return out


def key_in(folder: Path, name: str = "vendor") -> PrivateKey:
    return make_key(folder / f"{name}.pem")[0]


def issued(report: Path, key: PrivateKey, *, now: datetime | None = None, known: Catalogue = CATALOGUE) -> Envelope:
    return issue(report, key, catalogue=known, registry=registry(), now=now or datetime.now(UTC))


def at_now():
    return datetime.now(UTC)


def outer(envelope):
    """Return the outermost JSON of a certificate."""
    return json.loads(envelope.as_bytes())


def respelled(value):
    """Return it as bytes in the one spelling that is read."""
    return canonical(value) + b"\n"
