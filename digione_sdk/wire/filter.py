"""OneRoster filters as values: parse a filter string, build one in Python, print it back (rest-1.2 §5).

    filter    = clause [ " " ("AND" / "OR") " " clause ]        standard: at most two clauses
    clause    = field predicate "'" value "'"
    predicate = "=" / "!=" / ">" / ">=" / "<" / "<=" / "~"

The *extended* dialect, which some servers accept, takes any number of clauses (AND binds before OR) and a doubled
apostrophe inside a value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from digione_sdk.errors import FilterError

Dialect: TypeAlias = Literal["standard", "extended"]

STANDARD_CLAUSES: Final = 2


class Predicate(StrEnum):
    """How a field is compared with the value; `~` is "contains"."""

    EQ = "="
    NE = "!="
    GT = ">"
    GE = ">="
    LT = "<"
    LE = "<="
    CONTAINS = "~"


class Logical(StrEnum):
    """How clauses are joined."""

    AND = "AND"
    OR = "OR"


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison; `field` is the dotted wire path, `value` the text between the apostrophes."""

    field: str
    predicate: Predicate
    value: str

    def __str__(self) -> str:
        return f"{self.field}{self.predicate}'{self.value.replace(_QUOTE, _QUOTE * 2)}'"

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The clause itself, so that any filter can be walked alike."""
        return (self,)

    def __and__(self, other: Filter) -> Combination:
        return Combination.of(Logical.AND, self, other)

    def __or__(self, other: Filter) -> Combination:
        return Combination.of(Logical.OR, self, other)


@dataclass(frozen=True, slots=True)
class Combination:
    """Two or more parts joined by one operator; an AND may stand inside an OR, never the other way round."""

    operator: Logical
    parts: tuple[Filter, ...]

    @classmethod
    def of(cls, operator: Logical, *parts: Filter) -> Combination:
        """Join parts, flattening those joined by the same operator.

        Raises:
            FilterError: An OR would stand inside an AND; the grammar has no parentheses to say so.
        """
        flat: list[Filter] = []
        for part in parts:
            if isinstance(part, Combination) and part.operator is operator:
                flat.extend(part.parts)
            elif isinstance(part, Combination) and operator is Logical.AND:
                raise FilterError("an OR inside an AND cannot be written: the grammar has no parentheses")
            else:
                flat.append(part)
        return cls(operator, tuple(flat))

    def __str__(self) -> str:
        return f" {self.operator} ".join(str(part) for part in self.parts)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All comparisons, left to right."""
        return tuple(clause for part in self.parts for clause in part.clauses)

    def __and__(self, other: Filter) -> Combination:
        return Combination.of(Logical.AND, self, other)

    def __or__(self, other: Filter) -> Combination:
        return Combination.of(Logical.OR, self, other)


Filter: TypeAlias = Clause | Combination

_QUOTE: Final = "'"
_CLAUSE = re.compile(
    r"(?P<field>[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*)"
    r"(?P<predicate>!=|>=|<=|=|>|<|~)"
    r"'(?P<value>(?:[^']|'')*)'"
)
_OPERATOR = re.compile(r" +(AND|OR) +")


def parse(text: str, *, dialect: Dialect = "standard") -> Filter:
    """Read a filter.

    Raises:
        FilterError: The text is no filter of that dialect; the message gives the position, never the text.
    """
    clauses: list[Clause] = []
    operators: list[Logical] = []
    position = 0
    while True:
        clause, position = _clause_at(text, position, dialect)
        clauses.append(clause)
        if position == len(text):
            break
        joint = _OPERATOR.match(text, position)
        if joint is None:
            raise FilterError(f"expected ' AND ', ' OR ' or the end at position {position}")
        operators.append(Logical(joint[1]))
        position = joint.end()
    if dialect == "standard" and len(clauses) > STANDARD_CLAUSES:
        raise FilterError(f"{len(clauses)} clauses; the standard joins at most two")
    return _joined(clauses, operators)


def _clause_at(text: str, position: int, dialect: Dialect) -> tuple[Clause, int]:
    match = _CLAUSE.match(text, position)
    if match is None:
        raise FilterError(f"expected field, predicate and a value in apostrophes at position {position}")
    value = match["value"]
    if "''" in value and dialect == "standard":
        raise FilterError(f"the standard has no escape for an apostrophe, at position {match.start('value')}")
    clause = Clause(match["field"], Predicate(match["predicate"]), value.replace("''", "'"))
    return clause, match.end()


def _joined(clauses: list[Clause], operators: list[Logical]) -> Filter:
    groups: list[list[Clause]] = [[clauses[0]]]
    for operator, clause in zip(operators, clauses[1:], strict=True):
        if operator is Logical.AND:
            groups[-1].append(clause)
        else:
            groups.append([clause])
    ands = tuple(group[0] if len(group) == 1 else Combination(Logical.AND, tuple(group)) for group in groups)
    return ands[0] if len(ands) == 1 else Combination(Logical.OR, ands)
