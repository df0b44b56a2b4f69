"""The report in Chromium: accessible by axe-core, usable by keyboard, at 320 px, in the dark, on paper and offline."""

from __future__ import annotations

import pytest
from digione_conformance.words.texts import LANGUAGES, texts

from tests.unit.conformance.reporting import FAILED, PASSED

WIDTHS = (1200, 320)
PAGES = ("every outcome", "package")
SCHEMES = ("light", "dark")
OPEN_ALL = "document.querySelectorAll('details').forEach(part => part.open = true)"
VISIBLE_TEXT = "document.body.innerText"


@pytest.fixture(name="open_page")
def _open_page(browser):
    contexts = []

    def open_page(address, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.asked = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def complaints(page):
    """Everything that axe-core finds wrong, and what it cannot tell of contrast: grey on white hides there."""
    found = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    unsure = [rule for rule in found["incomplete"] if rule["id"] == "color-contrast"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"] + unsure
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_in_any_language(open_page, axe, pages, width, scheme, name):
    # axe is injected past the page's own policy, which is looked at by a test of its own.
    size = {"width": width, "height": 900}
    page = open_page(pages[name], viewport=size, color_scheme=scheme, bypass_csp=True)
    page.evaluate(OPEN_ALL)
    page.evaluate(axe)
    for language in LANGUAGES:
        page.check(f"#language-{language}")
        assert complaints(page) == [], language


def test_axe_finds_nothing_in_a_conformant_report(open_page, axe, pages):
    page = open_page(pages["conformant"], bypass_csp=True)
    page.evaluate(axe)
    assert complaints(page) == []


def test_the_gate_would_notice_pale_text(open_page, axe, pages):
    page = open_page(pages["conformant"], bypass_csp=True)
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    page.evaluate(axe)
    assert any("color-contrast" in complaint for complaint in complaints(page))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_scrolls_sideways_at_320_px(open_page, pages, language, name):
    page = open_page(pages[name], viewport={"width": 320, "height": 640})
    page.check(f"#language-{language}")
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    wide = "[...document.querySelectorAll('pre')].filter(box => box.scrollWidth > box.clientWidth).length"
    assert page.evaluate(wide) == 0


def test_the_page_speaks_one_language_at_a_time(open_page, pages):
    page = open_page(pages["every outcome"])
    assert page.evaluate("document.documentElement.lang") == "sv"
    for language in LANGUAGES:
        page.check(f"#language-{language}")
        shown = page.evaluate(VISIBLE_TEXT)
        for other in LANGUAGES:
            assert (texts(other)["h.failed"] in shown) is (other == language)
        assert page.evaluate("document.documentElement.lang") == language
        assert page.title().startswith(texts(language)["title"])


def test_the_language_switch_needs_no_script(open_page, pages):
    page = open_page(pages["every outcome"], java_script_enabled=False)
    assert page.get_by_text(texts("sv")["p.warning"]).is_visible()
    page.check("#language-fi")
    assert page.get_by_text(texts("fi")["p.warning"]).is_visible()
    assert not page.get_by_text(texts("sv")["p.warning"]).is_visible()


def test_the_page_asks_for_nothing_and_its_policy_lets_it_work(open_page, pages):
    page = open_page(pages["every outcome"])
    page.check("#language-fi")
    assert page.asked == [pages["every outcome"]]
    assert page.said == []


def test_the_page_works_by_keyboard_alone(open_page, pages):
    page = open_page(pages["every outcome"])
    focused = "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "language-sv"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.documentElement.lang") == "fi"
    summaries = page.locator("summary").count()
    reached = 0
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            reached += 1
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.parentElement.open")
        if reached == summaries:
            break
    assert reached == summaries


def test_the_skip_link_leads_to_the_results(open_page, pages):
    page = open_page(pages["every outcome"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "results"


def test_a_link_to_a_folded_requirement_opens_the_fold(open_page, pages):
    page = open_page(f"{pages['every outcome']}#{PASSED}")
    assert page.locator(f"#{PASSED}").is_visible()


def test_print_shows_what_is_folded_and_no_controls(open_page, pages):
    page = open_page(pages["every outcome"])
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(f"#{PASSED}").is_visible()
    assert not page.locator(".language").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    assert len(page.pdf()) > 10_000


def test_no_status_is_told_by_colour_alone(open_page, pages):
    page = open_page(pages["every outcome"])
    page.check("#language-fi")
    status = page.locator(f"#{FAILED} .status")
    drawn = "getComputedStyle(document.querySelector('.requirement.failed .mark'), '::before').content"
    assert status.inner_text().strip() == texts("fi")["failed"]
    assert page.evaluate(drawn) == '"✗"'
