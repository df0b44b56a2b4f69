"""Certificates: no byte of one or of its evidence changes unseen, and no other spelling passes for one."""

from __future__ import annotations

import base64
import json
import shutil
from datetime import UTC, datetime

import pytest
from digione_conformance.catalogue.verdict import Exit
from digione_conformance.certificate.canonical import canonical
from digione_conformance.certificate.envelope import seal
from digione_conformance.certificate.statement import TYPE
from digione_conformance.certificate.verification import verify
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws

from tests.unit.conformance.fakes import PROFILE
from tests.unit.conformance.signed_runs import (
    MUST,
    SHOULD,
    outer,
    respelled,
    run_into,
)
from tests.unit.conformance.suite import fails

NOW = datetime.now(UTC)


@pytest.mark.parametrize("mask", [0x01, 0x20])
def test_every_changed_byte_of_a_certificate_is_seen(signed, mask):
    content = signed[1].as_bytes()
    changed = bytearray(content)
    unseen = []
    for position in range(len(content)):
        changed[position] ^= mask
        if not verify(bytes(changed), at=NOW).problems:
            unseen.append(position)
        changed[position] = content[position]
    assert unseen == []


@given(choice=st.data())
def test_no_other_bytes_pass_for_a_certificate(signed, choice):
    content = signed[1].as_bytes()
    start = choice.draw(st.integers(0, len(content)))
    end = choice.draw(st.integers(start, min(len(content), start + 4)))
    changed = content[:start] + choice.draw(st.binary(max_size=4)) + content[end:]
    assert bool(verify(changed, at=NOW).problems) == (changed != content)


@pytest.mark.parametrize(
    "change",
    [
        lambda value: json.dumps(value, indent=2).encode() + b"\n",
        canonical,
        lambda value: canonical(value) + b"\n\n",
        lambda value: respelled({**value, "payload": value["payload"] + "="}),
        lambda value: respelled({**value, "note": "unsigned"}),
        lambda value: respelled({**value, "signatures": []}),
        lambda value: respelled({**value, "signatures": value["signatures"] * 2}),
        lambda value: respelled({**value, "signatures": value["signatures"] * 60}),
        lambda value: respelled({**value, "signatures": [{**value["signatures"][0], "header": {"alg": "none"}}]}),
        lambda value: respelled([value]),
        lambda _: b"",
        lambda _: b"\xff" * 100,
        lambda _: b"[" * 100_000,
        lambda _: b"1e999\n",
        lambda _: b'{"payload":1,"signatures":[1]}\n',
    ],
)
def test_another_spelling_or_shape_is_broken(signed, change):
    found = verify(change(outer(signed[1])), at=NOW)
    assert found.problems
    assert found.exit == Exit.NOT_CONFORMANT
    assert found.statement is None


def signed_by_hand(payload, header, key):
    compact = jws.serialize_compact(
        header, payload, key.jose, registry=jws.JWSRegistry(algorithms=["Ed25519", "EdDSA"])
    )
    protected, body, signature = compact.split(".")
    return respelled({"payload": body, "signatures": [{"protected": protected, "signature": signature}]})


def header_of(key, **members):
    return {"alg": "Ed25519", "jwk": key.public.jwk, "kid": key.public.kid, "typ": TYPE} | members


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_the_older_algorithm_name_is_read_and_the_newer_one_written(signed):
    _, envelope, key = signed
    content = signed_by_hand(envelope.payload_bytes, header_of(key, alg="EdDSA"), key)
    assert verify(content, at=NOW).problems == ()
    written = json.loads(base64.urlsafe_b64decode(envelope.signatures[0].protected + "=="))
    assert written["alg"] == "Ed25519"
    assert written["kid"] == key.public.kid


@pytest.mark.parametrize(
    "members", [{"typ": "digione-revocations"}, {"kid": "other"}, {"jwk": {"kty": "OKP"}}, {"cty": "more"}]
)
def test_a_header_that_says_something_else_is_broken(signed, members):
    _, envelope, key = signed
    assert verify(signed_by_hand(envelope.payload_bytes, header_of(key, **members), key), at=NOW).problems


def test_a_payload_that_is_signed_but_not_canonical_is_broken(signed):
    _, envelope, key = signed
    spaced = json.dumps(envelope.payload).encode()
    assert verify(signed_by_hand(spaced, header_of(key), key), at=NOW).problems == (
        "payload is not the canonical spelling of its contents",
    )


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"musts": [{"id": MUST, "outcome": "failed", "profiles": [PROFILE]}]}, "do not make"),
        ({"musts": []}, "do not make"),
        ({"whole": False}, "needs a whole run"),
        ({"waivers": [{"requirement": MUST, "fails_the_run": True}]}, "needs a whole run"),
        (
            {
                "musts": [
                    {"id": MUST, "outcome": "passed", "profiles": [PROFILE]},
                    {"id": SHOULD, "outcome": "waived", "profiles": [PROFILE]},
                ]
            },
            "no waiver names it",
        ),
        ({"format": "digione-certificate/9"}, "format"),
        ({"issuer": "somebody"}, "its issuer has not signed it"),
        ({"valid_until": "2027-01-01T00:00:00"}, "without offset"),
    ],
)
def test_a_signed_claim_of_more_than_is_shown_is_broken(signed, members, says):
    _, envelope, key = signed
    (problem,) = verify(seal({**envelope.payload, **members}, key, kind=TYPE).as_bytes(), at=NOW).problems
    assert says in problem


@given(choice=st.data())
def test_every_changed_byte_of_report_and_evidence_is_seen(signed, tmp_path_factory, choice):
    report, envelope, _ = signed
    copy = tmp_path_factory.mktemp("copy", numbered=True) / "report"
    shutil.copytree(report, copy)
    files = [copy / "report.json", *sorted(path for path in (copy / "evidence").rglob("*") if path.is_file())]
    path = choice.draw(st.sampled_from(files))
    content = bytearray(path.read_bytes())
    content[choice.draw(st.integers(0, len(content) - 1))] ^= choice.draw(st.integers(1, 255))
    path.write_bytes(bytes(content))
    found = verify(envelope.as_bytes(), at=NOW, evidence=copy)
    assert any(path.name in problem or "not the evidence" in problem for problem in found.problems)


def test_missing_and_foreign_files_are_named(signed, tmp_path):
    report, envelope, _ = signed
    evidence = tmp_path / "evidence"
    shutil.copytree(report / "evidence", evidence)
    gone = next((evidence / "bodies").iterdir())
    gone.rename(evidence / "bodies" / "stray")
    said = verify(envelope.as_bytes(), at=NOW, evidence=evidence).problems
    assert f"evidence: bodies/{gone.name} is missing" in said
    assert "evidence: bodies/stray is none of its files" in said


def test_the_evidence_of_another_run_is_not_taken_for_this_one(signed, tmp_path):
    other = run_into(tmp_path, must=fails)
    said = verify(signed[1].as_bytes(), at=NOW, evidence=other).problems
    assert "evidence: it is not the evidence of this certificate" in said


def test_a_folder_without_evidence_is_a_problem_and_no_crash(signed, tmp_path):
    assert "no manifest.json" in verify(signed[1].as_bytes(), at=NOW, evidence=tmp_path).problems[0]
