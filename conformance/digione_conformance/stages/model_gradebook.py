"""The model stage where grades can be written: line items and marks come, change and go, and every read must follow.

Both what is changed and what is judged goes through the public API, so no test control is needed; but the target file
must say that objects may be made. Everything is deleted afterwards, whatever happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, WRITABLE, single_of
from digione_conformance.probing.probe import Probe, Record, operation, total_of
from digione_conformance.probing.workshop import workshop
from digione_conformance.relations.asking import NOT_FOUND, NOT_OFFERED
from digione_conformance.relations.keeping import all_exactly, changed, exactly, surplus
from digione_conformance.stages.markbook import Entry, Markbook
from digione_conformance.stages.walking import gone_wrong

_TOUR: Final = (
    "open 0", "mark 0 0", "mark 0 1", "remark 0 0", "open 1", "mark 1 0", "retitle 0", "unmark 0 0", "mark 0 0",
    "unmark 0 0", "unmark 0 1", "close 0", "open 0",
)  # fmt: skip
"""One walk with every kind of step, a place that was emptied and filled again among them."""
_OF_COLUMN: Final = operation("getResultsForLineItemForClass")
_GONE: Final = 410


@dataclass
class Followed:
    """A markbook whose every step is followed by a look at what changed."""

    book: Markbook
    before: dict[str, int | None] = field(default_factory=dict)
    steps: int = 0

    @property
    def probe(self) -> Probe:
        """What the book is read through."""
        return self.book.probe

    def begin(self) -> None:
        """Start with a new book."""
        self.book.begin()
        kinds = (self.book.columns, self.book.marks)
        self.before = {kind.operation_id: total_of(self._counted(kind)) for kind in kinds}

    def enabled(self) -> list[str]:
        """Return the steps that are possible now."""
        return self.book.enabled()

    def take(self, step: str) -> str | None:
        """Take a step, look, and say what is wrong, or None."""
        self.book.take(step)
        touched = self.book.touched
        if touched is None:
            return None
        self.probe.examined()
        self.steps += 1
        other = self.book.longest_unseen()
        return (
            self._single(touched)
            or self._listed(touched)
            or (self._single(other, "what no step touched: ") if other else None)
            or self._in_column()
            or self._count(touched.kind)
        )

    # --- looks -------------------------------------------------------------------------------------------------------

    def _single(self, entry: Entry, what: str = "") -> str | None:
        key = single_of(entry.kind).wrapper_key
        entry.looked = self.steps

        def wrong(page: Exchange) -> str | None:
            shown = exactly(page, key)
            if entry.deleted:
                return None if _gone(page, key) else f"answered {page.status} after the deletion"
            if lost := changed(entry.record, shown):
                return f"answered {page.status} with another {', '.join(lost)}"
            kept = sorted(entry.dropped & set(surplus(entry.record, shown)))
            return f"answered with {', '.join(kept)} of the object that was replaced" if kept else None

        page = self.book.shop.awaited(
            lambda: self.book.shop.read(entry.kind, entry.id), lambda page: wrong(page) is None
        )
        found = wrong(page)
        return f"{what}the single read of {entry.kind.wrapper_key} is {found}" if found else None

    def _listed(self, entry: Entry) -> str | None:
        key = entry.kind.wrapper_key

        def wrong(page: Exchange) -> str | None:
            rows = all_exactly(page, key)
            if entry.deleted:
                return f"{key} still lists what was deleted" if any(map(_alive, rows)) else None
            if len(rows) != 1:
                return f"{key} lists {len(rows)} objects of an id that was put"
            lost = changed(entry.record, rows[0])
            return f"{key} lists another {', '.join(lost)}" if lost else None

        page = self.book.shop.awaited(
            lambda: self.book.shop.find_id(entry.kind, entry.id), lambda page: wrong(page) is None
        )
        self.probe.listed(entry.kind, page)  # a refused filter is another requirement's
        return wrong(page)

    def _in_column(self) -> str | None:
        """Say where the results of a line item are not those that were put; the nested read is optional."""
        column = self.book.entries.get("column 0")
        owner = column.record.get("class") if column and not column.deleted else None
        if self.book.marks.model is not _OF_COLUMN.model or column is None or not isinstance(owner, dict):
            return None
        path = {"classSourcedId": str(owner.get("sourcedId")), "lineItemSourcedId": column.id}
        expected = self.book.of_column(0)

        def read() -> Exchange:
            return self.probe.get(_OF_COLUMN, path=path, query={"limit": "100"}, fresh=True)

        def shown(page: Exchange) -> set[str]:
            return {str(row.get("sourcedId")) for row in all_exactly(page, _OF_COLUMN.wrapper_key) if _alive(row)}

        page = self.book.shop.awaited(read, lambda page: page.status in NOT_OFFERED or shown(page) == expected)
        if page.status in NOT_OFFERED:
            return None
        self.probe.listed(_OF_COLUMN, page)
        lacking, more = len(expected - shown(page)), len(shown(page) - expected)
        return f"the results of a line item lack {lacking} and have {more} too many" if lacking or more else None

    def _counted(self, kind: ANY_ENDPOINT) -> Exchange:
        return self.probe.get(kind, query={"limit": "1", "offset": "0"}, fresh=True)

    def _count(self, kind: ANY_ENDPOINT) -> str | None:
        then = self.before[kind.operation_id]
        least, most = self.book.counted(kind)

        def fits(page: Exchange) -> bool:
            now = total_of(page)
            return then is None or now is None or least <= now - then <= most

        page = self.book.shop.awaited(lambda: self._counted(kind), fits)
        if fits(page):
            return None
        grown = (total_of(page) or 0) - (then or 0)
        return f"X-Total-Count of {kind.operation_id} is {grown} more than before, expected {least} to {most}"


@check("OR-*-MODEL-001", stage="model", alone=True, of=WRITABLE, after=("OR-*-PUT-001",))
def every_view_follows_a_write(probe: Probe) -> Findings:
    """After each write single reads, lists, nested lists and counts show what was put, and nothing that was deleted."""
    with workshop(probe) as shop:
        finding = gone_wrong(Followed(Markbook.within(shop)), _TOUR)
    if finding is not None:
        yield finding
    elif not probe.looked_at:
        raise Inapplicable("the target takes no PUT")


def _alive(row: Record) -> bool:
    return row.get("status") != "tobedeleted"


def _gone(page: Exchange, key: str) -> bool:
    return page.status in {NOT_FOUND, _GONE} or (page.ok and not _alive(exactly(page, key)))
