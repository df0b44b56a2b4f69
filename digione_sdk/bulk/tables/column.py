"""What a CSV file of OneRoster is made of: columns with kind, vocabulary and target, and the table they stand in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Final, Self

from digione_sdk.model.base import Record
from digione_sdk.model.classification import Flag
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.primitives import TrueFalseStrings
from digione_sdk.model.vocabulary import Vocabulary


class Kind(StrEnum):
    """Data types of the CSV binding (CSV 1.2 §3); a reference is a GUID with a target."""

    GUID = "GUID"
    REFERENCE = "GUID Reference"
    REFERENCES = "List of GUID References"
    ID = "ID"
    STRING = "String"
    STRINGS = "List of Strings"
    ENUMERATION = "Enumeration"
    ENUMERATIONS = "Enumeration List"
    BOOLEAN = "Boolean"
    FLOAT = "Float"
    INTEGER = "Integer"
    DATE = "Date"
    YEAR = "Year"
    DATETIME = "DateTime"

    @property
    def is_list(self) -> bool:
        """Whether one field holds several values, with commas between them."""
        return self in {Kind.REFERENCES, Kind.STRINGS, Kind.ENUMERATIONS}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The values that an enumerated column takes.

    Attributes:
        values: The standard's tokens.
        extensible: Whether a provider may write `ext:` tokens of its own.
    """

    values: tuple[str, ...]
    extensible: bool = False

    @classmethod
    def of(cls, vocabulary: type[Vocabulary]) -> Self:
        """Return the tokens of a vocabulary of the models."""
        return cls(tuple(member.value for member in vocabulary), vocabulary.extensible())

    def closed(self) -> Self:
        """Return the same tokens without extensions: OneRoster 1.1 knows none."""
        return replace(self, extensible=False)


TRUE_FALSE: Final = Tokens(tuple(TrueFalseStrings.TOKENS))


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: Its header, to the letter.
        kind: Its data type.
        required: Whether every row must fill it.
        tokens: Its values, where it is enumerated or boolean.
        target: Name of the table that it refers to; None where it refers to none.
        target_type: The `type` that the target must have, where the standard names one.
        pairs: Whether its values are written `{left:right}`.
        model: Model whose field holds the value in REST; None where REST has none.
        field: Wire name of that field.
        lifecycle: Whether it is `status` or `dateLastModified`: blank in bulk, filled in delta.
    """

    name: str
    kind: Kind = Kind.STRING
    required: bool = False
    tokens: Tokens | None = None
    target: str | None = None
    target_type: str | None = None
    pairs: bool = False
    model: type[Record] | None = None
    field: str = ""
    lifecycle: bool = False

    @cached_property
    def facts(self) -> FieldFacts | None:
        """What the model says of the value; None where REST has no such field."""
        if self.model is None:
            return None
        return next((facts for facts in fields_of(self.model).values() if facts.wire_name == self.field), None)

    @property
    def flags(self) -> frozenset[Flag]:
        """Privacy flags of the value: those of the model's field."""
        return self.facts.flags if self.facts else frozenset()


@dataclass(frozen=True)
class Table:
    """One data file.

    Attributes:
        name: Name of the file without its extension.
        columns: All columns, in the order of the header.
    """

    name: str
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.csv"

    @cached_property
    def header(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def __getitem__(self, column: str) -> Column:
        return self._by_name[column]

    def find(self, column: str) -> Column | None:
        """Return the column of this name; None where the table has none."""
        return self._by_name.get(column)

    def __contains__(self, column: str) -> bool:
        return column in self._by_name

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def references(self) -> Iterable[Column]:
        """Columns that refer to a table, their own included."""
        return (column for column in self.columns if column.target)
