"""The running work: a button in the strip and the list that it opens."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.formats import bytes_text, number, percent
from segmind_studio.services.system.activity import Activity, ActivityBoard, permille, shared_progress
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.direction import backwards
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

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
        self.cancel = QPushButton(_("Cancel"))
        self.cancel.setAccessibleName(_("Cancel {title}").format(title=work.title))
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
        """Show its current progress."""
        self._work = work
        self.cancel.setVisible(work.cancel is not None)
        self._title.setText(work.title)
        words = self.progress_words(work)
        self._count.setText(words if work.here else _("This continues after you quit the app."))
        self._bar.setVisible(work.here)
        if work.total:
            self._bar.setRange(0, _FULL)
            self._bar.setValue(min(_FULL, work.done * _FULL // work.total))
        else:
            self._bar.setRange(0, 0)

    def progress_words(self, work: Activity) -> str:
        """Return as text how far it is, in its own unit."""
        if work.unit == "bytes":
            done = bytes_text(work.done)
            return _("{done} of {all}").format(done=done, all=bytes_text(work.total)) if work.total else done
        if work.unit == "photos":
            words = ngettext("{done} of {count} photo", "{done} of {count} photos", work.total) if work.total \
                else ngettext("{done} photo", "{done} photos", work.done)
            return words.format(done=work.done, count=work.total)
        if work.total:
            return _("{done} of {all}").format(done=work.done, all=work.total)
        return number(work.done) if work.done else ""

    def _cancel(self) -> None:
        if self._work.cancel is not None:
            self.cancel.setEnabled(False)
            self._work.cancel()


class ActivityList(QFrame):
    """A popup above the strip; rows stay while their work runs, so that a click never hits another row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        mark(self, surface="raised")
        self.setFixedWidth(text_scaled(_WIDTH))
        self._rows: dict[str, ActivityRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        self._column.setSpacing(SPACE_L)
        self._column.addWidget(text_label(_("In progress"), "section"))
        self._nothing: QLabel = text_label(_("Nothing in progress."), "muted")
        self._column.addWidget(self._nothing)

    @property
    def rows(self) -> tuple[ActivityRow, ...]:
        """Return the rows, oldest first."""
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


_BAR_WIDTH = 90
_WINDOW_EDGE = QMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)  # the popup keeps this distance


class ActivityButton(QWidget):
    """The strip's button for running work; hidden when no work runs."""

    def __init__(self, activity: ActivityBoard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(_BAR_WIDTH)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress"))
        self.button = QPushButton()
        self.button.setObjectName("strip.activity")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setToolTip(_("Show everything in progress"))
        mark(self.button, kind="strip")
        self._board = activity
        self._popup: ActivityList | None = None
        self.button.clicked.connect(self._open)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self._bar)
        row.addWidget(self.button)
        activity.changed.connect(self._show)
        self._show(activity.activities)

    @property
    def popup(self) -> ActivityList:
        """Return the list of all that is under way; it is made when it is first opened."""
        if self._popup is None:
            self._popup = ActivityList(self)
            self._popup.set_work(self._board.activities)
        return self._popup

    def _show(self, work: tuple[Activity, ...]) -> None:
        if self._popup is not None:
            self._popup.set_work(work)
        here = tuple(one for one in work if one.here)
        self._bar.setVisible(bool(here))
        if not work:
            self.button.setText(_("Nothing in progress"))
            self.button.setIcon(icon("circle-check", "faint"))
            return
        self.button.setIcon(icon("activity", "accent"))
        done = shared_progress(work)
        if done is not None:
            self._bar.setRange(0, _FULL)
            self._bar.setValue(done)
        else:
            self._bar.setRange(0, 0)
        self.button.setText(self._words(work))

    def _words(self, work: Sequence[Activity]) -> str:
        here = [one for one in work if one.here]
        if len(here) > 1:
            return ngettext("{count} task", "{count} tasks", len(here)).format(count=len(here))
        only = (here or work)[0]
        done = permille(only)
        return (
            only.title
            if done is None
            # Translators: {title} is a task, {share} a percentage.
            else _("{title}, {share}").format(title=only.title, share=percent(done // 10 / 100))
        )

    def _open(self) -> None:
        self.popup.adjustSize()
        size = self.popup.sizeHint()
        left = 0 if backwards() else self.button.width() - size.width()
        corner = self.button.mapToGlobal(QPoint(left, -size.height() - SPACE_S))
        window = self.window()
        inside = QRect(window.mapToGlobal(QPoint(0, 0)), window.size()).marginsRemoved(_WINDOW_EDGE)
        corner.setX(max(inside.left(), min(corner.x(), inside.right() - size.width())))
        self.popup.move(corner.x(), max(inside.top(), corner.y()))
        self.popup.show()
