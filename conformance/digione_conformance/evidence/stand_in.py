"""Values that redaction replaced, as replay hands them out: equal where the originals were, good for nothing else.

A pseudonym keeps equality and loses everything besides: order, length, letters. A check that depends on any of these
would judge the pseudonym instead of the value, so whoever asks for them learns that the evidence no longer holds it.
"""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Exchange, Json, parsed

_SHAPE: Final = re.compile(r"(?:p|token)-[0-9a-f]{12}")
GONE: Final = "redaction removed what it depends on: judge the run itself, or evidence of synthetic data"


def _gone(*_arguments: Any, **_options: Any) -> NoReturn:
    raise Untested(GONE)


class StandIn(str):
    """The pseudonym of a value: can be compared for equality, be a key, and be sent; everything else is gone."""

    __slots__ = ()

    __lt__ = __le__ = __gt__ = __ge__ = __len__ = __iter__ = __contains__ = __getitem__ = _gone
    casefold = lower = upper = title = capitalize = swapcase = strip = lstrip = rstrip = _gone
    startswith = endswith = find = index = count = split = rsplit = partition = rpartition = splitlines = _gone
    isascii = isdigit = isalpha = isalnum = isupper = islower = isspace = isdecimal = isnumeric = _gone
    removeprefix = removesuffix = translate = _gone

    def __bool__(self) -> bool:
        """Redaction leaves empty strings as they are, so a stand-in is never one of something empty."""
        return True


class RedactedExchange(Exchange):
    """An exchange whose answer was redacted: its JSON holds stand-ins, and its bytes are gone."""

    def __getattribute__(self, name: str) -> Any:
        """Return an attribute; the bytes of an answer are not those that were sent."""
        found = super().__getattribute__(name)
        if name == "body" and found:
            raise Untested(GONE)
        return found

    def _read(self) -> tuple[bool, Json]:
        found, document = parsed(self.plain.body)
        return found, with_stand_ins(document)

    def _listed(self, key: str) -> tuple[str, ...] | None:
        self.json  # noqa: B018 - stand-ins come from the whole document alone
        return super()._listed(key)

    def _told(self, key: str, field: str) -> tuple[Json, ...] | None:
        self.json  # noqa: B018 - as above
        return super()._told(key, field)

    @property
    def plain(self) -> Exchange:
        """The exchange as the evidence holds it, for showing."""
        fields = object.__getattribute__(self, "__dict__")
        return Exchange(*(fields[name] for name in Exchange.__dataclass_fields__))


def with_stand_ins(node: Json) -> Json:
    """Return a redacted document in which every pseudonym is a stand-in."""
    if isinstance(node, str):
        return StandIn(node) if _SHAPE.fullmatch(node) else node
    if isinstance(node, dict):
        return {key: with_stand_ins(value) for key, value in node.items()}
    if isinstance(node, list):
        return [with_stand_ins(item) for item in node]
    return node
