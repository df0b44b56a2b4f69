"""What of a value may be shown in a finding: nothing of a field that bears a privacy flag, little of any other."""

from __future__ import annotations

import re
from typing import Final

from digione_sdk.bulk.tables import Column

_LONGEST: Final = 60
# Values end up in the wrong column: what looks like a person is masked wherever it stands.
_LOOKS_PERSONAL: Final = re.compile(r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]|@")


def shown_value(column: Column | None, value: str | None) -> str | None:
    """Return the value as a finding may show it; None where there is none.

    A column of which the models say nothing is masked as well: an extension may hold anything.
    """
    if value is None:
        return None
    facts = column.facts if column else None
    if facts is None or facts.flags or _LOOKS_PERSONAL.search(value):
        return f"[masked, {len(value)} characters]"
    plain = "".join(letter if letter.isprintable() else "?" for letter in value[:_LONGEST])
    return plain if len(value) <= _LONGEST else f"{plain}..."
