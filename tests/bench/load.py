"""Asks a server as fast as it answers: with wrk where it is, with a small loader of our own where it is not."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 8

_ONE = """
wrk.headers = {headers}
wrk.path = "{path}"
"""
"""Asks the same over and over: wrk then makes the request once, and is faster than any server here."""

_MANY = """
local headers = {headers}
local number = {first}
request = function()
  number = number + 1
  return wrk.format("GET", string.format("{path}", ({step} * number + math.floor({step} * number / {span})) % {span}),
                    headers)
end
"""


@dataclass(frozen=True)
class Question:
    """What is asked over and over.

    Attributes:
        url: Address; a `%d` in its query is replaced by an offset, another one each time.
        headers: Request headers.
        span: Offsets stay below it.
        step: From one offset to the next; no offset comes twice in `span` requests.
        first: Number of the first request, so that a later run asks what an earlier one did not.
    """

    url: str
    headers: Mapping[str, str]
    span: int = 1
    step: int = 100
    first: int = 0

    def path(self, number: int) -> str:
        """Path and query of the request with this number."""
        parts = urlsplit(self.url)
        template = f"{parts.path}?{parts.query}" if parts.query else parts.path
        offset = (self.step * number + self.step * number // self.span) % self.span
        return template.replace("%d", str(offset))


def has_wrk() -> bool:
    """Whether wrk is on this machine."""
    return shutil.which("wrk") is not None


def requests_in(question: Question, *, seconds: float) -> tuple[int, float]:
    """Ask for about so many seconds; return the number of answers and the seconds it took.

    Raises:
        SystemExit: An answer was no success.
    """
    if has_wrk():
        return _by_wrk(question, seconds)
    return asyncio.run(_by_ourselves(question, seconds))


def _by_wrk(question: Question, seconds: float) -> tuple[int, float]:
    parts = urlsplit(question.url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    headers = "{" + ", ".join(f"[{json.dumps(name)}]={json.dumps(text)}" for name, text in question.headers.items())
    script = (_MANY if "%d" in path else _ONE).format(
        headers=headers + "}", first=question.first, path=path, step=question.step, span=question.span
    )
    with tempfile.TemporaryDirectory(prefix="digione-bench-") as folder:
        file = Path(folder) / "ask.lua"  # the token is in it, which is why it is no argument
        file.touch(mode=0o600)
        file.write_text(script, encoding="utf-8")
        origin = f"{parts.scheme}://{parts.netloc}"
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", str(file), origin]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    done = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m)", said)
    if done is None or "Non-2xx" in said:
        raise SystemExit(f"bench: wrk was not answered well:\n{said}")
    return int(done[1]), float(done[2]) * {"ms": 0.001, "s": 1, "m": 60}[done[3]]


async def _by_ourselves(question: Question, seconds: float) -> tuple[int, float]:
    began = time.perf_counter()
    counts = await asyncio.gather(*(_one(question, lane, began + seconds) for lane in range(CONNECTIONS)))
    return sum(counts), time.perf_counter() - began


async def _one(question: Question, lane: int, until: float) -> int:
    parts = urlsplit(question.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    headers = "".join(f"{name}: {text}\r\n" for name, text in question.headers.items())
    count = 0
    while time.perf_counter() < until:
        path = question.path(question.first + count * CONNECTIONS + lane)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{headers}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        if b" 200 " not in head[:16] or length is None:
            raise SystemExit("bench: an answer was no success")
        await reader.readexactly(int(length[1]))
        count += 1
    writer.close()
    await writer.wait_closed()
    return count
