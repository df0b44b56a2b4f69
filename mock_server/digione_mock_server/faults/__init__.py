"""Deliberate defects, named: `serve --fault ID` switches one on, so that the suite can be seen to notice it."""

from digione_mock_server.faults.registry import FAULTS, Fault, Faults

__all__ = ["FAULTS", "Fault", "Faults"]
