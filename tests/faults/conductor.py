"""Control the processes of one life from step to step, and cause the troubles of the case at each step."""

import threading
import time
from multiprocessing.connection import wait

from children import CHILD_LIMIT_S, Child
from fault_case import (
    CLOSE_TERMINAL,
    FULL_DISK,
    GIVES_UP,
    KILL,
    KILL_LATER,
    MEET,
    NETWORK,
    NO_NETWORK,
    NO_WRITES,
    Life,
)
from faulty_child import BEGUN, DONE, Orders

from segmind_studio.core.practice import Fault

LAG_SPEED = 50.0  # at which a lagging list lags for less than half a second
LAG_S = 20.0 / LAG_SPEED


class BrokenCaseError(Exception):
    """A case could not be run at all."""


class Conductor:
    """Control the lives of one case.

    `broken` holds the last output of the processes of the last life that failed without being killed.
    """

    def __init__(self, case, folder, stage):
        self._case = case
        self._folder = folder
        self._stage = stage
        self._met = []
        self._begun = self._done = self._length = 0.0
        self._ends_at = None
        self.broken = ""

    def measure(self, *, starts):
        """Run a process that stops nowhere; return how many seconds it runs."""
        self.lead(Life(moment=1.0), starts=starts, length=CHILD_LIMIT_S)
        return self._done - self._begun

    def lead(self, life, *, starts, length=0.0):
        """Run the processes of one life; return the troubles that happened, and the first process's last step.

        `length` is how many seconds a life lasts that ends at a random moment.
        """
        self._met, self._ends_at, self._length = [], None, length
        case = self._case
        orders = Orders(
            str(self._folder), self._stage.network.api.url, self._stage.key, case.names, starts,
            case.interrupted, case.unknown, life.patience_s, free=life.moment is not None,
            photos=str(self._stage.photos.photos[0].path.parent) if case.command_line else "",
            window=case.window,
        )
        children = [Child(self._stage.context, orders) for _ in range(life.copies)]
        try:
            while living := [child for child in children if child.alive]:
                self._turn(living, life)
        finally:
            for child in children:
                child.end()
        self._tidy()
        self.broken = ", ".join(child.step for child in children if not child.killed and child.step != DONE)
        return self._met, children[0].step

    def _turn(self, living, life):
        """Read steps of some of the processes, and answer."""
        left = CHILD_LIMIT_S if self._ends_at is None else max(0.0, self._ends_at - time.monotonic())
        ready = wait([child.pipe for child in living], left)
        if not ready:
            for child in living:
                child.kill()
            if self._ends_at is None:
                raise BrokenCaseError(f"{self._case}: a child hangs after “{living[0].step}”")
        for child in living:
            if child.pipe in ready and child.alive:
                if child.next_step():
                    self._answer(child, life)
                if child.step == DONE and not self._done > self._begun:
                    self._done = time.monotonic()
        self._let_meet([child for child in living if child.alive], life)

    def _let_meet(self, living, life):
        """Let those that wait for each other continue at the same moment; the last one continues alone."""
        if all(child.held for child in living):
            if len(living) > 1:
                self._met += [one for one in life.troubles if one.what == MEET and one not in self._met]
            for child in living:
                child.go()

    def _answer(self, child, life):
        """Return the order for the step at which a child waits."""
        if child.step == BEGUN:
            self._begun = time.monotonic()
            if life.moment is not None:
                self._ends_at = self._begun + life.moment * self._length
            child.go()
            return
        if child.step == "decide":
            self._let_minutes_pass(now=life.copies == 1)
        trouble = next((one for one in life.troubles if one.step == child.step and one not in self._met), None)
        if trouble is None:
            child.go()
        elif trouble.what == MEET:
            child.held = True
        else:
            self._met.append(trouble)
            self._strike(child, trouble)

    def _strike(self, child, trouble):
        what = trouble.what
        if what == KILL:
            child.kill()
        elif what == KILL_LATER:
            child.go()
            child.kill(trouble.later_ms / 1000)
        elif what == FULL_DISK and self._stage.disk.mounted:
            self._stage.disk.fill()
            child.go()
        elif what in {FULL_DISK, NO_WRITES}:
            child.go(NO_WRITES)
        elif what in {GIVES_UP, CLOSE_TERMINAL}:
            child.go(what)
        else:
            self._disturb(trouble)
            child.go()

    def _disturb(self, trouble):
        if trouble.what == NO_NETWORK:
            self._stage.network.refuse()
        elif trouble.what in NETWORK:
            self._stage.network.arm(trouble.what)
        else:
            self._stage.server.set_fault(trouble.fault, on=True)
            if trouble.fault is Fault.LAGGING_LIST:
                self._stage.server.set_speed(LAG_SPEED)

    def _let_minutes_pass(self, *, now):
        """Simulate the minutes that a user must wait before sending again: everything in transit has arrived.

        Of two processes the other one may be in the middle of a request and wait for this one.
        """
        try:
            self._stage.network.wait_until_quiet(now=now)
        except TimeoutError as error:
            raise BrokenCaseError(f"{self._case}: {error}") from error
        if Fault.LAGGING_LIST in self._stage.server.faults():
            threading.Event().wait(LAG_S)

    def _tidy(self):
        """Reset everything that does not outlast a restart; a lagging list continues to lag."""
        network, server = self._stage.network, self._stage.server
        if network.disarm():  # the trouble was for a request, and none came
            self._met = [trouble for trouble in self._met if trouble.what not in NETWORK]
        network.restore()
        network.next_life()
        self._stage.disk.free()
        for fault in server.faults() - {Fault.LAGGING_LIST}:
            server.set_fault(fault, on=False)
