"""Faults of a OneRoster 1.1 edition that stands beside 1.2 over the same store: the two versions mixed up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import Select
from starlette.responses import Response

from digione_mock_server.faults.fault import layer
from digione_mock_server.faults.shaping import moved
from digione_mock_server.refusal import Refusal
from digione_mock_server.store import KINDS
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.scopes import PREFIX, PREFIX_V1P1, ScopeV1P1
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base, Demographics, LineItem, Result, User
from digione_sdk.wire.versions import ConversionPolicy, downgraded

FAULTS: Final = (
    *layer(
        "serialiser",
        ("v1p1-role-as-array", "differences §2", "role of a 1.1 user is an array of one text."),
        ("v1p1-orgs-missing", "differences §2", "1.1 users have a role and no orgs."),
        ("v1p1-orgs-cut-to-one", "plausible", "Of the organisations of a 1.1 user the first alone is told."),
        ("v1p1-users-as-in-1-2", "pitfall 46", "The 1.1 path serves users with roles as 1.2 has them."),
        ("v1p1-objects-as-in-1-2", "pitfall 46", "The 1.1 path serves every object as 1.2 has it."),
        ("v1p1-additions-stay", "differences §2", "1.1 objects keep the properties that 1.2 added."),
        ("v1p1-administrator-in-1-2-words", "differences §2", "1.1 users are siteAdministrator and the like."),
        ("v1p1-role-of-second-rank", "differences §2",
         "The one role of a 1.1 user is the last of its roles, not the primary one."),
        ("v1p1-grades-as-text", "differences §2", "Grades of 1.1 users are one text, the first of them."),
        ("v1p1-status-inactive", "pitfall 55", "Tombstones of 1.1 have status inactive; 1.2 is right."),
        ("v1p1-sex-of-1-2", "differences §2", "Demographics of 1.1 say unspecified or other."),
        ("v1p1-enabled-user-boolean", "pitfall 4", "enabledUser of 1.1 is a JSON boolean."),
        ("v1p1-username-blank", "pitfall 52", "1.1 users without a username have an empty one."),
        ("v1p1-grading-period-missing", "differences §2", "1.1 line items have no grading period."),
        ("v1p1-session-of-1-2", "differences §2",
         "1.1 line items name an academicSession where a gradingPeriod belongs."),
        ("v1p1-bounds-missing", "differences §2", "1.1 line items have no bounds where 1.2 has none."),
        ("v1p1-missing-score-as-zero", "differences §2", "A result without a number is told in 1.1 with the score 0."),
        ("v1p1-missing-score-omitted", "differences §2", "A result without a number is told in 1.1 without score."),
        ("v1p1-own-vocabulary-leaks", "differences §2", "ext: tokens of 1.2 stand in the closed vocabularies of 1.1."),
        ("v1p1-hrefs-to-1-2", "differences §2", "Links in 1.1 objects lead to addresses of 1.2."),
        ("v1p1-stamp-of-export", "differences §3",
         "dateLastModified of 1.1 is that of the nightly export, not that of the object."),
        ("v1p1-ids-prefixed", "differences §3",
         "Every sourcedId of 1.1 begins with or11-, so that no id is that of 1.2."),
        ("v1p1-selected-before-telling", "plausible",
         "fields is applied to the 1.2 object: role and orgs are never in it."),
    ),
    *layer(
        "fields",
        ("v1p1-warning-missing", "differences §1",
         "An unknown name in fields or sort of 1.1 is passed over without warning."),
        ("v1p1-unknown-fields-400", "differences §1", "An unknown name in fields of 1.1 is 400, as in 1.2."),
        ("v1p1-unknown-fields-dropped", "differences §1",
         "An unknown name in fields of 1.1 is left out, the others are selected."),
        ("v1p1-blank-fields-accepted", "differences §1", "Blank fields in 1.1 get all data."),
    ),
    *layer("sort", ("v1p1-unknown-sort-400", "differences §1", "An unknown sort in 1.1 is 400.")),
    *layer(
        "parser",
        ("v1p1-unknown-filter-ignored", "differences §1", "A filter of 1.1 that names an unknown field is ignored."),
        ("v1p1-filter-in-1-2-words", "plausible", "Users of 1.1 are filtered by roles.role; role is unknown."),
        ("v1p1-administrator-not-found", "plausible", "role='administrator' is looked for among the words of 1.2."),
    ),
    *layer(
        "errors",
        ("v1p1-status-set-missing", "differences §1", "Refusals of 1.1 are the bare payload of 1.2."),
        ("v1p1-status-set-no-array", "differences §1", "statusInfoSet is an object, not an array."),
        ("v1p1-reasons-in-1-2-words", "differences §1", "Reasons of 1.1 are spelt as in 1.2: unknownobject."),
        ("v1p1-success-as-warning", "differences §1",
         "Every answer of 1.1 has a statusInfoSet of severity warning: of full success where nothing else is to say."),
        ("v1p1-warning-as-1-2-payload", "differences §1", "A warning of 1.1 is the payload of 1.2 beside the data."),
    ),
    *layer(
        "auth",
        ("v1p1-scopes-of-1-2", "rest §9", "The 1.1 path wants scopes of 1.2 and knows none of 1.1."),
        ("v1p1-scopes-granted-as-1-2", "rest §9",
         "Who asks for a scope of 1.1 is granted its namesake of 1.2, which opens the path of 1.1 too."),
        ("v1p1-scope-ignored", "pitfall 39", "Any token opens every operation of 1.1."),
        ("v1p1-roster-opens-demographics", "pitfall 38", "roster.readonly of 1.1 opens demographics."),
        ("v1p1-core-opens-nested", "rest §9", "roster-core.readonly of 1.1 opens the nested reads."),
        ("v1p1-without-token", "plausible", "The gateway guards the paths of 1.2; those of 1.1 slip past it."),
    ),
    *layer(
        "pager",
        ("v1p1-total-of-1-2", "pitfall 22", "X-Total-Count of 1.1 counts results that 1.1 does not tell."),
        ("v1p1-short-pages", "pitfall 23",
         "What 1.1 cannot tell is left out of the page after it is cut, so pages are short."),
        ("v1p1-next-page-in-1-2", "plausible", "Link of a 1.1 list leads to the next page of 1.2."),
    ),
    *layer(
        "views",
        ("v1p1-people-without-username-missing", "pitfall 52", "Users without a username are not in the lists of 1.1."),
    ),
    *layer(
        "lifecycle",
        ("v1p1-put-wants-1-2", "differences §2", "A line item put in 1.1 is refused for want of the school of 1.2."),
    ),
)  # fmt: skip

Wire: TypeAlias = dict[str, Json]
Telling: TypeAlias = Callable[[type[Base], Wire], Wire]

NOT_REMEMBERED: Final = frozenset({"v1p1-scopes-of-1-2", "v1p1-scopes-granted-as-1-2"})
"""Faults with which a page depends on more than its key."""

_V1P1_PATH: Final = "/ims/oneroster/v1p1/"
_ID_PREFIX: Final = "or11-"
_NIGHT: Final = timedelta(hours=2)
_UNTOLD_SCORE: Final = {"v1p1-missing-score-as-zero", "v1p1-missing-score-omitted"}
_EVERY_RESULT: Final = _UNTOLD_SCORE | {"v1p1-short-pages"}
_VOCABULARIES: Final = ("type", "classType", "role", "scoreStatus", "roles")


# Telling


def retelling(told: Telling, faults: AbstractSet[str]) -> Telling:
    """Return how a careless edition tells a stored object."""

    def wrongly(model: type[Base], stored: Wire) -> Wire:
        if "v1p1-objects-as-in-1-2" in faults or ("v1p1-users-as-in-1-2" in faults and model is User):
            return stored
        if "v1p1-hrefs-to-1-2" in faults:
            made = downgraded(model, stored, policy=ConversionPolicy(any_session=True))
        elif model is Result and "score" not in stored and {"status", "scoreStatus"} <= stored.keys():
            made = {name: value for name, value in told(model, stored | {"score": 0}).items() if name != "score"}
        else:
            made = told(model, stored)
        for fault in sorted(faults & _SHAPES.keys()):
            made = _SHAPES[fault](made, stored, model)
        return made

    return wrongly


def expressible(model: type[Base], statement: Select[Any], right: Select[Any], faults: AbstractSet[str]) -> Select[Any]:
    """Return what a careless edition lists, of a statement and the right restriction of it."""
    if model is Result and faults & _EVERY_RESULT:
        return statement
    if model is User and "v1p1-people-without-username-missing" in faults:
        return right.where(KINDS[User].table.c.username.is_not(None))
    return right


def left_out(model: type[Base], bodies: list[bytes], faults: AbstractSet[str]) -> list[bytes]:
    """Return the rows that are left of a page where what cannot be told is left out last."""
    if model is not Result or "v1p1-short-pages" not in faults:
        return bodies
    return [body for body in bodies if "score" in json.loads(body)]


def _additions(made: Wire, stored: Wire, _model: type[Base]) -> Wire:
    return stored | made


def _administrator(made: Wire, stored: Wire, _model: type[Base]) -> Wire:
    if made.get("role") != "administrator" or "roles" not in stored:
        return made
    return made | {"role": next(one["role"] for one in stored["roles"] if one["role"] not in _V1P1_ROLES)}


_V1P1_ROLES: Final = frozenset({"aide", "guardian", "parent", "proctor", "relative", "student", "teacher"})


def _second_rank(made: Wire, stored: Wire, _model: type[Base]) -> Wire:
    if "role" not in made or "roles" not in stored:
        return made  # a resource has roles too, and they are words
    last = stored["roles"][-1].get("role")
    return made | {"role": last} if last in _V1P1_ROLES else made


def _session(made: Wire, _stored: Wire, _model: type[Base]) -> Wire:
    return {"academicSession" if name == "gradingPeriod" else name: value for name, value in made.items()}


def _without_bounds(made: Wire, stored: Wire, model: type[Base]) -> Wire:
    absent = {"resultValueMin", "resultValueMax"} - stored.keys() if model is LineItem else frozenset()
    return {name: value for name, value in made.items() if name not in absent}


def _zero(made: Wire, _stored: Wire, model: type[Base]) -> Wire:
    return {"score": 0} | made if model is Result and "scoreStatus" in made else made


def _own_words(made: Wire, stored: Wire, model: type[Base]) -> Wire:
    own = {name: stored[name] for name in _VOCABULARIES if name in made and "ext:" in str(stored.get(name))}
    if model is User and "role" in made and stored["roles"][0]["role"].startswith("ext:"):
        own["role"] = stored["roles"][0]["role"]
    return made | own


def _exported(made: Wire, _stored: Wire, _model: type[Base]) -> Wire:
    if "dateLastModified" not in made:
        return made
    night = moved(datetime.fromisoformat(made["dateLastModified"]), timedelta(days=1)).date()
    return made | {"dateLastModified": f"{night.isoformat()}T02:00:00.000Z"}


def _prefixed(value: Json) -> Json:
    if isinstance(value, list):
        return [_prefixed(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: _prefixed(item) for name, item in value.items()}
    if isinstance(made.get("sourcedId"), str):
        own = made["sourcedId"]
        made["sourcedId"] = _ID_PREFIX + own
        if isinstance(made.get("href"), str):
            made["href"] = made["href"].replace(own, _ID_PREFIX + own)
    return made


def _change(name: str, change: Callable[[Any], Json], *, of: type[Base] | None = None) -> Callable[..., Wire]:
    def changed(made: Wire, _stored: Wire, model: type[Base]) -> Wire:
        return made | {name: change(made[name])} if name in made and of in {None, model} else made

    return changed


def _without(name: str, *, of: type[Base]) -> Callable[..., Wire]:
    def left(made: Wire, _stored: Wire, model: type[Base]) -> Wire:
        return {n: value for n, value in made.items() if n != name} if model is of else made

    return left


def _sex(made: Wire, stored: Wire, model: type[Base]) -> Wire:
    return made | {"sex": stored["sex"]} if model is Demographics and "sex" in stored else made


def _blank_username(made: Wire, stored: Wire, model: type[Base]) -> Wire:
    return made | {"username": ""} if model is User and "username" in made and "username" not in stored else made


_SHAPES: Final[Mapping[str, Callable[[Wire, Wire, type[Base]], Wire]]] = {
    "v1p1-role-as-array": _change("role", lambda role: [role], of=User),
    "v1p1-orgs-missing": _without("orgs", of=User),
    "v1p1-orgs-cut-to-one": _change("orgs", lambda orgs: orgs[:1], of=User),
    "v1p1-additions-stay": _additions,
    "v1p1-administrator-in-1-2-words": _administrator,
    "v1p1-role-of-second-rank": _second_rank,
    "v1p1-grades-as-text": _change("grades", lambda grades: grades[0] if grades else "", of=User),
    "v1p1-status-inactive": _change("status", lambda status: "inactive" if status == "tobedeleted" else status),
    "v1p1-sex-of-1-2": _sex,
    "v1p1-enabled-user-boolean": _change("enabledUser", lambda text: text == "true"),
    "v1p1-username-blank": _blank_username,
    "v1p1-grading-period-missing": _without("gradingPeriod", of=LineItem),
    "v1p1-session-of-1-2": _session,
    "v1p1-bounds-missing": _without_bounds,
    "v1p1-missing-score-as-zero": _zero,
    "v1p1-own-vocabulary-leaks": _own_words,
    "v1p1-stamp-of-export": _exported,
    "v1p1-ids-prefixed": lambda made, _stored, _model: _prefixed(made),
}
"""What each fault that concerns one object does to it: to what is told, given what is stored."""


# Asking and paging


def own_ids(parameters: Mapping[str, str], faults: AbstractSet[str]) -> dict[str, str]:
    """Return path parameters as the store knows them where an edition has ids of its own."""
    prefix = _ID_PREFIX if "v1p1-ids-prefixed" in faults else ""
    return {name: value.removeprefix(prefix) for name, value in parameters.items()}


def wrong_page_address(path: str, endpoint: Endpoint[Any], faults: AbstractSet[str]) -> str:
    """Return the path of the list's other pages."""
    if "v1p1-next-page-in-1-2" not in faults or not path.startswith(_V1P1_PATH):
        return path
    return path.replace("/v1p1/", "/rostering/v1p2/" if "roster" in endpoint.scopes[0] else "/gradebook/v1p2/", 1)


def permits(granted: AbstractSet[str], needed: AbstractSet[str], faults: AbstractSet[str]) -> bool | None:
    """Whether a careless check of 1.1 scopes lets a token pass; None where it does as it should."""
    if not any(scope.startswith(PREFIX_V1P1) for scope in needed):
        return None
    if "v1p1-scopes-of-1-2" in faults:
        return not as_in_1_2(needed).isdisjoint(granted)
    if "v1p1-scopes-granted-as-1-2" in faults:
        return not (needed | as_in_1_2(needed)).isdisjoint(granted)
    loose = (
        "v1p1-scope-ignored" in faults
        or ("v1p1-roster-opens-demographics" in faults and ScopeV1P1.ROSTER in granted and _DEMOGRAPHICS in needed)
        or ("v1p1-core-opens-nested" in faults and ScopeV1P1.ROSTER_CORE in granted and ScopeV1P1.ROSTER in needed)
    )
    return True if loose else None


def as_in_1_2(scopes: AbstractSet[str]) -> frozenset[str]:
    """Return scopes with those of 1.1 by the names of 1.2."""
    return frozenset(scope.replace(PREFIX_V1P1, PREFIX) for scope in scopes)


_DEMOGRAPHICS: Final = ScopeV1P1.ROSTER_DEMOGRAPHICS


# Refusing and warning

_SET: Final = re.compile(rb'"statusInfoSet": ?\[(.*)\]', re.DOTALL)
_REASONS: Final = {
    b"full success": b"fullsuccess",
    b"invalid data": b"invaliddata",
    b"unauthorized": b"unauthorisedrequest",
    b"unknown object": b"unknownobject",
}


def wrong_refusal(answer: Response, refusal: Refusal, faults: AbstractSet[str]) -> Response:
    """Return how a careless edition says no."""
    body = bytes(answer.body)
    if "v1p1-status-set-missing" in faults:
        body = refusal.payload.to_wire_json()
    body = reworded(body, faults)
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(body, answer.status_code, headers)


def reworded(said: bytes, faults: AbstractSet[str]) -> bytes:
    """Return a status set in careless words."""
    if "v1p1-status-set-no-array" in faults:
        said = _SET.sub(rb'"statusInfoSet":\1', said)
    if "v1p1-reasons-in-1-2-words" in faults:
        for right, wrong in _REASONS.items():
            said = said.replace(b'"imsx_codeMinor": "%b"' % right, b'"imsx_codeMinor": "%b"' % wrong)
    return said


def wrong_warning(said: bytes, faults: AbstractSet[str]) -> bytes:
    """Return how a careless edition warns, as members beside the data; nothing where it does not."""
    if "v1p1-warning-missing" in faults:
        return b""
    if "v1p1-warning-as-1-2-payload" in faults:
        (first,) = json.loads(b"{" + said + b"}")["statusInfoSet"][:1]
        field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": first.pop("imsx_codeMinor")}
        return json.dumps(first | {"imsx_CodeMinor": {"imsx_codeMinorField": [field]}}).encode()[1:-1]
    return reworded(said, faults)
