"""Whatever a job or a row holds, the table and the inspector show it: nothing in them raises."""

from __future__ import annotations

import math
import subprocess
import sys
import textwrap
from dataclasses import replace
from inspect import unwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from segmind_studio.core.reconcile import merge
from segmind_studio.core.runs import Job, Phase, TimelineEntry
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.runs.inspector.inspector import RunInspector
from segmind_studio.ui.runs.table.cells import LOOK_ROLE, PERCENT_ROLE, RUN_ROLE
from segmind_studio.ui.runs.table.columns import Column
from segmind_studio.ui.runs.table.model import RunsModel
from segmind_studio.ui.start.cards import RunCard
from tests.fakes.run_services import NOW, make_run

ROOT = Path(__file__).resolve().parents[2]
ROLES = [*range(Qt.ItemDataRole.StatusTipRole + 20), RUN_ROLE, LOOK_ROLE, PERCENT_ROLE]
ODD = ["<b>x</b>", "\x00", "\u202e", "%1 {0} {x}"]
TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(ODD)
STAMP = TEXT | st.datetimes(timezones=st.timezones() | st.none()).map(str) | st.sampled_from([
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-12-31", "2300-01-01",
])
STATUS = st.sampled_from(["AVAILABLE", "REQUESTED", "TRAINING_COMPLETED", "FAILED", "WARMING"]) | TEXT
JOBS = st.builds(
    Job, TEXT.filter(bool), TEXT, STATUS, *[TEXT] * 5, st.booleans() | st.none(), *[TEXT] * 3, STAMP, STAMP,
    TEXT | st.sampled_from(["{", "[" * 5000, '{"a": NaN}', '"x"']),
)
TIME = st.floats() | st.sampled_from([-62135596800.0, 253402300799.0, 1e300, math.inf, math.nan, -1.0])
COUNT = st.integers(0, 2**53) | st.sampled_from([10**400])


@pytest.fixture(scope="module")
def inspector(qapp):
    inspector = RunInspector(RunCommands())
    yield inspector
    inspector.deleteLater()


def show_everywhere(inspector, run, entries=()):
    """Ask for all that Qt may ask, past the guard that would hide what breaks."""
    model = RunsModel()
    model.replace_all([run])
    for column in Column:
        for role in ROLES:
            unwrap(RunsModel.data)(model, model.index(0, column), role)
        model.sort(column)
    watch = WatchState(checked_at=run.changed_at, next_at=run.created_at)
    inspector.show_run(run, 50, [*entries, TimelineEntry(run.changed_at, run.status, run.error)], watch, NOW)
    inspector.show_runs([run, replace(run, run_id="other")])
    card = RunCard(run)
    card.deleteLater()
    inspector.grab()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(job=JOBS)
def test_any_job_can_be_shown(inspector, job):
    (run,) = merge("mine", [], [job], NOW)
    show_everywhere(inspector, run)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    times=st.fixed_dictionaries(
        {"created_at": TIME, "changed_at": TIME, "sent_at": TIME | st.none(), "last_checked_at": TIME | st.none()},
    ),
    counts=st.fixed_dictionaries({"archive_size": COUNT, "image_count": COUNT, "listings_missed": COUNT}),
    phase=st.sampled_from(Phase), body=st.dictionaries(TEXT, TEXT | st.integers() | st.lists(TEXT), max_size=3),
    live=st.booleans(), vanished=st.booleans(), at=TIME,
)
def test_any_row_can_be_shown(inspector, times, counts, phase, body, live, vanished, at):
    run = make_run(phase=phase, live=live, vanished=vanished, body=body, service_id="x", **times, **counts)
    show_everywhere(inspector, run, [TimelineEntry(at, "REQUESTED")])


# -- what breaks all the same


def test_a_broken_override_is_told_once_and_gives_something_instead(swallowed):
    class Broken:
        @guarded(7)
        def paint(self, number):
            if number:
                raise ValueError("boom")
            return number

    broken = Broken()
    assert [broken.paint(0), broken.paint(1), broken.paint(2)] == [0, 7, 7]
    (told,) = swallowed
    assert "Broken.paint broke" in told
    assert "ValueError: boom" in told
    swallowed.clear()


TABLE = """
    import logging
    import sys
    logging.basicConfig(stream=sys.stdout, format="%(message)s")
    from PySide6.QtWidgets import QApplication
    app = QApplication([])
    from segmind_studio.ui.runs.table import cells, columns
    from segmind_studio.ui.runs.table.model import RunsModel
    from segmind_studio.ui.runs.table.view import RunsTable
    from tests.fakes.run_services import runs_of_all_stages

    def broken(*_arguments):
        raise ValueError("boom")

    columns.relative_time = cells.look_of = broken
    model = RunsModel()
    model.replace_all(runs_of_all_stages())
    table = RunsTable(model)
    table.resize(1200, 700)
    table.show()
    for _ in range(3):
        table.grab()
        table.selectAll()
        app.processEvents()
    print("alive")
"""


def test_a_table_whose_cells_break_does_not_end_the_app(tmp_path):
    done = subprocess.run(  # noqa: S603  # our own code, in a process of its own since it may crash
        [sys.executable, "-c", textwrap.dedent(TABLE)], cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=60, env={"PATH": "", "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
    )
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["alive"]), done.stdout + done.stderr
    assert done.stdout.count("RunsModel.data broke") == 1
