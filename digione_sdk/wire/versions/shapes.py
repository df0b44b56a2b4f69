"""What the two versions of a model say of each other, worked out once: which fields differ, and how."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from digione_sdk.model.base import Json
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.oneroster import Base, GUIDRef
from digione_sdk.model.oneroster.v1p1 import told_in_v1p1
from digione_sdk.model.vocabulary import ExtensibleVocabulary, Vocabulary

PARKED: Final = "fi.digione.oneroster.v1p2"
"""Metadata key under which a downgrade puts by what 1.1 cannot hold; null marks a field that was not there."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One model in both versions; all names are wire names.

    Attributes:
        links: Field that holds a link, or links -> type token that 1.2 wants.
        texts: Fields that hold arrays of text.
        added: Fields that 1.2 has and 1.1 has not.
        narrowed: Field -> tokens that 1.1 has, where 1.2 has more.
        needed: Fields that 1.1 demands and 1.2 does not.
        own: Fields that 1.1 has and 1.2 has not.
    """

    links: dict[str, str]
    texts: tuple[str, ...]
    added: frozenset[str]
    narrowed: dict[str, frozenset[str]]
    needed: frozenset[str]
    own: frozenset[str]


@cache
def shape_of(model: type[Base]) -> Shape:
    """Return how the versions of a model differ; one that 1.1 does not know has all its fields added."""
    now = {field.wire_name: field for field in fields_of(model).values()}
    told = told_in_v1p1(model)
    then = {field.wire_name: field for field in fields_of(told).values()} if told else {}
    return Shape(
        links={name: token for name, field in now.items() if (token := _link_token(field))},
        texts=tuple(name for name, field in now.items() if field.many and field.item is str),
        added=frozenset(now) - frozenset(then),
        narrowed={
            name: tokens
            for name, field in then.items()
            if name in now and (tokens := _tokens(field)) and (tokens != _tokens(now[name]) or _extensible(now[name]))
        },
        needed=frozenset(
            name for name, field in then.items() if field.required and not (name in now and now[name].required)
        ),
        own=frozenset(then) - frozenset(now),
    )


def told_alike(model: type[Base], record: dict[str, Json]) -> bool:
    """Whether 1.1 tells every value of a whole 1.2 record that it tells at all as 1.2 does.

    Args:
        model: The 1.2 model; 1.1 has one too.
        record: The record, in strict 1.2.
    """
    shape = shape_of(model)
    words = ((record.get(field), tokens) for field, tokens in shape.narrowed.items())
    return (
        not shape.own
        and shape.needed <= record.keys()
        and all(
            value is None or tokens.issuperset(value if isinstance(value, list) else (value,))
            for value, tokens in words
        )
    )


def _link_token(field: FieldFacts) -> str:
    """Return the type token of the field's links; empty where it holds none."""
    return field.record.TYPE if field.record is not None and issubclass(field.record, GUIDRef) else ""


def _tokens(field: FieldFacts) -> frozenset[str]:
    if isinstance(field.item, type) and issubclass(field.item, Vocabulary):
        return frozenset(member.value for member in field.item)
    return frozenset()


def _extensible(field: FieldFacts) -> bool:
    return issubclass(field.item, ExtensibleVocabulary)


def is_v1p1_user(record: dict[str, Json]) -> bool:
    """Whether a user is told as in 1.1: one role as text, and organisations (pitfall 46)."""
    return "roles" not in record and isinstance(record.get("role"), str)
