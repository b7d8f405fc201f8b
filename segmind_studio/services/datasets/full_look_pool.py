"""Full looks (complete decoding checks) at pictures in child processes, each picture once. No Qt; any thread.

A decoder that crashes, hangs or blocks the interpreter does so in a child process: only one picture is affected.
Processes start when pictures wait, at most one for each core, and end soon after the last picture.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread, Timer, current_thread
from typing import Any, Protocol, cast

from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.runs import ManifestItem
from segmind_studio.dataset.damage import NOT_SAFE, Look, LookKey, plain_look
from segmind_studio.services.system.own_program import child_command, python_path
from segmind_studio.texts import _, stored

_log = logging.getLogger(__name__)
SWITCH = "--look"  # switch of this program: run as such a child process
READY = "ready"  # the first line that a child process writes when it is ready
DEADLINE_S = 60.0  # for one picture, and for the start of a process
IDLE_S = 5.0
MOST_PROCESSES = 8  # each may hold a picture of 89 megapixels
_ASK_S = 0.1  # how often a waiting caller checks for a cancel
_END_S = 2.0
_MAX_KNOWN = 50_000

Done = Callable[[LookKey, Look], None]


class Looks(Protocol):
    """The interface for code that needs full looks."""

    def look_all(
        self, keys: Iterable[LookKey], progress: Callable[[int, int], None], cancelled: Callable[[], bool],
    ) -> tuple[Look, ...]:
        """Return one look for each, in order. `progress` gets the done and total count. CancelledError."""
        ...


class PlainLooks:
    """Look at pictures in the calling thread, without Qt."""

    def look_all(
        self, keys: Iterable[LookKey], progress: Callable[[int, int], None], cancelled: Callable[[], bool],
    ) -> tuple[Look, ...]:
        """Look at one picture after another."""
        wanted = tuple(keys)
        found: list[Look] = []
        for key in wanted:
            if cancelled():
                raise CancelledError
            progress(len(found), len(wanted))
            found.append(plain_look(key))
        return tuple(found)


def refuse_damaged(
    looks: Looks, items: Iterable[ManifestItem], progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> None:
    """Look at each photo that has no look yet. DatasetError names a photo that must not be sent. Blocks.

    A missing or changed file is not reported here; `dataset.archive.plan` does that.
    """
    wanted = tuple(items)
    keys = [LookKey(item.path, item.size, item.mtime_ns) for item in wanted]
    for item, look in zip(wanted, looks.look_all(keys, progress, cancelled), strict=True):
        if look.problem:
            raise DatasetError(
                _("“{name}” cannot be used. {problem}").format(
                    name=Path(item.path).name, problem=stored(look.problem)
                )
            )


def look_here(_run_id: str, items: Iterable[ManifestItem]) -> None:
    """Run `refuse_damaged` for a run where there is no pool."""
    refuse_damaged(PlainLooks(), items, ignored, lambda: False)


def ignored(_done: int, _total: int) -> None:
    """Ignore progress."""


class FullLookPool:
    """Hold the known looks, the queue of waiting pictures, and the child processes.

    Each process has a thread that talks to it. An answer comes on such a thread, or at once in the caller's thread
    when it is known. `command` starts a process, see `full_look_process`.
    """

    def __init__(
        self, command: Sequence[str] = (), *, processes: int = 0, deadline_s: float = DEADLINE_S,
        idle_s: float = IDLE_S,
    ) -> None:
        self._command = tuple(command) or child_command(SWITCH)
        self._most = processes or min(MOST_PROCESSES, os.cpu_count() or 1)
        self._deadline_s = deadline_s
        self._idle_s = idle_s
        self._changed = Condition()  # guards all fields below
        self._known: dict[LookKey, Look] = {}
        self._waiting: OrderedDict[LookKey, list[Done]] = OrderedDict()
        self._at_work: dict[LookKey, list[Done]] = {}
        self._threads: set[Thread] = set()
        self._children: set[_Child] = set()
        self._idle = 0
        self._stopped = False

    @property
    def processes(self) -> tuple[int, ...]:
        """Return the ids of the processes that exist now."""
        with self._changed:
            return tuple(child.pid for child in self._children)

    def remember(self, looks: Mapping[LookKey, Look]) -> None:
        """Store looks of an earlier session, so that the pictures are not decoded again; newer ones stay."""
        with self._changed:
            for key, look in looks.items():
                if key not in self._known:
                    self._keep(key, look)

    def forget(self, key: LookKey) -> None:
        """Delete a known look, so that the next `ask` decodes the picture again."""
        with self._changed:
            self._known.pop(key, None)

    def ask(self, key: LookKey, done: Done, *, first: bool = False) -> None:
        """Call `done` once with the full look; with `first`, before all waiting pictures.

        It is never called after `stop`, or for withdrawn pictures.
        """
        with self._changed:
            known = self._known.get(key)
            if known is None:
                self._queue(key, done, first=first)
        if known is not None:
            done(key, known)

    def withdraw(self, done: Done, keys: Iterable[LookKey]) -> None:
        """Do not call `done` for these. A running look continues, and its result is stored."""
        with self._changed:
            for key in keys:
                dones = self._waiting.get(key) or self._at_work.get(key, [])
                if done in dones:
                    dones.remove(done)
                if not dones:
                    self._waiting.pop(key, None)

    def look_all(
        self, keys: Iterable[LookKey], progress: Callable[[int, int], None], cancelled: Callable[[], bool],
    ) -> tuple[Look, ...]:
        """Return one look for each, in order, before all other waiting pictures. Blocks; CancelledError."""
        wanted = tuple(keys)
        found: dict[LookKey, Look] = {}
        here = Condition()

        def done(key: LookKey, look: Look) -> None:
            with here:
                found[key] = look
                here.notify_all()

        total = len(set(wanted))
        for key in reversed(dict.fromkeys(wanted)):
            self.ask(key, done, first=True)
        while True:
            with here:
                count = len(found)
                if count == total:
                    break
            progress(count, total)
            if cancelled() or self._stopped:
                self.withdraw(done, wanted)
                raise CancelledError
            with here:
                here.wait_for(lambda count=count: len(found) != count, _ASK_S)
        progress(total, total)
        return tuple(found[key] for key in wanted)

    def stop(self, deadline_s: float = 3.0) -> bool:
        """Clear the queue, end the processes, wait for the threads. Return False when one did not end in time."""
        self.ask_stop()
        end = time.monotonic() + deadline_s
        with self._changed:
            threads = tuple(self._threads)
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def ask_stop(self) -> None:
        """Clear the queue and end the processes."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()
            children = tuple(self._children)
        for child in children:
            child.kill()

    # -- with the lock held

    def _keep(self, key: LookKey, look: Look) -> None:
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[key] = look

    def _queue(self, key: LookKey, done: Done, *, first: bool) -> None:
        if self._stopped:
            return
        if key in self._at_work:
            self._at_work[key].append(done)
            return
        dones = self._waiting.setdefault(key, [])
        if done not in dones:
            dones.append(done)
        if first:
            self._waiting.move_to_end(key, last=False)
        if self._idle:
            self._changed.notify()
        elif len(self._threads) < self._most:
            thread = Thread(target=self._serve, name="looks", daemon=True)
            self._threads.add(thread)
            thread.start()

    # -- on the threads

    def _serve(self) -> None:
        """Look at one picture after another until the queue stays empty for a while."""
        child: _Child | None = None
        try:
            while (key := self._next()) is not None:
                child, look = self._looked(child, key)
                with self._changed:
                    if look.final and not self._stopped:
                        self._keep(key, look)
                    dones = self._at_work.pop(key, [])
                    if self._stopped:
                        dones = []
                for done in dones:
                    self._deliver(done, key, look)
        finally:
            self._let_go(child)

    def _deliver(self, done: Done, key: LookKey, look: Look) -> None:
        try:
            done(key, look)
        except Exception:  # noqa: BLE001  # an error in the callback must not end this thread
            _log.exception("The callback of a look failed")  # the other callbacks are still called

    def _next(self) -> LookKey | None:
        """Take the next picture; None when the queue stays empty for a while: the thread then no longer counts."""
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._waiting or self._stopped, self._idle_s)
            self._idle -= 1
            if self._stopped:
                return None  # `stop` waits for this thread, which still has a process to end
            if not self._waiting:
                self._threads = {thread for thread in self._threads if thread is not current_thread()}
                return None
            key, dones = self._waiting.popitem(last=False)
            self._at_work[key] = dones
            return key

    def _looked(self, child: _Child | None, key: LookKey) -> tuple[_Child | None, Look]:
        """Ask a process; if it is gone, ask a second one: something else may have ended the first."""
        for _attempt in range(2):
            if child is None:
                child = self._started()
            if child is None:
                return None, plain_look(key)
            look = child.look(key, self._deadline_s)
            if look is not None:
                return child, look
            hung = child.hung
            self._let_go(child)
            child = None
            if hung or self._stopped:
                break
        _log.warning("A picture of %d bytes could not be looked at: its decoder crashed or hung", key.size)
        return None, Look(NOT_SAFE.message)

    def _started(self) -> _Child | None:
        """Start a process; None if that is not possible: the pictures are then decoded in this process."""
        try:
            child = _Child(self._command)
        except OSError as error:
            _log.warning("No process to look at pictures: %s", error)
            return None
        with self._changed:
            self._children.add(child)
            stopped = self._stopped
        if stopped:
            child.kill()
        if child.begins(self._deadline_s):
            return child
        self._let_go(child)
        if not stopped:
            _log.warning("The process that looks at pictures does not start")
        return None

    def _let_go(self, child: _Child | None) -> None:
        if child is not None:
            child.end()
            with self._changed:
                self._children.discard(child)


class _Child:
    """One child process. All methods but `kill` belong to one thread."""

    def __init__(self, command: Sequence[str]) -> None:
        self.hung = False
        self._process = subprocess.Popen(  # noqa: S603  # our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=_environment(), creationflags=_creation_flags(),
        )
        self.pid = self._process.pid

    def begins(self, deadline_s: float) -> bool:
        """Wait for its READY line. Return False when it does not come in time."""
        return self._line(deadline_s) == READY

    def look(self, key: LookKey, deadline_s: float) -> Look | None:
        """Request a look; None when the process has ended, the look `hung` when the deadline (seconds) passed."""
        pipe = self._process.stdin
        if pipe is None:
            return None
        try:
            pipe.write(json.dumps(key).encode("ascii") + b"\n")
            pipe.flush()
        except OSError:
            return None
        answer = self._line(deadline_s)
        try:
            facts = cast("dict[str, Any]", answer)
            changes = None if facts["changes"] is None else tuple(map(str, facts["changes"]))
            geometry = cast("tuple[int, int, int] | None", tuple(map(int, facts.get("geometry") or ())) or None)
            return Look(str(facts["problem"]), changes, bool(facts["final"]), geometry)
        except (KeyError, TypeError, ValueError):  # it ended, or its line is no valid answer
            return None

    def _line(self, deadline_s: float) -> object:
        """Read a line of JSON; None when none comes in time."""
        pipe = self._process.stdout
        watch = Timer(deadline_s, self._give_up)
        watch.daemon = True
        watch.start()
        try:
            return decoded_json(pipe.readline()) if pipe else None
        except (OSError, ValueError):
            return None
        finally:
            watch.cancel()

    def _give_up(self) -> None:
        self.hung = True
        self.kill()

    def kill(self) -> None:
        """Kill the process at once; from any thread."""
        with suppress(OSError):
            self._process.kill()

    def end(self) -> None:
        """End the process and wait until it has ended."""
        process = self._process
        with suppress(OSError):
            if process.stdin:
                process.stdin.close()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": python_path()}


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    return 0

