"""How a rule asks DuckDB: conditions on a row, and a bounded, ordered answer with the number of all that broke it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from digione_sdk.bulk.catalogue import RuleId, finding
from digione_sdk.bulk.findings import Finding, Text
from digione_sdk.bulk.loading import LoadedFile, literal, quoted
from digione_sdk.bulk.masking import shown_value
from digione_sdk.bulk.package import Package

FLOAT: Final = r"[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+\-]?[0-9]+)?"


HASHES_AT_ONCE: Final = 2_500_000
"""Hashes that are held against each other at a time: they fit well into the memory that DuckDB is given by default, and
twice as many took half as long again."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule on one column.

    Attributes:
        rule: The rule.
        column: The column that a finding names.
        broken: SQL condition over the columns of the row.
        words: What the text of the rule is filled with.
        beside: Further columns that the condition looks at.
        few: Whether the column has few different values, so that it is cheaper to look at each of them once. A blank
            never breaks such a rule.
    """

    rule: RuleId
    column: str
    broken: str
    words: Mapping[str, str | int | Text] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    few: bool = False

    def fits(self, columns: Collection[str]) -> bool:
        """Whether the condition can be asked of a table with these columns."""
        return {self.column, *self.beside} <= set(columns)


@dataclass
class Found:
    """The findings so far, at most `limit` of each rule, file and column, and how many there are of each rule."""

    package: Package
    limit: int
    findings: list[Finding] = field(default_factory=list)
    counts: dict[RuleId, int] = field(default_factory=dict)
    asked: dict[RuleId, set[str]] = field(default_factory=dict)
    """Of each rule that had something to look at, the files whose rows it was held against."""

    def add(self, one: Finding, *, more: int = 0) -> None:
        """Take a finding, and note how many more like it are not kept."""
        self.findings.append(replace(one, occurrences=1 + more) if more else one)
        rule = RuleId(one.rule)
        self.counts[rule] = self.counts.get(rule, 0) + 1 + more

    def ask(self, file: LoadedFile, *rules: RuleId) -> None:
        """Note that rules are held against the rows of a file, whatever comes of it."""
        for rule in rules:
            self.asked.setdefault(rule, set()).add(file.table.file)

    def rows(self, file: LoadedFile, check: Check, where: str | None = None, *, source: str | None = None) -> int:
        """Take a finding of each row for which the check is broken, the first ones only, and return how many there are.

        Args:
            file: The file of the rows.
            check: The rule, and the column to name.
            where: Condition; that of the check by default.
            source: What stands after FROM; the table of the file, as `t`, by default. A column `other` in it is the
                row, counted from 0, that the finding names beside its own.
        """
        self.ask(file, check.rule)
        source = source or f"{quoted(file.table.name)} t"
        value = f"t.{quoted(check.column)}" if check.column in file.columns else "NULL"
        other = "other" if "AS other" in source else "NULL"
        where = where or check.broken
        rows = self.package.db.execute(
            f"SELECT t.rowid AS row, {value}, {other} FROM {source} WHERE {where} ORDER BY row LIMIT {self.limit + 1}"
        ).fetchall()
        total = len(rows)
        if total > self.limit:
            total = self.number(f"SELECT count(*) FROM {source} WHERE {where}")
        for position, (row, text, beside) in enumerate(rows[: self.limit]):
            words = dict(check.words)
            if beside is not None:
                words["other"] = file.lines.of(beside)
            one = finding(
                check.rule,
                file.table.file,
                row=file.lines.of(row),
                column=check.column or None,
                value=shown_value(file.table.find(check.column), text),
                words=words,
                consequence=check.rule is RuleId.RESOLVES and self._refused(file, check.column, text),
            )
            self.add(one, more=max(0, total - self.limit) if position == 0 else 0)
        return total

    def repeats(self, key: str, table: str, where: str = "TRUE") -> bool:
        """Whether a key may stand in two rows of a table; by hashes, which take a fraction of the memory of the keys.

        DuckDB counts different values in memory alone, so that many are counted in parts.
        """
        rows = self.number(f"SELECT count({key}) FROM {table} WHERE {where}")
        parts = -(-rows // HASHES_AT_ONCE)
        return any(
            self.number(
                f"SELECT count(h) > count(DISTINCT h) FROM (SELECT hash({key}) AS h FROM {table} "
                f"WHERE {where} AND {key} IS NOT NULL) WHERE h % {parts} = {part}"
            )
            for part in range(parts)
        )

    def ascends(self, column: str, table: str) -> bool:
        """Whether each row has a longer or, of the same length, a later text than the row above, so that none repeats.

        So exports list the ids that a database gave out. The first row that does not ends the look: elsewhere it costs
        next to nothing, and here a sixth of comparing hashes.
        """
        both = f"SELECT {column} AS id, lag({column}) OVER () AS above FROM {table}"
        falls = "id IS NULL OR strlen(id) < strlen(above) OR (strlen(id) = strlen(above) AND id <= above)"
        return not self.package.db.execute(f"SELECT 1 FROM ({both}) WHERE {falls} LIMIT 1").fetchall()

    def number(self, query: str) -> int:
        """Return the one number that a query gives."""
        (number,) = self.package.db.execute(query).fetchall()[0]
        return int(number or 0)

    def _refused(self, file: LoadedFile, column: str, value: str) -> bool:
        target = self.package.files.get(file.table[column].target or "")
        return target is not None and value in target.refused_ids


def any_of(values: Sequence[Any]) -> str:
    """A list of texts as SQL, for IN."""
    return f"({', '.join(literal(str(value)) for value in values)})"


def matches(column: str, pattern: str) -> str:
    """Whether a column matches a pattern from end to end."""
    return f"regexp_full_match({quoted(column)}, {literal(pattern)})"


def day(column: str) -> str:
    """A column as a date; NULL where it is not written as one, which is the business of another rule."""
    return f"(CASE WHEN {column} LIKE '____-__-__' THEN try_cast({column} AS DATE) END)"


def number(column: str) -> str:
    """A column as a number; NULL where it is not written as one."""
    return f"(CASE WHEN regexp_full_match({column}, {literal(FLOAT)}) THEN try_cast({column} AS DOUBLE) END)"
