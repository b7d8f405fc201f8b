"""The child processes: each forked from one that has imported everything, so that it starts at once."""

import contextlib
import multiprocessing
import os
from multiprocessing import forkserver
from pathlib import Path

import faulty_child

CHILD_LIMIT_S = 30.0
PRELOADED = ["warm_child"]


def children_context():
    """Return the multiprocessing context of the children."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def warm_up():
    """Start the process that children are forked from.

    It knows no path but the environment's, and without ours it would silently import nothing.
    """
    children_context()
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in (str(Path(__file__).parent), before) if path)
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


class Child:
    """One process, and the last step it reported."""

    def __init__(self, context, orders):
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=faulty_child.live, args=(theirs, orders))
        self._process.start()
        theirs.close()
        self.step = ""
        self.alive = True
        self.killed = False
        self.held = False

    def next_step(self):
        """Read the next step; return whether the process waits there. An ended process waits for nothing."""
        try:
            self.step, waits = self.pipe.recv()
        except (EOFError, ConnectionError):
            self.alive = self.held = waits = False
        return waits

    def go(self, order=""):
        """Let it continue."""
        self.held = False
        with contextlib.suppress(ConnectionError):  # it was killed: the next `next_step` returns that
            self.pipe.send(order)

    def kill(self, after_s=0.0):
        """Kill it, after some time if it still runs then."""
        if after_s:
            self._process.join(after_s)
        self.killed = self.alive
        if self._process.is_alive():
            self._process.kill()
        while self.alive:  # steps that it reported before
            self.next_step()

    def end(self):
        """Wait for its end. Its exit code is not used: where two threads start processes, it may be wrong."""
        self._process.join(CHILD_LIMIT_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()
        self.pipe.close()
