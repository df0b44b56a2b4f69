"""Certificates: what is signed, what is refused, and that no byte of one or of its evidence changes unseen."""

from __future__ import annotations

import base64
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from digione_conformance.catalogue.verdict import Exit
from digione_conformance.certificate import issuing
from digione_conformance.certificate.canonical import canonical
from digione_conformance.certificate.envelope import NotIntact, add_signature, open_sealed, seal
from digione_conformance.certificate.issuing import issue, one_year_after
from digione_conformance.certificate.keys import PublicKey, make_key
from digione_conformance.certificate.revocation import RevocationList, Revocations, revoke
from digione_conformance.certificate.statement import TYPE, read_statement
from digione_conformance.certificate.verification import verify
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws

from digione_sdk.errors import ConfigurationError, UsageError
from tests.unit.conformance.fakes import PROFILE, SECRET, TOKEN, catalogue, requirement
from tests.unit.conformance.signed_runs import CATALOGUE, MUST, SHOULD, fails, issued, key_in, registry, run_into

NOW = datetime.now(UTC)


@pytest.fixture(name="signed", scope="module")
def _signed(tmp_path_factory):
    """A conformant run, its certificate and the key that signed it; tests that change files copy the folder."""
    folder = tmp_path_factory.mktemp("signed")
    report = run_into(folder, extra="[limits]\nmax_parallel = 1\n")
    key = key_in(folder)
    return report, issued(report, key), key


def at_now():
    return datetime.now(UTC)


# --- what is stated --------------------------------------------------------------------------------------------------


def test_a_whole_conformant_run_becomes_a_certificate_that_holds(signed):
    report, envelope, _ = signed
    found = verify(envelope.as_bytes(), at=at_now(), evidence=report)
    assert found.problems == ()
    assert (found.exit, found.standing, found.evidence, found.report) == (Exit.CONFORMANT, "self-declared", True, True)


def test_the_statement_names_subject_every_must_tools_and_one_year(signed):
    report, envelope, key = signed
    statement = read_statement(envelope.payload_bytes)
    written = json.loads((report / "report.json").read_text())
    assert (statement.kind, statement.issuer) == ("certificate", key.public.kid)
    assert statement.subject.name == "Fake"
    assert statement.subject.server == ("fake/1",)
    assert [(must.id, str(must.outcome)) for must in statement.musts] == [(MUST, "passed")]
    assert statement.profiles[0].counts == {"MUST": {"passed": 1}, "SHOULD": {"passed": 1}, "MAY": {}}
    assert (statement.plan_hash, statement.catalogue_sha256) == (written["plan_hash"], CATALOGUE.sha256)
    assert {"python", "jsonschema-rs"} <= statement.tools.keys()
    assert statement.valid_until == one_year_after(statement.finished_at)
    assert "No OneRoster certification" in statement.notice


def test_product_and_version_come_from_the_target_file(tmp_path):
    report = run_into(tmp_path)
    written = json.loads((report / "report.json").read_text())
    written["target"] |= {"software": "Example SIS", "version": "7.1"}
    (report / "report.json").write_text(json.dumps(written))
    subject = read_statement(issued(report, key_in(tmp_path)).payload_bytes).subject
    assert (subject.software, subject.version) == ("Example SIS", "7.1")


def test_a_failed_must_is_signed_as_a_result_and_never_certifies(tmp_path):
    report = run_into(tmp_path, must=fails)
    found = verify(issued(report, key_in(tmp_path)).as_bytes(), at=at_now(), evidence=report)
    assert (found.problems, found.exit) == ((), Exit.INCOMPLETE)
    assert found.statement.kind == "result"
    assert [str(must.outcome) for must in found.statement.musts] == ["failed"]


def test_a_chosen_part_is_a_result_that_lists_what_was_left_out(tmp_path):
    report = run_into(tmp_path, only=(SHOULD,))
    statement = read_statement(issued(report, key_in(tmp_path)).payload_bytes)
    assert (statement.kind, statement.whole) == ("result", False)
    assert [(must.id, str(must.outcome)) for must in statement.musts] == [(MUST, "untested")]
    assert [item.id for item in statement.not_tested] == [MUST]


def test_equal_deployments_have_equal_fingerprints(tmp_path):
    def fingerprint(name):
        return read_statement(
            issued(run_into(tmp_path / name), key_in(tmp_path, name)).payload_bytes
        ).subject.fingerprint

    assert fingerprint("one") == fingerprint("two")


@pytest.mark.parametrize(("faulty", "kind"), [(False, "certificate"), (True, "result")])
def test_waivers_are_signed_along_and_a_faulty_one_certifies_nothing(tmp_path, faulty, kind):
    report = run_into(tmp_path)
    waiver = {"requirement": SHOULD, "owner": "Quality", "reason": "known", "fails_the_run": faulty}
    altered(report, waivers=[waiver])
    statement = read_statement(issued(report, key_in(tmp_path)).payload_bytes)
    assert [item.model_dump() for item in statement.waivers] == [waiver]
    assert statement.kind == kind


# --- what is refused -------------------------------------------------------------------------------------------------


def altered(report, **members):
    written = json.loads((report / "report.json").read_text())
    (report / "report.json").write_text(json.dumps({**written, **members}))


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"plan_hash": "0" * 64}, "different runs"),
        ({"profiles": [{"id": PROFILE, "verdict": "conformant"}]}, "against its own outcomes"),
        ({"whole": "maybe"}, "malformed at whole"),
        ({"requirements": [{"id": "OR-NIX-001", "outcome": "passed", "message": ""}]}, "not in the catalogue"),
        ({"requirements": []}, "its plan is another"),
        ({"started_at": "yesterday"}, "malformed at started_at"),
    ],
)
def test_a_report_that_the_run_does_not_bear_out_is_not_signed(tmp_path, members, says):
    report = run_into(tmp_path, must=fails)
    altered(report, **members)
    with pytest.raises(ConfigurationError, match=says):
        issued(report, key_in(tmp_path))


def test_a_part_that_calls_itself_whole_is_not_signed(tmp_path):
    report = run_into(tmp_path, only=(SHOULD,))
    altered(report, whole=True)
    with pytest.raises(ConfigurationError, match="its plan is another"):
        issued(report, key_in(tmp_path))


def test_a_run_with_another_catalogue_is_not_signed(tmp_path):
    report = run_into(tmp_path)
    newer = catalogue(requirement(MUST), requirement(SHOULD))
    with pytest.raises(ConfigurationError, match="another catalogue"):
        issue(report, key_in(tmp_path), catalogue=newer, registry=registry(), now=at_now())


def test_changed_evidence_is_not_signed(tmp_path):
    report = run_into(tmp_path)
    with (report / "evidence" / "exchanges.jsonl").open("a") as stream:
        stream.write("\n")
    with pytest.raises(ConfigurationError, match=r"exchanges\.jsonl was changed"):
        issued(report, key_in(tmp_path))


@pytest.mark.parametrize("name", ["report.json", "evidence/manifest.json"])
def test_a_run_that_did_not_end_is_not_signed(tmp_path, name):
    report = run_into(tmp_path)
    (report / name).unlink()
    with pytest.raises(ConfigurationError, match=f"no {name.rpartition('/')[2]}"):
        issued(report, key_in(tmp_path))


@pytest.mark.parametrize(("days", "says"), [(400, "more than a year ago"), (-1, "in the future")])
def test_a_run_is_signed_within_its_year_only(signed, days, says):
    report, _, key = signed
    with pytest.raises(ConfigurationError, match=says):
        issued(report, key, now=NOW + timedelta(days=days))


def test_a_year_after_a_leap_day_is_the_last_of_february():
    assert one_year_after(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2029, 2, 28, tzinfo=UTC)


def test_signing_late_does_not_lengthen_validity(signed):
    report, envelope, key = signed
    late = issued(report, key, now=NOW + timedelta(days=300))
    assert read_statement(late.payload_bytes).valid_until == read_statement(envelope.payload_bytes).valid_until


# --- no byte changes unseen ------------------------------------------------------------------------------------------


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


def outer(envelope):
    return json.loads(envelope.as_bytes())


def respelled(value):
    return canonical(value) + b"\n"


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


# --- whose word, until when ------------------------------------------------------------------------------------------


def named(key, name):
    return PublicKey(key.public.jose, key.public.kid, name)


def test_a_trusted_key_is_an_issuer_and_a_trusted_second_key_a_witness(signed, tmp_path):
    _, envelope, key = signed
    witness = key_in(tmp_path, "town")
    both = add_signature(envelope, witness, kind=TYPE)
    found = verify(both.as_bytes(), at=NOW, trusted=[named(key, "vendor"), named(witness, "town")])
    assert (found.standing, found.issuer.name, [key.name for key in found.witnesses]) == ("issued", "vendor", ["town"])
    alone = verify(both.as_bytes(), at=NOW, trusted=[named(witness, "town")])
    assert alone.standing == "self-declared"
    assert alone.problems == ()


def test_nobody_signs_twice(signed):
    _, envelope, key = signed
    with pytest.raises(UsageError, match="--key"):
        add_signature(envelope, key, kind=TYPE)


def test_a_broken_witness_breaks_the_certificate(signed, tmp_path):
    _, envelope, _ = signed
    value = outer(add_signature(envelope, key_in(tmp_path, "town"), kind=TYPE))
    value["signatures"][1]["signature"] = value["signatures"][0]["signature"]
    assert verify(respelled(value), at=NOW).problems == ("signature 2: does not verify",)


@pytest.mark.parametrize(("days", "says"), [(366, "expired"), (-1, "not valid yet")])
def test_a_certificate_holds_within_its_dates_only(signed, days, says):
    found = verify(signed[1].as_bytes(), at=at_now() + timedelta(days=days))
    assert found.problems[0].startswith(says)
    assert found.exit == Exit.NOT_CONFORMANT


def listed(envelope):
    return RevocationList(envelope.signers[0], Revocations.model_validate_json(envelope.payload_bytes))


def test_a_revoked_certificate_does_not_hold_whoever_signed_after(signed, tmp_path):
    _, envelope, key = signed
    revocations = listed(revoke(envelope, key, reason="wrong build", earlier=None))
    both = add_signature(envelope, key_in(tmp_path, "town"), kind=TYPE)
    for certificate in (envelope, both):
        assert verify(certificate.as_bytes(), at=NOW, revocations=[revocations]).problems == ("revoked: wrong build",)


def test_a_list_grows_and_names_each_certificate_once(signed):
    report, envelope, key = signed
    other = issued(report, key, now=NOW + timedelta(days=1))
    first = listed(revoke(envelope, key, reason="one", earlier=None))
    both = listed(revoke(other, key, reason="two", earlier=first))
    assert [entry.reason for entry in both.contents.revoked] == ["one", "two"]
    assert verify(envelope.as_bytes(), at=NOW, revocations=[both]).problems == ("revoked: one",)
    with pytest.raises(UsageError, match="--list"):
        revoke(other, key, reason="again", earlier=both)


def test_only_a_signer_revokes_and_a_strangers_list_does_not_count(signed, tmp_path):
    report, envelope, key = signed
    stranger = key_in(tmp_path, "stranger")
    with pytest.raises(UsageError, match="--key"):
        revoke(envelope, stranger, reason="spite", earlier=None)
    own = issued(report, stranger)
    theirs = listed(revoke(own, stranger, reason="spite", earlier=None))
    with pytest.raises(ConfigurationError, match="--revocations"):
        verify(envelope.as_bytes(), at=NOW, revocations=[theirs])
    with pytest.raises(UsageError, match="--list"):
        revoke(envelope, key, reason="mine", earlier=theirs)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_revocation_needs_a_reason_of_reasonable_length(signed, reason):
    with pytest.raises(UsageError, match="--reason"):
        revoke(signed[1], signed[2], reason=reason, earlier=None)


def test_a_certificate_is_no_revocation_list(signed):
    with pytest.raises(NotIntact, match="another kind"):
        open_sealed(signed[1].as_bytes(), kind="digione-revocations")


def test_neither_keys_nor_secrets_show_in_a_certificate_or_a_repr(signed):
    _, envelope, key = signed
    private = key.jose.as_dict(private=True)["d"]
    shown = envelope.as_bytes().decode() + envelope.payload_bytes.decode() + repr(key) + repr(envelope)
    for secret in (SECRET, TOKEN, private):
        assert secret not in shown


def test_a_key_is_never_overwritten(tmp_path):
    make_key(tmp_path / "a.pem")
    with pytest.raises(ConfigurationError, match="exists already"):
        make_key(tmp_path / "a.pem")


def test_the_statement_is_made_from_members_that_the_report_has(signed):
    written = json.loads((signed[0] / "report.json").read_text())
    needed = {name for name, field in issuing.Report.model_fields.items() if field.is_required()}
    assert needed <= written.keys()


def test_where_keys_are_trusted_one_of_them_must_have_signed(signed, tmp_path):
    _, envelope, _ = signed
    found = verify(envelope.as_bytes(), at=NOW, trusted=[named(key_in(tmp_path, "other"), "other")])
    assert found.problems[0].startswith("signed by none of the keys that you trust")
    assert (found.exit, found.standing) == (Exit.NOT_CONFORMANT, "self-declared")


def test_whoever_adds_a_signature_cannot_take_the_issuers_word_back(signed, tmp_path):
    _, envelope, _ = signed
    stranger = key_in(tmp_path, "stranger")
    both = add_signature(envelope, stranger, kind=TYPE)
    theirs = listed(revoke(both, stranger, reason="spite", earlier=None))
    with pytest.raises(ConfigurationError, match="neither issued the certificate nor is trusted"):
        verify(both.as_bytes(), at=NOW, revocations=[theirs])
    found = verify(both.as_bytes(), at=NOW, trusted=[named(stranger, "town")], revocations=[theirs])
    assert found.problems == ("revoked: spite",)
