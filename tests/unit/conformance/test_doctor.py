"""The doctor: what is red, and which key its hints name."""

from __future__ import annotations

import io
import json
import re
import ssl
from urllib.parse import urlsplit

import pytest
from digione_conformance.running import doctor
from digione_conformance.running.doctor import examine
from digione_conformance.running.item import Health
from digione_conformance.session import opened
from digione_conformance.target.file import load_target
from digione_conformance.terminal import show_items
from digione_conformance.words.texts import texts
from rich.console import Console

from digione_sdk.core.http import Response
from tests.unit.conformance.fakes import BASE, TOKEN_URL, FakeWire, target


def rows(request):
    path = request.url.partition("?")[0].rpartition("/")[2]
    return Response(200, {"x-total-count": "1"}, json.dumps({path: [{"sourcedId": "1"}]}).encode())


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    monkeypatch.setattr(doctor, "_network", lambda _target: iter(()))


def examined(tmp_path, wire, *, permitted=False, change=lambda _folder: None, extra=""):
    made = target(tmp_path, extra=extra)
    change(tmp_path)
    with opened(made, wire=wire) as through:
        return list(examine(made, through.door, permitted=permitted))


def red(items):
    (item,) = [item for item in items if item.health is Health.RED]
    return item


def test_a_good_target_has_no_red_item(tmp_path):
    items = examined(tmp_path, FakeWire(rows))
    assert not [item for item in items if item.health is Health.RED]
    assert {"token of tenant a", "token of tenant b", "read /users", "page size"} <= {item.name for item in items}


def test_an_absent_secret_is_red_and_nothing_is_sent(tmp_path):
    wire = FakeWire(rows)
    item = red(examined(tmp_path, wire, change=lambda folder: (folder / "b.secret").unlink()))
    assert "[tenants.b]" in item.hint
    assert not wire.sent


def test_a_secret_that_others_can_read_is_a_warning(tmp_path):
    items = examined(tmp_path, FakeWire(rows), change=lambda folder: (folder / "a.secret").chmod(0o644))
    assert next(item for item in items if item.name == "secret of tenant a").health is Health.WARN


@pytest.mark.parametrize("permitted", [True, False])
def test_production_needs_permission(tmp_path, monkeypatch, permitted):
    monkeypatch.setattr("digione_conformance.target.file._is_test_host", lambda _host: False)
    wire = FakeWire(rows)
    items = examined(tmp_path, wire, permitted=permitted)
    if permitted:
        assert not [item for item in items if item.health is Health.RED]
    else:
        assert "--i-have-permission" in red(items).hint
        assert not wire.sent


@pytest.mark.parametrize(
    ("status", "error", "hint"),
    [
        (401, "invalid_client", "client_id"),
        (400, "invalid_scope", "scopes"),
        (404, None, "token_url"),
        (500, None, "token_url"),
    ],
)
def test_a_refused_token_names_the_key_to_mend(tmp_path, status, error, hint):
    def wire(request):
        assert request.url == TOKEN_URL
        return Response(status, {}, json.dumps({"error": error}).encode())

    items = examined(tmp_path, wire)
    reds = [item for item in items if item.health is Health.RED]
    assert reds
    assert all(hint in item.hint for item in reds)


@pytest.mark.parametrize("served", ["/api/ims/oneroster/rostering/v1p2", "/ims/oneroster/rostering/v1p2"])
def test_a_wrong_base_address_is_corrected_where_the_service_is_found(tmp_path, served):
    def wire(request):
        return rows(request) if urlsplit(request.url).path.startswith(served) else Response(404, {}, b"")

    path = target(tmp_path).path
    path.write_text(path.read_text().replace("/ims/oneroster/rostering/v1p2", "/api"))
    with opened(load_target(path), wire=FakeWire(wire)) as through:
        item = red(list(examine(through.target, through.door)))
    assert item.hint == f'sut.toml line 7: [services] rostering = "http://127.0.0.1:9{served}"'


def test_a_read_that_is_refused_is_red(tmp_path):
    item = red(examined(tmp_path, FakeWire(lambda _request: Response(403, {}, b"{}"))))
    assert "[tenants.a] scopes" in item.hint


def test_a_page_in_place_of_the_api_is_red_although_it_is_200(tmp_path):
    page = Response(200, {"content-type": "text/html; charset=utf-8"}, b"<form>Kirjaudu</form>")
    item = red(examined(tmp_path, FakeWire(lambda _request: page)))
    assert item.message == "answered 200 with text/html and no JSON"
    assert item.hint.startswith("sut.toml line 7: [services] rostering: ")
    assert "login" in item.hint


def test_an_address_of_1_1_under_the_key_of_1_2_is_told(tmp_path):
    path = target(tmp_path).path
    path.write_text(path.read_text().replace("/ims/oneroster/rostering/v1p2", "/ims/oneroster/v1p1"))
    with opened(load_target(path), wire=FakeWire(lambda _request: Response(403, {}, b"{}"))) as through:
        item = red(list(examine(through.target, through.door)))
    assert "oneroster_1_1" in item.hint


def test_a_claimed_profile_that_nobody_knows_is_red_before_anything_is_sent(tmp_path):
    wire = FakeWire(rows)
    item = red(examined(tmp_path, wire, extra='[claims]\nprofiles = ["oneroster-1.2-rosterin"]\n'))
    assert item.message == "oneroster-1.2-rosterin is no profile"
    assert item.hint.startswith("sut.toml line ")
    assert "did you mean oneroster-1.2-rostering" in item.hint
    assert not wire.sent


@pytest.mark.parametrize(
    ("code", "key", "says"),
    [(10, "rostering", "a new certificate"), (64, "rostering", "host name"), (18, "ca_file", "CA")],
)
def test_what_is_wrong_with_a_certificate_decides_what_to_mend(tmp_path, code, key, says):
    error = ssl.SSLCertVerificationError()
    error.verify_code = code
    hint = doctor._certificate_hint(error, target(tmp_path), "rostering")
    assert f"[services] {key}: " in hint
    assert says in hint


def test_one_missing_collection_is_a_warning_because_a_requirement_judges_it(tmp_path):
    wire = FakeWire(lambda r: Response(404, {}, b"") if "/terms" in r.url else rows(r))
    items = examined(tmp_path, wire)
    assert next(item for item in items if item.name == "read /terms").health is Health.WARN
    assert not [item for item in items if item.health is Health.RED]


def test_clocks_that_differ_are_a_warning(tmp_path):
    wire = FakeWire(lambda r: Response(200, {"date": "Mon, 01 Jan 2001 00:00:00 GMT"}, rows(r).content))
    items = examined(tmp_path, wire)
    assert next(item for item in items if item.name == "clock").health is Health.WARN


def test_a_page_size_that_the_server_caps_is_a_warning_with_the_cap(tmp_path):
    def wire(request):
        return Response(200, {"x-total-count": "500"}, rows(request).content)

    item = next(item for item in examined(tmp_path, FakeWire(wire)) if item.name == "page size")
    assert item.health is Health.WARN
    assert "page_size = 1" in item.hint


MINIMAL = '[tenants.a.clients.minimal]\nclient_id = "client-minimal"\nclient_secret_file = "{}.secret"\n'


def test_a_further_client_is_looked_at_and_its_hint_names_its_line(tmp_path):
    items = examined(tmp_path, FakeWire(rows), extra=MINIMAL.format("a"))
    assert "token of tenant a, client minimal" in {item.name for item in items}


def test_an_absent_secret_of_a_further_client_names_its_line(tmp_path):
    item = red(examined(tmp_path, FakeWire(rows), extra=MINIMAL.format("absent")))
    assert item.hint.startswith("sut.toml line 19: [tenants.a.clients.minimal] client_secret_file: ")


def test_every_hint_that_names_a_table_names_its_line(tmp_path):
    wire = FakeWire(lambda r: Response(200, {"x-total-count": "500"}, rows(r).content))
    hints = [item.hint for item in examined(tmp_path, wire, extra="[limits]\npage_size = 900\n") if item.hint]
    assert any(hint.startswith("sut.toml line ") and "page_size = 1" in hint for hint in hints)


# --- several services ------------------------------------------------------------------------------------------------

GRADES = BASE.replace("rostering", "gradebook")


def of_both(tmp_path, wire, *, claims="", services=f'gradebook = "{GRADES}"'):
    made = target(tmp_path, extra=claims)
    made.path.write_text(made.path.read_text().replace("[services]", f"[services]\n{services}"))
    made = load_target(made.path)
    with opened(made, wire=wire) as through:
        return list(examine(made, through.door))


def test_every_claimed_service_is_looked_at(tmp_path):
    names = {item.name for item in of_both(tmp_path, FakeWire(rows))}
    assert {"read /users", "read /results", "page size of rostering", "page size of gradebook"} <= names
    assert "read /assessmentResults" not in names


def test_a_service_of_which_nothing_is_claimed_is_left_alone(tmp_path):
    wire = FakeWire(rows)
    items = of_both(tmp_path, wire, claims='[claims]\nprofiles = ["oneroster-1.2-gradebook-core"]')
    assert "read /results" in {item.name for item in items}
    assert not [request for request in wire.reads() if "/rostering/" in request.url]


def test_the_base_address_of_each_service_is_named_when_wrong(tmp_path):
    wire = FakeWire(lambda request: rows(request) if "/rostering/" in request.url else Response(404, {}, b""))
    item = red(of_both(tmp_path, wire))
    assert item.name == "base address of gradebook"
    assert "[services] gradebook" in item.hint


def test_a_token_that_may_not_read_grades_is_told_by_the_scope_it_needs(tmp_path):
    wire = FakeWire(lambda request: rows(request) if "/rostering/" in request.url else Response(403, {}, b""))
    assert "gradebook.readonly" in red(of_both(tmp_path, wire)).hint


def test_the_same_list_of_two_versions_is_told_apart(tmp_path):
    older = 'oneroster_1_1 = "http://127.0.0.1:9/ims/oneroster/v1p1"'
    names = {item.name for item in of_both(tmp_path, FakeWire(rows), services=older)}
    assert {"read /users", "read /users of 1.1"} <= names


@pytest.mark.parametrize(
    ("language", "says"), [("fi", "ESTE  salaisuus: tenant b: "), ("sv", "STOPP  hemlighet: tenant b: ")]
)
def test_a_person_is_told_in_their_language_and_a_program_in_english(tmp_path, language, says):
    items = examined(tmp_path, FakeWire(rows), change=lambda folder: (folder / "b.secret").unlink())
    console = Console(file=io.StringIO(), width=400)
    assert not show_items(console, items, language=language)
    shown = console.file.getvalue()
    assert says in shown
    place = {"fi": "sut.toml rivi", "sv": "sut.toml rad"}[language]
    assert f"{texts(language)['d.mend']}: {place}" in shown
    assert red(items).name == "secret of tenant b"
    others = [line for line in shown.splitlines() if "b.secret" not in line]
    assert not re.search(r"\b(secret|readable|mend|line|target file|permission)\b", "\n".join(others))
