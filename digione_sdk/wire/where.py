"""Builds filters in Python, checked against the model: `where(User).family_name == "Virtanen"` (rest-1.2 §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Literal, NoReturn, TypeAlias

from pydantic import BaseModel

from digione_sdk.errors import FilterError, UsageError
from digione_sdk.model.base import OpenRecord
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.wire.filter import (
    STANDARD_CLAUSES,
    Clause,
    Combination,
    Dialect,
    Filter,
    Logical,
    Predicate,
    parse,
)
from digione_sdk.wire.names import by_any_name, unknown_field

Quote: TypeAlias = Literal["double"] | None
"""How an apostrophe inside a value is written: not at all, as in the standard, or doubled, as some servers take it."""

Value: TypeAlias = str | bool | int | float | Decimal | date | datetime | StrEnum

_DIALECTS: Final = ("standard", "extended")


@dataclass(frozen=True, slots=True)
class Rules:
    """Which filters a server takes.

    Attributes:
        dialect: `standard` joins at most two clauses by one operator; `extended` any number, AND before OR.
        quote: `double` writes an apostrophe in a value as two; None refuses it, because the standard has no escape.
    """

    dialect: Dialect = "standard"
    quote: Quote = None

    def __post_init__(self) -> None:
        if self.dialect not in _DIALECTS:
            raise UsageError("'standard' or 'extended'", argument="dialect")
        if self.quote not in {None, "double"}:
            raise UsageError("'double' or None", argument="quote")

    def check(self, built: Filter) -> None:
        """Raise FilterError where the server would not take the filter."""
        if self.dialect == "standard" and len(built.clauses) > STANDARD_CLAUSES:
            raise FilterError(
                f"{len(built.clauses)} clauses; the standard joins at most two (dialect='extended' allows more)"
            )
        if self.quote is None and any("'" in clause.value for clause in built.clauses):
            raise FilterError("an apostrophe in a value; the standard has no escape for it (quote='double' doubles it)")


@dataclass(frozen=True, slots=True, repr=False)
class Expression:
    """A filter under construction; `str` gives the wire text, `&` and `|` join. `repr` hides the values."""

    built: Filter
    rules: Rules

    def __post_init__(self) -> None:
        self.rules.check(self.built)

    def __and__(self, other: Expression) -> Expression:
        return self._joined(Logical.AND, other)

    def __or__(self, other: Expression) -> Expression:
        return self._joined(Logical.OR, other)

    def _joined(self, operator: Logical, other: Expression) -> Expression:
        if not isinstance(other, Expression):
            raise FilterError(f"a filter joins filters, not {type(other).__name__}; put each comparison in parentheses")
        # The wider rules of the two hold: whoever wrote them knows the server.
        dialect: Dialect = "extended" if "extended" in {self.rules.dialect, other.rules.dialect} else "standard"
        rules = Rules(dialect, self.rules.quote or other.rules.quote)
        return Expression(Combination.of(operator, self.built, other.built), rules)

    def __bool__(self) -> NoReturn:
        raise FilterError("a filter is neither true nor false; join with & and |, not with 'and' and 'or'")

    def __str__(self) -> str:
        return str(self.built)

    def __repr__(self) -> str:
        return f"<Expression over {', '.join(clause.field for clause in self.built.clauses)}>"


class Operand:
    """A field to compare; further attributes lead into objects and arrays, `[...]` into metadata."""

    __slots__ = ("_field", "_model", "_path", "_rules")

    def __init__(self, path: str, field: FieldFacts | None, rules: Rules) -> None:
        self._path = path
        self._field = field
        self._model = field.record if field else None
        self._rules = rules

    def __getattr__(self, name: str) -> Operand:
        if name.startswith("__"):
            raise AttributeError(name)
        if self._model is None:
            raise FilterError(f"{self._path} has no fields below it")
        if issubclass(self._model, OpenRecord):
            return self[name]
        return _operand(self._model, name, f"{self._path}.", self._rules)

    def __getitem__(self, key: str) -> Operand:
        if self._model is None or not issubclass(self._model, OpenRecord):
            raise FilterError(f"{self._path} takes no keys of a provider's own")
        return Operand(f"{self._path}.{key}", None, self._rules)

    def __eq__(self, other: Value) -> Expression:  # type: ignore[override]  # a comparison builds a filter here
        return self._clause(Predicate.EQ, other)

    def __ne__(self, other: Value) -> Expression:  # type: ignore[override]  # a comparison builds a filter here
        return self._clause(Predicate.NE, other)

    def __lt__(self, other: Value) -> Expression:
        return self._clause(Predicate.LT, other)

    def __le__(self, other: Value) -> Expression:
        return self._clause(Predicate.LE, other)

    def __gt__(self, other: Value) -> Expression:
        return self._clause(Predicate.GT, other)

    def __ge__(self, other: Value) -> Expression:
        return self._clause(Predicate.GE, other)

    __hash__ = None  # type: ignore[assignment]  # equality builds a filter, so operands cannot be keys

    def contains(self, text: str) -> Expression:
        """Build `field~'text'`: the field holds `text` somewhere."""
        return self._clause(Predicate.CONTAINS, text)

    def _clause(self, predicate: Predicate, value: Value) -> Expression:
        if self._model is not None:
            raise FilterError(f"{self._path} is an object; compare one of its fields")
        text = wire_text(value, field=self._path)
        return Expression(_readable(Clause(self._path, predicate, text)), self._rules)

    def __repr__(self) -> str:
        return f"<Operand {self._path}>"


class Where:
    """The fields of a model, as operands: see `where`."""

    __slots__ = ("_model", "_rules")

    def __init__(self, model: type[BaseModel], rules: Rules) -> None:
        self._model = model
        self._rules = rules

    def __getattr__(self, name: str) -> Operand:
        if name.startswith("__"):
            raise AttributeError(name)
        return _operand(self._model, name, "", self._rules)

    def __call__(self, text: str) -> Expression:
        """Read a filter string with wire names, as `familyName='Virtanen'`, and check it against the model."""
        built = parse(text, dialect="extended")
        check_fields(built, self._model)
        return Expression(built, self._rules)


def where(model: type[BaseModel], *, dialect: Dialect = "standard", quote: Quote = None) -> Where:
    """Begin a filter over `model`.

    `where(User).given_name == "Aino"`, `!=`, `<`, `<=`, `>`, `>=`, `.contains("in")`; dotted:
    `where(User).roles.role == RoleName.STUDENT` (of an array, any element), `where(User).metadata["fi.digione.x"]`;
    `&` and `|` join. A string with wire names is read and checked by calling it: `where(User)("givenName='Aino'")`.

    Args:
        model: Model of the records to filter, as `User`.
        dialect: `extended` for servers that take more than two clauses or mixed operators.
        quote: `double` for servers that read two apostrophes as one.

    Raises:
        FilterError: While building, where a field, a value or the form does not fit.
    """
    if not hasattr(model, "model_fields"):
        raise UsageError("a model class, as User", argument="model")
    return Where(model, Rules(dialect, quote))


FilterLike: TypeAlias = Expression | Clause | Combination | str


def filter_text(given: FilterLike, model: type[BaseModel]) -> str:
    """Return the wire text of a filter for records of `model`, after checking it.

    Raises:
        FilterError: It does not parse, names a field the model has not, or breaks the dialect it was built for.
    """
    try:
        return str(_checked(given, model))
    except FilterError as error:
        if error.argument is not None:
            raise
        raise FilterError(str(error), argument="filter") from None


def _checked(given: FilterLike, model: type[BaseModel]) -> Expression:
    expression = parsed(given)
    check_fields(expression.built, model)
    return expression


def parsed(given: FilterLike) -> Expression:
    """Return a filter in whatever form as an expression; its fields are not checked.

    Raises:
        FilterError: It is text that does not parse, or no filter, or breaks the dialect.
    """
    if isinstance(given, str):
        return Expression(parse(given, dialect="extended"), Rules())
    if isinstance(given, (Clause, Combination)):
        return Expression(given, Rules())
    if not isinstance(given, Expression):
        raise FilterError(f"where(...) or text, not {type(given).__name__}")
    return given


def check_fields(built: Filter, model: type[BaseModel]) -> None:
    """Raise FilterError where a clause names a wire path that `model` does not have."""
    for clause in built.clauses:
        here: type[BaseModel] | None = model
        for name in clause.field.split("."):
            if here is None:
                raise FilterError(f"{clause.field}: no fields below {name!r}'s parent")
            field = next((field for field in fields_of(here).values() if field.wire_name == name), None)
            if field is None:
                raise FilterError(unknown_field(name, here))
            here = field.record
            if here is not None and issubclass(here, OpenRecord):
                break
        else:
            if here is not None:
                raise FilterError(f"{clause.field} is an object; compare one of its fields")


def wire_text(value: Value, *, field: str) -> str:
    """Return a value as it stands between the apostrophes of a filter.

    Raises:
        UsageError: A datetime without zone, or a type that has no wire text.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):  # vocabulary members are strings
        return str(value)
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise UsageError("a datetime needs a time zone", argument=field)
        text = value.astimezone(UTC).isoformat(timespec="microseconds" if value.microsecond % 1000 else "milliseconds")
        return f"{text.removesuffix('+00:00')}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    raise FilterError(f"cannot be compared with {type(value).__name__}", argument=field)


def _operand(model: type[BaseModel], name: str, prefix: str, rules: Rules) -> Operand:
    field: Any = by_any_name(model).get(name)
    if field is None:
        raise FilterError(unknown_field(name, model))
    return Operand(f"{prefix}{field.wire_name}", field, rules)


def _readable(clause: Clause) -> Clause:
    """Return the clause, if its text reads back as the same clause: a metadata key may hold anything."""
    if parse(str(clause), dialect="extended") != clause:
        raise FilterError(f"{clause.field!r} cannot be written in a filter")
    return clause
