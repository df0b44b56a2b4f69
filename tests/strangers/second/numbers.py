"""Defects in what becomes of numbers, days and moments between a write and the next read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from tests.strangers.query import NUMBERS, STAMPS
from tests.strangers.second.lists import defect
from tests.strangers.second.writer import Writer
from tests.strangers.town import Row

_HELSINKI = timezone(timedelta(hours=3))


@defect("numbers", "score-to-one-decimal")
class ScoreToOneDecimal(Writer):
    """DECIMAL(7,1): 7.25 is kept as 7.3 (REST 3.2: a PUT keeps the object; `score` is a number)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "score" in row:
            row["score"] = float(Decimal(str(row["score"])).quantize(Decimal("0.1"), ROUND_HALF_UP))
        return super().fit(table, row, old, sent)


@defect("numbers", "bounds-as-integers")
class BoundsAsIntegers(Writer):
    """Integer columns for the bounds of a line item cut 10.5 to 10 (`resultValueMax` is Float)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        for name in {"resultValueMin", "resultValueMax"} & row.keys():
            row[name] = int(Decimal(str(row[name])).quantize(Decimal(1), ROUND_DOWN))
        return super().fit(table, row, old, sent)


@defect("numbers", "score-capped")
class ScoreCapped(Writer):
    """A score above the line item's maximum is silently made the maximum: extra credit is lost (pitfall 61)."""

    def store(self, tables: Any, route: Any, id_: str, sent: Row) -> None:
        super().store(tables, route, id_, sent)
        row = tables[route.table].get(id_, {})
        if "score" in row and "lineItem" in row:
            row["score"] = min(
                row["score"], tables["lineItems"][row["lineItem"].id].get("resultValueMax", row["score"])
            )


@defect("numbers", "zero-is-nothing")
class ZeroIsNothing(Writer):
    """`if (score)`: nought is falsy, so a score, weight or bound of 0 is not kept."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        kept = {name: value for name, value in row.items() if name not in NUMBERS or value}
        return super().fit(table, kept, old, sent)


@defect("numbers", "nothing-is-zero")
class NothingIsZero(Writer):
    """A primitive double has no null: a result without a score is told with the score 0 (`score` is optional)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if table in {"results", "assessmentResults"}:
            row.setdefault("score", 0)
        return super().fit(table, row, old, sent)


@defect("numbers", "bounds-invented")
class BoundsInvented(Writer):
    """A line item without bounds gets 0 and 100 by default (both are optional since 1.2, and mean what they say)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if table == "lineItems":
            row = {"resultValueMin": 0, "resultValueMax": 100, **row}
        return super().fit(table, row, old, sent)


@defect("numbers", "negative-is-positive")
class NegativeIsPositive(Writer):
    """An unsigned column and abs(): -2.5 comes back as 2.5."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        for name in NUMBERS & row.keys():
            row[name] = abs(row[name])
        return super().fit(table, row, old, sent)


@defect("numbers", "weight-as-percent")
class WeightAsPercent(Writer):
    """A weight of 1 or less is taken for a share and kept as per cent: 0.3 comes back as 30."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if 0 < row.get("weight", 0) <= 1:
            row["weight"] = row["weight"] * 100
        return super().fit(table, row, old, sent)


@defect("numbers", "weights-rebalanced")
class WeightsRebalanced(Writer):
    """After a category is written the weights of all are scaled to 100: records change that nobody wrote."""

    def store(self, tables: Any, route: Any, id_: str, sent: Row) -> None:
        super().store(tables, route, id_, sent)
        if route.table != "categories":
            return
        weighed = [row for row in tables["categories"].values() if "weight" in row]
        total = sum(row["weight"] for row in weighed)
        for row in weighed:
            row["weight"] = round(100 * row["weight"] / total, 4) if total else 0


@defect("numbers", "scores-as-text")
class ScoresAsText(Writer):
    """BigDecimal with a string serialiser: what was written is told as "7.25" (`score` is a JSON number)."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return {n: str(v) if n in NUMBERS and row["sourcedId"] in self.written else v for n, v in told.items()}


@defect("numbers", "true-is-one")
class TrueIsOne(Writer):
    """A loose type check: `"score": true` is taken as 1 (`score` is a number; 422 is for wrong data)."""

    def taken(self, tables: Any, route: Any, sent: Row) -> Row:
        return super().taken(tables, route, {n: int(v) if isinstance(v, bool) else v for n, v in sent.items()})


@defect("numbers", "nan-taken")
class NanTaken(Writer):
    """A lenient parser takes NaN and Infinity for scores, and a lenient printer tells them (RFC 8259: no JSON)."""

    def taken(self, tables: Any, route: Any, sent: Row) -> Row:
        odd = {n: v for n, v in sent.items() if n in NUMBERS and isinstance(v, float) and not abs(v) < 1e300}
        return {**super().taken(tables, route, {n: v for n, v in sent.items() if n not in odd}), **odd}


# --- days and moments -------------------------------------------------------------------------------------------------


@defect("moments", "offset-dropped")
class OffsetDropped(Writer):
    """LocalDateTime: 12:00+03:00 is kept as 12:00Z, three hours off (`dueDate` is an instant with a zone)."""

    def taken(self, tables: Any, route: Any, sent: Row) -> Row:
        row = super().taken(tables, route, sent)
        for name in STAMPS & row.keys():
            row[name] = datetime.fromisoformat(sent[name]).replace(tzinfo=UTC)
        return row


@defect("moments", "due-date-is-a-day")
class DueDateIsADay(Writer):
    """DATE columns, as CSV has them: the time of `assignDate` and `dueDate` is lost (date-time in REST)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        for name in {"assignDate", "dueDate"} & row.keys():
            row[name] = row[name].replace(hour=0, minute=0, second=0, microsecond=0)
        return super().fit(table, row, old, sent)


@defect("moments", "due-date-for-both")
class DueDateForBoth(Writer):
    """A slip in the mapping: `assignDate` is filled from `dueDate`."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "dueDate" in row:
            row["assignDate"] = row["dueDate"]
        return super().fit(table, row, old, sent)


@defect("moments", "score-date-the-day-before")
class ScoreDateTheDayBefore(Writer):
    """Midnight in Helsinki told in UTC is the day before (`scoreDate` is a plain date)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "scoreDate" in row:
            local = datetime.combine(row["scoreDate"], datetime.min.time(), _HELSINKI)
            row["scoreDate"] = local.astimezone(UTC).date()
        return super().fit(table, row, old, sent)


@defect("moments", "score-date-is-today")
class ScoreDateIsToday(Writer):
    """The day of the write is told as the day of the score."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "scoreDate" in row:
            row["scoreDate"] = datetime.now(UTC).date()
        return super().fit(table, row, old, sent)


@defect("moments", "score-date-with-time")
class ScoreDateWithTime(Writer):
    """What was written has a `scoreDate` with T00:00:00Z (date only; pitfall 8)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "scoreDate" in row:
            row["scoreDate"] = datetime.combine(row["scoreDate"], datetime.min.time(), UTC)
        return super().fit(table, row, old, sent)


@defect("moments", "stamp-not-moved")
class StampNotMoved(Writer):
    """@CreationTimestamp where @UpdateTimestamp was meant: a replacement leaves `dateLastModified` (REST 7: delta)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if old:
            row["dateLastModified"] = old["dateLastModified"]
        return super().fit(table, row, old, sent)


@defect("moments", "stamp-of-the-client")
class StampOfTheClient(Writer):
    """`dateLastModified` is what the client wrote, however old: whoever reads by delta misses the change (REST 7)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "dateLastModified" in sent:
            row["dateLastModified"] = datetime.fromisoformat(sent["dateLastModified"]).astimezone(UTC)
        return super().fit(table, row, old, sent)


@defect("moments", "stamp-local-told-as-utc")
class StampLocalToldAsUtc(Writer):
    """The local time of the database with a Z behind it: three hours ahead (`dateLastModified` is UTC)."""

    def now(self) -> datetime:
        return super().now() + timedelta(hours=3)


@defect("moments", "stamp-at-midnight")
class StampAtMidnight(Writer):
    """`dateLastModified` of what is written is cut to its day: a delta since this morning misses it."""

    def now(self) -> datetime:
        return super().now().replace(hour=0, minute=0, second=0, microsecond=0)


@defect("moments", "touch-all")
class TouchAll(Writer):
    """UPDATE without WHERE: every write stamps its whole table as changed (a stamp is that of a record's change)."""

    def store(self, tables: Any, route: Any, id_: str, sent: Row) -> None:
        super().store(tables, route, id_, sent)
        for row in tables[route.table].values():
            row["dateLastModified"] = tables[route.table][id_]["dateLastModified"]
