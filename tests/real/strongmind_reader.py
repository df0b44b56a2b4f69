"""Run by the Python of `.venv-strongmind`: reads a provider with strongmind-oneroster-client.

Standard input: JSON with `url` and `token`. Standard output: JSON, for each collection how many rows a call without
`limit` gives, and the names of the fields that were read of each record, by its id.
"""

from __future__ import annotations

import importlib
import json
import sys

COLLECTIONS = {
    "academic_sessions": "academic_sessions",
    "categories": "categories",
    "classes": "classes",
    "courses": "courses",
    "demographics": "demographics",
    "enrollments": "enrollments",
    "grading_periods": "academic_sessions",
    "line_items": "line_items",
    "orgs": "orgs",
    "resources": "resources",
    "results": "results",
    "schools": "orgs",
    "students": "users",
    "teachers": "users",
    "terms": "academic_sessions",
    "users": "users",
}
LIMIT = 500


def main() -> None:
    door = json.load(sys.stdin)
    client = importlib.import_module("oneroster_client")
    configuration = client.Configuration()
    configuration.host = door["url"]
    configuration.access_token = door["token"]
    api_client = client.ApiClient(configuration)
    found = {}
    for name, attribute in COLLECTIONS.items():
        api_class = "".join(word.capitalize() for word in name.split("_")) + "ManagementApi"
        api = getattr(client, api_class)(api_client)
        listing = getattr(api, f"get_{name}")
        found[name] = {"unpaged": len(getattr(listing(), attribute)), "read": read(listing, attribute)}
    json.dump(found, sys.stdout)


def read(operation, attribute):
    rows = {}
    offset = 0
    while True:
        page = getattr(operation(limit=LIMIT, offset=offset), attribute) or []
        for row in page:
            rows[row.sourced_id] = sorted(name for name, value in row.to_dict().items() if value is not None)
        if len(page) < LIMIT:
            return rows
        offset += LIMIT


main()
