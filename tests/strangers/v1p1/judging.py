"""A run of the suite against a 1.1 stranger: the core stage of its one profile, over HTTP."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from tests.strangers.judging import Judged
from tests.strangers.server import SECRETS, running
from tests.strangers.v1p1.routes import SCOPE
from tests.strangers.v1p1.server import BASE, Old

PROFILE: Final = "oneroster-1.1-rostering"
_MINIMAL: Final = (f"{SCOPE}roster.readonly", f"{SCOPE}roster-core.readonly")


def write_target(vendor: Old, path: Path) -> None:
    """Write the target file of a running server, its secrets beside it."""
    lines = ["[target]", 'name = "a stranger of 1.1"', 'environment = "test"', "synthetic = true", "", "[services]"]
    lines += [f'oneroster_1_1 = "{vendor.url}{vendor.prefix}{BASE}"', f'token_url = "{vendor.url}{vendor.token_path}"']
    for table, name in (("a", "kivi"), ("b", "lumi"), ("a.clients.minimal", "kivi-suppea")):
        client, secret = SECRETS[name]
        path.with_name(client).write_text(secret, encoding="utf-8")
        lines += ["", f"[tenants.{table}]", f'client_id = "{client}"', f'client_secret_file = "{client}"']
        scopes = _MINIMAL if "." in table else vendor.registered
        lines += [f"scopes = {json.dumps(scopes)}"] if scopes else []
    lines += ["", "[claims]", f'profiles = ["{PROFILE}"]']
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def outcomes(vendor: Old, *, only: Collection[str] = (), costs: Mapping[str, float] | None = None) -> Judged:
    """Return how each requirement ended, and the seconds that it took.

    Args:
        vendor: A server that does not run yet.
        only: Decide these requirements only.
        costs: Seconds by requirement: with them cheap checks run first, and the first that is not met ends the run.
    """
    (entry,) = entry_points(group="digione.suite", name="judge")
    judge: Callable[..., Judged] = entry.load()
    with tempfile.TemporaryDirectory(prefix="digione-stranger-") as folder, running(vendor):
        target = Path(folder) / "sut.toml"
        write_target(vendor, target)
        return judge(target, only=only, costs=costs, stages=("core",))
