"""One school, drawn once for all tests that only read it."""

import pytest
from digione_mock_server.seed import Plan, records


@pytest.fixture(scope="session")
def school():
    """Records of the default plan by class name, in order."""
    found = {}
    for kind, record in records(Plan()):
        found.setdefault(kind.__name__, []).append(record)
    return found
