"""What a synthetic municipality is made from, and the only sources of chance in it.

Nothing else in this package draws a number: the same plan gives the same bytes on every machine. Each aggregate draws
from a stream of its own, named by a stable key, so that a new field in one kind does not reshuffle another.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Final, Literal, NamedTuple, TypeAlias, TypeVar, get_args

from digione_sdk.errors import UsageError

Size: TypeAlias = Literal["school", "municipality", "city"]

T = TypeVar("T")

_JULY: Final = 7
_LETTERS: Final = dict(zip("0123456789abcdef", "abcdefabcdefabcd", strict=True))
_VARIANTS: Final = dict(zip("0123456789abcdef", "89ab89ab89ab89ab", strict=True))


class Mark(NamedTuple):
    """What is drawn once for an object from its stable key: its id, and bits for its incidental properties."""

    sourced_id: str
    bits: int

    def chance(self, per_mille: int, *, lane: int) -> bool:
        """Whether a property with this frequency falls on the object; each property takes a lane (0-5) of its own."""
        return (self.bits >> (10 * lane) & 1023) * 1000 < per_mille * 1024


@dataclass(frozen=True)
class Plan:
    """The recipe of one synthetic municipality.

    Args:
        size: `school` (about 300 pupils), `municipality` (about 12 000) or `city` (about 35 000).
        seed: Any integer; two seeds give two populations.
        today: The day on which the municipality is looked at; the current school year is the one around it.
        tenant: Which municipality: 0, 1, 2 ...; each has a name and people of its own.

    Raises:
        UsageError: The size is unknown, the tenant is not 0-99, or `today` is too early or late for four-digit years.
    """

    size: Size = "school"
    seed: int = 1
    today: date = date(2026, 11, 23)
    tenant: int = 0

    def __post_init__(self) -> None:
        if self.size not in get_args(Size):
            raise UsageError(f"must be one of {', '.join(get_args(Size))}", argument="size")
        if not 0 <= self.tenant <= 99:  # noqa: PLR2004 - two digits in numbers made from it
            raise UsageError("must be 0-99", argument="tenant")
        if not 2000 <= self.today.year <= 2090:  # noqa: PLR2004 - synthetic birthdays stay in 1900-2099
            raise UsageError("must lie in 2000-2090", argument="today")

    @cached_property
    def year(self) -> int:
        """Calendar year in which the current school year began (1 August)."""
        return self.today.year if self.today.month > _JULY else self.today.year - 1

    @cached_property
    def _roots(self) -> tuple[str, str]:
        return f"{self.seed}/{self.tenant}/", f"{self.seed}/*/"

    def mark(self, kind: str, key: str, *, everywhere: bool = False) -> Mark:
        """Draw the id of an object from its stable key.

        An id is an opaque UUID of version 8 (RFC 9562 §5.8). Two places are forced to letters so that no id, read
        without regard to case, can hold the shape of an identity code.

        Args:
            kind: Collection of the object.
            key: Stable name of the object in it.
            everywhere: Draw the same id in every tenant: ids are unique in a tenant only, and some are seeded so that
                a server or client that mixes tenants is caught.
        """
        digest = blake2b((self._roots[everywhere] + kind + "/" + key).encode(), digest_size=20).hexdigest()
        second, last = _LETTERS[digest[8]], _LETTERS[digest[22]]
        variant = _VARIANTS[digest[16]]
        return Mark(
            f"{digest[:8]}-{second}{digest[9:12]}-8{digest[13:16]}-{variant}{digest[17:20]}"
            f"-{digest[20:22]}{last}{digest[23:32]}",
            int(digest[24:], 16),
        )

    def stream(self, *key: str) -> Stream:
        """Return the stream of chance with this name."""
        return Stream(self._roots[0] + "/".join(key))

    def before(self, days: int) -> date:
        """The day so many days before `today`."""
        return self.today - timedelta(days=days)


class Stream:
    """A named sequence of draws; built on `random()` alone, the one method Python promises never to change."""

    __slots__ = ("random",)

    def __init__(self, name: str) -> None:
        self.random: Callable[[], float] = random.Random(name).random  # noqa: S311 - reproducible, not secret

    def below(self, limit: int) -> int:
        """Draw an integer in [0, limit)."""
        return int(self.random() * limit)

    def pick(self, items: Sequence[T]) -> T:
        """Draw one of the items."""
        return items[int(self.random() * len(items))]

    def chance(self, probability: float) -> bool:
        """Draw whether something happens."""
        return self.random() < probability

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in a drawn order."""
        keyed = sorted((self.random(), place) for place in range(len(items)))
        return [items[place] for _, place in keyed]
