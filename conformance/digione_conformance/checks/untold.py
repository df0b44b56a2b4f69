"""Checks of what is known and not told: whoever may not read a property must not find records by it."""

from __future__ import annotations

from typing import Final

from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import RESOURCES, RESOURCES_V1P1, WRITABLE
from digione_conformance.probing.probe import Probe, total_of
from digione_conformance.relations.asking import require, wholes
from digione_conformance.relations.order import Scale
from digione_conformance.relations.payload import holds_records
from digione_conformance.relations.sampling import scalars
from digione_sdk.wire.filter import Clause, Predicate

_BELOW_ALL: Final = {
    Scale.TEXT: "!",
    Scale.NUMBER: "-1",
    Scale.DAY: "1900-01-01",
    Scale.INSTANT: "1900-01-01T00:00:00Z",
}
"""Less than any value that a gradebook or a resource has; an absent one is not more than anything."""


@check("OR-*-FILT-012", after=("OR-*-FILT-001",), of=(*WRITABLE, RESOURCES, RESOURCES_V1P1))
def filters_find_nothing_untold(probe: Probe) -> Findings:
    """A filter finds and counts nothing by a property that no record of the list shows, or is refused."""
    # Users are asked the same as a client that is given less (OR-ROS-EXPO-003).
    for listing in wholes(probe, probe.family.kinds):
        shown = frozenset[str]().union(*listing.records)
        probe.examined(len(shown))
        fields = scalars(probe.family.spoken(listing.endpoint))
        for field in (field for field in fields if not (field.required or field.name in shown)):
            clause = Clause(field.name, Predicate.GT, _BELOW_ALL[field.scale])
            exchange = probe.get(listing.endpoint, query={"filter": str(clause), "limit": "1"})
            if exchange.ok and (holds_records(exchange.json) or total_of(exchange)):
                yield Finding.at(
                    f"{listing.endpoint.operation_id} finds or counts records by {field.name}, which none shows",
                    exchange,
                )
    require(probe, "seed at least one record of each kind")
