"""What a requirement takes over from Rostering says nothing that holds for rosters alone, in no language."""

from __future__ import annotations

import re
import tomllib

import pytest
from digione_conformance.catalogue.requirement import load_catalogue

from digione_sdk.specs import specs_root

CATALOGUE = load_catalogue()
ADOPTIONS = [
    (path.name, adoption)
    for path in sorted((specs_root() / "requirements").glob("*.toml"))
    for adoption in tomllib.loads(path.read_text(encoding="utf-8")).get("adopted", [])
]
FAMILIES = {"OR-GRB", "OR-GRB-ASM", "OR-RES", "OR11-GRB", "OR11-RES"}
OF_ROSTERS = re.compile(
    r"\broster|/schools|/orgs|/terms|/students|/users|\benrol|roles\.role"
    r"|\b(district|guardian|academic session|academicSession)s?\b"
    r"|luettelo(on|sta)? kirjat|ilmoittautumi|huoltaj|lukukau|\binskrivning|vårdnadshavar|\btermin"
    r"|\b(11|17|22|eleven|yksitoista|elva)\b",
    re.IGNORECASE,
)


def adopted_ids():
    return [
        f"{adoption['prefix']}-{name}"
        for _, adoption in ADOPTIONS
        if adoption["prefix"] in FAMILIES
        for name in adoption["requirements"]
    ]


@pytest.mark.parametrize("requirement", adopted_ids())
def test_no_text_of_another_service_speaks_of_rosters(requirement):
    known = CATALOGUE[requirement]
    texts = [text for name in ("title", "passes", "fix") for _, text in getattr(known, name) if text]
    texts += [source.clause for source in known.source]
    assert [text for text in texts if OF_ROSTERS.search(text)] == []


@pytest.mark.parametrize(("file", "adoption"), ADOPTIONS)
def test_no_word_is_exchanged_that_no_text_holds(file, adoption):
    origins = [CATALOGUE[f"{adoption['from']}-{name}"] for name in adoption["requirements"]]
    texts = [text for known in origins for name in ("title", "passes", "fix") for _, text in getattr(known, name)]
    texts += [source.clause for known in origins for source in known.source]
    unused = [word for word in adoption.get("words", {}) if not any(word in (text or "") for text in texts)]
    assert unused == [], file
