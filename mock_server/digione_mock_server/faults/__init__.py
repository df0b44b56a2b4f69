"""Deliberate defects, named: `serve --fault ID` switches one on, so that the suite can be seen to notice it.

Each module holds the faults of a layer as data and, where a line at the place does not do, the wrong behaviour.
"""

from digione_mock_server.faults.fault import Fault
from digione_mock_server.faults.registry import FAULTS, NO_FAULTS, Faults

__all__ = ["FAULTS", "NO_FAULTS", "Fault", "Faults"]
