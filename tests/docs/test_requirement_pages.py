"""Every requirement has its page, every pitfall is covered or explained, and the recorded matrix is of this code."""

from __future__ import annotations

import json
import re
from pathlib import Path

from digione_conformance.catalogue.requirement import layer_of, load_catalogue
from digione_mock_server.faults import FAULTS

from digione_sdk.cli.matrix import admits
from digione_sdk.cli.mutants import read_admitted
from scripts import docs_pages  # noqa: F401 - puts docs_builders on the path
from tests.docs.pages import DOCS

from docs_builders import pitfall_page, recorded  # isort: skip  # see above

CATALOGUE = load_catalogue()
DECIDED = {
    r.id
    for r in CATALOGUE
    if r.status == "active"
    and r.role == "provider"
    and r.verification == "auto"
    # What named consumers alone demand is tried against faults and dialects in tests/conformance.
    and {layer_of(profile) for profile in r.profiles} != {"consumers"}
}
ON_RECORD = read_admitted(Path(__file__).parents[1] / "conformance" / "open-faults.txt")
"""Faults and requirements that the matrix has not met yet or leaves open, by id or pattern, with the reason."""
AGAIN = "run scripts/record_matrix.py, then make docs"


def test_every_requirement_has_a_page_and_every_page_a_requirement() -> None:
    pages = {page.stem for page in (DOCS / "reference" / "requirements").glob("*.md")}
    assert pages - {"index"} == {requirement.id.lower() for requirement in CATALOGUE}


def test_every_pitfall_stands_once_in_the_list() -> None:
    assert [pitfall["number"] for pitfall in pitfall_page.read()] == [*range(1, 81)]


def test_every_pitfall_is_either_covered_or_explained() -> None:
    for pitfall in pitfall_page.read():
        number = pitfall["number"]
        covered = [one.id for one in pitfall_page.covering(number)]
        assert covered or pitfall.get("reason"), f"pitfall {number}: no requirement names it, and no reason says why"
        assert not (covered and "reason" in pitfall), f"pitfall {number}: {covered} cover it; take the reason away"


def test_every_covered_pitfall_was_fallen_into_and_a_requirement_that_covers_it_noticed() -> None:
    noticed = {fault["id"]: fault["killed_by"] for fault in recorded.kill_matrix()["faults"]}
    for number in (pitfall["number"] for pitfall in pitfall_page.read()):
        covered = {one.id for one in pitfall_page.covering(number)}
        if covered:
            assert pitfall_page.proof(number), f"pitfall {number}: nothing falls into it"
        # Packages and clients have matrices of their own.
        named = pitfall_page.faults(number)
        assert not named or any(covered.intersection(noticed[fault]) for fault in named), f"pitfall {number}: {named}"


def test_requirements_and_faults_name_pitfalls_that_exist() -> None:
    named = {number for requirement in CATALOGUE for number in requirement.pitfalls}
    named |= {int(n) for fault in FAULTS.values() for n in re.findall(r"\bpitfall (\d+)", fault.seen_in)}
    assert named <= {pitfall["number"] for pitfall in pitfall_page.read()}


def test_the_recorded_matrix_is_of_these_faults_and_requirements() -> None:
    matrix = recorded.kill_matrix()
    faults, requirements = {fault["id"] for fault in matrix["faults"]}, matrix["clean"].keys()
    assert faults <= FAULTS.keys(), AGAIN
    assert requirements <= DECIDED, AGAIN
    assert all(admits(ON_RECORD, one) for one in (*(FAULTS.keys() - faults), *(DECIDED - requirements))), AGAIN


def test_what_is_on_record_as_open_exists_and_was_not_noticed_yet() -> None:
    known = {*FAULTS, *DECIDED}
    assert [pattern for pattern in ON_RECORD if not any(admits((pattern,), one) for one in known)] == []
    noticed = {fault["id"] for fault in recorded.kill_matrix()["faults"] if fault["killed_by"]}
    assert [one for one in noticed if admits(ON_RECORD, one)] == []


def test_the_recorded_matrix_has_no_survivor_and_no_idle_check() -> None:
    matrix = recorded.kill_matrix()
    assert matrix["survivors"] == []
    assert matrix["idle"] == []


def test_every_requirement_that_was_decided_shows_how_it_passes_and_how_it_fails() -> None:
    passed = {name for name, outcome in recorded.kill_matrix()["clean"].items() if outcome == "passed"}
    lacking = {name for name in passed if not {"passing", "failing"} <= recorded.exchanges().get(name, {}).keys()}
    assert lacking == set(), AGAIN


def test_no_recorded_exchange_names_a_host_or_holds_a_token() -> None:
    text = json.dumps(recorded.exchanges())
    assert "127.0.0.1" not in text
    assert not re.search(r"eyJ[\w-]{10,}\.eyJ", text)
    assert set(re.findall(r"https?://([\w.-]+)", text)) <= {"sis.test.example.org", "purl.imsglobal.org"}


def test_a_page_shows_what_was_recorded() -> None:
    page = (Path(DOCS) / "reference" / "requirements" / "or-ros-page-004.md").read_text(encoding="utf-8")
    assert "## An exchange that passes" in page
    assert "## An exchange that fails" in page
    assert "## Faults that it catches" in page
