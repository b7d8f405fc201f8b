"""The line above the table: when the list was asked for, when it is asked again, and "Check now"."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segmind_studio.core.steady import steady_now
from segmind_studio.services.run_values import WatchState
from segmind_studio.ui.parts import ActionButton, ElidedLabel, exact_time, text_label
from segmind_studio.ui.runs.commands import RunCommands
from segmind_studio.ui.runs.countdown import Countdown
from segmind_studio.ui.runs.waits import quiet_words, wait_words
from segmind_studio.ui.shell.freshness import Freshness
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M

_MINUTE = 60


class Headline(QWidget):
    """Show how the watching goes.

    Signals:
        turned(str): the age of the list reads otherwise, like "10 s ago"; GUI thread.
    """

    turned = Signal(str)

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._watch = WatchState()
        self._words = mark(ElidedLabel(), role="small")
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._words.setObjectName("runs.updated")
        self.button = ActionButton(commands.check, "", self)
        self.button.setObjectName("runs.check")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(text_label(self.tr("Runs"), "title", wrap=False))
        row.addWidget(self._words, 1)
        row.addWidget(self.button)
        self._countdown = Countdown(self)
        self._countdown.ticked.connect(self._write)
        self._fresh = Freshness(self)  # the strip's clock: both say the same at any moment
        self._fresh.changed.connect(self._write)
        self._fresh.changed.connect(self.turned)

    @property
    def words(self) -> str:
        """Give what it says."""
        return self._words.text()

    @property
    def ticking(self) -> bool:
        """Tell whether it counts down."""
        return self._countdown.running

    def show_watch(self, watch: WatchState) -> None:
        """Say when it was and when it will be."""
        self._watch = watch
        self._fresh.set_moment(watch.checked_at)
        self._write()

    def _write(self) -> None:
        watch, now = self._watch, steady_now()
        self._commands.show_watch(watch, now)
        wait, quiet = wait_words(watch, now), quiet_words(watch, now)
        following = self.tr("next check {wait}").format(wait=wait) if wait else ""
        words = " · ".join(part for part in (updated_words(watch, self._fresh.words), following) if part)
        self._words.setText(quiet[:1].upper() + quiet[1:] or words)
        self._words.setToolTip("" if watch.checked_at is None else exact_time(watch.checked_at))
        due = min((at - now for at in (watch.quiet_until, watch.next_at) if at is not None), default=0.0)
        self._countdown.want(0.0 < due <= _MINUTE + 1)


def updated_words(watch: WatchState, age: str) -> str:
    """Say how old the list is; `age` is in words."""
    if watch.checking:
        return _tr("Checking…")
    return _tr("Updated {when}").format(when=age) if age else ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Headline", text)
