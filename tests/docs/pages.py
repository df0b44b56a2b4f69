"""The written pages as the tests see them: fenced blocks with their language, their place and their info string."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md")))

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[\w-]+)(?P<info>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """One fenced block; `line` is that of its first line of text."""

    page: Path
    line: int
    language: str
    info: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def blocks(page: Path, *languages: str) -> Iterator[Block]:
    """Yield the blocks of a page that are written in one of these languages, in order."""
    source = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(source):
        if match["language"] in languages:
            line = source.count("\n", 0, match.start("text")) + 1
            text = re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
            yield Block(page, line, match["language"], match["info"].strip(), text)


def commands(page: Path) -> Iterator[tuple[str, str]]:
    """Yield (place, command) of every `$ …` line in the console blocks of a page; a trailing backslash continues it."""
    for block in blocks(page, "console"):
        text = block.text.replace("\\\n", " ")
        for line in text.splitlines():
            if line.startswith("$ "):
                yield block.place, line.removeprefix("$ ").split("  #")[0].strip()
