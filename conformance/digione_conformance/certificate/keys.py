"""Ed25519 keys: made, read and named by their thumbprint; a private key never appears in a message or a `repr`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from digione_conformance.certificate.canonical import read_small
from digione_sdk.errors import ConfigurationError

CURVE: Final = "Ed25519"
PUBLIC_SUFFIX: Final = ".pub.jwk"
_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True)
class PublicKey:
    """A key that verifies.

    Attributes:
        jose: The key as the signing library wants it.
        name: Name of the file it came from, empty for one that a certificate brought along.
    """

    jose: OKPKey = field(repr=False, compare=False)
    kid: str
    name: str = ""

    @property
    def jwk(self) -> dict[str, str]:
        """The members that RFC 8037 §2 requires, and no others."""
        known = self.jose.as_dict(private=False)
        return {member: str(known[member]) for member in ("crv", "kty", "x")}


@dataclass(frozen=True)
class PrivateKey:
    """A key that signs."""

    jose: OKPKey = field(repr=False, compare=False)
    public: PublicKey


def make_key(path: Path) -> tuple[PrivateKey, Path]:
    """Make a key; write it as PEM that its owner alone may read, and its public half as a JWK beside it.

    Returns:
        The key, and the path of its public half: the path of the key with `.pub.jwk` in place of its suffix.

    Raises:
        ConfigurationError: One of the files exists or cannot be written; then neither is left behind.
    """
    key = _private(OKPKey.generate_key(CURVE))
    public_path = path.with_suffix(PUBLIC_SUFFIX)
    public = json.dumps({**key.public.jwk, "kid": key.public.kid, "use": "sig"}, indent=2) + "\n"
    written: list[Path] = []
    try:
        for target, content, mode in (
            (public_path, public.encode(), 0o644),
            (path, key.jose.as_pem(private=True), _OWNER_ONLY),
        ):
            # Exclusive: a key that signed certificates must not be lost to a repeated command.
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            written.append(target)
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
    except OSError as error:
        for made in written:
            made.unlink(missing_ok=True)
        why = "exists already" if isinstance(error, FileExistsError) else "cannot be written"
        raise ConfigurationError(f"--out: {path} or {public_path.name} beside it {why}") from None
    return key, public_path


def read_private_key(path: Path) -> PrivateKey:
    """Read a private key from PEM (PKCS #8).

    Raises:
        ConfigurationError: The file cannot be read, is encrypted, or holds no Ed25519 private key.
    """
    content = read_small(path, "--key")
    try:
        loaded = load_pem_private_key(content, password=None)
    except TypeError:  # what the library raises for a password that is missing
        raise ConfigurationError(f"--key: {path} is encrypted; a key without passphrase is needed") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(f"--key: {path} is no private key in PEM") from None
    if not isinstance(loaded, Ed25519PrivateKey):
        raise ConfigurationError(f"--key: {path} is a key of another kind; {CURVE} is needed")
    return _private(OKPKey.import_key(content))


def others_may_read(path: Path) -> bool:
    """Whether users other than its owner may read a file; False where the system has no such permissions."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)


def read_trusted(path: Path) -> tuple[PublicKey, ...]:
    """Read public keys from PEM, a JWK or a JWK set (RFC 7517 §5); their name is that of the file.

    Raises:
        ConfigurationError: The file cannot be read, holds a private key or anything but Ed25519 public keys.
    """
    content = read_small(path, "--trust")
    name = path.name.removesuffix(PUBLIC_SUFFIX).removesuffix(".pem").removesuffix(".jwk").removesuffix(".json")
    if b"PRIVATE KEY" in content:
        raise ConfigurationError(f"--trust: {path} is a private key; give the public one, and guard this file")
    if content.lstrip().startswith(b"-----BEGIN"):
        try:
            loaded = load_pem_public_key(content)
        except (ValueError, UnsupportedAlgorithm):
            raise ConfigurationError(f"--trust: {path} is no public key in PEM") from None
        if not isinstance(loaded, Ed25519PublicKey):
            raise ConfigurationError(f"--trust: {path} is a key of another kind; {CURVE} is needed")
        return (_public(OKPKey.import_key(content), name),)
    found = []
    for member in _members(content, path):
        if "d" in member:
            raise ConfigurationError(f"--trust: {path} is a private key; give the public one, and guard this file")
        key = public_key(member, name=name)
        if key is None:
            raise ConfigurationError(f"--trust: {path} holds something other than {CURVE} public keys")
        found.append(key)
    return tuple(found)


def public_key(jwk: object, *, name: str = "") -> PublicKey | None:
    """Return the Ed25519 public key that a JWK describes, or None where it describes none."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "OKP" or jwk.get("crv") != CURVE or "d" in jwk:
        return None
    if not isinstance(jwk.get("x"), str):
        return None
    try:
        key = OKPKey.import_key({"kty": "OKP", "crv": CURVE, "x": jwk["x"]})
        found = _public(key, name)
    except (JoseError, ValueError, TypeError, UnsupportedAlgorithm):
        return None
    # Base64 with stray bits at its end would name one key in several ways.
    return found if found.jwk["x"] == jwk["x"] else None


def _members(content: bytes, path: Path) -> Iterator[dict[str, Any]]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise ConfigurationError(f"--trust: {path} is neither PEM nor a JWK") from None
    keys = value.get("keys", [value]) if isinstance(value, dict) else None
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        raise ConfigurationError(f"--trust: {path} is neither a JWK nor a JWK set")
    yield from keys


def _private(key: OKPKey) -> PrivateKey:
    public = OKPKey.import_key({k: str(v) for k, v in key.as_dict(private=False).items() if k in {"kty", "crv", "x"}})
    return PrivateKey(key, _public(public, ""))


def _public(key: OKPKey, name: str) -> PublicKey:
    return PublicKey(key, key.thumbprint(), name)
