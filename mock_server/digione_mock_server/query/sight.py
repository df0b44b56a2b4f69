"""Who looks: the part of every statement that the request cannot widen, whatever its filter says."""

from __future__ import annotations

from dataclasses import dataclass, field

from digione_mock_server.dialects import Dialects
from digione_mock_server.faults import Faults


@dataclass(frozen=True, slots=True)
class Sight:
    """What a client sees of the store.

    Attributes:
        tenant: Whose objects.
        protected: Whether protected users exist for the client; if not, it reads the variant of each object that does
            not name them.
        public_url: Scheme, host and port of the server; stored links are relative to it.
        faults: Deliberate defects that are on.
        dialects: Variants that are on.
        v1p1: Whether it is told objects in 1.1: then it finds, sorts and lists by what it is told.
    """

    tenant: int
    protected: bool
    public_url: str
    faults: Faults = field(default_factory=Faults)
    dialects: Dialects = field(default_factory=Dialects)
    v1p1: bool = False
