"""Faults of the gradebook and of resources in 1.1: what is right in 1.2 and goes wrong where 1.1 tells or takes it.

Who wrote the checks of that gradebook wrote these too, for want of other eyes: that each is noticed proves little.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeAlias

from pydantic import BaseModel
from starlette.responses import Response

from digione_mock_server.faults.fault import layer
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.endpoints.v1p1 import ONEROSTER_V1P1
from digione_sdk.core.scopes import ScopeV1P1
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Category, LineItem, Resource, Result
from digione_sdk.model.status import WORDS_V1P1

FAULTS: Final = (
    *layer(
        "auth",
        ("v1p1-readonly-may-write", "rest §9", "In 1.1 gradebook.readonly creates, replaces and deletes."),
        ("v1p1-createput-may-delete", "rest §9", "In 1.1 gradebook.createput deletes."),
        ("v1p1-writing-needs-reading", "pitfall 40", "In 1.1 a token that writes must carry gradebook.readonly too."),
    ),
    *layer(
        "errors",
        ("v1p1-writes-refused-as-in-1-2", "pitfall 37", "Refused writes of 1.1 give their reason in words of 1.2."),
    ),
    *layer(
        "serialiser",
        ("v1p1-score-status-in-one-word", "plausible", "1.1 tells scoreStatus without its spaces: fullyGraded."),
        ("v1p1-scores-as-shares", "plausible", "1.1 tells scores as shares of ten, counted in single precision."),
        ("v1p1-titles-cut", "plausible", "1.1 tells titles as long as a column of old: twelve letters."),
    ),
    *layer(
        "storing",
        ("v1p1-put-loses-texts", "plausible", "What is put in 1.1 loses its description and its comment."),
    ),
    *layer(
        "sql",
        ("v1p1-grades-joined", "pitfall 48",
         "Lists of the gradebook and of resources in 1.1 are joined with their owners: each row stands there twice."),
    ),
    *layer(
        "pager",
        ("v1p1-past-the-end-crashes", "pitfall 24",
         "In 1.1 an offset past the end of a list of the gradebook or of resources ends in 500."),
        ("v1p1-filter-with-fields-crashes", "plausible",
         "In the gradebook and in resources of 1.1 a filter and fields in one question end in 500."),
    ),
    *layer(
        "views",
        ("v1p1-other-kind-crashes", "plausible",
         "In the gradebook and in resources of 1.1 the id of another kind of object ends in 500."),
    ),
    *layer(
        "lifecycle",
        ("v1p1-deleted-stays-below-class", "pitfall 60",
         "Lists of line items and results below a class in 1.1 show what was deleted as if it were active."),
    ),
    *layer(
        "parser",
        ("v1p1-words-cannot-be-asked", "plausible", "In 1.1 a filter on scoreStatus or importance is refused."),
    ),
    *layer(
        "cache",
        ("v1p1-lists-below-outlive-writes", "plausible",
         "Line items and results below a class are remembered in 1.1, and outlive writes."),
    ),
)  # fmt: skip

Wire: TypeAlias = dict[str, Json]
Retelling: TypeAlias = Callable[[type[Any], Wire], Wire]

_KINDS: Final = frozenset({Category, LineItem, Result, Resource})
_WRITES: Final = frozenset({ScopeV1P1.GRADEBOOK_CREATEPUT, ScopeV1P1.GRADEBOOK_DELETE})
_LONGEST: Final = 12
_BEST: Final = 10


def is_older(endpoint: Endpoint[Any]) -> bool:
    """Whether an operation is one of the gradebook or of resources in 1.1."""
    return endpoint.service is ONEROSTER_V1P1 and endpoint.model in _KINDS


def opens(granted: AbstractSet[str], needed: AbstractSet[str], faults: AbstractSet[str]) -> bool:
    """Whether a careless gradebook of 1.1 takes some scope granted for one of those needed."""
    if "v1p1-readonly-may-write" in faults and ScopeV1P1.GRADEBOOK in granted:
        return not _WRITES.isdisjoint(needed)
    put = ScopeV1P1.GRADEBOOK_CREATEPUT in granted
    return "v1p1-createput-may-delete" in faults and put and ScopeV1P1.GRADEBOOK_DELETE in needed


def refuses(granted: AbstractSet[str], needed: AbstractSet[str], faults: AbstractSet[str]) -> bool:
    """Whether a careless gradebook of 1.1 asks for more than the one scope that is needed."""
    lacking = ScopeV1P1.GRADEBOOK not in granted and not _WRITES.isdisjoint(needed)
    return "v1p1-writing-needs-reading" in faults and lacking


def reworded(answer: Response, method: str, faults: AbstractSet[str]) -> Response:
    """Return a refusal as a server words it that has one table of words for reads and another for writes."""
    if "v1p1-writes-refused-as-in-1-2" in faults and method in {"PUT", "DELETE"}:
        body = bytes(answer.body)
        for reason, word in WORDS_V1P1.items():
            body = body.replace(f'"{word}"'.encode(), f'"{reason.value}"'.encode())
        headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
        return Response(body, answer.status_code, headers)
    return answer


def retelling(retold: Retelling, faults: AbstractSet[str]) -> Retelling:
    """Return how a careless 1.1 tells an object."""

    def told(model: type[Any], record: Wire) -> Wire:
        return _mistold(retold(model, record), model, faults)

    return told if faults & _MISTOLD else retold


_MISTOLD: Final = frozenset({"v1p1-score-status-in-one-word", "v1p1-scores-as-shares", "v1p1-titles-cut"})


def _mistold(wire: Wire, model: type[BaseModel], faults: AbstractSet[str]) -> Wire:
    wire = dict(wire)
    status, score, title = wire.get("scoreStatus"), wire.get("score"), wire.get("title")
    if "v1p1-score-status-in-one-word" in faults and isinstance(status, str):
        first, *more = status.split()
        wire["scoreStatus"] = first + "".join(word.capitalize() for word in more)
    if "v1p1-scores-as-shares" in faults and isinstance(score, (int, float)):
        (wire["score"],) = struct.unpack("f", struct.pack("f", score / _BEST))
    if "v1p1-titles-cut" in faults and isinstance(title, str) and model in _KINDS:
        wire["title"] = title[:_LONGEST]
    return wire


def kept(wire: Wire, faults: AbstractSet[str]) -> Wire:
    """Return what is left of an object that was put in 1.1."""
    gone = {"description", "comment"} if "v1p1-put-loses-texts" in faults else set[str]()
    return {name: value for name, value in wire.items() if name not in gone}


def joined(keys: array[int], endpoint: Endpoint[Any], faults: AbstractSet[str]) -> array[int]:
    """Return the keys of a list as a careless join has them."""
    if "v1p1-grades-joined" not in faults or not is_older(endpoint):
        return keys
    return array("q", (key for key in keys for _ in range(2)))


def crash_past(offset: int, total: int, endpoint: Endpoint[Any], faults: AbstractSet[str]) -> None:
    """Crash where there is nothing at an offset.

    Raises:
        IndexError: It lies past the end.
    """
    if "v1p1-past-the-end-crashes" in faults and is_older(endpoint) and offset > total:
        raise IndexError(offset)


def crash_over_both(where: object, fields: object, endpoint: Endpoint[Any], faults: AbstractSet[str]) -> None:
    """Crash where what a filter looks at was left out before.

    Raises:
        LookupError: It is gone.
    """
    both = where is not None and fields is not None
    if both and "v1p1-filter-with-fields-crashes" in faults and is_older(endpoint):
        raise LookupError(endpoint.operation_id)


def shows_deleted(endpoint: Endpoint[Any], faults: AbstractSet[str]) -> bool:
    """Whether a careless list below a class shows what was deleted as if it were active."""
    return "v1p1-deleted-stays-below-class" in faults and is_older(endpoint) and endpoint.is_nested


def cannot_be_asked(field: str, faults: AbstractSet[str]) -> bool:
    """Whether a careless parser knows no filter on words of a vocabulary."""
    return "v1p1-words-cannot-be-asked" in faults and field in {"scoreStatus", "importance"}


def outlives_writes(path: str, faults: AbstractSet[str]) -> bool:
    """Whether a page is remembered whatever was written since."""
    below = path.startswith(f"{ONEROSTER_V1P1.base_path}/classes/") and path.endswith(("/lineItems", "/results"))
    return "v1p1-lists-below-outlive-writes" in faults and below
