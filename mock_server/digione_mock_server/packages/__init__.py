"""The synthetic municipality as a OneRoster CSV package, as it should be and, on demand, with a named export fault."""

from digione_mock_server.packages.faults import PACKAGE_FAULTS, PackageFault
from digione_mock_server.packages.sample import Sample, write_sample

__all__ = ["PACKAGE_FAULTS", "PackageFault", "Sample", "write_sample"]
