"""The list of all long work, each with its progress and, where it can be stopped, a Cancel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segmind_studio.services.activity import Activity
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.words import bytes_text
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_WIDTH = 340
_FULL = 1000


class ActivityRow(QWidget):
    """One piece of work."""

    def __init__(self, work: Activity, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._title = text_label(work.title, "strong", wrap=False)
        self._count = text_label("", "small", wrap=False)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(work.title)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setAccessibleName(self.tr("Cancel {0}").format(work.title))
        self.cancel.clicked.connect(self._cancel)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_M)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._title, 0, 0)
        grid.addWidget(self._bar, 1, 0)
        grid.addWidget(self._count, 2, 0)
        grid.addWidget(self.cancel, 0, 1, 3, 1, Qt.AlignmentFlag.AlignVCenter)
        self.show_work(work)

    def show_work(self, work: Activity) -> None:
        """Show how far it is now."""
        self._work = work
        self.cancel.setVisible(work.cancel is not None)
        self._title.setText(work.title)
        words = self.progress_words(work)
        self._count.setText(words if work.here else self.tr("The service does the work."))
        self._bar.setVisible(work.here)
        if work.total:
            self._bar.setRange(0, _FULL)
            self._bar.setValue(min(_FULL, work.done * _FULL // work.total))
        else:
            self._bar.setRange(0, 0)

    def progress_words(self, work: Activity) -> str:
        """Say how far it is, in its own unit."""
        if work.unit == "bytes":
            done = bytes_text(work.done)
            return self.tr("{0} of {1}").format(done, bytes_text(work.total)) if work.total else done
        done = str(work.done)
        if work.total:
            done = self.tr("{0} of {1}").format(work.done, work.total)
        return self.tr("{0} photos").format(done) if work.unit == "photos" else done if work.done else ""

    def _cancel(self) -> None:
        if self._work.cancel is not None:
            self.cancel.setEnabled(False)
            self._work.cancel()


class ActivityList(QFrame):
    """A popup above the strip; rows are kept while their work goes on, so that a press never misses."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        mark(self, surface="raised")
        self.setFixedWidth(_WIDTH)
        self._rows: dict[str, ActivityRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        self._column.setSpacing(SPACE_L)
        self._column.addWidget(text_label(self.tr("Under way"), "section"))
        self._nothing: QLabel = text_label(self.tr("Nothing is under way in this app."), "muted")
        self._column.addWidget(self._nothing)

    @property
    def rows(self) -> tuple[ActivityRow, ...]:
        """Give the rows, oldest first."""
        return tuple(self._rows.values())

    def set_work(self, work: tuple[Activity, ...]) -> None:
        """Show this work."""
        wanted = {item.key: item for item in work}
        for key in tuple(self._rows):
            if key not in wanted:
                row = self._rows.pop(key)
                self._column.removeWidget(row)
                row.hide()
                row.deleteLater()
        for key, item in wanted.items():
            if key in self._rows:
                self._rows[key].show_work(item)
            else:
                self._rows[key] = ActivityRow(item, self)
                self._column.addWidget(self._rows[key])
        self._nothing.setVisible(not wanted)
        if self.isVisible():
            bottom = self.geometry().bottom()
            self.adjustSize()
            self.move(self.x(), bottom - self.height() + 1)
