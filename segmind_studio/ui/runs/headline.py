"""The line above the table: when the list was asked for, when it is asked again, and "Check now"."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segmind_studio.services.run_watch import WatchState
from segmind_studio.ui.parts import ActionButton, exact_time, relative_time, text_label
from segmind_studio.ui.runs.commands import RunCommands
from segmind_studio.ui.theme.tokens import SPACE_M

_MINUTE = 60
_SOON_S = 5


class Headline(QWidget):
    """Show how the watching goes."""

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._check = commands.check
        self._words = text_label("", "small", wrap=False)
        self._words.setObjectName("runs.updated")
        self.button = ActionButton(commands.check, "", self)
        self.button.setObjectName("runs.check")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(text_label(self.tr("Runs"), "title", wrap=False))
        row.addStretch()
        row.addWidget(self._words, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.button)

    @property
    def words(self) -> str:
        """Give what it says."""
        return self._words.text()

    def show_watch(self, watch: WatchState, now: float) -> None:
        """Say when it was and when it will be; `now` is in seconds since the epoch."""
        self._check.setEnabled(not watch.checking)
        wait = wait_words(watch, now)
        following = self.tr("next check {wait}").format(wait=wait) if wait else ""
        self._words.setText(" · ".join(part for part in (updated_words(watch, now), following) if part))
        self._words.setToolTip("" if watch.checked_at is None else exact_time(watch.checked_at))


def updated_words(watch: WatchState, now: float) -> str:
    """Say how old the list is."""
    if watch.checking:
        return _tr("Checking…")
    if watch.checked_at is None:
        return ""
    return _tr("Updated {when}").format(when=relative_time(watch.checked_at, now))


def wait_words(watch: WatchState, now: float) -> str:
    """Say in how long the list is asked for again, "" when that is not known or already due."""
    if watch.checking or watch.next_at is None or watch.next_at <= now:
        return ""
    wait = watch.next_at - now
    if wait < _SOON_S:
        return _tr("in a moment")
    if wait < _MINUTE:
        return _tr("in {count} s").format(count=int(wait))
    return _tr("in {count} min").format(count=round(wait / _MINUTE))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Headline", text)
