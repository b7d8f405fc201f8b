"""What several runs have in common and where they differ. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from segmind_studio.core.fields import FIELDS
from segmind_studio.core.runs import Run
from segmind_studio.ui.runs.stages import status_word
from segmind_studio.ui.runs.values import cost_text, dataset_text, sent_value, value_text, visibility_text

_ELSEWHERE = frozenset({"name", "data_source_path", "segmind_public"})  # the heading, Dataset, Who may use it


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One line: a label and a text for each run."""

    label: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Tell whether the runs are not all the same in this."""
        return len(set(self.values)) > 1


def compare(runs: Sequence[Run]) -> tuple[ComparedRow, ...]:
    """Give every line that can be compared, settings in the form's order first."""
    rows = [
        ComparedRow(field.label, tuple(value_text(field.key, sent_value(run, field.key)) for run in runs))
        for field in FIELDS if field.key not in _ELSEWHERE
    ]
    rows += [
        ComparedRow(_tr("Dataset"), tuple(dataset_text(run) for run in runs)),
        ComparedRow(_tr("Photos"), tuple(str(run.image_count or "—") for run in runs)),
        ComparedRow(_tr("Archive"), tuple(run.archive_sha256[:12] or "—" for run in runs)),
        ComparedRow(_tr("Status"), tuple(status_word(run) for run in runs)),
        ComparedRow(_tr("Cost"), tuple(cost_text(run) for run in runs)),
        ComparedRow(_tr("Who may use it"), tuple(visibility_text(run) for run in runs)),
        ComparedRow(_tr("Notes"), tuple(run.notes or "—" for run in runs)),
    ]
    return tuple(rows)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Comparison", text)
