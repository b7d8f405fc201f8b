"""The practice service as a command of its own: prints one line of JSON when ready, then serves."""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from segmind_studio.core.errors import StudioError
from segmind_studio.core.practice import Fault
from segmind_studio.practice.server import PracticeServer

_LOOK_EVERY_S = 0.5  # Windows delivers Ctrl+C only between waits


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal stops it; return the exit code."""
    options = _parser().parse_args(arguments)
    server = PracticeServer(
        options.data_dir, port=options.port, s3_port=options.s3_port, s3_relay_port=options.s3_relay_port,
        speed=options.speed, credits=options.credits, faults=options.fault,
    )
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        address = server.start()
    except StudioError as error:
        sys.stderr.write(f"{error} {error.detail}\n")
        return 1
    sys.stdout.write(json.dumps({"api": address.api, "s3": address.s3, "key": address.key}) + "\n")
    sys.stdout.flush()
    while not stopped.wait(_LOOK_EVERY_S):
        pass
    server.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="segmind-studio-practice",
        description="Serve Segmind's fine-tuning API on this computer, for practice. Nothing is paid or trained.",
    )
    parser.add_argument("--data-dir", type=Path, required=True, help="where runs, uploads and credits are kept")
    parser.add_argument("--port", type=int, default=0, help="port of the API (default: any)")
    parser.add_argument("--s3-port", type=int, default=0, help="port of the storage side (default: any)")
    parser.add_argument("--s3-relay-port", type=int, default=0,
                        help="port of a relay to the storage side, named in its addresses (default: none)")
    parser.add_argument("--speed", type=_number, default=1.0, help="times faster than real time (default: 1)")
    parser.add_argument("--credits", type=_number, default=100.0,
                        help="first balance in US dollars (default: 100)")
    parser.add_argument("--fault", type=Fault, choices=list(Fault), action="append", default=[], metavar="NAME",
                        help=f"misbehave; may be repeated: {', '.join(Fault)}")
    return parser


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text} is no number to count with")
    return number


if __name__ == "__main__":
    sys.exit(main())
