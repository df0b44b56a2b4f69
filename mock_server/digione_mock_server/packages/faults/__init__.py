"""Export faults, named: `csv sample --fault ID` writes a package with one, so that a validator is seen to notice it.

Each module holds the faults of a layer: how a table is laid out, what stands in its fields, what rows refer to, what
differs by mode and version, how text becomes bytes, and how files become a package.
"""

from digione_mock_server.packages.faults.fault import PackageFault
from digione_mock_server.packages.faults.registry import PACKAGE_FAULTS

__all__ = ["PACKAGE_FAULTS", "PackageFault"]
