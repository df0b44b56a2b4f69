"""What a run did or would do, as counts and field names: no value of a record stands in it.

No id of a person either, unless the run was asked to name those that have to be matched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from digione_sdk.model.base import Json
from digione_sdk.wire.versions import ConversionReport

_COLUMNS: tuple[str, ...] = ("kind", "read", "held", "created", "changed", "deleted", "unchanged")
_TEXTS = 2
"""So many columns are text; the others are counts."""
_NARROWEST = 40


@dataclass(frozen=True, slots=True, repr=False)
class Identities:
    """Records that bear the same id of a person. Their sourcedIds are personal data, so `repr` shows none.

    Attributes:
        replaced: (deleted, created) sourcedIds: the person's record went, and came back under another id.
        merged: For each id of a person that several records bear, their sourcedIds.
    """

    replaced: Sequence[tuple[str, str]] = ()
    merged: Sequence[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        return f"<Identities {len(self.replaced)} replaced, {len(self.merged)} merged>"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindReport:
    """The difference of one kind.

    Attributes:
        kind: Its name.
        read: `full`, or `delta` where only changes were read.
        received: Different records that came, tombstones among them.
        held: Records in the store before.
        created: Records that are new to the store.
        changed: Records whose content differs.
        deleted: Records that leave the store.
        fields: Top-level field -> in how many changed records it differs.
        dangling: Path of a link -> how many targets are neither in the store nor among what came.
        merged: How many ids of persons are borne by several records.
        replaced: How many deleted records share such an id with a created one.
        identities: Which records these are; empty unless the run was asked to name them.
    """

    kind: str
    read: str
    received: int
    held: int
    created: int
    changed: int
    deleted: int
    fields: Mapping[str, int] = field(default_factory=dict)
    dangling: Mapping[str, int] = field(default_factory=dict)
    merged: int = 0
    replaced: int = 0
    identities: Identities = field(default_factory=Identities)

    @property
    def unchanged(self) -> int:
        """Records that stay as they are."""
        return self.held - self.changed - self.deleted

    def as_json(self) -> Json:
        """Return it as JSON."""
        return {
            "kind": self.kind,
            "read": self.read,
            "received": self.received,
            "held": self.held,
            "created": self.created,
            "changed": self.changed,
            "deleted": self.deleted,
            "unchanged": self.unchanged,
            "fields": dict(self.fields),
            "dangling": dict(self.dangling),
            "merged": self.merged,
            "replaced": self.replaced,
            **self._named(),
        }

    def _named(self) -> dict[str, Json]:
        if not (self.identities.replaced or self.identities.merged):
            return {}
        pairs = [{"deleted": old, "created": new} for old, new in self.identities.replaced]
        return {"replaced_ids": pairs, "merged_ids": [list(ids) for ids in self.identities.merged]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole difference.

    Attributes:
        kinds: One for each kind that was read.
        applied: Whether it was applied.
        dry_run: Whether it was not to be.
        resumed: Whether an interrupted run was taken up.
        stopped: Why nothing may be applied unseen, a sentence each.
        notes: What else a person should know, a sentence each.
        conversion: What was converted from another version of the standard on the way in, and the provider's warnings;
            of a run that was taken up, what was read since.
    """

    kinds: Sequence[KindReport]
    applied: bool = False
    dry_run: bool = False
    resumed: bool = False
    stopped: Sequence[str] = ()
    notes: Sequence[str] = ()
    conversion: ConversionReport = field(default_factory=ConversionReport)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to change."""
        return not any(kind.created or kind.changed or kind.deleted for kind in self.kinds)

    def as_json(self) -> Json:
        """Return it as JSON."""
        return {
            "applied": self.applied,
            "dry_run": self.dry_run,
            "resumed": self.resumed,
            "kinds": [kind.as_json() for kind in self.kinds],
            "stopped": list(self.stopped),
            "notes": list(self.notes),
            "converted": [{**kind._asdict(), "count": count} for kind, count in self.conversion.counts.items()],
            "warnings": self.conversion.warned,
        }

    def text(self, *, width: int | None = None) -> str:
        """Return it as text for a person, its sentences wrapped to a width where one is given."""
        lines = self._sentences()
        if width is not None:
            lines = [part for line in lines for part in _wrapped(line, width)]
        return "\n".join([*self._table(), *lines])

    def _sentences(self) -> list[str]:
        lines = self._details()
        if self.resumed:
            lines.append("note: taken up where an interrupted run had stopped")
        lines += [f"converted: {line.strip()}" for line in str(self.conversion).splitlines() if self.conversion]
        lines += [f"note: {note}" for note in self.notes]
        lines += [f"stopped: {reason}" for reason in self.stopped]
        lines.append(self._verdict())
        return lines

    def _table(self) -> list[str]:
        rows = [_COLUMNS]
        for kind in self.kinds:
            counts = (kind.held, kind.created, kind.changed, kind.deleted, kind.unchanged)
            rows.append((kind.kind, kind.read, *map(str, counts)))
        widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
        return [
            "  ".join(
                [cell.ljust(width) for cell, width in zip(row[:_TEXTS], widths, strict=False)]
                + [cell.rjust(width) for cell, width in zip(row[_TEXTS:], widths[_TEXTS:], strict=True)]
            )
            for row in rows
        ]

    def _details(self) -> list[str]:
        lines: list[str] = []
        for kind in self.kinds:
            if kind.fields:
                fields = ", ".join(f"{name} ({count})" for name, count in kind.fields.items())
                lines.append(f"{kind.kind}: changed fields: {fields}")
            for path, count in kind.dangling.items():
                lines.append(f"{kind.kind}: {dangling_text(path, count)}")
            if kind.merged:
                shared = "1 id of a person is" if kind.merged == 1 else f"{kind.merged} ids of persons are"
                lines.append(f"{kind.kind}: {shared} borne by several records")
            lines += [f"  {kind.kind}: one person: {', '.join(ids)}" for ids in kind.identities.merged]
            if kind.replaced:
                come = "1 record comes" if kind.replaced == 1 else f"{kind.replaced} records come"
                lines.append(f"{kind.kind}: {come} back under another sourcedId")
            lines += [f"  {kind.kind}: {old} comes back as {new}" for old, new in kind.identities.replaced]
        return lines

    def _verdict(self) -> str:
        if self.applied:
            return "nothing to do" if self.is_empty else "applied"
        return "dry run: nothing was applied" if self.dry_run and not self.stopped else "nothing was applied"


def dangling_text(path: str, count: int) -> str:
    """Say how many links of a path lead to no active record."""
    return (
        f"1 target of {path} is no active record" if count == 1 else f"{count} targets of {path} are no active records"
    )


def _wrapped(line: str, width: int) -> list[str]:
    # An id is one word and stays whole: it is there to be copied.
    return wrap(line, max(width, _NARROWEST), subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
