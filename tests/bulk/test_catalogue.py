"""The rules of CSV in the catalogue: both readers read the same, and the validator knows each."""

from __future__ import annotations

import string

import pytest
from digione_conformance.catalogue.requirement import load_catalogue

from digione_sdk.bulk.catalogue import RuleId, rules
from digione_sdk.bulk.findings import Severity
from digione_sdk.bulk.tables import Version

THEIRS = {one.id: one for one in load_catalogue() if one.role == "file"}


def test_both_readers_know_the_same_rules_and_the_code_knows_each() -> None:
    assert list(rules()) == list(THEIRS)
    assert set(RuleId) == set(THEIRS)


@pytest.mark.parametrize("rule", list(RuleId))
def test_both_readers_read_a_rule_alike(rule: RuleId) -> None:
    ours, theirs = rules()[rule], THEIRS[rule]
    assert ours.level == theirs.level
    for name in ("title", "finding", "fix"):
        for language in ("en", "fi", "sv"):
            assert getattr(ours, name).within(language) == getattr(theirs, name).within(language)
    assert {f"csv-{version}" for version in ours.versions} == set(theirs.profiles)
    assert ours.clause == f"{theirs.source[0].document}, {theirs.source[0].clause}"


@pytest.mark.parametrize("rule", list(RuleId))
def test_a_text_is_filled_with_the_same_words_in_every_language(rule: RuleId) -> None:
    finding = rules()[rule].finding
    places = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for text in (finding.en, finding.fi, finding.sv)
    ]
    assert places[0] == places[1] == places[2]


def test_severity_follows_the_level() -> None:
    assert rules()[RuleId.FILLED].severity is Severity.ERROR
    assert rules()[RuleId.SCORE_BOUNDS].severity is Severity.WARNING
    assert rules()[RuleId.NO_BOM].severity is Severity.NOTE


@pytest.mark.parametrize("version", list(Version))
def test_every_version_has_its_profile(version: Version) -> None:
    assert f"csv-{version}" in load_catalogue().profiles
