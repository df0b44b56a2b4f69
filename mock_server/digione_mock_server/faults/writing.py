"""Faults in the operations that write: what PUT, POST and DELETE do to the store, and what they answer."""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from typing import Any, Final

from digione_mock_server.faults.fault import layer
from digione_mock_server.refusal import Refusal, internal_error
from digione_sdk.model.base import Json
from digione_sdk.model.status import CodeMinorValue

FAULTS: Final = (
    *layer(
        "writing",
        ("put-merges", "rest §3.2", "PUT changes the properties that were sent and keeps the others."),
        ("put-adds-a-copy", "rest §3.2", "PUT at an id that is taken makes a second object with an id of its own."),
        ("put-only-replaces", "rest §3.2", "PUT at an id that is free is 404."),
        ("put-only-creates", "rest §3.2", "PUT at an id that is taken is 409."),
        ("replacement-not-stored", "plausible", "PUT at an id that is taken answers 200 and changes nothing."),
        ("one-result-a-pupil", "plausible",
         "A result of a pupil in a line item takes the place of the one that was there under another id."),
        ("body-id-wins", "plausible", "PUT stores under the sourcedId of the body, whatever the address says."),
        ("sent-stamp-kept", "rest §7", "dateLastModified is as the client sent it."),
        ("replacement-keeps-stamp", "pitfall 54", "A replacement keeps the dateLastModified of what it replaces."),
        ("score-clipped-to-maximum", "pitfall 61", "A score beyond resultValueMax is stored as resultValueMax."),
        ("long-title-refused", "pitfall 62", "A title of more than 100 characters is 422."),
        ("dangling-line-item-accepted", "pitfall 47", "A result of a line item that does not exist is taken."),
        ("dangling-category-accepted", "pitfall 47", "A line item of a category that does not exist is taken."),
        ("dangling-parent-accepted", "pitfall 47",
         "An assessment may be a part of one that does not exist, or of itself."),
        ("put-answers-204", "pitfall 59", "PUT answers 204."),
        ("put-answers-202", "plausible", "PUT answers 202, though all is done."),
        ("put-of-new-answers-200", "plausible", "PUT at an id that is free answers 200, as if something was replaced."),
        ("bare-link-refused", "pitfall 58", "A link without href and type is 422, though its sourcedId says it all."),
        ("one-assessment-result-a-pupil", "plausible",
         "A result of a pupil in an assessment takes the place of the one that was there under another id."),
        ("delete-does-nothing", "plausible", "DELETE answers 204 and deletes nothing."),
        ("delete-of-unknown-204", "rest §3.2", "DELETE of an id that never was answers 204."),
        ("delete-crashes-second-time", "plausible", "DELETE of what is deleted already ends in 500."),
        ("line-item-leaves-its-results", "pitfall 47", "Results outlive their line item and link to nothing."),
        ("category-leaves-its-line-items", "pitfall 47",
         "A category in use is deleted; its line items link to nothing."),
        ("deletion-takes-namesakes", "plausible", "Deleting a result deletes all that the pupil has in the line item."),
        ("deletion-takes-assessment-namesakes", "plausible",
         "Deleting an assessment result deletes all that the pupil has in the assessment."),
        ("post-pairs-turned", "rest §3.2", "supplied and allocated id stand in each other's place."),
        ("post-pairs-misaligned", "rest §3.2", "The pairs name the allocated ids in reverse order."),
        ("post-pairs-missing", "rest §3.2", "POST answers 201 without body."),
        ("post-pairs-bare", "pitfall 1", "POST answers a bare array of pairs."),
        ("post-pairs-of-first-only", "plausible", "POST stores everything and answers with the first pair."),
        ("post-stores-first-only", "plausible", "POST stores the first object and has pairs for all."),
        ("post-takes-one", "plausible", "POST of more than one object is 422."),
        ("post-stores-part", "rest §3.2", "A POST that is refused for one object has stored those before it."),
        ("post-answers-200", "rest §3.2", "POST answers 200."),
        ("post-answers-objects", "plausible", "POST answers with the objects and not with pairs."),
        ("post-below-nothing", "rest §3.2",
         "POST below a class that does not exist is taken for the class of the object."),
        ("post-replaces-namesake", "rest §3.2",
         "POST looks the temporary id up, and overwrites the object that has it."),
        ("post-follows-body", "rest §3.2",
         "POST stores below the class, line item or school that the body names, whatever the address says."),
        ("refusal-says-created", "plausible", "An object that may not be answers 201, and is not there."),
    ),
    *layer(
        "errors",
        ("malformed-body-500", "plausible", "A body that is not JSON ends in 500."),
        ("missing-wrapper-500", "plausible", "A body without its wrapper key ends in 500."),
        ("refused-object-500", "rest §8", "An object that may not be ends in 500."),
        ("sent-value-echoed", "SEC-73", "The description of a refusal repeats what was sent."),
        ("not-allowed-without-allow", "plausible", "405 does not say which methods there are."),
        ("charset-refused", "consumers", "application/json with a charset is 415."),
        ("write-stored-then-500", "plausible", "Every write of a result is stored and then ends in 500."),
    ),
    *layer(
        "tenancy",
        ("writes-reach-any-tenant", "SEC-01", "PUT and DELETE reach objects of other tenants by their id."),
    ),
    *layer(
        "exposure",
        ("writes-see-protected", "PRV-134", "PUT and DELETE know protected pupils whom reads do not show."),
        ("protected-write-403", "PRV-134", "A result for a protected pupil is 403, for an unknown one 422."),
    ),
    *layer(
        "cache",
        ("if-match-ignored", "plausible", "If-Match is not looked at, though entity tags are given."),
        ("if-none-match-ignored", "plausible", "PUT with If-None-Match: * replaces what is there."),
        ("object-tag-never-changes", "plausible", "The entity tag of an object stays when the object changes."),
        ("singles-outlive-writes", "plausible", "A single read shows what it showed before the write."),
        ("nested-lists-outlive-writes", "plausible", "Nested lists show what they showed before the write."),
    ),
)  # fmt: skip

_OWN_STATUS: Final = {
    "put-answers-204": ("PUT", 204),
    "put-answers-202": ("PUT", 202),
    "post-answers-200": ("POST", 200),
}
_UNREADABLE, _REFUSED, _SERVICE_SEGMENTS = 400, 422, 4


def answered(method: str, status: int, faults: AbstractSet[str]) -> int:
    """Return the status with which a careless gradebook answers a write that is done."""
    return next((own for fault, (of, own) in _OWN_STATUS.items() if fault in faults and of == method), status)


def wrong_pairs(pairs: list[dict[str, str]], key: str, faults: AbstractSet[str]) -> bytes:
    """Return the body with which a careless gradebook answers a POST."""
    if "post-pairs-missing" in faults:
        return b""
    if "post-pairs-turned" in faults:
        turned = {"suppliedSourcedId": "allocatedSourcedId", "allocatedSourcedId": "suppliedSourcedId"}
        pairs = [{turned[name]: value for name, value in pair.items()} for pair in pairs]
    if "post-pairs-misaligned" in faults:
        allocated = [pair["allocatedSourcedId"] for pair in reversed(pairs)]
        pairs = [pair | {"allocatedSourcedId": own} for pair, own in zip(pairs, allocated, strict=True)]
    if "post-pairs-of-first-only" in faults:
        pairs = pairs[:1]
    wire: Json = pairs if "post-pairs-bare" in faults else {key: pairs}
    return json.dumps(wire, ensure_ascii=False).encode()


def reworded(refusal: Refusal, body: bytes, faults: AbstractSet[str]) -> Refusal:
    """Return the refusal with which a careless gradebook answers a write instead."""
    malformed, wrapped = _is_json(body), b"{" in body
    crashes = (
        ("malformed-body-500" in faults and refusal.status == _UNREADABLE and not malformed)
        or ("missing-wrapper-500" in faults and refusal.status == _UNREADABLE and malformed and wrapped)
        or ("refused-object-500" in faults and refusal.status == _REFUSED)
    )
    if crashes:
        return internal_error()
    if "sent-value-echoed" in faults and refusal.status in {_UNREADABLE, _REFUSED}:
        said = f"{refusal.description}: {body.decode('utf-8', 'replace')}"
        return Refusal(refusal.status, refusal.reason, said, headers=refusal.headers)
    return refusal


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def taken() -> Refusal:
    """An id that is taken, where PUT only creates."""
    return Refusal(409, CodeMinorValue.INVALIDDATA, "The object exists")


def outlives_writes(path: str, faults: AbstractSet[str]) -> bool:
    """Whether a page at this path is shown again, whatever was written since."""
    if "/gradebook/" not in path:
        return False
    below = len([segment for segment in path.split("/") if segment]) - _SERVICE_SEGMENTS
    return ("singles-outlive-writes" in faults and below == 2) or (  # noqa: PLR2004 - a collection and an id
        "nested-lists-outlive-writes" in faults and below > 2  # noqa: PLR2004
    )


def accepts_dangling(name: str, faults: AbstractSet[str]) -> bool:
    """Whether a careless gradebook does not look where a link leads."""
    fault = {
        "lineItem": "dangling-line-item-accepted",
        "category": "dangling-category-accepted",
        "parentAssessmentLineItem": "dangling-parent-accepted",
    }.get(name)
    return fault is not None and fault in faults


def has_bare_link(wire: dict[str, Any]) -> bool:
    """Whether an object has a link that says no more than whereto."""
    return any(value.keys() == {"sourcedId"} for value in wire.values() if isinstance(value, dict))


def is_beyond(wire: dict[str, Any], faults: AbstractSet[str]) -> bool:
    """Whether an object has a title longer than a careless gradebook takes."""
    return "long-title-refused" in faults and len(str(wire.get("title", ""))) > _LONGEST


_LONGEST: Final = 100
