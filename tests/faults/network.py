"""The network between the child and the service, controlled by the matrix: cut, slow, wrong, or absent."""

import asyncio
import contextlib
import threading
from collections import Counter

from relay import Relay

QUIET_WITHIN_S = 20.0


class Network:
    """A relay for each port, their thread, and the one trouble for the next request on either port."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay")
        self._thread.start()
        self._changed = threading.Condition()
        self._trouble = ""
        self._life = 0
        self._open = Counter()  # connections by the life that made them
        self._under_way = 0
        self.api, self.s3 = Relay(self), Relay(self)
        self.restore()

    def stop(self):
        for relay in (self.api, self.s3):
            self._do(relay.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(QUIET_WITHIN_S)

    # -- commands of the matrix

    def arm(self, trouble):
        """Set the trouble of the next request."""
        with self._changed:
            self._trouble = trouble

    def disarm(self):
        """Return the trouble that no request has had, and remove it."""
        return self.take()

    def refuse(self):
        """Break every connection and accept none."""
        for relay in (self.api, self.s3):
            self._do(relay.refuse())

    def restore(self):
        """Accept connections again."""
        for relay in (self.api, self.s3):
            self._do(relay.listen())

    def next_life(self):
        """Count new connections as the next life's; by then, those of the last one have been accepted."""
        for relay in (self.api, self.s3):
            relay.wait_in_queue()
        with self._changed:
            self._life += 1

    def wait_until_quiet(self, *, now=True):
        """Wait until nothing of an earlier life is in transit; with `now`, nothing of this one either."""

        def quiet():
            return not (now and self._under_way) and not any(life < self._life for life in self._open)

        with self._changed:
            if not self._changed.wait_for(quiet, QUIET_WITHIN_S):
                raise TimeoutError(f"the network does not come to rest: {self._under_way} requests, {self._open}")

    # -- calls of the relays

    def take(self):
        """Return the trouble for a request that has begun."""
        with self._changed:
            trouble, self._trouble = self._trouble, ""
            return trouble

    def comes(self, *troubles):
        """Return whether one of these troubles was set for a request that has begun already."""
        with self._changed:
            return self._trouble in troubles

    @contextlib.contextmanager
    def connection(self):
        """Count a connection while the context is open."""
        with self._changed:
            life = self._life
            self._open[life] += 1
        try:
            yield
        finally:
            with self._changed:
                self._open -= Counter([life])
                self._changed.notify_all()

    @contextlib.contextmanager
    def request(self):
        """Count a running request while the context is open."""
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()
