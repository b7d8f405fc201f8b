"""The cards of Start: runs under way, models that became ready, datasets, the unfinished form, and decisions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import DatasetSummary, Photo
from segmind_studio.core.runs import Run, Stage
from segmind_studio.formats import duration_span, duration_text, exact_time, relative_time
from segmind_studio.texts import _, listed, ngettext
from segmind_studio.ui.parts.buttons import CardButton
from segmind_studio.ui.parts.chip import StatusChip
from segmind_studio.ui.parts.labels import ElidedLabel, IconLabel, text_label
from segmind_studio.ui.parts.layouts import FlowLayout
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.runs.stages import look_of, status_word
from segmind_studio.ui.theme.direction import in_a_row, isolated
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_LINE, SPACE_M, SPACE_S, SPACE_XS

if TYPE_CHECKING:
    from segmind_studio.core.usual_times import UsualTimes
    from segmind_studio.services.images.thumbnails import Thumbnails
    from segmind_studio.ui.small_picture import Mosaic

RUN_CARD = (276, 560)  # logical pixels at text of 100 %: the least and the greatest width
PICTURE_CARD = (204, 560)
_SHAPE = 0.62  # the height of a picture by its width
_SMALL = 44  # the side of the pictures beside a run's name


class RunCard(CardButton):
    """One run under way: its photos, its state, for how long already, and how long it usually still takes."""

    def __init__(self, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(text_scaled(RUN_CARD[0]), parent)
        self.run_id = run.run_id
        self._mosaic: Mosaic | None = None
        self._name = mark(ElidedLabel(run.name), role="strong")
        self._chip = StatusChip()
        self._time = mark(ElidedLabel(), role="small")
        self._made_of = mark(ElidedLabel(), role="small")
        words = QVBoxLayout()
        words.setSpacing(SPACE_LINE)
        words.addWidget(self._name)
        words.addWidget(self._made_of)
        words.addStretch()
        self._head = QHBoxLayout()
        self._head.setSpacing(SPACE_M)
        self._head.addLayout(words, 1)
        head = QWidget()
        self._head.setContentsMargins(0, 0, 0, 0)
        head.setLayout(self._head)
        self.add(head)
        self.column.addSpacing(SPACE_XS)
        self.add(self._chip, Qt.AlignmentFlag.AlignLeft)
        self.add(self._time)
        self.show_run(run)

    def show_run(self, run: Run, usual: UsualTimes | None = None) -> None:
        """Show its current state; `usual` are the times of earlier runs, as far as they are known."""
        look = look_of(run)
        word = status_word(run)
        count = run.image_count
        made_of = (
            ngettext("{count} photo", "{count} photos", count).format(count=count)
            if count
            else _("Started elsewhere")
        )
        if run.dataset_name:
            # Translators: a run's name, and facts about it.
            made_of = _("{name} · {facts}").format(name=isolated(run.dataset_name), facts=made_of)
        self._name.setText(run.name)
        self._chip.set_status(look.icon, word, look.tone)
        self._made_of.setText(made_of)
        times = progress_text(run, usual, time.time())
        self._time.setText(times)
        self.setToolTip(plain_tip(_("In this stage since {time}").format(time=exact_time(run.changed_at))))
        # Translators: for a screen reader: a run's card.
        self.setAccessibleName(_("Run {name}, {stage}").format(name=run.name, stage=word))
        self.setAccessibleDescription(times)

    def show_photos(self, photos: Sequence[Photo], thumbnails: Thumbnails) -> None:
        """Show what it is made of."""
        if self._mosaic is None and photos:
            from segmind_studio.ui.small_picture import Mosaic  # noqa: PLC0415  # after the first paint

            self._mosaic = Mosaic(_SMALL, _SMALL)
            self._head.insertWidget(0, self._mosaic)
        if self._mosaic is not None:
            self._mosaic.show_photos(photos, thumbnails)


def progress_text(run: Run, usual: UsualTimes | None, now: float) -> str:
    """Return for how long a run is under way, and how long earlier ones took from there; `now` in seconds."""
    began = run.created_at if run.sent_at is None else run.sent_at
    passed = _("{time} so far").format(time=duration_text(max(0.0, now - began)))
    rest = usual.remaining(run, now) if usual is not None else None
    if rest is None:
        return passed
    return _("{passed} · usually {span} more").format(passed=passed, span=duration_span(*rest))


class PictureCard(CardButton):
    """A picture, or four as a mosaic, above a name and a line of facts; `item_id` is the run or the dataset."""

    def __init__(self, item_id: str, parent: QWidget | None = None) -> None:
        super().__init__(text_scaled(PICTURE_CARD[0]), parent)
        self.item_id = item_id
        self._picture: Mosaic | None = None
        self._name = mark(ElidedLabel(), role="strong")
        self._facts = mark(ElidedLabel(), role="small")
        self.column.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_M)
        self.column.addSpacing(SPACE_XS)
        for label in (self._name, self._facts):
            label.setContentsMargins(SPACE_XS, 0, SPACE_XS, 0)
            self.add(label)

    def show_words(self, name: str, facts: str, spoken: str) -> None:
        """Show a name and a line below it; `spoken` is what a screen reader says of the card."""
        self._name.setText(name)
        self._facts.setText(facts)
        self.setAccessibleName(spoken)

    def show_photos(self, photos: Sequence[Photo], thumbnails: Thumbnails | None) -> None:
        """Show these above the words."""
        from segmind_studio.ui.small_picture import Mosaic  # noqa: PLC0415  # after the first paint

        if self._picture is None:
            self._picture = Mosaic(1, 1)
            self.column.insertWidget(0, self._picture)
            self._size()
        self._picture.show_photos(photos, thumbnails)

    @override
    def set_width(self, width: int) -> None:
        super().set_width(width)
        self._size()

    def _size(self) -> None:
        if self._picture is not None:
            inside = self.width() - 2 * SPACE_S
            self._picture.setFixedSize(inside, round(inside * _SHAPE))


class RecentDatasetCard(PictureCard):
    """One dataset that was worked on."""

    def __init__(
        self, summary: DatasetSummary, thumbnails: Thumbnails | None = None, parent: QWidget | None = None,
    ) -> None:
        super().__init__(summary.dataset_id, parent)
        self.dataset_id = summary.dataset_id
        self._summary = summary
        self._thumbnails = thumbnails
        count = summary.used_count
        photos = ngettext("{count} photo", "{count} photos", count).format(count=count)
        changed = relative_time(summary.updated_at, time.time())
        words = _("{name} · {facts}").format(name=photos, facts=changed)
        spoken = _("Dataset {name}, {photos}").format(name=summary.name, photos=photos)
        self.show_words(summary.name, words, spoken)
        if thumbnails is not None:
            self.show_photos(summary.first, thumbnails)
        self.setToolTip(exact_time(summary.updated_at))


class ReadyCard(PictureCard):
    """One model that became ready: its best picture, or the photos it learnt from."""

    def __init__(self, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(run.run_id, parent)
        self.run_id = run.run_id
        self.show_run(run)

    def show_run(self, run: Run) -> None:
        """Show its name and since when it is ready."""
        when = relative_time(run.changed_at, time.time())
        self.show_words(
            run.name, _("ready {when}").format(when=when),
            _("Model {name}, ready {when}").format(name=run.name, when=when),
        )
        self.setToolTip(exact_time(run.changed_at))


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
        go_on.setAccessibleName(_("Continue the unfinished form"))
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
        filled = form.differences()
        changed = 0 if filled == ("trigger_word",) else len(filled)  # the sample's comes by itself
        fields = ngettext("{count} field filled in", "{count} fields filled in", changed).format(count=changed)
        name = form.text("name").strip()
        self._text.setText(_("{name} · {facts}").format(name=isolated(name), facts=fields) if name else fields)
        self.setVisible(bool(changed))


class CardGroup(QWidget):
    """Cards in lines under a title, and a button for those that are not shown.

    Signals:
        more_wanted(): the user wants to see the others.
    """

    more_wanted = Signal()

    def __init__(self, title: str, widths: tuple[int, int], parent: QWidget | None = None) -> None:
        """`widths` : the least and the greatest of a card, in logical pixels at text of 100 %."""
        super().__init__(parent)
        self._cards: tuple[CardButton, ...] = ()
        self._widths = widths
        self._room = 0
        self._most = 0
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
        self._fit()
        self.setVisible(bool(self._cards))

    def set_room(self, width: int, most: int = 0) -> None:
        """Divide a line of this many logical pixels among the cards, each at most `most` wide where that is given.

        The page tells its width: taken from a resize, a scroll bar that comes and goes could change it for ever.
        """
        if (width, most) != (self._room, self._most):
            self._room, self._most = width, most
            self._fit()

    def _fit(self) -> None:
        if not self._cards or not self._room:
            return
        least, most = (text_scaled(width) for width in self._widths)
        most = min(most, self._most or most)
        columns = max(1, min((self._room + SPACE_M) // (least + SPACE_M), len(self._cards)))
        width = min(most, (self._room - SPACE_M * (columns - 1)) // columns)
        for card in self._cards:
            card.set_width(width)

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
            "{names}. It may have started a run. The app looks for the run and never sends the request twice.",
            "{names}. They may have started runs. The app looks for the runs and never sends a request twice.",
            count,
        )
        found.append(Decision(
            title.format(count=count), text.format(names=_names(unknown)), _("Show"), unknown[0].run_id,
        ))
    if stopped := by_stage[Stage.INTERRUPTED]:
        count = len(stopped)
        title = ngettext("{count} run was interrupted", "{count} runs were interrupted", count)
        # Translators: {names} are runs.
        text = ngettext(
            "{names}. You can continue it or give it up.",
            "{names}. You can continue them or give them up.", count,
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
            title, text = _("“{name}” has failed"), _("Its page shows why.")
        found.append(Decision(title.format(name=isolated(run.name)), text, _("Show"), run.run_id))
    return tuple(found)


def _names(runs: list[Run], shown: int = 3) -> str:
    names = in_a_row([listed(_("“{name}”").format(name=isolated(run.name)) for run in runs[:shown])])
    return (
        names if len(runs) <= shown else _("{names} and {count} more").format(names=names, count=len(runs) - shown)
    )
