"""Checks of writes in 1.1 beyond those that both versions share: its words in refusals, and 1.2 over the same store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.beside import inexpressible, newer
from digione_conformance.checks.deleting import is_gone
from digione_conformance.checks.put_refusals import is_refusal, wrong_objects
from digione_conformance.checks.written import WRITTEN, touched
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, GRADEBOOK_V1P1, delete_of, put_of, single_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import Workshop, workshop
from digione_conformance.relations.keeping import changed, exactly
from digione_conformance.relations.payload import reasons, status_infos
from digione_conformance.relations.sampling import model_fields
from digione_sdk.model.status import WORDS_V1P1

_OF: Final = (GRADEBOOK_V1P1,)
_MOVED: Final = frozenset({"gradingPeriod"})
"""What 1.2 may tell under another name: a period as the academic session."""
_WORDS: Final = {reason.value: word for reason, word in WORDS_V1P1.items()}
"""Words of 1.2 -> what 1.1 has in their place."""


@check("OR-*-ERR-008", alone=True, of=_OF, after=(WRITTEN,))
def refused_writes_speak_in_words_of_1_1(probe: Probe) -> Findings:
    """A refused PUT or DELETE gives its reason as a text, spelt as 1.1 has it: `invalid data`, `unknown object`."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            for operation, exchange in _refusals(shop, kind, sent):
                if not is_refusal(exchange) or not reasons(exchange.json):
                    continue  # whether anything is refused, and with a reason, is judged elsewhere
                probe.examined()
                for told in [info.get("imsx_codeMinor") for info in status_infos(exchange.json)]:
                    if not isinstance(told, str):
                        what = f"{operation.operation_id}: {exchange.status}: imsx_codeMinor is no text"
                        yield Finding.at(what, exchange)
                    elif told in _WORDS:
                        what = f"{operation.operation_id}: {exchange.status} says {told}, in 1.1 {_WORDS[told]}"
                        yield Finding.at(what, exchange)
    if not probe.looked_at:
        raise Inapplicable("no write is refused with a reason")


def _refusals(shop: Workshop, kind: ANY_ENDPOINT, sent: Record) -> Iterator[tuple[ANY_ENDPOINT, Exchange]]:
    put, path = put_of(kind), {"sourcedId": str(sent["sourcedId"])}
    yield put, shop.send(put, path, content=b"{")
    for _, wrong in list(wrong_objects(shop.told(kind), sent))[:2]:
        yield put, shop.put(kind, wrong)
    yield delete_of(kind), shop.delete(kind, shop.new_id())


# --- one store, two versions -----------------------------------------------------------------------------------------


@check("OR-*-EDN-004", alone=True, of=_OF, after=(WRITTEN,))
def what_is_written_in_1_1_is_read_in_1_2(probe: Probe) -> Findings:
    """What is put, changed or deleted in 1.1 is so in 1.2 too, where it is an object of 1.2."""
    other = newer(probe)
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            yield from _followed(shop, other, kind, sent, sent.keys() - _MOVED)
        probe.examined(other.looked_at)


@check("OR-*-EDN-005", alone=True, of=_OF, after=(WRITTEN,))
def what_is_written_in_1_2_is_read_in_1_1(probe: Probe) -> Findings:
    """What is put, changed or deleted in 1.2 is so in 1.1 too, as far as 1.1 has words for it."""
    with workshop(newer(probe)) as shop:
        for kind, sent in shop.each(probe.family.kinds):
            told = {facts.wire_name for facts in model_fields(probe.family.spoken(kind)).values()}
            if not inexpressible(kind, sent):
                yield from _followed(shop, probe, kind, sent, told)
        if not probe.looked_at:
            raise Inapplicable("1.1 has no words for what the target holds in 1.2")


@dataclass(frozen=True)
class Beside:
    """An object of ours as the other version tells it.

    Attributes:
        shop: Where it is written.
        reader: Reads the other version.
        kind: Its kind.
        key: Its id.
    """

    shop: Workshop
    reader: Probe
    kind: ANY_ENDPOINT
    key: str

    @property
    def name(self) -> str:
        """The read and its version, for messages."""
        return f"{single_of(self.kind).operation_id} of {self.reader.family.service.version}"

    def shown(self, page: Exchange) -> Record:
        """Return what a read shows of it."""
        return exactly(page, single_of(self.kind).wrapper_key)

    def awaited(self, settled: Callable[[Exchange], bool]) -> Exchange:
        """Read it until that shows a change, or the time is up."""

        def read() -> Exchange:
            return self.reader.get(single_of(self.kind), path={"sourcedId": self.key}, fresh=True)

        return self.shop.awaited(read, settled)

    def as_put(self, put: Exchange, wanted: Record) -> Findings:
        """Yield how it is told otherwise than it was put."""
        page = self.awaited(lambda page: not changed(wanted, self.shown(page)))
        self.reader.examined()
        if not self.shown(page):
            yield Finding.at(f"{self.name} answered {page.status} to what was put beside it", put, page)
        elif lost := changed(wanted, self.shown(page)):
            yield Finding.at(f"{self.name} tells {', '.join(lost)} otherwise than it was put", put, page)
        elif errors := self.reader.schema_errors(single_of(self.kind), page.json):
            yield Finding.at(f"{self.name} tells what was put beside it as {errors[0]}", put, page)


def _followed(shop: Workshop, reader: Probe, kind: ANY_ENDPOINT, sent: Record, fields: AbstractSet[str]) -> Findings:
    """Change an object of ours and then delete it, and look each time at what the other version tells of it."""
    beside = Beside(shop, reader, kind, str(sent["sourcedId"]))
    for record in (sent, touched(sent)):
        put = shop.put(kind, record)
        if not put.ok:
            return  # judged by what PUT promises
        yield from beside.as_put(put, {field: record[field] for field in fields if field in record})
    gone = shop.delete(kind, beside.key)
    if gone.ok:
        page = beside.awaited(lambda page: is_gone(shop, kind, page))
        if not is_gone(shop, kind, page):
            yield Finding.at(f"{beside.name} still shows what was deleted beside it", gone, page)
