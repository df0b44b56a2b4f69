"""Redaction, proved by canaries in everything that a run writes."""

from __future__ import annotations

import gzip
import json

import pytest
from digione_conformance.evidence.finding import Finding
from digione_conformance.evidence.redaction import HIDDEN, Redactor, endpoint_of
from digione_conformance.probing.family import BY_ID
from digione_conformance.session import certify, opened, write_reports

from digione_sdk.core.http import Response
from tests.unit.conformance.fakes import BASE, SECRET, TOKEN, FakeWire, check, plan, requirement, target

USERS = BY_ID["getAllUsers"]
USER = {
    "sourcedId": "canary-id-1",
    "status": "active",
    "dateLastModified": "2026-01-02T03:04:05Z",
    "enabledUser": "true",
    "givenName": "Canaryaino",
    "familyName": "Canaryvirtanen",
    "email": "canary@example.org",
    "roles": [
        {
            "roleType": "primary",
            "role": "student",
            "org": {"href": f"{BASE}/orgs/canary-org", "sourcedId": "canary-org", "type": "org"},
        }
    ],
    "metadata": {"fi.digione.hetu": "canary-hetu", "canary-key": {"deep": ["canary-deep"]}},
    "canaryUnknown": "canary-unknown-value",
}
NAMES = (b"Canaryaino", b"Canaryvirtanen", b"canary@", b"canary-hetu", b"canary-key", b"canary-deep", b"canaryUnknown")
IDS = (b"canary-id-1", b"canary-org")
SECRETS = (SECRET.encode(), TOKEN.encode(), b"canary-cookie", b"canary-client-secret-b")


def redacted(body, redactor=None):
    return json.loads((redactor or Redactor()).body(json.dumps(body).encode(), endpoint=USERS))


def test_personal_values_are_replaced_and_the_rest_stays():
    shown = redacted({"users": [USER]})["users"][0]
    text = json.dumps(shown).encode()
    assert not any(canary in text for canary in (*NAMES, *IDS))
    assert shown["status"] == "active"
    assert shown["dateLastModified"] == USER["dateLastModified"]
    assert shown["roles"][0]["org"].keys() == {"href", "sourcedId", "type"}


def test_equal_values_stay_equal_within_a_run_and_differ_between_runs():
    redactor = Redactor()
    one, two = redacted({"users": [USER]}, redactor), redacted({"users": [USER]}, redactor)
    assert one == two
    assert redacted({"users": [USER]}) != one


def test_ids_stay_where_the_target_is_synthetic_and_names_do_not():
    shown = redacted({"users": [USER]}, Redactor(keep_ids=True))["users"][0]
    assert shown["sourcedId"] == "canary-id-1"
    assert shown["givenName"] != USER["givenName"]


@pytest.mark.parametrize(
    "body",
    [
        {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": "no user Canaryaino"},
        {"error": "no user Canaryaino"},
        ["Canaryaino"],
        {"users": "Canaryaino"},
        {"users": [["Canaryaino"]]},
        {"users": [{"roles": "Canaryaino", "status": {"x": "Canaryaino"}, "grades": ["Canaryaino"]}]},
        {"Canaryaino": 1},
        "Canaryaino",
    ],
)
def test_whatever_shape_a_body_has_no_name_comes_through(body):
    shown = Redactor().body(json.dumps(body).encode(), endpoint=USERS)
    assert b"Canaryaino" not in shown


def test_what_is_no_json_is_left_out():
    assert b"Canary" not in Redactor().body(b"<html>Canaryaino</html>", endpoint=USERS)


@pytest.mark.parametrize(
    "url",
    [
        f"{BASE}/users/canary-id-1?fields=givenName",
        f"{BASE}/schools/canary-id-1/classes/canary-org/students",
        f"{BASE}/users?filter=familyName%3D%27Canaryvirtanen%27%20AND%20givenName%7E%27Canaryaino%27",
        f"{BASE}/users?filter=familyName%3DCanaryvirtanen",
        f"{BASE}/users?q=Canaryaino",
        f"{BASE}/nowhere/users/Canaryaino",
    ],
)
def test_addresses_lose_ids_and_personal_filter_values(url):
    shown = Redactor().url(url)
    assert "anary" not in shown
    assert shown.startswith(BASE)


def test_a_filter_on_a_field_about_nobody_stays():
    url = f"{BASE}/users?filter=status%3D%27active%27&limit=10&offset=20&sort=status"
    assert Redactor().url(url) == url


def test_a_pseudonym_in_a_filter_is_the_one_in_the_body():
    redactor = Redactor()
    shown = redacted({"users": [USER]}, redactor)["users"][0]["familyName"]
    assert shown in redactor.url(f"{BASE}/users?filter=familyName%3D%27Canaryvirtanen%27")


def test_of_secret_headers_only_the_name_stays_and_links_are_treated_like_addresses():
    headers = {
        "set-cookie": "s=canary-cookie",
        "authorization": "Bearer x",
        "link": f'<{BASE}/users/canary-id-1/classes?offset=2>; rel="next"',
        "x-total-count": "3",
    }
    shown = Redactor().headers(headers)
    assert shown["set-cookie"] == shown["authorization"] == HIDDEN
    assert shown["x-total-count"] == "3"
    assert "canary" not in shown["link"]


def test_a_known_secret_is_removed_wherever_it_is_echoed():
    redactor = Redactor(keep_ids=True)
    redactor.learn("canary+secret/value")
    for text in ("x canary+secret/value y", "x?canary%2Bsecret%2Fvalue"):
        assert "canary" not in redactor.scrubbed_text(text)


def test_every_address_finds_its_endpoint():
    services = {"rostering": BASE}
    assert endpoint_of(f"{BASE}/users?limit=1", services) is USERS
    assert endpoint_of(f"{BASE}/users/x%2Fy", services) is BY_ID["getUser"]
    assert endpoint_of(f"{BASE}/nix", services) is None


def leaky(request):
    """A server that echoes everything it should not."""
    headers = {"set-cookie": "s=canary-cookie", "link": f'<{request.url}&offset=1>; rel="next"'}
    echoed = request.headers.get("Authorization", "")
    if "/users" in request.url:
        return Response(200, headers, json.dumps({"users": [{**USER, "identifier": echoed}]}).encode())
    return Response(400, headers, json.dumps({"imsx_description": f"Canaryaino {echoed}"}).encode())


def written_by_a_run(folder, *, synthetic):
    one = "OR-ROS-AAA-001"

    def fails(probe):
        probe.examined()
        seen = probe.get(USERS, query={"filter": "familyName='Canaryvirtanen'"})
        error = probe.get(BY_ID["getUser"], path={"sourcedId": "canary-id-1"})
        token = probe.token_exchange(auth_style="body")
        other = probe.get(BY_ID["getAllOrgs"], auth="b")
        yield Finding("not as ruled", (seen, error, token, other))

    out = folder / "out"
    made = target(folder, synthetic=synthetic)
    with opened(made, evidence=out / "evidence", wire=FakeWire(leaky)) as through:
        result = certify(through, plan([requirement(one)], [check("a.one", one, function=fails)]))
        write_reports(result, through, out)
    files = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    return {str(p): gzip.decompress(content) if p.suffix == ".gz" else content for p, content in files.items()}


def test_no_written_file_holds_a_secret(tmp_path):
    files = written_by_a_run(tmp_path, synthetic=True)
    assert len(files) > 4
    for name, content in files.items():
        assert not [canary for canary in SECRETS if canary in content], name


def test_no_written_file_holds_a_person_where_real_people_may_be_meant(tmp_path):
    for name, content in written_by_a_run(tmp_path, synthetic=False).items():
        assert not [canary for canary in (*NAMES, *IDS, *SECRETS) if canary in content], name


def test_reports_on_synthetic_data_still_show_no_names_while_evidence_is_whole(tmp_path):
    files = written_by_a_run(tmp_path, synthetic=True)
    for name, content in files.items():
        if "report." in name:
            shown = [canary for canary in NAMES if canary in content.replace(b"Canaryvirtanen%27", b"")]
            assert not shown, name
    assert any(b"Canaryaino" in content for name, content in files.items() if "bodies" in name)
