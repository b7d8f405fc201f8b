"""One start of an open window in the fault matrix, and of a terminal that orders work from it.

The window is the child process, with its steps; the terminal is forked from it before it has threads. It holds the
child's pipe open, so that the conductor waits for its end too when the window is killed.
"""

import json
import os
import signal
import traceback
from pathlib import Path

import faulty_child
from child_steps import watch_archive, watch_calls, watch_journal, watch_pictures
from command_line_life import CommandLine
from fault_case import CONTINUE
from PySide6.QtCore import QCoreApplication, QEventLoop, QSocketNotifier, QTimer

from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.core.runs import Phase, Stage
from segmind_studio.services.runs.send_again import SEND_AGAIN_AFTER_LISTINGS
from segmind_studio.store.paths import AppPaths
from tests.fakes.open_window import OpenWindow

PICTURES = ("--prompt", "TOK, a cat", "--count", "2", "--seed", "5", "--to")
UNANSWERED = frozenset({Phase.SENDING, Phase.UNKNOWN})


def live(pipe, steps, orders, client):
    """Open a window, and order from it what the case says."""
    go, going = os.pipe()
    said, saying = os.pipe()
    steps.terminal = os.fork()
    if not steps.terminal:
        os.close(going)
        os.close(said)
        terminal(orders, client, go, saying)
    os.close(go)
    os.close(saying)
    watch_journal(steps)
    watch_archive(steps)
    watch_calls(steps)
    watch_pictures(steps, orders.api)
    try:
        window(faulty_child.Bench(orders, client), steps, going, said)
        steps.reach(faulty_child.DONE)
    except Exception:  # noqa: BLE001  # the app must not raise any of these
        pipe.send((traceback.format_exc(), False))


def terminal(orders, client, go, saying):
    """Wait for the window, run the commands, write their exit codes, and end."""
    try:
        if os.read(go, 1):
            try:
                codes = commands(orders, client)
            except Exception:  # noqa: BLE001  # the window raises it
                codes = traceback.format_exc()
            os.write(saying, json.dumps(codes).encode())
    finally:  # it must not return into the child, and the window may be gone
        os._exit(0)


def commands(orders, client):
    bench = faulty_child.Bench(orders, client)
    line = CommandLine(bench, faulty_child.run_id_of)
    if orders.pictures:
        return [line("try", orders.names[0], *PICTURES, str(Path(orders.folder) / "to"))] if orders.starts else []
    if orders.starts:
        return [line.begin()]
    decision = "continue" if orders.interrupted == CONTINUE else "give-up"
    waiting = [run.run_id for run in faulty_child.mine(bench) if run.stage is Stage.INTERRUPTED]
    return [line("runs"), *(line(decision, run_id) for run_id in waiting)]


def window(bench, steps, going, said):
    """Serve the terminal until it has ended, and every run that it ordered."""
    application = QCoreApplication([])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder = Path(bench.orders.folder)
    CommandLine(bench, faulty_child.run_id_of)  # its rules for ids are the window's here
    app = OpenWindow(AppPaths(folder, folder, folder / "cache", folder / "logs"), practice=bench.connection)
    try:
        app.runs.set_polling(on=False)  # the troubles are for the order's requests
        until(lambda: app.ready and not app.runs.watch.checking)
        if not bench.orders.starts or bench.orders.pictures:
            for _ in range(SEND_AGAIN_AFTER_LISTINGS):
                look(app)
        if not bench.orders.starts:
            steps.reach("decide", must=True)
            look(app)
        os.write(going, b"1")
        answer = read_to_end(said)
        until(lambda: not (app.live.busy or app.images.busy))
        os.waitpid(steps.terminal, 0)
        if answer:  # else it was closed
            check(json.loads(answer), bench)
        if not bench.orders.starts:
            look(app)
    finally:
        app.stop()
        del application


def check(codes, bench):
    """Raise when the terminal was told something else than what became of the run."""
    if not isinstance(codes, list):
        raise TypeError(codes)
    for run in faulty_child.mine(bench) if bench.orders.starts and not bench.orders.pictures else ():
        assert (codes[-1] == ExitCode.DONE) is (run.phase is Phase.ACCEPTED), (codes, run.phase)
        assert codes[-1] == ExitCode.NO_ANSWER or run.phase not in UNANSWERED, (codes, run.phase)


def look(app):
    """Let the window poll once."""
    before = app.runs.watch.checked_at, app.runs.watch.error
    app.runs.check_now()
    until(lambda: not app.runs.watch.checking and (app.runs.watch.checked_at, app.runs.watch.error) != before)


def until(condition):
    loop = QEventLoop()
    timer = QTimer()
    timer.timeout.connect(lambda: loop.quit() if condition() else None)
    timer.start(5)
    if not condition():
        loop.exec()


def read_to_end(said):
    """Return what comes through a pipe until its other end is closed."""
    loop, pieces = QEventLoop(), []
    notifier = QSocketNotifier(said, QSocketNotifier.Type.Read)

    def read():
        pieces.append(os.read(said, 65_536))
        if not pieces[-1]:
            notifier.setEnabled(False)
            loop.quit()

    notifier.activated.connect(read)
    loop.exec()
    return b"".join(pieces)
