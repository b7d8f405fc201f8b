"""One start of the command line in the fault matrix: its commands on the folder and the network of a case."""

import contextlib
import io
import logging
from argparse import Namespace
from pathlib import Path

from fault_case import CONTINUE

from segmind_studio.cli import own_work, session
from segmind_studio.cli.main import run_command
from segmind_studio.cli.session import Surroundings
from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import Stage
from segmind_studio.services.runs import submit_request
from segmind_studio.services.runs.send_again import SEND_AGAIN_AFTER_LISTINGS
from segmind_studio.store.paths import AppPaths
from tests.fakes.typed import known


class Host:
    """The practice service behind the network of the case, which stays when a command ends."""

    def __init__(self, connection):
        self._connection = connection

    def start(self):
        return self._connection

    def stop(self):
        pass


class Broken(logging.Handler):
    """Raise what the command line would only log."""

    def emit(self, record):
        _kind, error, _trace = known(record.exc_info)
        raise known(error)


class CommandLine:
    """Run commands as a script does, each from its arguments to its exit code."""

    def __init__(self, bench, run_id_of):
        self._orders = bench.orders
        self._surroundings = Surroundings(lambda _folder, _speed: Host(bench.connection))
        folder = Path(bench.orders.folder)
        session.app_paths = lambda _given: AppPaths(folder, folder, folder / "cache", folder / "logs")
        own_work.SegmindClient = bench.client
        own_work.pause = lambda _seconds: False
        (name,) = bench.orders.names
        submit_request.uuid4 = lambda: Namespace(hex=run_id_of(name))
        log = logging.getLogger("segmind_studio.cli.main")
        log.handlers = [Broken()]
        log.propagate = False

    def __call__(self, *words):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return run_command([*words, "--practice", "--quiet"], self._surroundings)

    def begin(self):
        """Start the run of the case; return the exit code."""
        (name,) = self._orders.names
        return self(
            "train", self._orders.photos, "--name", name, "--instance-prompt", "TOK, a cat", "--iterations", "120",
        )

    def settle_and_decide(self, mine, steps):
        """Look for the run by `runs`, then continue it or give it up, as the case says."""
        for _ in range(SEND_AGAIN_AFTER_LISTINGS):
            self("runs")
        steps.reach("decide", must=True)
        self("runs")
        with contextlib.suppress(StudioError):
            for run in mine():
                if run.stage is Stage.INTERRUPTED:
                    self("continue" if self._orders.interrupted == CONTINUE else "give-up", run.run_id)
        self("runs")
