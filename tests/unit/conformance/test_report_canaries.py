"""Redaction, proved by canaries in every place that a server can write to and in every file that a run writes."""

from __future__ import annotations

import gzip
import json

import pytest
from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.family import BY_ID
from digione_conformance.report.formats import FORMATS
from digione_conformance.session import certify, opened, write_reports

from digione_sdk.core.http import Response
from tests.unit.conformance.fakes import BASE, SECRET, TOKEN, TOKEN_URL, FakeWire, check, plan, requirement, target
from tests.unit.conformance.reporting import FAILED, UNTESTED, WARNING

PERSON = {
    "sourcedId": "canary-id-1",
    "givenName": "Canaryaino",
    "familyName": "Canaryvirtanen",
    "username": "canaryuser",
    "email": "canary@example.org",
    "phone": "canary-phone",
    "identifier": "canary-learner-id",
    "userIds": [{"type": "hetu", "identifier": "canary-hetu"}],
    "agents": [{"href": f"{BASE}/users/canary-guardian", "sourcedId": "canary-guardian", "type": "user"}],
    "metadata": {"canary-key": "canary-value"},
}
HEADERS = {
    "set-cookie": "canary-cookie",
    "link": f'<{BASE}/users/canary-link?filter=givenName%3D%27canary-filter%27>; rel="next"',
    "location": f"{BASE}/users/canary-location",
    "etag": 'W/"canary-etag"',
    "www-authenticate": 'Bearer realm="canary-realm", error="invalid_token", error_description="canary-described"',
    "x-debug-user": "canary-debug",
    "content-disposition": 'attachment; filename="canary-file.csv"',
    "server-timing": "canary-timing",
}
ERROR = {
    "imsx_codeMajor": "failure",
    "imsx_severity": "error",
    "imsx_description": "no pupil Canaryaino",
    "detail": "Canaryvirtanen",
    "stack": ["canary-stack"],
}


def leaky(request):
    """A server that says everything it should not, and echoes the token."""
    echoed = request.headers.get("Authorization", "")
    headers = {**HEADERS, "x-echo": echoed}
    if request.url.startswith(f"{BASE}/users/"):
        return Response(404, headers, json.dumps({**ERROR, "echo": echoed}).encode())
    if "/users" in request.url:
        return Response(200, headers, json.dumps({"users": [{**PERSON, "echo": echoed}]}).encode())
    return Response(500, {**headers, "content-type": "text/html"}, f"<p>Canaryaino {echoed}</p>".encode())


class RefusingWire(FakeWire):
    """Names the client's user when it refuses a token."""

    def __call__(self, request):
        if request.url == TOKEN_URL and b"nothing" in (request.content or b""):
            refusal = {"error": "invalid_grant", "error_description": "canary-owner may not", "hint": "canary-hint"}
            return Response(400, dict(HEADERS), json.dumps(refusal).encode())
        return super().__call__(request)


def looks_everywhere(probe):
    probe.examined()
    seen = probe.get(BY_ID["getAllUsers"], query={"filter": "familyName='Canaryvirtanen'"})
    error = probe.get(BY_ID["getUser"], path={"sourcedId": "canary-id-1"})
    page = probe.get(BY_ID["getAllOrgs"])
    other = probe.get(BY_ID["getAllUsers"], auth="b")
    refused = probe.token_exchange(form={"grant_type": "nothing"})
    yield Finding.at("not as ruled", seen, error, page)
    yield Finding.at("nor so", other, refused)


@pytest.fixture(name="files", scope="module")
def _files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("canaries")
    out = folder / "out"
    demands = [requirement(FAILED), requirement(WARNING, "SHOULD"), requirement(UNTESTED)]
    checks = [check("a.one", FAILED, WARNING, function=looks_everywhere)]
    with opened(target(folder, synthetic=False), evidence=out / "evidence", wire=RefusingWire(leaky)) as through:
        write_reports(certify(through, plan(demands, checks)), through, out)
    files = {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    return {name: gzip.decompress(content) if name.endswith(".gz") else content for name, content in files.items()}


@pytest.mark.parametrize("form", [form.file for form in FORMATS])
def test_no_format_holds_a_canary(files, form):
    content = files[form].lower()
    assert b"not as ruled" in content
    assert b"canary" not in content
    assert SECRET.encode() not in content
    assert TOKEN.encode() not in content


def test_no_file_of_the_evidence_holds_a_canary(files):
    evidence = {name: content for name, content in files.items() if name.startswith("evidence")}
    assert len(evidence) > 5
    for name, content in evidence.items():
        assert b"canary" not in content.lower(), name


def test_what_says_nothing_of_people_is_still_there(files):
    kept = files["evidence/exchanges.jsonl"]
    assert b'error=\\"invalid_token\\"' in kept
    assert b"x-debug-user" in kept
    bodies = b"".join(content for name, content in files.items() if "bodies" in name)
    assert b"invalid_grant" in bodies
    assert b"imsx_codeMajor" in bodies
