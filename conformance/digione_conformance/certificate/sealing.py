"""Compares an evidence folder with its manifest, byte for byte: changed, missing and foreign files are all named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from digione_conformance.evidence.recorder import BODIES, MANIFEST, evidence_root
from digione_conformance.words.said import Said
from digione_conformance.words.texts import say

_FILE: Final = rf"^(?:{BODIES}/)?[A-Za-z0-9_-]+\.[a-z]+$"
"""Names below the folder itself: a manifest by a stranger must not point elsewhere."""

_MOST_NAMED: Final = 5


class Manifest(BaseModel):
    """`manifest.json`: what the evidence was made with, and the hash of each of its files."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    suite: str
    plan_hash: str
    catalogue_sha256: str
    tools: dict[str, str] = {}
    files: dict[Annotated[str, StringConstraints(pattern=_FILE)], str]
    root: str


@dataclass(frozen=True)
class Sealed:
    """What was found in a folder.

    Attributes:
        manifest: Its manifest, None where it cannot be read.
        manifest_sha256: Hash of the manifest's bytes.
        problems: What does not agree, in words; empty for evidence as it was recorded.
    """

    manifest: Manifest | None
    manifest_sha256: str
    problems: tuple[Said, ...]


def evidence_folder(folder: Path) -> Path:
    """Return the evidence folder, given that or the folder of a report."""
    return folder / "evidence" if (folder / "evidence").is_dir() else folder


def examine(folder: Path) -> Sealed:
    """Read the manifest of an evidence folder and compare every file with it."""
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError:
        return Sealed(None, "", (say("v.no_manifest", manifest=MANIFEST, folder=folder),))
    digest = hashlib.sha256(content).hexdigest()
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError:
        return Sealed(None, digest, (say("v.malformed", file=MANIFEST),))
    problems = list(_differences(folder, manifest))
    if evidence_root(manifest.files) != manifest.root:
        problems.append(say("v.root", file=MANIFEST))
    more = len(problems) - _MOST_NAMED
    told = [*problems[:_MOST_NAMED], say("v.more", count=more)] if more > 0 else problems
    return Sealed(manifest, digest, tuple(told))


def as_recorded(content: bytes, digest: str) -> bool:
    """Whether bytes have the SHA-256 that was written down for them."""
    return hashlib.sha256(content).hexdigest() == digest


def _differences(folder: Path, manifest: Manifest) -> Iterator[Said]:
    for name, digest in manifest.files.items():
        try:
            content = (folder / name).read_bytes()
        except OSError:
            yield say("v.missing", file=name)
            continue
        if not as_recorded(content, digest):
            yield say("v.changed", file=name)
    known = {MANIFEST, *manifest.files}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and name not in known:
            yield say("v.foreign", file=name)
