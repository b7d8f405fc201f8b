"""What a practice service is started with, and where it is to be found once it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from segmind_studio.practice.faults import FaultBoard, RequestLog


@dataclass(frozen=True, slots=True)
class PracticeAddress:
    """Where a running service is: the base URLs of both sides and the one key it takes."""

    api: str
    s3: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """How a service is to be run; port 0 means: the port of last time if it is free, else any.

    `credits` is the first balance in US dollars. With `s3_relay_port` the addresses of uploads and files name
    that port of this computer, where something stands that passes everything on to the storage side.
    """

    folder: Path
    port: int
    s3_port: int
    s3_relay_port: int
    speed: float
    credits: float
    faults: FaultBoard
    seen: RequestLog
