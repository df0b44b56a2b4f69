"""Reads all users with timeback-oneroster, in that program's own environment: streamed and dropped, or listed.

Door on standard input, cost on standard output, both as JSON, as `tests.bench.runs` wants it of every scenario.
"""

import asyncio
import json
import sys
import time

from timeback_oneroster import OneRosterClient


async def streamed(client):
    async for _user in client.users.stream(limit=100):
        pass


async def listed(client):
    return await client.users.list_all(limit=100)


async def main(work, door):
    client = OneRosterClient(
        base_url=door["url"],
        auth_url=door["token_url"],
        client_id=door["client_id"],
        client_secret=door["client_secret"],
    )
    async with client:
        wall, cpu = time.perf_counter(), time.process_time()
        held = await work(client)
        cost = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    del held
    print(json.dumps(cost))  # noqa: T201 - the answer to the process that asked


asyncio.run(main({"streamed": streamed, "listed": listed}[sys.argv[1]], json.load(sys.stdin)))
