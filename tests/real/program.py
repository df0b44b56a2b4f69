"""A program by others in an environment of its own: whether it is there, and what it reads of a server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Program:
    """The environment that `scripts/real_input.sh` makes, the module that it is for, and a script that reads by it."""

    environment: str
    module: str
    reader: str

    @property
    def python(self) -> Path:
        return ROOT / self.environment / "bin" / "python"

    def works(self) -> bool:
        if not self.python.exists():
            return False
        asked = subprocess.run([str(self.python), "-c", f"import {self.module}"], capture_output=True, check=False)
        return asked.returncode == 0

    def read(self, door: Mapping[str, str], *options: str) -> Any:
        """Return what the script read at a door, both as JSON."""
        command = [str(self.python), *options, str(Path(__file__).with_name(self.reader))]
        done = subprocess.run(command, input=json.dumps(door), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
