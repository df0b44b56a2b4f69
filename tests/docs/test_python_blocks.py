"""Every Python block of every page runs, the blocks of one page in one namespace, against a live reference server."""

from __future__ import annotations

import gc
import re

import pytest
from digione_mock_server.testing import serving

from tests.docs.pages import PAGES, ROOT, Block, blocks

PROVIDER = "https://roster.example.org"
"""The provider of all pages; while a page is tested, the server on the loopback stands in its place."""

NO_RUN = re.compile(r'^no-run reason="[^"]{10,}"$')
WITH_CODE = [page for page in PAGES if any(blocks(page, "python"))]


@pytest.fixture(scope="module")
def provider():
    with serving() as server:
        yield server


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_code_of_a_page_runs(page, provider, monkeypatch) -> None:
    account = provider.client("a")
    monkeypatch.setenv("DIGIONE_CLIENT_ID", account.client_id)
    monkeypatch.setenv("DIGIONE_CLIENT_SECRET", account.client_secret)
    namespace = {"__name__": "page"}
    for block in blocks(page, "python"):
        if not block.info.startswith("no-run"):
            run(block, namespace, provider.url)
    namespace.clear()
    gc.collect()  # an unclosed connection would warn in some other test


def run(block: Block, namespace: dict[str, object], provider_url: str) -> None:
    text = "\n" * (block.line - 1) + block.text.replace(PROVIDER, provider_url)
    exec(compile(text, block.page, "exec", dont_inherit=True), namespace)  # noqa: S102 - our own documentation


def test_a_block_that_does_not_run_gives_a_reason_and_is_rare() -> None:
    every = [block for page in WITH_CODE for block in blocks(page, "python")]
    left_out = [block for block in every if block.info]
    assert [block.place for block in left_out if not NO_RUN.match(block.info)] == []
    assert len(left_out) * 10 <= len(every)


def test_the_client_example_of_the_readme_is_five_lines() -> None:
    (example,) = (block for block in blocks(ROOT / "README.md", "python"))
    statement = example.text.partition("base = ")[2].splitlines()
    assert len(statement) == 5
