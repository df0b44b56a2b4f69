"""What was staged against what the store holds, computed where the rows are: in SQL, by their bytes.

Bytes and not digests: a row lies on one page with its body, so that comparing digests would read as much. Only where
the bytes differ is it asked whether the records do.

A SQLite store is attached and compared in place; what another store holds is copied beside the staged rows first.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from digione_sdk.errors import ConfigurationError
from digione_sdk.synchronise.kinds import KINDS, Kind
from digione_sdk.synchronise.report import Identities, KindReport
from digione_sdk.synchronise.rows import identity_keys, says_the_same
from digione_sdk.synchronise.staging import Staging
from digione_sdk.synchronise.store import REPLACE, Held, SQLiteStore, Store

PATIENCE_MS = 30_000
"""How long a reader of the store is waited for before the changes are given up."""

_OTHER: Final = "(other)"
_CHANGE: Final = """
CREATE TEMP TABLE change(kind TEXT, sourced_id TEXT, what TEXT, PRIMARY KEY(kind, sourced_id)) WITHOUT ROWID;
INSERT INTO change SELECT s.kind, s.sourced_id, CASE WHEN h.body IS NULL THEN 'created' ELSE 'changed' END
    FROM staged s LEFT JOIN held h ON h.kind = s.kind AND h.sourced_id = s.sourced_id
    WHERE s.gone = 0 AND h.body IS NOT s.body;
INSERT INTO change SELECT h.kind, h.sourced_id, 'deleted'
    FROM listing l JOIN held h ON h.kind = l.kind
    LEFT JOIN staged s ON s.kind = h.kind AND s.sourced_id = h.sourced_id
    WHERE l.done = 1 AND (s.gone = 1 OR (s.gone IS NULL AND l.since IS NULL));
"""
_WRITTEN: Final = """
SELECT s.kind, s.sourced_id, s.modified, s.body FROM change c
    JOIN staged s ON s.kind = c.kind AND s.sourced_id = c.sourced_id
    WHERE c.what <> 'deleted' ORDER BY c.kind, c.sourced_id
"""
_CHANGED: Final = """
SELECT c.kind, c.sourced_id, s.body AS new, h.body AS old FROM change c
    JOIN staged s ON s.kind = c.kind AND s.sourced_id = c.sourced_id
    JOIN held h ON h.kind = c.kind AND h.sourced_id = c.sourced_id
    WHERE c.what = 'changed'
"""
_DANGLING: Final = """
SELECT k.path, count(DISTINCT k.sourced_id) FROM link k
    LEFT JOIN staged s ON s.kind = k.target AND s.sourced_id = k.sourced_id
    LEFT JOIN held h ON h.kind = k.target AND h.sourced_id = k.sourced_id
    LEFT JOIN listing l ON l.kind = k.target
    WHERE k.kind = ? AND coalesce(s.gone, 1) = 1 AND (h.body IS NULL OR s.gone = 1
        OR (s.gone IS NULL AND l.done = 1 AND l.since IS NULL))
    AND k.target IN (SELECT kind FROM listing WHERE done = 1 UNION SELECT kind FROM held_kind)
    GROUP BY k.path ORDER BY k.path
"""
_REPLACED: Final = """
WITH bearer AS (
    SELECT i.key, i.sourced_id, coalesce(c.what, '') AS what FROM identity i
        LEFT JOIN change c ON c.kind = i.kind AND c.sourced_id = i.sourced_id WHERE i.kind = :kind
    UNION ALL SELECT key, sourced_id, CASE WHEN deleted THEN 'deleted' ELSE '' END FROM unseen
)
SELECT DISTINCT gone.sourced_id, come.sourced_id FROM bearer gone JOIN bearer come ON come.key = gone.key
    WHERE gone.what = 'deleted' AND come.what = 'created'
    AND gone.key NOT IN (SELECT key FROM bearer WHERE what NOT IN ('created', 'deleted'))
    ORDER BY 1, 2
"""
"""A key that somebody bears who stays says nothing: some providers give one to a whole family, or to everyone."""

_MERGED: Final = """
WITH bearer AS (SELECT key, sourced_id FROM identity WHERE kind = ?
    UNION SELECT key, sourced_id FROM unseen WHERE NOT deleted)
SELECT key, sourced_id FROM bearer
    WHERE key IN (SELECT key FROM bearer GROUP BY key HAVING count(*) > 1) ORDER BY key, sourced_id
"""
_UNSEEN: Final = """
SELECT h.sourced_id, h.body, c.what FROM held h
    LEFT JOIN staged s ON s.kind = h.kind AND s.sourced_id = h.sourced_id
    LEFT JOIN change c ON c.kind = h.kind AND c.sourced_id = h.sourced_id
    WHERE h.kind = ? AND (s.gone IS NULL OR s.gone = 1)
"""


class Difference:
    """The changes that a finished staging area makes to a store.

    Args:
        staging: What was read.
        store: What is there.
        kinds: The kinds that were read.
        same: Says of two bodies that differ in their bytes, the new one first, whether they say the same.
    """

    def __init__(
        self,
        staging: Staging,
        store: Store,
        kinds: Sequence[Kind],
        *,
        same: Callable[[str, str], bool] = says_the_same,
    ) -> None:
        self._staging = staging
        self._connection = staging.connection
        self._store = store
        self._kinds = kinds
        self._attached = type(store) is SQLiteStore  # one that was derived from it may apply in its own way
        self._bring_held()
        self._connection.executescript(_CHANGE)
        self._forget_other_words(same)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return self._connection.execute("SELECT 1 FROM change LIMIT 1").fetchone() is None

    def written(self) -> Iterator[Held]:
        """Yield what is new or changed, ordered by kind and id."""
        for row in self._connection.execute(_WRITTEN):
            yield Held(*row)

    def deleted(self) -> Iterator[tuple[str, str]]:
        """Yield (kind, id) of what is gone, in the same order."""
        yield from self._connection.execute(
            "SELECT kind, sourced_id FROM change WHERE what = 'deleted' ORDER BY kind, sourced_id"
        )

    def apply(self) -> None:
        """Apply all changes or none; where there are none, the store is not touched."""
        if self.is_empty:
            return
        if not self._attached:
            self._store.apply(self)
            return
        execute = self._connection.execute
        execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        execute("PRAGMA store.secure_delete = ON")
        try:
            execute("BEGIN IMMEDIATE")
            execute(
                "DELETE FROM store.record WHERE (kind, sourced_id) IN"
                " (SELECT kind, sourced_id FROM change WHERE what = 'deleted')"
            )
            execute(f"INSERT INTO store.record {_WRITTEN} {REPLACE}")
            execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise ConfigurationError(f"the store cannot be written: {error}") from None
        finally:
            if self._connection.in_transaction:
                execute("ROLLBACK")

    def reports(self, *, name_ids: bool = False) -> tuple[KindReport, ...]:
        """Return the difference kind by kind, as counts; with `name_ids` the ids that need matching are named too."""
        return tuple(self._report(kind, name_ids=name_ids) for kind in self._kinds)

    def _bring_held(self) -> None:
        execute = self._connection.execute
        if self._attached:
            assert isinstance(self._store, SQLiteStore)  # noqa: S101 - tells the type checker
            execute("ATTACH DATABASE ? AS store", (str(self._store.path),))
            execute("CREATE TEMP VIEW held AS SELECT * FROM store.record")
        else:
            execute(
                "CREATE TEMP TABLE held(kind TEXT, sourced_id TEXT, modified TEXT, body TEXT, UNIQUE(kind, sourced_id))"
            )
            rows = self._store.held(KINDS)
            self._connection.executemany(
                "INSERT INTO held VALUES (?, ?, ?, ?)",
                ((row.kind, row.sourced_id, row.modified, row.body) for row in rows),
            )
        execute("CREATE TEMP TABLE held_kind(kind TEXT PRIMARY KEY)")
        for name in KINDS:
            execute("INSERT INTO held_kind SELECT kind FROM held WHERE kind = ? LIMIT 1", (name,))

    def _forget_other_words(self, same: Callable[[str, str], bool]) -> None:
        """Take out what differs in its wording only: the store keeps the words it has."""
        execute = self._connection.execute
        self._connection.create_function("same", 2, same, deterministic=True)
        execute("CREATE TEMP TABLE reworded(kind TEXT, sourced_id TEXT, PRIMARY KEY(kind, sourced_id)) WITHOUT ROWID")
        execute(f"INSERT INTO reworded SELECT kind, sourced_id FROM ({_CHANGED}) WHERE same(new, old)")  # noqa: S608 - a constant
        execute("DELETE FROM change WHERE (kind, sourced_id) IN (SELECT kind, sourced_id FROM reworded)")
        execute("DROP TABLE reworded")

    def _report(self, kind: Kind, *, name_ids: bool) -> KindReport:
        counts = dict(
            self._connection.execute(
                "SELECT what, count(*) FROM change WHERE kind = ? GROUP BY what", (kind.name,)
            ).fetchall()
        )
        (held,) = self._connection.execute("SELECT count(*) FROM held WHERE kind = ?", (kind.name,)).fetchone()
        found = self._identities(kind)
        return KindReport(
            kind=kind.name,
            read="full" if self._staging.since(kind.name) is None else "delta",
            received=self._staging.distinct(kind.name),
            held=held,
            created=counts.get("created", 0),
            changed=counts.get("changed", 0),
            deleted=counts.get("deleted", 0),
            fields=self._changed_fields(kind),
            dangling=dict(self._connection.execute(_DANGLING, (kind.name,)).fetchall()),
            merged=len(found.merged),
            replaced=len({old for old, _ in found.replaced}),
            identities=found if name_ids else Identities(),
        )

    def _changed_fields(self, kind: Kind) -> Mapping[str, int]:
        """Count the fields that differ; a key that the model does not know is not named, it could be a value."""
        found: Counter[str] = Counter()
        rows = self._connection.execute(f"{_CHANGED} AND c.kind = ?", (kind.name,))
        for _kind, _id, new_text, old_text in rows:
            new, old = json.loads(new_text), json.loads(old_text)
            names = {name for name in new.keys() | old.keys() if new.get(name, ...) != old.get(name, ...)}
            found.update({name if name in kind.field_names else _OTHER for name in names})
        return dict(sorted(found.items()))

    def _identities(self, kind: Kind) -> Identities:
        """Return which deleted records share an id of a person with a created one, and which ids several bear."""
        if not kind.identities or not self._may_share(kind):
            return Identities()
        execute = self._connection.execute
        execute("CREATE TEMP TABLE IF NOT EXISTS unseen(key TEXT, sourced_id TEXT, deleted INTEGER)")
        execute("DELETE FROM unseen")
        self._connection.executemany("INSERT INTO unseen VALUES (?, ?, ?)", self._unseen(kind))
        by_key = groupby(execute(_MERGED, (kind.name,)), key=itemgetter(0))
        merged = tuple(tuple(sourced_id for _key, sourced_id in bearers) for _key, bearers in by_key)
        return Identities(tuple(execute(_REPLACED, {"kind": kind.name}).fetchall()), merged)

    def _may_share(self, kind: Kind) -> bool:
        """Whether something was written: else nothing can have come to be shared since the last run."""
        found = self._connection.execute(
            "SELECT 1 FROM change WHERE kind = ? AND what <> 'deleted' LIMIT 1", (kind.name,)
        ).fetchone()
        return found is not None

    def _unseen(self, kind: Kind) -> Iterator[tuple[str, str, bool]]:
        for sourced_id, body, what in self._connection.execute(_UNSEEN, (kind.name,)):
            for key in identity_keys(kind, kind.endpoint.model.model_validate_json(body)):
                yield key, sourced_id, what == "deleted"
