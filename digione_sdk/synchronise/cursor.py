"""From when on the next delta reads: the server's time at the start of the last run, less a margin, kind by kind.

With it stands what the run left in the store. A store that was deleted, or brought back from a backup, is not what the
cursor speaks of, and a delta on top of it would miss what changed in between.

The file lies beside the store and not in it, so that a run which changes nothing leaves the store as it was. It is
written after the changes: lost in a crash, it only makes the next delta read a little more.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from digione_sdk.errors import ConfigurationError
from digione_sdk.synchronise.rows import instant_text
from digione_sdk.synchronise.staging import private_file
from digione_sdk.synchronise.store import Summary

FORMAT: Final = 1
MARGIN: Final = timedelta(minutes=5)
"""What is taken off the server's time: its parts may disagree about it, and a change may become visible late."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """From when on the next delta of a kind reads, and what the store held of it then."""

    since: str
    left: Summary


def read_cursors(path: Path, *, source: Mapping[str, str]) -> dict[str, Cursor]:
    """Return the cursor of each kind, none where there is no file.

    Raises:
        ConfigurationError: The file is none of ours, or tells of another provider.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path}: cannot be read") from None
    try:
        kept = json.loads(text)
        if kept["format"] != FORMAT:
            raise ValueError  # noqa: TRY301 - told below
        cursors = {
            str(kind): Cursor(instant_text(datetime.fromisoformat(at["since"])), Summary(at["records"], at["newest"]))
            for kind, at in kept["cursors"].items()
        }
        origin = dict(kept["source"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ConfigurationError(f"{path}: no cursor file of this version; remove it and read in full") from None
    for name, url in source.items():
        if origin.get(name, url) != url:
            raise ConfigurationError(
                f"{path}: the store was filled from another {name} service; take another store, or remove this file"
            )
    return cursors


def write_cursors(path: Path, cursors: Mapping[str, Cursor], *, source: Mapping[str, str]) -> None:
    """Write the file, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    private_file(fresh)
    kinds = {
        kind: {"since": cursor.since, "records": cursor.left.records, "newest": cursor.left.newest}
        for kind, cursor in cursors.items()
    }
    text = json.dumps({"format": FORMAT, "source": dict(source), "cursors": kinds}, indent=2, sort_keys=True)
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(f"{text}\n")
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)


def since_after(began: str | None) -> str | None:
    """Return the instant of the next delta, from the server's time at the start of this run."""
    return None if began is None else instant_text(datetime.fromisoformat(began) - MARGIN)
