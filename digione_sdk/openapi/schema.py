"""Turn models into JSON Schema (draft 2020-12, the dialect of OpenAPI 3.1).

The schemas state what a provider may send, so they are strict: closed objects, no null, a zone on every instant,
anchored extension patterns. The models read more than that on purpose.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, TypeGuard, get_args, get_origin

from digione_sdk.model.base import Json, Record
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.primitives import TrueFalseStrings, Uri
from digione_sdk.model.vocabulary import ExtensibleVocabulary, Vocabulary

Schema: TypeAlias = dict[str, Json]

_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PRIMITIVES: Final[dict[type, Schema]] = {
    str: {"type": "string"},
    Decimal: {"type": "number"},  # `format: float` would invite single precision, in which 7.1 is another number
    date: {"type": "string", "format": "date", "pattern": f"^{_DAY}$"},
    # `format` is an annotation for most validators, and some accept an instant without zone: the pattern decides.
    datetime: {
        "type": "string",
        "format": "date-time",
        "pattern": rf"^{_DAY}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\.[0-9]+)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})$",
    },
}


def schema_name(model: type[Record]) -> str:
    """Return the component name of a model: the standard's, without its `DType` suffix."""
    return model.__source__.removesuffix("DType")


def reference(name: str) -> Schema:
    """Return a reference to a schema component."""
    return {"$ref": f"#/components/schemas/{name}"}


def reachable(roots: Iterable[type[Record]]) -> list[type[Record]]:
    """Return `roots` and every model they hold at any depth, each once, in order of first mention."""
    found: dict[type[Record], None] = {}
    pending = list(roots)
    while pending:
        model = pending.pop(0)
        if model not in found:
            found[model] = None
            pending += [field.record for field in fields_of(model).values() if _is_record(field.record)]
    return list(found)


def component_schemas(roots: Iterable[type[Record]]) -> dict[str, Schema]:
    """Return the schemas of `roots` and of everything they hold, by component name: records first, then vocabularies.

    Args:
        roots: Models to start from; order of first mention is kept, so the result is stable.
    """
    models = reachable(roots)
    vocabularies = dict(
        named for model in models for field in fields_of(model).values() for named in _vocabularies(field)
    )
    return {schema_name(model): record_schema(model) for model in models} | dict(sorted(vocabularies.items()))


def record_schema(model: type[Record]) -> Schema:
    """Return the schema of one model; objects it holds are references."""
    fields = fields_of(model).values()
    required = [field.wire_name for field in fields if field.required]
    return {
        "type": "object",
        "description": summary(model),
        **({"required": required} if required else {}),
        **({"properties": {field.wire_name: _property(field) for field in fields}} if fields else {}),
        "additionalProperties": model.__open__,
    }


def vocabulary_schema(vocabulary: type[Vocabulary]) -> Schema:
    """Return the schema of a vocabulary: its tokens, and where it is extensible a provider's well-formed own."""
    tokens: Schema = {"enum": [member.value for member in vocabulary]}
    described: Schema = {"type": "string", "description": summary(vocabulary)}
    if not issubclass(vocabulary, ExtensibleVocabulary):
        return described | tokens
    return described | {"anyOf": [tokens, {"pattern": f"^{vocabulary.__extension__}$"}]}


def summary(documented: type) -> str:
    """Return the first paragraph of a class's docstring as one line."""
    return " ".join((inspect.getdoc(documented) or "").partition("\n\n")[0].split())


def _property(field: FieldFacts) -> Schema:
    about: Schema = {"description": field.about.meaning} if field.about else {}
    if field.flags:
        about["x-digione-flags"] = sorted(flag.value for flag in field.flags)
    if not field.many:
        return _value(field) | about
    return {"type": "array", **({"minItems": 1} if field.required else {}), "items": _value(field)} | about


def _value(field: FieldFacts) -> Schema:
    item = field.item
    if any(isinstance(marker, TrueFalseStrings) for marker in field.markers):
        return reference(TrueFalseStrings.SOURCE)
    if get_origin(item) is Literal:
        tokens = get_args(item)
        return {"type": "string", "const": tokens[0]} if len(tokens) == 1 else {"type": "string", "enum": [*tokens]}
    if _is_record(field.record):
        return reference(schema_name(field.record))
    if _is_vocabulary(item):
        return reference(item.__source__)
    uri = {"format": "uri"} if any(isinstance(marker, Uri) for marker in field.markers) else {}
    return _PRIMITIVES[item] | uri


def _vocabularies(field: FieldFacts) -> Iterator[tuple[str, Schema]]:
    if any(isinstance(marker, TrueFalseStrings) for marker in field.markers):
        yield (
            TrueFalseStrings.SOURCE,
            {
                "type": "string",
                "description": "A truth value as text; never a JSON boolean.",
                "enum": [*TrueFalseStrings.TOKENS],
            },
        )
    elif _is_vocabulary(field.item):
        yield field.item.__source__, vocabulary_schema(field.item)


def _is_record(item: Any) -> TypeGuard[type[Record]]:
    return isinstance(item, type) and issubclass(item, Record)


def _is_vocabulary(item: Any) -> TypeGuard[type[Vocabulary]]:
    return isinstance(item, type) and issubclass(item, Vocabulary)
