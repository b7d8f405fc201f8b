"""The cards of Start: datasets, the unfinished form, decisions and runs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.datasets import DatasetSummary, Photo
from segmind_studio.core.runs import Run, Stage
from segmind_studio.formats import exact_time, relative_time
from segmind_studio.texts import _, listed, ngettext
from segmind_studio.ui.parts.buttons import CardButton
from segmind_studio.ui.parts.chip import StatusChip
from segmind_studio.ui.parts.labels import ElidedLabel, IconLabel, text_label
from segmind_studio.ui.parts.layouts import FlowLayout
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.runs.stages import look_of, status_word
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_LINE, SPACE_M, SPACE_XS

if TYPE_CHECKING:
    from segmind_studio.services.images.thumbnails import Thumbnails

_CARD_WIDTH = 256
_PICTURE = 50  # logical pixels; four are as wide as a card


class RunCard(CardButton):
    """One running run."""

    def __init__(self, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(text_scaled(_CARD_WIDTH), parent)
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
        """Show its current state."""
        look = look_of(run)
        word = status_word(run)
        count = run.image_count
        made_of = (
            ngettext("{count} photo", "{count} photos", count).format(count=count)
            if count
            else _("Made elsewhere")
        )
        if run.dataset_name:
            made_of = _("{name} · {facts}").format(name=run.dataset_name, facts=made_of)
        self._name.setText(run.name)
        self._chip.set_status(look.icon, word, look.tone)
        self._made_of.setText(made_of)
        self._since.setText(relative_time(run.changed_at, time.time()))
        self.setToolTip(plain_tip(_("In this state since {time}").format(time=exact_time(run.changed_at))))
        self.setAccessibleName(_("Run {name}, {stage}").format(name=run.name, stage=word))


class RecentDatasetCard(CardButton):
    """One dataset that was worked on."""

    def __init__(
        self, summary: DatasetSummary, thumbnails: Thumbnails | None = None, parent: QWidget | None = None,
    ) -> None:
        super().__init__(text_scaled(_CARD_WIDTH), parent)
        self.dataset_id = summary.dataset_id
        count = summary.image_count
        photos = ngettext("{count} photo", "{count} photos", count).format(count=count)
        self.add(mark(ElidedLabel(summary.name), role="strong"))
        if thumbnails is not None and summary.first:
            self.add(_pictures(summary.first, thumbnails))
        self.add(text_label(photos, "muted", wrap=False))
        changed = relative_time(summary.updated_at, time.time())
        self.add(text_label(_("changed {when}").format(when=changed), "small", wrap=False))
        self.setToolTip(exact_time(summary.updated_at))
        self.setAccessibleName(_("Dataset {name}, {photos}").format(name=summary.name, photos=photos))


def _pictures(photos: Sequence[Photo], thumbnails: Thumbnails) -> QWidget:
    from segmind_studio.ui.small_picture import SmallPicture  # noqa: PLC0415  # after the first paint

    strip = QWidget()
    row = QHBoxLayout(strip)
    row.setContentsMargins(0, SPACE_XS, 0, SPACE_XS)
    row.setSpacing(SPACE_XS)
    for photo in photos:
        row.addWidget(SmallPicture(photo, _PICTURE, thumbnails))
    row.addStretch()
    return strip


class DraftCard(QFrame):
    """The unfinished form; hidden while nothing was typed, or all of it was sent.

    Signals:
        clicked(): the user wants to continue it; GUI thread.
    """

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="card")
        self._text = mark(ElidedLabel(), role="muted")
        go_on = QPushButton(_("Continue"))
        go_on.setObjectName("start.draft")
        go_on.setAccessibleName(_("Continue with the unfinished form"))
        go_on.clicked.connect(self.clicked)
        texts = QVBoxLayout()
        texts.setSpacing(SPACE_LINE)
        texts.addWidget(text_label(_("Unfinished form"), "strong"))
        texts.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        row.setSpacing(SPACE_M)
        row.addWidget(IconLabel("pencil-line", "muted", 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addWidget(go_on)
        self.hide()

    @property
    def shown_text(self) -> str:
        """Return the shown line about the form."""
        return self._text.text()

    def show_draft(self, draft: str) -> None:
        """Show what a form holds that is written as `TrainingForm.to_json` writes it."""
        from segmind_studio.core.form import TrainingForm  # noqa: PLC0415  # only where there is a draft

        form = TrainingForm.from_json(draft)
        changed = len(form.differences())
        fields = ngettext("{count} field filled in", "{count} fields filled in", changed).format(count=changed)
        name = form.text("name").strip()
        self._text.setText(_("{name} · {facts}").format(name=name, facts=fields) if name else fields)
        self.setVisible(bool(changed))


class CardGroup(QWidget):
    """Cards in lines under a title, and a button for those that are not shown.

    Signals:
        more_wanted(): the user wants to see the others.
    """

    more_wanted = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: tuple[CardButton, ...] = ()
        self.more = QPushButton(_("Show all"))
        self.more.clicked.connect(self.more_wanted)
        self.more.hide()
        box = QWidget()
        self._flow = FlowLayout(box, SPACE_M)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        column.addWidget(text_label(title, "section"))
        column.addWidget(box)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    @property
    def cards(self) -> tuple[CardButton, ...]:
        """Return the cards in their order."""
        return self._cards

    def set_cards(self, cards: Sequence[CardButton]) -> None:
        """Show these; cards that were there and are among them stay as they are."""
        if self._cards and tuple(cards) == self._cards:
            return
        for old in self._cards:
            self._flow.removeWidget(old)
            if old not in cards:
                old.hide()
                old.deleteLater()
        self._cards = tuple(cards)
        for card in self._cards:
            self._flow.addWidget(card)
        self.setVisible(bool(self._cards))

    def show_more(self, text: str) -> None:
        """Show the button for the others with this text; "" when all are shown."""
        self.more.setVisible(bool(text))
        if text:
            self.more.setText(text)


class Decision(NamedTuple):
    """One banner: its text, the text of its button, and the run that the button shows."""

    title: str
    text: str
    button: str
    run_id: str


def decisions(runs: Iterable[Run]) -> tuple[Decision, ...]:
    """Return one for each kind that there is; the paid one first."""
    by_stage: dict[Stage, list[Run]] = {Stage.UNKNOWN: [], Stage.INTERRUPTED: []}
    for run in runs:
        if run.stage in by_stage:
            by_stage[run.stage].append(run)
    found: list[Decision] = []
    if unknown := by_stage[Stage.UNKNOWN]:
        count = len(unknown)
        title = ngettext("{count} request has no answer yet", "{count} requests have no answer yet", count)
        text = ngettext(
            "{names}. It may have started a run, or not. The app looks for it and never sends it twice.",
            "{names}. They may have started runs, or not. The app looks for them and never sends one twice.",
            count,
        )
        found.append(Decision(
            title.format(count=count), text.format(names=_names(unknown)), _("Show"), unknown[0].run_id,
        ))
    if stopped := by_stage[Stage.INTERRUPTED]:
        count = len(stopped)
        title = ngettext("{count} run was interrupted", "{count} runs were interrupted", count)
        text = ngettext(
            "{names}. You can continue it where it stopped, or give it up.",
            "{names}. You can continue them where they stopped, or give them up.", count,
        )
        found.append(Decision(
            title.format(count=count), text.format(names=_names(stopped)), _("Decide"), stopped[0].run_id,
        ))
    return tuple(found)


def news(runs: Iterable[Run]) -> tuple[Decision, ...]:
    """Return a banner for each run whose end was not seen yet."""
    found: list[Decision] = []
    for run in runs:
        if run.ready:
            title, text = _("“{name}” is ready"), _("You can try the model and download it.")
        else:
            title, text = _("“{name}” has failed"), _("The run's page says why.")
        found.append(Decision(title.format(name=run.name), text, _("Show"), run.run_id))
    return tuple(found)


def _names(runs: list[Run], shown: int = 3) -> str:
    names = listed(_("“{name}”").format(name=run.name) for run in runs[:shown])
    return (
        names if len(runs) <= shown else _("{names} and {count} more").format(names=names, count=len(runs) - shown)
    )
