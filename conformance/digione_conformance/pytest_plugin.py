"""The suite seen from pytest: `pytest --digione-target sut.toml --pyargs digione_conformance`.

One test per requirement, decided by the same checks and the same engine as `digione run`: the plan runs once, when the
first test is set up, and the tests share its result. A convenience for developers, who get `-k`, `-x` and JUnit; it
never certifies, for options, plugins and a conftest can change what runs.

pytest loads this module in every session of an environment that has the suite, so it imports nothing but pytest until
`--digione-target` is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from digione_conformance.catalogue.requirement import Requirement
    from digione_conformance.running.plan import Plan
    from digione_conformance.running.result import RequirementResult, Result
    from digione_conformance.session import Opened
    from digione_conformance.target.file import Target

_PACKAGE: Final = Path(__file__).resolve().parent
_NEVER: Final = "A pytest run never certifies; for a verdict and a certificate use `digione run` and `digione certify`."


class Undecided(Exception):
    """The doctor does not permit a run; says why."""


@dataclass
class Suite:
    """One run of the suite, made when it is first asked for.

    Attributes:
        target: The target.
        plan: What can be decided.
        permitted: Whether the owner of a production-looking target agreed.
        wanted: Ids of the requirements that pytest selected; None before the selection is known.
    """

    target: Target
    plan: Plan
    permitted: bool
    wanted: list[str] | None = None
    collected: bool = False
    warnings: list[RequirementResult] = field(default_factory=list)

    def result_of(self, requirement: str) -> RequirementResult:
        """Return what is known of a requirement, running the plan at the first call.

        Raises:
            Undecided: The doctor does not permit a run.
        """
        trouble, results = self._outcome
        if trouble:
            raise Undecided(trouble)
        return results[requirement]

    @cached_property
    def _outcome(self) -> tuple[str, dict[str, RequirementResult]]:
        """What stood in the way of the run, and its results: kept, so that a broken target is not asked again."""
        from digione_conformance.running.doctor import examine
        from digione_conformance.running.item import Health
        from digione_conformance.session import opened

        with opened(self.target) as through:
            for item in examine(self.target, through.door, permitted=self.permitted):
                if item.health is Health.RED:
                    return f"{item.name}: {item.message}{f' (mend: {item.hint})' if item.hint else ''}", {}
            result = self._run(through)
        return "", {decided.id: decided for decided in result.requirements}

    def _run(self, through: Opened) -> Result:
        from digione_conformance.running.waiver import FILE, load_waivers
        from digione_conformance.session import certify

        waivers = load_waivers(self.target.path.with_name(FILE))
        return certify(through, self._selected, waivers=waivers)

    @property
    def _selected(self) -> Plan:
        """The plan of what pytest selected: a developer who asks for one requirement waits for that one."""
        if self.wanted is None or len(self.wanted) == len(self.plan.requirements):
            return self.plan
        from digione_conformance.commands.steps import planned

        return planned(self.target, profiles=self.plan.profiles, only=self.wanted, stages=self.plan.stages)


_SUITE: Final = pytest.StashKey[Suite]()


class RequirementItem(pytest.Item):
    """One requirement as a test; named by its id."""

    def __init__(self, *, requirement: Requirement, suite: Suite, **more: Any) -> None:
        super().__init__(**more)
        self.requirement = requirement
        self.suite = suite
        self.add_marker(pytest.mark.requirement(requirement.id))
        # JUnit takes only what is here before the test starts.
        self.user_properties.extend(
            (
                ("requirement", requirement.id),
                ("level", str(requirement.level)),
                ("profiles", " ".join(requirement.profiles)),
                ("title", requirement.title.en),
            )
        )

    def setup(self) -> None:
        """Run the plan if nobody has, and leave what is undecided: untested skips, a tool's failure is an error."""
        from digione_conformance.catalogue.verdict import Outcome

        try:
            result = self.suite.result_of(self.requirement.id)
        except Undecided as reason:
            pytest.fail(self._told(str(reason)), pytrace=False)
        self.user_properties.append(("outcome", str(result.outcome)))
        if result.outcome is Outcome.CANT_TELL:
            pytest.fail(self._told(result.message), pytrace=False)  # while set up, which pytest counts as an error
        if result.outcome in {Outcome.UNTESTED, Outcome.INAPPLICABLE, Outcome.ATTEST}:
            pytest.skip(f"{result.outcome}: {result.message}")

    def runtest(self) -> None:
        """Fail for a MUST that is not met; a SHOULD or MAY leaves a warning in the report."""
        from digione_conformance.catalogue.verdict import Outcome

        result = self.suite.result_of(self.requirement.id)
        if result.outcome is Outcome.FAILED:
            passes, fix = self.requirement.passes.en, self.requirement.fix.en
            pytest.fail(self._told(result.message, f"would have passed: {passes}", f"fix: {fix}"), pytrace=False)
        if result.outcome in {Outcome.WARNING, Outcome.WAIVED}:
            self.suite.warnings.append(result)
            self.add_report_section("call", str(result.outcome), result.message)

    def _told(self, *lines: str) -> str:
        """Say what is wrong without a traceback into the suite, which would help nobody."""
        return "\n".join((f"{self.requirement.level} {self.requirement.id}: {self.requirement.title.en}", *lines))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the test in reports by its requirement."""
        return self.path, None, self.requirement.id


class SuiteDirectory(pytest.Directory):
    """Stands in for the package directory: its tests are the requirements of the plan."""

    suite: Suite

    def collect(self) -> Iterator[RequirementItem]:
        """Yield one test per planned requirement, in the order of the catalogue."""
        self.suite.collected = True
        for requirement in self.suite.plan.requirements:
            yield RequirementItem.from_parent(self, name=requirement.id, requirement=requirement, suite=self.suite)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; all of them begin with --digione."""
    group = parser.getgroup("digione", "DigiOne conformance suite (community profile)")
    group.addoption("--digione-target", metavar="FILE", help="Judge this target, with --pyargs digione_conformance.")
    group.addoption(
        "--digione-profile", metavar="ID", action="append", help="Judge this profile, not the claimed ones."
    )
    group.addoption("--digione-stage", metavar="NAME", action="append", help="Run this stage only.")
    group.addoption(
        "--digione-i-have-permission",
        action="store_true",
        help="The owner of a production-looking target agreed to the test.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the target file and make the plan, where the option is used; nothing is asked of the target yet."""
    config.addinivalue_line("markers", "requirement(id): the requirement id that the test proves")
    file = config.getoption("--digione-target")
    if file is None:
        return
    if hasattr(config, "workerinput") or getattr(config.option, "dist", "no") != "no":
        # Every worker would run the whole plan against one target, and checks that change it would meet each other.
        raise pytest.UsageError("--digione-target: the suite does not run under pytest-xdist; leave -n and --dist out")
    from digione_conformance.commands.steps import planned
    from digione_conformance.target.file import load_target
    from digione_sdk.errors import DigiOneError

    try:
        target = load_target(config.invocation_params.dir / file)
        plan = planned(
            target, profiles=config.getoption("--digione-profile"), stages=config.getoption("--digione-stage")
        )
    except DigiOneError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[_SUITE] = Suite(target, plan, permitted=config.getoption("--digione-i-have-permission"))


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the package as a list of requirements where a target is given; otherwise leave it to pytest."""
    suite = parent.config.stash.get(_SUITE, None)
    if suite is None or path.resolve() != _PACKAGE:
        return None
    # The package may lie anywhere below or beside the root; the ids of its tests are the same everywhere.
    directory = SuiteDirectory.from_parent(parent, path=path, nodeid=_PACKAGE.name)
    directory.suite = suite
    return directory


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note what was selected, so that nothing else is asked of the target."""
    suite = session.config.stash.get(_SUITE, None)
    if suite is None:
        return
    if not suite.collected:
        raise pytest.UsageError("--digione-target: give --pyargs digione_conformance too, and choose tests with -k")
    suite.wanted = [item.requirement.id for item in session.items if isinstance(item, RequirementItem)]


def pytest_report_header(config: pytest.Config) -> Sequence[str]:
    """Say what is judged and by which plan."""
    suite = config.stash.get(_SUITE, None)
    if suite is None:
        return ()
    name, profiles = suite.target.target.name, ", ".join(suite.plan.profiles)
    return (f"digione: {name}; {profiles}; {len(suite.plan.requirements)} requirements",)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name what was not met without failing, and say that nothing was certified."""
    suite = config.stash.get(_SUITE, None)
    if suite is None:
        return
    terminalreporter.section("digione")
    for result in suite.warnings:
        terminalreporter.line(f"{result.outcome}: {result.requirement.level} {result.id}: {result.message}")
    terminalreporter.line(_NEVER)
