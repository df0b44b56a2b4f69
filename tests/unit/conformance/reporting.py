"""Finished runs of every kind, for the tests of reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from digione_conformance.catalogue.undecided import CantTell, Inapplicable
from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.family import BY_ID
from digione_conformance.report.content import Content, content
from digione_conformance.report.formats import FORMATS
from digione_conformance.running.result import CheckFinished, Result
from digione_conformance.running.waiver import Waiver
from digione_conformance.running.waiving import with_waivers
from digione_conformance.session import Opened, certify, opened

from digione_sdk.core.http import Response
from tests.unit.conformance.fakes import FakeWire, check, plan, requirement, target

FAILED, PASSED, UNTESTED, WARNING, CANT_TELL, INAPPLICABLE, ATTEST, WAIVED, PENDING = (
    f"OR-ROS-AAA-{number:03}" for number in range(1, 10)
)
TODAY = date(2026, 11, 23)


def fails(probe):
    probe.examined()
    users = probe.get(BY_ID["getAllUsers"], query={"limit": "2"})
    yield Finding.at("<b>1</b> seen", users)
    yield Finding.at("2 seen", users)


def passes(probe):
    probe.examined(3)
    probe.get(BY_ID["getAllOrgs"])
    yield from ()


def looks_at_nothing(_probe):
    yield from ()


def cannot_tell(_probe):
    yield from ()
    raise CantTell("the network stood in the way")


def is_not_claimed(_probe):
    yield from ()
    raise Inapplicable("no such claim")


def answer(_request):
    return Response(200, {"x-total-count": "7", "content-type": "application/json"}, b'{"users": []}')


@contextmanager
def every_outcome(folder, *, wire=None) -> Iterator[tuple[Result, Opened]]:
    """Run a plan that ends in each of the eight outcomes, with one waiver used and one expired."""
    requirements = [
        requirement(FAILED, breaks=["consumer-google"]),
        requirement(PASSED),
        requirement(UNTESTED),
        requirement(WARNING, "SHOULD"),
        requirement(CANT_TELL),
        requirement(INAPPLICABLE),
        requirement(ATTEST, verification="attest", reason="only a person can see the backups"),
        requirement(WAIVED),
        requirement(PENDING, status="pending"),
    ]
    checks = [
        check("a.fails", FAILED, function=fails),
        check("a.passes", PASSED, function=passes),
        check("a.nothing", UNTESTED, function=looks_at_nothing),
        check("a.warns", WARNING, function=fails),
        check("a.cannot", CANT_TELL, function=cannot_tell),
        check("a.claims", INAPPLICABLE, function=is_not_claimed),
        check("a.waived", WAIVED, function=fails),
    ]
    waivers = [
        Waiver(requirement=WAIVED, owner="integration team", reason="rebuilt soon", expires=date(2027, 1, 31)),
        Waiver(requirement=PASSED, owner="integration team", reason="was broken", expires=date(2026, 1, 31)),
    ]
    with opened(target(folder), wire=wire or FakeWire(answer)) as through:
        result = certify(through, plan(requirements, checks))
        known = [each.id for each in requirements]
        yield with_waivers(result, waivers, known=known, today=TODAY), through


@contextmanager
def conformant(folder) -> Iterator[tuple[Result, Opened]]:
    """Run a plan that is met."""
    with opened(target(folder), wire=FakeWire(answer)) as through:
        yield certify(through, plan([requirement(PASSED)], [check("a.passes", PASSED, function=passes)])), through


@contextmanager
def interrupted(folder) -> Iterator[tuple[Result, Opened]]:
    """Run a plan that is broken off before anything is known."""

    def break_off(event):
        if isinstance(event, CheckFinished):
            raise KeyboardInterrupt

    checks = [check("a.passes", PASSED, function=passes), check("b.later", UNTESTED, function=passes, alone=True)]
    with opened(target(folder), wire=FakeWire(answer)) as through:
        yield (
            certify(through, plan([requirement(PASSED), requirement(UNTESTED)], checks), listeners=[break_off]),
            through,
        )


def said(result, through) -> Content:
    """Return what a report says of a run."""
    return content(result, through.target, through.recorder)


def written(report: Content) -> dict[str, str]:
    """Return the text of every format by file name."""
    return {form.file: form.text(report, "en") for form in FORMATS}
