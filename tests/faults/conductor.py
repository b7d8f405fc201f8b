"""Lead the processes of one life from step to step, and let happen at each what the case has in mind."""

import threading
import time
from multiprocessing.connection import wait

import faulty_child
from fault_case import FULL_DISK, KILL, KILL_LATER, MEET, NETWORK, NO_NETWORK, NO_WRITES, Life
from faulty_child import BEGUN, DONE, Orders

from segmind_studio.core.practice import Fault

CHILD_LIMIT_S = 30.0
LAG_SPEED = 50.0  # at which a lagging list lags for less than half a second
LAG_S = 20.0 / LAG_SPEED


class BrokenCaseError(Exception):
    """Tell that a case could not even be carried out."""


class Child:
    """One process, and the step it was last heard of at."""

    def __init__(self, context, orders):
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=faulty_child.live, args=(theirs, orders))
        self._process.start()
        theirs.close()
        self.pipe = self._pipe
        self.step = ""
        self.alive = True
        self.held = False

    def hear(self):
        """Give the step it has reached and whether it waits there; None when it has ended."""
        try:
            self.step, waits = self._pipe.recv()
        except (EOFError, ConnectionError):
            self.alive = self.held = False
            return None
        return waits

    def go(self, order=""):
        self.held = False
        try:
            self._pipe.send(order)
        except (BrokenPipeError, ConnectionError):
            self.alive = False

    def kill(self, after_s=0.0):
        if after_s:
            self._process.join(after_s)
        self._process.kill()
        while self.alive:  # what it said before
            self.hear()

    def end(self):
        """Wait for its end; gives its exit code."""
        self._process.join(CHILD_LIMIT_S)
        code = self._process.exitcode
        if code is None:
            self._process.kill()
            self._process.join()
        self._process.close()
        self._pipe.close()
        return code


class Conductor:
    """Lead the lives of one case. `on_step` hears of each step before the process goes on."""

    def __init__(self, case, folder, parts, on_step):
        self._case = case
        self._folder = folder
        self._parts = parts
        self._on_step = on_step
        self._met = []
        self._begun = self._done = 0.0
        self._ends_at = None
        self._length = 0.0

    def measure(self, *, starts):
        """Let a process live that stops nowhere; gives the seconds that it lives."""
        self.lead(Life(moment=1.0), starts=starts, length=CHILD_LIMIT_S)
        return self._done - self._begun

    def lead(self, life, *, starts, length=0.0):
        """Let the processes of one life live; gives the troubles that they met, and the step at a random end.

        `length` is how many seconds a life lasts that ends at a random moment.
        """
        self._met, self._ends_at, self._length = [], None, length
        case = self._case
        orders = Orders(
            str(self._folder), self._parts.network.api.url, self._parts.key, case.names, starts,
            case.interrupted, case.unknown, life.patience_s, free=life.moment is not None,
        )
        children = [Child(self._parts.context, orders) for _ in range(life.copies)]
        try:
            while living := [child for child in children if child.alive]:
                self._turn(living, life)
        finally:
            codes = [child.end() for child in children]
        self._tidy()
        if set(codes) - {0, -9}:
            raise BrokenCaseError(f"{case}: a child left with {codes}")
        return self._met, children[0].step if life.moment is not None else ""

    def _turn(self, living, life):
        left = CHILD_LIMIT_S if self._ends_at is None else max(0.0, self._ends_at - time.monotonic())
        ready = wait([child.pipe for child in living], left)
        if not ready and self._ends_at is None:
            for child in living:
                child.kill()
            raise BrokenCaseError(f"{self._case}: a child hangs after “{living[0].step}”")
        if not ready:
            for child in living:
                child.kill()
        for child in living:
            if child.pipe in ready and child.alive:
                if child.hear():
                    self._answer(child, life)
                self._done = time.monotonic() if child.step == DONE else self._done
        self._let_meet([child for child in living if child.alive], life)

    def _let_meet(self, living, life):
        """Let those that wait for each other go on at the same moment; the last one goes on alone."""
        if all(child.held for child in living):
            if len(living) > 1:
                self._met += [one for one in life.troubles if one.what == MEET and one not in self._met]
            for child in living:
                child.go()

    def _answer(self, child, life):
        """Say what happens at the step at which a child waits."""
        if child.step == BEGUN:
            self._begun = time.monotonic()
            if life.moment is not None:
                self._ends_at = self._begun + life.moment * self._length
            child.go()
            return
        if child.step == "decide":
            self._let_minutes_pass(now=life.copies == 1)
        self._on_step(child.step)
        trouble = next((one for one in life.troubles if one.step == child.step and one not in self._met), None)
        if trouble is None:
            child.go()
            return
        if trouble.what == MEET:  # each of them
            child.held = True
            return
        self._met.append(trouble)
        self._strike(child, trouble)

    def _strike(self, child, trouble):
        what = trouble.what
        if what == KILL:
            child.kill()
        elif what == KILL_LATER:
            child.go()
            child.kill(trouble.later_ms / 1000)
        elif what == FULL_DISK and self._parts.disk.mounted:
            self._parts.disk.fill()
            child.go()
        elif what in {FULL_DISK, NO_WRITES}:
            child.go(NO_WRITES)
        else:
            self._disturb(trouble)
            child.go()

    def _disturb(self, trouble):
        if trouble.what == NO_NETWORK:
            self._parts.network.refuse()
        elif trouble.what in NETWORK:
            self._parts.network.arm(trouble.what)
        else:
            self._parts.server.set_fault(trouble.fault, on=True)
            if trouble.fault is Fault.LAGGING_LIST:
                self._parts.server.set_speed(LAG_SPEED)

    def _let_minutes_pass(self, *, now):
        """Be the minutes that a person must wait before sending again: whatever was on its way has arrived.

        Of two processes the other one may stand in the middle of a request and wait for this one.
        """
        try:
            self._parts.network.wait_until_quiet(now=now)
        except TimeoutError as error:
            raise BrokenCaseError(f"{self._case}: {error}") from error
        if Fault.LAGGING_LIST in self._parts.server.faults():
            threading.Event().wait(LAG_S)

    def _tidy(self):
        """Bring everything back that does not outlast a restart; a list that lags goes on lagging."""
        network, server = self._parts.network, self._parts.server
        if network.disarm():  # the trouble was to meet a request, and none came
            self._met = [trouble for trouble in self._met if trouble.what not in NETWORK]
        network.mend()
        network.next_life()
        self._parts.disk.free()
        for fault in server.faults() - {Fault.LAGGING_LIST}:
            server.set_fault(fault, on=False)
