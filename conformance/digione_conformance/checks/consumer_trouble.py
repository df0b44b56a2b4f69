"""Checks of what a consumer does when the server is busy, fails, or no longer has what was asked for."""

from __future__ import annotations

from collections import Counter
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.consumer_asking import as_far_as_plain, unfinished
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.probe import Probe
from digione_conformance.probing.traffic import Seen, Traffic, traffic, witnessed

BUSY: Final = "busy"
_OK: Final = 200
_TOO_MANY: Final = 429
_WRONG: Final = frozenset({400, 403, 404, 405, 422})
_MOST_REPEATS: Final = 2
_CLOCKS_DIFFER: Final = 0.1
"""Seconds by which a wait may fall short: timers wake early, and answers travel."""
_IN_FLIGHT: Final = 0.25
"""Seconds within which another page may arrive that was asked for before the client learned of the 429."""


def _refused(known: Traffic) -> list[Seen]:
    known.require(BUSY)
    refused = [seen for seen in known.reads(BUSY) if seen.status == _TOO_MANY]
    if not refused:
        raise Inapplicable("no read was refused: no list took more than one page")
    return refused


@check("CON-BUSY-001", scenarios=("busy",))
def retry_after_is_kept_to(probe: Probe) -> Findings:
    """After 429 no read arrives before the seconds of Retry-After are over."""
    known = traffic(probe)
    refused = _refused(known)
    witnessed(probe, refused)
    first = min(refused, key=lambda seen: seen.ended)
    until = first.ended + float(first.event["retry_after"]) - _CLOCKS_DIFFER
    early = [
        seen
        for seen in known.reads(BUSY)
        if first.ended < seen.began < until and (seen.began > first.ended + _IN_FLIGHT or _is_repeat(seen, refused))
    ]
    if early:
        waited = early[0].began - first.ended
        yield Finding.at(
            f"{len(early)} reads arrived before the {first.event['retry_after']} s of Retry-After were over, "
            f"the first after {waited:.1f} s",
            first.exchange,
            early[0].exchange,
        )


def _is_repeat(seen: Seen, refused: list[Seen]) -> bool:
    return any(earlier.page == seen.page and earlier.ended <= seen.began for earlier in refused)


@check("CON-BUSY-002", scenarios=("busy",))
def a_refused_page_is_resumed(probe: Probe) -> Findings:
    """The page refused with 429 is asked again, pages that had arrived are not, and the list is read to its end."""
    known = traffic(probe)
    refused = _refused(known)
    witnessed(probe, refused)
    answered = [seen for seen in known.reads(BUSY) if seen.status == _OK]
    for page in dict.fromkeys(seen.page for seen in refused):
        if not any(seen.page == page for seen in answered):
            shown = next(seen.exchange for seen in refused if seen.page == page)
            yield Finding.at("a page refused with 429 was not asked again", shown)
    twice = [page for page, count in Counter(seen.page for seen in answered).items() if count > 1]
    if twice:
        again = [seen.exchange for seen in answered if seen.page == twice[0]]
        yield Finding(f"{len(twice)} pages that had arrived were read again after 429", tuple(again[:2]))
    yield from unfinished(known, BUSY)


@check("CON-ERR-001", scenarios=("failing",))
def a_passing_failure_is_tried_again(probe: Probe) -> Findings:
    """A page answered 503 is asked again, and the list is read to its end."""
    known = traffic(probe)
    known.require("failing")
    failed = [seen for seen in known.reads("failing") if seen.twist == "fail"]
    if not failed:
        raise Inapplicable("no list took more than one page")
    witnessed(probe, failed)
    for seen in failed:
        if not any(s.page == seen.page and s.status == _OK for s in known.reads("failing")):
            yield Finding.at("a page answered 503 was not asked again", seen.exchange)
    yield from unfinished(known, "failing")


@check("CON-ERR-002", scenarios=("plain", "parent"))
def an_unknown_object_does_not_end_the_pull(probe: Probe) -> Findings:
    """After 404 for an object that is gone, everything else is read as from an ordinary server."""
    known = traffic(probe)
    known.require("parent")
    gone = [seen for seen in known.reads("parent") if seen.twist == "missing"]
    if not gone:
        raise Inapplicable("the client reads no address with an id in it")
    witnessed(probe, gone)
    yield from as_far_as_plain(probe, known, "parent")


@check("CON-ERR-003")
def what_was_refused_as_wrong_is_not_repeated(probe: Probe) -> Findings:
    """A request answered 400, 403, 404, 405 or 422 is not sent again and again unchanged."""
    known = traffic(probe).reads()
    witnessed(probe, known)
    refused = Counter((s.scenario, s.step, s.page, s.status) for s in known if s.status in _WRONG)
    for (scenario, step, page, status), count in refused.items():
        if count > _MOST_REPEATS:
            shown = next(s.exchange for s in known if (s.scenario, s.step, s.page) == (scenario, step, page))
            yield Finding.at(f"{scenario}: the same request was answered {status} {count} times", shown)
