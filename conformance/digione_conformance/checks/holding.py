"""Checks of what lists hold after a write: results of every status, where their line item says, and nothing deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.written import WRITTEN, found_by, single
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, GRADEBOOK, GRADEBOOKS, WRITABLE, put_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import NotOffered, Workshop, workshop
from digione_conformance.relations.asking import CATEGORIES
from digione_sdk.model.oneroster.result import ScoreStatus

_NO_NESTED: Final = "the target offers no reads below a class"


def _above(shop: Workshop, result: Record) -> Mapping[str, str]:
    """Return the parents of a result of ours, by path parameter."""
    line_item = shop.parent_of(result["lineItem"])
    return {
        "classSourcedId": str(line_item.get("class", {}).get("sourcedId")),
        "lineItemSourcedId": str(line_item.get("sourcedId")),
        "studentSourcedId": str(result["student"]["sourcedId"]),
    }


def _below(probe: Probe, kind: ANY_ENDPOINT, above: Mapping[str, str]) -> Iterator[ANY_ENDPOINT]:
    """Yield the nested lists of a kind whose parents are all known."""
    yield from (e for e in probe.family.nested if e.model is kind.model and set(e.path_parameters) <= above.keys())


def _shows(
    shop: Workshop, endpoint: ANY_ENDPOINT, above: Mapping[str, str], key: str, *, expected: bool
) -> tuple[Exchange, bool | None]:
    """Return whether a nested list shows an object as active, once that is as expected; None without such a list."""
    path, query = {name: above[name] for name in endpoint.path_parameters}, {"filter": f"sourcedId='{key}'"}

    def shows(page: Exchange) -> bool:
        rows = page.json.get(endpoint.wrapper_key, ()) if page.ok and isinstance(page.json, dict) else ()
        return any(row.get("sourcedId") == key and row.get("status") != "tobedeleted" for row in rows)

    page = shop.awaited(
        lambda: shop.probe.get(endpoint, path=path, query=query, fresh=True), lambda page: shows(page) is expected
    )
    return page, shows(page) if page.ok else None


@check("OR-*-HOLD-001", alone=True, of=(GRADEBOOK,), after=(WRITTEN,))
def results_follow_their_line_item(probe: Probe) -> Findings:
    """A result that names no class stands in the lists of its line item's class: its own `class` is optional."""
    results, _ = probe.family.thorough
    with workshop(probe) as shop:
        sent = shop.store(results, shop.draft(results, without=("class",)))
        above = _above(shop, sent)
        for endpoint in _below(probe, results, above):
            page, shown = _shows(shop, endpoint, above, str(sent["sourcedId"]), expected=True)
            if shown is None:
                continue
            probe.examined()
            if not shown:
                yield Finding.at(f"{endpoint.operation_id} lacks a result that names no class", page)
        if not probe.looked_at:
            raise Inapplicable(_NO_NESTED)


@check("OR-*-HOLD-002", alone=True, of=WRITABLE, after=(WRITTEN,))
def results_of_every_status_are_listed(probe: Probe) -> Findings:
    """A result stands in the list whatever its scoreStatus is: what is not graded yet is there, too."""
    results, _ = probe.family.thorough
    with workshop(probe) as shop:
        sent = shop.store(results, shop.draft(results))
        key = str(sent["sourcedId"])
        for status in ScoreStatus:
            put = shop.put(results, {**sent, "scoreStatus": status.value})
            if not put.ok:
                continue  # which words are taken is judged elsewhere
            page = found_by(shop, results, f"sourcedId='{key}'", (key,))
            probe.examined()
            if page.listed(results.wrapper_key) != (key,):
                yield Finding.at(f"{results.operation_id} lacks a result with scoreStatus {status.value}", put, page)
        if not probe.looked_at:
            raise NotOffered(f"the target does not take {put_of(results).operation_id} again")


@check("OR-*-HOLD-003", alone=True, of=GRADEBOOKS, after=(WRITTEN,))
def nested_lists_lose_what_was_deleted(probe: Probe) -> Findings:
    """After DELETE no list of the class, the line item or the pupil shows a result or line item as active."""
    results, line_items = probe.family.thorough
    with workshop(probe) as shop:
        sent = shop.store(results, shop.draft(results))
        above, line_item = _above(shop, sent), shop.parent_of(sent["lineItem"])
        for kind, record in ((results, sent), (line_items, line_item)):
            single(shop, kind, record)
            gone = shop.delete(kind, str(record["sourcedId"]))
            if not gone.ok:
                continue  # DELETE itself is judged elsewhere
            for endpoint in _below(probe, kind, above):
                if "{lineItemSourcedId}" in endpoint.path and kind is line_items:
                    continue
                page, shown = _shows(shop, endpoint, above, str(record["sourcedId"]), expected=False)
                probe.examined(shown is not None)
                if shown:
                    yield Finding.at(f"{endpoint.operation_id} still shows what was deleted", gone, page)
        if not probe.looked_at:
            raise NotOffered("the target offers no DELETE, or no reads below a class")


@check("OR-*-HOLD-004", alone=True, of=(GRADEBOOK,), after=(WRITTEN,))
def categories_leave_with_their_last_line_item(probe: Probe) -> Findings:
    """A category that a line item brought into the list of a class leaves it with that line item."""
    _, line_items = probe.family.thorough
    with workshop(probe) as shop:
        category = shop.store(CATEGORIES, shop.draft(CATEGORIES))
        key, draft = str(category["sourcedId"]), shop.draft(line_items)
        line_item = {**draft, "category": shop.link_to(CATEGORIES, category, like=draft["category"])}
        above = {"classSourcedId": str(line_item["class"]["sourcedId"])}
        for endpoint in _below(probe, CATEGORIES, above):
            _, before = _shows(shop, endpoint, above, key, expected=False)
            shop.store(line_items, line_item)
            _, between = _shows(shop, endpoint, above, key, expected=True)
            gone = shop.delete(line_items, str(line_item["sourcedId"]))
            if before is not False or not between or not gone.ok:
                continue  # the categories of the class are others than those of its line items
            page, after = _shows(shop, endpoint, above, key, expected=False)
            probe.examined()
            if after:
                yield Finding.at(
                    f"{endpoint.operation_id} shows the category of a line item that was deleted", gone, page
                )
        if not probe.looked_at:
            raise Inapplicable("the target has no list of the categories that the line items of a class have")
