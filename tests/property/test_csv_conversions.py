"""REST to CSV and back is the same but for what the reports list; and a delta always leads to the later package."""

from __future__ import annotations

import tempfile
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digione_sdk.bulk import Version, open_package, validate, write_package
from digione_sdk.bulk.conversion import (
    KINDS,
    apply_delta,
    convert_package,
    delta_between,
    export_package,
    records_in,
)
from digione_sdk.testing.strategies import records
from digione_sdk.wire.versions import DEFAULT_POLICY, ConversionReport
from tests.bulk import small

WORDS = st.text("aäö, \"'", min_size=1, max_size=6)


def without_addresses(value):
    if isinstance(value, dict):
        return {key: without_addresses(item) for key, item in value.items() if key != "href"}
    return [without_addresses(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("model", KINDS)
@given(choices=st.data())
@settings(max_examples=4, deadline=None)
def test_every_field_that_differs_after_the_way_there_and_back_was_told(model, choices) -> None:
    record = choices.draw(records(model))
    back = ConversionReport()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package"
        there = export_package(path, [record], mode="delta")
        with open_package(path) as package:
            read = list(records_in(package, model, report=back))
    listed = {kind.field.partition(".")[0] for report in (there, back) for kind in report.counts}
    if not read:
        assert not there.is_lossless
        return
    before, after = without_addresses(record.to_wire()), without_addresses(read[0].to_wire())
    assert {key for key in before | after if before.get(key) != after.get(key)} <= listed


@st.composite
def schools(draw):
    rows = deepcopy(small.school(gradebook=True))
    for name in draw(st.sets(st.sampled_from(["demographics", "results", "userProfiles"]))):
        kept = {"results": ["results", "resultLearningObjectiveIds"]}.get(name, [name])
        for each in kept:
            del rows[each]
    for number in draw(st.sets(st.integers(0, 5))):
        user, name = f"n-{number}", draw(WORDS)
        rows["users"].append(rows["users"][0] | {"sourcedId": user, "username": user, "givenName": name})
        rows["roles"].append(rows["roles"][1] | {"sourcedId": f"r-{user}", "userSourcedId": user})
    return rows


def content(path):
    with open_package(path) as opened:
        return {
            name: sorted(tuple(sorted((key, value or "") for key, value in row.items())) for row in opened.rows(name))
            for name in opened.files
            if opened.count(name)
        }


@given(before=schools(), after=schools())
@settings(max_examples=4, deadline=None)
def test_a_delta_applied_to_the_earlier_package_is_the_later_one(before, after) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one, other = write_package(folder / "a", before), write_package(folder / "b", after)
        delta_between(one, other, folder / "delta")
        apply_delta(one, folder / "delta", folder / "new")
        assert content(folder / "new") == content(other)
        for path in ("delta", "new"):
            assert validate(folder / path).findings == ()


ROLES = st.sampled_from(["student", "teacher", "administrator", "guardian"])


@given(roles=st.lists(ROLES, min_size=2, max_size=2), orgs=st.permutations(["o-1", "o-2"]), many=st.booleans())
@settings(max_examples=4, deadline=None)
def test_1_1_to_1_2_and_back_is_the_same(roles, orgs, many) -> None:
    rows = small.school(Version.V1P1)
    for user, role in zip(rows["users"], roles, strict=True):
        user |= {"role": role, "orgSourcedIds": ",".join(orgs if many else orgs[:1])}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = write_package(folder / "1", rows, version="1.1")
        policy = replace(DEFAULT_POLICY, any_session=True)
        convert_package(first, folder / "2", to="1.2", policy=policy)
        convert_package(folder / "2", folder / "3", to="1.1", policy=policy)
        assert content(first) == content(folder / "3")
        assert validate(folder / "2", version="1.2").findings == ()
