"""The target file: what it accepts, and where its errors point."""

from __future__ import annotations

import pytest
from digione_conformance.evidence.run_file import described
from digione_conformance.target.file import load_target

from digione_sdk.core.endpoints import scopes_of
from digione_sdk.core.endpoints.gradebook import GRADEBOOK
from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.errors import ConfigurationError

WHOLE = """[target]
name = "Kunta test"

[services]
rostering = "https://roster.test/ims/oneroster/rostering/v1p2/"
token_url = "https://roster.test/token"

[tenants.a]
client_id = "one"
client_secret_env = "A_SECRET"
"""


def write(folder, text):
    path = folder / "sut.toml"
    path.write_text(text)
    return path


def test_a_token_endpoint_is_asked_as_it_is_written(tmp_path):
    target = load_target(write(tmp_path, WHOLE.replace("roster.test/token", "roster.test/o/token/")))
    assert target.claims().token_url == "https://roster.test/o/token/"


def test_a_short_file_gets_the_defaults(tmp_path):
    target = load_target(write(tmp_path, WHOLE))
    claims = target.claims()
    assert claims.services == {"rostering": "https://roster.test/ims/oneroster/rostering/v1p2"}
    assert claims.profiles == ("oneroster-1.2-rostering-core",)
    assert claims.tenants == ("a",)
    assert claims.fixtures == "readonly"
    assert target.scopes_of("a") == scopes_of(ROSTERING)
    assert not target.looks_like_production


def test_scopes_of_services_that_are_not_named_are_never_asked_for(tmp_path):
    gradebook = 'gradebook = "https://grades.test/ims/oneroster/gradebook/v1p2"\ntoken_url'
    target = load_target(write(tmp_path, WHOLE.replace("token_url", gradebook)))
    assert target.scopes_of("a") == (*scopes_of(ROSTERING), *scopes_of(GRADEBOOK))
    assert list(target.claims().services) == ["rostering", "gradebook"]
    named = load_target(write(tmp_path, WHOLE + 'scopes = ["urn:one"]\n'))
    assert named.scopes_of("a") == ("urn:one",)


def test_one_service_on_a_host_without_a_test_name_is_enough_to_look_like_production(tmp_path):
    real = 'resources = "https://library.example.org/ims/oneroster/resources/v1p2"\ntoken_url'
    assert load_target(write(tmp_path, WHOLE.replace("token_url", real))).looks_like_production


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            WHOLE.replace("client_id", "client_di"),
            r"sut\.toml line 9: \[tenants\.a\] client_di: unknown key; did you mean client_id\?",
        ),
        (WHOLE.replace("client_id", "client_di"), r"line 8: \[tenants\.a\] client_id: is missing"),
        (WHOLE + "[limits]\nmax_parallel = 99\n", r"line 12: \[limits\] max_parallel: .*16"),
        (WHOLE + "[limit]\n", r"line 11: \[limit\]: unknown key; did you mean limits\?"),
        (WHOLE.replace("[target]\n", "[target]\nsynthetic = 7\n"), r"line 2: \[target\] synthetic:"),
        (WHOLE.replace("https://roster.test/token", "roster.test/token"), r"line 6: \[services\] token_url: must be"),
        (WHOLE.replace("https://roster.test/token", "https://u:p@h/t"), r"\[services\] token_url: must hold no cred"),
        (WHOLE.replace("tenants.a", "tenants.b"), r"write \[tenants\.a\]"),
        (WHOLE.replace('client_secret_env = "A_SECRET"', ""), r"line 8: \[tenants\.a\]: needs client_secret_env"),
        (WHOLE + "[claims]\nprofiles = []\n", r"line 12: \[claims\] profiles"),
        (WHOLE + '[attest]\nCON-LOG-999 = "yes"\n', r"line 12: \[attest\] CON-LOG-999: .*no such.*CON-LOG-001\?"),
        (WHOLE + '[attest]\nOR-GRB-WRITE-001 = "yes"\n', r"line 12: \[attest\] OR-GRB-WRITE-001: .*is retired"),
        (WHOLE + '[attest]\nOR-ROS-PAGE-001 = "yes"\n', r"line 12: \[attest\] OR-ROS-PAGE-001: a check decides"),
        ("nonsense", "no valid TOML"),
    ],
)
def test_an_error_names_file_line_table_and_key(tmp_path, text, place):
    with pytest.raises(ConfigurationError, match=place):
        load_target(write(tmp_path, text))


def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path):
    text = WHOLE.replace('client_secret_env = "A_SECRET"', 'client_secret = "canary-secret"')
    with pytest.raises(ConfigurationError, match=r"line 10: \[tenants\.a\] client_secret: .*client_secret_file") as e:
        load_target(write(tmp_path, text))
    assert "canary" not in str(e.value)


def test_no_error_repeats_a_value(tmp_path):
    text = WHOLE.replace('name = "Kunta test"', 'name = ["canary-value"]')
    with pytest.raises(ConfigurationError) as e:
        load_target(write(tmp_path, text))
    assert "canary" not in str(e.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"absent\.toml"):
        load_target(tmp_path / "absent.toml")


def test_secret_paths_are_relative_to_the_file(tmp_path, monkeypatch):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a").write_text("from-file\n")
    path = write(tmp_path, WHOLE.replace('client_secret_env = "A_SECRET"', 'client_secret_file = "s/a"'))
    monkeypatch.chdir("/")
    assert load_target(path).secret_of("a") == "from-file"


def test_an_unset_variable_is_named_with_its_key(tmp_path, monkeypatch):
    monkeypatch.delenv("A_SECRET", raising=False)
    with pytest.raises(ConfigurationError, match=r"\[tenants\.a\] client_secret_env: .*A_SECRET"):
        load_target(write(tmp_path, WHOLE)).secret_of("a")


@pytest.mark.parametrize(
    ("host", "production"),
    [
        ("localhost:8000", False),
        ("127.0.0.1", False),
        ("roster-test.kunta.example.org", False),
        ("test.kunta.example.org", False),
        ("roster.invalid", False),
        ("roster.kunta.example.org", True),
        ("contest.kunta.example.org", True),
        ("attest.example.org", True),
    ],
)
def test_production_is_recognised_by_the_host(tmp_path, host, production):
    target = load_target(write(tmp_path, WHOLE.replace("roster.test", host)))
    assert target.looks_like_production is production


FURTHER = """
[tenants.a.clients.minimal]
client_id = "canary-two"
client_secret_env = "MINIMAL_SECRET"
"""


def test_a_further_client_of_a_tenant_is_a_registration_and_no_tenant(tmp_path, monkeypatch):
    target = load_target(write(tmp_path, WHOLE + FURTHER))
    monkeypatch.setenv("MINIMAL_SECRET", "s")
    assert target.claims().tenants == ("a",)
    assert target.claims().clients == ("a.minimal",)
    assert target.registrations["a.minimal"].client_id == "canary-two"
    assert target.secret_of("a.minimal") == "s"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (FURTHER.replace("client_id", "client_di"), r"line 13: \[tenants\.a\.clients\.minimal\] client_di: unk"),
        (FURTHER.replace('client_secret_env = "MINIMAL_SECRET"', ""), r"line 12: \[tenants\.a\.clients\.minimal\]: "),
        (FURTHER.replace("minimal]", '"mini.mal"]'), r"\[tenants\.a.*\]"),
    ],
)
def test_an_error_in_a_further_client_names_its_line(tmp_path, text, place):
    with pytest.raises(ConfigurationError, match=place):
        load_target(write(tmp_path, WHOLE + text))


def test_a_run_file_keeps_that_there_is_a_further_client_and_not_who_it_is(tmp_path):
    kept = described(load_target(write(tmp_path, WHOLE + FURTHER)))
    assert kept["tenants"]["a"]["clients"].keys() == {"minimal"}
    assert "canary" not in str(kept)
    assert "MINIMAL_SECRET" not in str(kept)


def test_a_place_names_the_line_of_a_key_or_of_its_table(tmp_path):
    target = load_target(write(tmp_path, WHOLE + FURTHER))
    assert target.place_of("services", "token_url") == "sut.toml line 6: [services] token_url"
    assert target.place_of("tenants.a", "scopes") == "sut.toml line 8: [tenants.a] scopes"
    assert target.place_of("tenants.a.clients.minimal", "client_id").startswith("sut.toml line 13: ")
    assert target.place_of("limits", "page_size") == "sut.toml: [limits] page_size"


def test_a_target_file_that_is_not_there_says_what_to_do(tmp_path):
    with pytest.raises(ConfigurationError, match=r"there is no such file; describe the target .* with --target"):
        load_target(tmp_path / "sut.toml")
