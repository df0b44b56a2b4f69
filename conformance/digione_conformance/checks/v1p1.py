"""Checks of what OneRoster 1.1 does otherwise: warnings beside data, objects and words of its own, its scopes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.auth import granted_by, token_answer
from digione_conformance.checks.references import links
from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import (
    GRADEBOOK_V1P1,
    OLDER,
    ROSTERING_V1P1,
    ROSTERS,
    collections,
    single_of,
)
from digione_conformance.probing.probe import DEMOGRAPHICS, Listing, Probe, Record
from digione_conformance.relations.asking import (
    BAD_REQUEST,
    LINE_ITEMS,
    NOT_FOUND,
    NOT_OFFERED,
    RESULTS,
    UNAUTHORISED,
    USERS,
    filtered,
    page_query,
    refused,
    require,
    wholes,
)
from digione_conformance.relations.order import Scale, alike, number, selected
from digione_conformance.relations.payload import holds_records, reasons, status_infos
from digione_conformance.relations.sampling import counted, model_fields
from digione_sdk.model.status import WORDS_V1P1, CodeMinorValue
from digione_sdk.model.vocabulary import Vocabulary
from digione_sdk.wire.filter import Clause, Predicate

_OF: Final = tuple(OLDER)
_SEED: Final = "seed at least one record of each kind"
_UNKNOWN: Final = "noSuchField"
_NOBODY: Final = "no-such-id-of-the-suite"
_WITHHELD: Final = NOT_OFFERED | {403}


# --- mild answers ----------------------------------------------------------------------------------------------------


def _beside(exchange: Exchange) -> Record:
    """Return what stands beside the data of an answer as a body of its own."""
    body = exchange.json if isinstance(exchange.json, dict) else {}
    return {"statusInfoSet": body.get("statusInfoSet")}


@check("OR-*-WARN-001", of=_OF, after=("OR-*-SHAPE-001",))
def unknown_selections_get_all_data(probe: Probe) -> Findings:
    """An unknown name in `fields` answers 200 with whole objects, as if there were no `fields`."""
    for listing in wholes(probe, probe.family.kinds):
        endpoint, key = listing.endpoint, listing.endpoint.wrapper_key
        exchange = probe.get(endpoint, query=page_query(probe, {"fields": f"sourcedId,{_UNKNOWN}"}))
        probe.examined()
        if finding := refused(endpoint, exchange, what="an unknown name in fields"):
            yield finding
        elif not alike(exchange.json[key], listing.exchanges[0].json[key]):
            yield Finding.at(f"{endpoint.operation_id}: an unknown name in fields changed the data", exchange)
    require(probe, _SEED)


@check("OR-*-WARN-002", of=_OF, after=("OR-*-WARN-001",))
def unknown_selections_are_warned_of(probe: Probe) -> Findings:
    """Data that answer an unknown name in `fields` carry the warning invalid_selection_field in statusInfoSet."""
    yield from _warnings(probe, {"fields": f"sourcedId,{_UNKNOWN}"}, CodeMinorValue.INVALID_SELECTION_FIELD)


@check("OR-*-WARN-003", of=_OF)
def unknown_sorts_are_ignored(probe: Probe) -> Findings:
    """An unknown name in `sort` answers 200 with the records of the default order."""
    for endpoint in probe.family.kinds:
        plain = probe.get(endpoint, query={"limit": "5"})
        exchange = probe.get(endpoint, query={"limit": "5", "sort": _UNKNOWN})
        probe.examined()
        if finding := refused(endpoint, exchange, what="an unknown sort field"):
            yield finding
        elif plain.ok and plain.listed(endpoint.wrapper_key) != exchange.listed(endpoint.wrapper_key):
            yield Finding.at(f"{endpoint.operation_id}: an unknown sort field changed the order", plain, exchange)


@check("OR-*-WARN-004", of=_OF, after=("OR-*-WARN-003",))
def unknown_sorts_are_warned_of(probe: Probe) -> Findings:
    """Data that answer an unknown name in `sort` carry the warning invalid_sort_field in statusInfoSet."""
    yield from _warnings(probe, {"sort": _UNKNOWN}, CodeMinorValue.INVALID_SORT_FIELD)


def _warnings(probe: Probe, query: dict[str, str], reason: CodeMinorValue) -> Findings:
    for endpoint in probe.family.kinds:
        exchange = probe.get(endpoint, query={**query, "limit": "2"})
        if not exchange.ok:
            continue
        probe.examined()
        name = endpoint.operation_id
        infos = status_infos(_beside(exchange))
        if not infos:
            yield Finding.at(f"{name}: no warning in statusInfoSet beside the data", exchange)
        elif not isinstance(_beside(exchange)["statusInfoSet"], list):
            yield Finding.at(f"{name}: statusInfoSet beside the data is no array", exchange)
        elif not any(_is_mild(one) for one in infos):
            yield Finding.at(f"{name}: statusInfoSet beside the data says that the request failed", exchange)
        elif reason.value not in reasons(_beside(exchange)):
            yield Finding.at(f"{name}: the warning has no codeMinor {reason.value}", exchange)
    require(probe, "answer unknown names in fields and sort with data")


def _is_mild(info: Record) -> bool:
    """Whether a status says that the data came, with a reservation."""
    return info.get("imsx_codeMajor") == "success" and info.get("imsx_severity") == "warning"


@check("OR-*-WARN-005", of=_OF)
def plain_answers_carry_no_warning(probe: Probe) -> Findings:
    """An answer to a question without fault warns of nothing: who reads warnings would else learn to ignore them."""
    for endpoint in probe.family.collections:
        exchange = probe.get(endpoint, query=page_query(probe, {}))
        probe.examined(exchange.ok)
        said = {status.get("imsx_severity") for status in status_infos(_beside(exchange))}
        if exchange.ok and said & {"warning", "error"}:
            yield Finding.at(f"{endpoint.operation_id} warns of a question without fault", exchange)


@check("OR-*-WARN-006", of=_OF)
def blank_selections_are_refused(probe: Probe) -> Findings:
    """A blank name in `fields` answers 400 invalid_blank_selection_field and no records."""
    for endpoint in probe.family.kinds:
        for text in ("", "sourcedId,,status"):
            exchange = probe.get(endpoint, query={"fields": text, "limit": "2"})
            probe.examined()
            name = endpoint.operation_id
            if exchange.status != BAD_REQUEST or holds_records(exchange.json):
                yield Finding.at(f"{name}: a blank name in fields answered {exchange.status}, expected 400", exchange)
            elif CodeMinorValue.INVALID_BLANK_SELECTION_FIELD.value not in reasons(exchange.json):
                yield Finding.at(f"{name}: 400 without codeMinor invalid_blank_selection_field", exchange)


@check("OR-*-ERR-006", of=_OF)
def reasons_are_spelt_as_in_1_1(probe: Probe) -> Findings:
    """The reason is a text, spelt as 1.1 has it: `unknown object` and `unauthorized`, not the tokens of 1.2."""
    for endpoint in probe.family.two:
        answers = (
            (NOT_FOUND, CodeMinorValue.UNKNOWNOBJECT, probe.get(single_of(endpoint), path={"sourcedId": _NOBODY})),
            (UNAUTHORISED, CodeMinorValue.UNAUTHORISEDREQUEST, probe.get(endpoint, query={"limit": "1"}, auth="none")),
        )
        for status, reason, exchange in answers:
            if exchange.status != status or not reasons(exchange.json):
                continue
            probe.examined()
            if WORDS_V1P1[reason] not in [told.get("imsx_codeMinor") for told in status_infos(exchange.json)]:
                yield Finding.at(f"{status}: imsx_codeMinor is not the text {WORDS_V1P1[reason]}", exchange)
    require(probe, "answer 404 and 401 with a status payload")


# --- objects ---------------------------------------------------------------------------------------------------------


def _kinds(probe: Probe) -> Iterator[Listing]:
    """Yield every kind that could be read whole, of rosters demographics among them where they are offered."""
    yield from wholes(probe, probe.family.kinds)
    if probe.family not in ROSTERS:
        return
    (endpoint,) = collections(DEMOGRAPHICS)
    if probe.get(endpoint, query={"limit": "1"}).status not in _WITHHELD:
        yield from wholes(probe, (endpoint,))


@check("OR-*-VERS-001", of=(ROSTERING_V1P1, GRADEBOOK_V1P1), after=("OR-*-SHAPE-001",))
def objects_are_of_the_version_of_the_path(probe: Probe) -> Findings:
    """What is served below the path of 1.1 is 1.1: a user has `role` and `orgs`, and nothing that came with 1.2."""
    for listing in _kinds(probe):
        told = {field.wire_name for field in model_fields(probe.family.spoken(listing.endpoint)).values()}
        added = {field.wire_name for field in model_fields(listing.endpoint).values()} - told
        probe.examined(len(listing.ids))
        if found := sorted({key for record in listing.records for key in record.keys() & added}):
            yield _at(listing, f"{', '.join(found)} came with version 1.2")
    for listing in wholes(probe, (USERS,) if USERS in probe.family.kinds else ()):
        lacking = sum(1 for record in listing.records if "role" not in record or not record.get("orgs"))
        if lacking:
            yield _at(listing, f"{lacking} users lack role or orgs")
    require(probe, _SEED)


@check("OR-*-VOC-001", of=_OF, after=("OR-*-SHAPE-001",))
def vocabularies_are_closed(probe: Probe) -> Findings:
    """A word is one of those that 1.1 has: `administrator` is a role, `ext:` words and the sexes of 1.2 are none."""
    for listing in _kinds(probe):
        wrong: Counter[str] = Counter()
        for field in model_fields(probe.family.spoken(listing.endpoint)).values():
            vocabulary = field.item
            if not (isinstance(vocabulary, type) and issubclass(vocabulary, Vocabulary)):
                continue
            known = {word.value for word in tuple(vocabulary)}
            for record in listing.records:
                for word in _words(record.get(field.wire_name)):
                    probe.examined()
                    wrong[field.wire_name] += word not in known
        for name, count in sorted(wrong.items()):
            if count:
                yield _at(listing, f"{count} values of {name} are no words of 1.1")
    require(probe, _SEED)


def _words(value: Json) -> Iterable[str]:
    return (word for word in (value if isinstance(value, list) else (value,)) if isinstance(word, str))


@check("OR-*-VOC-002", of=_OF, after=("OR-*-PAGE-004", "OR-*-VOC-001"))
def words_find_what_is_told_by_them(probe: Probe) -> Findings:
    """A filter by a word of 1.1 answers the records that are told it and no others, whatever 1.2 calls them."""
    for listing in wholes(probe, probe.family.kinds):
        for field in _worded(probe, listing):
            for word, _ in counted(listing.records, field):
                clause = Clause(field, Predicate.EQ, word)
                answered = filtered(probe, listing.endpoint, clause)
                probe.examined()
                if isinstance(answered, Finding):
                    yield answered
                elif departure := selected(listing.records, clause, Scale.TEXT).departure(answered.ids):
                    text = f"{listing.endpoint.operation_id}: {field} = {word}: {departure}"
                    yield Finding(text, answered.exchanges)
    require(probe, _SEED)


def _worded(probe: Probe, listing: Listing) -> Iterator[str]:
    """Yield the names of the single fields that hold a word of a vocabulary."""
    for field in model_fields(probe.family.spoken(listing.endpoint)).values():
        if not field.many and isinstance(field.item, type) and issubclass(field.item, Vocabulary):
            yield field.wire_name


@check("OR-*-HREF-001", of=(ROSTERING_V1P1, GRADEBOOK_V1P1), after=("OR-*-SHAPE-001",))
def links_stay_in_the_version(probe: Probe) -> Findings:
    """A link on the service's own host leads below the base address of 1.1, not into another version."""
    base = urlsplit(probe.base)
    for listing in _kinds(probe):
        wrong: Counter[str] = Counter()
        for record in listing.records:
            for path, link in links(record):
                target = urlsplit(str(link["href"]))
                if target.netloc == base.netloc:
                    probe.examined()
                    wrong[path] += not target.path.startswith(f"{base.path}/")
        for path, count in sorted(wrong.items()):
            if count:
                yield _at(listing, f"{count} {path}.href leave the base address of 1.1")
    if not probe.looked_at:
        raise Inapplicable("no link leads to the service's own host")


def _at(listing: Listing, text: str) -> Finding:
    return Finding(f"{listing.endpoint.operation_id}: {text}", listing.exchanges[:1])


@check("OR-*-ITEM-001", of=(GRADEBOOK_V1P1,))
def line_items_have_their_period_and_bounds(probe: Probe) -> Findings:
    """A line item of 1.1 names its grading period and both bounds of its results, the lower one first."""
    for listing in wholes(probe, (LINE_ITEMS,)):
        lacking: Counter[str] = Counter()
        for record in listing.records:
            probe.examined()
            for name in ("gradingPeriod", "resultValueMin", "resultValueMax"):
                lacking[name] += name not in record
            low, high = record.get("resultValueMin"), record.get("resultValueMax")
            if isinstance(low, (int, float)) and isinstance(high, (int, float)):
                lacking["a resultValueMax that is not below resultValueMin"] += low > high
        for name, count in sorted(lacking.items()):
            if count:
                yield _at(listing, f"{count} line items lack {name}")
    if not probe.looked_at:
        raise Inapplicable("the target holds no line items")


@check("OR-*-ITEM-002", of=(GRADEBOOK_V1P1,))
def results_have_a_score_and_are_all_told(probe: Probe) -> Findings:
    """A result of 1.1 has a score that is a number, and X-Total-Count counts those results that are told."""
    for listing in wholes(probe, (RESULTS,)):
        probe.examined(len(listing.ids))
        if lacking := sum(number(record.get("score")) is None for record in listing.records):
            yield _at(listing, f"{lacking} results have no score")
        if listing.total is not None and listing.total != len(set(listing.ids)):
            yield _at(listing, f"X-Total-Count says {listing.total}, {len(set(listing.ids))} results are told")
    if not probe.looked_at:
        raise Inapplicable("the target holds no results")


# --- scopes ----------------------------------------------------------------------------------------------------------


@check("OR-*-SCOPE-006", of=_OF)
def scopes_go_by_the_names_of_1_1(probe: Probe) -> Findings:
    """The token endpoint grants a scope by its 1.1 name, and the granted scope is told by that name."""
    for scope in dict.fromkeys((probe.family.core_scope, probe.family.full_scope)):
        exchange = token_answer(probe, (scope.value,))
        granted = granted_by(exchange) or granted_by(token_answer(probe, (scope.value,), style="body"))
        probe.examined()
        if granted is None:
            yield Finding.at(f"the token endpoint answered {exchange.status} to the 1.1 scope {scope.short}", exchange)
        elif isinstance(told := granted.get("scope"), str) and scope.value not in told.split():
            yield Finding.at(f"asked for the 1.1 scope {scope.short}, the token answer names others", exchange)
