"""What every answer has in common: ids, headers, entity tags, compression, records, and the last resort."""

from __future__ import annotations

import gzip
import json
import logging

from digione_mock_server import reads
from digione_mock_server.front import tidy
from digione_mock_server.pages import Page, PageMemory

from tests.unit.server.small import BASE, Door


def test_every_answer_carries_an_id_and_says_that_it_is_synthetic(client: Door):
    answers = [client.get("/users"), client.get("/users"), client.get("/x"), client.send("PUT", "/healthz")]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)
    for answer in answers:
        assert answer.headers["x-synthetic-data"] == "true"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"] == "application/json"


def test_personal_data_is_kept_by_no_cache(client: Door):
    assert "no-store" in client.get("/users").headers["cache-control"]
    assert "no-store" in client.get("/users/nobody").headers["cache-control"]


def test_an_unchanged_page_is_304_and_a_remembered_page_equals_a_fresh_one(client: Door):
    fresh, remembered = client.get("/users", limit=2), client.get("/users", limit=2)
    assert fresh.body == remembered.body
    tag = fresh.headers["etag"]
    assert remembered.headers["etag"] == tag
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = client.get("/users", limit=2, headers={"If-None-Match": known})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/users", limit=3).headers["etag"] != tag
    assert client.get("/users", limit=2, headers={"If-None-Match": '"other"'}).status == 200


def test_large_answers_are_compressed_for_who_takes_it(client: Door):
    plain = client.get("/users")
    packed = client.get("/users", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert int(packed.headers["content-length"]) == len(packed.body)
    for refused in ("gzip;q=0", "br", ""):
        assert "content-encoding" not in client.get("/users", headers={"Accept-Encoding": refused}).headers
    assert "content-encoding" not in client.get("/orgs/school1", headers={"Accept-Encoding": "gzip"}).headers


def test_head_answers_as_get_does_without_a_body(client: Door):
    for _ in range(2):
        head, got = client.send("HEAD", f"{BASE}/users?limit=2"), client.get("/users", limit=2)
        assert head.body == b""
        assert head.headers["content-length"] == str(len(got.body))
        assert head.headers["x-total-count"] == got.headers["x-total-count"]


def test_doubled_and_trailing_slashes_are_tolerated(client: Door):
    assert client.send("GET", f"{BASE}//users/").ids("users") == client.get("/users").ids("users")
    assert tidy("//a/%62//c%2fd/") == "/a/b/c%2Fd"
    assert tidy("/") == "/"


def test_a_crash_is_a_500_that_tells_nothing(client: Door, monkeypatch, caplog):
    def crash(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("Åke Öhman")

    monkeypatch.setattr("digione_mock_server.routes.read", crash)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/users/pupil1")
    assert (answer.status, answer.reason) == (500, "internal_server_error")
    assert answer.headers["x-request-id"] in caplog.text
    assert "Åke" not in caplog.text + answer.body.decode()


def test_the_record_holds_templates_and_no_ids(opening, tmp_path):
    file = tmp_path / "requests.jsonl"
    door = opening(record=str(file)).as_client()
    door.get("/users/pupil1", fields="email")
    door.get("/nowhere/pupil1")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("POST", "/oauth2/token", 200),
        ("GET", f"{BASE}/users/{{sourcedId}}", 200),
        ("GET", "unmatched", 404),
    ]
    assert "pupil1" not in file.read_text()


def test_the_page_memory_stays_below_its_bound():
    memory = PageMemory(largest=100_000)
    for number in range(1000):
        memory.put(number, Page(b"x" * 2_000, [], b"t", frozenset(), "/"))
    assert 20 < len(memory) * 3_500 < 100_000
    memory.put("huge", Page(b"x" * 50_000, [], b"t", frozenset(), "/"))
    assert memory.get("huge") is None
    assert memory.get(999) is not None
    assert memory.get(0) is None


def test_the_page_key_names_tenant_exposure_and_version(client: Door):
    grant = client.app.state.server.tokens.check(client.token)
    assert reads.page_key(client.app.state.server, grant, "/p", b"q") == (0, "default", "/p", b"q", 1)


def test_health_needs_no_token(anyone: Door):
    assert anyone.send("GET", "/healthz").json == {"status": "ok"}
