"""A run of the suite against a stranger's server: the core stage of the profiles that it claims, over HTTP."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from tests.strangers.routes import BASES
from tests.strangers.server import SECRETS, Vendor, running

PROFILES: Final = {
    "rostering": ("oneroster-1.2-rostering-core", "oneroster-1.2-rostering"),
    "gradebook": ("oneroster-1.2-gradebook-core", "oneroster-1.2-gradebook", "oneroster-1.2-assessment"),
    "resources": ("oneroster-1.2-resources-core", "oneroster-1.2-resources"),
}


Judged = Mapping[str, tuple[str, float]]


def write_target(vendor: Vendor, path: Path, *, writing: bool = False) -> None:
    """Write the target file of a running server, its secrets beside it; with `writing`, the suite may make objects."""
    lines = ["[target]", 'name = "a stranger"', 'environment = "test"', "synthetic = true", "", "[services]"]
    lines += [f'{name} = "{vendor.url}{vendor.prefix}{BASES[name]}"' for name in vendor.services]
    lines += [f'token_url = "{vendor.url}{vendor.token_path}"']
    for table, name in (("a", "kivi"), ("b", "lumi"), ("a.clients.minimal", "kivi-suppea")):
        client, secret = SECRETS[name]
        path.with_name(client).write_text(secret, encoding="utf-8")
        lines += ["", f"[tenants.{table}]", f'client_id = "{client}"', f'client_secret_file = "{client}"']
        if "." in table:
            base = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
            lines += [f'scopes = ["{base}roster.readonly", "{base}roster-core.readonly"]']
    if writing:
        lines += ["", "[fixtures]", 'mode = "create"']
    claimed = [profile for name in vendor.services for profile in vendor.profiles(name, PROFILES[name])]
    lines += ["", "[claims]", f"profiles = {json.dumps(claimed)}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def outcomes(
    vendor: Vendor,
    *,
    only: Collection[str] = (),
    costs: Mapping[str, float] | None = None,
    writing: bool = False,
    document: bool = False,
) -> Judged:
    """Return how each requirement ended, and the seconds that it took.

    Args:
        vendor: A server that does not run yet.
        only: Decide these requirements only.
        costs: Seconds by requirement: with them cheap checks run first, and the first that is not met ends the run.
        writing: Whether the gradebook may be written to; then the stage that walks through changes runs too.
        document: Whether the published document is read as well.
    """
    (entry,) = entry_points(group="digione.suite", name="judge")
    judge: Callable[..., Judged] = entry.load()
    with tempfile.TemporaryDirectory(prefix="digione-stranger-") as folder, running(vendor):
        target = Path(folder) / "sut.toml"
        write_target(vendor, target, writing=writing)
        stages = ("core", *(("static",) if document else ()), *(("model",) if writing else ()))
        return judge(target, only=only, costs=costs, stages=stages)
