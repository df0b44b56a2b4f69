"""Keeps hypothesis from leaving a folder of its own where the operator stands."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from typing import Final

_PLACE: Final = "HYPOTHESIS_STORAGE_DIRECTORY"


def leave_no_folder() -> None:
    """Send what hypothesis writes down to a folder that ends with this process, unless the operator chose a place.

    It would make `.hypothesis` in the working directory, for tables of characters: it is told to keep no examples.
    """
    if _PLACE in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="digione-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[_PLACE] = folder
