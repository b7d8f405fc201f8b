"""Polls of many runs in the real Runs place, and resets of its model; the time is that of the GUI thread alone.

    python -m tests.benchmarks.polls_turn product|reset RUNS FOLDER
"""

import statistics
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.store.database import Database
from segmind_studio.ui.theme.theme import Theme
from tests.benchmarks.child import print_figures
from tests.fakes.run_services import FakeAccounts, FakeDownloads, FakeSettings, FakeSubmits
from tests.fakes.runs_place import make_runs_screen
from tests.fakes.scripted_server import ScriptedServer, json_reply
from tests.fakes.try_service import make_budget_service

TIMES = 7
CHANGED = 100  # one run in so many changes
PAINTED_MS = 60  # after the answer, all that follows from it is painted by then


class Polls(QObject):
    """The Runs place on its real service, and a service that lists the given jobs."""

    def __init__(self, count: int, folder: Path) -> None:
        super().__init__()
        self._jobs = [job(number) for number in range(count)]
        self._turn = 0
        self._row = 3
        self._loop = QEventLoop()
        self._painted = QTimer(self, singleShot=True, interval=PAINTED_MS)
        self._painted.timeout.connect(self._loop.quit)
        self._server = ScriptedServer([json_reply(self._jobs)])
        self._database = Database(folder / "studio.sqlite3")
        self.service = RunService(self._database, LiveRuns())
        submits, settings = FakeSubmits(), FakeSettings()
        self._budgets = make_budget_service(self.service, settings, submits)
        self.screen = make_runs_screen(
            self.service, submits, FakeDownloads(), FakeAccounts(), settings, self._budgets,
        )
        self.screen.resize(1200, 800)
        self.service.watch_changed.connect(self._watch)

    @property
    def model(self):
        return self.screen.list.model

    def start(self) -> None:
        """Show the list and select a run that is in view."""
        self.screen.show()
        self.service.set_polling(on=False)
        self.service.start()
        account = Account("bench", "Bench", AccountKind.PRACTICE)
        self.service.set_connection(Connection(account, self._server.url, self._server.url, ApiKey("SG_0")))
        self.poll()
        assert self.model.rowCount() == len(self._jobs)
        self.screen.list.table.select_run(self.model.run_at(3).run_id)
        self._wait()

    def stop(self) -> None:
        self.service.stop()
        self._database.close()
        self._server.__exit__()
        self.screen.close()

    def poll(self) -> float:
        """Poll once; return the milliseconds that the GUI thread worked until everything was painted."""
        before = time.thread_time()
        self.service.check_now()
        self._loop.exec()
        return 1000 * (time.thread_time() - before)

    def poll_changed(self) -> float:
        """Change the status of one run in a hundred, all over the list, and poll."""
        self._turn += 1
        for number in range(self._turn, len(self._jobs), CHANGED):
            self._jobs[number] = job(number, "DATA_PROCESSING")
        self._server.replies = [json_reply(self._jobs)]
        chosen = self.screen.list.table.selected_ids()
        spent = self.poll()
        assert chosen == self.screen.list.table.selected_ids() != ()
        assert self.service.run(self.model.run_at(0).run_id) is not None
        return spent

    def select_all(self) -> float:
        """Select all runs; return the milliseconds until that is painted."""
        self.screen.list.table.select_run(self.model.run_at(3).run_id)
        self._wait()
        before = time.thread_time()
        self.screen.list.table.selectAll()
        self._wait()
        return 1000 * (time.thread_time() - before)

    def next_run(self) -> float:
        """Go to the next run, as the arrow key does; return the milliseconds until that is painted."""
        self._row += 1
        before = time.thread_time()
        self.screen.list.table.select_run(self.model.run_at(self._row).run_id)
        self._wait()
        return 1000 * (time.thread_time() - before)

    def reset(self) -> float:
        """Reset the unchanged model, without filling or sorting it again; the table selects again."""
        before = time.thread_time()
        self.model.beginResetModel()
        self.model.endResetModel()
        self._wait()
        return 1000 * (time.thread_time() - before)

    def _wait(self) -> None:
        self._painted.start()
        self._loop.exec()

    @Slot(object)
    def _watch(self, state: WatchState) -> None:
        assert state.error is None, state.error
        if state.checked_at is not None and not state.checking:
            self._painted.start()


def job(number: int, status: str = "TRAINING_INITIATED") -> dict[str, object]:
    """Return a job as in the service's list."""
    name = f"00000000-0000-4000-8000-{number:012}"
    stamp = f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:00Z"
    return {
        "id": name, "finetune_id": name, "name": f"run-{number}", "status": status, "base_model": "FLUX_PRO",
        "data_source_path": f"https://bucket.s3.amazonaws.com/uploads/u/{name}-dataset.zip",
        "instance_prompt": "TOKMAN on a beach", "source_type": "AWS_S3", "slug": f"run-{number}",
        "public_model": False, "error_message": None, "cloud_storage_url": None, "created_ts": stamp,
        "updated_ts": stamp,
    }


def main(who: str, count: int, folder: Path) -> None:
    """Measure and print."""
    app = QApplication(["bench"])
    Theme(app).apply("light")
    polls = Polls(count, folder)
    polls.start()
    if who == "product":
        print_figures(
            unchanged=statistics.median(polls.poll() for _ in range(TIMES)),
            changed=statistics.median(polls.poll_changed() for _ in range(TIMES)),
            arrow=statistics.median(polls.next_run() for _ in range(TIMES)),
            selected=statistics.median(polls.select_all() for _ in range(TIMES)),
        )
    else:
        spent = statistics.median(polls.reset() for _ in range(TIMES))
        print_figures(unchanged=spent, changed=spent, arrow=spent, selected=spent)
    polls.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
