"""A real browser for the report, where this machine has one; where not, every test says what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from digione_conformance.report.html_report import as_html

from tests.unit.conformance import reporting

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium of the system, driven by Playwright, whose event loop must end before other tests want one."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("real input: Chromium is not installed (scripts/real_input.sh)")
    api = pytest.importorskip("playwright.sync_api", reason="real input: Playwright is not installed")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=quiet)
        yield running
        running.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Source of axe-core."""
    if not AXE.is_file():
        pytest.skip("real input: axe-core is not installed (scripts/real_input.sh)")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of two reports: one with every outcome and waivers, one that is conformant."""
    found = {}
    for name, kind in (("every outcome", reporting.every_outcome), ("conformant", reporting.conformant)):
        folder = tmp_path_factory.mktemp("page")
        with kind(folder) as finished:
            page = folder / "report.html"
            page.write_text(as_html(reporting.said(*finished), language="sv"), encoding="utf-8")
            found[name] = page.as_uri()
    return found
