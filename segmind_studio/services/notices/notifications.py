"""Notify the user about runs while the window is not in front."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal, Slot

from segmind_studio.core.runs import Phase, Run
from segmind_studio.services.notices.bus_worker import NoticeWorker
from segmind_studio.services.notices.notice import News, Notice, NoticeBoard, news_of, plain_name
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.send_again import SEND_AGAIN_AFTER_LISTINGS
from segmind_studio.services.system.ending import thread_ended
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _

MOST_KEPT = 3  # as many as the window shows at a time


def desktop_board() -> Callable[[], NoticeBoard] | None:
    """Return a factory for this system's notifications: D-Bus on Linux; None on Windows and macOS."""
    return _open_session_bus if sys.platform == "linux" else None


def _open_session_bus() -> NoticeBoard:
    from segmind_studio.services.notices.linux_bus import SessionBus  # noqa: PLC0415  # Linux only

    return SessionBus()


class NotificationService(QObject):
    """Notify when a run is ready, was refused, has failed or needs a decision, while the window is not in front.

    Only changes of runs that were known before are shown, and only while `Settings.notifications` is on. On Linux
    the desktop shows them; that thread starts with the first one. On Windows and macOS the function given to
    `show_by` does. Those systems may remove a message at any time: what needs the user is also kept. What is kept,
    and all where nothing shows them, is shown in the app when its window is in front again. GUI thread.

    Signals:
        clicked(str): the run's id; its notification was clicked.
        shown_in_app(str, str): a text to show in the window, and the run's id.
        attention_wanted(): a notice waits in the app: mark the app in the taskbar or the dock.
        news(str, str): a run is ready, was refused or has failed: a text, and the run's id. Always emitted, also
            when the window is in front and whatever the settings are.
    """

    clicked = Signal(str)
    shown_in_app = Signal(str, str)
    attention_wanted = Signal()
    news = Signal(str, str)
    _show = Signal(object)
    _withdraw = Signal(str)
    _finish = Signal()

    def __init__(
        self, runs: RunService, settings: SettingsService, in_front: Callable[[], bool],
        open_board: Callable[[], NoticeBoard] | None, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._in_front = in_front
        self._runs = runs
        self._known: dict[str, Run] = {}
        self._decisions: set[str] = set()  # runs that are known to need a decision, shown or not
        self._kept: list[tuple[str, str]] = []
        self._available = open_board is not None
        self._by_message: Callable[[Notice], bool] | None = None
        self._has_board = open_board is not None
        self._thread = QThread(self)
        self._thread.setObjectName("notifications")
        if open_board is not None:
            self._worker = NoticeWorker(open_board)
            self._worker.moveToThread(self._thread)
            self._show.connect(self._worker.show)
            self._withdraw.connect(self._worker.withdraw)
            self._finish.connect(self._worker.finish)
            self._worker.clicked.connect(self._clicked)
            self._worker.not_shown.connect(self._keep)
            self._worker.unavailable.connect(self._lost)
        runs.replaced.connect(self._take_all)
        runs.changed.connect(self._take)

    @property
    def available(self) -> bool:
        """Return whether the desktop shows notifications, as far as is known."""
        return self._available

    def show_by(self, message: Callable[[Notice], bool]) -> None:
        """Show notices by this function where the desktop has no board; it returns False when it cannot."""
        if not self._has_board:
            self._by_message = message

    @Slot(str)
    def message_clicked(self, run_id: str) -> None:
        """Follow a click on a message: it is not shown in the app any more."""
        self._clicked(run_id, "")

    @Slot(object)
    def _take_all(self, runs: tuple[Run, ...]) -> None:
        before = self._known
        self._known = {run.run_id: run for run in runs}
        self._decisions = {  # those of an earlier session were shown then
            run.run_id for run in runs
            if run.phase is Phase.UNKNOWN and run.listings_missed >= SEND_AGAIN_AFTER_LISTINGS
            and (run.run_id not in before or run.run_id in self._decisions)
        }

    @Slot(object)
    def _take(self, runs: tuple[Run, ...]) -> None:
        for run in runs:
            before = self._known.get(run.run_id)
            self._known[run.run_id] = run
            if before is not None:
                self._compare(before, run)

    def _compare(self, before: Run, run: Run) -> None:
        if run.phase is not Phase.UNKNOWN and run.run_id in self._decisions:
            self._decisions.discard(run.run_id)
            self._withdraw.emit(run.run_id)
        news = news_of(before, run, undecided=self._runs.may_send_again(run))
        if news is None or (news is News.DECISION and run.run_id in self._decisions):
            return
        if news is News.DECISION:
            self._decisions.add(run.run_id)
        else:  # the rail shows the number of decisions
            self.news.emit(_("{title}.").format(title=self._notice(run, news).title), run.run_id)
        if self._settings.value.notifications and not self._in_front():
            self._show_notice(self._notice(run, news))

    def _notice(self, run: Run, news: News) -> Notice:
        title, text = {
            News.READY: (_("{name} is ready"), _("You can try the model and download it.")),
            News.FAILED: (_("{name} has failed"), _("Its page shows why.")),
            News.REFUSED: (_("{name} was refused"), _("Nothing was started or paid.")),
            News.DECISION: (
                _("{name} needs a decision"),
                _("Its request got no answer, and the run was not found. It is not sent again automatically."),
            ),
        }[news]
        name = plain_name(run.name) or _("A run")
        return Notice(run.run_id, title.format(name=name), text, stays=news is not News.READY)

    def _show_notice(self, notice: Notice) -> None:
        if not self._available:
            shown = self._by_message is not None and self._by_message(notice)
            if notice.stays or not shown:
                self._keep(notice)
            return
        if not self._thread.isRunning():
            self._thread.start()
        self._show.emit(notice)

    @Slot(object)
    def _keep(self, notice: Notice) -> None:
        """Show it in the app, now or when the window is in front again; of many, only the newest."""
        text = _("{title}.").format(title=notice.title)
        if self._in_front():
            self.shown_in_app.emit(text, notice.run_id)
            return
        others = [kept for kept in self._kept if kept[1] != notice.run_id]
        self._kept = [*others, (text, notice.run_id)][-MOST_KEPT:]
        self.attention_wanted.emit()

    @Slot()
    def came_to_front(self) -> None:
        """Show the kept notices: the window is in front again."""
        kept, self._kept = self._kept, []
        for text, run_id in kept:
            self.shown_in_app.emit(text, run_id)

    @Slot()
    def _lost(self) -> None:
        self._available = False

    @Slot(str, str)
    def _clicked(self, run_id: str, token: str) -> None:
        if token:
            os.environ["XDG_ACTIVATION_TOKEN"] = token  # Qt uses it when the window is raised
        self._kept = [kept for kept in self._kept if kept[1] != run_id]
        self.clicked.emit(run_id)

    def stop(self, deadline_ms: int = 6000) -> bool:
        """Stop notifying and end the thread; False when the deadline passed."""
        self.ask_stop()
        return self.wait_end(deadline_ms)

    def ask_stop(self) -> None:
        """Stop notifying and ask the thread to end."""
        self._known.clear()
        if self._thread.isRunning():
            self._finish.emit()

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for the thread; False when the deadline passed."""
        return thread_ended(self._thread, deadline_ms)
