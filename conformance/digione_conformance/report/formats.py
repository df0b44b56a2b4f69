"""The files of a report: one row per format, and the one place that writes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from digione_conformance.evidence.exchange import Json
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.report.content import Content, content
from digione_conformance.report.csv_report import as_csv
from digione_conformance.report.earl_report import as_earl
from digione_conformance.report.html_report import as_html
from digione_conformance.report.json_report import as_json
from digione_conformance.report.junit_report import as_junit
from digione_conformance.report.markdown_report import as_markdown
from digione_conformance.report.sarif_report import as_sarif
from digione_conformance.running.result import Result
from digione_conformance.target.file import Target
from digione_sdk.errors import ConfigurationError


@dataclass(frozen=True)
class Format:
    """One file of a report.

    Attributes:
        file: Its name in the report folder.
        media_type: What it is.
        reader: Whom it is for.
        text: Makes it, from what the report says and the language of the page.
    """

    file: str
    media_type: str
    reader: str
    text: Callable[[Content, str], str]


def _pretty(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


FORMATS: Final = (
    Format("report.html", "text/html", "people", lambda report, language: as_html(report, language=language)),
    Format("report.json", "application/json", "programs", lambda report, _: _pretty(as_json(report))),
    Format("junit.xml", "application/xml", "CI systems", lambda report, _: as_junit(report)),
    Format("report.sarif", "application/sarif+json", "code scanning", lambda report, _: _pretty(as_sarif(report))),
    Format("earl.jsonld", "application/ld+json", "collectors of results", lambda report, _: _pretty(as_earl(report))),
    Format("report.md", "text/markdown", "pull requests", lambda report, _: as_markdown(report)),
    Format("report.csv", "text/csv", "procurement", lambda report, _: as_csv(report)),
)


def write_all(result: Result, folder: Path, *, target: Target, recorder: Recorder, language: str = "en") -> None:
    """Write every format into `folder`; all of them are made before the first is written.

    Raises:
        ConfigurationError: The folder cannot be written.
        KeyError: There is no such language.
    """
    write_files(content(result, target, recorder), folder, language=language)


def write_files(report: Content, folder: Path, *, language: str = "en") -> None:
    """Write what a report says in every format into `folder`; all of them are made before the first is written.

    Raises:
        ConfigurationError: The folder cannot be written.
        KeyError: There is no such language.
    """
    files = [(form.file, form.text(report, language)) for form in FORMATS]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files:
            # newline="": CSV brings its own line ends.
            (folder / name).write_text(text, encoding="utf-8", newline="")
    except OSError:
        raise ConfigurationError(f"cannot write the report to {folder}") from None
