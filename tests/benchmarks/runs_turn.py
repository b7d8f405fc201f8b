"""Many stored runs: the longest that making the Runs place or reading them holds the window, and their memory.

    python -m tests.benchmarks.runs_turn RUNS FOLDER

The place is made in pieces, as the app does when nobody asks for it; each piece is one turn of the event loop.
"""

import gc
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from segmind_studio.api.values import Listing
from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection
from segmind_studio.core.runs import Job, ManifestItem, Phase, Run, manifest_text
from segmind_studio.services.runs.apply_listing import settle
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.ui.place import PlaceSlot
from segmind_studio.ui.theme.theme import Theme
from tests.benchmarks.child import memory, print_figures
from tests.benchmarks.polls_turn import job
from tests.fakes.run_services import FakeAccounts, FakeDownloads, FakeSettings, FakeSubmits
from tests.fakes.runs_place import make_runs_screen
from tests.fakes.try_service import make_budget_service

ACCOUNT = Account("bench", "Bench", AccountKind.PRACTICE)
PHOTOS = 30
OF_ONE_DATASET = 20  # runs
CHANGED = 100  # one run in so many changes


def stored_run(number: int) -> Run:
    """Return a run as the journal has it; every other one was made here, from photos."""
    here, listed = number % 2 == 0, job(number)
    photos = manifest_text(tuple(
        ManifestItem(
            f"/home/me/photos/set-{number // OF_ONE_DATASET}/IMG_{photo:04}.jpg", 3_000_000, 10**18,
            f"TOK, a person in a park on a sunny day, number {photo}", 1, "JPEG",
        ) for photo in range(PHOTOS)
    )) if here else ""
    return Run(
        f"{number:032x}", "bench", f"run-{number}", Phase.ACCEPTED if here else Phase.ADOPTED,
        created_at=1.7e9 + number, changed_at=1.7e9 + number, manifest=photos, contents=photos, made_here=here,
        body={"name": f"run-{number}", "instance_prompt": "TOK on a beach", "trigger_word": "TOK"},
        service_id=str(listed["id"]), status="AVAILABLE", slug=f"run-{number}", raw=json.dumps(listed),
    )


def changed_poll(database: Database, count: int) -> float:
    """Merge a list in which one run in a hundred is new; return the microseconds a run, when all is known."""
    journal, live, spent = Journal(database, remembers=True), LiveRuns(), 0.0
    for turn in range(4):  # the first changes all, the second reads all again
        jobs = [job(number, "TRAINING_COMPLETED" if number % CHANGED == turn else "") for number in range(count)]
        listing = Listing(tuple(
            Job(str(one["id"]), str(one["name"]), str(one["status"]), raw=json.dumps(one)) for one in jobs
        ))
        before = time.thread_time()
        settle(journal, "bench", listing, time.time(), live)
        spent = time.thread_time() - before
    return 1e6 * spent / count


def wait(milliseconds: int) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def longest(pieces: Iterator[None]) -> float:
    """Do all pieces, with the events between them; return the milliseconds of the longest."""
    most, left = 0.0, True
    while left:
        before = time.thread_time()
        left = next(pieces, StopIteration) is not StopIteration
        most = max(most, time.thread_time() - before)
        wait(0)
    return 1000 * most


def main(count: int, folder: Path) -> None:
    """Measure and print."""
    app = QApplication(["bench"])
    Theme(app).apply("light")
    database = Database(folder / "studio.sqlite3")
    Journal(database).save_many(map(stored_run, range(count)), time.time())
    service, submits, settings = RunService(database, LiveRuns()), FakeSubmits(), FakeSettings()
    budgets = make_budget_service(service, settings, submits)
    slot = PlaceSlot("runs", "Runs", "activity", lambda: make_runs_screen(
        service, submits, FakeDownloads(), FakeAccounts(), settings, budgets, parent=slot, at_once=False,
    ))
    slot.resize(1200, 800)
    service.set_polling(on=False)
    service.start()
    gc.collect()
    before = memory()
    service.set_connection(Connection(ACCOUNT, "http://127.0.0.1:1", "http://127.0.0.1:1", ApiKey("SG_0")))
    while not service.loaded:
        wait(50)
    gc.collect()
    held = 1e6 * (memory() - before) / count
    opened = longest(slot.prepare_in_pieces())
    service.stop()
    poll = changed_poll(database, count)
    wal = (folder / "studio.sqlite3-wal").stat().st_size / 1e6
    print_figures(opened=opened, held=held / 1000, poll=poll, wal=wal)
    database.close()
    slot.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
