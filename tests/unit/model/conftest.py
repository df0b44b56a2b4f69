"""One synthetic user as the wire carries it, and every model class of the rostering service."""

from __future__ import annotations

from typing import Any

import pytest

ORG = {"href": "https://roster.example.org/orgs/o1", "sourcedId": "o1", "type": "org"}


@pytest.fixture
def wire_user() -> dict[str, Any]:
    return {
        "sourcedId": "CANARY-ID",
        "status": "active",
        "dateLastModified": "2026-08-01T06:00:00.000Z",
        "enabledUser": "true",
        "givenName": "CANARY-GIVEN",
        "familyName": "CANARY-FAMILY",
        "roles": [{"roleType": "primary", "role": "student", "org": dict(ORG)}],
    }
