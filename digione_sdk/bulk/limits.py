"""How much of a package is read before it is refused, and how much memory reading may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MIB: Final = 1024 * 1024
GIB: Final = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that a package is held to while it is read; what a zip says of its own sizes is never believed.

    Attributes:
        total_bytes: All files together, unpacked.
        ratio: Unpacked bytes for each packed byte of one file; larger is a bomb. Honest rosters stay below a tenth of
            the default.
        ratio_from: Unpacked bytes of a file below which its ratio is not looked at.
        members: Entries in the zip or folder.
        line_bytes: One row.
        unreadable_rows: Rows of one file that cannot be split into fields; with more the file is not checked further.
        memory_bytes: What DuckDB may hold in memory; beyond, it writes to the temporary folder.
    """

    total_bytes: int = 64 * GIB
    ratio: int = 250
    ratio_from: int = 16 * MIB
    members: int = 1000
    line_bytes: int = 2 * MIB
    unreadable_rows: int = 10_000
    memory_bytes: int = 256 * MIB


DEFAULT_LIMITS: Final = Limits()
