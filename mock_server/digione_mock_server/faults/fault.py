"""What a fault is: a name, what goes wrong, the layer it sits in, and who was seen making the mistake."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One deliberate defect.

    Attributes:
        id: Name for `serve --fault`, after the mistake and never after a requirement.
        summary: What the server does wrong, in one sentence.
        layer: Where it does so: parser, sql, sort, pager, fields, serialiser, views, references, storing, writing,
            auth, tenancy, exposure, errors, lifecycle, cache, headers, methods or discovery.
        seen_in: Where the mistake was seen: `pitfall 26`, `SEC-01`, `PRV-134`, `rest §5` or `consumers` for a rule that
            is broken, `plausible` where nothing but experience speaks for it.
    """

    id: str
    summary: str
    layer: str
    seen_in: str


def layer(name: str, *rows: tuple[str, str, str]) -> tuple[Fault, ...]:
    """Return the faults of a layer from rows of id, place seen and summary."""
    return tuple(Fault(id_, summary, name, seen_in) for id_, seen_in, summary in rows)
