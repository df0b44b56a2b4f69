"""A real browser for the report, where this machine has one; where not, every test says what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from digione_conformance.packages import package_content
from digione_conformance.report.html_report import as_html

from digione_sdk.bulk import validate
from tests.bulk import small
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
    """Addresses of three reports: one with every outcome and waivers, one that is conformant, one of a package."""
    found = {}
    for name, kind in (("every outcome", reporting.every_outcome), ("conformant", reporting.conformant)):
        folder = tmp_path_factory.mktemp("page")
        with kind(folder) as finished:
            page = folder / "report.html"
            page.write_text(as_html(reporting.said(*finished), language="sv"), encoding="utf-8")
            found[name] = page.as_uri()
    folder = tmp_path_factory.mktemp("package")
    rows = small.school(gradebook=True)
    rows["orgs"][0]["type"] = "kunta"
    rows["enrollments"] += [rows["enrollments"][1] | {"sourcedId": f"x-{n}", "userSourcedId": "u-9"} for n in range(30)]
    validation = validate(small.in_zip(folder / "roster.zip", small.files(rows)))
    moment = datetime(2026, 11, 26, 12, tzinfo=UTC)
    page = folder / "report.html"
    page.write_text(as_html(package_content(validation, started_at=moment, finished_at=moment)), encoding="utf-8")
    return found | {"package": page.as_uri()}
