"""The kill matrix: what survives, what is idle, and what it takes to be sound."""

from __future__ import annotations

import dataclasses
import json
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import pytest
import typer
from digione_conformance.running.plan import STAGES as PLANNED_STAGES
from typer.testing import CliRunner

from digione_sdk.cli import matrix as made_of
from digione_sdk.cli import mutants
from digione_sdk.cli.matrix import Bench, Matrix, where_to_look
from digione_sdk.errors import UsageError

CLEAN = {"ONE": "passed", "TWO": "passed", "TLS": "inapplicable"}


def test_a_matrix_without_survivors_idle_checks_and_false_alarms_is_sound():
    matrix = Matrix(CLEAN, {"f": ("ONE",), "g": ("ONE", "TWO")}, whole=True)
    assert matrix.sound
    assert matrix.kills == {"ONE": ("f", "g"), "TWO": ("g",)}


@pytest.mark.parametrize(
    ("clean", "killed_by", "attribute", "names"),
    [
        (CLEAN, {"f": ("ONE", "TWO"), "g": ()}, "survivors", ("g",)),
        (CLEAN, {"f": ("ONE",)}, "idle", ("TWO",)),
        ({**CLEAN, "ONE": "warning"}, {"f": ("ONE", "TWO")}, "false_alarms", {"ONE": "warning"}),
        ({**CLEAN, "ONE": "untested"}, {"f": ("ONE", "TWO")}, "false_alarms", {"ONE": "untested"}),
    ],
)
def test_each_defect_of_ours_makes_it_unsound(clean, killed_by, attribute, names):
    matrix = Matrix(clean, killed_by, whole=True)
    assert getattr(matrix, attribute) == names
    assert not matrix.sound


def test_a_part_of_the_faults_calls_no_check_idle():
    assert Matrix(CLEAN, {"f": ("ONE",)}, whole=False).sound


def test_one_fault_is_judged_on_a_server_of_its_own(monkeypatch):
    started = []

    @contextmanager
    def serving(**settings):
        started.append(settings)
        yield SimpleNamespace(settings="settings", register="register")

    def write_target(path, settings, register, *, ca_file):
        path.write_text(f"{settings} {register} {ca_file}")

    parts = {
        "serving": serving,
        "write_target": write_target,
        "judge": lambda path, *, costs, stages, only: (path.read_text(), costs, stages, only),
    }
    monkeypatch.setattr(made_of, "loaded", lambda _group, name: parts[name])
    assert made_of.judged("f", costs={"ONE": 1.0}, stages=["core"], only=["ONE"]) == (
        "settings register None",
        {"ONE": 1.0},
        ["core"],
        ["ONE"],
    )
    assert made_of.judged(made_of.CLEAN) == ("settings register None", None, made_of.STAGES, ())
    assert [settings["faults"] for settings in started] == [["f"], []]


def test_every_fault_and_every_check_is_looked_for_first_where_an_earlier_matrix_saw_it():
    seen = {"f": ("DEAR", "CHEAP"), "g": ("DEAR", "RARE"), "gone": ("CHEAP",)}
    costs = {"DEAR": 2.0, "CHEAP": 1.0, "RARE": 3.0}
    chosen = where_to_look(("f", "g", "new"), ("DEAR", "CHEAP", "RARE", "FRESH"), seen, costs)
    assert chosen == {"f": ["CHEAP"], "g": ["DEAR", "RARE"]}


class Told:
    """Stands for the processes: faults and who really notices them."""

    def __init__(self, truth):
        self.truth = truth
        self.asked = []

    def map(self, _one, tasks):
        for fault, only in tasks:
            self.asked.append((fault, tuple(only)))
            wanted = only or ["ONE", "TWO", "TLS"]
            yield {name: ("failed" if name in self.truth[fault] else "passed", 0.1) for name in wanted}


@pytest.fixture(name="proved")
def _proved(monkeypatch):
    def prove(truth, seen, admitted=None):
        told = Told(truth)

        monkeypatch.setattr(made_of, "_pool", lambda: nullcontext(told))
        monkeypatch.setattr(made_of, "benched", lambda stages: Bench(stages, CLEAN, {}))
        return made_of.proved(tuple(truth), seen=seen, admitted=admitted or {}), told.asked

    return prove


def test_an_earlier_matrix_that_still_holds_spares_the_search(proved):
    matrix, asked = proved({"f": ("ONE",), "g": ("TWO",)}, {"f": ("ONE",), "g": ("TWO",)})
    assert matrix.sound
    assert asked == [("f", ("ONE",)), ("g", ("TWO",))]


def test_an_earlier_matrix_decides_nothing(proved):
    truth = {"f": ("ONE",), "g": (), "h": ("ONE", "TWO")}
    matrix, asked = proved(truth, {"f": ("ONE", "TWO"), "g": ("ONE",), "h": ("ONE",)})
    assert matrix.survivors == ("g",)
    assert matrix.idle == ()
    assert ("g", ()) in asked
    assert ("h", ("TWO",)) in asked


def test_what_is_on_record_as_open_is_neither_tried_nor_looked_for(proved):
    matrix, asked = proved({"f": ("ONE",), "late-1": (), "late-2": ()}, {}, {"late-*": "later", "TWO": "later"})
    assert matrix.sound
    assert matrix.idle == ("TWO",)
    assert {fault for fault, _ in asked} == {"f"}


def test_without_an_earlier_matrix_everything_is_looked_for(proved):
    matrix, _ = proved({"f": ("ONE",), "g": ("ONE",)}, {})
    assert matrix.survivors == ()
    assert matrix.idle == ("TWO",)
    assert not matrix.sound


@pytest.fixture(name="command")
def _command(monkeypatch):
    monkeypatch.setattr(mutants, "loaded", lambda _group, _name: {"f": 1, "g": 2})
    app = typer.Typer(pretty_exceptions_enable=False)
    mutants.register(app)
    made = []

    def invoke(matrix, *arguments):
        for way in ("quick", "whole", "proved"):
            monkeypatch.setattr(
                mutants, way, lambda *options, way=way, **more: made.append((way, *options, more)) or matrix
            )
        return CliRunner().invoke(app, list(arguments)), made

    return invoke


def test_json_has_the_stable_shape(command):
    ended, _ = command(Matrix(CLEAN, {"f": ("ONE",), "g": ("TWO",)}, whole=True), "--json")
    assert ended.exit_code == 0
    printed = json.loads(ended.stdout)
    assert printed["faults"] == [{"id": "f", "killed_by": ["ONE"]}, {"id": "g", "killed_by": ["TWO"]}]
    assert printed["checks"] == [{"id": "ONE", "kills": ["f"]}, {"id": "TWO", "kills": ["g"]}]


def test_a_survivor_is_printed_and_ends_with_one(command):
    ended, made = command(Matrix(CLEAN, {"f": ()}, whole=False), "--fault", "f")
    assert ended.exit_code == 1
    assert "SURVIVES" in ended.stdout
    assert made == [("whole", ("f",), {"every": False, "stages": mutants.STAGES})]


def test_a_quick_matrix_calls_no_check_idle(command):
    _, made = command(Matrix(CLEAN, {"f": ("ONE",), "g": ("ONE",)}, whole=False), "--quick")
    assert made == [("quick", ("f", "g"), {"stages": mutants.STAGES})]


def test_what_an_earlier_matrix_saw_is_read_from_its_json(command, tmp_path):
    earlier = tmp_path / "matrix.json"
    earlier.write_text(json.dumps(Matrix(CLEAN, {"f": ("ONE",)}, whole=True).as_json()), encoding="utf-8")
    _, made = command(Matrix(CLEAN, {"f": ("ONE", "TWO")}, whole=True), "--seen", str(earlier))
    assert made == [("proved", ("f", "g"), {"seen": {"f": ("ONE",)}, "stages": mutants.STAGES, "admitted": {}})]
    earlier.write_text("[]", encoding="utf-8")
    ended, _ = command(Matrix(CLEAN, {}, whole=True), "--seen", str(earlier))
    assert isinstance(ended.exception, UsageError)


def test_stages_can_be_chosen_and_are_all_that_decide_by_default(command):
    _, made = command(Matrix(CLEAN, {"f": ("ONE",), "g": ("ONE",)}, whole=True), "--stage", "static", "--stage", "core")
    assert made[0][-1]["stages"] == ["static", "core"]
    assert set(mutants.STAGES) == {*PLANNED_STAGES} - {"explore"}


def test_an_unknown_fault_is_a_usage_error(command):
    ended, _ = command(Matrix({}, {}, whole=True), "--fault", "nix")
    assert isinstance(ended.exception, UsageError)


def test_what_is_on_record_as_open_does_not_fail_the_matrix_and_needs_a_reason(tmp_path):
    matrix = Matrix({"OR-ROS-PAGE-001": "passed"}, {"some-fault": ()}, whole=False)
    assert not matrix.sound
    record = tmp_path / "open.txt"
    record.write_text("some-fault  # needs a second client\n# a comment\n", encoding="utf-8")
    admitted = mutants.read_admitted(record)
    assert admitted == {"some-fault": "needs a second client"}
    assert dataclasses.replace(matrix, admitted=admitted).sound
    record.write_text("some-fault\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no reason"):
        mutants.read_admitted(record)
