"""No name, id, token, secret or filter ends in an error's text, its traceback, a repr or a log record."""

from __future__ import annotations

import logging
import traceback

import httpx
import pytest

from digione_sdk import AsyncDigiOne, AsyncSession, DigiOneError, Request, User, where
from tests.unit.client._async.colour import StillClock, anyio, served
from tests.unit.client.roster import Roster

pytestmark = anyio

CANARY = "canary7"
BASE = f"https://h.example/{CANARY}/v1p2"
NAMED = {"givenName": CANARY, "familyName": CANARY, "sourcedId": CANARY, "status": CANARY, "dateLastModified": CANARY}
ERROR = {"imsx_codeMajor": CANARY, "imsx_description": CANARY, "imsx_codeMinor": CANARY}
HEADERS = {"X-Request-Id": f"{CANARY} {CANARY}", "Location": f"https://h.example/{CANARY}", "X-Canary": CANARY}

EMPTY: dict[str, list[str]] = {"users": []}
STATUSES = (302, 400, 401, 403, 404, 418, 422, 429, 500)
ANSWERS = {
    "bad rows": httpx.Response(200, json={"users": [NAMED], "user": NAMED}),
    "no envelope": httpx.Response(200, json=NAMED),
    "no json": httpx.Response(200, text=CANARY),
    "foreign link": httpx.Response(200, json=EMPTY, headers={"Link": f'<https://{CANARY}.example>; rel="next"'}),
    "no url": httpx.Response(200, json=EMPTY, headers={"Link": f'<https://[{CANARY}>; rel="next"'}),
    "circle": httpx.Response(200, json=EMPTY, headers={"Link": '<>; rel="next"'}),
    "truncated": httpx.Response(200, json=EMPTY, headers={"X-Total-Count": "5"}),
    "broken gzip": httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(CANARY.encode())),
    **{str(status): httpx.Response(status, json=ERROR, headers=HEADERS) for status in STATUSES},
    "connect": httpx.ConnectError(CANARY),
    "timeout": httpx.ReadTimeout(CANARY),
    "protocol": httpx.RemoteProtocolError(CANARY),
    "os": OSError(CANARY),
    "url": httpx.InvalidURL(CANARY),
}


def heard(error, caplog):
    """Everything that is said of an error, its causes included."""
    said = [
        str(error),
        repr(error),
        *traceback.format_exception(error),
        *(record.getMessage() for record in caplog.records),
    ]
    said += [
        repr(record.__dict__) for record in caplog.records if record.name.startswith(("digione", "httpx", "httpcore"))
    ]
    # Source lines of this very test hold the word; what matters is what they evaluate to.
    return "\n".join(line for text in said for line in text.splitlines() if "CANARY" not in line)


def client(handler):
    return AsyncDigiOne(
        rostering=BASE,
        token_url=f"https://h.example/token/{CANARY}",
        client_id=CANARY,
        client_secret=CANARY,
        http_client=served(handler),
        clock=StillClock().clock(),
    )


@pytest.mark.parametrize("way", ["rows", "all", "count", "get"])
@pytest.mark.parametrize("kind", ANSWERS)
async def test_no_failure_of_a_call_sings(kind, way, caplog):
    caplog.set_level(logging.DEBUG)

    def handler(request):
        if "token" in request.url.path:
            return httpx.Response(200, json={"access_token": CANARY, "token_type": "bearer"})
        answer = ANSWERS[kind]
        if isinstance(answer, Exception):
            raise answer
        answer.request = request
        if kind == "broken gzip":
            return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(CANARY.encode()))
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    async with client(handler) as api:
        students = api.rostering.classes.students(CANARY)
        condition = where(User).family_name == CANARY
        error = await failure(api, way, students, condition)
        assert error or way == "count"  # the other ways notice everything; a count trusts a good first page
        assert CANARY not in heard(error, caplog)
        assert CANARY not in repr(api) + repr(api.session) + repr(students) + repr(students.list(filter=condition))


async def failure(api, way, students, condition):
    """Do it one of four ways; return what was raised."""
    try:
        if way == "get":
            await api.rostering.users.get(CANARY)
        elif way == "rows":
            async for _ in students.list(filter=condition):
                pass
        elif way == "all":
            await students.all(filter=condition)
        else:
            await students.count(filter=condition)
    except DigiOneError as error:
        return error
    return None


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(400, json={"error": CANARY, "error_description": CANARY}),
        httpx.Response(200, json={"access_token": f"{CANARY}\n", "token_type": "bearer"}),
        httpx.Response(200, json={"access_token": CANARY, "token_type": CANARY}),
        httpx.Response(200, json={"access_token": CANARY, "token_type": "bearer", "scope": CANARY}),
        httpx.Response(200, text=CANARY),
    ],
)
async def test_no_failure_of_a_token_request_sings(answer, caplog):
    caplog.set_level(logging.DEBUG)
    async with client(lambda request: httpx.Response(answer.status_code, content=answer.content)) as api:
        with pytest.raises(DigiOneError) as caught:
            await api.rostering.users.count()
        assert CANARY not in heard(caught.value, caplog)


async def test_a_request_that_cannot_be_sent_does_not_sing(caplog):
    async with AsyncSession(http_client=served(Roster())) as session:
        for request in (
            Request("GET", f"https://h.example/\x00{CANARY}"),
            Request("GET", BASE, {"x": f"{CANARY}\ud800"}),
        ):
            assert CANARY not in repr(request)
            with pytest.raises(DigiOneError) as caught:
                await session.send(request, authorise=False)
            assert CANARY not in heard(caught.value, caplog)
