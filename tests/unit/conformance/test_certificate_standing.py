"""Certificates: whose word one is, who witnessed it, and until when it holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from digione_conformance.catalogue.verdict import Exit
from digione_conformance.certificate.envelope import NotIntact, add_signature, open_sealed
from digione_conformance.certificate.keys import PublicKey
from digione_conformance.certificate.revocation import RevocationList, Revocations, revoke
from digione_conformance.certificate.statement import TYPE
from digione_conformance.certificate.verification import verify

from digione_sdk.errors import ConfigurationError, UsageError
from tests.unit.conformance.signed_runs import (
    at_now,
    issued,
    key_in,
    outer,
    respelled,
)

NOW = datetime.now(UTC)


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
