from __future__ import annotations

import pytest

from digione_sdk.synchronise import SQLiteStore


@pytest.fixture
def store(tmp_path):
    return SQLiteStore(tmp_path / "roster.sqlite")
