"""Changes to stored objects, by services and test control: each moves dateLastModified, all can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from digione_mock_server.clock import Clock
from digione_mock_server.faults import NO_FAULTS, Faults
from digione_mock_server.faults import lifecycle as wrong
from digione_mock_server.store import KINDS_BY_NAME, Kind, Store
from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json


@dataclass
class Changes:
    """Writes objects; where it may be asked to undo, it remembers how each was before its first change.

    Attributes:
        store: Where they are written.
        clock: What time it is.
        public_url: Scheme, host and port of the server; links below it are stored relative to it.
        undoable: Whether `undo` will be asked for; otherwise nothing is remembered, however long the server lives.
        faults: Deliberate defects that are on.
    """

    store: Store
    clock: Clock
    public_url: str
    undoable: bool = True
    faults: Faults = NO_FAULTS
    _before: dict[tuple[int, str, str], dict[str, Json] | None] = field(default_factory=dict, repr=False)

    def put(self, kind: Kind, wire: dict[str, Json], *, tenant: int) -> bool:
        """Create or replace an object; return whether it is new.

        `status` is active unless given. `dateLastModified` is now, unless the object gives one later than the stored
        one: a copy of what was read, changed in one place, is a change and must show in a delta (pitfall 54).

        Raises:
            ValidationError: The object does not fit its model (pydantic).
            UsageError: It has a property that the model does not know.
        """
        (created,) = self.put_all(kind, [wire], tenant=tenant)
        return created

    def put_all(self, kind: Kind, wires: Iterable[dict[str, Json]], *, tenant: int) -> list[bool]:
        """Create or replace objects, all of them or none; return of each whether it is new.

        Raises:
            ValidationError: An object does not fit its model (pydantic).
            UsageError: One has a property that the model does not know.
        """
        prepared = [self._prepared(kind, wire, tenant=tenant) for wire in wires]
        return self._write([(kind, wire) for wire in prepared], tenant=tenant)

    def bury(self, kind: Kind, sourced_id: str, *, tenant: int) -> bool:
        """Turn an object into a tombstone; return whether there was one."""
        if self.store.find(kind, sourced_id, tenant=tenant) is None:
            return False
        self.bury_all([(kind, sourced_id)], tenant=tenant)
        return True

    def bury_all(self, objects: Iterable[tuple[Kind, str]], *, tenant: int) -> None:
        """Turn objects that exist into tombstones, all of them or none."""
        found = [(kind, self.store.find(kind, sourced_id, tenant=tenant) or {}) for kind, sourced_id in objects]
        if "delete-purges" in self.faults:
            for kind, old in found:
                self.purge(kind, old["sourcedId"], tenant=tenant)
            return
        keeps = "delete-keeps-stamp" in self.faults
        stones = [
            (kind, {
                **old,
                "status": "tobedeleted",
                "dateLastModified": old["dateLastModified"] if keeps else self._stamp(old),
            })
            for kind, old in found
        ]  # fmt: skip
        self._write(stones, tenant=tenant)

    def purge(self, kind: Kind, sourced_id: str, *, tenant: int) -> bool:
        """Remove an object without a trace; return whether there was one."""
        old = self.store.find(kind, sourced_id, tenant=tenant)
        if old is None:
            return False
        self._keep(kind, sourced_id, tenant, old)
        return self.store.purge(kind, sourced_id, tenant=tenant)

    def undo(self) -> None:
        """Bring back every object as it was before its first change."""
        for (tenant, name, sourced_id), before in self._before.items():
            kind = KINDS_BY_NAME[name]
            if before is None:
                self.store.purge(kind, sourced_id, tenant=tenant)
            else:
                self.store.put(kind, before, tenant=tenant)
        self._before.clear()

    def _prepared(self, kind: Kind, wire: dict[str, Json], *, tenant: int) -> dict[str, Json]:
        old = self.store.find(kind, wire["sourcedId"], tenant=tenant)
        stamp = self._stamp(old)
        wire = {"status": "active", **wire}
        if "dateLastModified" not in wire or not _later(wire["dateLastModified"], old):
            wire["dateLastModified"] = stamp
        if old is not None and wrong.keeps_stamp(kind.model, wire, old, self.faults):
            wire["dateLastModified"] = old["dateLastModified"]
        strict = kind.model.model_validate(wire).to_wire()
        if unknown := wire.keys() - strict.keys():
            raise UsageError(", ".join(sorted(unknown)), argument="unknown or empty properties")
        relative: dict[str, Json] = self._relative(strict)
        return relative

    def _write(self, objects: list[tuple[Kind, dict[str, Json]]], *, tenant: int) -> list[bool]:
        before = [self.store.find(kind, wire["sourcedId"], tenant=tenant) for kind, wire in objects]
        created = self.store.put_all(objects, tenant=tenant)
        for (kind, wire), old in zip(objects, before, strict=True):
            self._keep(kind, wire["sourcedId"], tenant, old)
        return created

    def _keep(self, kind: Kind, sourced_id: str, tenant: int, old: dict[str, Json] | None) -> None:
        if self.undoable:
            self._before.setdefault((tenant, kind.name, sourced_id), old)

    def _stamp(self, old: dict[str, Json] | None) -> str:
        """Now, or a moment after the last change where the clock has not passed it."""
        moment = self.clock.now()
        if old is not None:
            moment = max(moment, datetime.fromisoformat(old["dateLastModified"]) + timedelta(milliseconds=1))
        return instant(moment)

    def _relative(self, wire: Json) -> Json:
        if isinstance(wire, list):
            return [self._relative(item) for item in wire]
        if not isinstance(wire, dict):
            return wire
        made = {name: self._relative(value) for name, value in wire.items()}
        if isinstance(made.get("href"), str):
            made["href"] = made["href"].removeprefix(self.public_url)
        return made


def instant(moment: datetime) -> str:
    """Write an instant as the wire has it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _later(given: Json, old: dict[str, Json] | None) -> bool:
    """Whether a stamp was given on purpose; one that cannot be read is left for the model to refuse."""
    if old is None:
        return True
    try:
        return datetime.fromisoformat(given) > datetime.fromisoformat(old["dateLastModified"])
    except (TypeError, ValueError):
        return True
