"""Checks of the records themselves against the published schemas, and of their times."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from digione_conformance.checks.envelope import singles
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import FAMILIES
from digione_conformance.probing.probe import Probe
from digione_conformance.probing.schema import without_indexes
from digione_conformance.relations.asking import require, wholes
from digione_conformance.relations.order import READERS, Scale
from digione_conformance.relations.sampling import scalars, texts_of

_MOST_PLACES = 6
_SEED = "seed at least one record of each kind"


@check("OR-*-SCHEMA-001", after=("OR-*-SHAPE-001",))
def lists_obey_the_schema(probe: Probe) -> Findings:
    """Every record of every core collection obeys the schema: types, vocabularies, required fields, no null, closed."""
    for listing in wholes(probe):
        for page in listing.exchanges:
            probe.examined(len(page.json.get(listing.endpoint.wrapper_key, ())))
            if errors := _departures(probe.schema_errors(listing.endpoint, page.json)):
                yield Finding.at(f"{listing.endpoint.operation_id}: {_places(errors)}", page)
                break
    require(probe, _SEED)


@check("OR-*-SCHEMA-002", after=("OR-*-SHAPE-002",))
def single_objects_obey_the_schema(probe: Probe) -> Findings:
    """Single reads obey the schema too; they are often served by other code than the lists."""
    for endpoint in probe.family.collections:
        for _, single, exchange in singles(probe, endpoint, 4 if endpoint.view.whole else 2):
            if exchange.ok and exchange.is_json:
                probe.examined()
                if errors := _departures(probe.schema_errors(single, exchange.json)):
                    yield Finding.at(f"{single.operation_id}: {_places(errors)}", exchange)
    require(probe, _SEED)


def _departures(errors: Iterable[str]) -> tuple[str, ...]:
    # A relative href is widespread and hurts nobody who resolves by sourcedId (pitfall 13): OR-ROS-REF-002 warns.
    return tuple(error for error in errors if not error.endswith("href: format"))


def _places(errors: Iterable[str]) -> str:
    """Return the distinct places in words, indexes taken out."""
    distinct = dict.fromkeys(without_indexes(error) for error in errors)
    shown = list(distinct)[:_MOST_PLACES]
    return "; ".join(shown) + (f" and {len(distinct) - len(shown)} more" if len(distinct) > len(shown) else "")


@check("OR-*-SCHEMA-004", after=("OR-*-SHAPE-001",))
def absent_is_absent_and_not_empty(probe: Probe) -> Findings:
    """A text that is not known is left out; no field holds an empty text."""
    for listing in wholes(probe, probe.family.kinds):
        probe.examined(len(listing.ids))
        empty = sorted({key for record in listing.records for key, value in record.items() if value == ""})
        if empty:
            yield Finding(f"{listing.endpoint.operation_id}: empty texts in {', '.join(empty)}", listing.exchanges[:1])
    require(probe, _SEED)


_LINES: Final = re.compile(r"[\t\n\r]")
_NORMALISED: Final = (
    "title", "name", "givenName", "familyName", "middleName", "preferredFirstName", "preferredLastName", "username",
    "classCode", "courseCode", "location", "schoolYear", "email", "phone", "textScore", "type",
)  # fmt: skip
"""Properties that the information model types as NormalizedString (models-1.2.yaml)."""


@check("OR-*-TEXT-005", after=("OR-*-SHAPE-001",), of=FAMILIES)
def names_and_titles_are_single_lines(probe: Probe) -> Findings:
    """No name, title or code holds a tab or a line feed: a NormalizedString has none."""
    for listing in wholes(probe, probe.family.kinds):
        named = [field.name for field in scalars(listing.endpoint) if field.name in _NORMALISED]
        for name in named:
            texts = texts_of(listing.records, name)
            probe.examined(len(texts))
            if broken := sum(len(places) for text, places in texts.items() if _LINES.search(text)):
                yield Finding(
                    f"{listing.endpoint.operation_id}: {broken} {name} hold a tab or a line feed", listing.exchanges[:1]
                )
    require(probe, _SEED)


@check("OR-*-SCHEMA-003", after=("OR-*-SHAPE-001",))
def times_are_rfc_3339(probe: Probe) -> Findings:
    """DateLastModified names its zone, and dates are bare calendar days that exist."""
    for listing in wholes(probe, probe.family.kinds):
        for field in scalars(listing.endpoint):
            if field.scale in {Scale.TEXT, Scale.NUMBER}:
                continue
            values = [record[field.name] for record in listing.records if field.name in record]
            probe.examined(len(values))
            wrong = sum(1 for value in values if READERS[field.scale](value) is None)
            if wrong:
                form = "an RFC 3339 instant with zone" if field.scale is Scale.INSTANT else "a day as YYYY-MM-DD"
                yield Finding(
                    f"{listing.endpoint.operation_id}: {wrong} of {len(values)} {field.name} are not {form}",
                    listing.exchanges[:1],
                )
    require(probe, _SEED)
