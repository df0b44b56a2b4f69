"""Rows on their way into a package: on disk, table by table, then completed and closed in one pass, root causes first.

Nothing is held in memory but what a later row needs of an earlier one: of each class its course, school and first term,
the ids of the rows that were left out, and for a closed package those of the rows that others refer to.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from digione_sdk.bulk.conversion.kinds import MODELS, Fields, Noted, key_of
from digione_sdk.bulk.tables import Kind, Mode, Table, Version, tables_of
from digione_sdk.bulk.writing import Value, write_package
from digione_sdk.wire.versions import Action
from digione_sdk.wire.versions.report import Kind as Change
from digione_sdk.wire.versions.report import Note

_INCOMPLETE: Final = "CSV demands it and nothing stands in: the object is left out"
_DANGLING: Final = "it leads to what is left out"
_ABSENT: Final = "it leads to what is not among the records, and a bulk package is closed"


class Staging:
    """Rows by table, in a temporary folder; use it inside `with`.

    Args:
        version: Version that they are rows of.
        note: Takes the account of what is completed and left out.
        closed: Whether references that lead to no row are left out, with what cannot be without them; where no row of
            the target is there at all, the objects that need it stay.
    """

    def __init__(self, version: Version, note: Note, *, closed: bool = False) -> None:
        self._tables = tables_of(version)
        targets = {column.target for table in self._tables.values() for column in table.references}
        self._ids: dict[str, set[str]] = {name: set() for name in self._tables if closed and name in targets}
        self._version = version
        self._note = note
        self._stack = ExitStack()
        self._files: dict[str, IO[str]] = {}
        self._extensions: dict[str, dict[str, None]] = {}
        self._left_out: dict[str, set[str]] = {}
        self._classes: dict[str, Fields] = {}
        self._tops: list[str] = []

    def __enter__(self) -> Self:
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="digione-csv-")))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, name: str, row: Fields) -> None:
        """Take a row of the file `name`."""
        self.remember(name, row)
        if name not in self._files:
            path = self._folder / f"{name}.jsonl"
            self._files[name] = self._stack.enter_context(path.open("w", encoding="utf-8"))
            self._extensions[name] = {}
        self._files[name].write(json.dumps(row) + "\n")
        more = row.keys() - set(self._tables[name].header)
        if more:
            self._extensions[name] |= dict.fromkeys(sorted(more))

    def remember(self, name: str, row: Fields) -> None:
        """Keep what rows of other files may need of a row, whether or not it is to be written."""
        if name in self._ids:
            self._ids[name].add(str(row["sourcedId"]))
        if name == "classes":
            terms = (row.get("termSourcedIds") or "").partition(",")[0] or None
            kept = {"course": row.get("courseSourcedId"), "school": row.get("schoolSourcedId"), "term": terms}
            self._classes[str(row["sourcedId"])] = kept
        elif name == "orgs" and not row.get("parentSourcedId"):
            self._tops.append(str(row["sourcedId"]))

    def leave_out(self, name: str, sourced_id: str, *, field: str, why: str) -> None:
        """Leave an object out, and with it what cannot be without it."""
        self._left_out.setdefault(name, set()).add(sourced_id)
        self._noted(name, sourced_id)(field, Action.DROPPED, why)

    def write(self, path: Path, *, mode: Mapping[str, Mode], system_name: str | None = None) -> None:
        """Complete the rows, leave out what refers to what was left out, and write the package: whole or not at all."""
        closed: dict[str, Path] = {}
        for name, table in self._tables.items():
            if name in self._files:
                self._files[name].close()
                closed[name] = self._folder / f"{name}.closed.jsonl"
                with closed[name].open("w", encoding="utf-8") as out:
                    for row in _lines(self._folder / f"{name}.jsonl"):
                        if self._completed(table, row):
                            out.write(json.dumps(row) + "\n")
        rows = {name: self._padded(name, where) for name, where in closed.items()}
        modes = {name: mode[name] for name in rows}
        write_package(path, rows, version=self._version, mode=modes, system_name=system_name)

    def _padded(self, name: str, where: Path) -> Iterator[Mapping[str, Value]]:
        extensions: Fields = dict.fromkeys(self._extensions[name])
        for row in _lines(where):
            yield {**extensions, **row}

    def _noted(self, name: str, sourced_id: str) -> Noted:
        model = MODELS[name].__name__ if name in MODELS else name

        def noted(field: str, action: Action, why: str) -> None:
            """Account for a field of this object."""
            self._note(Change(model, field, action, why), sourced_id)

        return noted

    def _completed(self, table: Table, row: Fields) -> bool:
        """Complete a row in place; return whether it stays."""
        sourced_id = str(row["sourcedId"])
        noted = self._noted(table.name, sourced_id)
        if complete := _COMPLETED.get(table.name):
            complete(row, self._classes, self._tops, noted)
        for column in table.references:
            if not (text := row.get(column.name)):
                continue
            gone, known = self._left_out.get(column.target or "", ()), self._ids.get(column.target or "")
            if not known and column.required and table.name in MODELS:
                known = None  # a part of the records: what none of them tells is not missed
            members = text.split(",") if column.kind is Kind.REFERENCES else [text]
            there = members if known is None else [one for one in members if one in known or one in gone]
            kept = [one for one in there if one not in gone]
            if len(there) < len(members):
                noted(key_of(column), Action.DROPPED, _ABSENT)
            if len(kept) < len(there):
                noted(key_of(column), Action.DROPPED, _DANGLING)
            if len(kept) < len(members):
                row[column.name] = ",".join(kept) or None
        for column in table.columns:
            if column.required and not row.get(column.name):
                self.leave_out(table.name, sourced_id, field=key_of(column), why=_INCOMPLETE)
                return False
        return sourced_id not in self._left_out.get(table.name, ())


def _lines(path: Path) -> Iterator[Fields]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def _course(row: Fields, classes: Mapping[str, Fields], tops: list[str], noted: Noted) -> None:  # noqa: ARG001 - one form
    if not row.get("orgSourcedId") and len(tops) == 1:
        row["orgSourcedId"] = tops[0]
        noted("org", Action.DEFAULTED, "CSV demands it: the one organisation without parent stands in")


def _line_item(row: Fields, classes: Mapping[str, Fields], tops: list[str], noted: Noted) -> None:  # noqa: ARG001 - one form
    term = classes.get(row.get("classSourcedId") or "", {}).get("term")
    if not row.get("academicSessionSourcedId") and not row.get("gradingPeriodSourcedId") and term:
        row["academicSessionSourcedId"] = term
        noted("academicSession", Action.DEFAULTED, "CSV demands it: the first term of the class stands in")


def _scale(row: Fields, classes: Mapping[str, Fields], tops: list[str], noted: Noted) -> None:  # noqa: ARG001 - one form
    of = classes.get(row.get("classSourcedId") or "", {})
    for column, source in (("orgSourcedId", "school"), ("courseSourcedId", "course")):
        if not row.get(column) and of.get(source):
            row[column] = of[source]
            noted(column.removesuffix("SourcedId"), Action.DERIVED, f"the {source} of the class")


_COMPLETED: Final[Mapping[str, Callable[[Fields, Mapping[str, Fields], list[str], Noted], None]]] = {
    "courses": _course,
    "lineItems": _line_item,
    "scoreScales": _scale,
}
"""What only other rows can tell."""
