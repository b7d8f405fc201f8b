"""What is said before the window closes while runs are under way."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from segmind_studio.core.runs import LOCAL_STAGES, Run, Stage
from segmind_studio.core.settings import Settings
from segmind_studio.ui.parts.question import Question


def leave_words(runs: Iterable[Run], settings: Settings) -> tuple[str, str]:
    """Give a title and a text, or two empty texts when nothing needs to be said.

    An upload of this app stops when it closes, so that is said each time. That training goes on without
    the app is said once.
    """
    all_runs = tuple(runs)
    ours = [run for run in all_runs if run.live and run.stage in LOCAL_STAGES]
    if any(run.stage is Stage.SENDING for run in ours):
        return (
            _tr("A request is just being sent."),
            _tr("Its answer takes some seconds. If you quit now, the app looks for the run at its next start."),
        )
    if ours:
        return (
            _tr("Photos are still being uploaded."),
            _tr("The upload stops when you quit. Nothing is paid yet, and you can continue it at the next start."),
        )
    if not settings.quit_with_runs_told and any(run.active for run in all_runs):
        return (
            _tr("Training goes on without the app."),
            _tr("Runs belong to the service. Quit whenever you like; their state is here again next time."),
        )
    return "", ""


def leave_question(title: str, text: str, parent: QWidget) -> Question:
    """Give the question whether to quit; Escape stays."""
    return Question(
        parent, title=title, text=text, verb=_tr("Quit"), back=_tr("Stay"), kind="primary", icon_name="log-out",
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("leave", text)
