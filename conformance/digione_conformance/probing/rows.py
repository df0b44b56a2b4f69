"""The records of one list, and what is derived from them: each derivation once, kept no longer than the list itself.

A list of a thousand users is asked about by forty checks, field by field; what they all need is what a field holds and
who holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar

from digione_conformance.evidence.exchange import Json

Record = dict[str, Any]
Group: TypeAlias = tuple[tuple[Json, ...], tuple[str, ...]]
"""Values, and the ids of the records that hold just these, in order."""
T = TypeVar("T")


class Rows(tuple[Record, ...]):  # noqa: SLOT001 - what is derived hangs on it
    """Records in the order in which they came. They are never changed, so what is derived from them stays true."""

    _derived: dict[tuple[Hashable, ...], Any]

    @classmethod
    def of(cls, records: Iterable[Record]) -> Rows:
        """Return the records as rows; rows are returned as they are, with all that was derived from them."""
        return records if isinstance(records, Rows) else cls(records)

    def derived(self, key: tuple[Hashable, ...], compute: Callable[[], T]) -> T:
        """Return what `compute` makes of these rows, made once: equal keys must mean equal derivations."""
        try:
            known = self._derived
        except AttributeError:
            known = self._derived = {}
        if key not in known:
            known[key] = compute()
        made: T = known[key]
        return made

    @property
    def ids(self) -> Sequence[str]:
        """The sourcedId of each record as text, in order."""
        return self.derived(("ids",), lambda: tuple(str(record.get("sourcedId")) for record in self))

    def groups(self, path: str) -> Sequence[Group]:
        """Return the values at a dotted path with the ids of those that hold them, equal texts together."""
        return self.derived(("groups", path), lambda: self._grouped(path))

    def _grouped(self, path: str) -> Sequence[Group]:
        texts: dict[tuple[Json, ...], list[str]] = {}
        others: list[Group] = []
        for key, record in zip(self.ids, self, strict=True):
            values = values_at(record, path)
            if (len(values) == 1 and isinstance(values[0], str)) or all(isinstance(value, str) for value in values):
                texts.setdefault(values, []).append(key)
            else:
                # Python takes 1, 1.0 and True for one value, and an object for none that can be looked up.
                others.append((values, (key,)))
        return (*((values, tuple(ids)) for values, ids in texts.items()), *others)


def values_at(record: Json, path: str) -> tuple[Json, ...]:
    """Return all values at a dotted path, walking into arrays; empty where the path leads nowhere."""
    name, _, rest = path.partition(".")
    if not isinstance(record, dict) or name not in record:
        return ()
    value = record[name]
    if not rest:
        return tuple(value) if isinstance(value, list) else (value,)
    if isinstance(value, list):
        return tuple(found for item in value for found in values_at(item, rest))
    return values_at(value, rest)


def spread(records: Sequence[T], count: int) -> tuple[T, ...]:
    """Return up to `count` items at even distances, ends included."""
    if len(records) <= count:
        return tuple(records)
    if count == 1:
        return (records[0],)
    step = (len(records) - 1) / (count - 1)
    return tuple(records[round(index * step)] for index in range(count))
