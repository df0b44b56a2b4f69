"""What a departure from the schema is called: the place, the rule, and the name that a vendor would have to guess."""

from __future__ import annotations

from digione_conformance.probing.schema import Schemas, without_indexes

from digione_sdk.core.endpoints import endpoints_of
from digione_sdk.core.endpoints.rostering import ROSTERING

LIST = next(one for one in endpoints_of(ROSTERING) if one.operation_id == "getAllOrgs")


def departures(**changed: object) -> tuple[str, ...]:
    org = {
        "sourcedId": "o-1",
        "status": "active",
        "dateLastModified": "2026-11-01T00:00:00.000Z",
        "name": "Testikoulu",
        "type": "school",
        "identifier": "1",
    } | changed
    return Schemas().of_response(LIST).errors({"orgs": [{k: v for k, v in org.items() if v is not None}]})


def test_what_is_missing_is_named_and_what_is_undeclared_is_counted_for_its_name_may_be_a_value() -> None:
    assert departures() == ()
    assert departures(identifier=None) == ("orgs/0: required (identifier)",)
    assert departures(city="Koivula") == ("orgs/0: additionalProperties (1 undeclared)",)
    assert departures(**dict.fromkeys("abcde", "1")) == ("orgs/0: additionalProperties (5 undeclared)",)


def test_the_same_departure_of_many_records_is_one() -> None:
    found = {without_indexes(f"orgs/{row}: required (identifier)") for row in range(3)}
    assert found == {"orgs/*: required (identifier)"}
    assert without_indexes("users/3/roles/0/org/href: format") == "users/*/roles/*/org/href: format"
