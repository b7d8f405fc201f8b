"""Choose which photos of each group of near duplicates stay: group after group, or all at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.check_reasons import reason_for
from segmind_studio.core.datasets import ADVISED_MIN_IMAGES, Check, Photo
from segmind_studio.core.duplicate_groups import staying, undecided, with_cutouts
from segmind_studio.core.likeness import MEASURED_SIDE, PictureMeasures
from segmind_studio.formats import bytes_text, number, size_in_pixels
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _, ngettext, sentences
from segmind_studio.ui.data.duplicates.board import DuplicateBoard
from segmind_studio.ui.data.facts import one_line, photos_text
from segmind_studio.ui.data.inspector.comparison import Compared, PhotoComparison
from segmind_studio.ui.parts import FlowLayout, text_label
from segmind_studio.ui.parts.sight import open_at
from segmind_studio.ui.parts.tips import key_name, plain_tip
from segmind_studio.ui.theme.direction import in_a_row
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_WIDTH, _HEIGHT = 900, 640
_FOCUS = Qt.FocusReason.OtherFocusReason


class DuplicatesDialog(QDialog):
    """Show the groups of near duplicates of a service's dataset, one at a time, up to date while it is open.

    `theme` returns what the photos are to teach. What is decided here is done by whoever gets the signals.

    Signals (GUI thread): exclude_wanted(tuple[Photo, ...]), photos that go; different_wanted(tuple[Photo, ...]),
    a group whose photos are different.
    """

    exclude_wanted = Signal(object)
    different_wanted = Signal(object)

    def __init__(
        self, datasets: DatasetService, thumbnails: Thumbnails, theme: Callable[[], str], parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("data.duplicates")
        self.setWindowTitle(_("Near duplicates"))
        open_at(self, _WIDTH, _HEIGHT)
        self._datasets, self._thumbnails, self._theme = datasets, thumbnails, theme
        self._measurer = thumbnails.measurer
        self._measures: dict[str, PictureMeasures] = {}
        self._groups: list[list[Photo]] = []
        self._alike: list[list[Photo]] = []  # the groups without cut-outs
        self._parts: frozenset[str] = frozenset()  # the photos that are cut out of others
        self._at = 0
        self._choices: dict[frozenset[str], frozenset[str]] = {}  # by the photos of a group: those that stay
        self._comparison: PhotoComparison | None = None
        self.heading = text_label("", "section", wrap=False)
        self._reason = text_label("", "muted")
        self.board = DuplicateBoard(thumbnails, self._facts)
        self._lay_out()
        self.board.chosen.connect(self._choose)
        self._measurer.changed.connect(self.refresh)
        datasets.dataset_changed.connect(self.refresh)

    def _lay_out(self) -> None:
        self.different = self._button(_("Not duplicates"), "D", self._call_different)
        self.compare = self._button(_("Compare"), "C", self._compare)
        self.previous = self._button(_("Previous group"), "P", self._previous)
        self.next = self._button(_("Next group"), "N", self._next)
        # Translators: the name of a key.
        self.exclude = self._button(_("Exclude others"), _("Enter"), self._exclude)
        self.exclude_all = self._button("", "", self._exclude_all)
        self.exclude_all.setObjectName("data.duplicates.all")
        self.close_button = self._button(_("Close"), "", self.reject)
        top = QHBoxLayout()
        top.setSpacing(SPACE_S)
        top.addWidget(self.heading, 1)
        top.addWidget(self.previous)
        top.addWidget(self.next)
        self._ways = QWidget()
        ways = FlowLayout(self._ways, SPACE_S)
        below = QHBoxLayout()
        below.setSpacing(SPACE_S)
        for button in (self.compare, self.different):
            ways.addWidget(button)
        below.addWidget(self._ways, 1)
        below.addStretch()
        for button in (self.close_button, self.exclude_all, self.exclude):
            below.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addLayout(top)
        column.addWidget(self._reason)
        column.addWidget(self.board, 1)
        column.addLayout(below)

    def _button(self, text: str, key: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        if key:
            button.setToolTip(plain_tip(_("{action} ({keys})").format(action=text, keys=key)))
        return button

    @property
    def groups(self) -> Sequence[Sequence[Photo]]:
        """Return the groups that are still to be decided about."""
        return self._groups

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.board.setFocus(_FOCUS)

    @Slot()
    def refresh(self) -> None:
        """Find the groups anew, and stay where one is."""
        if not self.isVisible():
            return
        used = self._datasets.dataset.used
        self._measures = self._measurer.of(used)
        cutouts = self._measurer.cutouts(used)
        self._parts = frozenset(part.photo_id for part, _whole in cutouts)
        self._alike = [list(group) for group in self._measurer.groups(used)]
        groups = undecided(with_cutouts(self._alike, cutouts))
        self._groups = sorted(groups, key=self._is_of_cutouts)  # in their order, those with copies first
        self._at = min(self._at, max(0, len(self._groups) - 1))
        self._show_group()

    def _is_of_cutouts(self, group: Sequence[Photo]) -> bool:
        """Return True when no photo of a group is a copy of another."""
        return len(staying(group, self._alike, self._parts, self._measures)) == len(group)

    def _show_group(self) -> None:
        count = len(self._groups)
        group = self._groups[self._at] if self._groups else []
        self.board.set_group(group, self._kept(group) if group else frozenset())
        busy = _("Still comparing photos.") if self._measurer.measuring else ""
        if group:
            # Translators: a group of near duplicates.
            heading = _("Group {number} of {count}").format(number=self._at + 1, count=count)
            self.heading.setText(f"{heading} · {photos_text(len(group))}")
            hint = _("Use the arrow keys to move, and {space} to keep or exclude a photo.").format(
                space=key_name("Space"),
            )
            check = Check.CUT_OUT if self._is_of_cutouts(group) else Check.NEAR_DUPLICATE
            self._reason.setText(sentences(reason_for(check, self._theme()), hint, busy))
        else:
            self.heading.setText(busy or _("No near duplicates left."))
            self._reason.setText("" if busy else _("All included photos are different."))
        for part in (self.previous, self.next, self._ways, self.exclude):
            part.setVisible(bool(group))
        for button, possible in (
            (self.different, bool(group)), (self.compare, len(group) > 1), (self.previous, self._at > 0),
            (self.next, self._at + 1 < count),
        ):
            button.setEnabled(possible)
        self._show_ways_out()

    def _kept(self, group: Sequence[Photo]) -> frozenset[str]:
        """Return which photos of a group stay: those chosen, else all that are no copies."""
        names = frozenset(photo.photo_id for photo in group)
        return self._choices.get(names) or staying(group, self._alike, self._parts, self._measures)

    def _facts(self, photo: Photo) -> tuple[str, str]:
        """Return size and sharpness of a photo; the largest and the sharpest of its group are named so."""
        group = self._groups[self._at] if self._groups else [photo]
        pixels, sharpness = prod(photo.edited_size), self._sharpness(photo)
        size = f"{size_in_pixels(*photo.edited_size)} · {bytes_text(photo.size)}"
        others = [one for one in group if one is not photo]
        if all(pixels > prod(one.edited_size) for one in others):
            # Translators: the largest of similar photos; {facts} is its size.
            size = _("{facts}, largest").format(facts=size)
        elif photo.photo_id in self._parts:
            # Translators: this photo is a part cut out of another photo.
            size = _("{facts}, part of another").format(facts=size)
        sharp = _("Sharpness {number}").format(number=number(sharpness))
        same_scale = len({min(MEASURED_SIDE, max(one.edited_size)) for one in group}) == 1
        if same_scale and all(sharpness > self._sharpness(one) for one in others):
            sharp = _("{facts}, sharpest").format(facts=sharp)
        return size, sharp

    def _sharpness(self, photo: Photo) -> float:
        found = self._measures.get(photo.photo_id)
        return found.sharpness if found else 0.0

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, focus = Qt.Key(event.key()), self.focusWidget()
        buttons = {
            Qt.Key.Key_N: self.next, Qt.Key.Key_PageDown: self.next, Qt.Key.Key_P: self.previous,
            Qt.Key.Key_PageUp: self.previous, Qt.Key.Key_C: self.compare, Qt.Key.Key_D: self.different,
        }
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter(focus)
        elif key is Qt.Key.Key_D and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.compare.click()
        elif key in buttons and event.modifiers() in {_PLAIN, Qt.KeyboardModifier.KeypadModifier}:
            buttons[key].click()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _choose(self) -> None:
        """Remember which photos of the group stay."""
        if self._groups:
            names = frozenset(photo.photo_id for photo in self._groups[self._at])
            self._choices[names] = self.board.kept
        self._show_ways_out()

    def _show_ways_out(self) -> None:
        """Show which photos can be excluded as they are chosen now."""
        self.exclude.setEnabled(bool(self.board.others) and bool(self.board.kept))
        count = sum(len(self._kept(group)) < len(group) for group in self._groups)
        words = ngettext("Exclude others in {count} group", "Exclude others in all {count} groups", count)
        self.exclude_all.setText(words.format(count=count))
        self.exclude_all.setVisible(count > 1)
        set_mark(self.exclude, "kind", "primary" if self._enough_stay() else "")

    def _enough_stay(self) -> bool:
        return len(self._datasets.dataset.used) - len(self.board.others) >= ADVISED_MIN_IMAGES

    def _enter(self, focus: QWidget | None) -> None:
        """Do what Enter means; where too few photos would stay, only go to the button that excludes others."""
        if isinstance(focus, QPushButton):
            focus.click()
        elif not self._groups:
            self.close_button.click()
        elif self._enough_stay():
            self.exclude.click()
        else:
            self.exclude.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _next(self) -> None:
        self._at = min(self._at + 1, len(self._groups) - 1)
        self._show_group()
        self.board.setFocus(_FOCUS)

    @Slot()
    def _previous(self) -> None:
        self._at = max(0, self._at - 1)
        self._show_group()
        self.board.setFocus(_FOCUS)

    @Slot()
    def _exclude(self) -> None:
        self.exclude_wanted.emit(self.board.others)
        self.board.setFocus(_FOCUS)

    @Slot()
    def _exclude_all(self) -> None:
        kept = [self._kept(group) for group in self._groups]
        self.exclude_wanted.emit(tuple(
            photo for group, stay in zip(self._groups, kept, strict=True) for photo in group
            if photo.photo_id not in stay
        ))
        self.board.setFocus(_FOCUS)

    @Slot()
    def _call_different(self) -> None:
        self.different_wanted.emit(tuple(self._groups[self._at]))
        self.board.setFocus(_FOCUS)

    @Slot()
    def _compare(self) -> None:
        """Compare the current photo with one that stays, else with its neighbour."""
        current, group = self.board.current, self._groups[self._at]
        if current is None:
            return
        others = [photo for photo in group if photo is not current]
        other = next((photo for photo in others if photo.photo_id in self.board.kept), others[0])
        if self._comparison is None:
            self._comparison = PhotoComparison(self._thumbnails, self)
            self._comparison.closed.connect(self.board.setFocus)
        left, right = (Compared(photo, in_a_row((photo.path.name, one_line(photo)))) for photo in (other, current))
        self._comparison.open(left, right, wiping=False)


_PLAIN = Qt.KeyboardModifier.NoModifier
