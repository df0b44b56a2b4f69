"""`digione sync` against a live reference server: its exit status, its output, and what it keeps to itself."""

from __future__ import annotations

import inspect
import json

import pytest
from digione_mock_server.testing import serving

from digione_sdk.cli.main import run
from digione_sdk.cli.sync import sync as sync_command
from digione_sdk.cli.sync_display import count_of
from digione_sdk.core.endpoints import SERVICES
from digione_sdk.synchronise import KINDS, Progress, SQLiteStore


@pytest.fixture(scope="module")
def server():
    with serving(control=True) as running:
        yield running


@pytest.fixture(name="sync")
def _sync(server, tmp_path, monkeypatch):
    account = server.client("a")
    monkeypatch.setenv("DIGIONE_CLIENT_SECRET", account.client_secret)

    def call(*more: str, url: str | None = None) -> int:
        given = ("--rostering", url or server.rostering_url, "--token-url", server.token_url)
        return run(["sync", *given, "--client-id", account.client_id, "--store", str(tmp_path / "r.sqlite"), *more])

    return call


def test_a_first_and_a_second_run(sync, tmp_path, capsys):
    assert sync() == 0
    assert capsys.readouterr().out.endswith("applied\n")
    before = (tmp_path / "r.sqlite").read_bytes()
    assert sync("--delta", "--page-size", "50", "--parallel", "5") == 0
    assert capsys.readouterr().out.endswith("nothing to do\n")
    assert (tmp_path / "r.sqlite").read_bytes() == before


def test_a_dry_run_in_json_says_what_would_be(sync, tmp_path, capsys):
    assert sync("--dry-run", "--json", "--kind", "orgs") == 0
    said = json.loads(capsys.readouterr().out)
    assert [kind["kind"] for kind in said["kinds"]] == ["orgs"]
    assert (said["applied"], said["dry_run"]) == (False, True)
    assert list(SQLiteStore(tmp_path / "r.sqlite").held(KINDS)) == []


def test_a_guarded_run_prints_the_difference_and_exits_1(sync, tmp_path, capsys):
    assert sync("--kind", "orgs") == 0
    with SQLiteStore(tmp_path / "r.sqlite").connect() as connection:
        for number in range(10):
            connection.execute(
                "INSERT INTO record SELECT kind, ?, modified, body FROM record WHERE kind = 'orgs' LIMIT 1",
                (f"gone{number}",),
            )
    connection.close()
    capsys.readouterr()
    assert sync("--kind", "orgs") == 1
    assert "stopped: orgs: 10 of 16 records would be deleted, more than 10%" in capsys.readouterr().out
    assert sync("--kind", "orgs", "--allow-mass-deletion", "users") == 1
    assert sync("--kind", "orgs", "--max-deletion", "orgs=80") == 0


def test_what_is_wrong_decides_the_exit_status(sync, monkeypatch, capsys):
    assert sync("--kind", "pupils") == 2
    assert sync("--allow-mass-deletion", "pupils") == 2
    assert sync("--max-deletion", "many") == 2
    assert sync("--max-deletion", "200") == 2
    assert sync(url="http://127.0.0.1:9/none") == 3
    assert sync(url="ftp://host/") == 2
    monkeypatch.setenv("DIGIONE_CLIENT_SECRET", "wrong")
    assert sync() == 3
    monkeypatch.delenv("DIGIONE_CLIENT_SECRET")
    assert sync() == 3
    assert "set DIGIONE_CLIENT_SECRET" in capsys.readouterr().err


def test_a_provider_that_pages_in_a_circle_exits_1_and_nothing_is_applied(tmp_path, monkeypatch, capsys):
    with serving(faults=["link-next-to-itself"]) as server:
        account = server.client("a")
        monkeypatch.setenv("DIGIONE_CLIENT_SECRET", account.client_secret)
        path = tmp_path / "r.sqlite"
        given = ("--rostering", server.rostering_url, "--token-url", server.token_url, "--store", str(path))
        assert run(["sync", *given, "--client-id", account.client_id, "--page-size", "50"]) == 1
    assert "nothing was applied" in capsys.readouterr().err
    assert list(SQLiteStore(path).held(KINDS)) == []


def test_there_is_an_option_for_each_service():
    assert {service.name for service in SERVICES} <= inspect.signature(sync_command).parameters.keys()


def test_every_service_is_synchronised_by_the_same_command(server, sync, tmp_path, capsys):
    more = [word for name in ("gradebook", "resources") for word in (f"--{name}", server.service_url(name))]
    assert sync(*more) == 0
    kinds = {row.kind for row in SQLiteStore(tmp_path / "r.sqlite").held(KINDS)}
    assert {"users", "lineItems", "results", "resources"} <= kinds
    assert "demographics: left out" in capsys.readouterr().out
    assert sync("--delta", *more) == 0
    assert capsys.readouterr().out.endswith("nothing to do\n")


def test_without_a_service_the_command_is_wrong(server, monkeypatch, tmp_path):
    monkeypatch.setenv("DIGIONE_CLIENT_SECRET", "x")
    given = ("--token-url", server.token_url, "--client-id", "x", "--store", str(tmp_path / "r.sqlite"))
    assert run(["sync", *given]) == 2


def test_scopes_are_asked_for_by_their_short_names(sync, tmp_path):
    assert sync("--scope", "roster-core.readonly", "--kind", "orgs") == 0
    assert sync("--scope", "roster-core.readonly", "--kind", "demographics") == 3


def test_addresses_may_stand_in_the_environment(server, tmp_path, monkeypatch):
    account = server.client("a")
    for name, value in {
        "ROSTERING": server.rostering_url,
        "TOKEN_URL": server.token_url,
        "CLIENT_ID": account.client_id,
        "STORE": str(tmp_path / "e.sqlite"),
    }.items():
        monkeypatch.setenv(f"DIGIONE_{name}", value)
    monkeypatch.setenv("SECRET_OF_MINE", account.client_secret)
    assert run(["sync", "--client-secret-env", "SECRET_OF_MINE", "--kind", "orgs"]) == 0


def test_a_provider_of_1_1_is_read_by_its_one_address(server, tmp_path, monkeypatch, capsys):
    account = server.client("a")
    monkeypatch.setenv("DIGIONE_CLIENT_SECRET", account.client_secret)
    monkeypatch.setenv("DIGIONE_ONEROSTER_1_1", f"{server.url}/ims/oneroster/v1p1")
    given = ("--token-url", server.token_url, "--client-id", account.client_id, "--scope", "roster-core.readonly")
    order = ["sync", *given, "--store", str(tmp_path / "r.sqlite"), "--kind", "users", "--kind", "orgs"]
    assert run(order) == 0
    assert "User.roles derived" in capsys.readouterr().out
    assert run(order) == 0
    assert capsys.readouterr().out.endswith("nothing to do\n")
    assert run([*order, "--rostering", server.rostering_url]) == 2
    assert "1.1 has one base URL" in capsys.readouterr().err


def _rename_a_user(path):
    """Make the store look as if the provider had given a person another id since."""
    with SQLiteStore(path).connect() as connection:
        (body,) = connection.execute("SELECT body FROM record WHERE kind = 'users' LIMIT 1").fetchone()
        record = json.loads(body)
        key = record["sourcedId"]
        record["sourcedId"] = f"former-{key}"
        connection.execute(
            "UPDATE record SET sourced_id = ?, body = ? WHERE kind = 'users' AND sourced_id = ?",
            (record["sourcedId"], json.dumps(record), key),
        )
    connection.close()
    return key


def test_ids_of_persons_are_named_only_to_who_asks(sync, tmp_path, capsys):
    assert sync("--kind", "users") == 0
    key = _rename_a_user(tmp_path / "r.sqlite")
    capsys.readouterr()
    assert sync("--kind", "users") == 1
    said = capsys.readouterr()
    assert "another sourcedId" in said.out
    assert "--show-ids" in said.err
    assert key not in said.out + said.err
    assert sync("--kind", "users", "--show-ids") == 1
    assert f"former-{key} comes back as {key}" in capsys.readouterr().out
    assert sync("--kind", "users", "--show-ids", "--json") == 1
    (users,) = json.loads(capsys.readouterr().out)["kinds"]
    assert users["replaced_ids"] == [{"deleted": f"former-{key}", "created": key}]


def test_progress_is_shown_on_a_terminal_and_nowhere_else(sync, monkeypatch, capsys):
    assert sync("--dry-run", "--kind", "orgs") == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert sync("--dry-run", "--kind", "orgs") == 0
    assert "orgs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress("users", 1000, 3500), "1,000 of 3,500"),
        (Progress("users", 1000, None), "1,000"),
        (Progress("users", 3500, 3500, done=True), "3,500"),
    ],
)
def test_a_bar_says_how_many_rows_came(progress, words):
    assert count_of(progress) == words
