"""The frame of dialogs that do long work: what is asked at the left, what comes of it at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.parts import ErrorBanner, text_label
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_LEFT = 340
_SIZE = (1080, 680)


class _Side(QWidget):
    """Be as wide as a form should be, and wider where its controls need that."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    @override
    def sizeHint(self) -> QSize:
        return QSize(max(text_scaled(_LEFT), self.minimumSizeHint().width()), super().sizeHint().height())


class WorkDialog(QDialog):
    """Lay out a form with the button that starts, and beside it errors, results, progress, and what ends it.

    Show it with `open`; it deletes itself. Names of objects begin with `name`. The class that inherits makes its
    parts, then calls `lay_out` once.
    """

    def __init__(self, name: str, title: str, empty: str, parent: QWidget) -> None:
        """`empty` stands in the place of the results while there are none."""
        super().__init__(parent)
        self._name = name
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.finished.connect(self.deleteLater)
        self.error = ErrorBanner()
        self.error.hide()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.status = text_label("", "small")
        self._side = _Side()
        self._pages = QStackedWidget()
        nothing = mark(text_label(empty, "muted"), surface="sunken")
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(nothing)
        self._close = self.button("close", _("Close"), self.reject)

    def button(self, name: str, words: str, slot: object, kind: str = "") -> QPushButton:
        """Return a button that calls `slot`; Enter in a field does not press it."""
        button = mark(QPushButton(words), kind=kind)
        button.setObjectName(f"{self._name}.{name}")
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def lay_out(
        self, form: QLayout, starting: Sequence[QPushButton], results: QWidget, tools: Sequence[QPushButton],
        use: QPushButton,
    ) -> None:
        """Place the form with the buttons that start and stop below it, and the results with their tools."""
        self._pages.addWidget(results)
        asking = QHBoxLayout()
        asking.setSpacing(SPACE_S)
        for button in starting:
            asking.addWidget(button, 1 if button is starting[0] else 0)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SPACE_M)
        left.addLayout(form, 1)
        left.addLayout(asking)
        self._side.setLayout(left)
        news = QHBoxLayout()
        news.setSpacing(SPACE_S)
        news.addWidget(self.status, 1)
        for button in tools:
            news.addWidget(button)
        ending = QHBoxLayout()
        ending.setSpacing(SPACE_S)
        ending.addStretch()
        ending.addWidget(self._close)
        ending.addWidget(use)
        right = QVBoxLayout()
        right.setSpacing(SPACE_S)
        right.addWidget(self.error)
        right.addWidget(self._pages, 1)
        right.addWidget(self.bar)
        right.addLayout(news)
        right.addLayout(ending)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        row.setSpacing(SPACE_L)
        row.addWidget(self._side)
        row.addLayout(right, 1)
        self.resize(*map(text_scaled, _SIZE))

    def show_results(self, *, there: bool) -> None:
        """Show the results, or in their place what will be there."""
        self._pages.setCurrentIndex(1 if there else 0)
