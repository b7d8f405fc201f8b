"""The picture shown large, what is known of it, and the strip of the session's earlier ones."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QVBoxLayout, QWidget

from segmind_studio.core.fields import number_text
from segmind_studio.services.tryouts import TryResult
from segmind_studio.ui.parts import ActionButton, ElidedLabel
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S
from segmind_studio.ui.tryout.picture_view import PictureView
from segmind_studio.ui.tryout.results_model import THUMBNAIL, ResultsModel


class Gallery(QFrame):
    """Show results.

    Signals:
        selected(): another picture is shown, or the first one; GUI thread.
    """

    selected = Signal()

    def __init__(self, save: QAction, reuse: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ResultsModel(self)
        self._picture = PictureView()
        self._picture.setObjectName("try.picture")
        self._picture.setAccessibleName(self.tr("The picture"))
        self._picture.set_words(self.tr("Write a prompt and press Generate. The picture appears here."))
        self._prompt = ElidedLabel()
        self._facts = mark(ElidedLabel(), role="small")
        self._buttons = (ActionButton(reuse, "quiet", self), ActionButton(save, "", self))
        self._strip = QListView()
        self._strip.setObjectName("try.strip")
        self._strip.setAccessibleName(self.tr("Pictures of this session"))
        self._strip.setModel(self._model)
        self._strip.setFlow(QListView.Flow.LeftToRight)
        self._strip.setWrapping(False)
        self._strip.setUniformItemSizes(True)
        self._strip.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        self._strip.setSpacing(2)
        self._strip.setFixedHeight(THUMBNAIL + 40)
        self._strip.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._strip.selectionModel().currentChanged.connect(self._current_changed)
        self._foot = self._about()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._picture, 1)
        column.addWidget(self._foot)
        self._foot.hide()

    def _about(self) -> QWidget:
        foot = mark(QFrame(), surface="strip")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._prompt)
        words.addWidget(self._facts)
        line = QHBoxLayout()
        line.setSpacing(SPACE_S)
        line.addLayout(words, 1)
        for button in self._buttons:
            line.addWidget(button)
        inside = QVBoxLayout(foot)
        inside.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        inside.setSpacing(SPACE_S)
        inside.addLayout(line)
        inside.addWidget(self._strip)
        return foot

    @property
    def result(self) -> TryResult | None:
        """Give the result that is shown large."""
        row = self._strip.currentIndex().row()
        return self._model.result(row) if row >= 0 else None

    def add(self, result: TryResult, *, practice: bool) -> None:
        """Show a new picture."""
        self._model.add(result, practice=practice)
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
        request = result.request
        self._picture.show_image(result.image, request.prompt)
        self._prompt.setText(request.prompt)
        facts = [
            f"{result.image.width()} by {result.image.height()}",
            self.tr("strength {0}").format(number_text(request.strength)),
            self.tr("seed {0}").format(request.seed) if request.seed is not None else self.tr("random seed"),
        ]
        facts += self._money(result)
        if result.path is None:
            facts.append(self.tr("not kept on disk"))
        self._facts.setText(" · ".join(facts))
        self.selected.emit()

    def _money(self, result: TryResult) -> list[str]:
        if self._model.practice(self._strip.currentIndex().row()):
            return [self.tr("practice, nothing paid")]
        said: list[str] = []
        if result.cost is not None:
            said.append(self.tr("cost ${0}").format(number_text(round(result.cost, 4))))
        if result.remaining is not None:
            said.append(self.tr("${0:.2f} left").format(result.remaining))
        return said
