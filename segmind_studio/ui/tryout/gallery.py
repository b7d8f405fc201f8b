"""The pictures of Try: the gallery, one picture, and the ones without an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QGuiApplication, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.fields import number_text
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.formats import exact_time, money, size_in_pixels
from segmind_studio.services.images.image_service import TryResult
from segmind_studio.services.images.thumbnails import FullImage, Thumbnails
from segmind_studio.texts import _, stored
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import ActionButton, ElidedLabel, IconLabel, text_label
from segmind_studio.ui.parts.banners import diagnosis
from segmind_studio.ui.parts.files_out import DragOut, copy_files
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, tones_of
from segmind_studio.ui.tryout.actions import TryActions
from segmind_studio.ui.tryout.results_model import ResultsModel, photo_of
from segmind_studio.ui.tryout.thumbnail import SIDE

_ICON = 44


class ResultView(QFrame):
    """Show one image, never enlarged beyond its pixels, or a sentence where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="canvas")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 200))
        self._image = QImage()
        self._scaled = QPixmap()
        self._text, self._icon_name = "", "image"

    @property
    def image(self) -> QImage:
        """Return what is shown; null when nothing is."""
        return self._image

    def picture(self) -> QPixmap:
        """Return the image at the size of the screen, as it was painted last."""
        return self._scaled

    def show_image(self, image: QImage, description: str) -> None:
        """Show another image."""
        self._image = image
        self._scaled = QPixmap()
        self.setAccessibleDescription(description)
        self.update()

    def show_text(self, icon_name: str, words: str) -> None:
        """Show a text in place of a picture."""
        self._image, self._scaled = QImage(), QPixmap()
        self._text, self._icon_name = words, icon_name
        self.setAccessibleDescription(words)
        self.update()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        tones = tones_of(QGuiApplication.palette())
        painter.fillRect(self.rect(), QColor(tones.canvas))
        if self._image.isNull():
            self._paint_text(painter, QColor(tones.muted))
        else:
            generated = self._fitted()
            size = generated.deviceIndependentSize()
            left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
            painter.drawPixmap(round(left), round(top), generated)

    def _paint_text(self, painter: QPainter, colour: QColor) -> None:
        ratio = self.devicePixelRatioF()
        left, top = (self.width() - _ICON) // 2, self.height() // 2 - _ICON
        painter.drawPixmap(left, top, icons.pixmap(self._icon_name, "faint", _ICON, ratio))
        painter.setPen(colour)
        below = QRect(SPACE_L, top + _ICON + SPACE_L, self.width() - 2 * SPACE_L, self.height() // 2)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, self._text)

    def _fitted(self) -> QPixmap:
        """Return the picture at its size on the screen; worked out once for each size."""
        ratio = self.devicePixelRatioF()
        room = QSize(round((self.width() - 2 * SPACE_L) * ratio), round((self.height() - 2 * SPACE_L) * ratio))
        wanted = self._image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if wanted.width() > self._image.width():
            wanted = self._image.size()
        if self._scaled.size() != wanted:
            smooth = Qt.TransformationMode.SmoothTransformation
            scaled = self._image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._scaled = QPixmap.fromImage(scaled)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled


_TEXT_WIDTH = 320
_ICON_LOST_CARD = 28


class LostCard(QFrame):
    """Show that there was no answer, with a button to request again; nothing happens without a click."""

    def __init__(self, again: QAction, look: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="canvas")
        self._why = text_label("", "small")
        self._why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._counts = text_label(_("It counts as paid in your budget."), "small")
        card = mark(QFrame(), surface="card")
        card.setObjectName("try.lost")
        words = QVBoxLayout()
        words.setSpacing(SPACE_S)
        self._lines = (
            text_label(_("No answer"), "section"),
            text_label(_("It may have been paid. Nothing is asked again by itself.")),
            self._counts, self._why,
        )
        for label in self._lines:
            label.setFixedWidth(text_scaled(_TEXT_WIDTH))
            words.addWidget(label)
        button = ActionButton(again, "", card)
        button.setObjectName("try.again")
        copy = mark(QPushButton(icon("copy"), _("Copy diagnosis")), kind="quiet")
        copy.setObjectName("try.copy_lost")
        copy.clicked.connect(self._copy_diagnosis)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addWidget(button)
        buttons.addWidget(_when_possible(look, card))
        buttons.addWidget(copy)
        buttons.addStretch()
        words.addSpacing(SPACE_S)
        words.addLayout(buttons)
        row = QHBoxLayout(card)
        row.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        row.setSpacing(SPACE_L)
        row.addWidget(IconLabel("circle-question-mark", "warn", _ICON_LOST_CARD), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(card)
        middle.addStretch()
        column.addLayout(middle)
        column.addStretch(3)

    def show_generated(self, generated: GeneratedImage, *, practice: bool) -> None:
        """Show why there is no answer to this one."""
        self._why.setText(stored(generated.error))
        self._why.setVisible(bool(generated.error))
        self._counts.setVisible(not practice)
        for label in self._lines:  # the layout around the card does not ask its height for a width
            label.setMinimumHeight(max(0, label.heightForWidth(text_scaled(_TEXT_WIDTH))))

    def _copy_diagnosis(self) -> None:
        QGuiApplication.clipboard().setText(diagnosis(_("No answer"), self._why.text()))


def _when_possible(action: QAction, parent: QWidget) -> ActionButton:
    """Return a button that is only there while its action is possible."""
    button = ActionButton(action, "quiet", parent, words=_("Look again (free)"))
    button.setObjectName("try.look")
    action.enabledChanged.connect(button.setVisible)
    button.setVisible(action.isEnabled())
    return button


class Gallery(QFrame):
    """Show results.

    Signals:
        selected(): another picture is shown, or the first one; GUI thread.
    """

    selected = Signal()

    def __init__(self, actions: TryActions, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._names: Mapping[str, str] = {}
        self._model = ResultsModel(thumbnails, self)
        self._image_view = ResultView()
        self._image_view.setObjectName("try.picture")
        self._image_view.setAccessibleName(_("The picture"))
        self._lost = LostCard(actions.again, actions.look)
        self._large = QStackedWidget()
        self._large.addWidget(self._image_view)
        self._large.addWidget(self._lost)
        self._prompt = ElidedLabel()
        self._facts = mark(ElidedLabel(), role="small")
        self._buttons = (
            ActionButton(actions.reuse, "quiet", self), ActionButton(actions.copy, "quiet", self),
            ActionButton(actions.save, "", self),
        )
        DragOut(self._image_view, self._files, self._image_view.picture)
        self._strip = QListView()
        self._strip.setObjectName("try.strip")
        self._strip.setAccessibleName(_("Your last pictures"))
        self._strip.setModel(self._model)
        self._strip.setFlow(QListView.Flow.LeftToRight)
        self._strip.setWrapping(False)
        self._strip.setUniformItemSizes(True)
        self._strip.setIconSize(QSize(SIDE, SIDE))
        self._strip.setSpacing(2)
        self._strip.setFixedHeight(SIDE + 40)
        self._strip.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._strip.selectionModel().currentChanged.connect(self._current_changed)
        self._foot = self._about()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._large, 1)
        column.addWidget(self._foot)
        thumbnails.full_ready.connect(self._loaded)
        self.show_all(())

    def _about(self) -> QWidget:
        foot = mark(QFrame(), surface="strip")
        line = QHBoxLayout()
        line.setSpacing(SPACE_S)
        line.addWidget(self._prompt, 1)
        for button in self._buttons:
            line.addWidget(button)
        inside = QVBoxLayout(foot)
        inside.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        inside.setSpacing(SPACE_S)
        inside.addLayout(line)
        inside.addWidget(self._facts)
        inside.addWidget(self._strip)
        return foot

    @property
    def result(self) -> TryResult | None:
        """Return the result that is shown large."""
        row = self._strip.currentIndex().row()
        return self._model.result(row) if row >= 0 else None

    def _files(self) -> tuple[Path, ...]:
        """Return the file of the picture that is shown large."""
        result = self.result
        lost = result is None or result.generated.state is ImageState.UNKNOWN
        return () if result is None or lost or result.path is None else (result.path,)

    def copy(self) -> None:
        """Copy the picture that is shown large, with its file."""
        copy_files(self._files(), self._image_view.image)
        self.show_note(_("Picture copied"))

    def show_names(self, names: Mapping[str, str]) -> None:
        """Set the runs' names, by id."""
        self._names = names
        if self.result is not None:
            self._show_facts(self.result)

    def show_all(self, results: Sequence[TryResult]) -> None:
        """Show other results, the newest large."""
        self._model.show_all(results)
        self._foot.setVisible(bool(results))
        if results:
            self._strip.setCurrentIndex(self._model.index(0, 0))
        else:
            self._large.setCurrentWidget(self._image_view)
            self._image_view.show_text(
                "image", _("Write a prompt and press Generate. The picture appears here."),
            )
            self.selected.emit()

    def add(self, result: TryResult) -> None:
        """Show a new result."""
        self._model.add(result)
        self._foot.show()
        self._strip.setCurrentIndex(self._model.index(0, 0))
        self._strip.scrollToTop()
        self._show()

    def show_note(self, words: str) -> None:
        """Show something about the picture, such as where it was saved, until another one is shown."""
        self._facts.setText(words)

    def _current_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show()

    def _show(self) -> None:
        result = self.result
        if result is None:
            return
        lost = result.generated.state is ImageState.UNKNOWN
        if lost:
            self._lost.show_generated(result.generated, practice=_practice(result.generated))
        elif not result.image.isNull():
            self._image_view.show_image(result.image, result.generated.prompt)
        elif result.path is None:
            self._image_view.show_text("image-off", _("This picture could not be kept on the disk."))
        else:
            self._image_view.show_text("image", "")
            self._thumbnails.load_full(photo_of(result))
        self._large.setCurrentWidget(self._lost if lost else self._image_view)
        self._show_facts(result)
        self.selected.emit()

    @Slot(object)
    def _loaded(self, full: FullImage) -> None:
        result = self.result
        if result is None or result.generated.image_id != full.photo_id:
            return
        if full.image.isNull():
            self._image_view.show_text("image-off", _("The file of this picture cannot be read."))
        else:
            self._image_view.show_image(full.image, result.generated.prompt)

    def _show_facts(self, result: TryResult) -> None:
        generated = result.generated
        self._prompt.setText(generated.prompt)
        width, height = generated.width, generated.height
        if not result.image.isNull():
            width, height = result.image.width(), result.image.height()
        facts = [
            *([name] if (name := self._names.get(generated.run_id, generated.slug)) else []),
            size_in_pixels(width, height),
            _("strength {value}").format(value=number_text(generated.strength)),
            _("seed {seed}").format(seed=generated.seed) if generated.seed is not None else _("random seed"),
            *self._money(result),
        ]
        if generated.state is ImageState.MADE and result.path is None:
            facts.append(_("not kept on disk"))
        facts.append(exact_time(generated.asked_at))
        self._facts.setText(" · ".join(facts))

    def _money(self, result: TryResult) -> list[str]:
        generated = result.generated
        if _practice(generated):
            return [_("practice, nothing paid")]
        if generated.state is ImageState.UNKNOWN:
            return [_("counts as paid")]
        said = [
            _("cost not named") if generated.cost is None
            else _("cost {amount}").format(amount=money(generated.cost)),
        ]
        if result.remaining is not None:
            said.append(_("{amount} left").format(amount=money(result.remaining)))
        return said


def _practice(generated: GeneratedImage) -> bool:
    return generated.account_id == PRACTICE_ACCOUNT_ID
