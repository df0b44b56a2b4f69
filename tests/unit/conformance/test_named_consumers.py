"""Verdicts on named consumers: their arithmetic, what they may decide, and how every report tells them."""

from __future__ import annotations

import csv
import io
import json
import re

import jsonschema_rs
import pytest
from digione_conformance.catalogue.consumers import NamedConsumer, shipped_consumers
from digione_conformance.catalogue.requirement import Catalogue, layer_of, load_catalogue
from digione_conformance.catalogue.verdict import Exit, Level, Outcome, Suits, Verdict, consumer_verdict
from digione_conformance.probing.check import Registry
from digione_conformance.report.json_report import as_json
from digione_conformance.running.plan import make_plan
from digione_conformance.session import certify, opened
from digione_conformance.terminal import show_summary
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from digione_sdk.errors import ConfigurationError
from digione_sdk.specs import specs_root
from tests.unit.conformance.fakes import PROFILE, FakeWire, check, requirement, target
from tests.unit.conformance.reporting import answer, fails, looks_at_nothing, passes, said, written

SCHEMA = jsonschema_rs.validator_for(json.loads((specs_root() / "report" / "report-1.json").read_text()))
STANDARD, OWN, HARM = "OR-ROS-AAA-001", "CNS-AAA-001", "OR-ROS-AAA-002"
PRODUCT = "consumer-product"
GOOD = {"passed", "inapplicable"}
LACKING = {"failed", "warning", "waived"}

outcomes = st.sampled_from([*Outcome, None])


# --- arithmetic ------------------------------------------------------------------------------------------------------


@given(st.lists(outcomes), st.lists(outcomes))
def test_what_is_seen_to_lack_breaks_whatever_else_is_known(demanded, harming):
    found = consumer_verdict(demanded, harming)
    assert (found is Suits.BREAKS) == bool(LACKING & {*demanded, *harming})


@given(st.lists(outcomes), st.lists(outcomes))
def test_it_works_only_where_every_demand_is_known_to_be_met(demanded, harming):
    if consumer_verdict(demanded, harming) is Suits.WORKS:
        assert set(demanded) <= GOOD
        assert "passed" in demanded


@given(st.lists(outcomes.filter(lambda one: one not in LACKING), min_size=1))
def test_what_harms_need_not_be_known(harming):
    assert consumer_verdict([Outcome.PASSED], harming) is Suits.WORKS


@pytest.mark.parametrize("outcome", [None, Outcome.UNTESTED, Outcome.CANT_TELL, Outcome.ATTEST])
def test_one_demand_that_is_not_known_leaves_the_verdict_open(outcome):
    assert consumer_verdict([Outcome.PASSED, outcome]) is Suits.NOT_KNOWN


def test_a_waiver_mends_nothing_for_a_program():
    assert consumer_verdict([Outcome.PASSED, Outcome.WAIVED]) is Suits.BREAKS


# --- runs ------------------------------------------------------------------------------------------------------------


def product(*demands: str, harmed_by: tuple[str, ...] = ()) -> NamedConsumer:
    return NamedConsumer.model_validate(
        {
            "id": PRODUCT,
            "name": {"en": "Product", "fi": "Tuote"},
            "speaks": "1.2",
            "known_from": "its makers",
            "need": [
                {"why": {"en": "Reads <all> of it.", "fi": "Lukee kaiken."}, "requirements": demands},
                {"why": {"en": "Trusts it."}, "harmed_by": harmed_by},
            ],
        }
    )


def plan_of(*, own=passes, standard=passes, harm=passes, **more):
    consumer = product(STANDARD, OWN, harmed_by=(HARM,))
    known = [
        requirement(STANDARD, breaks=[PRODUCT]),
        requirement(HARM, "SHOULD", breaks=[PRODUCT]),
        requirement(OWN, "SHOULD", breaks=[PRODUCT], profiles=[PRODUCT]),
    ]
    catalogue = Catalogue({one.id: one for one in known}, (consumer,))
    checks = [
        check("a.standard", STANDARD, function=standard),
        check("a.harm", HARM, function=harm),
        check("a.own", OWN, function=own),
    ]
    return make_plan(catalogue, Registry({one.name: one for one in checks}), claimed=(PROFILE,), suite="0", **more)


def judged(folder, plan):
    with opened(target(folder), wire=FakeWire(answer)) as through:
        return certify(through, plan), through


def test_a_plain_run_asks_nothing_more_and_leaves_the_consumer_open(tmp_path):
    result, _ = judged(tmp_path, plan_of())
    (served,) = result.served
    assert (served.verdict, served.met, served.unasked) == (Suits.NOT_KNOWN, 1, (OWN,))
    assert result.exit is Exit.CONFORMANT
    assert result.plan.whole


def test_a_plain_run_can_see_that_a_consumer_breaks_and_ends_as_it_would_anyway(tmp_path):
    result, _ = judged(tmp_path, plan_of(harm=fails))
    (served,) = result.served
    assert (served.verdict, served.broken) == (Suits.BREAKS, (HARM,))
    assert (result.verdict(PROFILE), result.exit) == (Verdict.CONFORMANT, Exit.CONFORMANT)


def test_its_profile_asks_all_that_it_stands_on_and_nothing_of_others(tmp_path):
    result, _ = judged(tmp_path, plan_of(profiles=[PRODUCT]))
    assert {one.id for one in result.requirements} == {STANDARD, OWN, HARM}
    assert result.served[0].verdict is Suits.WORKS
    assert (result.verdict(PRODUCT), result.exit) == (Verdict.CONFORMANT, Exit.CONFORMANT)


@pytest.mark.parametrize(
    ("own", "verdict", "exit_status"),
    [(fails, Verdict.NOT_CONFORMANT, Exit.NOT_CONFORMANT), (looks_at_nothing, Verdict.INCOMPLETE, Exit.INCOMPLETE)],
)
def test_a_claimed_consumer_decides_the_exit_and_leaves_the_standard_alone(tmp_path, own, verdict, exit_status):
    result, _ = judged(tmp_path, plan_of(own=own, profiles=[PROFILE, PRODUCT]))
    assert (result.verdict(PROFILE), result.verdict(PRODUCT), result.exit) == (Verdict.CONFORMANT, verdict, exit_status)


def test_a_chosen_part_that_breaks_a_chosen_consumer_fails(tmp_path):
    result, _ = judged(tmp_path, plan_of(own=fails, profiles=[PRODUCT], only=[OWN]))
    assert result.exit is Exit.NOT_CONFORMANT


def test_a_part_that_leaves_a_demand_out_leaves_the_verdict_open(tmp_path):
    result, _ = judged(tmp_path, plan_of(profiles=[PRODUCT], only=[OWN]))
    assert result.served[0].verdict is Suits.NOT_KNOWN


def test_a_consumer_is_not_judged_before_consumers():
    known = requirement("CON-AAA-001", role="consumer", profiles=["oneroster-1.2-consumer"])
    catalogue = Catalogue({known.id: known}, (product(STANDARD),))
    plan = make_plan(catalogue, Registry(), claimed=("oneroster-1.2-consumer",), suite="0")
    assert plan.consumers == ()


# --- reports ---------------------------------------------------------------------------------------------------------


def test_every_report_tells_the_three_verdicts(tmp_path):
    result, through = judged(tmp_path, plan_of(own=fails, profiles=[PROFILE, PRODUCT]))
    files = written(said(result, through))
    report = json.loads(files["report.json"])
    assert [error.message for error in SCHEMA.iter_errors(report)] == []
    assert report["layers"] == {"standard": [PROFILE], "consumers": [PRODUCT], "digione": []}
    (told,) = report["consumers"]
    assert (told["verdict"], told["broken_by"], told["judged_as_profile"]) == ("breaks", [OWN], True)
    assert "❌ **breaks** | Product | 1 of 2 demands met; broken by CNS-AAA-001" in files["report.md"]
    assert "DigiOne profile: not claimed" in files["report.md"]
    page = files["report.html"]
    assert page.index('id="layer-standard"') < page.index('id="layer-consumers"') < page.index('id="layer-digione"')
    assert re.search(rf'<li class="s-breaks">.*?Tuote.*?href="#{OWN}"', page, re.DOTALL)
    rows = list(csv.DictReader(io.StringIO(files["report.csv"].lstrip("\ufeff"))))
    assert [(row["outcome"], row["title_fi"]) for row in rows if row["level"] == "verdict"] == [("breaks", "Tuote")]


def test_a_consumer_that_is_not_claimed_breaks_no_build(tmp_path):
    result, through = judged(tmp_path, plan_of(harm=fails))
    case = written(said(result, through))["junit.xml"].partition('classname="consumer"')[2].partition("</testcase>")[0]
    assert "breaks" in case
    assert "<failure" not in case


def test_the_terminal_names_whom_a_finding_breaks(tmp_path):
    result, _ = judged(tmp_path, plan_of(harm=fails))
    console = Console(record=True, width=200, file=io.StringIO())
    show_summary(console, result, requests=1, report="report.html")
    text = console.export_text()
    assert "breaks: consumer-product" in text
    assert "BREAKS  Product: 1 of 2 demands met; broken by OR-ROS-AAA-002; 1 not asked" in text
    assert "DigiOne profile: not claimed" in text


def test_a_report_about_a_consumer_tells_of_no_other(tmp_path):
    result, through = judged(tmp_path, plan_of())
    report = as_json(said(result, through))
    assert isinstance(report, dict)
    assert [one["id"] for one in report["consumers"]] == [PRODUCT]


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_every_named_consumer_tells_all_its_reasons_in_three_languages():
    for consumer in shipped_consumers().values():
        for need in consumer.need:
            assert all(getattr(need.why, language) for language in ("en", "fi", "sv")), need.why.en
            assert need.requirements or need.harmed_by


def test_demands_of_consumers_alone_are_never_a_must_and_all_have_translations():
    own = [one for one in load_catalogue() if {layer_of(profile) for profile in one.profiles} == {"consumers"}]
    assert len(own) >= 26
    for one in own:
        assert one.level is Level.SHOULD
        assert one.profiles == one.breaks
        for text in (one.title, one.passes, one.fix):
            assert text.fi, one.id
            assert text.sv, one.id


def _folder(tmp_path, entry: str, consumer: str | None = None):
    (tmp_path / "a.toml").write_text(f'[[requirement]]\nid = "CNS-AAA-001"\nlevel = "SHOULD"\n{entry}\n{TEXTS}')
    if consumer:
        (tmp_path / "named-consumers").mkdir()
        (tmp_path / "named-consumers" / "a.toml").write_text(consumer)
    return tmp_path


TEXTS = """title = { en = "a" }
passes = { en = "a" }
fix = { en = "a" }
source = [{ document = "a", clause = "a", evidence = "implementation" }]"""
CONSUMER = """id = "consumer-product"
name = { en = "Product" }
speaks = "1.2"
known_from = "its makers"
[[need]]
why = { en = "Reads." }
requirements = ["%s"]"""


def test_whom_a_requirement_breaks_is_said_with_the_consumer_alone(tmp_path):
    with pytest.raises(ConfigurationError, match="named-consumers"):
        load_catalogue(_folder(tmp_path, 'breaks = ["consumer-product"]'))


def test_a_requirement_without_a_profile_is_of_those_that_need_it(tmp_path):
    known = load_catalogue(_folder(tmp_path, "", CONSUMER % "CNS-AAA-001"))
    assert known["CNS-AAA-001"].profiles == ("consumer-product",)
    assert known.role_of("consumer-product") == "provider"


def test_a_requirement_that_nobody_needs_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="profiles"):
        load_catalogue(_folder(tmp_path, ""))


def test_a_consumer_that_needs_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="CNS-AAA-002"):
        load_catalogue(_folder(tmp_path, 'profiles = ["consumer-other"]', CONSUMER % "CNS-AAA-002"))


def test_what_a_consumer_does_is_part_of_the_catalogue_and_its_hash(tmp_path):
    first = load_catalogue(_folder(tmp_path, "", CONSUMER % "CNS-AAA-001"))
    file = tmp_path / "named-consumers" / "a.toml"
    file.write_text(file.read_text().replace("Reads.", "Reads otherwise."))
    assert load_catalogue(tmp_path).sha256 != first.sha256
