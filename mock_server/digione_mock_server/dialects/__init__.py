"""Named variants of behaviour, off by default: `serve --dialect NAME` switches one on.

Each area file lists its dialects at the top; what a dialect changes stands behind one `if "name" in dialects`.
"""

from digione_mock_server.dialects.dialect import Dialect
from digione_mock_server.dialects.registry import DIALECTS, Dialects

__all__ = ["DIALECTS", "Dialect", "Dialects"]
