"""Blind votes on pairs of pictures over the whole window: which of the two is better, and at the end who won."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QHideEvent, QKeySequence
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.votes import MOST_CANDIDATES, Candidate, Vote, VoteAnswer, next_pair, pairable
from segmind_studio.services.images.judging import JudgingService, VoteResult
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.assistive import announce
from segmind_studio.ui.data.inspector.picture_view import PictureView
from segmind_studio.ui.data.overlay import Overlay
from segmind_studio.ui.forms.choices import CalmCombo
from segmind_studio.ui.parts import ActionButton, ElidedLabel, text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.direction import backwards, keep_left_to_right
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S
from segmind_studio.ui.tryout.results_model import ResultsModel
from segmind_studio.ui.tryout.vote_results import VoteResults

_SHAPE_SIDE = 640  # pixels
_SAME_SHAPE = 0.01  # of the width
_EXPECTED = 3  # votes on each picture, after which the result is offered as the next step


def candidates_of(images: Sequence[GeneratedImage], *, same_prompt: bool) -> list[Candidate]:
    """Return the pictures that can be voted on; with `same_prompt` only those that differ in model or strength."""
    made = [image for image in images if image.state is ImageState.MADE and image.file_name]
    if same_prompt:
        return pairable([
            Candidate(image.image_id, image.prompt, f"{image.run_id}\n{image.strength}") for image in made
        ])
    return pairable([Candidate(image.image_id) for image in made])


class VotingView(Overlay):
    """Cover a window with two pictures that bear no names.

    Left and Right choose, Down calls both equally good, S skips, Backspace takes the last one back, Escape leaves.
    Signals as in Overlay.
    """

    def __init__(
        self, model: ResultsModel, service: JudgingService, thumbnails: Thumbnails, window: QWidget,
    ) -> None:
        super().__init__(window, "try.voting")
        self._model, self._service = model, service
        self._chance = random.SystemRandom()
        self._images: Mapping[str, GeneratedImage] = {}
        self._candidates: Sequence[Candidate] = ()
        self._pair: tuple[Candidate, Candidate] | None = None
        self._cast: list[Vote] = []  # in this sitting
        self._heading = mark(text_label(_("Which is better?"), wrap=False), role="section")
        self._scope = CalmCombo()
        self._scope.setObjectName("try.voting.scope")
        self._scope.setAccessibleName(_("Pairs"))
        self._scope.addItems([_("Any two pictures"), _("Same prompt, different model or strength")])
        self._count = mark(ElidedLabel(), role="small")
        self._count.setObjectName("try.voting.count")
        self.left, self.right = PictureView(thumbnails), PictureView(thumbnails)
        self._nothing = text_label("", "muted")
        self._prompt = ElidedLabel()
        self._prompt.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.results = VoteResults(model, thumbnails)
        self._pages = QStackedWidget()
        self._make_actions()
        self._lay_out()
        self._scope.currentIndexChanged.connect(self._begin)
        self._thumbnails = thumbnails
        thumbnails.ready.connect(self._picture_ready)
        service.votes_changed.connect(self._votes_changed)
        service.ranked.connect(self._show_result)

    def _make_actions(self) -> None:
        icons = ("chevron-left", "chevron-right")
        icons = icons[::-1] if backwards() else icons  # these two point to where the pictures are
        self.choose_left = self._action(icons[0], _("Left is better"), self._left_wins, "Left")
        self.choose_right = self._action(icons[1], _("Right is better"), self._right_wins, "Right")
        self.equal = self._action("minus", _("Equally good"), self._call_equal, "Down", "=")
        self.skip = self._action("arrow-right", _("Skip"), self._skip, "S")
        self.back = self._action("undo-2", _("Undo vote"), self._take_back, "Backspace")
        self.show_result = self._action("list", _("Show result"), self._want_result, "R")
        self.go_on = self._action("undo-2", _("Continue voting"), self._go_on)

    def _action(self, icon_name: str, text: str, slot: Callable[[], None], *keys: str) -> QAction:
        action = QAction(icon(icon_name), text, self)
        action.triggered.connect(slot)
        if keys:
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(plain_tip(_("{action} ({keys})").format(action=text, keys=shown)))
        self.addAction(action)
        return action

    def _lay_out(self) -> None:
        self._close = QToolButton()
        self._close.setIcon(icon("x"))
        self._close.setAccessibleName(_("Stop voting"))
        self._close.setToolTip(_("Close (Esc)"))
        self._close.clicked.connect(self.hide)
        top = QHBoxLayout()
        top.setSpacing(SPACE_M)
        top.addWidget(self._heading)
        top.addWidget(self._count, 1)
        top.addWidget(self._scope)
        top.addWidget(self._button(self.show_result))
        top.addWidget(self._button(self.go_on))
        top.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_M)
        column.addLayout(top)
        for page in (self._pair_page(), self._nothing, self.results):
            self._pages.addWidget(page)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._pages, 1)
        self.set_tab_ends(self._scope, self._close)

    def _pair_page(self) -> QWidget:
        page = QWidget()
        keep_left_to_right(page)  # left and right are said, and pressed
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACE_M)
        views = (self.left, _("Left picture")), (self.right, _("Right picture"))
        for place, (view, spoken) in enumerate(views):
            view.setAccessibleName(spoken)
            grid.addWidget(view, 0, place)
            grid.setColumnStretch(place, 1)
        grid.setRowStretch(0, 1)
        grid.addWidget(self._prompt, 1, 0, 1, 2)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addWidget(self._button(self.back, "quiet"))
        buttons.addStretch()
        for action in (self.choose_left, self.equal, self.choose_right):
            buttons.addWidget(self._button(action))
        buttons.addStretch()
        buttons.addWidget(self._button(self.skip, "quiet"))
        grid.addLayout(buttons, 2, 0, 1, 2)
        return page

    def _button(self, action: QAction, kind: str = "") -> QPushButton:
        button = ActionButton(action, kind, self)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the pictures
        return button

    def open(self, images: Sequence[GeneratedImage]) -> None:
        """Vote on these pictures, as far as they have a file."""
        self._images = {image.image_id: image for image in images}
        self._cast.clear()
        self._service.load_votes()
        self.cover(self.left)
        self._begin()

    @property
    def pair(self) -> tuple[str, str] | None:
        """Return the ids of the pictures that are shown, the left one first."""
        return None if self._pair is None else (self._pair[0].image_id, self._pair[1].image_id)

    @Slot()
    def _begin(self) -> None:
        same = self._scope.currentIndex() == 1
        self._candidates = candidates_of(tuple(self._images.values()), same_prompt=same)
        self._next()

    @Slot()
    def _votes_changed(self) -> None:
        if self.isVisible() and (self._pair is None or not self._service.loaded):
            self._next()
        else:
            self._follow()

    def _next(self) -> None:
        """Show another pair, once the earlier votes are known."""
        self._pair = None
        if self._service.loaded:
            self._pair = next_pair(self._candidates, self._service.votes, self._chance)
        self._show_pair()

    def _show_pair(self) -> None:
        if self._pair is None:
            self._nothing.setText(self._why_none())
            self._pages.setCurrentWidget(self._nothing)
        else:
            pair = [self._images[one.image_id] for one in self._pair]
            for view, image in zip((self.left, self.right), pair, strict=True):
                view.set_photo(self._model.photo(image))
                view.setAccessibleDescription("")  # the file's name names the model
            self._prompt.setText(pair[0].prompt if pair[0].prompt == pair[1].prompt else "")
            self._pages.setCurrentIndex(0)
        self._follow()

    @Slot(object)
    def _picture_ready(self, ready: ThumbnailReady) -> None:
        """Show a picture in its own shape where the service made another one than it was asked for."""
        for view in (self.left, self.right):
            photo = view.photo
            if photo is None or photo.photo_id != ready.photo_id or not self.isVisible():
                continue
            image = self._thumbnails.image(photo, _SHAPE_SIDE)
            if image is not None and not image.isNull():
                width = round(photo.height * image.width() / image.height())
                if abs(width - photo.width) > photo.width * _SAME_SHAPE:
                    view.set_photo(replace(photo, width=width))
                    view.setAccessibleDescription("")

    def _why_none(self) -> str:
        if not self._service.loaded:
            return _("Loading earlier votes…")
        if self._scope.currentIndex():
            return _("No two pictures here have the same prompt but a different model or strength.")
        return _("No pictures here can be compared.")

    def _follow(self) -> None:
        """Show how many votes there are, and enable what is possible."""
        names = {one.image_id for one in self._candidates}
        count = sum(vote.left in names and vote.right in names for vote in self._service.votes)
        words = [ngettext("{count} vote", "{count} votes", count).format(count=count)]
        words.append(ngettext("{count} picture", "{count} pictures", len(names)).format(count=len(names)))
        if len(names) == MOST_CANDIDATES:
            words.append(_("first picture"))
        elif 0 < 2 * count < _EXPECTED * len(names):
            words.append(_("the result is still open"))
        self._count.setText(" · ".join(words))
        voting = self._pages.currentIndex() == 0
        for action in (self.choose_left, self.choose_right, self.equal, self.skip):
            action.setEnabled(voting)
        self.back.setEnabled(voting and bool(self._cast))
        self.show_result.setVisible(self._pages.currentWidget() is not self.results)
        self.show_result.setEnabled(bool(self._candidates) and self.show_result.isVisible())
        self.go_on.setVisible(not self.show_result.isVisible())

    # -- the votes

    def _left_wins(self) -> None:
        self._vote(VoteAnswer.LEFT)

    def _right_wins(self) -> None:
        self._vote(VoteAnswer.RIGHT)

    def _call_equal(self) -> None:
        self._vote(VoteAnswer.EQUAL)

    def _skip(self) -> None:
        self._vote(VoteAnswer.SKIP)

    def _vote(self, verdict: VoteAnswer) -> None:
        if self.pair is not None:
            self._cast.append(self._service.vote(*self.pair, verdict))
            self._next()
            announce(self, _("Next pair"))

    def _take_back(self) -> None:
        """Show the last pair again, on the same sides, without its vote."""
        if not self._cast:
            return
        vote = self._cast.pop()
        self._service.take_back(vote)
        by_id = {one.image_id: one for one in self._candidates}
        if vote.left in by_id and vote.right in by_id:
            self._pair = by_id[vote.left], by_id[vote.right]
        self._show_pair()

    # -- the result

    def _want_result(self) -> None:
        self._service.rank(tuple(self._images.values()), self._candidates)

    @Slot(object)
    def _show_result(self, result: VoteResult) -> None:
        if not self.isVisible():
            return
        self.results.show_result(result, self._images)
        self._heading.setText(_("Result"))
        self._scope.hide()
        self._pages.setCurrentWidget(self.results)
        self._follow()
        self.results.take_focus()

    def _go_on(self) -> None:
        self._heading.setText(_("Which is better?"))
        self._scope.show()
        self._show_pair()
        self.left.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._heading.setText(_("Which is better?"))
        self._scope.show()
        super().hideEvent(event)

