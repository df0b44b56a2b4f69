"""Checks of how a consumer learns what changed, and of what it holds after a synchronisation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable, Untested
from digione_conformance.checks.consumer_asking import as_far_as_plain
from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.probe import Probe
from digione_conformance.probing.traffic import Seen, Traffic, instant, traffic, witnessed

DAILY: Final = ("unchanged", "deleted", "renamed")
"""Scenarios in which the second synchronisation is an ordinary daily one."""
_MANY: Final = 100
_SKEW: Final = timedelta(seconds=2)
_HALF: Final = 0.5


def _second(known: Traffic) -> list[Seen]:
    """Return the reads of second synchronisations.

    Raises:
        Untested: There was none.
    """
    reads = [seen for scenario in DAILY for seen in known.reads(scenario, 2)]
    if not reads:
        raise Untested(f"the client read nothing in step 2 of {', '.join(DAILY)}: go through one of them")
    return reads


@check("CON-DELTA-001", scenarios=("unchanged",))
def the_second_read_asks_for_changes(probe: Probe) -> Findings:
    """A daily synchronisation asks for what changed, or whether anything did, and does not read long lists again."""
    known = traffic(probe)
    witnessed(probe, _second(known))
    for scenario in DAILY:
        for reading in known.readings(scenario, 2):
            rows = sum(seen.event["rows"] for seen in reading.pages)
            if rows >= _MANY and all(seen.since is None for seen in reading.pages):
                path = reading.asked[0].path.rpartition("/v1p2")[2]
                shown = reading.pages[0].exchange
                yield Finding.at(f"{scenario}: {path} was read again, {rows} rows, without asking for changes", shown)


@check("CON-DELTA-002", scenarios=("unchanged",))
def changes_are_asked_for_since_the_last_read_began(probe: Probe) -> Findings:
    """The instant of a delta is not later than the moment at which the previous synchronisation began."""
    known = traffic(probe)
    asking = [seen for seen in _second(known) if seen.since is not None]
    if not asking:
        raise Inapplicable("the client asks for no changes by dateLastModified")
    witnessed(probe, asking)
    for seen in asking:
        first = (
            instant(str(known.reads(seen.scenario, 1)[0].event["instant"])) if known.reads(seen.scenario, 1) else None
        )
        since = seen.since
        if first is not None and since is not None and since > first + _SKEW:
            late = (since - first).total_seconds()
            yield Finding.at(f"changes were asked for since {late:.0f} s after the last read began", seen.exchange)


@check("CON-DELTA-003", scenarios=("unchanged",))
def a_delta_takes_tombstones(probe: Probe) -> Findings:
    """A request for changes has no clause on status that leaves deleted records out."""
    asking = [seen for seen in _second(traffic(probe)) if seen.since is not None]
    if not asking:
        raise Inapplicable("the client asks for no changes by dateLastModified")
    witnessed(probe, asking)
    for seen in asking:
        if any(_leaves_tombstones_out(clause) for clause in seen.clauses):
            yield Finding.at("a request for changes leaves records with status tobedeleted out", seen.exchange)


def _leaves_tombstones_out(clause: Mapping[str, str]) -> bool:
    wanted = (clause["field"], clause["predicate"], clause["value"])
    return wanted in {("status", "=", "active"), ("status", "!=", "tobedeleted")}


# --- what the client holds ---------------------------------------------------------------------------------------


def _both(probe: Probe, scenario: str) -> tuple[Mapping[str, Json], Mapping[str, Json], tuple[Exchange, Exchange]]:
    """Return the states after both steps.

    Raises:
        Untested: One of them is not known.
    """
    known = traffic(probe)
    known.require(scenario, 1)
    known.require(scenario, 2)
    before, first = known.state(scenario, 1)
    after, second = known.state(scenario, 2)
    if not any(isinstance(holding, dict) and holding["count"] for holding in before.values()):
        raise Untested(f"{scenario}: the client holds nothing after its first synchronisation")
    probe.examined(len(before))
    probe.exchanges.extend((first, second))
    return before, after, (first, second)


def _met(probe: Probe, scenario: str, kind: str) -> None:
    """Refuse to judge by a second step in which the client never met what the scenario is about.

    Raises:
        Untested: It read changes only, or nothing that the twist is about.
    """
    if not any(seen.twist == kind for seen in traffic(probe).reads(scenario, 2)):
        raise Untested(f"{scenario}: in step 2 the client made no full pull, so it never met the trouble")


def _counts(state: Mapping[str, Json]) -> dict[str, int]:
    return {kind: holding["count"] for kind, holding in state.items() if isinstance(holding, dict)}


def _fallen(before: Mapping[str, Json], after: Mapping[str, Json]) -> list[str]:
    now = _counts(after)
    return [
        f"{kind} from {count} to {now.get(kind, 0)}"
        for kind, count in _counts(before).items()
        if now.get(kind, 0) < count
    ]


@check("CON-DELTA-004", scenarios=("deleted",))
def deleted_records_are_gone_afterwards(probe: Probe) -> Findings:
    """What the server marked tobedeleted is no longer held as active, and nothing else is gone."""
    before, after, shown = _both(probe, "deleted")
    changed = traffic(probe).steps["deleted", 2]["changed"]
    compared = [kind for kind in changed if kind in _counts(before)]
    if not compared:
        raise Untested("the state tells of neither users nor enrollments")
    for kind in compared:
        gone = _counts(before)[kind] - _counts(after).get(kind, 0)
        # Products hold enrolments of their own making, and may end those of a user by themselves.
        if gone != changed[kind]["deleted"] and (kind == "users" or gone < 1):
            yield Finding(f"{changed[kind]['deleted']} {kind} were deleted; the client holds {gone} fewer", shown)


@check("CON-EXT-001", scenarios=("plain", "extensions"))
def unknown_values_do_not_end_the_pull(probe: Probe) -> Findings:
    """Roles and types of the form ext:… and unknown metadata do not keep the client from reading on."""
    yield from as_far_as_plain(probe, traffic(probe), "extensions")


@check("CON-EXT-002", after=("CON-EXT-001",), scenarios=("extensions",))
def unknown_values_survive(probe: Probe) -> Findings:
    """The client holds ext: roles and metadata as they came."""
    known = traffic(probe)
    known.require("extensions")
    state, shown = known.state("extensions", 1)
    if "roles" not in state and "metadata" not in state:
        raise Untested("the state tells of neither roles nor metadata")
    probe.examined()
    probe.exchanges.append(shown)
    if "roles" in state and not any(str(role).startswith("ext:") for role in state["roles"]):
        yield Finding.at("the server has roles of the form ext:…, the client holds none", shown)
    if state.get("metadata") == 0:
        yield Finding.at("the server's records have metadata, the client holds none", shown)


@check("CON-STATE-001", scenarios=("unchanged",))
def two_synchronisations_of_the_same_data_leave_the_same_state(probe: Probe) -> Findings:
    """Where nothing changed, counts, ids and contents are what they were."""
    before, after, shown = _both(probe, "unchanged")
    different = sorted(kind for kind in before if before[kind] != after.get(kind))
    if different:
        yield Finding(f"nothing had changed, yet the client holds something else: {', '.join(different)}", shown)


@check("CON-STATE-002", scenarios=("envelope",))
def an_answer_without_envelope_is_no_empty_list(probe: Probe) -> Findings:
    """After a pull in which lists answered {}, nothing is gone."""
    before, after, shown = _both(probe, "envelope")
    _met(probe, "envelope", "no-envelope")
    if fallen := _fallen(before, after):
        yield Finding(f"after answers without envelope the client holds less: {', '.join(fallen)}", shown)


@check("CON-STATE-003", scenarios=("short",))
def a_short_list_deletes_nothing(probe: Probe) -> Findings:
    """After a pull in which lists ended before their total, nothing is gone."""
    before, after, shown = _both(probe, "short")
    _met(probe, "short", "short")
    if fallen := _fallen(before, after):
        yield Finding(f"after lists that ended too early the client holds less: {', '.join(fallen)}", shown)


@check("CON-STATE-004", scenarios=("shrunk",))
def a_mass_deletion_waits_for_a_person(probe: Probe) -> Findings:
    """Where nine in ten records are no longer listed, they are not removed without a person's word."""
    before, after, shown = _both(probe, "shrunk")
    if all(seen.since is not None for seen in traffic(probe).reads("shrunk", 2)):
        raise Untested("shrunk: in step 2 the client made no full pull, so it never met the trouble")
    for kind in ("users", "enrollments"):
        had, has = _counts(before).get(kind), _counts(after).get(kind, 0)
        if had and has < had * _HALF:
            yield Finding(f"{kind} fell from {had} to {has} in one synchronisation", shown)


@check("CON-STATE-005", scenarios=("renamed",))
def a_renamed_class_stays_the_same_class(probe: Probe) -> Findings:
    """A new title changes the class that has the id; it makes no second one and loses none."""
    before, after, shown = _both(probe, "renamed")
    if "classes" not in before or "classes" not in after:
        raise Untested("the state does not tell of classes")
    old, new = before["classes"], after["classes"]
    if old["count"] != new["count"] or old.get("ids") != new.get("ids"):
        yield Finding(f"a class got a new title; the client held {old['count']} and holds {new['count']}", shown)
    elif "content" in old and old["content"] == new.get("content"):
        yield Finding("a class got a new title; the client still holds the old one", shown)
