"""The pages on the data model: every class with its fields, every vocabulary with its tokens."""

from __future__ import annotations

from digione_sdk.model import oneroster, status
from digione_sdk.model.base import Record
from digione_sdk.model.classification import Flag
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.numbers import NumberDigits
from digione_sdk.model.oneroster import Base, wrappers
from digione_sdk.model.primitives import DayText, InstantText, TrueFalseStrings, Uri
from digione_sdk.model.vocabulary import EXTENSION_PATTERN, ExtensibleVocabulary, Vocabulary
from docs_builders.markdown import code, codes, member_docs, members_of, page, summary_of, table

_MARKED = {
    InstantText: "`datetime`, aware",
    DayText: "`date`",
    TrueFalseStrings: '`bool`; `"true"` or `"false"` on the wire',
    Uri: "`str`, a URI",
    NumberDigits: "`Decimal`; a number on the wire",
}


def _type_of(field: FieldFacts) -> str:
    for marker in field.markers:
        if type(marker) in _MARKED:
            return _MARKED[type(marker)]
    if field.record:
        return f"[`{field.record.__name__}`](models.md#{field.record.__name__.lower()})"
    if isinstance(field.item, type) and issubclass(field.item, Vocabulary):
        return f"[`{field.item.__name__}`](vocabularies.md#{field.item.__name__.lower()})"
    return code(getattr(field.item, "__name__", field.item))


def _field_row(field: FieldFacts) -> list[str]:
    meaning = field.about.meaning if field.about else ""
    return [
        code(field.name),
        code(field.wire_name),
        field.multiplicity,
        _type_of(field),
        codes(sorted(field.flags)),
        meaning,
    ]


def _model_section(model: type[Record]) -> str:
    head = f"## {model.__name__}\n\n{summary_of(model)}"
    head += f" Schema `{model.__source__}`." if model.__source__ else ""
    head += " Open: the provider may add properties of its own." if model.__open__ else ""
    rows = [_field_row(field) for field in fields_of(model).values()]
    columns = ("Python", "wire", "how many", "type", "privacy flags", "meaning")
    return f"{head}\n\n{table(columns, rows)}" if rows else f"{head}\n"


def _envelope_row(envelope: type[Record]) -> list[str]:
    (field,) = fields_of(envelope).values()
    return [
        f'<a id="{envelope.__name__.lower()}"></a>{code(envelope.__name__)}',
        code(field.wire_name),
        _type_of(field),
        field.multiplicity,
    ]


def models() -> str:
    """Every class, every field."""
    records = [cls for module in (oneroster, status) for cls in members_of(module, Record)]
    records.sort(key=lambda cls: not issubclass(cls, Base) or cls is Base)  # what has endpoints of its own first
    flags = [[code(flag), member_docs(Flag)[flag.name]] for flag in Flag]
    return page(
        "Models",
        "Every class of the data model: its fields in Python and on the wire, how often they occur, their type, their "
        "[privacy flags](#privacy-flags) and their meaning. Import them from `digione_sdk.model.oneroster`, the status "
        "payload from `digione_sdk.model.status`. Absent values are `None`, absent arrays are empty tuples.",
        *(_model_section(cls) for cls in records if cls not in _envelopes()),
        "## Envelopes",
        "The body of every success is an object with exactly one key.",
        table(("class", "wrapper key", "holds", "how many"), [_envelope_row(cls) for cls in _envelopes()]),
        "## Privacy flags",
        "Flags are independent of each other; a field without a flag concerns no person.",
        table(("flag", "meaning"), flags),
    )


def _envelopes() -> tuple[type[Record], ...]:
    return tuple(members_of(wrappers, Record))


def vocabularies() -> str:
    """Every vocabulary with its tokens."""
    found = [cls for module in (oneroster, status) for cls in members_of(module, Vocabulary)]
    return page(
        "Vocabularies",
        "A token is a string in Python too: `role.role == RoleName.STUDENT` and `role.role == 'student'` say the same. "
        "An *open* vocabulary also takes tokens of a provider's own: `ext:` followed by letters, digits, `.`, `-` or "
        "`_`, unless it says otherwise; `.is_extension` tells them apart. A *closed* one takes no other.",
        *(_vocabulary_section(cls) for cls in found if list(cls)),
        "## Booleans",
        f"The standard's `{TrueFalseStrings.SOURCE}` is a Python `bool`, written as one of the strings "
        f"{codes(TrueFalseStrings.TOKENS)}.",
    )


def _vocabulary_section(vocabulary: type[Vocabulary]) -> str:
    kind = "open" if issubclass(vocabulary, ExtensibleVocabulary) else "closed"
    if issubclass(vocabulary, ExtensibleVocabulary) and vocabulary.__extension__ != EXTENSION_PATTERN:
        kind += f"; a token of a provider's own fits {code(vocabulary.__extension__)}"
    rows = [[code(f"{vocabulary.__name__}.{member.name}"), code(member.value)] for member in vocabulary]
    says = f"{summary_of(vocabulary)} Vocabulary `{vocabulary.__source__}`, {kind}."
    return f"## {vocabulary.__name__}\n\n{says}\n\n{table(('Python', 'wire'), rows)}"
