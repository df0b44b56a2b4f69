"""The generated reference pages: which there are, what each is made from, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from digione_conformance.catalogue.requirement import load_catalogue

from docs_builders import catalogue_page, model_pages, pitfall_page, project_pages, service_pages, tool_pages


@dataclass(frozen=True)
class Page:
    """A generated page: where it goes below docs/, what it is made from, and how."""

    path: str
    source: str
    build: Callable[[], str]


PAGES = (
    Page("reference/models.md", "digione_sdk/model", model_pages.models),
    Page("reference/vocabularies.md", "digione_sdk/model", model_pages.vocabularies),
    Page("reference/operations.md", "digione_sdk/core/endpoints", service_pages.operations),
    Page("reference/errors.md", "digione_sdk/errors.py", service_pages.errors_page),
    Page("reference/api.md", "digione_sdk/__init__.py", project_pages.interface),
    Page("reference/cli.md", "the command line", tool_pages.command_line),
    Page("reference/target-file.md", "digione_conformance/target/file.py", tool_pages.target_file),
    Page("reference/faults.md", "digione_mock_server/faults", tool_pages.faults),
    Page("reference/export-faults.md", "digione_mock_server/packages/faults", tool_pages.export_faults),
    Page("reference/dialects.md", "digione_mock_server/dialects", tool_pages.dialects),
    Page("reference/scenarios.md", "specs/consumer/scenarios.toml", tool_pages.scenarios),
    Page("reference/requirements/index.md", "specs/requirements", catalogue_page.requirements),
    Page("reference/named-consumers.md", "specs/requirements/named-consumers", catalogue_page.named_consumers),
    *(
        Page(
            f"reference/requirements/{one.id.lower()}.md",
            "specs/requirements",
            partial(catalogue_page.requirement, one),
        )
        for one in load_catalogue()
    ),
    Page("reference/kill-matrix.md", "a whole run of `digione mutants --json`", catalogue_page.kill_matrix),
    Page("reference/pitfalls.md", "specs/pitfalls.toml", pitfall_page.pitfalls),
    Page("decisions/index.md", "the decision pages", project_pages.decisions),
)
