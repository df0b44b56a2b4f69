"""What is offered, granted and judged as a whole: a service, or the part of one that has scopes of its own.

A check that holds for every list of the standard is written once and registered for each family; what a family consists
of is read off the endpoint tables by its scopes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from digione_sdk.core.endpoints import ENDPOINTS, endpoints_of
from digione_sdk.core.endpoints.base import Endpoint, Service, Shape
from digione_sdk.core.endpoints.gradebook import GRADEBOOK as GRADEBOOK_SERVICE
from digione_sdk.core.endpoints.resources import RESOURCES as RESOURCES_SERVICE
from digione_sdk.core.endpoints.rostering import ROSTERING as ROSTERING_SERVICE
from digione_sdk.core.endpoints.v1p1 import ONEROSTER_V1P1, counterpart
from digione_sdk.core.scopes import Scope, ScopeV1P1
from digione_sdk.model.status import WORDS_V1P1

ANY_ENDPOINT = Endpoint[Any]


def collections(endpoints: Iterable[ANY_ENDPOINT]) -> tuple[ANY_ENDPOINT, ...]:
    """Return those endpoints that list a whole collection, nested ones left out."""
    return tuple(e for e in endpoints if e.shape is Shape.COLLECTION and not e.path_parameters)


def single_of(endpoint: ANY_ENDPOINT) -> ANY_ENDPOINT:
    """Return the single read that belongs to a whole collection."""
    return _of_object(endpoint, "GET")


def put_of(endpoint: ANY_ENDPOINT) -> ANY_ENDPOINT:
    """Return the PUT of an object of a whole collection that can be written."""
    return _of_object(endpoint, "PUT")


def delete_of(endpoint: ANY_ENDPOINT) -> ANY_ENDPOINT:
    """Return the DELETE of an object of a whole collection that can be written."""
    return _of_object(endpoint, "DELETE")


def posts_of(endpoint: ANY_ENDPOINT) -> tuple[ANY_ENDPOINT, ...]:
    """Return the POSTs that make objects of a whole collection, those with the fewest parents first."""
    posts = (e for e in endpoints_of(endpoint.service) if e.method == "POST" and e.model is endpoint.model)
    return tuple(sorted(posts, key=lambda post: len(post.path_parameters)))


def _of_object(endpoint: ANY_ENDPOINT, method: str) -> ANY_ENDPOINT:
    path = f"{endpoint.path}/{{sourcedId}}"
    return next(e for e in endpoints_of(endpoint.service) if e.path == path and e.method == method)


@dataclass(frozen=True)
class Family:
    """One part of the standard.

    Attributes:
        name: Name that tells its checks apart.
        prefix: How the ids of its requirements begin.
        service: The service whose operations it consists of.
        core_scope: The scope that opens just the collections and single reads.
        full_scope: The scope that opens the nested reads too; the same where there are none.
        main: Operation ids of the kinds that are asked most thoroughly, the first above all.
        pair: Operation ids of two kinds that stand for all; of Rostering one with people and one without.
        own: Operation ids of the kinds of which no record may be equal in two tenants.
        foreign_scopes: Scopes that open none of its reads, the one that is most easily mixed up first.
        optional: Operation ids of the kinds that nothing known obliges a provider of the family to offer.
        lacking: Those of them that the target at hand does not offer; it is the same family all the same.
    """

    name: str
    prefix: str
    service: Service
    core_scope: Scope | ScopeV1P1
    full_scope: Scope | ScopeV1P1
    main: tuple[str, ...]
    pair: tuple[str, ...]
    own: tuple[str, ...]
    foreign_scopes: tuple[Scope | ScopeV1P1, ...]
    optional: tuple[str, ...] = ()
    lacking: frozenset[str] = field(default=frozenset(), compare=False)

    def without(self, lacking: Iterable[str]) -> Family:
        """Return the family as a target offers it that lacks these of its optional kinds."""
        return replace(self, lacking=frozenset(lacking))

    @cached_property
    def core(self) -> tuple[ANY_ENDPOINT, ...]:
        """The reads that a provider of the family must offer (pitfalls.md §2)."""
        gone = {single for name in self.lacking for single in (BY_ID[name], single_of(BY_ID[name]))}
        reads = (e for e in self.operations if e.is_read and not e.is_nested and e not in gone)
        return tuple(e for e in reads if self.core_scope in self.spoken(e).scopes)

    @cached_property
    def nested(self) -> tuple[ANY_ENDPOINT, ...]:
        """The reads below a parent, which are optional."""
        return tuple(e for e in self.operations if e.is_nested and self.full_scope in self.spoken(e).scopes)

    @cached_property
    def collections(self) -> tuple[ANY_ENDPOINT, ...]:
        """The whole collections."""
        return collections(self.core)

    @cached_property
    def kinds(self) -> tuple[ANY_ENDPOINT, ...]:
        """The collections that show every record of their kind."""
        return tuple(e for e in self.collections if e.view.whole)

    @cached_property
    def views(self) -> tuple[ANY_ENDPOINT, ...]:
        """The collections that show some of the records of another one."""
        return tuple(e for e in self.collections if not e.view.whole)

    @cached_property
    def thorough(self) -> tuple[ANY_ENDPOINT, ...]:
        """The kinds that are asked most thoroughly."""
        return tuple(BY_ID[name] for name in self.main)

    @cached_property
    def two(self) -> tuple[ANY_ENDPOINT, ...]:
        """Two collections, or the only one, that stand for all."""
        return tuple(BY_ID[name] for name in self.pair)

    @cached_property
    def unshared(self) -> tuple[ANY_ENDPOINT, ...]:
        """The kinds of which no record may be equal in two tenants."""
        return tuple(BY_ID[name] for name in self.own)

    @property
    def is_core_apart(self) -> bool:
        """Whether there is a scope that opens the collections and leaves the nested reads closed."""
        return bool(self.nested) and self.core_scope is not self.full_scope

    @property
    def is_v1p1(self) -> bool:
        """Whether it is spoken in version 1.1; its operations still go by their 1.2 lines."""
        return self.service is ONEROSTER_V1P1

    def spoken(self, endpoint: ANY_ENDPOINT) -> ANY_ENDPOINT:
        """Return an operation as the family's version has it: its service, scopes and schemas.

        Raises:
            KeyError: The version has no such operation.
        """
        if not self.is_v1p1 or endpoint.service is ONEROSTER_V1P1:
            return endpoint
        told = counterpart(endpoint)
        if told is None:
            raise KeyError(endpoint.operation_id)
        return told

    def posts_of(self, endpoint: ANY_ENDPOINT) -> tuple[ANY_ENDPOINT, ...]:
        """The POSTs that make objects of a whole collection, as far as the version has any."""
        return tuple(post for post in posts_of(endpoint) if post in self.operations)

    def understood(self, reasons: Iterable[str]) -> frozenset[str]:
        """Return codeMinor tokens in the words of 1.2, whichever version spelt them."""
        return frozenset(_WORDS.get(reason, reason) if self.is_v1p1 else reason for reason in reasons)

    @property
    def beside(self) -> frozenset[str]:
        """Keys that may stand beside the wrapper key: 1.1 warns there."""
        return frozenset({"statusInfoSet"}) if self.is_v1p1 else frozenset()

    @cached_property
    def operations(self) -> tuple[ANY_ENDPOINT, ...]:
        """All operations of the service, by their 1.2 lines."""
        if self.is_v1p1:
            return tuple(endpoint for endpoint in ENDPOINTS if counterpart(endpoint) is not None)
        return endpoints_of(self.service)

    def requirement(self, pattern: str) -> str:
        """Return the id that stands for this family where a check says `OR-*-…`."""
        return pattern.replace("OR-*", self.prefix, 1)


_WORDS: Final = {word: reason.value for reason, word in WORDS_V1P1.items()}
BY_ID: Final = {endpoint.operation_id: endpoint for endpoint in ENDPOINTS}

ROSTERING: Final = Family(
    "rostering",
    "OR-ROS",
    ROSTERING_SERVICE,
    Scope.ROSTER_CORE,
    Scope.ROSTER,
    main=("getAllUsers", "getAllClasses", "getAllEnrollments"),
    pair=("getAllUsers", "getAllOrgs"),
    own=("getAllUsers", "getAllClasses", "getAllEnrollments"),
    foreign_scopes=(Scope.ROSTER_DEMOGRAPHICS, Scope.GRADEBOOK, Scope.RESOURCE),
)
GRADEBOOK: Final = Family(
    "gradebook",
    "OR-GRB",
    GRADEBOOK_SERVICE,
    Scope.GRADEBOOK_CORE,
    Scope.GRADEBOOK,
    main=("getAllResults", "getAllLineItems"),
    pair=("getAllResults", "getAllLineItems"),
    own=("getAllResults", "getAllLineItems"),
    foreign_scopes=(Scope.ASSESSMENT, Scope.GRADEBOOK_CREATEPUT, Scope.GRADEBOOK_DELETE, Scope.ROSTER),
)
ASSESSMENT: Final = Family(
    "assessment",
    "OR-GRB-ASM",
    GRADEBOOK_SERVICE,
    Scope.ASSESSMENT,
    Scope.ASSESSMENT,
    main=("getAllAssessmentResults", "getAllAssessmentLineItems"),
    pair=("getAllAssessmentResults", "getAllAssessmentLineItems"),
    own=("getAllAssessmentResults",),
    foreign_scopes=(Scope.GRADEBOOK, Scope.ASSESSMENT_CREATEPUT, Scope.ROSTER),
)
RESOURCES: Final = Family(
    "resources",
    "OR-RES",
    RESOURCES_SERVICE,
    Scope.RESOURCE_CORE,
    Scope.RESOURCE,
    main=("getAllResources",),
    pair=("getAllResources",),
    own=(),
    foreign_scopes=(Scope.ROSTER, Scope.GRADEBOOK),
)
FAMILIES: Final = (ROSTERING, GRADEBOOK, ASSESSMENT, RESOURCES)
"""Every family, Rostering first: the others link into it."""
ROSTERING_V1P1: Final = Family(
    "v1p1",
    "OR11-ROS",
    ONEROSTER_V1P1,
    ScopeV1P1.ROSTER_CORE,
    ScopeV1P1.ROSTER,
    main=ROSTERING.main,
    pair=ROSTERING.pair,
    own=ROSTERING.own,
    foreign_scopes=(ScopeV1P1.ROSTER_DEMOGRAPHICS, ScopeV1P1.GRADEBOOK, ScopeV1P1.RESOURCE),
)
GRADEBOOK_V1P1: Final = Family(
    "v1p1-gradebook",
    "OR11-GRB",
    ONEROSTER_V1P1,
    ScopeV1P1.GRADEBOOK,  # 1.1 has no scope for the core alone
    ScopeV1P1.GRADEBOOK,
    main=GRADEBOOK.main,
    pair=GRADEBOOK.pair,
    own=GRADEBOOK.own,
    foreign_scopes=(ScopeV1P1.GRADEBOOK_CREATEPUT, ScopeV1P1.GRADEBOOK_DELETE, ScopeV1P1.ROSTER),
    optional=("getAllCategories",),
)
RESOURCES_V1P1: Final = Family(
    "v1p1-resources",
    "OR11-RES",
    ONEROSTER_V1P1,
    ScopeV1P1.RESOURCE,
    ScopeV1P1.RESOURCE,
    main=RESOURCES.main,
    pair=RESOURCES.pair,
    own=RESOURCES.own,
    foreign_scopes=(ScopeV1P1.ROSTER, ScopeV1P1.GRADEBOOK),
)
ROSTERS: Final = (ROSTERING, ROSTERING_V1P1)
"""Rostering in both versions."""
GRADEBOOKS: Final = (GRADEBOOK, GRADEBOOK_V1P1)
"""The gradebook in both versions."""
OLDER: Final[Mapping[Family, Family]] = {
    ROSTERING_V1P1: ROSTERING,
    GRADEBOOK_V1P1: GRADEBOOK,
    RESOURCES_V1P1: RESOURCES,
}
"""The families of 1.1, which share one base address, and what each is in 1.2."""
EVERYWHERE: Final = (*FAMILIES, *OLDER)
"""Every family in every version."""
NESTED_FAMILIES: Final = tuple(family for family in EVERYWHERE if family.nested)
"""Those that have reads below a parent."""
WRITABLE: Final = (GRADEBOOK, ASSESSMENT, GRADEBOOK_V1P1)
"""Those whose objects can be written."""


def family_of(requirement: str) -> Family | None:
    """Return the family that a requirement is about, by its id; None where it is about none, as those of consumers."""
    of = [family for family in EVERYWHERE if requirement.startswith(f"{family.prefix}-")]
    return max(of, key=lambda family: len(family.prefix), default=None)


EVERY_KIND: Final = tuple(kind for family in FAMILIES for kind in family.kinds)
"""The whole collections of every kind of record that some family lists."""
