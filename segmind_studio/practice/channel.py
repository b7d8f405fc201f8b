"""What the app and the practice service's process say to each other: a line of JSON each, over its pipes.

Orders go to its standard input, reports come from its standard output. The key of the service travels in a report,
so it stands in no argument list and no file. A line that is none of these is dropped by both sides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from segmind_studio.core.numbers import decoded_json, finite_number
from segmind_studio.core.practice import Fault
from segmind_studio.record import record

# -- orders


@record
class Begin:
    """The first order: serve what lies in `folder`, `speed` times as fast as real time, with these faults on."""

    folder: str
    speed: float = 1.0
    faults: tuple[Fault, ...] = ()


@record
class SetFault:
    """Turn a fault on or off."""

    fault: Fault
    on: bool


@record
class SetSpeed:
    """Run that many times as fast as real time."""

    speed: float


@record
class SendSample:
    """Send the test sample to the registered webhook."""


@record
class AskRequests:
    """Report the latest requests, for tests."""


Order = Begin | SetFault | SetSpeed | SendSample | AskRequests

# -- reports


@record
class Ready:
    """It listens: the base URL of its API, and the key that it takes, made at this start."""

    api: str
    key: str


@record
class NotStarted:
    """It cannot serve, why, and what to do; the process ends."""

    title: str
    advice: str
    detail: str


@record
class FaultsOn:
    """All faults that are on now; those that happen once turn themselves off."""

    faults: tuple[Fault, ...]


@record
class Logged:
    """A line for the app's log; `level` as `logging` counts."""

    level: int
    text: str


@record
class RequestsSeen:
    """The latest requests of both sides, oldest first: method, path, status (0 when cut)."""

    requests: tuple[tuple[str, str, int], ...]


@record
class Refilled:
    """The practice money was used up, and is this much again, in US dollars."""

    dollars: float


Report = Ready | NotStarted | FaultsOn | Logged | RequestsSeen | Refilled


def line_of(message: Order | Report) -> bytes:
    """Return a message as its line."""
    return json.dumps({"is": type(message).__name__, **asdict(message)}).encode("ascii") + b"\n"


def order_of(line: bytes) -> Order | None:
    """Read an order; None for anything else."""
    try:
        return _order(_decoded(line))
    except (KeyError, TypeError, ValueError):
        return None


def report_of(line: bytes) -> Report | None:
    """Read a report; None for anything else."""
    try:
        return _report(_decoded(line))
    except (KeyError, TypeError, ValueError):
        return None


def _order(given: Mapping[str, Any]) -> Order | None:
    match given["is"]:
        case "Begin":
            return Begin(str(given["folder"]), _number(given["speed"]), _faults(given["faults"]))
        case "SetFault":
            return SetFault(Fault(given["fault"]), given["on"] is True)
        case "SetSpeed":
            return SetSpeed(_number(given["speed"]))
        case "SendSample":
            return SendSample()
        case "AskRequests":
            return AskRequests()
        case _:
            return None


def _report(given: Mapping[str, Any]) -> Report | None:  # noqa: PLR0911  # one for each
    match given["is"]:
        case "Ready":
            return Ready(str(given["api"]), str(given["key"]))
        case "NotStarted":
            return NotStarted(str(given["title"]), str(given["advice"]), str(given["detail"]))
        case "FaultsOn":
            return FaultsOn(_faults(given["faults"]))
        case "Logged":
            return Logged(int(given["level"]), str(given["text"]))
        case "Refilled":
            return Refilled(_number(given["dollars"]))
        case "RequestsSeen":
            seen = cast("list[tuple[object, object, int]]", given["requests"])
            return RequestsSeen(tuple((str(method), str(path), int(status)) for method, path, status in seen))
        case _:
            return None


def _decoded(line: bytes) -> Mapping[str, Any]:
    value = decoded_json(line)
    if not isinstance(value, dict):
        raise TypeError("no message")
    return cast("Mapping[str, Any]", value)


def _number(value: object) -> float:
    number = finite_number(value)
    if number is None:
        raise ValueError("no number")
    return number


def _faults(value: object) -> tuple[Fault, ...]:
    return tuple(Fault(name) for name in cast("list[str]", value))
