"""Build the derived part of specs/ from the code, or with --check name what is stale.

usage: python scripts/build_specs.py [--check]

Hand-written specs (requirements, codes) are never touched.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from itertools import islice
from pathlib import Path

from digione_sdk.core.endpoints import SERVICES
from digione_sdk.core.endpoints.v1p1 import ONEROSTER_V1P1
from digione_sdk.openapi import service_document, yaml_text
from digione_sdk.openapi.classification import classification
from digione_sdk.openapi.v1p1 import v1p1_document

SPECS = Path(__file__).resolve().parents[1] / "specs"
DIFF_LINES = 12


def built() -> dict[str, str]:
    """Return the text of every derived file, by its path below specs/."""
    policy = json.dumps(classification(), indent=2, ensure_ascii=False)
    return {
        **{f"oneroster/{it.document_name}.yaml": yaml_text(service_document(it)) for it in SERVICES},
        f"oneroster/{ONEROSTER_V1P1.document_name}.yaml": yaml_text(v1p1_document()),
        "policy/classification.json": f"{policy}\n",
    }


def stale(specs: Path, expected: dict[str, str]) -> dict[str, list[str]]:
    """Return the files that differ from what the code says, each with the start of the difference."""
    differences = {}
    for name, text in expected.items():
        path = specs / name
        committed = path.read_text(encoding="utf-8") if path.is_file() else ""
        if committed != text:
            lines = difflib.unified_diff(
                committed.splitlines(), text.splitlines(), f"specs/{name}", "built", lineterm="", n=1
            )
            differences[name] = list(islice(lines, DIFF_LINES))
    return differences


def write(specs: Path, expected: dict[str, str]) -> None:
    """Write every file, making folders as needed."""
    for name, text in expected.items():
        path = specs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 1 when something is stale."""
    parser = argparse.ArgumentParser(description="Build the derived part of specs/.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name the stale files")
    parser.add_argument("--specs", type=Path, default=SPECS, help="the folder; the checkout's own by default")
    options = parser.parse_args(arguments)
    if not options.check:
        write(options.specs, built())
        return 0
    differences = stale(options.specs, built())
    for name, lines in differences.items():
        print(f"stale: specs/{name} (run `make specs`)", *lines, sep="\n")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
