"""What needs a decision, in sentences: runs whose outcome is unknown, and runs that were interrupted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from segmind_studio.core.runs import Run, Stage


@dataclass(frozen=True, slots=True)
class Decision:
    """One banner: its words, what its button says, and the run that the button shows."""

    title: str
    text: str
    button: str
    run_id: str


def decisions(runs: Iterable[Run]) -> tuple[Decision, ...]:
    """Give one for each kind that there is; the paid one first."""
    by_stage: dict[Stage, list[Run]] = {Stage.UNKNOWN: [], Stage.INTERRUPTED: []}
    for run in runs:
        if run.stage in by_stage:
            by_stage[run.stage].append(run)
    found: list[Decision] = []
    if unknown := by_stage[Stage.UNKNOWN]:
        one = len(unknown) == 1
        title = _tr("1 submission has no answer yet") if one else _tr("{0} submissions have no answer yet")
        text = _tr("{0}. It may have started a run, or not. The app looks for it and never sends it twice.")
        found.append(Decision(
            title.format(len(unknown)), text.format(_names(unknown)), _tr("Look at it"), unknown[0].run_id,
        ))
    if stopped := by_stage[Stage.INTERRUPTED]:
        one = len(stopped) == 1
        title = _tr("1 run was interrupted") if one else _tr("{0} runs were interrupted")
        text = _tr("{0}. You can continue it where it stopped, or give it up.")
        found.append(Decision(
            title.format(len(stopped)), text.format(_names(stopped)), _tr("Decide"), stopped[0].run_id,
        ))
    return tuple(found)


def news(runs: Iterable[Run]) -> tuple[Decision, ...]:
    """Return a banner for each run whose end was not looked at yet."""
    found: list[Decision] = []
    for run in runs:
        if run.ready:
            title, text = _tr("“{0}” is ready"), _tr("You can try the model and download it.")
        else:
            title, text = _tr("“{0}” did not become a model"), _tr("The run's page tells why.")
        found.append(Decision(title.format(run.name), text, _tr("Show"), run.run_id))
    return tuple(found)


def _names(runs: list[Run], shown: int = 3) -> str:
    names = ", ".join(f"“{run.name}”" for run in runs[:shown])
    return names if len(runs) <= shown else _tr("{0} and {1} more").format(names, len(runs) - shown)


def _tr(text: str) -> str:
    return QCoreApplication.translate("decisions", text)
