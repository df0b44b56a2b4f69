"""The repository holds files of its own, and no link: a link leads to a place of the machine that it was made on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
_LINK: Final = "120000"


@pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="no git, or no checkout of it")
def test_no_link_is_in_the_repository() -> None:
    listing = subprocess.run(
        ["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    tracked = (line.split(maxsplit=3) for line in listing.splitlines())
    assert [path for mode, _, _, path in tracked if mode == _LINK] == []
