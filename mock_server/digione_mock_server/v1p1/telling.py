"""Tells stored 1.2 objects in 1.1, takes 1.1 objects in, and words refusals and warnings as 1.1 does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Select

from digione_mock_server.conversion import POLICY
from digione_mock_server.refusal import invalid_object
from digione_mock_server.store import KINDS
from digione_mock_server.store.told import demanded_paths
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base
from digione_sdk.model.status import WORDS_V1P1, CodeMajor, CodeMinorValue, Severity
from digione_sdk.wire.versions import ConversionPolicy, downgraded, upgraded
from digione_sdk.wire.versions.shapes import shape_of


def retold(model: type[Base], record: dict[str, Json]) -> dict[str, Json]:
    """Return a stored object as 1.1 tells it."""
    return downgraded(model, record, policy=POLICY)


def expressible(model: type[Base], statement: Select[Any]) -> Select[Any]:
    """Leave out what 1.1 cannot say: a result without a number, a line item without a session (differences §2)."""
    columns = (KINDS[model].told_column(path.text) for path in demanded_paths(model))
    return statement.where(*(column.is_not(None) for column in columns if column is not None))


def received(model: type[Base], record: dict[str, Json], *, school_of_class: Callable[[str], Json]) -> dict[str, Json]:
    """Return a received 1.1 object as 1.2 tells it.

    Raises:
        Refusal: 422: it is no 1.1 object, or lacks what 1.1 demands: it could not be told in 1.1 again.
    """
    if lacking := sorted(name for name in shape_of(model).needed if record.get(name) is None):
        raise invalid_object(f"OneRoster 1.1 demands {', '.join(lacking)} of a {model.__name__}")
    try:
        made = upgraded(model, record, policy=ConversionPolicy(school_of_class=school_of_class))
    except (AttributeError, KeyError, TypeError):
        raise invalid_object(f"no OneRoster 1.1 {model.__name__}") from None
    if "academicSession" in made and "academicSession" not in record:
        del made["academicSession"]  # only what was sent is stored
    return made


def said(
    reasons: Iterable[CodeMinorValue],
    *,
    major: CodeMajor = CodeMajor.SUCCESS,
    severity: Severity = Severity.WARNING,
    description: str = "A name in the query is unknown and was ignored",
) -> bytes:
    """Return a status set, as it stands alone in an error and beside the data in a success, without its braces."""
    told = [
        {
            "imsx_codeMajor": major.value,
            "imsx_severity": severity.value,
            "imsx_codeMinor": WORDS_V1P1.get(reason, reason.value),
            "imsx_description": description,
        }
        for reason in reasons
    ]
    return b'"statusInfoSet":' + json.dumps(told).encode()
