"""Where to begin: what holds up most others comes first, one rule of several services is one place."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from digione_conformance.catalogue.undecided import NO_ANSWER, CantTell
from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.report.html_report import as_html
from digione_conformance.report.json_report import as_json
from digione_conformance.running.mending import held_back, where_to_begin
from digione_conformance.session import certify, opened
from digione_conformance.terminal import show_summary
from digione_conformance.words.texts import LANGUAGES, texts
from rich.console import Console

from tests.unit.conformance.fakes import FakeWire, check, plan, requirement, target
from tests.unit.conformance.reporting import answer, cannot_tell, fails, passes, said

SMALL, ROOT, WAITS, ALSO, OPEN = (f"OR-ROS-AAA-{number:03}" for number in range(1, 6))


@dataclass(frozen=True)
class Entry:
    """One decided requirement."""

    requirement: object
    outcome: Outcome
    held_back_by: tuple[str, ...] = ()
    message: str = ""


def entry(name, outcome, *, level="MUST", waits=()):
    return Entry(requirement(name, level), outcome, waits)


def test_the_failure_that_holds_up_most_comes_first():
    entries = [
        entry(SMALL, Outcome.FAILED),
        entry(ROOT, Outcome.FAILED),
        entry(WAITS, Outcome.CANT_TELL, waits=(ROOT,)),
        entry(ALSO, Outcome.CANT_TELL, level="SHOULD", waits=(ROOT,)),
        entry(OPEN, Outcome.UNTESTED),
    ]
    assert [(start.ids, start.waiting) for start in where_to_begin(entries)] == [((ROOT,), 2), ((SMALL,), 0)]
    assert {names: len(waiting) for names, waiting in held_back(entries).items()} == {(ROOT,): 2}


def test_one_rule_of_several_services_is_one_place():
    same = requirement(ROOT).title
    entries = [
        Entry(requirement(name).model_copy(update={"title": same}), Outcome.FAILED) for name in (ROOT, SMALL, ALSO)
    ]
    assert [start.ids for start in where_to_begin(entries)] == [(ROOT, SMALL, ALSO)]


def test_without_a_failure_the_open_musts_are_named_and_what_only_waits_is_not():
    entries = [
        entry(OPEN, Outcome.UNTESTED),
        entry(ALSO, Outcome.UNTESTED, level="SHOULD"),
        entry(WAITS, Outcome.CANT_TELL, waits=(SMALL,)),
    ]
    assert [start.ids for start in where_to_begin(entries)] == [(OPEN,)]
    assert where_to_begin([entry(SMALL, Outcome.PASSED)]) == ()


def test_what_is_left_open_for_one_reason_is_one_place():
    entries = [
        Entry(requirement(name), Outcome.UNTESTED, message=why)
        for name, why in ((SMALL, "no control"), (ROOT, "mode"), (WAITS, "mode"), (ALSO, "mode"))
    ]
    assert [start.ids for start in where_to_begin(entries)] == [(ROOT, WAITS, ALSO), (SMALL,)]


@pytest.fixture(name="cascade")
def _cascade(tmp_path):
    known = [requirement(ROOT), requirement(WAITS), requirement(ALSO), requirement(OPEN)]
    checks = [
        check("a.root", ROOT, function=fails),
        check("b.waits", WAITS, function=passes, after=(ROOT,)),
        check("b.also", ALSO, function=passes, after=(ROOT,)),
        check("b.open", OPEN, function=cannot_tell),
    ]
    with opened(target(tmp_path), wire=FakeWire(answer)) as through:
        yield certify(through, plan(known, checks)), through


def test_a_page_says_where_to_begin_before_anything_else_and_folds_what_waits(cascade):
    page = as_html(said(*cascade))
    begin = page.index('class="begin"')
    assert begin < page.index('id="layer-standard"')
    assert page.index(f'href="#{ROOT}"') > begin
    assert f'<article class="requirement cantTell" id="{OPEN}"' in page
    for name in (WAITS, ALSO):
        assert f'<li id="{name}">' in page
    assert f"<summary>{ROOT} (2)</summary>" in page


def test_the_json_report_says_what_waits_for_what(cascade):
    found = {each["id"]: each["waits_for"] for each in as_json(said(*cascade))["requirements"]}
    assert found == {ROOT: [], WAITS: [ROOT], ALSO: [ROOT], OPEN: []}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_terminal_ends_with_where_to_begin_in_each_language(cascade, language):
    console = Console(file=io.StringIO(), record=True, width=80, force_terminal=True)
    show_summary(console, cascade[0], requests=1, report="digione-report/report.html", language=language)
    lines = console.export_text().splitlines()
    assert all(len(line) <= 80 for line in lines)
    say = texts(language)
    begins = f"{say['begin.failed']}: {ROOT} ({say['begin.waiting'].format(count=2)});"
    assert any(line.startswith(begins) for line in lines[-5:])
    assert any(line.startswith(say["not conformant"].upper()) for line in lines)
    assert sum(WAITS in line for line in lines) == 1
    assert any(say["t.waiting"].format(count=2, names=ROOT)[:20] in line for line in lines)
    assert not any("cantTell" in line for line in lines)


def _silent(probe):
    raise CantTell(f"GET {NO_ANSWER}: no connection")
    yield


@pytest.mark.parametrize(("count", "told"), [(5, True), (4, False)])
def test_a_terminal_says_that_a_target_fell_silent_and_not_only_what_was_asked_of_it(tmp_path, count, told):
    names = (SMALL, ROOT, WAITS, ALSO, OPEN)[:count]
    chosen = plan([requirement(name) for name in names], [check(f"a.{n}", n, function=_silent) for n in names])
    console = Console(file=io.StringIO(), record=True, width=200)
    with opened(target(tmp_path), wire=FakeWire(answer)) as through:
        show_summary(console, certify(through, chosen), requests=1, report="report.html")
    assert (texts("en")["t.silent"].format(count=count) in console.export_text()) is told
