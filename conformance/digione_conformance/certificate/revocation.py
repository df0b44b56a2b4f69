"""Revocation lists: which certificates no longer hold, signed by the key that takes them back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from digione_conformance.certificate.canonical import read_small
from digione_conformance.certificate.envelope import Envelope, NotIntact, open_sealed, seal
from digione_conformance.certificate.keys import PrivateKey, PublicKey
from digione_conformance.certificate.statement import Sha256
from digione_sdk.errors import ConfigurationError, UsageError

FORMAT: Final = "digione-revocations/1"
TYPE: Final = "digione-revocations"
MOST_REASON: Final = 500


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, hide_input_in_errors=True)


class Revoked(_Part):
    """One certificate that no longer holds; `certificate` is its id."""

    certificate: Sha256
    reason: Annotated[str, StringConstraints(min_length=1, max_length=MOST_REASON)]
    revoked_at: AwareDatetime


class Revocations(_Part):
    """The signed contents of a list."""

    format: Literal["digione-revocations/1"] = FORMAT
    updated_at: AwareDatetime
    revoked: tuple[Revoked, ...]


@dataclass(frozen=True)
class RevocationList:
    """A list whose signature was verified, and whose it is."""

    signer: PublicKey
    contents: Revocations

    def reason_for(self, certificate: str) -> str | None:
        """Return why a certificate was revoked, or None where the list does not name it."""
        return next((entry.reason for entry in self.contents.revoked if entry.certificate == certificate), None)


def certificate_id(envelope: Envelope) -> str:
    """Return the name of a certificate: the hash of its payload, the same before and after witnesses sign."""
    return hashlib.sha256(envelope.payload_bytes).hexdigest()


def read_revocations(path: Path, argument: str = "--revocations") -> RevocationList:
    """Read a list and verify its signature.

    Raises:
        ConfigurationError: It cannot be read, is none, or was changed: a broken list is never taken for an empty one.
    """
    try:
        envelope = open_sealed(read_small(path, argument), kind=TYPE)
        contents = Revocations.model_validate_json(envelope.payload_bytes)
    except NotIntact as error:
        raise ConfigurationError(f"{argument}: {path} is no revocation list: {error}") from None
    except ValidationError:
        raise ConfigurationError(f"{argument}: {path} is no revocation list of format {FORMAT}") from None
    if len(envelope.signers) != 1:
        raise ConfigurationError(f"{argument}: {path} is no revocation list: it has more than one signature")
    return RevocationList(envelope.signers[0], contents)


def revoke(
    certificate: Envelope, key: PrivateKey, *, reason: str, earlier: RevocationList | None, now: datetime | None = None
) -> Envelope:
    """Return a list that names a certificate in addition to those of an earlier list.

    Raises:
        UsageError: The key did not sign the certificate or the earlier list, the reason is empty or too long, or the
            certificate stands in the list already.
    """
    now = (now or datetime.now(UTC)).replace(microsecond=0)
    if key.public.kid not in {signer.kid for signer in certificate.signers}:
        raise UsageError("only a key that signed the certificate can take it back", argument="--key")
    if earlier is not None and earlier.signer.kid != key.public.kid:
        raise UsageError("was signed by another key; each key has a list of its own", argument="--list")
    if not 1 <= len(reason.strip()) <= MOST_REASON:
        raise UsageError(f"must have 1 to {MOST_REASON} characters", argument="--reason")
    name = certificate_id(certificate)
    if earlier is not None and earlier.reason_for(name) is not None:
        raise UsageError("names this certificate already", argument="--list")
    entry = Revoked(certificate=name, reason=reason.strip(), revoked_at=now)
    contents = Revocations(updated_at=now, revoked=(*(earlier.contents.revoked if earlier else ()), entry))
    return seal(contents.model_dump(mode="json"), key, kind=TYPE)
