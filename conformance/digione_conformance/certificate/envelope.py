"""The signed file: a JWS in general JSON serialisation (RFC 7515 §7.2.1): one payload, one signature or several.

    {"payload": base64url, "signatures": [{"protected": base64url, "signature": base64url}, …]}

Stricter than the RFC where the RFC leaves room, so that a changed byte can hide nowhere: the file, the payload and
every protected header are canonical JSON, there is no unprotected header, base64url has one spelling, and each
signature carries its public key in its protected header (`jwk`, §4.1.3) beside the thumbprint that names it (`kid`,
RFC 7638).
"""

from __future__ import annotations

import base64
import binascii
import warnings
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from pydantic import JsonValue

from digione_conformance.certificate.canonical import MOST_BYTES, NotCanonical, canonical, read_canonical
from digione_conformance.certificate.keys import PrivateKey, PublicKey, public_key
from digione_conformance.words.said import Said
from digione_sdk.errors import UsageError

ALGORITHM: Final = "Ed25519"
"""What is written: the fully specified name of RFC 9864 §2.2."""

ACCEPTED: Final = (ALGORITHM, "EdDSA")
"""What is read: the older name of RFC 8037 §3.1 too."""

MOST_SIGNATURES: Final = 50

_REGISTRY: Final = jws.JWSRegistry(algorithms=ACCEPTED)
_REGISTRY.max_payload_length = MOST_BYTES


class NotIntact(ValueError):
    """A file that is no envelope, or not as it was signed; says what is wrong with it, never what it holds."""

    def __init__(self, reason: str) -> None:
        """Keep the reason; what the standard of signatures is about is said in English alone."""
        super().__init__(reason)
        self.reason = reason if isinstance(reason, Said) else Said(reason)


class Signature(NamedTuple):
    """One signature as it stands in the file."""

    protected: str
    signature: str


@dataclass(frozen=True)
class Envelope:
    """A payload and its signatures, all of them verified.

    Attributes:
        payload: The signed value.
        payload_bytes: Its canonical spelling, which is what was signed.
        signatures: As they stand in the file.
        signers: Whose they are, in the same order; nobody signs twice.
    """

    payload: Any
    payload_bytes: bytes
    signatures: tuple[Signature, ...]
    signers: tuple[PublicKey, ...]

    def as_bytes(self) -> bytes:
        """Return the file's contents: canonical JSON and a line end."""
        signatures: list[JsonValue] = [signature._asdict() for signature in self.signatures]
        return canonical({"payload": _encode(self.payload_bytes), "signatures": signatures}) + b"\n"


def seal(payload: JsonValue, key: PrivateKey, *, kind: str) -> Envelope:
    """Sign a value.

    Args:
        payload: What is signed.
        key: Who signs.
        kind: What it is, for the protected `typ`: so that a signature of one kind is never taken for another.

    Raises:
        NotCanonical: The value has no canonical spelling.
    """
    spelled = canonical(payload)
    return Envelope(payload, spelled, (_sign(spelled, key, kind),), (key.public,))


def add_signature(envelope: Envelope, key: PrivateKey, *, kind: str) -> Envelope:
    """Return the envelope with one more signature over the same payload.

    Raises:
        UsageError: This key has signed it already.
    """
    if key.public.kid in {signer.kid for signer in envelope.signers}:
        raise UsageError("this key has signed it already", argument="--key")
    signature = _sign(envelope.payload_bytes, key, kind)
    return Envelope(
        envelope.payload,
        envelope.payload_bytes,
        (*envelope.signatures, signature),
        (*envelope.signers, key.public),
    )


def open_sealed(content: bytes, *, kind: str) -> Envelope:
    """Read an envelope and verify all of its signatures.

    Raises:
        NotIntact: It is none, it was changed, or a signature does not verify.
    """
    outer = _canonical_object(content.removesuffix(b"\n"), "the file", {"payload", "signatures"})
    if not content.endswith(b"\n"):
        raise NotIntact("the file does not end with its line end")
    payload_bytes = _decode(outer["payload"], "payload")
    listed = outer["signatures"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_SIGNATURES:
        raise NotIntact(f"signatures: must be a list of 1 to {MOST_SIGNATURES}")
    signatures, signers = [], []
    for number, entry in enumerate(listed, start=1):
        if not isinstance(entry, dict) or set(entry) != {"protected", "signature"}:
            raise NotIntact(f"signature {number}: must have the members protected and signature alone")
        signers.append(_verified(entry, outer["payload"], kind, f"signature {number}"))
        signatures.append(Signature(entry["protected"], entry["signature"]))
    if len({signer.kid for signer in signers}) < len(signers):
        raise NotIntact("signatures: one key signed twice")
    payload = _canonical_object(payload_bytes, "payload", None)
    return Envelope(payload, payload_bytes, tuple(signatures), tuple(signers))


def _sign(payload: bytes, key: PrivateKey, kind: str) -> Signature:
    # The members stand in canonical order already, and the library keeps it.
    header = {"alg": ALGORITHM, "jwk": key.public.jwk, "kid": key.public.kid, "typ": kind}
    protected, _, signature = jws.serialize_compact(header, payload, key.jose, registry=_REGISTRY).split(".")
    return Signature(protected, signature)


def _verified(entry: dict[str, Any], payload: str, kind: str, place: str) -> PublicKey:
    """Return whose signature it is; raise where it is nobody's."""
    protected = _decode(entry["protected"], place)
    _decode(entry["signature"], place)
    header = _canonical_object(protected, f"{place}: protected header", {"alg", "jwk", "kid", "typ"})
    key = public_key(header["jwk"])
    if key is None or header["jwk"] != key.jwk or header["kid"] != key.kid:
        raise NotIntact(f"{place}: does not carry the key that it names")
    if header["typ"] != kind or header["alg"] not in ACCEPTED:
        raise NotIntact(f"{place}: is of another kind")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # of the older name, which we accept on purpose
        try:
            jws.deserialize_compact(
                f"{entry['protected']}.{payload}.{entry['signature']}", key.jose, registry=_REGISTRY
            )
        except (JoseError, ValueError):
            raise NotIntact(f"{place}: does not verify") from None
    return key


def _canonical_object(content: bytes, place: str, members: set[str] | None) -> dict[str, Any]:
    try:
        value = read_canonical(content)
    except NotCanonical as error:
        raise NotIntact(f"{place} {error}") from None
    if not isinstance(value, dict) or (members is not None and set(value) != members):
        raise NotIntact(f"{place} is not of the right shape")
    return value


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _decode(text: object, place: str) -> bytes:
    try:
        content = base64.urlsafe_b64decode(f"{text}{'=' * (-len(str(text)) % 4)}")
    except (binascii.Error, ValueError):
        raise NotIntact(f"{place}: no base64url") from None
    # The decoder skips what it does not know and ignores stray bits; the one right spelling is what it encodes to.
    if _encode(content) != text:
        raise NotIntact(f"{place}: no base64url")
    return content
