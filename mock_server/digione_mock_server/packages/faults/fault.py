"""What an export fault is: a name, what goes wrong, where, who was seen making it, and what it does to an export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from digione_mock_server.packages.export import Export
from digione_sdk.bulk.tables import Mode, Version

Act: TypeAlias = Callable[[Export], object]


@dataclass(frozen=True, slots=True)
class PackageFault:
    """One deliberate defect of an exporter.

    Attributes:
        id: Name for `csv sample --fault`, after the mistake and never after a rule.
        summary: What the exporter does wrong, in one sentence.
        layer: Where it does so: header, values, references, lifecycle, dialect, manifest or container.
        seen_in: Where the mistake was seen: `pitfall 69`, `csv §7` or `differences §2` for a rule that is broken,
            `plausible` where nothing but experience speaks for it.
        act: Does it to an export, in place.
        version: The version in which it shows.
        mode: The mode in which it shows.
    """

    id: str
    summary: str
    layer: str
    seen_in: str
    act: Act
    version: Version = Version.V1P2P1
    mode: Mode = Mode.BULK

    def shows_in(self, version: Version, mode: Mode) -> bool:
        """Whether there is anything to see in a package of this version and mode."""
        return version is self.version and mode is self.mode


def layer(
    name: str,
    *rows: tuple[str, str, str, Act],
    version: Version = Version.V1P2P1,
    mode: Mode = Mode.BULK,
) -> tuple[PackageFault, ...]:
    """Return the faults of a layer from rows of id, place seen, summary and what is done."""
    return tuple(PackageFault(id_, summary, name, seen, act, version, mode) for id_, seen, summary, act in rows)
