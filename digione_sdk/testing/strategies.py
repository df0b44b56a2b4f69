"""Hypothesis strategies for every OneRoster model.

    from hypothesis import given
    from digione_sdk.testing import strategies

    @given(strategies.users())
    def test_import_accepts_any_user(user): ...

Needs hypothesis, which comes with `digione-sdk[conformance]`; importing this module without it raises
`ConfigurationError`. Everybody made here is synthetic: e-mail addresses are under example.org, texts are letters,
no field imitates an identity code.
"""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, TypeVar, get_args, get_origin

from digione_sdk.errors import ConfigurationError
from digione_sdk.model.base import Json, OpenRecord, Record
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.oneroster import (
    AcademicSession,
    AssessmentLineItem,
    AssessmentResult,
    Category,
    Class,
    Course,
    Demographics,
    Enrollment,
    LineItem,
    Org,
    Resource,
    Result,
    ScoreScale,
    User,
)
from digione_sdk.model.primitives import Uri
from digione_sdk.model.vocabulary import ExtensibleVocabulary, Vocabulary

try:
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ImportError:
    raise ConfigurationError("hypothesis is missing: install digione-sdk[conformance]") from None

__all__ = [
    "academic_sessions",
    "assessment_line_items",
    "assessment_results",
    "categories",
    "classes",
    "courses",
    "demographics",
    "enrollments",
    "line_items",
    "orgs",
    "records",
    "resources",
    "results",
    "score_scales",
    "users",
]

R = TypeVar("R", bound=Record)

_ID_LETTERS: Final = string.ascii_letters + string.digits + "._-/@"  # what CSV allows in a sourcedId
_TEXT_LETTERS: Final = string.ascii_letters + "åäöÅÄÖšžŧđŋáč '-"
_LONGEST_ARRAY: Final = 3


def users() -> SearchStrategy[User]:
    """Return a strategy for users with any combination of optional fields, one to three roles, `ext:` ones too."""
    return records(User)


def orgs() -> SearchStrategy[Org]:
    """Return a strategy for organisations."""
    return records(Org)


def courses() -> SearchStrategy[Course]:
    """Return a strategy for courses."""
    return records(Course)


def classes() -> SearchStrategy[Class]:
    """Return a strategy for classes."""
    return records(Class)


def enrollments() -> SearchStrategy[Enrollment]:
    """Return a strategy for enrolments."""
    return records(Enrollment)


def academic_sessions() -> SearchStrategy[AcademicSession]:
    """Return a strategy for academic sessions."""
    return records(AcademicSession)


def demographics() -> SearchStrategy[Demographics]:
    """Return a strategy for demographics records."""
    return records(Demographics)


def categories() -> SearchStrategy[Category]:
    """Return a strategy for categories."""
    return records(Category)


def line_items() -> SearchStrategy[LineItem]:
    """Return a strategy for line items."""
    return records(LineItem)


def results() -> SearchStrategy[Result]:
    """Return a strategy for results; scores lie from -1000 to 1000, with at most two decimals."""
    return records(Result)


def score_scales() -> SearchStrategy[ScoreScale]:
    """Return a strategy for score scales."""
    return records(ScoreScale)


def assessment_line_items() -> SearchStrategy[AssessmentLineItem]:
    """Return a strategy for assessments."""
    return records(AssessmentLineItem)


def assessment_results() -> SearchStrategy[AssessmentResult]:
    """Return a strategy for results of assessments."""
    return records(AssessmentResult)


def resources() -> SearchStrategy[Resource]:
    """Return a strategy for resources."""
    return records(Resource)


def records(model: type[R]) -> SearchStrategy[R]:
    """Return a strategy for any model: every value valid, every optional field present or absent.

    Links point at nothing in particular, and dates are in no order: the records fit the model, not each other.

    Args:
        model: A record class of `digione_sdk.model`, envelopes and links included.
    """
    known = {field.name: _field(field) for field in fields_of(model).values()}
    if not issubclass(model, OpenRecord):
        return st.fixed_dictionaries(known).map(lambda values: model(**values))
    own: SearchStrategy[dict[str, Json]] = st.dictionaries(
        st.text(string.ascii_lowercase, min_size=1, max_size=8).map(lambda name: f"fi.digione.{name}"),
        _json(),
        max_size=_LONGEST_ARRAY,
    )
    return st.builds(lambda values, properties: model(**values, **properties), st.fixed_dictionaries(known), own)


def _field(field: FieldFacts) -> SearchStrategy[Any]:
    one = _value(field)
    if field.many:
        array = st.lists(one, min_size=int(field.required), max_size=_LONGEST_ARRAY).map(tuple)
        return array if field.required else st.just(()) | array
    return one if field.required else st.none() | one


def _value(field: FieldFacts) -> SearchStrategy[Any]:
    item = field.item
    if get_origin(item) is Literal:
        return st.sampled_from(get_args(item))
    if issubclass(item, Record):
        return st.deferred(lambda: records(item))
    if issubclass(item, Vocabulary):
        return _tokens(item)
    if issubclass(item, str):
        return _text(field)
    # UTC only: local mean times of old zones have seconds in their offset, which RFC 3339 cannot write.
    return {
        bool: st.booleans(),
        datetime: st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
        date: st.dates(date(1900, 1, 1), date(2100, 1, 1)),
        Decimal: st.decimals(-1000, 1000, places=2) | st.integers(-1000, 1000).map(Decimal),
    }[item]


def _text(field: FieldFacts) -> SearchStrategy[str]:
    ids = st.text(_ID_LETTERS, min_size=1, max_size=40)
    if field.name == "sourced_id":
        return ids
    if any(isinstance(marker, Uri) for marker in field.markers):
        return ids.map(lambda path: f"https://roster.example.org/{path}")
    if field.name == "email":
        return st.text(string.ascii_lowercase, min_size=1, max_size=20).map(lambda name: f"{name}@example.org")
    return st.text(_TEXT_LETTERS, min_size=1, max_size=20)


def _tokens(vocabulary: type[Vocabulary]) -> SearchStrategy[Vocabulary]:
    standard = st.sampled_from(list(vocabulary))
    if not issubclass(vocabulary, ExtensibleVocabulary):
        return standard
    return standard | st.from_regex(vocabulary.__extension__, fullmatch=True).map(vocabulary)


def _json() -> SearchStrategy[Json]:
    whole = st.integers(-(2**53), 2**53)  # what every JSON reader can hold
    leaves = st.none() | st.booleans() | whole | st.text(_TEXT_LETTERS, max_size=20)
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=_LONGEST_ARRAY)
            | st.dictionaries(st.text(string.ascii_letters, max_size=8), inner, max_size=_LONGEST_ARRAY)
        ),
        max_leaves=5,
    )
