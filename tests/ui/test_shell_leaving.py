"""Closing: at once when nothing runs, with one sentence when something does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy

from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.ui.parts.question import Question
from segmind_studio.ui.shell.window import leave_words
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.shell_services import Shell
from tests.fakes.typed import child

TOLD = Settings(quit_with_runs_told=True)
TRAINING = make_run("t", status="TRAINING_INITIATED", live=False)
READY = make_run("r", status="AVAILABLE", live=False)
UPLOADING = make_run("u", Phase.UPLOADING, live=True)
STOPPED = make_run("s", Phase.UPLOADING, live=False)
UPLOADED = make_run("v", Phase.UPLOADED, live=True, sweep_id="both", sent_at=None)
SENDING = make_run("x", Phase.SENDING, live=True)


@pytest.mark.parametrize(("runs", "settings", "title"), [
    ((), Settings(), ""),
    ((READY, STOPPED), Settings(), ""),
    ((TRAINING,), Settings(), "Training goes on without the app."),
    ((TRAINING,), TOLD, ""),
    ((UPLOADING, TRAINING), TOLD, "Photos are still being uploaded."),
    ((UPLOADING, SENDING), TOLD, "A request is being sent."),
    ((UPLOADING, make_run("a", Phase.UNKNOWN, live=True)), TOLD, "A run is being sent again."),
    ((UPLOADED, make_run("b", sweep_id="both", live=False)), TOLD, "Some runs of this start are not sent yet."),
    ((UPLOADED, make_run("b", Phase.UNKNOWN, sweep_id="both", live=False)), TOLD,
     "Some runs of this start are not sent yet."),
    ((UPLOADED, make_run("b", Phase.REFUSED, sweep_id="both")), TOLD, "Photos are still being uploaded."),
    ((UPLOADED, make_run("b", sweep_id="other", live=False)), TOLD, "Photos are still being uploaded."),
])
def test_what_is_said(runs, settings, title):
    assert leave_words(runs, settings)[0] == title


def open_shell(qtbot, *runs, settings=None):
    shell = Shell(FakeSettings(settings), FakeRuns(runs))
    qtbot.addWidget(shell.window)
    shell.window.show()
    return shell, QSignalSpy(shell.window.closing)


def test_it_closes_at_once_when_nothing_runs(qtbot):
    shell, closing = open_shell(qtbot, READY)
    assert shell.window.close()
    assert closing.count() == 1
    assert shell.settings.value.window
    assert not shell.settings.value.quit_with_runs_told


def test_with_runs_it_asks_once_and_then_never_again(qtbot):
    shell, closing = open_shell(qtbot, TRAINING)
    assert not shell.window.close()
    question = child(shell.window, Question)
    assert question.isVisible()
    assert closing.count() == 0
    qtbot.mouseClick(question.verb, Qt.MouseButton.LeftButton)
    assert closing.count() == 1
    assert not shell.window.isVisible()
    assert shell.settings.value.quit_with_runs_told
    shell.window.show()
    assert shell.window.close()


def test_stay_stays(qtbot):
    shell, closing = open_shell(qtbot, UPLOADING, settings=TOLD)
    shell.window.close()
    question = child(shell.window, Question)
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert shell.window.isVisible()
    assert closing.count() == 0


def test_after_staying_it_asks_again(qtbot):
    shell, closing = open_shell(qtbot, UPLOADING, settings=TOLD)
    for _ in range(2):
        shell.window.close()
        question = next(q for q in shell.window.findChildren(Question) if q.isVisible())
        qtbot.mouseClick(question.back, Qt.MouseButton.LeftButton)
    assert shell.window.isVisible()
    assert closing.count() == 0
