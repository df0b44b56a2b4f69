"""The record of a client's traffic: it fits its schema, and nothing of anybody gets into it."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import jsonschema_rs
import pytest
from digione_mock_server.consumer.asked import HIDDEN, kept
from digione_mock_server.consumer.serving import trying
from hypothesis import given
from hypothesis import strategies as st

from digione_sdk.errors import UsageError
from digione_sdk.specs import specs_root

CANARY = "Kanarialintu-4711"
SCHEMA = jsonschema_rs.validator_for(json.loads((specs_root() / "consumer" / "traffic-1.json").read_text("utf-8")))


@given(st.text(max_size=60), st.sampled_from(["filter", "sort", "fields", "limit", "offset", "orderBy", "page"]))
def test_of_any_value_only_words_that_name_nobody_are_kept(value, name):
    query = str(httpx.QueryParams({name: value})).encode()
    shown = kept(query).get(name)
    if name == "filter" and shown is not None:
        assert all(clause["value"] in {HIDDEN, "active", "true", "false"} for clause in shown["clauses"])
    elif shown is not None:
        assert shown in {HIDDEN, value} or set(shown.split(",")) <= {HIDDEN, *value.split(",")}


@pytest.mark.parametrize(
    ("query", "shape"),
    [
        ("familyName='Virtanen'", ("standard", [("familyName", "=", HIDDEN)])),
        (
            "status='active' AND familyName~'Vir'",
            ("standard", [("status", "=", "active"), ("familyName", "~", HIDDEN)]),
        ),
        (
            "dateLastModified>='2026-11-01T00:00:00Z'",
            ("standard", [("dateLastModified", ">=", "2026-11-01T00:00:00Z")]),
        ),
        ("dateLastModified>='Aino'", ("standard", [("dateLastModified", ">=", HIDDEN)])),
        ("metadata.fi.secret='x'", ("standard", [("metadata.*", "=", HIDDEN)])),
        ("lastName='Virtanen'", ("standard", [(HIDDEN, "=", HIDDEN)])),
        ("familyName='O''Brien'", ("extended", [("familyName", "=", HIDDEN)])),
        ("familyName='O'Brien'", ("none", [])),
    ],
)
def test_a_filter_is_kept_as_its_shape(query, shape):
    found = kept(str(httpx.QueryParams({"filter": query})).encode())["filter"]
    assert (found["dialect"], [(c["field"], c["predicate"], c["value"]) for c in found["clauses"]]) == shape


def test_no_value_that_a_client_sends_reaches_the_record(tmp_path: Path):
    with trying("plain", folder=tmp_path / "record") as trial, httpx.Client() as http:
        root = f"{trial.url}/plain"
        http.post(
            f"{root}/oauth2/token",
            data={"grant_type": CANARY, "client_secret": CANARY, "client_id": CANARY, "scope": CANARY},
            params={"client_secret": CANARY},
        )
        base = f"{root}/ims/oneroster/rostering/v1p2"
        for where in (f"/users/{CANARY}", f"/{CANARY}", "/users"):
            http.get(
                base + where,
                params={"filter": f"familyName='{CANARY}'", "sort": CANARY, "fields": CANARY, CANARY: CANARY},
                headers={"authorization": f"Bearer {CANARY}", "accept": f'"{CANARY}"', "user-agent": CANARY},
            )
        http.get(f"{trial.url}/{CANARY}/users")
    written = (tmp_path / "record" / "traffic.jsonl").read_text("utf-8")
    assert CANARY.lower() not in written.lower()
    assert trial.credentials.client_secret not in written
    assert len(written.splitlines()) == 6


def test_every_line_is_as_its_schema_says(tmp_path: Path):
    def told(_scenario, step):
        return {"users": {"count": 1}} if step == 1 else {"users": {"count": "many"}}

    with trying("deleted", "empty", folder=tmp_path / "record", state_of_client=told) as trial, httpx.Client() as http:
        who = (trial.credentials.client_id, trial.credentials.client_secret)
        for name in ("deleted", "empty"):
            root = f"{trial.url}/{name}"
            answer = http.post(f"{root}/oauth2/token", data={"grant_type": "client_credentials"}, auth=who)
            token = {"authorization": f"Bearer {answer.json()['access_token']}", "if-none-match": '"x"'}
            for where in (
                "users?limit=5&limit=6&twice=x",
                "courses",
                "classes/none/students",
                "nothing",
                "users?filter=a",
            ):
                http.get(f"{root}/ims/oneroster/rostering/v1p2/{where}", headers=token)
            http.post(f"{root}/next")
        for way in ("next", "again"):
            http.post(f"{trial.url}/deleted/{way}")
    lines = [json.loads(line) for line in (tmp_path / "record" / "traffic.jsonl").read_text("utf-8").splitlines()]
    assert [list(SCHEMA.iter_errors(line)) for line in lines if not SCHEMA.is_valid(line)] == []
    assert {line["event"] for line in lines} == {"serving", "step", "request", "state", "again", "finished"}


def test_a_folder_that_holds_a_record_is_not_written_over(tmp_path: Path):
    with trying("plain", folder=tmp_path):
        pass
    with pytest.raises(UsageError, match="holds a record already"), trying("plain", folder=tmp_path):
        pass
