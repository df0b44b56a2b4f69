"""Why a check may come to no verdict: three exceptions, each an outcome of its own."""

from __future__ import annotations

from typing import Final

NO_ANSWER: Final = "got no answer"
"""In the words of what is undecided: the network or the target failed, and not what was asked."""


class Undecided(Exception):
    """Raised by a check that cannot decide; says why."""


class Untested(Undecided):
    """The target holds too little, or does not offer what the check needs; the message says what to seed or offer."""


class Inapplicable(Undecided):
    """The requirement is about something that the target does not claim."""


class CantTell(Undecided):
    """The tool, the network or an unstable target stood in the way."""
