"""What a certificate says of named consumers: those that were claimed, with every demand, and no others."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from digione_conformance.certificate.envelope import seal
from digione_conformance.certificate.statement import TYPE, read_statement
from digione_conformance.certificate.verification import verify
from digione_conformance.commands.verify import told

from digione_sdk.errors import ConfigurationError
from tests.unit.conformance.fakes import PROFILE
from tests.unit.conformance.signed_runs import (
    MUST,
    PRODUCT,
    SHOULD,
    WITH_CONSUMER,
    issued,
    key_in,
    run_into,
)
from tests.unit.conformance.suite import fails, passes

BOTH = (PROFILE, PRODUCT)


def signed(folder, **more):
    report = run_into(folder, known=WITH_CONSUMER, **more)
    return issued(report, key_in(folder), known=WITH_CONSUMER)


def stated(folder, **more):
    return read_statement(signed(folder, **more).payload_bytes)


def test_a_claimed_consumer_stands_in_the_certificate_with_its_demands(tmp_path):
    statement = stated(tmp_path, claimed=BOTH)
    (consumer,) = statement.consumers
    assert (consumer.id, consumer.verdict, statement.kind) == (PRODUCT, "works", "certificate")
    assert (consumer.demands, consumer.harming) == ({MUST: "passed"}, {SHOULD: "passed"})
    assert [profile.id for profile in statement.profiles] == [PROFILE]


def test_what_is_known_of_a_consumer_by_the_way_is_not_signed(tmp_path):
    assert stated(tmp_path).consumers == ()


def test_a_claimed_consumer_that_breaks_leaves_a_result(tmp_path):
    statement = stated(tmp_path, claimed=BOTH, should=fails)
    assert (statement.kind, statement.consumers[0].verdict) == ("result", "breaks")
    assert statement.profiles[0].verdict == "conformant"


def test_consumers_alone_are_no_certificate_of_the_standard(tmp_path):
    statement = stated(tmp_path, claimed=(PRODUCT,))
    assert (statement.kind, statement.profiles, statement.consumers[0].verdict) == ("result", (), "works")


def test_a_report_that_calls_a_broken_consumer_working_is_not_signed(tmp_path):
    report = run_into(tmp_path, known=WITH_CONSUMER, claimed=BOTH, should=fails)
    written = json.loads((report / "report.json").read_text())
    written["profiles"] = [one | {"verdict": "conformant"} for one in written["profiles"]]
    (report / "report.json").write_text(json.dumps(written))
    with pytest.raises(ConfigurationError, match="against its own outcomes"):
        issued(report, key_in(tmp_path), known=WITH_CONSUMER)


@pytest.mark.parametrize(
    ("consumer", "says"),
    [
        ({"demands": {MUST: "untested"}}, "do not show"),
        ({"demands": {MUST: "waived"}}, "do not show"),
        ({"harming": {SHOULD: "warning"}}, "do not show"),
        ({"verdict": "breaks"}, "needs a whole run"),
    ],
)
def test_a_signed_claim_that_its_demands_do_not_bear_out_is_broken(tmp_path, consumer, says):
    payload = signed(tmp_path, claimed=BOTH).payload
    changed = {**payload, "consumers": [{**payload["consumers"][0], **consumer}]}
    (problem,) = verify(
        seal(changed, key_in(tmp_path, "vendor2"), kind=TYPE).as_bytes(), at=datetime.now(UTC)
    ).problems[:1]
    assert says in problem


def test_verify_tells_of_consumers_beside_the_profiles(tmp_path):
    envelope = signed(tmp_path, claimed=BOTH, must=passes)
    lines = list(told(verify(envelope.as_bytes(), at=datetime.now(UTC))))
    assert f"  {PRODUCT}: WORKS (1 of 1 demands met)" in lines
