"""Reads every rostering collection with timeback-oneroster; runs in that program's own environment.

Standard input: JSON with `url`, `token_url`, `client_id` and `client_secret`. Standard output: JSON, one entry for each
collection, with the rows that arrived, what ended the reading, and the wire names that its model declares.
"""

import asyncio
import json
import sys

from pydantic import ValidationError
from timeback_oneroster import OneRosterClient

COLLECTIONS = (
    "academic_sessions",
    "classes",
    "courses",
    "demographics",
    "enrollments",
    "grading_periods",
    "orgs",
    "schools",
    "students",
    "teachers",
    "terms",
    "users",
)


async def read(resource):
    rows, refused, declared = [], None, []
    try:
        async for row in resource.stream():
            rows.append(row.sourced_id)
            declared = sorted(info.alias or name for name, info in type(row).model_fields.items())
    except ValidationError as error:
        first = error.errors()[0]
        refused = {"place": [part for part in first["loc"] if isinstance(part, str)], "value": first["input"]}
    return {"rows": rows, "refused": refused, "declared": declared}


async def main():
    door = json.load(sys.stdin)
    client = OneRosterClient(
        base_url=door["url"],
        auth_url=door["token_url"],
        client_id=door["client_id"],
        client_secret=door["client_secret"],
    )
    async with client:
        found = {name: await read(getattr(client, name)) for name in COLLECTIONS}
    json.dump(found, sys.stdout)


asyncio.run(main())
