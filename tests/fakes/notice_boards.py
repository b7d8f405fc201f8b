"""A desktop's notifications in memory: shown ones are stored, clicks and closings are made by the test."""

import socket

from segmind_studio.services.notices.notice import NoticeError, NoticeEvent


class FakeBoard:
    """A real `NoticeBoard` for the worker's thread; the test's thread makes events and reads what was shown."""

    def __init__(self):
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._events = []
        self.shown = []  # (notice, what it replaces), the number is the place, from 1
        self.withdrawn = []
        self.opened = 0
        self.closed = 0
        self.refusing = False
        self.gone = False

    def open(self):
        """Return the board, as the function that the service opens it with."""
        self.opened += 1
        return self

    def fileno(self):
        return self._near.fileno()

    def show(self, notice, replaces):
        if self.refusing:
            raise NoticeError("refused")
        self.shown.append((notice, replaces))
        return len(self.shown)

    def withdraw(self, number):
        self.withdrawn.append(number)

    def events(self):
        if self.gone:
            raise NoticeError("gone")
        try:
            self._near.recv(1000)
        except BlockingIOError:
            return ()
        events, self._events = tuple(self._events), []
        return events

    def close(self):
        self.closed += 1

    def happen(self, number, *, clicked, token=""):
        """Simulate that the user clicks a notification, or the desktop closes it."""
        self._events.append(NoticeEvent(number, clicked, token))
        self._far.send(b"!")

    def vanish(self):
        """Simulate the end of the desktop's daemon."""
        self.gone = True
        self._far.send(b"!")

    def end(self):
        self._near.close()
        self._far.close()
