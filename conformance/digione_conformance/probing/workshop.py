"""How a check changes the target: objects of its own, made after the target's own records, and taken away again.

Nothing is written unless the target file says that the target is a test environment and that objects may be made there.
What is sent is a copy of a record that the target itself serves, under an id of ours, so that its links lead somewhere
and its words are ones that the target knows. A target need not offer any write: what it does not offer is not judged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from digione_conformance.catalogue.undecided import CantTell, Inapplicable, Undecided, Untested
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.family import ANY_ENDPOINT, BY_ID, delete_of, put_of, single_of
from digione_conformance.probing.ledger import ABSENT
from digione_conformance.probing.probe import Probe, Record

ABOVE: Final[Mapping[ANY_ENDPOINT, tuple[str, ANY_ENDPOINT]]] = {
    BY_ID["getAllResults"]: ("lineItem", BY_ID["getAllLineItems"]),
    BY_ID["getAllAssessmentResults"]: ("assessmentLineItem", BY_ID["getAllAssessmentLineItems"]),
}
"""Kinds of which a pupil has one below a parent: a second one may be refused, so each of ours has a parent of ours."""
NO_SUCH_OPERATION: Final = frozenset({405, 501})
_NOT_FOUND: Final = 404
_REFUSED_CLIENT: Final = frozenset({401, 403})
_PAGE: Final = {"limit": "100", "offset": "0"}
_JSON: Final = (("Content-Type", "application/json"),)
_PATIENCE: Final = (0.1, 0.3, 0.6, 1.0)
"""Seconds between the reads that look for a change: nothing says that it must be seen at once, but it must be soon."""
_LONGEST_TITLE: Final = 60


class NotOffered(Inapplicable):
    """The target has no such operation."""


@dataclass
class Workshop:
    """What one check makes. Every answer is a fresh one: between two equal reads lies a write.

    Attributes:
        probe: The check's view of the target.
        seed: What tells this run and this check from all others, yet is the same when the evidence is judged again.
    """

    probe: Probe
    seed: str
    _ids: int = 0
    _made: list[Ask] = field(default_factory=list)
    _models: dict[tuple[ANY_ENDPOINT, str], Record] = field(default_factory=dict)
    _parents: dict[str, Record] = field(default_factory=dict)
    _impatient: bool = False

    def told(self, operation: ANY_ENDPOINT) -> ANY_ENDPOINT:
        """Return an operation as the version has it that the check looks at."""
        return self.probe.family.spoken(operation)

    # --- drafts ------------------------------------------------------------------------------------------------------

    def new_id(self) -> str:
        """Return an id that the target cannot know."""
        self._ids += 1
        return str(uuid5(NAMESPACE_URL, f"{self.seed} {self._ids}"))

    def model_of(self, kind: ANY_ENDPOINT, *, auth: str = "a") -> Record:
        """Return the target's own record that drafts are made after: the active one with the most fields.

        Raises:
            Untested: The target holds none.
        """
        if (kind, auth) not in self._models:
            known = self.rows(kind, auth=auth)
            if not known:
                raise Untested(f"the target holds no {kind.wrapper_key} to make another one after: seed at least one")
            self._models[kind, auth] = max(known, key=lambda row: (len(row), str(row["sourcedId"])))
        return self._models[kind, auth]

    def rows(self, kind: ANY_ENDPOINT, *, auth: str = "a") -> tuple[Record, ...]:
        """Return the target's own active records, up to a hundred, as they were before the first write."""
        rows = self.probe.records(kind, self.probe.get(kind, query=_PAGE, auth=auth))
        return tuple(row for row in rows if isinstance(row.get("sourcedId"), str) and row.get("status") == "active")

    def draft(self, kind: ANY_ENDPOINT, *, auth: str = "a", without: Collection[str] = ()) -> Record:
        """Return an object that is not stored yet.

        Args:
            kind: Its kind.
            auth: Whose own record it is made after.
            without: Fields to leave out.

        Raises:
            Untested: The target holds no record to make it after.
            CantTell: The parent that it needs is refused.
        """
        model = self.model_of(kind, auth=auth)
        draft = self._copied(model) | (self._under_a_parent_of_ours(kind, model, auth) if kind in ABOVE else {})
        return {name: value for name, value in draft.items() if value is not None and name not in without}

    def _copied(self, model: Record) -> Record:
        key = self.new_id()
        made = {name: value for name, value in model.items() if name != "metadata"} | {"sourcedId": key}
        if isinstance(made.get("title"), str):
            # Some servers want titles to differ; an apostrophe cannot be asked for.
            made["title"] = f"{made['title'][:_LONGEST_TITLE].replace(chr(39), '')} {key[:8]}"
        return made

    def _under_a_parent_of_ours(self, kind: ANY_ENDPOINT, model: Record, auth: str) -> Record:
        name, above = ABOVE[kind]
        known = self.shown(above, str(model[name]["sourcedId"]), auth=auth) or self.model_of(above, auth=auth)
        parent = self._copied(known) | {"status": "active"}
        self._parents[str(parent["sourcedId"])] = self.store(above, parent, auth=auth)
        return {name: self.link_to(above, parent, like=model[name])}

    def parent_of(self, link: Record) -> Record:
        """Return the parent of ours that a draft links to, as it was stored."""
        return self._parents[str(link["sourcedId"])]

    def link_to(self, kind: ANY_ENDPOINT, record: Record, *, like: Record) -> Record:
        """Return a link to a record, in the form of another one."""
        key = str(record["sourcedId"])
        return {**like, "sourcedId": key, "href": self.probe.url(single_of(kind), {"sourcedId": key})}

    def drafts(self, kinds: Sequence[ANY_ENDPOINT] | None = None) -> Iterator[tuple[ANY_ENDPOINT, Record]]:
        """Yield kinds, by default all of the family, each with an object of it that is not stored yet.

        Raises:
            Undecided: Why there was no draft of a kind, after the others; an unoffered or empty one only if all are.
        """
        return self._each(kinds, self.draft)

    def each(self, kinds: Sequence[ANY_ENDPOINT] | None = None) -> Iterator[tuple[ANY_ENDPOINT, Record]]:
        """Yield each kind that takes PUT, by default of the whole family, with an object of it that was just stored.

        Raises:
            Undecided: Why an object was refused, after the others; for an unoffered or empty kind only if all are.
        """
        return self._each(kinds, lambda kind: self.store(kind, self.draft(kind)))

    def _each(
        self, kinds: Sequence[ANY_ENDPOINT] | None, make: Callable[[ANY_ENDPOINT], Record]
    ) -> Iterator[tuple[ANY_ENDPOINT, Record]]:
        found, trouble = False, list[Undecided]()
        for kind in self.probe.family.kinds if kinds is None else kinds:
            try:
                made = make(kind)
            except Undecided as reason:
                trouble.append(reason)
                continue
            found = True
            yield kind, made
        stuck = [reason for reason in trouble if isinstance(reason, CantTell)]
        wanting = [reason for reason in trouble if isinstance(reason, Untested)]
        if stuck or (trouble and not found):
            raise (stuck or wanting or trouble)[0]

    # --- writing -----------------------------------------------------------------------------------------------------

    def send(
        self,
        operation: ANY_ENDPOINT,
        path: Mapping[str, str],
        body: object = None,
        *,
        auth: str = "a",
        headers: Sequence[tuple[str, str]] = (),
        content: bytes | None = None,
    ) -> Exchange:
        """Send a writing request as it stands and return the exchange, whatever the status.

        Raises:
            CantTell: No answer arrived, or none but 429.
        """
        if content is None and body is not None:
            content = json.dumps(body, ensure_ascii=False).encode()
        typed = _JSON if content is not None and "Content-Type" not in dict(headers) else ()
        sent = (*typed, *headers)
        ask = Ask(operation.method, self.probe.url(operation, path), auth, sent, content)
        return self.probe.ask(ask, fresh=True)

    def put(
        self,
        kind: ANY_ENDPOINT,
        record: Record,
        *,
        key: str | None = None,
        auth: str = "a",
        headers: Sequence[tuple[str, str]] = (),
    ) -> Exchange:
        """Create or replace an object at its own id, or at another one; it is taken away at the end."""
        operation, place = put_of(kind), key or str(record["sourcedId"])
        self.kept(kind, place, auth=auth if auth in self.probe.claims.tenants else "a")
        return self.send(operation, {"sourcedId": place}, {operation.body_key: record}, auth=auth, headers=headers)

    def delete(
        self, kind: ANY_ENDPOINT, key: str, *, auth: str = "a", headers: Sequence[tuple[str, str]] = ()
    ) -> Exchange:
        """Delete an object."""
        return self.send(delete_of(kind), {"sourcedId": key}, auth=auth, headers=headers)

    def store(self, kind: ANY_ENDPOINT, record: Record, *, auth: str = "a") -> Record:
        """Create or replace an object and return what was sent.

        Raises:
            NotOffered: The target has no such operation.
            Untested: The client may not write.
            CantTell: It was refused; other requirements judge that.
        """
        exchange = self.put(kind, record, auth=auth)
        if not exchange.ok:
            self.require_offered(put_of(kind), {"sourcedId": str(record["sourcedId"])}, exchange)
            raise CantTell(f"{put_of(kind).operation_id} answered {exchange.status} to an object like the target's own")
        return record

    def require_offered(self, operation: ANY_ENDPOINT, path: Mapping[str, str], exchange: Exchange) -> None:
        """Say so where an answer means that the target has no such operation, or that the client may not use it.

        Raises:
            NotOffered: The target has no such operation.
            Untested: The client may not write.
        """
        if exchange.status in _REFUSED_CLIENT:
            scopes = " or ".join(scope.rpartition("/")[2] for scope in self.told(operation).scopes)
            raise Untested(f"{operation.operation_id} answered {exchange.status}: register the client for {scopes}")
        missing = exchange.status in NO_SUCH_OPERATION
        if exchange.status == _NOT_FOUND and operation.body is not None:
            # Something may be unknown, or the whole operation is: that one has no opinion of bad bodies either.
            missing = self.send(operation, path, content=b"{").status in {_NOT_FOUND, *NO_SUCH_OPERATION}
        if missing:
            raise NotOffered(f"the target does not offer {operation.operation_id}")

    def kept(self, kind: ANY_ENDPOINT, key: str, *, auth: str = "a") -> None:
        """Remember an object of ours, so that it is taken away at the end."""
        removal = Ask("DELETE", self.probe.url(delete_of(kind), {"sourcedId": key}), auth)
        if removal not in self._made:
            self._made.append(removal)
        self.probe.ledger.note(removal)

    def clear(self) -> None:
        """Take away all that was made, the last first, for what is linked to goes after what links to it."""
        refused = [removal for removal in reversed(self._made) if not self._taken(removal)]
        for removal in refused:  # what was linked to later than it was made
            self._taken(removal)
        self.probe.forget()

    def _taken(self, removal: Ask) -> bool:
        gone = self.probe.attempt(removal, fresh=True)
        if not gone.ok and gone.status not in ABSENT:
            # It may never have come to be: then there is nothing to take away.
            gone = self.probe.attempt(Ask("GET", removal.url, removal.auth), fresh=True)
            if gone.ok:
                return False
        self.probe.ledger.strike(removal, gone)
        return True

    # --- reading -----------------------------------------------------------------------------------------------------

    def read(self, kind: ANY_ENDPOINT, key: str, *, auth: str = "a") -> Exchange:
        """Read an object now."""
        return self.probe.get(single_of(kind), path={"sourcedId": key}, auth=auth, fresh=True)

    def shown(self, kind: ANY_ENDPOINT, key: str, *, auth: str = "a") -> Record | None:
        """Return an object as a single read shows it now; None where it shows none."""
        return self.body_of(kind, self.read(kind, key, auth=auth))

    def body_of(self, kind: ANY_ENDPOINT, exchange: Exchange) -> Record | None:
        """Return the object of a single read; None where it holds none."""
        body: Any = exchange.json
        found = body.get(single_of(kind).wrapper_key) if exchange.ok and isinstance(body, dict) else None
        return found if isinstance(found, dict) else None

    def find(self, kind: ANY_ENDPOINT, text: str, *, auth: str = "a") -> Exchange:
        """Ask a list for what a filter selects now."""
        return self.probe.get(kind, query={"filter": text, "limit": "100"}, auth=auth, fresh=True)

    def find_id(self, kind: ANY_ENDPOINT, key: str) -> Exchange:
        """Ask a list for the objects of an id now."""
        return self.find(kind, f"sourcedId='{key}'")

    def found(self, kind: ANY_ENDPOINT, record: Record, *, wait: bool = False) -> tuple[Record, ...]:
        """Return what a list shows of an object of ours by its own words, under whatever id; it is taken away too.

        Args:
            kind: The whole collection.
            record: An object whose title, or comment, no other has.
            wait: Whether it should be there: then a moment is waited for it.
        """
        word = "title" if "title" in record else "comment"
        text = f"{word}='{record[word]}'"
        page = self.awaited(
            lambda: self.find(kind, text), lambda answer: not wait or bool(answer.listed(kind.wrapper_key))
        )
        rows = self.probe.records(kind, page)
        for row in rows:
            self.kept(kind, str(row.get("sourcedId")))
        return tuple(row for row in rows if row.get("status") != "tobedeleted")

    def lives(self, kind: ANY_ENDPOINT, key: str, *, auth: str = "a") -> bool:
        """Whether the target shows the object, and not as deleted."""
        found = self.shown(kind, key, auth=auth)
        return found is not None and found.get("status") != "tobedeleted"

    def awaited(self, read: Callable[[], Exchange], settled: Callable[[Exchange], bool]) -> Exchange:
        """Read until the answer shows a change, for a bounded time, and return the last answer.

        A check that waited in vain once does not wait again: the target is not slow, but wrong.
        """
        exchange = read()
        for seconds in () if self._impatient else _PATIENCE:
            if settled(exchange):
                return exchange
            self.probe.pause(seconds)
            exchange = read()
        self._impatient = self._impatient or not settled(exchange)
        return exchange


@contextmanager
def workshop(probe: Probe) -> Iterator[Workshop]:
    """Open a workshop, and take away all that was made in it at the end, whatever happened.

    Raises:
        Untested: The target is no test environment, or objects may not be made there.
    """
    if probe.claims.environment != "test":
        raise Untested('the target may only be changed where [target] environment = "test"')
    if probe.claims.fixtures != "create":
        raise Untested('objects may only be made where [fixtures] mode = "create"')
    opened = Workshop(probe, _seed(probe))
    try:
        yield opened
    finally:
        opened.clear()


def _seed(probe: Probe) -> str:
    # Made from when the target answered: new in every run, and the same where its record is judged again.
    page = probe.get(probe.family.kinds[0], query={"limit": "1"}, fresh=True)
    return f"{page.id} {page.headers.get('date')} {page.elapsed}"
