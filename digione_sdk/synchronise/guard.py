"""Decides whether a difference may be applied unseen: a bad read must not delete a school (demand: mass deletion)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from digione_sdk.errors import UsageError
from digione_sdk.synchronise.kinds import checked_name
from digione_sdk.synchronise.report import KindReport, dangling_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """How much may be deleted without being asked.

    A kind stops the run where more than `floor` of its records would go, and more than `share` of them; and where all
    of them would go and nothing would come. Tombstones count as deletions: a provider's bad load sends them too.

    Attributes:
        share: Part of the records of a kind, from 0 to 1.
        floor: So many deletions in a kind never stop the run by their share: 1 of 3 is 33 % and says nothing.
        kinds: Other shares for some kinds, by name.
        allow: Kinds that may lose as much as it takes, this time.
        allow_replaced: Kinds whose records may come back under other ids, this time.
    """

    share: float = 0.10
    floor: int = 1
    kinds: Mapping[str, float] = field(default_factory=dict)
    allow: Iterable[str] = ()
    allow_replaced: Iterable[str] = ()

    def __post_init__(self) -> None:
        for share in (self.share, *self.kinds.values()):
            if not 0 <= share <= 1:
                raise UsageError("from 0 to 1", argument="share")
        if self.floor < 0:
            raise UsageError("not negative", argument="floor")
        for name, given in (("kinds", self.kinds), ("allow", self.allow), ("allow_replaced", self.allow_replaced)):
            if isinstance(given, str):
                raise UsageError("several names, not one text", argument=name)
            checked = given if isinstance(given, Mapping) else tuple(given)
            object.__setattr__(self, name, checked)
            for kind in checked:
                checked_name(kind, argument=name)

    def objections(self, kinds: Iterable[KindReport], *, strict_references: bool) -> Iterator[str]:
        """Say of each kind why it stops the run, if it does; with `strict_references` dangling links do so too."""
        for kind in kinds:
            found = (
                self.objection(kind.kind, held=kind.held, created=kind.created, deleted=kind.deleted),
                self.objection_to_replaced(kind.kind, replaced=kind.replaced),
            )
            yield from (text for text in found if text)
            if strict_references:
                for path, count in kind.dangling.items():
                    yield f"{kind.kind}: {dangling_text(path, count)}"

    def objection(self, kind: str, *, held: int, created: int, deleted: int) -> str | None:
        """Say why the deletions of a kind stop the run, or None."""
        if not deleted or kind in self.allow:
            return None
        if deleted == held and not created:
            return f"{kind}: {'the only record' if held == 1 else f'all {held} records'} would be deleted"
        share = self.kinds.get(kind, self.share)
        if deleted > self.floor and deleted > share * held:
            return f"{kind}: {deleted} of {held} records would be deleted, more than {share:.0%}"
        return None

    def objection_to_replaced(self, kind: str, *, replaced: int) -> str | None:
        """Say why records that come back under other ids stop the run, or None."""
        if not replaced or kind in self.allow_replaced:
            return None
        those = "1 record" if replaced == 1 else f"{replaced} records"
        return f"{kind}: {those} would be deleted and come back under another sourcedId (the same person)"
