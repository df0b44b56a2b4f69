"""A target writes what it likes; no format lets it act, hide, or turn the words around it."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree.ElementTree import fromstring

import pytest
from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.family import BY_ID
from digione_conformance.report.csv_report import as_csv
from digione_conformance.report.markdown_report import as_markdown
from digione_conformance.report.showing import MOST_BODY, MOST_LINE, MOST_MESSAGE, block, line, visible
from digione_conformance.session import certify, opened

from digione_sdk.core.http import Response
from tests.unit.conformance.fakes import FakeWire, check, plan, requirement, target
from tests.unit.conformance.reporting import FAILED, said, written

MARKUP = "</pre></script><script>alert(1)</script><img src=x onerror=alert(2)>\"' ]]> {{7*7}} {% raw %} -->"
CONTROLS = "\x00\x07\x1b[31m\x7f\x85\u202e\u2066\u200b\ufeff\u2028\ufffe\ud800"
SHORTHANDS = "@everyone #1 GH-2 https://evil.example www.evil.example ![x](y) [a](javascript:b) `c` | d $e$"
HOSTILE = f"{MARKUP} {CONTROLS} {SHORTHANDS}\r\nsecond line"


def hostile(request):
    headers = {
        "content-type": f"application/json; {HOSTILE}",
        "link": f"<{request.url}&x={HOSTILE}>; rel=next",
        "www-authenticate": HOSTILE,
    }
    return Response(200, headers, json.dumps({"users": [{"status": HOSTILE, "x" * 50_000: "y"}]}).encode())


def quotes_the_answer(probe):
    probe.examined()
    seen = probe.get(BY_ID["getAllUsers"], query={"filter": f"status='{HOSTILE[:40]}'"})
    yield Finding.at(f"the server says {HOSTILE}", seen)
    yield Finding.at("=HYPERLINK(1)", seen)
    yield Finding.at("x" * 100_000, seen)


@pytest.fixture(name="report")
def _report(tmp_path):
    made = target(tmp_path)
    named = made.model_copy(update={"target": made.target.model_copy(update={"name": f"Fake {HOSTILE}"})})
    with opened(named, wire=FakeWire(hostile)) as through:
        checks = [check("a.one", FAILED, function=quotes_the_answer)]
        yield said(certify(through, plan([requirement(FAILED)], checks)), through)


def test_no_format_holds_an_unseen_character(report):
    for name, text in written(report).items():
        content = text.removeprefix("\ufeff")
        assert visible(content) == content.replace("\r\n", "\n"), name
        content.encode("utf-8")


def test_no_format_holds_an_endless_line_of_the_target(report):
    for name, text in written(report).items():
        assert "x" * (MOST_MESSAGE + 1) not in text, name
        assert "y" * (MOST_MESSAGE + 1) not in text, name


def test_formats_for_programs_stay_well_formed(report):
    files = written(report)
    fromstring(files["junit.xml"])  # noqa: S314 - our own output
    for name in ("report.json", "report.sarif", "earl.jsonld"):
        json.loads(files[name])
    rows = list(csv.reader(io.StringIO(files["report.csv"].removeprefix("\ufeff"), newline="")))
    assert len(rows) == 2
    assert {len(row) for row in rows} == {len(rows[0])}


class Attributes(HTMLParser):
    """Collects the names of all attributes of a page."""

    def __init__(self, text):
        super().__init__()
        self.names = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.update(name for name, _ in attrs)


def test_html_of_a_target_is_text(report):
    page = written(report)["report.html"]
    assert page.count("<script>") == page.count("</script>") == 1
    assert "<img" not in page
    assert "{{7*7}}" in page
    assert "&lt;img src=x" in page
    names = Attributes(page).names
    assert "class" in names
    assert not {name for name in names if name.startswith("on")}


def test_markdown_of_a_target_is_text(report):
    text = as_markdown(report)
    assert "<script" not in text
    assert "<img" not in text
    for shorthand in ("@everyone", "https://evil", " www.evil", "](y)", "](javascript", " `c`"):
        assert shorthand not in text.replace("&#8203;", "\u200b").replace("\\]", "\\"), shorthand
    assert "\\#&#8203;1" in text
    table = next(row for row in text.splitlines() if row.startswith(f"| `{FAILED}`"))
    assert len(re.findall(r"(?<!\\)\|", table)) == 5


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\uff1d"])
def test_a_cell_is_never_a_formula(report, start):
    entry = replace(report.entries[0], message=f"{start}HYPERLINK(1)")
    rows = list(csv.DictReader(io.StringIO(as_csv(replace(report, entries=(entry,))).lstrip("\ufeff"), newline="")))
    assert rows[0]["message"] == f"'{start}HYPERLINK(1)"


def test_curl_is_one_harmless_command(report):
    for shown in report.entries[0].excerpts:
        assert "\n" not in shown.curl
        assert "$(" not in shown.curl


def test_unseen_characters_are_named_and_letters_stay():
    assert visible("Äänekoski עברית 👩 e\u0301") == "Äänekoski עברית 👩 e\u0301"
    assert visible("a\u202eb\x00") == "a⟨U+202E⟩b⟨U+0000⟩"
    assert line("a\n\tb  c") == "a b c"


def test_long_texts_say_how_much_is_missing():
    assert line("x" * 700) == "x" * MOST_MESSAGE + "… (100 characters more)"
    shown, shortened = block("y" * 10_000)
    assert shortened
    assert len(shown) <= MOST_BODY
    assert shown.startswith("y" * MOST_LINE + "…")
    assert block("short\r\nbody") == ("short\nbody", False)
