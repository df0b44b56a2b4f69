"""The page of requirements: what the suite demands, where it comes from, and what would have passed."""

from __future__ import annotations

from digione_conformance.catalogue.requirement import Requirement, load_catalogue

from docs_builders.markdown import code, codes, page, table


def _row(requirement: Requirement) -> list[str]:
    return [
        f"[`{requirement.id}`](#{requirement.id.lower()})",
        requirement.level if requirement.status == "active" else f"{requirement.level} ({requirement.status})",
        requirement.title.en,
        "<br>".join(code(profile) for profile in requirement.profiles),
        ", ".join(str(number) for number in requirement.pitfalls) or "-",
        "<br>".join(f"{source.document}, {source.clause} ({source.evidence})" for source in requirement.source),
    ]


def _section(requirement: Requirement) -> str:
    lines = [
        f"### {requirement.id}",
        f"**{requirement.level}**: {requirement.title.en}",
        f"**Passes when:** {requirement.passes.en}",
        f"**Fix:** {requirement.fix.en}",
    ]
    if requirement.breaks:
        lines.append(f"**Who suffers otherwise:** {codes(requirement.breaks)}")
    if requirement.verification != "auto":
        lines.append(f"**Not decided by the suite** ({requirement.verification}): {requirement.reason}")
    return "\n\n".join(lines)


def requirements() -> str:
    """The whole catalogue, as a table and then one section a requirement."""
    catalogue = load_catalogue()
    columns = ("id", "level", "title", "profiles", "pitfalls", "clause (evidence)")
    return page(
        "Requirements",
        f"The catalogue: {len(catalogue.requirements)} requirements, read from `specs/requirements/`. A MUST in a "
        "OneRoster profile rests on the standard, law or a national register; our own rules bind only in `digione-*` "
        "profiles, which are community profiles. *Evidence* says how sure we are; *pitfalls* are numbers in the "
        "project's list of interoperability pitfalls. `digione explain ID` prints the same in the terminal.",
        f"Profiles: {codes(catalogue.profiles)}.",
        table(columns, [_row(requirement) for requirement in catalogue]),
        "## One by one",
        *(_section(requirement) for requirement in catalogue),
    )
