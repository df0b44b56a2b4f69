"""report.json and report.html: stable fields, a schema that real reports meet, and what a person finds on the page."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import json
import re

import jsonschema_rs
import pytest
from digione_conformance.report.html_report import as_html, html_report
from digione_conformance.report.json_report import as_json, json_report
from digione_conformance.session import certify, opened
from digione_conformance.words.texts import LANGUAGES, texts, words

from digione_sdk.specs import specs_root
from tests.unit.conformance import reporting
from tests.unit.conformance.fakes import PROFILE, FakeWire, check, plan, requirement, target
from tests.unit.conformance.reporting import FAILED, PASSED, PENDING, UNTESTED, said

SCHEMA = json.loads((specs_root() / "report" / "report-1.json").read_text(encoding="utf-8"))


@pytest.fixture(name="finished")
def _finished(tmp_path):
    with reporting.every_outcome(tmp_path) as finished:
        yield finished


def test_the_json_report_has_the_stable_fields(finished):
    result, through = finished
    report = json_report(result, through.target, through.recorder)
    assert {"schema_version", "suite", "target", "profiles", "requirements", "plan_hash"} <= report.keys()
    assert report["profiles"][0].keys() == {"id", "verdict", "counts"}
    assert report["profiles"][0]["verdict"] == "not conformant"
    assert report["profiles"][0]["counts"]["failed"] == 1
    outcomes = ["failed", "passed", "untested", "warning", "cantTell", "inapplicable", "attest", "waived"]
    assert [r["outcome"] for r in report["requirements"]] == outcomes
    for entry in report["requirements"]:
        assert {"id", "level", "outcome", "title", "profiles", "message", "evidence"} <= entry.keys()
        assert entry["source"] == [{"document": "OneRoster 1.2 OpenAPI", "clause": "§1", "evidence": "official"}]
        assert (entry["passes"], entry["fix"]) == ("An answer as ruled.", "Mend it.")
        assert entry["translations"] == {"fi": {"title": f"Sääntö {entry['id']}"}}
    failed = report["requirements"][0]
    assert failed["evidence"][0]["url"].endswith("/users?limit=2")
    assert failed["operations"] == ["getAllUsers"]
    assert failed["findings"] == ["<b>1</b> seen", "2 seen"]
    assert failed["finding_count"] == 2
    assert failed["breaks"] == ["consumer-google"]
    assert report["requirements"][1]["looked_at"] == 3
    assert report["not_planned"] == [{"id": PENDING, "reason": report["not_planned"][0]["reason"]}]
    assert [(w["use"], w["fails_the_run"]) for w in report["waivers"]] == [("used", False), ("expired", True)]
    assert report["plan_hash"] == result.plan.sha256
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", report["started_at"])
    assert "no oneroster certification" in report["notice"].lower()


@pytest.mark.parametrize("kind", [reporting.conformant, reporting.every_outcome, reporting.interrupted])
def test_reports_of_every_kind_meet_the_shipped_schema(tmp_path, kind):
    validator = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
    with kind(tmp_path) as finished:
        document = as_json(said(*finished))
    assert [error.message for error in validator.iter_errors(document)] == []
    assert document["interrupted"] is (kind is reporting.interrupted)


def test_the_schema_refuses_an_outcome_nobody_knows(finished):
    document = as_json(said(*finished))
    document["requirements"][0]["outcome"] = "fine"
    assert not jsonschema_rs.validator_for(SCHEMA).is_valid(document)


def _undescribed(document, schema, path="$"):
    schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(document, dict) and "properties" in schema:
        for key, value in document.items():
            if key not in schema["properties"]:
                yield f"{path}.{key}"
            else:
                yield from _undescribed(value, schema["properties"][key], f"{path}.{key}")
    elif isinstance(document, list):
        for value in document:
            yield from _undescribed(value, schema["items"], f"{path}[]")


def test_the_schema_describes_every_field_that_is_written(finished):
    assert list(_undescribed(as_json(said(*finished)), SCHEMA)) == []


class Page(html.parser.HTMLParser):
    """Collects what the assertions below look at."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.targets, self.headings, self.external, self.labels = [], [], [], [], [], []
        self.meta = {}
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
        self.labels += found.get("aria-labelledby", "").split()
        self.external += [found[name] for name in ("src", "action", "data", "srcset") if name in found]
        if tag == "link":
            self.external.append(found.get("href"))
        if tag == "meta":
            self.meta[found.get("http-equiv") or found.get("name")] = found.get("content")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_one_accessible_self_contained_file(finished, language):
    text = as_html(said(*finished), language=language)
    page = Page(text)
    assert f'<html lang="{language}">' in text
    assert f'value="{language}" autocomplete="off" checked' in text
    assert text.count(" checked>") == 1
    assert {"header", "main", "footer", "caption", "title"} <= set(page.tags)
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert not page.external
    assert "url(" not in text.split("</style>")[0]
    assert len(page.ids) == len(set(page.ids))
    assert set(page.targets) | set(page.labels) <= set(page.ids)
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_the_policy_of_the_page_permits_its_own_script_and_style_only(finished):
    text = as_html(said(*finished))
    policy = Page(text).meta["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    for tag in ("script", "style"):
        inline = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL).group(1)
        hashed = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{hashed}'" in policy


def test_the_page_says_the_verdict_first_then_what_to_mend(finished):
    text = as_html(said(*finished))
    order = ["not conformant", "Requirements by outcome", "Failed: these", "Untested:", "Passed", "About this run"]
    places = [text.index(f">{words}") for words in order]
    assert places == sorted(places)
    for said_words in (
        "An answer as ruled.", "Mend it.", "Google Classroom", "official standard", "$TOKEN", "x-total-count: 7",
        "<code>getAllUsers</code>", f"digione explain {FAILED}", f"reference/requirements/{FAILED.lower()}/",
        "only a person can see the backups", "waived by integration team until 2027-01-31: rebuilt soon",
    ):  # fmt: skip
        assert said_words in text, said_words
    assert "&lt;b&gt;1&lt;/b&gt; seen" in text
    assert "<b>1</b>" not in text


def test_what_passed_is_folded_and_counted_once(finished):
    text = as_html(said(*finished))
    passed = text[text.index('id="group-passed"') :].split("</section>")[0]
    assert "(1)</h2>" in passed
    assert "<details>" in passed
    assert "Passed: " not in passed
    assert f'<li id="{PASSED}">' in passed


def test_the_page_holds_every_language_and_marks_what_is_not_translated(finished):
    text = as_html(said(*finished), language="fi")
    assert f'<span class="l" data-l="fi" lang="fi">Sääntö {FAILED}</span>' in text
    assert f'<span class="l" data-l="sv" lang="en">Rule {FAILED}</span>' in text
    for language in LANGUAGES:
        assert f'data-l="{language}" lang="{language}">{texts(language)["not conformant"]}</span>' in text


def test_an_unknown_language_is_an_error(finished):
    with pytest.raises(KeyError):
        html_report(finished[0], finished[1].target, finished[1].recorder, language="de")
    with pytest.raises(KeyError):
        texts("de")


def test_every_language_has_every_text():
    for key, text in words().items():
        assert all((text.en, text.fi, text.sv)), key
        places = {tuple(sorted(re.findall(r"{\w+", text.within(language)))) for language in LANGUAGES}
        assert len(places) == 1, key


def test_a_part_of_a_run_says_that_it_is_one(tmp_path):
    checks = [check("a.two", PASSED, function=reporting.passes)]
    planned = plan([requirement(UNTESTED), requirement(PASSED)], checks, only=[PASSED])
    with opened(target(tmp_path), wire=FakeWire()) as through:
        result = certify(through, planned)
        text = html_report(result, through.target, through.recorder)
    assert texts("en")["partial"] in text
    assert f"{PROFILE}</strong>" in text
