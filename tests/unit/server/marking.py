"""The fixed writes of gradebook and assessments, written without a look at any check, and what is read after each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from digione_sdk.core.scopes import Scope
from tests.unit.server.grading import told, whether
from tests.unit.server.small import GRADEBOOK, Answer, Door

if TYPE_CHECKING:
    from tests.unit.server.corpus import Replay


def to(sourced_id: str) -> dict[str, str]:
    """A link as consumers send it."""
    return {"sourcedId": sourced_id}


def line_item(ids: dict[str, str], **more: Any) -> dict[str, Any]:
    """A line item in the class of the known one."""
    return {
        "title": "Ääkköskoe",
        "assignDate": "2026-11-01T08:00:00.000Z",
        "dueDate": "2026-11-08T12:00:00.000Z",
        "class": to(ids["graded_class"]),
        "school": to(ids["graded_school"]),
        "category": to(ids["category"]),
        "resultValueMin": 0,
        "resultValueMax": 30,
        **more,
    }


def result(ids: dict[str, str], **more: Any) -> dict[str, Any]:
    """A result in the known line item."""
    return {
        "lineItem": to(ids["line_item"]),
        "student": to(ids["graded"]),
        "scoreStatus": "fully graded",
        "score": 7.25,
        "scoreDate": "2026-11-08",
        **more,
    }


def _puts(replay: Replay, ids: dict[str, str]) -> Iterator[Answer]:
    """What is put is there as it was put, in every list that it belongs to."""
    door = replay.client()
    objectives = {"source": "case", "learningObjectiveResults": [{"learningObjectiveId": "o-1", "score": 0.5}]}
    metadata = {"org.example.note": {"deep": [1, None]}}
    wires = {
        "/lineItems/g-item": ("lineItem", line_item(ids, title="ö" * 250, metadata=metadata)),
        "/lineItems/g-night": ("lineItem", line_item(ids, assignDate="2026-11-01T00:30:00.000+02:00")),
        "/results/g-summer": ("result", result(ids, scoreDate="2026-08-12")),
        "/results/g-last-day": ("result", result(ids, scoreDate="2026-12-31")),
        "/results/g-rich": ("result", result(
            ids, comment='5 < 6 & "hyvä" <b>työ</b>', late="true", learningObjectiveSet=[objectives], metadata=metadata
        )),
        "/results/g-over": ("result", result(ids, score=300)),
        "/results/g-under": ("result", result(ids, score=-1.5)),
        "/results/g-zero": ("result", result(ids, score=0, scoreStatus="partially graded")),
        "/results/g-mark": ("result", result(ids, score=None, textScore="hyväksytty (Å)")),
        "/results/g-none": ("result", result(ids, score=None, scoreStatus="exempt")),
        "/categories/g-category": ("category", {"title": "Kokeet & <i>muut</i>", "weight": 12.5}),
        "/scoreScales/g-scale": ("scoreScale", {
            "title": "S/H", "type": "x", "class": to(ids["graded_class"]),
            "scoreScaleValue": [{"itemValueLHS": one, "itemValueRHS": f"{one} ä"} for one in ("S", "10", "H")],
        }),
        "/assessmentLineItems/g-whole": ("assessmentLineItem", {"title": "Kansallinen koe"}),
        "/assessmentLineItems/g-part": ("assessmentLineItem", {
            "title": "Osa", "parentAssessmentLineItem": to("g-whole"), "resultValueMax": 12.5,
        }),
        "/assessmentResults/g-result": ("assessmentResult", {
            "assessmentLineItem": to("g-part"), "student": to(ids["graded"]), "scoreStatus": "fully graded",
            "scoreDate": "2026-11-08", "score": 3.75, "scorePercentile": 62.5,
        }),
        "/assessmentResults/g-second": ("assessmentResult", {
            "assessmentLineItem": to("g-part"), "student": to(ids["graded"]), "scoreStatus": "fully graded",
            "scoreDate": "2026-11-09", "score": 4,
        }),
    }  # fmt: skip
    for path, (key, wire) in wires.items():
        yield told(door.ask("GET", f"/{path.split('/')[1]}?limit=1"))
        yield told(door.ask("PUT", path, {key: wire}))
        yield told(door.ask("GET", path))
        yield told(door.ask("GET", f"/{path.split('/')[1]}?limit=1"))
    for path in ("lineItems", "results?filter=student.sourcedId='{graded}'", "lineItems/{line_item}/results"):
        yield told(door.ask("GET", f"/classes/{ids['graded_class']}/{path.format(**ids)}"))


def _replacements(replay: Replay, ids: dict[str, str]) -> Iterator[Answer]:
    """A replacement leaves out what it leaves out, adds nothing, and moves the stamp."""
    door = replay.client()
    path, whole = "/results/g-twice", result(ids, comment="Ensin", late="true")
    yield told(door.ask("PUT", path, {"result": whole}))
    first = door.ask("GET", path)
    nested = f"/classes/{ids['graded_class']}/lineItems/{ids['line_item']}/results"
    yield told(door.ask("GET", nested))
    yield whether(door.ask("GET", path).json == first.json)
    yield told(door.ask("PUT", path, {"result": result(ids, score=9, status="active") | {
        "sourcedId": "g-twice", "dateLastModified": "2030-01-01T00:00:00.000Z"
    }}))  # fmt: skip
    second = door.ask("GET", path)
    yield told(second)
    yield told(door.ask("GET", "/results?limit=1"))
    yield told(door.ask("GET", nested))
    stamps = [answer.json["result"]["dateLastModified"] for answer in (first, second)]
    yield whether(stamps[0] < stamps[1] < "2029")
    tags = [answer.headers.get("etag", "") for answer in (first, second)]
    yield whether(tags[0] != tags[1])
    for headers in ({"If-Match": tags[0]}, {"If-None-Match": "*"}, {"If-Match": tags[1]}):
        yield told(door.ask("PUT", path, {"result": whole}, headers))


def _posts(replay: Replay, ids: dict[str, str]) -> Iterator[Answer]:
    """Pairs come for all that was posted and name what was stored; what is refused leaves nothing."""
    door, address = replay.client(), f"/classes/{ids['graded_class']}/lineItems"
    wires = [line_item(ids, sourcedId=f"tmp-{n}", title=f"Koe {n}") for n in (1, 2, 3)]
    posted = door.ask("POST", address, {"lineItems": wires})
    yield told(posted)
    for pair in posted.json["sourcedIdPairs"]:
        yield Answer(body=pair["suppliedSourcedId"].encode())
        yield told(door.ask("GET", f"/lineItems/{pair['allocatedSourcedId']}"))
    yield told(door.ask("POST", address, {"lineItems": [*wires, {"title": "vailla kaikkea"}]}))
    yield told(door.ask("GET", "/lineItems?limit=1"))
    results = door.ask("POST", f"/lineItems/{ids['line_item']}/results", {"results": [result(ids, sourcedId="r")]})
    yield told(results)
    for pair in results.json["sourcedIdPairs"]:  # their random ids would make lists differ from run to run
        yield told(door.ask("DELETE", f"/results/{pair['allocatedSourcedId']}"))
    for pair in posted.json["sourcedIdPairs"]:
        yield told(door.ask("DELETE", f"/lineItems/{pair['allocatedSourcedId']}"))
    yield told(door.ask("POST", "/classes/no-such-class/lineItems", {"lineItems": wires}))
    yield from _posts_elsewhere(door, ids)
    yield told(door.ask("POST", f"/lineItems/{ids['line_item']}/results", {"results": []}))


def _posts_elsewhere(door: Door, ids: dict[str, str]) -> Iterator[Answer]:
    """A temporary id names nothing that is stored, and the address names the parent, not the body."""
    address = f"/classes/{ids['graded_class']}/lineItems"
    yield told(door.ask("PUT", "/lineItems/g-there", {"lineItem": line_item(ids, title="Ennen")}))
    taken = door.ask("POST", address, {"lineItems": [line_item(ids, sourcedId="g-there", title="Uusi")]})
    yield told(door.ask("GET", "/lineItems/g-there"))
    strange = line_item(ids, sourcedId="tmp", **{"class": to(ids["other_graded_class"])})
    astray = door.ask("POST", address, {"lineItems": [strange]})
    yield told(astray)
    for pair in [*taken.json["sourcedIdPairs"], *astray.json.get("sourcedIdPairs", ())]:
        yield told(door.ask("DELETE", f"/lineItems/{pair['allocatedSourcedId']}"))
    yield told(door.ask("DELETE", "/lineItems/g-there"))


def _deletions(replay: Replay, ids: dict[str, str]) -> Iterator[Answer]:
    """What was deleted is gone from single read, lists and nested lists, and is in the delta."""
    door, path = replay.client(), "/results/g-going"
    yield told(door.ask("PUT", "/lineItems/g-leaving", {"lineItem": line_item(ids)}))
    yield told(
        door.ask("PUT", path, {"result": result(ids, lineItem=to("g-leaving"), **{"class": to(ids["graded_class"])})})
    )
    before = door.ask("GET", path).json["result"]["dateLastModified"]
    yield told(door.ask("GET", f"/classes/{ids['graded_class']}/lineItems/{ids['line_item']}/results?limit=1000"))
    yield told(door.ask("DELETE", path))
    nested = f"/classes/{ids['graded_class']}"
    delta = f"/results?filter=dateLastModified>'{before}'&sort=dateLastModified"
    of_item = f"{nested}/lineItems/{ids['line_item']}/results?limit=1000"
    looks = (
        path,
        "/results?limit=1",
        f"{nested}/results?limit=1000",
        of_item,
        f"{nested}/categories",
        delta.replace("'", "%27"),
    )
    for look in looks:
        yield told(door.ask("GET", look))
    yield told(door.ask("DELETE", path))
    yield told(door.ask("DELETE", "/results/never-there"))
    yield told(door.ask("PUT", path, {"result": result(ids, lineItem=to("g-leaving"))}))
    yield told(door.ask("DELETE", f"/categories/{ids['category']}"))
    yield told(door.ask("GET", f"/categories/{ids['category']}"))
    yield told(door.ask("DELETE", "/lineItems/g-leaving"))
    for look in (path, "/lineItems/g-leaving", *looks[1:]):
        yield told(door.ask("GET", look))
    filed = line_item(ids, category=to("g-category"))
    yield told(door.ask("PUT", "/lineItems/g-filed", {"lineItem": filed}))
    yield told(door.ask("DELETE", "/lineItems/g-filed"))
    yield told(door.ask("DELETE", "/assessmentResults/g-second"))
    yield told(door.ask("GET", "/assessmentResults/g-result"))
    yield told(door.ask("GET", f"{nested}/categories"))


def _refusals(replay: Replay, ids: dict[str, str]) -> Iterator[Answer]:
    """What cannot be taken is refused in words that repeat nothing of it, and nothing is stored."""
    door, path = replay.client(), f"{GRADEBOOK}/results/g-bad"
    for body in (b"{", b'"', b"[]", b"{}", b'{"result":[]}', json.dumps(result(ids)).encode()):
        yield told(door.send("PUT", path, headers={"Content-Type": "application/json"}, body=body))
    with_charset = {"Content-Type": "application/json; charset=utf-8"}
    body = json.dumps({"result": result(ids)}).encode()
    yield told(door.send("PUT", f"{GRADEBOOK}/results/g-charset", headers=with_charset, body=body))
    bad: tuple[dict[str, Any], ...] = (
        {"score": "kahdeksan"}, {"score": "8,5"}, {"scoreStatus": "arvioitu"}, {"scoreDate": "8.11.2026"},
        {"lineItem": to("no-such-item")}, {"student": to("no-such-pupil")}, {"sourcedId": "g-other"}, {"late": "ehkä"},
        {"lineItem": None}, {"nimi": "x"}, {"student": to(ids["strange_pupil"])}, {"lineItem": to(ids["strange_item"])},
    )  # fmt: skip
    for more in bad:
        yield told(door.ask("PUT", "/results/g-bad", {"result": result(ids, **more)}))
        yield told(door.ask("GET", "/results/g-bad"))
        yield told(door.ask("GET", "/results/g-other"))
    for more in ({"title": None}, {"category": to("no-such-category")}, {"resultValueMin": 5, "resultValueMax": 1}):
        yield told(door.ask("PUT", "/lineItems/g-bad", {"lineItem": line_item(ids, **more)}))
        yield told(door.ask("GET", "/lineItems/g-bad"))
    for parent in ("g-circle", "no-such-assessment"):
        wire = {"title": "Koe", "parentAssessmentLineItem": to(parent)}
        yield told(door.ask("PUT", "/assessmentLineItems/g-circle", {"assessmentLineItem": wire}))
    for method in ("PATCH", "POST", "DELETE"):
        yield told(door.ask(method, "/results", {}))


def _spellings(replay: Replay, ids: dict[str, str]) -> Iterator[Answer]:
    """An id is what it is to the letter, words may be a vendor's own, and a title is no key."""
    door = replay.client()
    for number, key in enumerate(("g-dot.one", "g-dot.two", "g-case", "G-Case")):
        yield told(door.ask("PUT", f"/results/{key}", {"result": result(ids, score=number)}))
    for key in ("g-dot.one", "g-dot.two", "g-dot", "g-case", "G-Case"):
        yield told(door.ask("GET", f"/results/{key}"))
    yield told(door.ask("PUT", "/results/g-word", {"result": result(ids, scoreStatus="ext:suullinen")}))
    twins = [line_item(ids, sourcedId=f"twin-{n}", title="Sama") for n in (1, 2)]
    posted = door.ask("POST", f"/classes/{ids['graded_class']}/lineItems", {"lineItems": twins})
    allocated = {pair["allocatedSourcedId"] for pair in posted.json["sourcedIdPairs"]}
    yield whether(len(allocated) == len(twins))
    for key in sorted(allocated):
        yield told(door.ask("DELETE", f"/lineItems/{key}"))


def _boundaries(replay: Replay, ids: dict[str, str]) -> Iterator[Answer]:
    """Nobody writes into another tenant, or of a pupil who does not exist for him."""
    mine, theirs = replay.client(), replay.client("b")
    entitled = replay.client("a", "entitled")
    foreign = f"/results/{ids['strange_result']}"
    yield told(mine.ask("DELETE", foreign))
    yield told(theirs.ask("GET", foreign))
    yield told(mine.ask("PUT", foreign, {"result": result(ids)}))
    yield told(theirs.ask("GET", foreign))
    secret = result(ids, student=to(ids["protected"]), lineItem=to(ids["protected_item"]))
    yield told(mine.ask("PUT", "/results/g-secret", {"result": secret}))
    yield told(mine.ask("PUT", f"/results/{ids['protected_result']}", {"result": result(ids)}))
    yield told(mine.ask("DELETE", f"/results/{ids['protected_result']}"))
    yield told(entitled.ask("GET", f"/results/{ids['protected_result']}"))
    assessed = {"assessmentLineItem": to("g-part"), "student": to(ids["protected"]), "scoreStatus": "exempt"}
    wire = {"assessmentResult": {**assessed, "scoreDate": "2026-11-08"}}
    yield told(entitled.ask("PUT", "/assessmentResults/g-secret", wire))
    yield told(mine.ask("GET", "/assessmentResults?limit=1"))
    token = replay.client("a", "default", Scope.GRADEBOOK_CREATEPUT)
    yield told(token.ask("PUT", "/results/g-narrow", {"result": result(ids)}))


WRITES: tuple[Callable[[Replay, dict[str, str]], Iterator[Answer]], ...] = (
    _puts, _replacements, _posts, _deletions, _refusals, _spellings, _boundaries,
)  # fmt: skip
