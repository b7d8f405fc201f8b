"""The options of a practice service, and its addresses once it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from pathlib import Path

from segmind_studio.practice.faults import FaultBoard, RequestLog
from segmind_studio.record import record


def ignored(_dollars: float) -> None:
    """Ignore a refill."""


@record
class PracticeAddress:
    """The addresses of a running service: the base URLs of both ports and the one valid key."""

    api: str
    s3: str
    key: str = field(repr=False)


@record
class ServiceOptions:
    """The options of a service; port 0 means: the port of last time if it is free, else any.

    `credits` is the first balance in US dollars. With `s3_relay_port` the addresses of uploads and files name that
    port of this computer, where a relay must pass everything on to the storage port. Without a `key`, a new one is
    made. `refilled` is called in the service's thread, see Jobs.
    """

    folder: Path
    port: int
    s3_port: int
    s3_relay_port: int
    speed: float
    credits: float
    faults: FaultBoard
    seen: RequestLog
    key: str = field(default="", repr=False)
    refilled: Callable[[float], None] = ignored
