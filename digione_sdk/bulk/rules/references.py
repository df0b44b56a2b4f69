"""Rules between files: references that resolve, targets of the right type, files that are there, parents in a tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from digione_sdk.bulk.catalogue import RuleId, finding
from digione_sdk.bulk.loading import LoadedFile, literal, quoted
from digione_sdk.bulk.package import Package
from digione_sdk.bulk.rules.rows import GUID
from digione_sdk.bulk.rules.sql import Check, Found
from digione_sdk.bulk.tables import Column, Kind, Mode, needs

_TREES: Final = ("orgs", "academicSessions")


def resolved_columns(package: Package, file: LoadedFile) -> frozenset[str]:
    """Columns of a bulk file whose references can be looked up: a value that resolves is a GUID, as its target is."""
    if package.modes.get(file.table.name) is not Mode.BULK:
        return frozenset()
    return frozenset(column.name for column, target in _looked_up(package, file) if target.readable)


def judge_references(found: Found, file: LoadedFile) -> None:
    """Judge what the rows of a file refer to, and which files it needs."""
    package = found.package
    if package.modes[file.table.name] is Mode.BULK:
        _judge_closure(found, file)
        for column, target in _looked_up(package, file):
            found.ask(file, RuleId.RESOLVES, RuleId.GUID)
            if not target.readable:
                _note_consequence(found, file, column)
            elif _dangling(found, file, column):
                _tell_dangling(found, file, column)
    for column, target in _looked_up(package, file):
        if column.target_type and target.readable and "type" in target.columns:
            _judge_type(found, file, column)
    if file.table.name in _TREES and "parentSourcedId" in file.columns:
        _judge_tree(found, file)


def _looked_up(package: Package, file: LoadedFile) -> Iterator[tuple[Column, LoadedFile]]:
    for column in file.table.references:
        target = package.files.get(column.target or "")
        if column.name in file.columns and target is not None:
            yield column, target


def _judge_closure(found: Found, file: LoadedFile) -> None:
    """Tell which files are missing: needed ones always, others where a column that refers to them is filled."""
    found.ask(file, RuleId.CLOSED)
    package, table = found.package, file.table
    needed = needs(table.name, package.tables)
    for name in sorted(needed - package.files.keys()):
        found.add(finding(RuleId.CLOSED, table.file, words={"needed": package.tables[name].file}))
    for column in table.references:
        target = column.target or ""
        if target in package.files or column.name not in file.columns or not _filled(found, file, column):
            continue
        if target in needed:
            _note_consequence(found, file, column)
        else:
            words = {"needed": package.tables[target].file}
            found.add(finding(RuleId.CLOSED, table.file, column=column.name, words=words))


def _note_consequence(found: Found, file: LoadedFile, column: Column) -> None:
    """Tell once for a column that nothing it refers to can be found, because the whole target is missing."""
    if _filled(found, file, column):
        words = {"target": f"{column.target}.csv"}
        found.add(finding(RuleId.RESOLVES, file.table.file, column=column.name, words=words, consequence=True))


def _filled(found: Found, file: LoadedFile, column: Column) -> bool:
    return found.number(f"SELECT count({quoted(column.name)}) FROM {quoted(file.table.name)}") > 0


def _source(file: LoadedFile, column: Column) -> tuple[str, str]:
    """What stands after FROM, and the reference in it: a list is taken apart, a member a row."""
    name = quoted(file.table.name)
    if column.kind is not Kind.REFERENCES:
        return f"{name} t", f"t.{quoted(column.name)}"
    taken_apart = f"SELECT rowid AS line, unnest(string_split({quoted(column.name)}, ',')) AS id FROM {name}"
    return f"{name} t JOIN ({taken_apart}) m ON m.line = t.rowid", "m.id"


def _dangling(found: Found, file: LoadedFile, column: Column) -> int:
    if column.kind is Kind.REFERENCES:
        name = quoted(file.table.name)
        source, id_ = f"(SELECT unnest(string_split({quoted(column.name)}, ',')) AS id FROM {name})", "id"
    else:
        source, id_ = quoted(file.table.name), quoted(column.name)
    # Of what finds no partner only what is filled is counted: cheaper than to leave out the blank ones first.
    return found.number(
        f"SELECT count(s.{id_}) FROM {source} s ANTI JOIN {quoted(column.target or '')} o ON s.{id_} = o.sourcedId"
    )


def _tell_dangling(found: Found, file: LoadedFile, column: Column) -> None:
    source, id_ = _source(file, column)
    known = f"SELECT sourcedId FROM {quoted(column.target or '')} WHERE sourcedId IS NOT NULL"
    unknown = f"{id_} IS NOT NULL AND {id_} NOT IN ({known})"
    well_formed = f"regexp_full_match({id_}, {literal(GUID)}) AND length({id_}) <= 255"
    found.rows(file, Check(RuleId.GUID, column.name, f"{unknown} AND NOT ({well_formed})"), source=source)
    words = {"target": f"{column.target}.csv"}
    found.rows(file, Check(RuleId.RESOLVES, column.name, f"{unknown} AND {well_formed}", words), source=source)


def _judge_type(found: Found, file: LoadedFile, column: Column) -> None:
    wanted = column.target_type or ""
    other = f'SELECT sourcedId FROM {quoted(column.target or "")} WHERE "type" <> {literal(wanted)}'
    check = Check(RuleId.TARGET_TYPE, column.name, f"t.{quoted(column.name)} IN ({other})", {"expected": wanted})
    found.rows(file, check)


def _judge_tree(found: Found, file: LoadedFile) -> None:
    """Tell which rows are their own ancestors."""
    found.ask(file, RuleId.NO_CYCLE)
    rows = found.package.db.execute(
        f"SELECT rowid, sourcedId, parentSourcedId FROM {quoted(file.table.name)} WHERE parentSourcedId IS NOT NULL"
    ).fetchall()
    parents = {id_: parent for _, id_, parent in rows}
    inside = _in_circles(parents)
    lines = sorted(row for row, id_, _ in rows if id_ in inside)
    for position, row in enumerate(lines[: found.limit]):
        one = finding(RuleId.NO_CYCLE, file.table.file, row=file.lines.of(row), column="parentSourcedId")
        found.add(one, more=max(0, len(lines) - found.limit) if position == 0 else 0)


def _in_circles(parents: dict[str, str]) -> set[str]:
    done: set[str] = set()
    inside: set[str] = set()
    for start in parents:
        path: dict[str, int] = {}
        one = start
        while one in parents and one not in done and one not in path:
            path[one] = len(path)
            one = parents[one]
        if one in path:
            inside |= {id_ for id_, position in path.items() if position >= path[one]}
        done |= path.keys()
    return inside
