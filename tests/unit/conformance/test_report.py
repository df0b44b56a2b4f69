"""Reports: the stable fields of report.json, and what a person finds in report.html."""

from __future__ import annotations

import html.parser
import json
import re

import pytest
from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.probe import BY_ID
from digione_conformance.report.html_report import html_report
from digione_conformance.report.json_report import json_report
from digione_conformance.report.texts import LANGUAGES, texts
from digione_conformance.session import certify, opened

from digione_sdk.core.http import Response
from tests.unit.conformance.fakes import PROFILE, FakeWire, check, plan, requirement, target

ONE, TWO, THREE = "OR-ROS-AAA-001", "OR-ROS-AAA-002", "OR-ROS-AAA-003"


def fails(probe):
    probe.examined()
    yield Finding.at("<b>1</b> seen", probe.get(BY_ID["getAllUsers"], query={"limit": "2"}))


def passes(probe):
    probe.examined(3)
    yield from ()


def looks_at_nothing(_probe):
    yield from ()


@pytest.fixture(name="finished")
def _finished(tmp_path):
    requirements = [
        requirement(ONE, breaks=["Google"]),
        requirement(TWO),
        requirement(THREE, "SHOULD"),
        requirement("OR-ROS-AAA-004", status="pending"),
    ]
    checks = [
        check("a.one", ONE, function=fails),
        check("a.two", TWO, function=passes),
        check("a.three", THREE, function=looks_at_nothing),
    ]
    wire = FakeWire(lambda _request: Response(200, {"x-total-count": "7"}, b'{"users": []}'))
    with opened(target(tmp_path), wire=wire) as through:
        yield certify(through, plan(requirements, checks)), through


def test_the_json_report_has_the_stable_fields(finished):
    result, through = finished
    report = json_report(result, through.target, through.recorder)
    assert {"schema_version", "suite", "target", "profiles", "requirements", "plan_hash"} <= report.keys()
    assert report["profiles"][0].keys() == {"id", "verdict", "counts"}
    assert report["profiles"][0]["verdict"] == "not conformant"
    assert report["profiles"][0]["counts"]["failed"] == 1
    assert [r["outcome"] for r in report["requirements"]] == ["failed", "passed", "untested"]
    for entry in report["requirements"]:
        assert entry.keys() == {"id", "level", "outcome", "title", "profiles", "message", "evidence"}
    assert report["requirements"][0]["evidence"][0]["url"].endswith("/users?limit=2")
    assert report["not_planned"] == [{"id": "OR-ROS-AAA-004", "reason": report["not_planned"][0]["reason"]}]
    assert report["plan_hash"] == result.plan.sha256
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", report["started_at"])
    assert "no oneroster certification" in report["notice"].lower()
    json.dumps(report)


class Page(html.parser.HTMLParser):
    """Collects what the assertions below look at."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.targets, self.headings, self.external = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if found.get("href", "").startswith("#"):
            self.targets.append(found["href"][1:])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.external += [found[name] for name in ("src", "action", "data") if name in found]
        if tag == "link":
            self.external.append(found.get("href"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_one_accessible_self_contained_file(finished, language):
    result, through = finished
    text = html_report(result, through.target, through.recorder, language=language)
    page = Page(text)
    assert f'<html lang="{language}">' in text
    assert {"header", "main", "footer", "caption", "title"} <= set(page.tags)
    assert "script" not in page.tags
    assert not page.external
    assert "http-equiv" not in text
    assert len(page.ids) == len(set(page.ids))
    assert set(page.targets) <= set(page.ids)
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_the_page_says_the_verdict_first_then_what_to_mend(finished):
    result, through = finished
    text = html_report(result, through.target, through.recorder)
    order = ["not conformant", "Requirements by outcome", "Failed: these", "Untested:", "Passed", "About this run"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    for words in ("An answer as ruled.", "Mend it.", "Google", "official standard", "$TOKEN", "x-total-count: 7"):
        assert words in text
    assert "No OneRoster certification" in text
    assert "&lt;b&gt;1&lt;/b&gt; seen" in text
    assert "<b>1</b>" not in text


def test_the_page_is_told_in_the_language_asked_for(finished):
    result, through = finished
    text = html_report(result, through.target, through.recorder, language="fi")
    assert f"Sääntö {ONE}" in text
    assert "ei vaatimusten mukainen" in text
    assert "What was seen" not in text


def test_every_language_has_every_text():
    complete = texts("en").keys()
    for language in LANGUAGES:
        assert texts(language).keys() == complete
        assert all(texts(language).values())


def test_a_part_of_a_run_says_that_it_is_one(tmp_path):
    checks = [check("a.two", TWO, function=passes)]
    planned = plan([requirement(ONE), requirement(TWO)], checks, only=[TWO])
    with opened(target(tmp_path), wire=FakeWire()) as through:
        result = certify(through, planned)
        text = html_report(result, through.target, through.recorder)
    assert texts("en")["partial"] in text
    assert f"{PROFILE}</strong>" in text
