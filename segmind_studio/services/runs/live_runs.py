"""The runs that this process is working on now, for every thread."""

from __future__ import annotations

import threading


class LiveRuns:
    """A set of run ids behind a lock: no other code settles or starts a run in it."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._lock = threading.Lock()

    def add(self, *run_ids: str) -> bool:
        """Claim runs, all or none; False when one is already being worked on."""
        with self._lock:
            if not self._ids.isdisjoint(run_ids):
                return False
            self._ids.update(run_ids)
            return True

    def discard(self, run_id: str) -> None:
        """Release a run."""
        with self._lock:
            self._ids.discard(run_id)

    @property
    def busy(self) -> bool:
        """Return whether any run is worked on."""
        with self._lock:
            return bool(self._ids)

    def __contains__(self, run_id: object) -> bool:
        with self._lock:
            return run_id in self._ids
