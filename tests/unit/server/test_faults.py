"""Every fault is live: on the seeded school some request is answered otherwise than by the server without it."""

from __future__ import annotations

import re

import pytest
from digione_mock_server.faults import FAULTS

from tests.unit.server import marking
from tests.unit.server.corpus import CHANGES, SCENES, Replay, answers, known_ids, reads, steps

ROWS = {"parser", "sql", "sort", "views", "pager", "fields", "serialiser", "references", "errors"}
RIGHTS = {"auth", "tenancy", "exposure", "lifecycle", "cache", "headers", "methods", "discovery"}
WRITES = {"storing", "writing"}
SEEN_IN = re.compile(r"pitfall \d+|SEC-\d+|PRV-\d+|(rest|differences) §\d+(\.\d+)?|consumers|plausible")


@pytest.fixture(scope="module")
def ids():
    return known_ids()


@pytest.fixture(scope="module")
def corpus(ids):
    return steps(ids)


@pytest.fixture(scope="module")
def clean(corpus):
    return replayed(corpus)


def replayed(corpus, *faults: str):
    replay = Replay(faults)
    found = [answers(replay, step) for step in corpus]
    replay.close()
    return found


def differs(replay, step, expected) -> bool:
    try:
        return answers(replay, step) != expected
    except (KeyError, TypeError, ValueError):  # the scene met an answer that it could make nothing of
        return True


def test_two_servers_without_faults_answer_alike(corpus, clean):
    assert replayed(corpus) == clean


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_seen_in_some_answer(corpus, clean, fault):
    pairs, scenes = list(zip(corpus, clean, strict=True)), len(SCENES)
    # Where the difference is likely comes first; the changes stay last, for they would spoil what follows.
    likely = pairs if fault.layer in RIGHTS else [*pairs[scenes:-CHANGES], *pairs[:scenes], *pairs[-CHANGES:]]
    if fault.layer in WRITES:
        likely = pairs[-CHANGES:]
    replay = Replay((fault.id,))
    try:
        assert any(differs(replay, step, expected) for step, expected in likely)
    finally:
        replay.close()


def test_a_fault_far_from_the_reads_leaves_them_as_they_are(ids):
    """The statement that faults may bend is, unbent, the statement of the clean server."""
    assert replayed(reads(ids), "discovery-missing") == replayed(reads(ids))


def test_a_fault_far_from_the_writes_leaves_them_as_they_are(corpus):
    writes = corpus[-len(marking.WRITES) :]
    assert replayed(writes, "discovery-missing") == replayed(writes)


def test_a_fault_says_what_goes_wrong_and_where_it_was_seen():
    for fault in FAULTS.values():
        assert fault.summary.endswith("."), fault.id
        assert fault.layer in ROWS | RIGHTS | WRITES, fault.id
        assert SEEN_IN.fullmatch(fault.seen_in), fault.id


def test_a_server_starts_with_every_fault_at_once():
    replay = Replay(tuple(FAULTS))
    assert replay.anyone.send("GET", "/healthz").status == 200
    replay.close()
