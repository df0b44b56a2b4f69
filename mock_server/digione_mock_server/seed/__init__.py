"""A deterministic synthetic Finnish municipality: `records(Plan(...))` yields its OneRoster objects in wire form.

Nobody in it exists (names.py, guard.py). Everything refers to something that is yielded too, tombstones included; a
tombstone keeps its links, and those that belong to it (a removed class's enrolments) are tombstones with it.
"""

from digione_mock_server.seed.cast import cast, protected
from digione_mock_server.seed.guard import RealIdentityCodeFound
from digione_mock_server.seed.municipality import records
from digione_mock_server.seed.plan import Plan, Size

__all__ = ["Plan", "RealIdentityCodeFound", "Size", "cast", "protected", "records"]
