"""`digione init` writes a target file that can be read; `digione profiles` lists what can be claimed, truthfully."""

from __future__ import annotations

import json

import pytest
from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.target.claims import SERVICE_KEYS
from digione_conformance.target.file import default_profiles, load_target
from digione_mock_server.testing import serving

from digione_sdk.cli.main import run

CATALOGUE = load_catalogue()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_what_init_writes_names_each_service_and_needs_one_of_them(tmp_path, capsys):
    assert run(["init"]) == 0
    assert "none found" in capsys.readouterr().out
    path = tmp_path / "sut.toml"
    text = path.read_text(encoding="utf-8")
    assert all(f"# {key} = " in text for key in SERVICE_KEYS)
    path.write_text(text.replace("# gradebook =", "gradebook ="), encoding="utf-8")
    target = load_target(path)
    assert list(target.services_by_name) == ["gradebook"]
    assert target.services_by_name["gradebook"].endswith(SERVICE_KEYS["gradebook"].base_path)


def test_init_takes_over_what_discovery_says(tmp_path):
    with serving() as server:
        assert run(["init", "--base-url", server.rostering_url, "--client-id", "me"]) == 0
        target = load_target(tmp_path / "sut.toml")
        assert list(target.services_by_name) == ["rostering", "gradebook", "resources"]
        assert target.services.token_url == server.token_url
    assert target.tenants["a"].client_id == "me"
    assert target.profiles == tuple(p for key in target.services_by_name for p in default_profiles(key))


def test_an_earlier_file_is_never_written_over(tmp_path):
    (tmp_path / "sut.toml").write_text("mine", encoding="utf-8")
    assert run(["init"]) == 3
    assert (tmp_path / "sut.toml").read_text(encoding="utf-8") == "mine"
    assert run(["init", "--target", "other.toml", "--base-url", "sis"]) == 2


@pytest.mark.parametrize("key", SERVICE_KEYS)
def test_each_service_has_profiles_that_are_claimed_where_none_is(key):
    assert default_profiles(key)
    assert set(default_profiles(key)) <= set(CATALOGUE.profiles)


def test_profiles_are_listed_with_the_services_that_they_are_about(capsys):
    assert run(["profiles", "--json"]) == 0
    found = {one["profile"]: one for one in json.loads(capsys.readouterr().out)["profiles"]}
    assert found.keys() == set(CATALOGUE.profiles)
    assert found["oneroster-1.2-assessment"]["services"] == ["gradebook"]
    for part in ("rostering", "gradebook", "resources"):
        assert found[f"oneroster-1.1-{part}"]["services"] == ["oneroster_1_1"]
    assert found["oneroster-1.2-resources"]["services"] == ["resources"]
    for name, one in found.items():
        assert one["MUST"] + one["SHOULD"] + one["MAY"] == len(CATALOGUE.of_profile(name))


def test_the_list_of_profiles_is_a_table(capsys):
    assert run(["profiles"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[0] == "profile"
    assert len(rows) == len(CATALOGUE.profiles)
