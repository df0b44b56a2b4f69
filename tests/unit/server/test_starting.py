"""Starting a server: options, the database file, the target file, TLS, and the server in a thread."""

from __future__ import annotations

import ssl
import stat
import tomllib
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from digione_mock_server.clock import Clock
from digione_mock_server.credentials import register
from digione_mock_server.dialects import Dialects
from digione_mock_server.filling import copied_store, open_store
from digione_mock_server.listening import Listener, bind, public_url, serve_in_thread
from digione_mock_server.settings import Settings
from digione_mock_server.source import SeedSource
from digione_mock_server.store import KINDS_BY_NAME
from digione_mock_server.switches import Switches
from digione_mock_server.target import write_target
from digione_mock_server.testing import serving
from digione_mock_server.tls import CA_FILE, self_signed

from digione_sdk.cli.main import run
from digione_sdk.core.endpoints import ENDPOINTS, SERVICES, rostering, v1p1
from digione_sdk.core.scopes import ScopeV1P1
from digione_sdk.errors import ConfigurationError, UsageError
from tests.unit.server.small import URL, SmallSource

ORGS = KINDS_BY_NAME["orgs"]


def settings(**more: Any) -> Settings:
    return Settings(public_url=URL, clients=(), **more)


@pytest.mark.parametrize("url", ["postgresql://host/db", "mysql://x", "not a url", "sqlite:////no/such/folder/x.db"])
def test_another_database_is_refused_by_naming_the_option(url):
    with pytest.raises(ConfigurationError, match="--db"):
        open_store(url, SmallSource(), tenants=1)


def test_a_file_is_filled_once_and_keeps_its_changes(tmp_path):
    url = f"sqlite:///{tmp_path / 'roster.db'}"
    first = open_store(url, SmallSource(), tenants=2)
    first.purge(ORGS, "school2", tenant=0)
    version, generation = first.version(0), first.generation
    first.close()
    again = open_store(url, SmallSource(), tenants=2)
    assert again.find(ORGS, "school2", tenant=0) is None
    assert (again.version(0), again.generation) == (version, generation)
    again.close()
    with pytest.raises(ConfigurationError, match="holds"):
        open_store(url, SmallSource(), tenants=1)


def test_copies_in_memory_go_their_own_ways():
    first, second = (copied_store(SmallSource(), tenants=2) for _ in range(2))
    first.purge(ORGS, "school2", tenant=0)
    assert second.find(ORGS, "school2", tenant=0) is not None
    assert first.generation != second.generation
    first.close()
    second.close()


def test_a_failed_filling_stores_nothing():
    class Broken(SmallSource):
        name = "broken"

        def records(self, tenant: int) -> Any:
            yield from list(super().records(tenant))[:3]
            raise OSError

    store = open_store("sqlite://", SmallSource(), tenants=1)
    with pytest.raises(OSError):
        store.load(Broken().records(0), tenant=5, protected=frozenset())
    assert (store.version(5), store.tenants) == (0, (0,))
    store.close()


@pytest.mark.parametrize("wrong", [{"tenants": 0}, {"tenants": 27}, {"token_lifetime": 0}])
def test_settings_out_of_range_name_the_argument(wrong):
    (name,) = wrong
    with pytest.raises(UsageError, match=name):
        settings(**wrong)


def test_the_clock_never_runs_before_the_day_of_the_seed():
    assert Clock(not_before=date(2090, 1, 1)).now().date() == date(2090, 1, 1)
    assert Clock(not_before=date(2020, 1, 1)).now().year > 2020


def test_the_target_file_names_everything_and_keeps_secrets_beside(tmp_path):
    registered = register(2)
    chosen = Settings(public_url=URL, clients=registered.clients, control_token="control-secret")
    path = tmp_path / "sut.toml"
    write_target(path, chosen, registered, ca_file=None)
    target = tomllib.loads(path.read_text(encoding="utf-8"))
    assert target["target"]["environment"] == "test"
    urls = {service.name: chosen.service_url(service) for service in SERVICES}
    older = f"{URL}/ims/oneroster/v1p1"
    assert target["services"] == {**urls, "oneroster_1_1": older, "token_url": chosen.token_url}
    assert "scopes" not in target["tenants"]["a"]
    both = (*ENDPOINTS, *v1p1.ENDPOINTS)
    assert set(target["tenants"]["a"]["clients"]["minimal"]["scopes"]) == {
        s for e in both if e.is_read for s in e.scopes
    }
    assert target["fixtures"]["mode"] == "create"
    for table, key, secret in (
        (target["tenants"]["a"], "client_secret_file", registered.credentials["a", "default"].client_secret),
        (target["tenants"]["b"], "client_secret_file", registered.credentials["b", "default"].client_secret),
        (target["control"], "token_file", "control-secret"),
    ):
        file = tmp_path / table[key]
        assert file.read_text() == secret
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert secret not in path.read_text(encoding="utf-8")


def test_a_server_that_gives_roster_tokens_alone_names_the_scopes_of_both_versions_to_ask_for(tmp_path):
    registered = register(1)
    switches = Switches(dialects=Dialects({"roster-scopes-only"}))
    write_target(
        tmp_path / "sut.toml",
        Settings(public_url=URL, clients=registered.clients, tenants=1, switches=switches),
        registered,
        ca_file=None,
    )
    target = tomllib.loads((tmp_path / "sut.toml").read_text(encoding="utf-8"))
    assert set(target["services"]) == {"rostering", "oneroster_1_1", "token_url"}
    wanted = set(target["tenants"]["a"]["scopes"])
    assert wanted == {scope for e in rostering.ENDPOINTS for scope in e.scopes} | {
        ScopeV1P1.ROSTER,
        ScopeV1P1.ROSTER_CORE,
        ScopeV1P1.ROSTER_DEMOGRAPHICS,
    }
    assert target["claims"]["profiles"] == [
        "oneroster-1.2-rostering-core",
        "oneroster-1.2-rostering",
        "oneroster-1.1-rostering",
    ]


def test_an_unwritable_target_is_a_configuration_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="--write-target"):
        write_target(tmp_path / "file" / "sut.toml", settings(), register(2), ca_file=None)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--fault", "nope"], 2, "fault"),
        (["--dialect", "nope"], 2, "dialect"),
        (["--size", "huge"], 2, "size"),
        (["--db", "postgresql://x/y"], 3, "--db"),
        (["--host", "203.0.113.1"], 3, "--host"),
    ],
)
def test_wrong_options_are_told_before_anything_is_served(arguments, code, words, capsys):
    assert run(["serve", *arguments]) == code
    assert words in capsys.readouterr().err


def test_a_server_in_a_thread_serves_the_seed_and_its_discovery():
    with serving(source=SmallSource()) as server, urllib.request.urlopen(f"{server.url}/healthz", timeout=10) as answer:  # noqa: S310 - loopback
        assert answer.headers["X-Synthetic-Data"] == "true"
        assert server.client("a").client_secret not in repr(server)
        assert server.state.store.tenants == (0, 1)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{server.url}/healthz", timeout=10)  # noqa: S310 - loopback


def test_tls_is_trusted_through_the_ca_that_was_made(tmp_path: Path):
    certificate = self_signed(tmp_path, host="127.0.0.1")
    assert stat.S_IMODE(certificate.key.stat().st_mode) == 0o600

    async def hello(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    import threading

    ready = threading.Event()
    with bind("127.0.0.1", 0) as bound:
        listener = Listener(hello, certificate=certificate, ready=ready.set)  # type: ignore[arg-type]  # any ASGI application
        thread = serve_in_thread(listener, bound)
        assert ready.wait(10)
        context = ssl.create_default_context(cafile=tmp_path / CA_FILE)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        with urllib.request.urlopen(public_url(bound, "127.0.0.1", tls=True), context=context, timeout=10) as answer:  # noqa: S310 - loopback
            assert answer.read() == b"hello"
        listener.should_exit = True
        thread.join(10)


def test_the_seed_source_checks_its_size():
    with pytest.raises(UsageError, match="size"):
        SeedSource(size="huge", seed=1, today=date(2026, 11, 23))
