"""Every variant of the status payload is understood, and what carries records is told from what does not."""

from __future__ import annotations

import pytest
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.relations.payload import holds_records, reasons, repeated_keys, status_info

FIELD = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": "unknownobject"}
BARE = {"imsx_codeMajor": "failure", "imsx_CodeMinor": {"imsx_codeMinorField": [FIELD]}}


@pytest.mark.parametrize(
    "body",
    [
        BARE,
        {"imsx_StatusInfo": BARE},
        {"imsx_statusInfo": BARE},
        {"statusInfoSet": [{"imsx_codeMajor": "failure", "imsx_codeMinor": "unknownobject"}]},
        {"imsx_codeMajor": "failure", "imsx_codeMinor": "unknownobject"},
    ],
)
def test_the_reason_is_found_in_every_variant(body: object) -> None:
    assert reasons(body) == {"unknownobject"}


@pytest.mark.parametrize("body", [None, [], "text", {"error": "unknownobject"}, {"users": []}])
def test_another_body_is_no_status_payload(body: object) -> None:
    assert status_info(body) is None
    assert reasons(body) == frozenset()


def test_the_name_of_the_system_is_no_reason() -> None:
    assert "TargetEndSystem" not in reasons(BARE)


def test_records_are_found_at_any_depth() -> None:
    assert holds_records({"users": [{"sourcedId": "1"}]})
    assert not holds_records({"users": []})
    assert not holds_records(BARE)


def test_repeated_keys_are_named() -> None:
    def answer(body: bytes) -> Exchange:
        return Exchange("x", Ask("GET", "https://roster.invalid/"), 200, {}, body)

    assert repeated_keys(answer(b'{"a": {"b": 1, "b": 2}, "c": {"b": 3}}')) == ("b",)
    assert repeated_keys(answer(b"no json")) == ()
