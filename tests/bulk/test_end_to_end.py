"""From a service to a package and back into a store: what is not named as lost comes out as it went in."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from digione_mock_server.testing import serving

from digione_sdk import DigiOne
from digione_sdk.bulk import Severity, Version, validate
from digione_sdk.bulk.catalogue import RuleId
from digione_sdk.bulk.conversion import KINDS, export_package
from digione_sdk.synchronise import KINDS as HELD
from digione_sdk.synchronise import Settings, SQLiteStore, load_package, synchronise
from digione_sdk.wire.versions import Action, ConversionPolicy

POLICY = ConversionPolicy(any_session=True)
EXTRA_CREDIT = {RuleId.SCORE_BOUNDS}
"""The reference server keeps results above their maximum, which CSV has no words for: a warning, and none else."""


@pytest.fixture(scope="module", name="provided")
def _provided(tmp_path_factory):
    """A store that holds what the reference server gave out."""
    store = SQLiteStore(tmp_path_factory.mktemp("provided") / "provided.sqlite")
    with serving(size="school", tenants=1) as server:
        account = server.client("a", exposure="entitled")
        with DigiOne(
            rostering=server.rostering_url,
            gradebook=server.service_url("gradebook"),
            resources=server.service_url("resources"),
            token_url=server.token_url,
            client_id=account.client_id,
            client_secret=account.client_secret,
        ) as api:
            report = synchronise(api, store, Settings())
    assert report.applied
    return store


def records(store):
    """Models of every record of a store."""
    for name, kind in HELD.items():
        for row in store.held([name]):
            yield kind.endpoint.model.model_validate_json(row.body)


def held(store):
    """Records by model and id, without addresses: a file does not know where it was served."""
    found = {}
    for name, kind in HELD.items():
        for row in store.held([name]):
            body = json.loads(row.body, object_hook=without_address, parse_float=Decimal)
            found[kind.endpoint.model.__name__, row.sourced_id] = body
    return found


def without_address(made):
    return {key: value for key, value in made.items() if key != "href"}


@pytest.mark.parametrize("version", Version)
def test_a_municipality_goes_into_a_package_and_back_into_a_store(version, provided, tmp_path) -> None:
    package, again = tmp_path / "roster.zip", tmp_path / "again.zip"
    told = export_package(package, records(provided), version=version, policy=POLICY)
    validation = validate(package, version=version)
    assert set(validation.counts) <= EXTRA_CREDIT
    assert all(one.severity is Severity.WARNING for one in validation.findings)

    store = SQLiteStore(tmp_path / "loaded.sqlite")
    assert load_package(package, store).applied
    state = held(store)
    assert load_package(package, store).is_empty
    assert held(store) == state

    back = export_package(again, records(store), version=version, policy=POLICY)
    assert again.read_bytes() == package.read_bytes()
    assert {kind for kind in back.counts if kind.action is Action.DROPPED} <= {
        kind for kind in told.counts if kind.action is Action.DROPPED
    } | {kind for kind in back.counts if kind.field in {"dateLastModified", "userProfiles.profileId"}}

    lost, left_out = defaultdict(set), Counter()
    for kind, count in told.counts.items():
        lost[kind.object].add(kind.field.partition(".")[0])
        left_out[kind.object] += count if "left out" in kind.policy or kind.field == "sourcedId" else 0
    before = {key: body for key, body in held(provided).items() if key[0] in {model.__name__ for model in KINDS}}
    missing = Counter(model for model, _ in before.keys() - state.keys())
    assert all(count <= left_out[model] for model, count in missing.items()), missing
    for (model, sourced_id), body in state.items():
        old = before[model, sourced_id]
        differ = {name for name in body.keys() | old.keys() if body.get(name) != old.get(name)}
        assert differ <= lost[model], (model, sourced_id)
