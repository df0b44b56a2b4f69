"""The provider on Node, started for a run of the suite, and the target file that a vendor would write for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
NODE: Final = shutil.which("node")
SCOPE: Final = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
CLIENTS: Final[Mapping[str, dict[str, Any]]] = {
    "koe:ohjelma": {"secret": "a+b c%:ä", "tenant": "kk"},
    "prov": {"secret": "x", "tenant": "ll"},
    "suppea": {"secret": "y", "tenant": "kk", "scopes": [SCOPE + "roster-core.readonly"]},
}
PROFILES: Final = (
    "oneroster-1.2-rostering-core", "oneroster-1.2-rostering", "oneroster-1.2-gradebook-core",
    "oneroster-1.2-gradebook", "oneroster-1.2-assessment", "oneroster-1.2-resources-core", "oneroster-1.2-resources",
)  # fmt: skip


@contextmanager
def provider(folder: Path, *, slips: Collection[str] = (), habits: Collection[str] = ()) -> Iterator[Mapping[str, Any]]:
    """Start the provider, and stop it at the end; what it answers at first says where it listens."""
    assert NODE is not None
    clients = folder / "clients.json"
    clients.write_text(json.dumps(CLIENTS), encoding="utf-8")
    told = {"CLIENTS": str(clients), "SLIPS": ",".join(slips), "HABITS": ",".join(habits)}
    with subprocess.Popen(
        [NODE, str(HERE / "serve.mjs")], env={**os.environ, **told}, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield json.loads(server.stdout.readline())
        finally:
            server.terminate()


def target_of(where: Mapping[str, Any], folder: Path) -> Path:
    """Write the target file of a provider that runs, with the secrets beside it."""
    lines = ["[target]", 'name = "a provider on Node"', 'environment = "test"', "synthetic = true", "", "[services]"]
    lines += [f'{name} = "{base}"' for name, base in where["bases"].items()] + [f'token_url = "{where["token"]}"']
    for number, (table, client) in enumerate(zip(("a", "b", "a.clients.minimal"), CLIENTS, strict=True)):
        (folder / f"secret-{number}").write_text(CLIENTS[client]["secret"], encoding="utf-8")
        lines += ["", f"[tenants.{table}]", f'client_id = "{client}"', f'client_secret_file = "secret-{number}"']
        lines += [f"scopes = {json.dumps(CLIENTS[client]['scopes'])}"] if "scopes" in CLIENTS[client] else []
    lines += ["", "[fixtures]", 'mode = "create"', "", "[claims]", f"profiles = {json.dumps(PROFILES)}"]
    path = folder / "sut.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def outcomes(
    *, slips: Collection[str] = (), habits: Collection[str] = (), only: Collection[str] = ()
) -> Mapping[str, str]:
    """Return how each requirement of the core stage ended."""
    (entry,) = entry_points(group="digione.suite", name="judge")
    judge = entry.load()
    with tempfile.TemporaryDirectory(prefix="digione-node-") as name:
        folder = Path(name)
        with provider(folder, slips=slips, habits=habits) as where:
            found = judge(target_of(where, folder), only=only, stages=("core", "model"))
    return {id_: outcome for id_, (outcome, _) in found.items()}
