"""More servers that the standard allows, written after the first run: their author had read the checks by then."""

from __future__ import annotations

from typing import Final

from tests.strangers.listing import Servers, read_all

LATER: Final = Servers()
later = LATER.named
read_all(__name__, __path__)

WARNED_LATER: Final = {"no-default": {"PAGE-009"}}
"""What one of them earns a warning for: 100 is the declared default."""

__all__ = ["LATER", "WARNED_LATER", "later"]
