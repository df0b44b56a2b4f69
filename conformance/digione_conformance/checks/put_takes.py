"""Checks of what PUT takes, and when by its own word: all that the schema allows, and at the time that it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.written import KEPT, put_again, single, touched
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, ASSESSMENT, GRADEBOOK, put_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import workshop
from digione_conformance.relations.order import Scale, instant
from digione_conformance.relations.sampling import scalars
from digione_sdk.model.oneroster.result import ScoreStatus

_HELSINKI: Final = timezone(timedelta(hours=3))
_UNGRADED: Final = frozenset({ScoreStatus.EXEMPT, ScoreStatus.NOT_SUBMITTED})
_A_QUARTER: Final = timedelta(minutes=14)
"""Clocks differ by seconds; zones by a quarter of an hour and more."""


def right_objects(kind: ANY_ENDPOINT, sent: Record) -> Iterator[tuple[str, Record]]:
    """Yield objects that say what an object of the target's own kind says, as the schema allows it too."""
    own = [field.name for field in scalars(kind) if field.scale is Scale.INSTANT and field.name != "dateLastModified"]
    moments = {name: moment for name in own if (moment := instant(sent.get(name)))}
    if moments:
        offset = {name: moment.astimezone(_HELSINKI).isoformat() for name, moment in moments.items()}
        yield "moments at +03:00", {**sent, **offset}
        part = {name: f"{moment:%Y-%m-%dT%H:%M:%S}.250Z" for name, moment in moments.items()}
        yield "parts of a second", {**sent, **part}
    if "scoreStatus" in sent:
        for word in ScoreStatus:
            grades = {"score", "textScore", "scorePercentile"} if word in _UNGRADED else frozenset()
            bare = {name: value for name, value in sent.items() if name not in grades}
            yield f"the scoreStatus {word.value}", {**bare, "scoreStatus": word.value}
        yield "an extension of scoreStatus", {**sent, "scoreStatus": "ext:suite.uusittavana"}


@check("OR-*-PUT-035", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(KEPT,))
def what_the_schema_allows_is_taken(probe: Probe) -> Findings:
    """Moments with an offset or parts of a second, and every word of grading, extensions too, are taken."""
    with workshop(probe) as shop:
        for kind, sent in shop.each(probe.family.thorough):
            for what, right in right_objects(shop.told(kind), sent):
                exchange = shop.put(kind, right)
                probe.examined()
                if not exchange.ok:
                    yield Finding.at(f"{put_of(kind).operation_id} answered {exchange.status} to {what}", exchange)
        if not probe.looked_at:
            raise Inapplicable("there are neither moments nor words in what the target grades")


@check("OR-*-PUT-036", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(KEPT,))
def the_stamp_is_of_the_write(probe: Probe) -> Findings:
    """The dateLastModified of a write is the time of the answer, by the target's own Date: no zone's hours off."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            put = put_again(shop, kind, touched(sent))
            read, shown = single(shop, kind, touched(sent))
            told, stamp = _date(put), instant(shown.get("dateLastModified"))
            if told is None or stamp is None:
                continue
            probe.examined()
            if abs(stamp - told) > _A_QUARTER:
                off = f"{(stamp - told).total_seconds() / 60:+.0f} minutes off the answer's own Date"
                yield Finding.at(f"{kind.wrapper_key}: dateLastModified is {off}", put, read)
        if not probe.looked_at:
            raise Inapplicable("answers carry no Date")


def _date(exchange: Exchange) -> datetime | None:
    try:
        return parsedate_to_datetime(exchange.headers.get("date", ""))
    except ValueError:
        return None
