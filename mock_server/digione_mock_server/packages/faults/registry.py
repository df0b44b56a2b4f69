"""The export faults that are known: each is a mistake of some exporter, at the layer where it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from digione_mock_server.packages.faults import container, dialect, header, lifecycle, references, values
from digione_mock_server.packages.faults.fault import PackageFault

PACKAGE_FAULTS: Final[Mapping[str, PackageFault]] = {
    fault.id: fault for module in (header, values, references, lifecycle, dialect, container) for fault in module.FAULTS
}
"""Every known export fault by id."""
