"""OneRoster 1.1 over the store of 1.2: how its questions are understood, its objects told, its refusals worded."""

from digione_mock_server.v1p1.asking import asked
from digione_mock_server.v1p1.telling import expressible, received, retold, said

__all__ = ["asked", "expressible", "received", "retold", "said"]
