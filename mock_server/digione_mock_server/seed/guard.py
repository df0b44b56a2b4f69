"""The last gate of the seed: nothing that reads as an issued identity code leaves it (privacy.md §4.9)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from digione_sdk.errors import DigiOneError, UsageError
from digione_sdk.model.base import Json
from digione_sdk.model.identifiers import IdentityCode
from digione_sdk.model.oneroster import Base

_QUICK: Final = re.compile(r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]")
_CANDIDATE: Final = re.compile(r"(?=([0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]))")
_BATCH: Final = 256


class RealIdentityCodeFound(DigiOneError):
    """A record holds what reads as an identity code outside the synthetic range; the message names no value."""

    code = "real-identity-code"


def has_real_identity_code(text: str) -> bool:
    """Whether the text holds a valid identity code whose individual number is not 900-999.

    Wherever it stands: inside longer text too, for a log line or an id may hold one.
    """
    # The second pattern finds candidates that overlap as well; the first is far faster and finds whether there is any.
    return _QUICK.search(text) is not None and any(_is_real(found[1]) for found in _CANDIDATE.finditer(text))


def _is_real(text: str) -> bool:
    try:
        return not IdentityCode.parse(text, allow_synthetic=True).is_synthetic
    except UsageError:
        return False


def guarded(stream: Iterable[tuple[type[Base], dict[str, Json]]]) -> Iterator[tuple[type[Base], dict[str, Json]]]:
    """Pass records on, a batch at a time, each batch only after it was searched.

    Raises:
        RealIdentityCodeFound: A record holds an identity code that could be somebody's; nothing of its batch is passed.
    """
    source = iter(stream)
    while batch := list(islice(source, _BATCH)):
        if has_real_identity_code(json.dumps([record for _, record in batch], ensure_ascii=False)):
            kinds = ", ".join(sorted({kind.__name__ for kind, _ in batch}))
            raise RealIdentityCodeFound(f"an identity code outside 900-999 stands in the seed, among: {kinds}")
        yield from batch
