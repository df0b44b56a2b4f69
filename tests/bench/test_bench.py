"""The bench runs and says what it measured; how fast anything is, no test decides."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.bench.runs import ROOT
from tests.bench.table import Row, Target, table


def test_the_bench_runs_and_prints_a_row_for_every_target():
    command = [sys.executable, "-m", "tests.bench", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert {row["part"] for row in rows} == {"decode", "client", "server", "demo", "rostering", "synchronise", "bulk"}
    assert all(row["verdict"] in {"within", "over", "under", "reported", "skipped"} for row in rows)
    # At one per cent of the size a clock that ticks in hundredths may see nothing go by.
    assert [row for row in rows if row["verdict"] != "skipped" and not row["measured"] >= 0] == []
    targets = [row["target"] for row in rows if row["target"]]
    assert {"<= 1.15", "<= 1.25", ">= 0.5", ">= 0.15", "<= 1.5", "<= 2"} <= set(targets)


def test_a_part_that_does_not_exist_is_refused():
    command = [sys.executable, "-m", "tests.bench", "no-such-part"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no-such-part" in done.stderr


def test_a_verdict_says_on_which_side_of_its_target_a_figure_lies():
    most, least = Target(1.5), Target(0.5, at_least=True)
    verdicts = [Row("p", "w", 1.5, target=most), Row("p", "w", 1.51, target=most), Row("p", "w", 0.49, target=least)]
    assert [row.verdict for row in verdicts] == ["within", "over", "under"]
    assert [Row("p", "w", None).verdict, Row("p", "w", 3.0).verdict] == ["skipped", "reported"]


def test_the_table_keeps_its_columns():
    lines = table(
        [Row("decode", "a / b", 1.0, target=Target(1.15)), Row("demo", "cold", None, note="why")]
    ).splitlines()
    assert len(lines) == 4
    assert lines[2].index("1.00 x") == lines[0].index("measured")
    assert lines[3].endswith("why")
