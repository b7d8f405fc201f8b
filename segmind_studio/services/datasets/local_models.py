"""Models for captions that run on this computer: which are there, asked for only when the user wants to know."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.captioning import LOCAL_PORTS, CaptionEndpoint
from segmind_studio.core.errors import ApiError
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.services.system.worker_thread import Outcome, WorkerThread


class LocalModels(QObject):
    """Ask the usual servers on this computer for their models. GUI thread; a `WorkerThread` asks.

    Signals:
        found(object): tuple[CaptionEndpoint, ...], each model with its address, after `find`; () when no server
            answers, or none with the list of its models.
    """

    found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ports: Sequence[int] = LOCAL_PORTS
        self._busy = False
        self._worker = WorkerThread("local models", self)
        self._worker.ended.connect(self._take)

    def find(self) -> None:
        """Ask each port for its models, one after another; `found` is the answer. Does nothing while it asks."""
        if not self._busy and not self._worker.stopped:
            self._busy = True
            ports = tuple(self.ports)
            self._worker.run(ports, partial(_asked, ports))

    @Slot(object)
    def _take(self, outcome: Outcome[tuple[int, ...], tuple[CaptionEndpoint, ...]]) -> None:
        self._busy = False
        self.found.emit(outcome.result or ())

    def ask_stop(self) -> None:
        """Cut the running question."""
        self._worker.ask_stop()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        return self._worker.wait_end(deadline_ms)


def _asked(ports: Sequence[int], stop: TransferStop) -> tuple[CaptionEndpoint, ...]:
    """Return the models behind these ports of this computer, and of no other host. In the worker's thread."""
    from segmind_studio.api.caption_client import CaptionClient  # noqa: PLC0415  # when first needed

    found: list[CaptionEndpoint] = []
    for port in ports:
        endpoint = CaptionEndpoint(f"http://127.0.0.1:{port}/v1", "")
        try:
            with CaptionClient(endpoint, None) as client, stop.watching(client):
                found += (CaptionEndpoint(endpoint.url, name) for name in client.models())
        except ApiError:  # nobody is there, or somebody else
            continue
    return tuple(found)
