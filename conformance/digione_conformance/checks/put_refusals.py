"""Checks of PUTs that may not be: what is wrong is refused, stores nothing, and is repeated to nobody."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.references import TARGETS
from digione_conformance.checks.written import KEPT, WRITTEN, put_again, single, touched
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, WRITABLE, put_of, single_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import Workshop, workshop
from digione_conformance.relations.asking import BAD_REQUEST, NOT_FOUND, OK, SERVER_ERROR
from digione_conformance.relations.keeping import changed, is_link
from digione_conformance.relations.payload import reasons, status_info
from digione_conformance.relations.sampling import model_fields

_PRECONDITION_FAILED: Final = 412
_NOT_MODIFIED: Final = 304
_NOT_ALLOWED: Final = 405
CANARY: Final = "Kanarialintu-Öhman"
"""A word that no target holds: where it comes back, a value of the request was repeated."""
_TYPED: Final = ("status", "scoreStatus", "score", "scoreDate", "dueDate", "class", "student", "scoreScaleValue")


def is_refusal(exchange: Exchange) -> bool:
    """Whether an answer refuses what was asked as the client's mistake."""
    return BAD_REQUEST <= exchange.status < SERVER_ERROR


def malformed(body_key: str, sent: Record, *, listed: bool = False) -> Iterator[tuple[str, object, bytes | None]]:
    """Yield bodies that are no JSON, or lack the wrapper: what is wrong, and the body as JSON or as bytes."""
    yield "no JSON", None, b'{"' + body_key.encode() + b'": {'
    yield "an empty body", None, b""
    yield "a list", [sent], None
    yield "null", None, b"null"
    yield "an object without the wrapper", {}, None
    yield "a number", 7, None
    yield "a wrapper with null", {body_key: None}, None
    yield "a wrapper with a text", {body_key: "x"}, None
    yield ("a wrapper with an object", {body_key: sent}, None) if listed else (
        "a wrapper with a list", {body_key: [sent]}, None
    )  # fmt: skip
    yield "the object without its wrapper", sent, None
    yield "another wrapper", {"suite": [sent] if listed else sent}, None


def in_another_encoding(body_key: str, sent: Record) -> bytes:
    """Return an object in Latin-1: no JSON by RFC 8259 §8.1, which binds who sends; no receiver is told what to do."""
    return json.dumps({body_key: {**sent, "title": "Öljyä"}}, ensure_ascii=False).encode("latin-1", "replace")


@check("OR-*-PUT-020", alone=True, of=WRITABLE, after=(WRITTEN,))
def malformed_bodies_are_refused(probe: Probe) -> Findings:
    """A body that is no JSON, or lacks the wrapper, is refused and changes nothing, or is kept for what it holds."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            new = {**touched(sent), "sourcedId": shop.new_id()}
            shop.kept(kind, str(new["sourcedId"]))
            taken = yield from _unaccepted(shop, kind, touched(sent), malformed(put_of(kind).body_key, touched(sent)))
            if taken:
                put_again(shop, kind, sent)
            holding = [each for each in malformed(put_of(kind).body_key, new) if each[1]]
            taken = yield from _unaccepted(shop, kind, new, holding)
            yield from _no_failure(shop, kind, sent)
            if lost := changed(sent, single(shop, kind, sent)[1]):
                yield Finding(f"{kind.wrapper_key}: malformed bodies changed {', '.join(lost)}", _last(probe))
            if not taken and shop.shown(kind, str(new["sourcedId"])) is not None:
                yield Finding(f"{kind.wrapper_key}: a malformed body made an object", _last(probe))


def _no_failure(shop: Workshop, kind: ANY_ENDPOINT, sent: Record) -> Findings:
    """Tell of a server that fails on text that is no UTF-8; one that reads it with substitutes is told by PUT-022."""
    operation = put_of(kind)
    content = in_another_encoding(operation.body_key, sent)
    exchange = shop.send(operation, {"sourcedId": str(sent["sourcedId"])}, content=content)
    shop.probe.examined()
    if exchange.ok:
        put_again(shop, kind, sent)
    elif not is_refusal(exchange):
        yield Finding.at(
            f"{operation.operation_id} answered {exchange.status} to text in another encoding, expected 4xx", exchange
        )


def _last(probe: Probe) -> tuple[Exchange, ...]:
    return tuple(probe.exchanges[-1:])


def _unaccepted(
    shop: Workshop, kind: ANY_ENDPOINT, record: Record, bodies: Iterable[tuple[str, object, bytes | None]]
) -> Generator[Finding, None, bool]:
    """Yield which bodies were not refused, and return whether one was taken for the object that it holds, and kept."""
    operation, path, taken = put_of(kind), {"sourcedId": str(record["sourcedId"])}, False
    for what, body, content in bodies:
        exchange = shop.send(operation, path, body, content=content)
        shop.probe.examined()
        # Whoever finds the object without its wrapper, and keeps it as it is, has lost nothing.
        if exchange.ok and holds(body, record) and not changed(record, single(shop, kind, record)[1]):
            taken = True
        elif not is_refusal(exchange):
            yield Finding.at(f"{operation.operation_id} answered {exchange.status} to {what}, expected 4xx", exchange)
    return taken


def holds(body: object, record: Record) -> bool:
    """Whether a body of another form holds a whole object."""
    if isinstance(body, dict):
        return body == record or any(holds(inner, record) for inner in body.values())
    return isinstance(body, list) and any(holds(inner, record) for inner in body)


def wrong_objects(told: ANY_ENDPOINT, sent: Record) -> Iterator[tuple[str, Record]]:
    """Yield objects that the schema of a kind, as its version tells it, does not allow, each with one thing wrong."""
    facts = {f.wire_name: f for f in model_fields(told).values()}
    required = [name for name, f in facts.items() if f.required and name in sent]
    for name in [name for name in required if name not in {"sourcedId", "status", "dateLastModified"}]:
        yield f"{name} left out", {key: value for key, value in sent.items() if key != name}
        yield f"{name} null", {**sent, name: None}
    yield "an unknown status", {**sent, "status": "Active!"}
    yield "a property that the standard lacks", {**sent, "suiteProperty": "x"}
    for name, value in sent.items():
        if is_link(value):
            yield f"{name} as a text", {**sent, name: "x"}
            yield f"{name} as a list", {**sent, name: [value]}
    for name, value in (
        ("score", "many"), ("weight", "much"), ("resultValueMax", "most"), ("scorePercentile", "high"),
        ("scoreDate", "yesterday"), ("dueDate", "tomorrow"), ("scoreStatus", "nearly graded"), ("title", 7),
        ("score", True), ("weight", True), ("resultValueMax", True),
        ("comment", {"text": "x"}), ("late", "perhaps"), ("scoreScaleValue", []), ("scoreScaleValue", "4-10"),
    ):  # fmt: skip
        if name in facts:
            yield f"{name} of a wrong kind", {**sent, name: value}


def loose_objects(kind: ANY_ENDPOINT, sent: Record) -> Iterator[tuple[str, Record]]:
    """Yield objects that a tolerant target may mend, and must not serve as they are."""
    facts = {f.wire_name for f in model_fields(kind).values()}
    for name, value in (
        ("scoreStatus", "Fully Graded"), ("late", True), ("weight", float("nan")),
        ("score", float("nan")), ("resultValueMax", float("inf")), ("scoreDate", "2026-02-30"),
    ):  # fmt: skip
        if name in facts:
            yield f"{name} as {value}", {**sent, name: value}


@check("OR-*-PUT-021", alone=True, of=WRITABLE, after=(WRITTEN,))
def what_is_wrong_is_never_served(probe: Probe) -> Findings:
    """An object that departs from the schema is refused or mended: it causes no failure, and is never served."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            key = str(sent["sourcedId"])
            meant = touched(sent)  # so that half of what was refused would show
            told = shop.told(kind)
            for what, wrong in (*wrong_objects(told, meant), *loose_objects(told, meant)):
                exchange = shop.put(kind, wrong)
                probe.examined()
                if exchange.ok:
                    shown = shop.read(kind, key)
                    if not shown.ok or (errors := probe.schema_errors(single_of(kind), shown.json)):
                        where = errors[0] if shown.ok else f"{shown.status}"
                        yield Finding.at(f"{kind.wrapper_key}: {what} is served as {where}", exchange, shown)
                    put_again(shop, kind, sent)
                elif exchange.status >= SERVER_ERROR:
                    yield Finding.at(f"{put_of(kind).operation_id} answered {exchange.status} to {what}", exchange)
            if lost := changed(sent, single(shop, kind, sent)[1]):
                yield Finding(f"{kind.wrapper_key}: refused objects changed {', '.join(lost)}", _last(probe))
            new = {**meant, "sourcedId": shop.new_id()}
            for what, wrong in list(wrong_objects(told, new))[:2]:
                exchange = shop.put(kind, wrong)
                if not exchange.ok and shop.shown(kind, str(new["sourcedId"])) is not None:
                    yield Finding.at(f"{kind.wrapper_key}: refused for {what}, and there all the same", exchange)


@check("OR-*-PUT-022", alone=True, of=WRITABLE, after=(WRITTEN,))
def what_is_wrong_is_refused(probe: Probe) -> Findings:
    """An object that lacks what is required, or holds a value of a wrong kind, is refused with a 4xx, best 422."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            operation, path = put_of(kind), {"sourcedId": str(sent["sourcedId"])}
            exchange = shop.send(operation, path, content=in_another_encoding(operation.body_key, sent))
            if exchange.ok:
                name = operation.operation_id
                yield Finding.at(
                    f"{name} answered {exchange.status} to text in another encoding, expected 400", exchange
                )
            for what, wrong in wrong_objects(shop.told(kind), sent):
                exchange = shop.put(kind, wrong)
                probe.examined()
                if not is_refusal(exchange):
                    name = put_of(kind).operation_id
                    yield Finding.at(f"{name} answered {exchange.status} to {what}, expected 422", exchange)


@check("OR-*-PUT-023", alone=True, of=WRITABLE, after=(WRITTEN,))
def refusals_of_writes_carry_the_status_payload(probe: Probe) -> Findings:
    """A refused write is answered with the status payload, which says failure and names a word of the service."""
    known = {reason.value for reason in probe.family.service.reasons}
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            operation, path = put_of(kind), {"sourcedId": str(sent["sourcedId"])}
            name = operation.operation_id
            answers = [shop.send(operation, path, content=b"{"), shop.send(operation, path, {})]
            answers += [shop.put(kind, wrong) for _, wrong in list(wrong_objects(shop.told(kind), sent))[:2]]
            answers.append(shop.delete(kind, shop.new_id()))
            for exchange in answers:
                if not is_refusal(exchange) or exchange.status in {NOT_FOUND, 405, 501}:
                    continue
                probe.examined()
                info = status_info(exchange.json)
                if info is None or str(info.get("imsx_codeMajor")).lower() != "failure":
                    yield Finding.at(
                        f"{operation.operation_id}: {exchange.status} without the status payload", exchange
                    )
                elif not probe.family.understood(reasons(exchange.json)) <= known:
                    yield Finding.at(f"{name}: codeMinor is no word of the service", exchange)


@check("OR-*-PUT-024", alone=True, of=WRITABLE, after=(WRITTEN,))
def refusals_repeat_nothing_of_the_body(probe: Probe) -> Findings:
    """A refused write repeats no value of its body, in body or headers: it may be a pupil's result."""
    results, _ = probe.family.thorough
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            field, name = "comment" if kind is results else "title", put_of(kind).operation_id
            wrongs = [{**sent, field: CANARY, other: CANARY} for other in _TYPED if other in sent]
            wrongs += [{**one, field: CANARY} for _, one in list(wrong_objects(shop.told(kind), sent))[:3]]
            for exchange in (shop.put(kind, wrong) for wrong in wrongs):
                if exchange.ok:
                    continue
                probe.examined()
                if CANARY.partition("-")[0] in _text_of(exchange):
                    yield Finding.at(f"{name}: a refusal repeats a value of the body", exchange)
    if not probe.looked_at:
        raise Inapplicable("no write was refused")


def _text_of(exchange: Exchange) -> str:
    return exchange.body.decode("utf-8", "replace") + " ".join(exchange.headers.values())


@check("OR-*-PUT-025", alone=True, of=WRITABLE, after=(WRITTEN,))
def links_to_nothing_are_refused(probe: Probe) -> Findings:
    """A link to an object that does not exist is refused, and what is there stays as it was."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            links = [(name, shop.new_id()) for name, value in sent.items() if is_link(value)]
            # An id of another kind is nothing to a link either.
            links += [
                (name, str(sent["sourcedId"])) for name, _ in links if TARGETS.get(sent[name]["type"]) is not kind
            ]
            for name, key in links:
                href = f"{str(sent[name]['href']).rpartition('/')[0]}/{key}"
                exchange = shop.put(kind, {**sent, name: {**sent[name], "sourcedId": key, "href": href}})
                probe.examined()
                if exchange.ok:
                    page, shown = single(shop, kind, sent)
                    if shown.get(name, {}).get("sourcedId") == key:
                        yield Finding.at(
                            f"{kind.wrapper_key}: its {name}, which does not exist, is served", exchange, page
                        )
                    put_again(shop, kind, sent)
                elif not is_refusal(exchange):
                    operation = put_of(kind).operation_id
                    yield Finding.at(f"{operation} answered {exchange.status} to an unknown {name}", exchange)
                elif lost := changed(sent, single(shop, kind, sent)[1]):
                    yield Finding.at(f"{kind.wrapper_key}: a refused link changed {', '.join(lost)}", exchange)


# --- the wire --------------------------------------------------------------------------------------------------------


@check("OR-*-PUT-028", alone=True, of=WRITABLE, after=(WRITTEN,))
def a_charset_changes_nothing(probe: Probe) -> Findings:
    """application/json is taken with a charset beside it, and in any case."""
    with workshop(probe) as shop:
        for kind, sent in shop.each(probe.family.thorough):
            operation, path = put_of(kind), {"sourcedId": str(sent["sourcedId"])}
            for word in ("application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"):
                content = json.dumps({operation.body_key: sent}, ensure_ascii=False).encode()
                exchange = shop.send(operation, path, content=content, headers=(("Content-Type", word),))
                probe.examined()
                if not exchange.ok:
                    name = operation.operation_id
                    yield Finding.at(f"{name} answered {exchange.status} to Content-Type {word}", exchange)


@check("OR-*-PUT-029", alone=True, of=WRITABLE, after=(WRITTEN,))
def what_is_not_allowed_tells_what_is(probe: Probe) -> Findings:
    """405 to a method that an address lacks names in Allow those that it has."""
    with workshop(probe) as shop:
        for kind, sent in shop.each(probe.family.thorough):
            url = probe.url(single_of(kind), {"sourcedId": str(sent["sourcedId"])})
            exchange = probe.ask(Ask("PATCH", url, "a", (), b"{}"), fresh=True)
            if exchange.status != _NOT_ALLOWED:
                continue
            probe.examined()
            allowed = {word.strip().upper() for word in exchange.headers.get("allow", "").split(",")}
            if not {"GET", "PUT"} <= allowed:
                yield Finding.at(
                    f"{single_of(kind).operation_id}: 405 without an Allow that names GET and PUT", exchange
                )
    if not probe.looked_at:
        raise Inapplicable("PATCH is not answered 405")


# --- conditions ------------------------------------------------------------------------------------------------------


@check("OR-*-PUT-026", alone=True, of=WRITABLE, after=(KEPT,))
def a_stale_tag_changes_nothing(probe: Probe) -> Findings:
    """Where single reads have an ETag: it changes with the object, and If-Match with a tag of before gets 412."""
    with workshop(probe) as shop:
        for kind, first in shop.each():
            key = str(first["sourcedId"])
            read, _ = single(shop, kind, first)
            tag = read.headers.get("etag")
            if not tag or tag.startswith("W/"):
                continue  # a weak tag matches nothing (RFC 9110 §13.1.1)
            second, third = touched(first), touched(touched(first))
            put_again(shop, kind, second)
            now = single(shop, kind, second)[0].headers.get("etag")
            probe.examined()
            late = shop.put(kind, third, headers=(("If-Match", tag),))
            if now == tag:
                yield Finding.at(f"{kind.wrapper_key}: the ETag did not change with the object", read, late)
                continue
            yield from _refused_by(shop, kind, second, late, "If-Match with a stale tag")
            fresh = shop.put(kind, {**first, "sourcedId": key}, headers=(("If-None-Match", "*"),))
            yield from _refused_by(shop, kind, second, fresh, "If-None-Match: * where something is")
            current = shop.put(kind, third, headers=(("If-Match", str(now)),))
            if not current.ok or changed(third, single(shop, kind, third)[1]):
                yield Finding.at(f"{kind.wrapper_key}: If-Match with the tag of now got {current.status}", current)
            yield from _kept_by_tag(shop, kind, key, str(now))
            yield from _read_anew(shop, kind, key, tag)
    if not probe.looked_at:
        raise Inapplicable("the target sends no strong ETag with single reads")


def _read_anew(shop: Workshop, kind: ANY_ENDPOINT, key: str, stale: str) -> Findings:
    operation, headers = single_of(kind), (("If-None-Match", stale),)
    exchange = shop.probe.get(operation, path={"sourcedId": key}, headers=headers, fresh=True)
    if exchange.status == _NOT_MODIFIED:
        yield Finding.at(f"{operation.operation_id}: the ETag of before a change still answers 304", exchange)


def _refused_by(shop: Workshop, kind: ANY_ENDPOINT, stored: Record, exchange: Exchange, what: str) -> Findings:
    lost = changed(stored, single(shop, kind, stored)[1])
    if exchange.status != _PRECONDITION_FAILED or lost:
        more = f", and {', '.join(lost)} changed" if lost else ""
        yield Finding.at(f"{kind.wrapper_key}: {what} got {exchange.status}, expected 412{more}", exchange)
        put_again(shop, kind, stored)


def _kept_by_tag(shop: Workshop, kind: ANY_ENDPOINT, key: str, stale: str) -> Findings:
    gone = shop.delete(kind, key, headers=(("If-Match", stale),))
    if gone.status not in {_PRECONDITION_FAILED, 405, 501} or shop.read(kind, key).status != OK:
        yield Finding.at(f"{kind.wrapper_key}: DELETE with a stale If-Match got {gone.status}, expected 412", gone)
