"""The nine privacy flags that every model field carries, and what a field says of itself.

The vocabulary is the project's only one (docs/decisions/0003): logging, reports, evidence and the reference server's
exposure policies all decide by these flags. Flags are independent, not a ladder.
"""

from dataclasses import dataclass
from enum import StrEnum


class Flag(StrEnum):
    """One reason to handle a field with care."""

    PERSONAL = "personal"
    """Says something of a person who can be identified, directly or through a pseudonym (GDPR art. 4(1))."""
    CONTACT = "contact"
    """A way to reach the person."""
    LOCATING = "locating"
    """Tells where the person is, lives or will be; withheld under a protection order (turvakielto)."""
    NATIONAL_ID = "nationalId"
    """A national identity code or learner number (GDPR art. 87, Data Protection Act 1050/2018 §29)."""
    SECRET = "secret"  # noqa: S105 - a flag's name
    """Secret by statute (Openness Act 621/1999 §24, Basic Education Act §40)."""
    ART9 = "art9"
    """Special category data (GDPR art. 9)."""
    ART9_INFERABLE = "art9Inferable"
    """Special category data can be inferred from it."""
    CREDENTIAL = "credential"
    """Opens an account; never emitted in clear."""
    MINOR_RELATED = "minorRelated"
    """Says something of a child's family or of the child beyond the roster."""


@dataclass(frozen=True, slots=True)
class About:
    """What a model field says of itself, placed in `Annotated[...]`: its meaning and its flags.

    `About("First name.", Flag.PERSONAL)`; a field that concerns nobody says so with `About("Title.", *PUBLIC)`.
    """

    meaning: str
    flags: frozenset[Flag]

    def __init__(self, meaning: str, *flags: Flag) -> None:
        object.__setattr__(self, "meaning", meaning)
        object.__setattr__(self, "flags", frozenset(flags))


PUBLIC: tuple[Flag, ...] = ()
"""No flag: the field concerns no person. Written out, so that silence is never taken for an answer."""
