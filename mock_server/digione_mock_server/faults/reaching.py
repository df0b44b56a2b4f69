"""Faults in what a write reaches: ids read wrongly, given twice or looked up too widely, and words and clocks."""

from __future__ import annotations

from typing import Final

from digione_mock_server.faults.fault import Fault, layer

FAULTS: Final[tuple[Fault, ...]] = (
    *layer(
        "writing",
        ("put-id-cut-at-dot", "plausible", "PUT reads the id of its address up to the last dot."),
        ("put-ids-without-case", "plausible",
         "PUT at an id that differs from one that is taken in case alone replaces the object there."),
        ("put-wants-uuids", "plausible", "PUT at an id that is no UUID is 422."),
        ("writes-collide", "plausible", "Of two writes at a time the second ends in 500."),
        ("delete-looks-everywhere", "plausible",
         "DELETE of an unknown id deletes the object of another kind that has it."),
        ("put-revives-what-was-buried", "plausible",
         "PUT at the id of what was deleted has its old properties wherever the new object lacks them."),
        ("status-extension-refused", "rest §11", "A scoreStatus that begins with ext: is 422."),
        ("written-stamp-of-local-time", "pitfall 9",
         "dateLastModified of what was put is the local time, with a Z behind it."),
        ("post-merges-one-title", "plausible", "POST of two objects of one title makes one, and both pairs name it."),
        ("allocated-ids-counted", "plausible",
         "POST numbers its objects by how many there are: after a deletion an id is given twice."),
    ),
    *layer(
        "tenancy",
        ("links-reach-any-tenant", "SEC-01", "A link may lead to an object of another tenant."),
    ),
)  # fmt: skip
"""The faults of reaching."""
