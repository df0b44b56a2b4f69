"""Organisations of a municipality: the education provider, its schools, their sites, and a school that was closed.

Grade vocabulary, for all kinds: `1`-`9` are the year classes of basic education (perusopetuksenluokkaaste), `10`-`12`
the first to third year of general upper secondary (lukio), which has no national code of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from digione_mock_server.seed.plan import Mark, Plan
from digione_mock_server.seed.wire import Calendar, org_link
from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json
from digione_sdk.model.identifiers import Oid, business_id_check_digit

UPPER: Final = 10
"""First grade of upper secondary."""


class Place(NamedTuple):
    """An invented municipality: its name, its genitive, the name of its Swedish-language corner, its mail domain."""

    name: str
    genitive: str
    swedish: str
    domain: str


_PLACES: Final = (
    Place("Esimerkkilä", "Esimerkkilän", "Exempelby", "esimerkkila.invalid"),
    Place("Mallikylä", "Mallikylän", "Modellby", "mallikyla.invalid"),
    Place("Näytelampi", "Näytelammen", "Provträsk", "naytelampi.invalid"),
    Place("Koeharju", "Koeharjun", "Försöksås", "koeharju.invalid"),
    Place("Sepitesuo", "Sepitesuon", "Diktmossen", "sepitesuo.invalid"),
)
_STEMS: Final = (
    "Satu",
    "Tarina",
    "Loru",
    "Runo",
    "Taru",
    "Kaiku",
    "Unelma",
    "Keiju",
    "Haave",
    "Utu",
    "Sävel",
    "Kipinä",
    "Arvoitus",
    "Sarastus",
    "Pöllö",
)
_ENDINGS: Final = ("niityn", "rinteen", "kallion", "lammen", "harjun", "puron", "mäen", "notkon", "lahden", "metsän")
_SWEDISH: Final = ("Sagobackens", "Visdalens", "Rimnäs", "Drömlundens", "Dimbergets", "Gåtstrands", "Älvängens")


class School(NamedTuple):
    """A school, and the grades of each of its home classes."""

    key: str
    mark: Mark
    name: str
    number: str
    code: str
    """oppilaitostyyppi: 11 basic, 15 upper secondary."""
    swedish: bool
    homes: tuple[tuple[int, ...], ...]
    sites: tuple[str, ...]

    @property
    def upper(self) -> bool:
        """Whether it gives general upper secondary education."""
        return self.homes[0][0] >= UPPER

    @property
    def grades(self) -> tuple[int, ...]:
        """All its grades."""
        return tuple(sorted({grade for home in self.homes for grade in home}))


def _homes(first: int, last: int, parallel: int) -> tuple[tuple[int, ...], ...]:
    return tuple((grade,) for grade in range(first, last + 1) for _ in range(parallel))


_KINDS: Final = {
    "small": _homes(1, 8, 1) + _homes(8, 9, 1),
    "small upper": _homes(10, 12, 1),
    "village": ((1, 2), (3, 4, 5, 6)),
    "comprehensive": _homes(1, 9, 3),
    "primary": _homes(1, 6, 2),
    "lower secondary": _homes(7, 9, 6),
    "upper": _homes(10, 12, 8),
    "swedish": _homes(1, 9, 1),
    "large swedish": _homes(1, 9, 2),
}
_SWEDISH_KINDS: Final = frozenset({"village", "swedish", "large swedish"})
_SIZES: Final = {
    "school": {"small": 1, "small upper": 1, "village": 1},
    "municipality": {
        "comprehensive": 9, "upper": 5, "village": 1, "swedish": 1, "primary": 10, "lower secondary": 4,
    },
    "city": {
        "comprehensive": 23, "upper": 14, "village": 2, "large swedish": 3, "primary": 32, "lower secondary": 14,
    },
}  # fmt: skip


def place(plan: Plan) -> Place:
    """Return the municipality of the plan's tenant; after the list ends, names are numbered."""
    turn, index = divmod(plan.tenant, len(_PLACES))
    chosen = _PLACES[index]
    if not turn:
        return chosen
    return chosen._replace(name=f"{chosen.name} {turn + 1}", domain=f"{turn + 1}.{chosen.domain}")


def district(plan: Plan) -> Mark:
    """Return the mark of the education provider."""
    return plan.mark("orgs", "district")


def schools(plan: Plan) -> tuple[School, ...]:
    """Return the schools of the plan, the first always one of basic education with grades 1-9."""
    kinds = _kinds(plan)
    return tuple(_school(plan, ordinal, kind) for ordinal, kind in enumerate(kinds))


def first_upper(plan: Plan) -> str:
    """Return the key of the first school of upper secondary education."""
    return str(next(ordinal for ordinal, kind in enumerate(_kinds(plan)) if "upper" in kind))


def _kinds(plan: Plan) -> list[str]:
    return [kind for kind, count in _SIZES[plan.size].items() for _ in range(count)]


def _school(plan: Plan, ordinal: int, kind: str) -> School:
    swedish, upper = kind in _SWEDISH_KINDS, "upper" in kind
    homes = _KINDS[kind]
    return School(
        key=f"{ordinal}",
        # One school bears the same id in every tenant: ids are unique within a tenant only.
        mark=plan.mark("orgs", f"school/{ordinal}", everywhere=ordinal == 1),
        name=_name(plan, ordinal, swedish=swedish, upper=upper),
        number=f"99{plan.tenant % 10}{ordinal:02d}",
        code="15" if upper else "11",
        swedish=swedish,
        homes=homes,
        sites=("Alakoulu", "Yläkoulu") if not swedish and homes[0] == (1,) and homes[-1] == (9,) else (),
    )


def _name(plan: Plan, ordinal: int, *, swedish: bool, upper: bool) -> str:
    here = place(plan)
    if upper and f"{ordinal}" == first_upper(plan):
        return f"{here.genitive} lukio"
    if swedish:
        start = plan.stream("names of schools", "sv").below(len(_SWEDISH)) + ordinal
        # The town's own name goes to the first of the larger ones: a village school is out in the country.
        kinds = _kinds(plan)
        if kinds[ordinal] != "village" and kinds.index(kinds[ordinal]) == ordinal:
            return f"{here.swedish} skola"
        return f"{_SWEDISH[start % len(_SWEDISH)]} skola"
    pairs = plan.stream("names of schools", "fi").shuffled([s + e for s in _STEMS for e in _ENDINGS])
    return f"{pairs[ordinal]} {'lukio' if upper else 'koulu'}"


def org_records(plan: Plan, calendar: Calendar, all_schools: tuple[School, ...]) -> Iterator[dict[str, Json]]:
    """Yield the organisations: district, schools, sites, and one closed school as a tombstone."""
    here, top = place(plan), district(plan)
    closed = plan.mark("orgs", "closed school")
    body = next(body for body in (f"99{plan.tenant:02d}{n:03d}" for n in range(100, 200)) if _issued(body))
    yield calendar.base(top) | {
        "metadata": {
            "fi.digione.orgOid": _org_oid(plan, 0),
            "fi.digione.businessId": f"{body}-{business_id_check_digit(body)}",
        },
        "name": f"{here.genitive} {'kaupunki' if plan.size == 'city' else 'kunta'}, sivistyspalvelut",
        "type": "district",
        "identifier": _org_oid(plan, 0),
        "children": [org_link(school.mark.sourced_id) for school in all_schools] + [org_link(closed.sourced_id)],
    }
    for ordinal, school in enumerate(all_schools, 1):
        yield from _school_records(plan, calendar, school, ordinal)
    yield calendar.base(closed, gone=True) | {
        "name": f"{here.genitive} vanha kansakoulu",
        "type": "school",
        "identifier": f"99{plan.tenant % 10}99",
        "parent": org_link(top.sourced_id),
    }


def _school_records(plan: Plan, calendar: Calendar, school: School, ordinal: int) -> Iterator[dict[str, Json]]:
    sites = [plan.mark("orgs", f"school/{school.key}/{site}") for site in school.sites]
    record = calendar.base(school.mark) | {
        "metadata": {
            "fi.digione.orgOid": _org_oid(plan, ordinal),
            "fi.digione.schoolNumber": school.number,
            "fi.digione.schoolType": school.code,
            "fi.digione.languageOfInstruction": "2" if school.swedish else "1",
        },
        "name": school.name,
        "type": "school",
        "identifier": school.number,
        "parent": org_link(district(plan).sourced_id),
    }
    if sites:
        record["children"] = [org_link(site.sourced_id) for site in sites]
    yield record
    for index, (site, label) in enumerate(zip(sites, school.sites, strict=True), 1):
        yield calendar.base(site) | {
            "name": f"{school.name}, {label}",
            "type": "department",
            "identifier": f"{school.number}-{index}",
            "parent": org_link(school.mark.sourced_id),
        }


def _issued(body: str) -> bool:
    return business_id_check_digit(body) is not None


def _org_oid(plan: Plan, ordinal: int) -> str:
    return synthetic_oid(99, tenant=plan.tenant, ordinal=ordinal)


def synthetic_oid(node: int, *, tenant: int, ordinal: int) -> str:
    """Return an OID of a test node (98 persons, 99 organisations); bodies begin with 0, as issued ones never do.

    Ordinals are scattered by a fixed bijection, so that neighbours in a register do not look like neighbours.
    """
    limit = 10_000_000
    if not 0 <= ordinal < limit:
        raise UsageError("must be below ten million", argument="ordinal")
    return Oid.with_check_digit(f"0{tenant:02d}{(ordinal * 7_368_787 + 1_234_567) % limit:07d}", node=node).value
