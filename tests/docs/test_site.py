"""The site builds strictly, and a reader's browser talks to nobody else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)[^>]+?\bsrc=[\"']?(?P<src>[^\"' >]+)"
    r"|<link[^>]+?\brel=[\"']?(?:stylesheet|preconnect|preload|icon|prefetch)[^>]+?\bhref=[\"']?(?P<href>[^\"' >]+)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        # Not --quiet: it silences the very warnings that strict counts, and a link to nothing goes by.
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        for match in LOADED.finditer(page.read_text(encoding="utf-8")):
            source = match["src"] or match["href"]
            assert not re.match(r"(https?:)?//", source), f"{page.relative_to(site)}: {source}"


def test_no_stylesheet_loads_anything_from_elsewhere(site: Path) -> None:
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet.name


def test_pages_in_finnish_and_swedish_say_so(site: Path) -> None:
    for language in ("fi", "sv"):
        for folder in ("for-vendors", "for-municipalities"):
            assert f'<div lang="{language}"' in (site / folder / language / "index.html").read_text(encoding="utf-8")
