"""Named variants of behaviour, off by default: `serve --dialect NAME` switches one on."""

from digione_mock_server.dialects.registry import DIALECTS, LOW_CAP, Dialect, Dialects

__all__ = ["DIALECTS", "LOW_CAP", "Dialect", "Dialects"]
