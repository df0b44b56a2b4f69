"""Named consumers before a server that is right, one that differs as the standard allows, and one that errs.

The reference server offers all that they stand on. Dialects conform to the standard and break plain clients all the
same: the table of silent truncation in docs/guides/named-consumers.md is the one that is held here.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from digione_conformance.catalogue.requirement import layer_of, load_catalogue
from digione_conformance.catalogue.verdict import Outcome, Suits
from digione_conformance.checks import load_checks
from digione_conformance.running.plan import make_plan
from digione_conformance.running.result import Result
from digione_conformance.session import certify, opened
from digione_conformance.target.file import load_target
from digione_mock_server.settings import TODAY
from digione_mock_server.source import SeedSource
from digione_mock_server.target import write_target
from digione_mock_server.testing import serving

from digione_sdk.core.http import Request, Response
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base, User
from digione_sdk.transport import Connection, Transport

CATALOGUE: Final = load_catalogue()
CONSUMERS: Final = tuple(consumer.id for consumer in CATALOGUE.consumers)
GOOGLE, MOODLE, SDS, NAIVE = CONSUMERS
OWN: Final = {one.id for one in CATALOGUE if {layer_of(profile) for profile in one.profiles} == {"consumers"}}

Wire = dict[str, Json]
Twist = Callable[[Request, Response], Response]


class Twisted:
    """The synthetic municipality, each object retold or left out by a function."""

    def __init__(self, name: str, twist: Callable[[type[Base], Wire], Wire | None]) -> None:
        self._seed = SeedSource(size="school", seed=1, today=TODAY)
        self._name, self._twist = name, twist

    @property
    def name(self) -> str:
        return f"{self._seed.name} twisted={self._name}"

    def records(self, tenant: int) -> Iterator[tuple[type[Base], Wire]]:
        for model, wire in self._seed.records(tenant):
            told = self._twist(model, wire)
            if told is not None:
                yield model, told

    def protected(self, tenant: int) -> frozenset[str]:
        return self._seed.protected(tenant)


@dataclass(frozen=True)
class Provider:
    """A reference server that differs."""

    dialects: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    source: Twisted | None = None
    answers: Twist | None = None


@contextmanager
def _wire(provider: Provider) -> Iterator[Callable[[Request], Response] | None]:
    if provider.answers is None:
        yield None
        return
    transport, twist = Transport(Connection()), provider.answers
    try:
        yield lambda request: twist(request, transport.send(request))
    finally:
        transport.close()


def run(provider: Provider, *, profiles: Collection[str] = CONSUMERS, only: Collection[str] = ()) -> Result:
    """Judge a provider before consumers, by the core stage."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="digione-named-")))
        server = stack.enter_context(
            serving(dialects=provider.dialects, faults=provider.faults, source=provider.source, control=True)
        )
        write_target(folder / "sut.toml", server.settings, server.register, ca_file=None)
        target = load_target(folder / "sut.toml")
        plan = make_plan(
            CATALOGUE, load_checks(), claimed=target.profiles, suite="0", profiles=profiles, only=only, stages=["core"]
        )
        return certify(stack.enter_context(opened(target, wire=stack.enter_context(_wire(provider)))), plan)


def verdicts(result: Result) -> Mapping[str, Suits]:
    return {served.consumer.id: served.verdict for served in result.served}


def broken(result: Result) -> Mapping[str, set[str]]:
    return {served.consumer.id: set(served.broken) for served in result.served if served.broken}


# --- right ------------------------------------------------------------------------------------------------------------


def test_every_consumer_works_with_the_reference_server() -> None:
    result = run(Provider())
    assert broken(result) == {}
    assert not [name for served in result.served for name in (*served.unknown, *served.unasked)]
    assert set(verdicts(result).values()) == {Suits.WORKS}


# --- legal, and broken all the same -----------------------------------------------------------------------------------

TRUNCATION: Final[Mapping[tuple[str, ...], Mapping[str, set[str]]]] = {
    ("no-link",): {NAIVE: {"CNS-READ-001", "OR-ROS-PAGE-005"}},
    ("no-total",): {NAIVE: {"CNS-READ-002", "OR-ROS-PAGE-005"}, SDS: {"CNS-PAGE-003"}},
    ("no-link", "no-total"): {
        NAIVE: {"CNS-READ-001", "CNS-READ-002", "CNS-READ-003", "OR-ROS-PAGE-005"},
        SDS: {"CNS-PAGE-003"},
    },
    ("low-cap",): {NAIVE: {"CNS-READ-002"}, SDS: {"CNS-PAGE-002"}, MOODLE: {"CNS-PAGE-004"}},
    ("low-cap", "no-link"): {
        GOOGLE: {"CNS-PAGE-001"},
        NAIVE: {"CNS-READ-001", "CNS-READ-002", "OR-ROS-PAGE-005"},
        SDS: {"CNS-PAGE-002"},
        MOODLE: {"CNS-PAGE-004"},
    },
    ("tiny-cap",): {NAIVE: {"CNS-READ-002"}, SDS: {"CNS-PAGE-002"}, MOODLE: {"CNS-PAGE-004"}},
}


@pytest.mark.parametrize("dialects", TRUNCATION, ids=" ".join)
def test_a_provider_of_the_standard_truncates_for_whom_the_table_says(dialects: tuple[str, ...]) -> None:
    result = run(Provider(dialects=dialects))
    assert not [one.id for one in result.requirements if one.outcome is Outcome.FAILED]  # no MUST: the standard is met
    assert broken(result) == TRUNCATION[dialects]


def test_a_finding_says_how_many_records_a_client_reads_of_how_many() -> None:
    result = run(Provider(dialects=("no-link", "no-total")), profiles=[NAIVE])
    found = {one.id: [finding.message for finding in one.findings] for one in result.requirements}
    for requirement in ("CNS-READ-001", "CNS-READ-002", "CNS-READ-003"):
        assert any("reads 100 of 741 records" in message for message in found[requirement])


# --- wrong ------------------------------------------------------------------------------------------------------------


def _teachers_without_email(model: type[Base], wire: Wire) -> Wire:
    is_teacher = model is User and any(role["role"] == "teacher" for role in wire["roles"])
    return {name: value for name, value in wire.items() if name != "email"} if is_teacher else wire


def _one_email_for_all(model: type[Base], wire: Wire) -> Wire:
    return wire | {"email": "opettajat@koulu.example"} if model is User and "email" in wire else wire


def _without(*models: type[Base]) -> Callable[[type[Base], Wire], Wire | None]:
    return lambda model, wire: None if model in models else wire


def _no_guardians(model: type[Base], wire: Wire) -> Wire:
    if model is not User:
        return wire
    kept = [role for role in wire["roles"] if role["role"] not in {"guardian", "parent", "relative"}]
    return wire | {"roles": kept or [wire["roles"][0] | {"role": "aide"}]}


def _changed(response: Response, **more: Any) -> Response:
    return replace(response, **more)


def _puts(path: str, request: Request) -> Mapping[str, Json] | None:
    """Return what a PUT below a path sends, or None for another request."""
    if request.method != "PUT" or f"/{path}/" not in request.url:
        return None
    (sent,) = json.loads(request.content or b"{}").values()
    return sent


def _creates_with_200(request: Request, response: Response) -> Response:
    return _changed(response, status=200) if request.method == "PUT" and response.status == 201 else response


def _refuses_extra_credit(request: Request, response: Response) -> Response:
    sent = _puts("results", request)
    return _changed(response, status=422) if sent and sent.get("score", 0) > 100 else response


def _rewrites(path: str, name: str, change: Callable[[Json], Json]) -> Twist:
    """Return a twist that tells one property otherwise in single reads."""

    def twist(request: Request, response: Response) -> Response:
        if request.method != "GET" or f"/{path}/" not in request.url or response.status != 200:
            return response
        body = json.loads(response.content)
        for record in body.values():
            if isinstance(record, dict) and name in record:
                record[name] = change(record[name])
        return _changed(response, content=json.dumps(body).encode())

    return twist


def _no_grades_by_token(request: Request, response: Response) -> Response:
    """The gradebook is there, but its token endpoint gives no token that opens both it and the rosters."""
    if b"gradebook" not in (request.content or b""):
        return response
    return _changed(response, status=400, content=b'{"error": "invalid_scope"}')


def _no_older_version(request: Request, response: Response) -> Response:
    return _changed(response, status=404, content=b"") if "/oneroster/v1p1/" in request.url else response


def _slowly(request: Request, response: Response) -> Response:
    return _changed(response, elapsed=31.0) if "limit=5000" in request.url else response


def _rewrites_classes(name: str) -> Twist:
    """Return a twist that leaves a property out of every class."""

    def twist(request: Request, response: Response) -> Response:
        if request.method != "GET" or "/classes?" not in request.url or response.status != 200:
            return response
        body = json.loads(response.content)
        for one in body.get("classes", ()):
            one.pop(name, None)
        return _changed(response, content=json.dumps(body).encode())

    return twist


KILLERS: Final[tuple[tuple[str, Provider], ...]] = (
    ("CNS-TOKEN-001", Provider(faults=("basic-auth-refused",))),
    ("CNS-TOKEN-002", Provider(answers=_no_grades_by_token)),
    ("CNS-CALL-001", Provider(dialects=("no-nested",))),
    ("CNS-CALL-002", Provider(dialects=("no-nested",))),
    ("CNS-CALL-003", Provider(answers=_no_older_version)),
    ("CNS-PAGE-001", Provider(dialects=("low-cap", "no-link"))),
    ("CNS-PAGE-002", Provider(dialects=("low-cap",))),
    ("CNS-PAGE-003", Provider(dialects=("no-total",))),
    ("CNS-PAGE-004", Provider(dialects=("low-cap",))),
    ("CNS-READ-001", Provider(dialects=("no-link",))),
    ("CNS-READ-001", Provider(faults=("link-without-next",))),
    ("CNS-READ-002", Provider(faults=("total-of-page",))),
    ("CNS-READ-003", Provider(dialects=("no-link", "no-total"))),
    ("CNS-TIME-001", Provider(answers=_slowly)),
    ("CNS-FIND-001", Provider(source=Twisted("no-email", _teachers_without_email))),
    ("CNS-FIND-001", Provider(source=Twisted("one-email", _one_email_for_all))),
    ("CNS-FIND-002", Provider(faults=("empty-list-404",))),
    ("CNS-FIND-002", Provider(faults=("empty-list-204",))),
    ("CNS-FIND-003", Provider(faults=("filter-contains-lowers-value",))),
    ("CNS-DELTA-001", Provider(faults=("filter-date-only-refused",))),
    ("CNS-DELTA-001", Provider(faults=("delta-compares-days",))),
    ("CNS-SEED-001", Provider(answers=_rewrites_classes("terms"))),
    ("CNS-SEED-001", Provider(answers=_rewrites_classes("school"))),
    ("CNS-SEED-002", Provider(faults=("grading-periods-by-wrong-token",))),
    ("CNS-SEED-003", Provider(answers=lambda request, response: _changed(response, content=b'{"categories": []}')
                              if "/categories?" in request.url else response)),
    ("CNS-SEED-004", Provider(dialects=("one-school",))),
    ("CNS-SEED-005", Provider(source=Twisted("no-guardians", _no_guardians))),
    ("CNS-GRADE-001", Provider(answers=_creates_with_200)),
    ("CNS-GRADE-001", Provider(answers=_rewrites("lineItems", "title", lambda _: "as it was"))),
    ("CNS-GRADE-002", Provider(answers=_refuses_extra_credit)),
    ("CNS-GRADE-002", Provider(answers=_rewrites("results", "score", lambda score: min(score, 100)))),
    ("CNS-GRADE-003", Provider(faults=("score-status-capitalised",))),
    ("CNS-GRADE-004", Provider(answers=_rewrites("lineItems", "title", lambda title: title[:60]))),
    ("CNS-GRADE-005", Provider(faults=("deleted-stays-in-nested-lists",))),
)  # fmt: skip
"""For every requirement of consumers alone, providers that do not meet it."""


@pytest.mark.parametrize(
    ("requirement", "provider"), KILLERS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_a_consumer_lacks_is_noticed(requirement: str, provider: Provider) -> None:
    result = run(provider, only=[requirement])
    (found,) = result.requirements
    assert found.outcome is Outcome.WARNING, found.message
    for name in found.requirement.breaks:
        assert requirement in broken(result)[name]


def test_every_requirement_of_consumers_alone_can_fail() -> None:
    assert {requirement for requirement, _ in KILLERS} == OWN


def test_teachers_without_email_break_google_alone() -> None:
    assert broken(run(Provider(source=Twisted("no-email", _teachers_without_email)))) == {GOOGLE: {"CNS-FIND-001"}}


def test_nothing_is_handed_in_where_the_target_may_not_be_changed(tmp_path: Path) -> None:
    with serving() as server:
        write_target(tmp_path / "sut.toml", server.settings, server.register, ca_file=None)
        target = load_target(tmp_path / "sut.toml")
        assert target.fixtures.mode == "readonly"
        grades = sorted(name for name in OWN if "-GRADE-" in name)
        plan = make_plan(CATALOGUE, load_checks(), claimed=(), suite="0", profiles=[GOOGLE], only=grades)
        with opened(target) as through:
            result = certify(through, plan)
            assert through.recorder.writes == 0
    assert {one.outcome for one in result.requirements} == {Outcome.UNTESTED}
    assert verdicts(result)[GOOGLE] is Suits.NOT_KNOWN
