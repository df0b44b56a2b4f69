"""How the fake target understands a question: its query, filter, sort and fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from digione_conformance.probing.probe import values_at
from digione_conformance.relations.order import instant, loose

from digione_sdk.errors import FilterError
from digione_sdk.model.facts import fields_of
from digione_sdk.wire.filter import Clause, Combination, Filter, Logical, Predicate, parse
from tests.unit.conformance.checks.refusing import Refusal
from tests.unit.conformance.checks.school import Record

_ORDER: Mapping[Predicate, Callable[[Any, Any], bool]] = {
    Predicate.EQ: lambda a, b: a == b,
    Predicate.NE: lambda a, b: a != b,
    Predicate.LT: lambda a, b: a < b,
    Predicate.LE: lambda a, b: a <= b,
    Predicate.GT: lambda a, b: a > b,
    Predicate.GE: lambda a, b: a >= b,
}


class Asking:
    """Chooses, orders and trims records; `on` holds the names of what is switched on."""

    on: frozenset[str]
    tenants: dict[str, dict[type, list[Record]]]

    def _query(self, text: str) -> dict[str, str]:
        if "plus is plus" in self.on:
            text = text.replace("+", "%2B")
        if "decoded twice" in self.on:
            text = "&".join(f"{n}={v.replace('%25', '%')}" for n, _, v in (p.partition("=") for p in text.split("&")))
        query: dict[str, str] = {}
        encoding = "latin-1" if "query in latin-1" in self.on else "utf-8"
        joined = "repeated fields lost" not in self.on
        for name, value in parse_qsl(text, keep_blank_values=True, encoding=encoding, errors="replace"):
            query[name] = f"{query[name]},{value}" if joined and name == "fields" and name in query else value
        return query

    def _filtered(self, endpoint: Any, rows: list[Record], query: Mapping[str, str], tenant: str) -> list[Record]:
        text = query.get("filter")
        if text is None or ("views ignore filters" in self.on and not endpoint.view.whole):
            return rows
        if "crash on odd input" in self.on and "\x00" in text:
            raise Refusal(500, "internal_server_error")
        if "last clause of a field wins" in self.on:
            text = text.rpartition(" AND ")[2]
        if "unequal is equal" in self.on:
            text = text.replace("!=", "=")
        if "third clause dropped" in self.on:
            text = (
                re.match(r"[^']*'[^']*'(?: (?:AND|OR) [^']*'[^']*')?", text + "''")[0].rstrip() if "'" in text else text
            )
        if "projected first" in self.on and query.get("fields") == "sourcedId":
            rows = [{"sourcedId": row["sourcedId"]} for row in rows]
        if "dotted paths find nothing" in self.on and "." in text.partition("'")[0]:
            return []
        if "naive split" in self.on and " AND " in text:
            text = text.split(" AND ")[0].rstrip("'") + "'"
        try:
            expression = self._parsed(endpoint, text)
        except FilterError:
            if "bad filters ignored" in self.on:
                return rows
            reason = "invalid_selection_field" if "wrong reason" in self.on else "invalid_filter_field"
            raise Refusal(400, reason) from None
        if (
            "or leaves the view" in self.on
            and isinstance(expression, Combination)
            and expression.operator is Logical.OR
        ):
            rows = self.tenants[tenant][endpoint.model]
        if (
            "or leaves the tenant" in self.on
            and isinstance(expression, Combination)
            and expression.operator is Logical.OR
        ):
            rows = [r for t in self.tenants.values() for r in t[endpoint.model]]
        return [row for row in rows if self._meets(row, expression)]

    def _parsed(self, endpoint: Any, text: str) -> Filter:
        expression = parse(text)
        known = {facts.wire_name for facts in fields_of(endpoint.model).values()}
        unknown = (clause.field.split(".")[0] not in known or clause.field.endswith(".noSuchField")
                   for clause in expression.clauses)  # fmt: skip
        if any(unknown):
            raise FilterError("unknown field")
        if "no dotted paths" in self.on and any("." in clause.field for clause in expression.clauses):
            raise FilterError("no dotted paths")
        return expression

    def _meets(self, row: Record, expression: Filter) -> bool:
        if isinstance(expression, Combination):
            verdicts = [self._meets(row, part) for part in expression.parts]
            either = (expression.operator is Logical.OR) != ("and is or" in self.on)
            return any(verdicts) if either else all(verdicts)
        values = [v for v in values_at(row, expression.field) if isinstance(v, str)]
        if not values:
            return expression.predicate is Predicate.NE and "absent is not unequal" not in self.on
        return any(self._compares(value, expression) for value in values)

    def _compares(self, value: str, clause: Clause) -> bool:
        literal, predicate = clause.value, clause.predicate
        if clause.field == "dateLastModified" and "days only" in self.on:
            return _ORDER[predicate](value[:10], literal[:10])
        if clause.field == "dateLastModified" and "dates as text" not in self.on:
            literal = f"{literal}T00:00:00Z" if re.fullmatch(r"[\d-]{10}", literal) else literal
            left, right = instant(value), instant(literal)
            return left is not None and right is not None and _ORDER[predicate](left, right)
        if "digits as numbers" in self.on and re.fullmatch(r"[\d.]+", value) and re.fullmatch(r"[\d.]+", literal):
            return _ORDER[predicate](float(value), float(literal))
        if "any case" in self.on:
            value, literal = value.casefold(), literal.casefold()
        if "accents folded" in self.on:
            value, literal = (text.translate(str.maketrans("åäöÅÄÖ", "aaoAAO")) for text in (value, literal))
        if predicate is Predicate.CONTAINS:
            if "contains is a pattern" in self.on:
                return re.search(re.escape(literal).replace("%", ".*").replace("_", "."), value) is not None
            return literal in value
        if "greater is at least" in self.on and predicate is Predicate.GT:
            predicate = Predicate.GE
        return _ORDER[predicate](value, literal)

    def _sorted(self, rows: list[Record], query: Mapping[str, str]) -> list[Record]:
        name = query.get("sort", "")
        if "crash on unknown sort" in self.on and name == "noSuchField":
            raise Refusal(500, "internal_server_error")
        if not rows or not any(name in row for row in rows) or "sort ignored" in self.on:
            return rows
        if "ties in any order" in self.on and int(query.get("offset", "0")):
            rows = [*reversed(rows)]
        descending = query.get("orderBy") == "desc" and "always ascending" not in self.on
        have = [row for row in rows if isinstance(row.get(name), str)]
        without = [row for row in rows if row not in have]
        if "folded order" in self.on:
            have.sort(key=lambda row: loose(row[name]), reverse=descending)
            return have + without
        case = (lambda text: text.casefold()) if "sort any case" in self.on else (lambda text: text)
        have.sort(key=lambda row: case(row[name]), reverse=descending)
        return [*without, *have] if "absent first" in self.on else [*have, *without]

    def _projected(self, endpoint: Any, record: Record, query: Mapping[str, str]) -> Record:
        if "fields" not in query or "fields ignored" in self.on:
            return record
        names = query["fields"].split(",")
        known = {facts.wire_name for facts in fields_of(endpoint.model).values()}
        if set(names) - known:
            if "unknown fields ignored" in self.on:
                return record
            raise Refusal(400, "invalid_selection_field")
        forced = {"sourcedId"} if "id always" in self.on else set()
        if "fields add status" in self.on:
            forced = {"status"}
        return {key: value for key, value in record.items() if key in forced or key in names}
