"""Faults and dialects travel together, so that every decision that can vary takes one more argument and not two."""

from __future__ import annotations

from dataclasses import dataclass, field

from digione_mock_server.dialects import Dialects
from digione_mock_server.faults import Faults


@dataclass(frozen=True, slots=True)
class Switches:
    """How this server deviates from its plain self; nothing by default."""

    faults: Faults = field(default_factory=Faults)
    dialects: Dialects = field(default_factory=Dialects)
