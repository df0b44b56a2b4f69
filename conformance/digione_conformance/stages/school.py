"""A small school of our own inside the target: what was done to it by test control, and what must be read of it then.

The reference model of the model stage. It knows two people and up to two of the target's classes, and nothing of how a
server works. Everything it writes bears ids of its own, so that what is left behind can be named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from digione_conformance.catalogue.undecided import CantTell, Untested
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.probing.control import Control
from digione_conformance.probing.family import ANY_ENDPOINT
from digione_conformance.probing.probe import Probe, operation, spread, values_at
from digione_conformance.relations.asking import CLASSES, ENROLLMENTS, USERS
from digione_conformance.relations.membership import active

PREFIX: Final = "digione-model-"
_PEOPLE: Final = (f"{PREFIX}person-0", f"{PREFIX}person-1")
_COLLECTIONS: Final = {USERS: "users", ENROLLMENTS: "enrollments"}
_APART_SECONDS: Final = 2
"""Between changes, so that whole seconds tell their times apart."""
DELETIONS: Final = frozenset({"retire", "unenrol"})
"""The kinds of step that delete something."""
_CHANGES: Final = frozenset({"arrive", "enrol", "rename", "regrade", "return", "purge"}) | DELETIONS


@dataclass
class Known:
    """One object of ours, as it must be read now.

    Attributes:
        endpoint: The whole collection that it belongs to.
        record: What was written, without dateLastModified.
        changes: How many times it was changed.
    """

    endpoint: ANY_ENDPOINT
    record: dict[str, Any]
    changes: int = 1

    @property
    def id(self) -> str:
        """Its sourcedId."""
        return str(self.record["sourcedId"])

    @property
    def is_active(self) -> bool:
        """Whether it is no tombstone."""
        return active(self.record)


@dataclass
class School:
    """Our people and enrolments in a target, changed by steps.

    Attributes:
        probe: Asks the target.
        control: Changes it.
        classes: Ids of up to two classes with their schools.
        known: Our objects by id; purged ones are missing.
        purged: Those that were purged.
        touched: What the last step changed.
        apart: Kinds of step before which the target's clock is moved, so that their times tell from earlier ones; where
            times are not looked at, none.
    """

    probe: Probe
    control: Control
    classes: Sequence[tuple[str, str]]
    known: dict[str, Known] = field(default_factory=dict)
    purged: dict[str, Known] = field(default_factory=dict)
    touched: Known | None = None
    apart: frozenset[str] = _CHANGES

    @classmethod
    def within(cls, probe: Probe, *, apart: frozenset[str] = _CHANGES) -> School:
        """Found the school in a target.

        Raises:
            Untested: The target offers no test control, or holds no active class with a school.
        """
        control = probe.control
        classes = [
            (str(record.get("sourcedId")), str(school))
            for record in probe.census(CLASSES).records
            if active(record)
            for school in values_at(record, "school.sourcedId")[:1]
        ]
        if not classes:
            raise Untested("the target holds no active class: seed one, so that people can be enrolled")
        return cls(probe, control, spread(classes, 2), apart=apart)

    # --- steps -------------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Bring the target back to its first state.

        Raises:
            CantTell: The control API refuses.
        """
        self.control.reset()
        self.known, self.purged, self.touched = {}, {}, None

    def enabled(self) -> list[str]:
        """Return the steps that change something now."""
        return [step for person in range(len(_PEOPLE)) for step in self._enabled(person)]

    def _enabled(self, person: int) -> Iterator[str]:
        found = self.known.get(_PEOPLE[person])
        if found is None:
            yield f"arrive {person}"
        elif found.is_active:
            yield from (f"rename {person}", f"regrade {person}", f"retire {person}")
        else:
            yield from (f"purge {person}", f"return {person}")
        for group in range(len(self.classes)) if found else ():
            enrolment = self.known.get(_enrolment_id(person, group))
            if enrolment is not None and enrolment.is_active:
                yield f"unenrol {person} {group}"
            elif found is not None and found.is_active:
                yield f"enrol {person} {group}"

    def take(self, step: str) -> None:
        """Take a step through the test control, some time after the one before.

        Raises:
            CantTell: The control API refuses.
        """
        kind, *numbers = step.split()
        if kind in self.apart:
            self.control.advance(_APART_SECONDS)
        person, group = (*map(int, numbers), 0)[:2]
        match kind:
            case "arrive":
                self._write(Known(USERS, self._person(person), 0))
            case "rename" | "regrade" | "return":
                self._rewrite(self.known[_PEOPLE[person]], kind)
            case "enrol":
                identity = _enrolment_id(person, group)
                changes = self.known[identity].changes if identity in self.known else 0
                self._write(Known(ENROLLMENTS, self._enrolment(person, group), changes))
            case "retire":
                self._bury(self.known[_PEOPLE[person]])
            case "unenrol":
                self._bury(self.known[_enrolment_id(person, group)])
            case "purge":
                # Enrolments go first: nobody may be enrolled who is not there.
                for identity in [_enrolment_id(person, group) for group in range(len(self.classes))]:
                    if identity in self.known:
                        self._purge(self.known[identity])
                self._purge(self.known[_PEOPLE[person]])

    def _rewrite(self, known: Known, kind: str) -> None:
        changes: dict[str, dict[str, Any]] = {
            "rename": {"familyName": f"Vaihe-{known.changes}"},
            "regrade": {"grades": [f"{1 + known.changes % 9:02}"]},
            "return": {"status": "active"},
        }
        self._write(Known(known.endpoint, {**known.record, **changes[kind]}, known.changes))

    def _write(self, known: Known) -> None:
        known.changes += 1
        self.control.upsert(_COLLECTIONS[known.endpoint], known.record)
        self.known[known.id] = self.touched = known
        self.purged.pop(known.id, None)

    def _bury(self, known: Known) -> None:
        self.control.delete(_COLLECTIONS[known.endpoint], known.id)
        known.changes += 1
        known.record = {**known.record, "status": "tobedeleted"}
        self.touched = known

    def _purge(self, known: Known) -> None:
        self.control.delete(_COLLECTIONS[known.endpoint], known.id, purge=True)
        self.purged[known.id] = self.touched = self.known.pop(known.id)

    # --- records -----------------------------------------------------------------------------------------------------

    def _person(self, person: int) -> dict[str, Any]:
        school = self.classes[0][1]
        role = {"roleType": "primary", "role": "student", "org": self._link("orgs", school, "org")}
        return {
            "sourcedId": _PEOPLE[person],
            "status": "active",
            "enabledUser": "true",
            "username": f"{PREFIX}{person}",
            "givenName": "Testi",
            "familyName": "Vaihe",
            "grades": ["01"],
            "roles": [role],
        }

    def _enrolment(self, person: int, group: int) -> dict[str, Any]:
        class_id, school = self.classes[group]
        return {
            "sourcedId": _enrolment_id(person, group),
            "status": "active",
            "user": self._link("users", _PEOPLE[person], "user"),
            "class": self._link("classes", class_id, "class"),
            "school": self._link("orgs", school, "org"),
            "role": "student",
            "primary": "false",
        }

    def _link(self, collection: str, identity: str, kind: str) -> dict[str, str]:
        return {"href": f"{self.probe.base}/{collection}/{identity}", "sourcedId": identity, "type": kind}

    def was_joined(self, class_id: str) -> bool:
        """Whether anybody of ours was ever enrolled in a class since the start."""
        ours = (*self.known.values(), *self.purged.values())
        return any(k.endpoint is ENROLLMENTS and k.record["class"]["sourcedId"] == class_id for k in ours)

    def enrolled(self, class_id: str) -> tuple[set[str], set[str]]:
        """Return who of ours must be in a class, and who may be: a person deleted while enrolled is open to debate."""
        sure: set[str] = set()
        open_cases: set[str] = set()
        for known in self.known.values():
            if known.endpoint is ENROLLMENTS and known.record["class"]["sourcedId"] == class_id and known.is_active:
                person = known.record["user"]["sourcedId"]
                owner = self.known.get(person)
                (sure if owner is not None and owner.is_active else open_cases).add(person)
        return sure, open_cases

    # --- cleaning up -------------------------------------------------------------------------------------------------

    def clean(self) -> tuple[str, ...]:
        """Undo all of it, and return the ids of ours that the target still shows as active."""
        written = {**self.known, **self.purged}
        try:
            self.control.reset()
        except CantTell:
            self._delete(written.values())
        return tuple(sorted(known.id for known in written.values() if self._is_left(known)))

    def _delete(self, written: Any) -> None:
        for known in sorted(written, key=lambda known: known.endpoint is USERS):
            try:
                self.control.delete(_COLLECTIONS[known.endpoint], known.id, purge=True)
            except CantTell:
                continue  # what is left is read and named below

    def _is_left(self, known: Known) -> bool:
        exchange = single_read(self.probe, known)
        found = body_of(known, exchange)
        return exchange.ok and (found is None or active(found))


def single_read(probe: Probe, known: Known) -> Exchange:
    """Return the single read of one of our objects."""
    return probe.get(_SINGLES[known.endpoint], path={"sourcedId": known.id})


def body_of(known: Known, exchange: Exchange) -> dict[str, Any] | None:
    """Return the object of a single read, or None where there is none."""
    body = exchange.json.get(_SINGLES[known.endpoint].wrapper_key) if isinstance(exchange.json, dict) else None
    return body if isinstance(body, dict) else None


_SINGLES: Final = {USERS: operation("getUser"), ENROLLMENTS: operation("getEnrollment")}


def _enrolment_id(person: int, group: int) -> str:
    return f"{PREFIX}enrolment-{person}-{group}"
