"""The commands around certificates: what they print, their exit statuses, and that bad input is named and harmless."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from digione_conformance.catalogue.verdict import Level
from digione_conformance.certificate.canonical import MOST_BYTES
from digione_conformance.certificate.keys import read_private_key
from digione_conformance.certificate.statement import Attested, Waiver
from digione_conformance.certificate.verification import Verification
from digione_conformance.certificate.verification import verify as verify_certificate
from digione_conformance.commands.verify import told

from digione_sdk.cli.main import run as digione
from tests.unit.conformance.fakes import FakeWire, target
from tests.unit.conformance.signed_runs import CATALOGUE, registry, rows, run_into
from tests.unit.conformance.suite import fails


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory):
    """A conformant run in `report`, another that failed in `failed/report`, and two keys."""
    folder = tmp_path_factory.mktemp("commands")
    run_into(folder)
    run_into(folder / "failed", must=fails)
    for name in ("vendor", "town"):
        assert digione(["keygen", "--out", str(folder / f"{name}.pem")]) == 0
    return folder


@pytest.fixture(name="certified")
def _certified(folder, monkeypatch, tmp_path):
    """Path of a fresh certificate of the conformant run; commands know the two requirements of the fake suite."""
    monkeypatch.setattr("digione_conformance.catalogue.requirement.load_catalogue", lambda: CATALOGUE)
    monkeypatch.setattr("digione_conformance.checks.load_checks", registry)
    path = tmp_path / "certificate.json"
    assert digione(sign(folder, path)) == 0
    return path


def sign(folder, path, *, run="report", key="vendor.pem"):
    return ["certify", "--from", str(folder / run), "--key", str(folder / key), "--out", str(path)]


def verified(path, *more):
    return digione(["verify", str(path), *map(str, more)])


def test_a_private_key_is_for_its_owner_alone_and_the_public_half_holds_no_secret(folder):
    private = folder / "vendor.pem"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    public = json.loads((folder / "vendor.pub.jwk").read_text())
    assert "d" not in public
    assert public["kid"] == read_private_key(private).public.kid


def test_keygen_does_not_overwrite_and_leaves_no_half(folder, tmp_path, capsys):
    assert digione(["keygen", "--out", str(folder / "vendor.pem")]) == 3
    assert "--out" in capsys.readouterr().err
    taken = tmp_path / "key.pem"
    taken.write_text("something else")
    assert digione(["keygen", "--out", str(taken)]) == 3
    assert taken.read_text() == "something else"
    assert list(tmp_path.iterdir()) == [taken]
    assert digione(["keygen", "--out", str(tmp_path / "absent" / "key.pem")]) == 3


def test_a_self_made_key_reads_self_declared_and_a_trusted_one_issued_by(folder, certified, capsys):
    assert verified(certified) == 0
    said = capsys.readouterr().out
    assert said.startswith("HOLDS  certificate of a whole, conformant run")
    assert "self-declared" in said
    assert "evidence: not looked at" in said
    assert "No OneRoster certification" in said
    assert verified(certified, "--trust", folder / "vendor.pub.jwk", "--evidence", folder / "report") == 0
    said = capsys.readouterr().out
    assert "issued by vendor" in said
    assert "every file is as it was signed" in said


@pytest.mark.parametrize(
    ("language", "says", "notice"),
    [
        ("fi", "PÄTEE  todistus kokonaisesta ajosta, joka täyttää vaatimukset", "Yhteisöprofiili"),
        ("sv", "GÄLLER  intyg om en hel körning som uppfyller kraven", "En profil från gemenskapen"),
    ],
)
def test_verify_speaks_the_language_of_its_reader(certified, capsys, language, says, notice):
    assert verified(certified, "--language", language) == 0
    first, *others, last = capsys.readouterr().out.splitlines()
    assert first == says
    assert last.startswith(notice)
    verified(certified)
    english = [line for line in capsys.readouterr().out.splitlines()[1:-1] if "http" not in line]
    assert not set(english) & set(others)


def test_verify_prints_waivers_with_their_terms_and_what_only_a_person_stated(certified):
    statement = verify_certificate(certified.read_bytes(), at=datetime.now(UTC)).statement
    waiver = {"requirement": "OR-ROS-AAA-009", "use": "used", "owner": "Quality", "reason": "known"}
    waiver |= {"expires": "2027-01-31", "fails_the_run": False}
    attested = [
        Attested(
            id="OR-ROS-AAA-007", level=Level.MUST, statement="Backups are encrypted. Head of operations, 2026-11-23."
        ),
        Attested(id="OR-ROS-AAA-008", level=Level.MUST),
    ]
    changed = statement.model_copy(update={"waivers": (Waiver(**waiver),), "attested": tuple(attested)})
    said = "\n".join(told(Verification((), changed)))
    assert "waiver of OR-ROS-AAA-009: used, Quality, known, until 2027-01-31" in said
    assert "MUST OR-ROS-AAA-007: stated by a person: Backups are encrypted." in said
    assert "MUST OR-ROS-AAA-008: nobody stated anything" in said


def test_a_folder_of_evidence_that_is_not_there_is_three_and_no_verdict(certified, tmp_path, capsys):
    assert verified(certified, "--evidence", tmp_path / "absent") == 3
    said = capsys.readouterr()
    assert "--evidence: " in said.err
    assert not said.out


def test_a_countersigned_certificate_reads_witnessed_by(folder, certified, capsys):
    signed = ["countersign", str(certified), "--key", str(folder / "town.pem"), "--evidence", str(folder / "report")]
    assert digione(signed) == 0
    assert "bears 2 signatures" in capsys.readouterr().out
    assert verified(certified, "--trust", folder / "town.pub.jwk") == 0
    said = capsys.readouterr().out
    assert "self-declared" in said
    assert "witnessed by town" in said
    assert verified(certified) == 0
    assert "a key that you do not trust" in capsys.readouterr().out
    assert digione(signed) == 2
    assert "--key: this key has signed it already" in capsys.readouterr().err


def test_a_witness_does_not_sign_what_the_evidence_does_not_bear_out(folder, certified, capsys):
    signed = ["countersign", str(certified), "--key", str(folder / "town.pem")]
    before = certified.read_bytes()
    assert digione([*signed, "--evidence", str(folder / "failed" / "report")]) == 3
    assert "it does not hold" in capsys.readouterr().err
    assert certified.read_bytes() == before


def test_a_result_is_intact_and_still_no_certificate(folder, certified, capsys):
    path = certified.with_name("result.json")
    assert digione(sign(folder, path, run="failed/report")) == 4
    assert "no certificate" in capsys.readouterr().err
    assert verified(path, "--evidence", folder / "failed" / "report") == 4
    said = capsys.readouterr().out
    assert "it certifies nothing" in said
    assert "NOT CONFORMANT" in said


def test_one_changed_byte_is_one(certified, capsys):
    content = bytearray(certified.read_bytes())
    content[len(content) // 2] ^= 1
    certified.write_bytes(bytes(content))
    assert verified(certified) == 1
    assert capsys.readouterr().out.startswith("BROKEN")


def test_json_says_all_of_it(folder, certified, capsys):
    assert verified(certified, "--json", "--trust", folder / "vendor.pub.jwk") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["holds"], found["standing"], found["issuer"]["trusted_as"]) == (True, "issued", "vendor")
    assert found["statement"]["kind"] == "certificate"
    certified.write_text("{}")
    assert verified(certified, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["holds"], found["statement"]) == (False, None)


def test_a_date_may_be_asked_for(certified, capsys):
    assert verified(certified, "--at", "2019-01-01") == 1
    assert "not valid yet" in capsys.readouterr().out
    assert verified(certified, "--at", "2999-01-01T00:00:00+02:00") == 1
    assert "expired" in capsys.readouterr().out
    assert verified(certified, "--at", "tomorrow") == 2
    assert "--at" in capsys.readouterr().err


def test_a_revoked_certificate_is_one_and_the_list_grows(folder, certified, capsys):
    listed = certified.with_name("revoked.json")
    take_back = ["revoke", str(certified), "--key", str(folder / "vendor.pem"), "--list", str(listed), "--reason"]
    assert verified(certified, "--revocations", listed) == 3
    assert digione([*take_back, "wrong build"]) == 0
    assert verified(certified, "--revocations", listed) == 1
    assert "revoked: wrong build" in capsys.readouterr().out
    assert digione([*take_back, "again"]) == 2
    listed.write_bytes(listed.read_bytes().replace(b'"payload"', b'"paYload"'))
    assert verified(certified, "--revocations", listed) == 3
    assert "no revocation list" in capsys.readouterr().err


def test_a_terminal_cannot_be_steered_by_what_a_stranger_signed(folder, certified, capsys):
    steered = run_into(certified.parent / "steered")
    written = json.loads((steered / "report.json").read_text())
    written["target"]["name"] = "Fake\x1b[2J\nHOLDS"
    (steered / "report.json").write_text(json.dumps(written))
    path = steered.with_name("steered.json")
    assert digione(["certify", "--from", str(steered), "--key", str(folder / "vendor.pem"), "--out", str(path)]) == 0
    capsys.readouterr()
    assert verified(path) == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\nHOLDS" not in said


def test_a_run_signs_what_it_found_and_an_unusable_key_ends_it_before_it_begins(folder, certified, monkeypatch, capsys):
    wire = FakeWire(rows)

    class Transport:
        def __init__(self, _connection):
            self.send = wire

        def close(self):
            pass

    monkeypatch.setattr("digione_conformance.session.Transport", Transport)
    monkeypatch.setattr("digione_conformance.running.doctor._network", lambda _target: iter(()))
    monkeypatch.setattr("digione_conformance.session.load_catalogue", lambda: CATALOGUE)
    target(certified.parent)
    run = ["run", "--target", str(certified.parent / "sut.toml"), "--out", str(certified.parent / "report"), "--key"]
    assert digione([*run, str(certified)]) == 3
    assert "--key" in capsys.readouterr().err
    assert wire.sent == []
    assert digione([*run, str(folder / "vendor.pem"), "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["whole"] is True
    assert "Signed certificate" in said.err
    assert verified(certified.parent / "report" / "certificate.json", "--evidence", certified.parent / "report") == 0


# --- bad input -------------------------------------------------------------------------------------------------------


def pem(key, *, encryption=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


ED25519 = Ed25519PrivateKey.generate()
RSA = generate_private_key(65537, 2048)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"canary", "no private key in PEM"),
        (b"", "no private key in PEM"),
        (pem(RSA), "of another kind"),
        (pem(ED25519, encryption=BestAvailableEncryption(b"canary")), "is encrypted"),
        (ED25519.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "no private key in PEM"),
        (b"-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n", "no private key in PEM"),
        (b"x" * (MOST_BYTES + 1), "is larger than"),
    ],
)
def test_a_wrong_key_is_named_and_never_quoted(folder, certified, tmp_path, capsys, content, says):
    key = tmp_path / "key.pem"
    key.write_bytes(content)
    capsys.readouterr()
    assert digione(["certify", "--from", str(folder / "report"), "--key", str(key), "--out", str(certified)]) == 3
    said = capsys.readouterr().err
    assert said.startswith("digione: --key: ")
    assert says in said
    assert "canary" not in said


def test_a_key_that_others_can_read_is_used_with_a_warning(folder, certified, tmp_path, capsys):
    key = tmp_path / "key.pem"
    key.write_bytes(pem(ED25519))
    key.chmod(0o644)
    assert digione(["certify", "--from", str(folder / "report"), "--key", str(key), "--out", str(certified)]) == 0
    assert "other users can read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"canary", "neither PEM nor a JWK"),
        (b"[1]", "neither a JWK nor a JWK set"),
        (b'{"keys": []}', "neither a JWK nor a JWK set"),
        (b'{"kty": "RSA", "n": "canary"}', "something other than Ed25519"),
        (b'{"kty": "OKP", "crv": "Ed25519", "x": "AA"}', "something other than Ed25519"),
        (b'{"kty": "OKP", "crv": "Ed25519", "x": 7}', "something other than Ed25519"),
        (b'{"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "canary"}', "is a private key"),
        (pem(ED25519), "is a private key"),
        (b"-----BEGIN PUBLIC KEY-----\ncanary\n-----END PUBLIC KEY-----\n", "no public key in PEM"),
        (RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "of another kind"),
        (b"[" * 100_000, "neither PEM nor a JWK"),
    ],
)
def test_a_wrong_trusted_key_is_named_and_never_quoted(certified, tmp_path, capsys, content, says):
    path = tmp_path / "trusted"
    path.write_bytes(content)
    capsys.readouterr()
    assert verified(certified, "--trust", path) == 3
    said = capsys.readouterr().err
    assert said.startswith("digione: --trust: ")
    assert says in said
    assert "canary" not in said


def test_trusted_keys_are_read_from_pem_and_jwk_set(folder, certified, tmp_path, capsys):
    public = json.loads((folder / "vendor.pub.jwk").read_text())
    (tmp_path / "set.json").write_text(json.dumps({"keys": [public]}))
    assert verified(certified, "--trust", tmp_path / "set.json") == 0
    assert "issued by set" in capsys.readouterr().out
    vendor = read_private_key(folder / "vendor.pem")
    (tmp_path / "vendor-ci.pem").write_bytes(vendor.jose.as_pem(private=False))
    assert verified(certified, "--trust", tmp_path / "vendor-ci.pem") == 0
    assert "issued by vendor-ci" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["verify", "countersign", "revoke"])
@pytest.mark.parametrize("content", [None, b"x" * (MOST_BYTES + 1)])
def test_a_certificate_that_cannot_be_read_is_three(folder, tmp_path, capsys, command, content):
    path = tmp_path / "certificate.json"
    if content is not None:
        path.write_bytes(content)
    more = {"verify": [], "countersign": ["--key"], "revoke": ["--reason", "r", "--list", str(tmp_path / "l"), "--key"]}
    keys = [] if command == "verify" else [str(folder / "vendor.pem")]
    assert digione([command, str(path), *more[command], *keys]) == 3
    assert "digione: CERT: " in capsys.readouterr().err


@pytest.mark.parametrize("command", ["countersign", "revoke"])
def test_garbage_is_neither_witnessed_nor_revoked(folder, tmp_path, capsys, command):
    path = tmp_path / "certificate.json"
    path.write_bytes(b"garbage\n")
    more = ["--reason", "r", "--list", str(tmp_path / "l")] if command == "revoke" else []
    assert digione([command, str(path), "--key", str(folder / "vendor.pem"), *more]) == 3
    assert "is no certificate" in capsys.readouterr().err
    assert path.read_bytes() == b"garbage\n"
    assert not (tmp_path / "l").exists()


def test_a_folder_that_cannot_be_written_leaves_nothing_half_written(folder, certified, capsys):
    capsys.readouterr()
    assert digione(sign(folder, certified.parent / "absent" / "c.json")) == 3
    assert "--out: cannot write" in capsys.readouterr().err
    assert {path.name for path in certified.parent.iterdir()} == {"certificate.json"}


@pytest.mark.parametrize("missing", [["certify"], ["certify", "--from", "x"], ["keygen"], ["revoke", "x"], ["verify"]])
def test_missing_options_are_wrong_usage(missing):
    assert digione(missing) == 2
