"""Secrets in files that only their owner may read, in a folder beside the file that names them."""

from __future__ import annotations

import os
from pathlib import Path

from digione_sdk.errors import ConfigurationError


def secrets_folder(path: Path) -> Path:
    """Return the folder of secrets beside a target file, made so that only its owner may enter.

    Raises:
        ConfigurationError: It cannot be made.
    """
    folder = path.with_name(f"{path.stem}-secrets")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise ConfigurationError(f"--write-target: cannot make {folder}: {error.strerror}") from None
    return folder


def write_private(path: Path, secret: str) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(secret)
