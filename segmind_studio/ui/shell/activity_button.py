"""The end of the strip that says what is under way, and opens the list of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from segmind_studio.services.activity import Activity, ActivityBoard
from segmind_studio.ui.shell.activity_list import ActivityList
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_S

_BAR_WIDTH = 90
_FULL = 1000


def permille(work: Activity) -> int | None:
    """Give how far it is, 0 to 1000, None when its end is not known."""
    if not work.total:
        return None
    return min(_FULL, work.done * _FULL // work.total)


class ActivityButton(QWidget):
    """Nothing to see while nothing runs."""

    def __init__(self, activity: ActivityBoard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(_BAR_WIDTH)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self.button = QPushButton()
        self.button.setObjectName("strip.activity")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setToolTip(self.tr("Show all that is under way"))
        mark(self.button, kind="strip")
        self.popup = ActivityList(self)
        self.button.clicked.connect(self._open)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self._bar)
        row.addWidget(self.button)
        activity.changed.connect(self._show)
        self._show(activity.activities)

    def _show(self, work: tuple[Activity, ...]) -> None:
        self.popup.set_work(work)
        here = tuple(one for one in work if one.here)
        self._bar.setVisible(bool(here))
        if not work:
            self.button.setText(self.tr("Nothing under way"))
            self.button.setIcon(icon("circle-check", "faint"))
            return
        self.button.setIcon(icon("activity", "accent"))
        known = [value for value in map(permille, here) if value is not None]
        if known:
            self._bar.setRange(0, _FULL)
            self._bar.setValue(sum(known) // len(known))
        else:
            self._bar.setRange(0, 0)
        self.button.setText(self._words(work))

    def _words(self, work: Sequence[Activity]) -> str:
        here = [one for one in work if one.here]
        if len(here) > 1:
            return self.tr("{0} tasks").format(len(here))
        only = (here or work)[0]
        done = permille(only)
        return only.title if done is None else self.tr("{0}, {1} %").format(only.title, done // 10)

    def _open(self) -> None:
        self.popup.adjustSize()
        size = self.popup.sizeHint()
        corner = self.button.mapToGlobal(QPoint(self.button.width() - size.width(), -size.height() - SPACE_S))
        self.popup.move(corner)
        self.popup.show()
