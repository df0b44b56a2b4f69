"""Makes the synchronous client and its tests from the asynchronous ones; `--check` fails where they are stale."""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDERS: Final = {
    "digione_sdk/_async": "digione_sdk/_sync",
    "tests/unit/client/_async": "tests/unit/client/_sync",
}
HAND_WRITTEN: Final = {"__init__.py", "_compat.py", "colour.py"}

NAMES: Final = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "_AsyncExchange": "_Exchange",
    "_async": "_sync",
    "AsyncCategories": "Categories",
    "AsyncClasses": "Classes",
    "AsyncCollection": "Collection",
    "AsyncCourses": "Courses",
    "AsyncDigiOne": "DigiOne",
    "AsyncEditableCollection": "EditableCollection",
    "AsyncGradebook": "Gradebook",
    "AsyncHttpClient": "HttpClient",
    "AsyncIterator": "Iterator",
    "AsyncLineItems": "LineItems",
    "AsyncListing": "Listing",
    "AsyncObjectCollection": "ObjectCollection",
    "AsyncResources": "Resources",
    "AsyncResults": "Results",
    "AsyncRostering": "Rostering",
    "AsyncSchools": "Schools",
    "AsyncScoreScales": "ScoreScales",
    "AsyncService": "Service",
    "AsyncSession": "Session",
    "AsyncStudents": "Students",
    "AsyncTeachers": "Teachers",
    "AsyncTerms": "Terms",
    "AsyncTokens": "Tokens",
    "AsyncTransport": "Transport",
    "AsyncUsers": "Users",
    "aclose": "close",
    "aiter": "iter",
    "anext": "next",
}
"""Every name that differs; a name that looks asynchronous and is not here stops the run."""

PHRASES: Final = {"an asynchronous": "a synchronous", "The asynchronous": "The synchronous", "async for": "for"}
"""What differs in docstrings and comments; phrases, never the bare word."""

_COLOURED = re.compile(r"async|^__?a(?:iter|next|enter|exit)__$|^Async", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_]\w*")


class ColourError(Exception):
    """A name looks asynchronous, but the table does not say what it becomes."""


def turned(source: str, *, origin: str) -> str:
    """Return the synchronous text of an asynchronous module, before formatting.

    Raises:
        ColourError: A name looks asynchronous and is not in the table.
    """
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    lines = source.splitlines(keepends=True)
    pieces: list[str] = []
    row, column = 1, 0
    skip_space = False
    for token in tokens:
        if token.type == tokenize.ENDMARKER:
            break
        gap = _between(lines, (row, column), token.start)
        pieces.append(gap.lstrip(" ") if skip_space else gap)
        text = _token(token, origin=origin)
        skip_space = token.string in {"async", "await"} and token.type == tokenize.NAME
        pieces.append(text)
        row, column = token.end
    return f"# Made by scripts/unasync.py from {origin}; change that file, not this one.\n{''.join(pieces)}"


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start == end:
        return ""
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]]
    first, *middle = lines[start[0] - 1 : end[0] - 1]
    last = lines[end[0] - 1][: end[1]] if end[0] <= len(lines) else ""
    return first[start[1] :] + "".join(middle) + last


def _token(token: tokenize.TokenInfo, *, origin: str) -> str:
    if token.type == tokenize.NAME:
        return _name(token.string, where=f"{origin}:{token.start[0]}")
    if token.type in {tokenize.STRING, tokenize.COMMENT} or token.type == getattr(tokenize, "FSTRING_MIDDLE", None):
        return _prose(token.string)
    return token.string


def _name(name: str, *, where: str) -> str:
    if name in {"async", "await"}:
        return ""
    if name in NAMES:
        return NAMES[name]
    if _COLOURED.search(name):
        raise ColourError(f"{where}: what is {name} in the other colour?")
    return name


def _prose(text: str) -> str:
    for phrase, other in PHRASES.items():
        text = text.replace(phrase, other)
    # Inside f-strings (one token before Python 3.12) and docstrings, an await is a word before a name.
    text = re.sub(r"\bawait (?=[\w(])", "", text)
    return _WORD.sub(lambda word: NAMES.get(word[0], word[0]), text)


def formatted(source: str, *, path: Path) -> str:
    """Return the text as ruff would leave it: imports in order, lines broken anew."""
    for arguments in (["check", "--select", "I", "--fix-only", "--quiet"], ["format", "--quiet"]):
        source = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--stdin-filename", str(path), "-"],
            input=source,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        ).stdout
    return source


def pairs() -> list[tuple[Path, Path]]:
    """Return source and target of every module that is made."""
    return [
        (source, ROOT / target / source.name)
        for folder, target in FOLDERS.items()
        for source in sorted((ROOT / folder).glob("*.py"))
        if source.name not in HAND_WRITTEN
    ]


def main() -> int:
    """Write the synchronous modules, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a module is stale")
    check = parser.parse_args().check
    stale = []
    made = pairs()
    for source, target in made:
        origin = source.relative_to(ROOT).as_posix()
        text = formatted(turned(source.read_text(encoding="utf-8"), origin=origin), path=target)
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        stale.append(target.relative_to(ROOT).as_posix())
        if not check:
            target.write_text(text, encoding="utf-8")
    kept = {target for _, target in made}
    for folder in FOLDERS.values():
        stray = [path for path in (ROOT / folder).glob("*.py") if path not in kept and path.name not in HAND_WRITTEN]
        stale += [f"{path.relative_to(ROOT).as_posix()} (has no source)" for path in stray]
    for path in stale:
        print(f"{'stale' if check else 'wrote'}: {path}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
