"""Checks of what PUT keeps: letters, numbers, words and moments are read as they were written, none is made up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.replacing import not_filled_in
from digione_conformance.checks.written import KEPT, WRITTEN, listed, single
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, GRADEBOOK, WRITABLE, put_of, single_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import ABOVE, Workshop, workshop
from digione_conformance.relations.asking import CATEGORIES, SCORE_SCALES
from digione_conformance.relations.keeping import changed, is_link
from digione_conformance.relations.order import Scale, instant
from digione_conformance.relations.sampling import model_fields, scalars
from digione_sdk.model.oneroster.result import ScoreStatus

_RANGE: Final = {"resultValueMin": -10, "resultValueMax": 100}


def _results(probe: Probe) -> tuple[ANY_ENDPOINT, ANY_ENDPOINT]:
    """Return the kind that holds scores, and the kind that they are given for."""
    results, line_items = probe.family.thorough
    return results, line_items


def _unscaled(record: Record) -> Record:
    """Return an object without a scale: any number is a score of it, and no word need be."""
    bare = {"scoreScale", "textScore", "learningObjectiveSet"}
    return {name: value for name, value in record.items() if name not in bare}


def _free(shop: Workshop, kind: ANY_ENDPOINT) -> Record:
    """Return a result that is not stored yet, of a line item of ours that takes every score from -10 to 100."""
    name, above = ABOVE[kind]
    draft = shop.draft(kind)
    shop.store(above, {**_unscaled(shop.parent_of(draft[name])), **_RANGE})
    return _unscaled(draft)


def _kept(shop: Workshop, kind: ANY_ENDPOINT, sent: Record, fields: tuple[str, ...], what: str) -> Findings:
    """Put an object and compare these fields; a refusal is for the caller to judge."""
    exchange = shop.put(kind, sent)
    if not exchange.ok:
        return
    shop.probe.examined()
    wanted = {name: sent[name] for name in fields} | {"sourcedId": sent["sourcedId"]}
    page, shown = single(shop, kind, wanted)
    if lost := changed(wanted, shown):
        yield Finding.at(f"{kind.wrapper_key}: {', '.join(lost)} with {what} is not kept", exchange, page)
        return
    found, rows = listed(shop, kind, str(sent["sourcedId"]), put=wanted)
    if not rows:
        yield Finding.at(f"{kind.operation_id} lacks an object with {what}", exchange, found)
    for row in rows:
        if lost := changed(wanted, row):
            yield Finding.at(f"{kind.operation_id}: {', '.join(lost)} with {what} is shown otherwise", exchange, found)


# --- text ------------------------------------------------------------------------------------------------------------

TEXTS: Final = {
    "letters of Finnish, Swedish and Sámi": "Äidinkieli, Åbo, öljy ja Sámi: čáŋđž ŧ",
    "quotes and markup": "Luku 'x' ja \"y\" <b>&amp;</b> 100 % \\n",
    "letters beyond the basic plane": "Musiikki 🎵 𝄞",
}
LINES: Final = {"two lines": "Ensimmäinen rivi\nToinen rivi"}
"""For String alone: in a NormalizedString, as a title is, the end of a line becomes a blank."""


@check("OR-*-PUT-011", alone=True, of=WRITABLE, after=(KEPT,))
def text_is_kept_letter_by_letter(probe: Probe) -> Findings:
    """Letters beyond ASCII, quotes and markup are read as they were put."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            for field in _texts(shop.told(kind)):
                for what, text in (TEXTS if field == "title" else TEXTS | LINES).items():
                    yield from _kept(shop, kind, {**sent, field: text}, (field,), what)
            if "textScore" in _names(shop.told(kind)):  # a grade in words need not be on a scale where there is none
                graded = {**_unscaled(sent), "textScore": "Hyväksytty, mallikas, Åbo"}
                yield from _kept(shop, kind, graded, ("textScore",), "letters of Finnish and Swedish")
                yield from _kept(shop, kind, {**graded, "textScore": "A"}, ("textScore",), "one letter")


def _names(told: ANY_ENDPOINT) -> frozenset[str]:
    """Return the fields of a kind as a version tells it."""
    return frozenset(facts.wire_name for facts in model_fields(told).values())


def _texts(told: ANY_ENDPOINT) -> tuple[str, ...]:
    """Return the free texts of a kind: those that no vocabulary bounds."""
    names = _names(told)
    return tuple(name for name in ("title", "description", "comment") if name in names)


_LONGEST: Final = 255


@check("OR-*-PUT-012", alone=True, of=WRITABLE, after=(KEPT,))
def long_text_is_kept_whole(probe: Probe) -> Findings:
    """A title or a comment of 255 letters is taken, and read whole."""
    text = ("Käsityön loppuarviointi " * 11)[:_LONGEST]
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            field = _texts(shop.told(kind))[0] if kind is not _results(probe)[0] else "comment"
            long = {**sent, field: text}
            exchange = shop.put(kind, long)
            if not exchange.ok:
                probe.examined()
                yield Finding.at(
                    f"{put_of(kind).operation_id} answered {exchange.status} to a {field} of {len(text)} letters",
                    exchange,
                )
            else:
                yield from _kept(shop, kind, long, (field,), f"{len(text)} letters")


# --- numbers ---------------------------------------------------------------------------------------------------------

_SCORES: Final = (0, 0.1, 0.3, 8.25, 7.125, 10, 99.99, -2.5)
"""Of six digits at most, so that a server of short binary numbers, which the standard permits, can keep them."""


@check("OR-*-PUT-013", alone=True, of=WRITABLE, after=(KEPT,))
def scores_are_kept_digit_by_digit(probe: Probe) -> Findings:
    """A score, a bound and a weight are read as they were put: not rounded, not cut, not a text, and 0 is not none."""
    results, line_items = _results(probe)
    with workshop(probe) as shop:
        for kind, _ in shop.each((results,)):
            draft = _free(shop, kind)
            for score in _SCORES:
                yield from _kept(shop, kind, {**draft, "score": score}, ("score",), "a number")
            yield from _text_is_no_other_number(shop, kind, draft)
        bounds: dict[ANY_ENDPOINT, tuple[str, ...]] = {
            line_items: ("resultValueMin", "resultValueMax"),
            CATEGORIES: ("weight",),
        }
        offered = [kind for kind in bounds if kind in probe.family.kinds]  # 1.1 has no weights
        for kind, sent in shop.each(tuple(k for k in offered if _names(shop.told(k)).issuperset(bounds[k]))):
            numbers = dict.fromkeys(bounds[kind], 12.5) | {bounds[kind][-1]: 33.3}
            yield from _kept(shop, kind, {**_unscaled(sent), **numbers}, bounds[kind], "decimals")


def _text_is_no_other_number(shop: Workshop, kind: ANY_ENDPOINT, draft: Record) -> Findings:
    """A score as a text, with a comma at that, may be refused or understood, but not misread."""
    for text in ("8,5", "8.5"):
        exchange = shop.put(kind, {**draft, "score": text})
        if not exchange.ok:
            continue
        page, shown = single(shop, kind, {"sourcedId": draft["sourcedId"], "score": 8.5})
        if "score" in shown and changed({"score": 8.5}, shown):
            yield Finding.at(
                f"{kind.wrapper_key}: a score of {text} as a text is read as another number", exchange, page
            )


@check("OR-*-PUT-014", alone=True, of=WRITABLE, after=("OR-*-PUT-013",))
def extra_credit_is_refused_or_kept(probe: Probe) -> Findings:
    """A score above resultValueMax, or below resultValueMin, is refused, or stored as it is: never cut to the bound."""
    results, _ = _results(probe)
    with workshop(probe) as shop:
        for kind, _ in shop.each((results,)):
            draft = _free(shop, kind)
            for score in (300, 100.5):
                exchange = shop.put(kind, {**draft, "score": score})
                if exchange.ok:
                    yield from _kept(shop, kind, {**draft, "score": score}, ("score",), "extra credit")
                else:
                    probe.examined()
                    stored = shop.shown(kind, str(draft["sourcedId"]))
                    if stored is not None and not changed({"score": score}, stored):
                        yield Finding.at(f"{kind.wrapper_key}: a refused score is stored all the same", exchange)


# --- words -----------------------------------------------------------------------------------------------------------

_EXTENSION: Final = "ext:suite.uusittavana"
FLAGS: Final = ("inProgress", "incomplete", "late", "missing")


@check("OR-*-PUT-015", alone=True, of=WRITABLE, after=(KEPT,))
def words_are_kept_as_put(probe: Probe) -> Findings:
    """Each scoreStatus of the standard and each flag is read as it was put, and a result without a score has none."""
    results, _ = _results(probe)
    with workshop(probe) as shop:
        for kind, sent in shop.each((results,)):
            for word in ScoreStatus:
                yield from _kept(shop, kind, {**sent, "scoreStatus": word.value}, ("scoreStatus",), "this word")
            if not probe.family.is_v1p1:  # extensions and flags came with 1.2, and with it scores became optional
                yield from _kept(shop, kind, {**sent, "scoreStatus": _EXTENSION}, ("scoreStatus",), "an extension")
                yield from _flags_and_no_score(shop, kind, sent)


def _flags_and_no_score(shop: Workshop, kind: ANY_ENDPOINT, sent: Record) -> Findings:
    for flags in (dict.fromkeys(FLAGS, "true"), dict.fromkeys(FLAGS, "false") | {"late": "true"}):
        yield from _kept(shop, kind, {**sent, **flags}, FLAGS, "flags")
    unscored = {k: v for k, v in _unscaled(sent).items() if k != "score"} | {"scoreStatus": "exempt"}
    exchange = shop.put(kind, unscored)
    if exchange.ok:
        shop.probe.examined()
        page, shown = single(shop, kind, unscored)
        if made_up := {"score", "textScore"} & shown.keys():
            yield Finding.at(f"{kind.wrapper_key}: exempt has {', '.join(sorted(made_up))}", exchange, page)
        if shown.get("scoreStatus") != "exempt":
            yield Finding.at(f"{kind.wrapper_key}: exempt is read as another word", exchange, page)


@check("OR-*-PUT-027", alone=True, of=(GRADEBOOK,), after=(KEPT,))
def steps_of_a_scale_keep_their_order(probe: Probe) -> Findings:
    """The steps of a score scale are read in the order in which they were put, there and back."""
    with workshop(probe) as shop:
        for kind, sent in shop.each((SCORE_SCALES,)):
            steps = sent["scoreScaleValue"]
            steps = steps if len(steps) > 1 else [*steps, {"itemValueLHS": "0", "itemValueRHS": "Aloittaja"}]
            figures = [{"itemValueLHS": "10", "itemValueRHS": "2"}, {"itemValueLHS": "9", "itemValueRHS": "1"}]
            for turned in (steps, steps[::-1], figures):
                exchange = shop.put(kind, {**sent, "scoreScaleValue": turned})
                if not exchange.ok:
                    continue
                probe.examined()
                page, shown = single(shop, kind, {**sent, "scoreScaleValue": turned})
                if [dict(step) for step in shown.get("scoreScaleValue", [])] != turned:
                    yield Finding.at(f"{kind.wrapper_key}: the steps of a scale are not read as put", exchange, page)


# --- moments ---------------------------------------------------------------------------------------------------------


@check("OR-*-PUT-016", alone=True, of=WRITABLE, after=(KEPT,))
def moments_and_days_are_not_shifted(probe: Probe) -> Findings:
    """A day is read as the same day, and a moment with an offset as the same instant."""
    with workshop(probe) as shop:
        kinds = [(kind, _moments(probe.family.spoken(kind))) for kind in probe.family.kinds]
        told = dict(kinds)
        for kind, sent in shop.each(tuple(kind for kind, moments in kinds if moments)):
            for moments in told[kind]:
                yield from _kept(shop, kind, {**sent, **moments}, tuple(moments), "a time near midnight")


_DAYS: Final = ("2026-03-29", "2026-07-01", "2026-12-31")
"""The day on which clocks go forward, one of summer, and the last of the year, whose week may count to the next."""


_CLOCKS: Final = (
    ("2026-11-02T00:30:00+02:00", "2026-11-02T23:59:59.000Z"),
    ("2031-05-05T05:00:00.000Z", "2031-05-06T01:00:00+03:00"),
)
"""Near midnight, and of a year to come: what is not to be done yet is there all the same."""


def _moments(told: ANY_ENDPOINT) -> tuple[dict[str, str], ...]:
    own = [field for field in scalars(told) if field.name != "dateLastModified"]
    days = [field.name for field in own if field.scale is Scale.DAY]
    instants = [field.name for field in own if field.scale is Scale.INSTANT]
    found = [dict.fromkeys(days, text) for text in _DAYS if days]
    if instants:
        for clocks in _CLOCKS:
            found += [dict(zip(instants, clocks, strict=False))] if len(instants) == len(clocks) else []
    return tuple(found)


# --- what is left out, and what is added -----------------------------------------------------------------------------


@check("OR-*-PUT-017", alone=True, of=WRITABLE, after=(KEPT,))
def null_is_refused_or_left_out(probe: Probe) -> Findings:
    """Null for an optional field is refused or taken for none: it is never served, and nothing stands in its place."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            optional = [
                f.wire_name
                for f in model_fields(shop.told(kind)).values()
                if not f.required and f.wire_name != "metadata"
            ]
            nulled = {**sent, **dict.fromkeys(optional, None)}
            exchange = shop.put(kind, nulled)
            probe.examined()
            if not exchange.ok:
                continue
            left = {name: value for name, value in sent.items() if name not in optional}
            page, shown = single(shop, kind, left, without=frozenset(sent.keys() - left.keys()))
            more = {name: shown[name] for name in shown.keys() & set(optional)}
            if more and (served := not_filled_in(shop, kind, left, more)):
                yield Finding.at(f"{kind.wrapper_key}: {', '.join(served)} put as null is served", exchange, page)
            if errors := probe.schema_errors(single_of(kind), page.json):
                yield Finding.at(f"{kind.wrapper_key}: after nulls it is served as {errors[0]}", exchange, page)


MORE: Final = {"fi.example.house": "Kotka-Ängen", "fi.example.points": 7}


def _with_metadata(shop: Workshop, kind: ANY_ENDPOINT, key: str) -> Exchange:
    return shop.awaited(
        lambda: shop.read(kind, key), lambda page: "metadata" in (shop.body_of(kind, page) or {"metadata": None})
    )


@check("OR-*-PUT-018", alone=True, of=WRITABLE, after=(KEPT,))
def metadata_is_kept(probe: Probe) -> Findings:
    """Extensions of the standard's own place for them, metadata, are refused or read as they were put."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            exchange = shop.put(kind, {**sent, "metadata": MORE})
            if not exchange.ok:
                continue
            probe.examined()
            page = _with_metadata(shop, kind, str(sent["sourcedId"]))
            kept = (shop.body_of(kind, page) or {}).get("metadata")
            if not isinstance(kept, dict) or any(kept.get(name) != value for name, value in MORE.items()):
                yield Finding.at(f"{kind.wrapper_key}: metadata is not read as put", exchange, page)
        if not probe.looked_at:
            raise Inapplicable("the target takes no metadata")


@check("OR-*-PUT-019", alone=True, of=WRITABLE, after=(WRITTEN,))
def a_sparse_object_is_taken_and_served_whole(probe: Probe) -> Findings:
    """What consumers send is taken: links by sourcedId alone, no status, no dateLastModified; it is served in full."""
    with workshop(probe) as shop:
        for kind, sent in shop.each(probe.family.thorough):
            exchange = shop.put(kind, dict(_sparse(sent)))
            probe.examined()
            if not exchange.ok:
                name = put_of(kind).operation_id
                yield Finding.at(f"{name} answered {exchange.status} to an object with bare links", exchange)
                continue
            page, shown = single(shop, kind, {name: value for name, value in sent.items() if name != "status"})
            if not page.is_json or (errors := probe.schema_errors(single_of(kind), page.json)):
                where = errors[0] if page.is_json else "no JSON"
                yield Finding.at(f"{kind.wrapper_key}: a sparse object is served as {where}", exchange, page)
            elif shown.get("status") != "active" or instant(shown.get("dateLastModified")) is None:
                yield Finding.at(f"{kind.wrapper_key}: a sparse object is served without its status", exchange, page)


def _sparse(sent: Record) -> Iterator[tuple[str, object]]:
    for name, value in sent.items():
        if name not in {"status", "dateLastModified"}:
            yield name, {"sourcedId": value["sourcedId"]} if is_link(value) else value
