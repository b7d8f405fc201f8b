"""The picture shown large, what is known of it, and the strip of the ones before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QStackedWidget, QVBoxLayout, QWidget

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.fields import number_text
from segmind_studio.core.pictures import Picture, PictureState
from segmind_studio.services.thumbnails import FullPicture, Thumbnails
from segmind_studio.services.tryouts import TryResult
from segmind_studio.ui.parts import ActionButton, ElidedLabel, exact_time
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S
from segmind_studio.ui.tryout.actions import TryActions
from segmind_studio.ui.tryout.lost_card import LostCard
from segmind_studio.ui.tryout.picture_view import PictureView
from segmind_studio.ui.tryout.results_model import ResultsModel, photo_of
from segmind_studio.ui.tryout.thumbnail import SIDE


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
        self._picture = PictureView()
        self._picture.setObjectName("try.picture")
        self._picture.setAccessibleName(self.tr("The picture"))
        self._lost = LostCard(actions.again)
        self._large = QStackedWidget()
        self._large.addWidget(self._picture)
        self._large.addWidget(self._lost)
        self._prompt = ElidedLabel()
        self._facts = mark(ElidedLabel(), role="small")
        self._buttons = (ActionButton(actions.reuse, "quiet", self), ActionButton(actions.save, "", self))
        self._strip = QListView()
        self._strip.setObjectName("try.strip")
        self._strip.setAccessibleName(self.tr("Your last pictures"))
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
        """Give the result that is shown large."""
        row = self._strip.currentIndex().row()
        return self._model.result(row) if row >= 0 else None

    def show_names(self, names: Mapping[str, str]) -> None:
        """Know the runs' names, by id."""
        self._names = names
        if self.result is not None:
            self._tell(self.result)

    def show_all(self, results: Sequence[TryResult]) -> None:
        """Show other results, the newest large."""
        self._model.show_all(results)
        self._foot.setVisible(bool(results))
        if results:
            self._strip.setCurrentIndex(self._model.index(0, 0))
        else:
            self._large.setCurrentWidget(self._picture)
            self._picture.show_words(
                "image", self.tr("Write a prompt and press Generate. The picture appears here."),
            )
            self.selected.emit()

    def add(self, result: TryResult) -> None:
        """Show a new result."""
        self._model.add(result)
        self._foot.show()
        self._strip.setCurrentIndex(self._model.index(0, 0))
        self._strip.scrollToTop()
        self._show()

    def tell(self, words: str) -> None:
        """Say something about the picture, such as where it was saved, until another one is shown."""
        self._facts.setText(words)

    def _current_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show()

    def _show(self) -> None:
        result = self.result
        if result is None:
            return
        lost = result.picture.state is PictureState.UNKNOWN
        if lost:
            self._lost.show_picture(result.picture, practice=_practice(result.picture))
        elif not result.image.isNull():
            self._picture.show_image(result.image, result.picture.prompt)
        elif result.path is None:
            self._picture.show_words("image-off", self.tr("This picture could not be kept on the disk."))
        else:
            self._picture.show_words("image", "")
            self._thumbnails.load_full(photo_of(result))
        self._large.setCurrentWidget(self._lost if lost else self._picture)
        self._tell(result)
        self.selected.emit()

    @Slot(object)
    def _loaded(self, full: FullPicture) -> None:
        result = self.result
        if result is None or result.picture.picture_id != full.photo_id:
            return
        if full.image.isNull():
            self._picture.show_words("image-off", self.tr("The file of this picture cannot be read."))
        else:
            self._picture.show_image(full.image, result.picture.prompt)

    def _tell(self, result: TryResult) -> None:
        picture = result.picture
        self._prompt.setText(picture.prompt)
        width, height = picture.width, picture.height
        if not result.image.isNull():
            width, height = result.image.width(), result.image.height()
        facts = [
            *([name] if (name := self._names.get(picture.run_id, picture.slug)) else []),
            self.tr("{0} by {1}").format(width, height),
            self.tr("strength {0}").format(number_text(picture.strength)),
            self.tr("seed {0}").format(picture.seed) if picture.seed is not None else self.tr("random seed"),
            *self._money(result),
        ]
        if picture.state is PictureState.MADE and result.path is None:
            facts.append(self.tr("not kept on disk"))
        facts.append(exact_time(picture.asked_at))
        self._facts.setText(" · ".join(facts))

    def _money(self, result: TryResult) -> list[str]:
        picture = result.picture
        if _practice(picture):
            return [self.tr("practice, nothing paid")]
        if picture.state is PictureState.UNKNOWN:
            return [self.tr("counts as paid")]
        said = [
            self.tr("cost not told") if picture.cost is None
            else self.tr("cost ${0}").format(number_text(round(picture.cost, 4))),
        ]
        if result.remaining is not None:
            said.append(self.tr("${0:.2f} left").format(result.remaining))
        return said


def _practice(picture: Picture) -> bool:
    return picture.account_id == PRACTICE_ACCOUNT_ID
