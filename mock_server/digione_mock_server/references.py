"""Whether the links of a received object lead anywhere, and whether they agree with each other.

What a client may not see does not exist here either: a link to it is refused in the words of one that leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from digione_mock_server.addresses import COLLECTIONS, link_fields, linked_by
from digione_mock_server.auth import Grant
from digione_mock_server.editions import Edition
from digione_mock_server.faults import writing as wrong
from digione_mock_server.listed import member
from digione_mock_server.refusal import invalid_object
from digione_mock_server.state import ServerState
from digione_mock_server.store import KINDS
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.model.base import Json
from digione_sdk.model.facts import FieldFacts
from digione_sdk.model.oneroster import AssessmentLineItem, Base, GUIDRef, LineItem, Result, ScoreScale


class Agreement(NamedTuple):
    """Where an object links to the same as another that it links to."""

    model: type[Base]
    own: str
    """Link of the object."""
    by: str
    """Its link to the other."""
    theirs: str
    """Link of the other, to the same."""


_AGREEMENTS: Final = (
    Agreement(LineItem, own="school", by="class", theirs="school"),
    Agreement(Result, own="class", by="lineItem", theirs="class"),
    Agreement(ScoreScale, own="course", by="class", theirs="course"),
)
_LOWEST, _HIGHEST, _PARENT = "resultValueMin", "resultValueMax", "parentAssessmentLineItem"


@dataclass(frozen=True)
class References:
    """Checks the links of the objects of one request; what was looked up once is remembered for the others."""

    state: ServerState
    edition: Edition
    grant: Grant
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def check(self, wire: dict[str, Json], model: type[Base], *, old: dict[str, Json] | None, place: str) -> None:
        """Check an object.

        Args:
            wire: The object, strict.
            model: Its model.
            old: What it replaces; where a link stays as it was, what it leads to may have been deleted since.
            place: Where it stands in the body.

        Raises:
            Refusal: 422, naming the property.
        """
        faults = self.state.switches.faults
        for facts in link_fields(model):
            name = facts.wire_name
            kept = {link["sourcedId"] for link in _links(old or {}, facts)}
            unchecked = "references-unchecked" in self.state.switches.dialects
            if unchecked or (faults and wrong.accepts_dangling(name, faults)):
                continue
            for link in _links(wire, facts):
                if not self._leads_somewhere(facts, link["sourcedId"], kept=link["sourcedId"] in kept):
                    raise invalid_object(f"{place}.{name}: leads to nothing that exists")
        self._check_agreement(wire, model, place=place)
        self._check_dependants(wire, model, old=old or {}, place=place)
        if _LOWEST in wire and _HIGHEST in wire and wire[_LOWEST] > wire[_HIGHEST]:
            raise invalid_object(f"{place}.{_HIGHEST}: below {_LOWEST}")
        if model is AssessmentLineItem and _PARENT in wire and "dangling-parent-accepted" not in faults:
            self._check_ancestors(wire, place=place)

    def _leads_somewhere(self, facts: FieldFacts, sourced_id: str, *, kept: bool) -> bool:
        collection = self._collection(facts)
        key = (collection.path, sourced_id)
        if key not in self._known:
            self._known[key] = self._is_active(collection, sourced_id)
        return self._known[key] or (
            kept and member(self.state, COLLECTIONS[collection.model], {}, sourced_id, self.grant) is not None
        )

    def _is_active(self, collection: Endpoint[Any], sourced_id: str) -> bool:
        if "links-reach-any-tenant" in self.state.switches.faults:
            store, kind = self.state.store, KINDS[collection.model]
            return any(store.find(kind, sourced_id, tenant=tenant) is not None for tenant in store.tenants)
        return member(self.state, collection, {}, sourced_id, self.grant, active=True) is not None

    def _collection(self, facts: FieldFacts) -> Endpoint[Any]:
        """Where what a link leads to must be found: a `student` among the students, a `school` among the schools."""
        assert facts.record is not None  # noqa: S101 - link_fields gives links alone
        assert issubclass(facts.record, GUIDRef)  # noqa: S101 - link_fields gives links alone
        model = linked_by(facts.record)
        if "ext-vocabularies" in self.state.switches.dialects:
            return COLLECTIONS[model]  # a school whose type is a word of the provider's own is not among the schools
        named = self.edition.collection_or_none(f"/{facts.wire_name}s")
        return named if named is not None and named.model is model else COLLECTIONS[model]

    def _check_agreement(self, wire: dict[str, Json], model: type[Base], *, place: str) -> None:
        for rule in _AGREEMENTS:
            if rule.model is not model or rule.own not in wire or rule.by not in wire:
                continue
            other = self._linked(model, rule.by, wire)
            if rule.theirs in other and other[rule.theirs]["sourcedId"] != wire[rule.own]["sourcedId"]:
                raise invalid_object(f"{place}.{rule.own}: not that of its {rule.by}")

    def _check_dependants(self, wire: dict[str, Json], model: type[Base], *, old: dict[str, Json], place: str) -> None:
        """What others agree with stays as it is: a line item in its class, for its results name that class.

        Whether there are others plays no part: some may concern who does not exist for this client, and must not be
        found by trying.
        """
        for rule in _AGREEMENTS:
            was, now = old.get(rule.theirs, {}), wire.get(rule.theirs, {})
            if was and was["sourcedId"] != now.get("sourcedId") and self._target(rule.model, rule.by) is model:
                raise invalid_object(f"{place}.{rule.theirs}: cannot be changed, only made anew")

    def _check_ancestors(self, wire: dict[str, Json], *, place: str) -> None:
        """No assessment is a part of itself, however many parents away."""
        seen, here = {wire["sourcedId"]}, wire
        while _PARENT in here:
            parent = here[_PARENT]["sourcedId"]
            if parent in seen:
                raise invalid_object(f"{place}.{_PARENT}: would be a part of itself")
            seen.add(parent)
            here = self._linked(AssessmentLineItem, _PARENT, here)

    def _target(self, model: type[Base], name: str) -> type[Base]:
        """The model of what a link leads to."""
        return self._collection(next(facts for facts in link_fields(model) if facts.wire_name == name)).model

    def _linked(self, model: type[Base], name: str, wire: dict[str, Json]) -> dict[str, Json]:
        kind = KINDS[self._target(model, name)]
        return self.state.store.find(kind, wire[name]["sourcedId"], tenant=self.grant.tenant) or {}


def _links(wire: dict[str, Json], facts: FieldFacts) -> Iterator[dict[str, Json]]:
    value = wire.get(facts.wire_name)
    if value is not None:
        yield from value if facts.many else (value,)
