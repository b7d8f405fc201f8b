"""Cards for what is under way and for datasets."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from segmind_studio.core.datasets import DatasetSummary
from segmind_studio.core.runs import Run
from segmind_studio.ui.parts.card_button import CardButton
from segmind_studio.ui.parts.chip import StatusChip
from segmind_studio.ui.parts.labels import ElidedLabel, text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.parts.words import exact_time, relative_time
from segmind_studio.ui.runs.stages import look_of, status_word
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_XS

CARD_WIDTH = 240


class RunCard(CardButton):
    """One run under way."""

    def __init__(self, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(CARD_WIDTH, parent)
        self.run_id = run.run_id
        self._name = mark(ElidedLabel(run.name), role="strong")
        self._chip = StatusChip()
        self._since = text_label("", "small", wrap=False)
        self._made_of = mark(ElidedLabel(), role="small")
        self.add(self._name)
        self.add(self._made_of)
        self.column.addSpacing(SPACE_XS)
        self.add(self._chip, Qt.AlignmentFlag.AlignLeft)
        self.add(self._since)
        self.show_run(run)

    def show_run(self, run: Run) -> None:
        """Show how it stands now."""
        look = look_of(run)
        word = status_word(run)
        made_of = self.tr("{0} photos").format(run.image_count) if run.image_count else self.tr("Made elsewhere")
        if run.dataset_name:
            made_of = f"{run.dataset_name} · {made_of}"
        self._name.setText(run.name)
        self._chip.set_status(look.icon, word, look.tone)
        self._made_of.setText(made_of)
        self._since.setText(relative_time(run.changed_at, time.time()))
        self.setToolTip(plain_tip(self.tr("In this state since {0}").format(exact_time(run.changed_at))))
        self.setAccessibleName(self.tr("Run {name}, {stage}").format(name=run.name, stage=word))


class DatasetCard(CardButton):
    """One dataset that was worked on."""

    def __init__(self, summary: DatasetSummary, parent: QWidget | None = None) -> None:
        super().__init__(CARD_WIDTH, parent)
        self.dataset_id = summary.dataset_id
        count = summary.image_count
        photos = self.tr("1 photo") if count == 1 else self.tr("{0} photos").format(count)
        self.add(mark(ElidedLabel(summary.name), role="strong"))
        self.add(text_label(photos, "muted", wrap=False))
        changed = relative_time(summary.updated_at, time.time())
        self.add(text_label(self.tr("changed {0}").format(changed), "small", wrap=False))
        self.setToolTip(exact_time(summary.updated_at))
        self.setAccessibleName(self.tr("Dataset {name}, {photos}").format(name=summary.name, photos=photos))
