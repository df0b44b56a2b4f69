"""Text that a target controls, made harmless before any format sees it: nothing unseen, nothing endless.

Formats still escape by their own syntax. What is done here cannot be: a control character is no text in XML, a bidi
override turns a sentence round in every viewer, and a line of a million characters hides the rest of a report.
"""

from __future__ import annotations

import re
from typing import Final

MOST_MESSAGE: Final = 600
MOST_ADDRESS: Final = 2000
MOST_LINE: Final = 400
MOST_BODY: Final = 1600

# C0 and C1 controls, soft hyphen, bidi marks and overrides, zero-width and invisible characters, line separators,
# tag characters, private use, surrogates and noncharacters.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U0001fffe\U0001ffff\U000e0000-\U0010ffff]"
)


def visible(text: str) -> str:
    """Return text in which every unseen character is written as its code point, as `⟨U+202E⟩`."""
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text.replace("\r\n", "\n"))


def line(text: str, *, most: int = MOST_MESSAGE) -> str:
    """Return text as one visible line of at most `most` characters, and how many it was cut by."""
    return _cut(" ".join(visible(text[: 2 * most]).split()), most, len(text))


def block(text: str) -> tuple[str, bool]:
    """Return a visible text of bounded length and line length, and whether it was shortened."""
    shown = visible(text[: 2 * MOST_BODY])
    lines = [_cut(one, MOST_LINE, len(one)) for one in shown.split("\n")]
    whole = "\n".join(lines)
    return whole[:MOST_BODY], len(text) > MOST_BODY or len(whole) > MOST_BODY


def _cut(text: str, most: int, length: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({max(length, len(text)) - most} characters more)"
