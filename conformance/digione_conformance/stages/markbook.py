"""A small markbook of our own inside the target: line items and marks that are put and deleted, and how they must read.

The reference model of the model stage for gradebook and assessments. It is written through the public API alone, made
after records that the target serves, and knows nothing of how a server works.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from digione_conformance.catalogue.undecided import CantTell, Untested
from digione_conformance.probing.family import ANY_ENDPOINT, delete_of, put_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import ABOVE, NO_SUCH_OPERATION, Workshop
from digione_conformance.relations.asking import SERVER_ERROR

_COLUMNS: Final = 2
_PAGE: Final = {"limit": "100", "offset": "0"}
_TITLE: Final = "Vaihe"


@dataclass
class Entry:
    """One object of ours, as it must be read now.

    Attributes:
        kind: The whole collection that it belongs to.
        record: What was put last.
        deleted: Whether it was deleted since.
        dropped: Fields that were put before, and not the last time.
        looked: The step at which it was read last.
    """

    kind: ANY_ENDPOINT
    record: Record
    deleted: bool = False
    dropped: frozenset[str] = frozenset()
    looked: int = 0

    @property
    def id(self) -> str:
        """Its sourcedId."""
        return str(self.record["sourcedId"])


@dataclass(frozen=True)
class Models:
    """The target's own records that ours are made after: a line item, and results of it, one a pupil."""

    column: Record
    marks: tuple[Record, ...]


@dataclass
class Markbook:
    """Line items (columns) and results (marks) of ours, changed by steps.

    Attributes:
        shop: Writes, and takes everything away at the end.
        columns: The collection of line items.
        marks: The collection of results.
        models: What ours are made after.
        entries: Our objects by place: `column 0`, or `mark 0 1` for the second pupil in the first column.
        former: Those that were deleted, and whose place is taken again.
        touched: What the last step changed.
        writes: How many objects were put.
        deletes: Whether the target deletes line items and results, as far as is known.
    """

    shop: Workshop
    columns: ANY_ENDPOINT
    marks: ANY_ENDPOINT
    models: Models
    entries: dict[str, Entry] = field(default_factory=dict)
    former: list[Entry] = field(default_factory=list)
    touched: Entry | None = None
    writes: int = 0
    deletes: bool = True

    @classmethod
    def within(cls, shop: Workshop) -> Markbook:
        """Open a markbook in the target.

        Raises:
            Untested: The target holds no result of a line item that could be read.
        """
        marks = next(kind for kind in shop.probe.family.kinds if kind in ABOVE)
        link, columns = ABOVE[marks]
        return cls(shop, columns, marks, _models(shop, columns, marks, link))

    @property
    def probe(self) -> Probe:
        """What it is read through."""
        return self.shop.probe

    @property
    def link(self) -> str:
        """The property by which a mark leads to its column."""
        return ABOVE[self.marks][0]

    # --- steps -------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start with a new book: what is left of the old one is deleted, and new objects get new ids."""
        for place in sorted(self.entries, key=lambda place: place.startswith("column")):
            if self.deletes and not self.entries[place].deleted:
                self.shop.delete(self.entries[place].kind, self.entries[place].id)
        self.entries, self.former, self.touched, self.writes = {}, [], None, 0

    def enabled(self) -> list[str]:
        """Return the steps that change something now."""
        return [step for column in range(_COLUMNS) for step in self._enabled(column)]

    def _enabled(self, column: int) -> Iterator[str]:
        if not self.holds(f"column {column}"):
            yield f"open {column}"
            return
        yield f"retitle {column}"
        filled = False
        for pupil in range(len(self.models.marks)):
            if self.holds(f"mark {column} {pupil}"):
                filled = True
                yield f"remark {column} {pupil}"
                if self.deletes:
                    yield f"unmark {column} {pupil}"
            else:
                yield f"mark {column} {pupil}"
        if self.deletes and not filled:  # what becomes of marks in a deleted column is open to debate
            yield f"close {column}"

    def holds(self, place: str) -> bool:
        """Whether an object of ours is at a place, and not deleted."""
        return place in self.entries and not self.entries[place].deleted

    def take(self, step: str) -> None:
        """Take a step; one that is not possible now, as on a target without deletes, changes nothing.

        Raises:
            NotOffered: The target takes no PUT.
            CantTell: It refuses an object like its own, or a deletion.
        """
        self.touched = None
        if step not in self.enabled():
            return
        kind, column, pupil = (*step.split(), "0")[:3]
        place = f"column {column}" if kind in {"open", "retitle", "close"} else f"mark {column} {pupil}"
        if kind in {"close", "unmark"}:
            self._delete(self.entries[place])
        elif kind in {"open", "retitle"}:
            self._put(place, self.columns, self._column(place, column))
        else:
            self._put(place, self.marks, self._mark(place, column, self.models.marks[int(pupil)]))

    def _put(self, place: str, kind: ANY_ENDPOINT, record: Record) -> None:
        exchange = self.shop.put(kind, record)
        if not exchange.ok:
            self.shop.require_offered(put_of(kind), {"sourcedId": str(record["sourcedId"])}, exchange)
            raise CantTell(f"{put_of(kind).operation_id} answered {exchange.status} to an object like the target's own")
        known, self.writes = self.entries.get(place), self.writes + 1
        if known is not None and known.deleted:
            self.former.append(known)
        dropped = frozenset(known.record.keys() - record.keys()) if known is not None else frozenset[str]()
        self.entries[place] = self.touched = Entry(kind, record, dropped=dropped)

    def _delete(self, entry: Entry) -> None:
        exchange = self.shop.delete(entry.kind, entry.id)
        if exchange.ok:
            entry.deleted, self.touched = True, entry
        elif exchange.status >= SERVER_ERROR and exchange.status not in NO_SUCH_OPERATION:
            operation = delete_of(entry.kind).operation_id
            raise CantTell(f"{operation} answered {exchange.status} to an object that is there")
        else:  # not offered, not allowed, or in use, be it by a tombstone: then only what is put is looked at
            self.deletes = False

    # --- records -----------------------------------------------------------------------------------------------------

    def _column(self, place: str, column: str) -> Record:
        return self._copied(self.models.column, place) | {"title": f"{_TITLE} {column}-{self.writes}"}

    def _mark(self, place: str, column: str, model: Record) -> Record:
        above = self.entries[f"column {column}"].record
        link = self.shop.link_to(self.columns, above, like=model[self.link])
        made = self._copied(model, place) | {self.link: link}
        made.pop("comment", None)
        if not self.holds(place):
            made["comment"] = _TITLE  # and the next time it is left out: PUT replaces the whole object
        scores = [mark["score"] for mark in self.models.marks if "score" in mark]
        if "score" in made:  # a score that the target itself gave is one that it takes
            made["score"] = scores[self.writes % len(scores)]
        return made

    def _copied(self, model: Record, place: str) -> Record:
        made = {name: value for name, value in model.items() if name != "metadata"}
        # The id of what was deleted is not used again: a target may keep it taken.
        key = self.entries[place].id if self.holds(place) else self.shop.new_id()
        return made | {"sourcedId": key, "status": "active"}

    def of_column(self, column: int) -> set[str]:
        """Return the ids of the marks of ours that a column must show."""
        return {e.id for place, e in self.entries.items() if place.startswith(f"mark {column} ") and not e.deleted}

    def longest_unseen(self) -> Entry | None:
        """Return the object, other than the one that was touched, that nobody has read for the longest time."""
        others = [entry for entry in self.entries.values() if entry is not self.touched and not entry.deleted]
        return min(others, key=lambda entry: entry.looked, default=None)

    def counted(self, kind: ANY_ENDPOINT) -> tuple[int, int]:
        """Return how many objects of ours a list must count, and how many it may: deleted ones may stay as such."""
        ours = [entry for entry in (*self.entries.values(), *self.former) if entry.kind is kind]
        return sum(not entry.deleted for entry in ours), len(ours)


def _models(shop: Workshop, columns: ANY_ENDPOINT, marks: ANY_ENDPOINT, link: str) -> Models:
    rows = [row for row in shop.probe.records(marks, shop.probe.get(marks, query=_PAGE)) if _usable(row, link)]
    by_column: dict[str, dict[str, Record]] = {}
    for row in rows:
        by_column.setdefault(str(row[link]["sourcedId"]), {}).setdefault(str(row["student"]["sourcedId"]), row)
    # Two pupils of one line item are in the same class for certain; where no two are seen, one has to do.
    for key, found in sorted(by_column.items(), key=lambda item: (-len(item[1]), item[0])):
        column = shop.shown(columns, key)
        if column is not None and column.get("status") == "active":
            return Models(column, _alike(list(found.values())))
    raise Untested(f"the target holds no {marks.wrapper_key} of a line item that it shows: seed some")


def _alike(rows: Sequence[Record]) -> tuple[Record, ...]:
    """Return up to two results that are given in the same way: a score may stand where a score stood."""
    first = max(rows, key=lambda row: (len(row), str(row["sourcedId"])))
    return (first, *[row for row in rows if row is not first and ("score" in row) == ("score" in first)][:1])


def _usable(row: Any, link: str) -> bool:
    parts = (row.get(link), row.get("student"))
    return row.get("status") == "active" and all(isinstance(part, dict) and "sourcedId" in part for part in parts)
