"""The pages on the project itself: its Python interface and its decisions."""

from __future__ import annotations

from pathlib import Path

from docs_builders.markdown import page, table

ROOT = Path(__file__).resolve().parents[2]


def decisions() -> str:
    """An index of the decision pages: number, title, date and state, read from the pages themselves."""
    rows = []
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        title, _, state = path.read_text(encoding="utf-8").removeprefix("# ").partition("\n\n")
        day, _, word = state.split("\n", 1)[0].partition(" · ")
        rows.append([f"[{title.strip()}]({path.name})", day, word])
    return page(
        "Decisions",
        "Why things are as they are: one short page each, with date and reason. A decision that is changed keeps its "
        "page and names the one that replaced it.",
        table(("decision", "date", "state"), rows),
    )
