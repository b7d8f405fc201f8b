"""Find cut-outs among many pictures in a process of its own, started by `--cutouts`.

Each is compared with each in Python: in a thread of the window that takes the interpreter's lock for seconds, and
the window waits for it again and again. The request is JSON on standard input, with the small grey copies; the
answer, on standard output, has the pairs. The process runs at low priority. Without Qt.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from tempfile import TemporaryFile
from typing import Any, TypeVar, cast

from PIL import Image

from segmind_studio.core.numbers import decoded_json
from segmind_studio.dataset.cutouts import cutouts
from segmind_studio.services.accounts.account_values import ENVIRONMENT_NAME
from segmind_studio.services.system.own_program import child_command, python_path

_log = logging.getLogger(__name__)
SWITCH = "--cutouts"  # switch of this program: run as such a process
FEW = 40  # pictures: fewer are compared in less time than a process needs to start
DEADLINE_S = 1_200.0  # of the process, while the computer is awake; 200 pictures need four minutes on a busy one
_ASK_S = 0.1  # how often it is checked whether to stop
_NICE = 10

K = TypeVar("K")
_Places = list[tuple[int, int]]


def cutouts_apart(
    pictures: Mapping[K, Image.Image], stopped: Callable[[], bool] = bool, compared: Collection[K] = (),
) -> Iterator[tuple[K, K]]:
    """Yield what `dataset.cutouts.cutouts` does. Blocks. Few pictures are compared in this process.

    TimeoutError when the process hangs; it is killed then.
    """
    names = list(pictures)
    if len(names) < FEW:
        yield from cutouts(pictures, stopped, compared)
        return
    request = json.dumps({
        "pictures": [(picture.width, picture.tobytes().hex()) for picture in pictures.values()],
        "compared": [place for place, name in enumerate(names) if name in compared],
    })
    found = _found_apart(request.encode("ascii"), stopped)
    if found is None:  # nothing is compared here once it is to stop
        yield from cutouts(pictures, stopped, compared)
    else:
        yield from ((names[part], names[whole]) for part, whole in found)


def _found_apart(request: bytes, stopped: Callable[[], bool]) -> _Places | None:
    """Return the pairs, by the places of the pictures; None where the process failed or was stopped.

    TimeoutError as above.
    """
    environment = {name: value for name, value in os.environ.items() if name != ENVIRONMENT_NAME}
    flags = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else 0
    try:
        with TemporaryFile() as file:  # a pipe would block until the process reads it
            file.write(request)
            file.seek(0)
            process = subprocess.Popen(  # noqa: S603  # our own program
                child_command(SWITCH), stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={**environment, "PYTHONPATH": python_path()}, creationflags=flags,
            )
    except OSError as error:
        _log.warning("No process to find cut-outs: %s", error)
        return None
    left = DEADLINE_S
    with process:
        while True:
            try:
                answer, _errors = process.communicate(timeout=_ASK_S)
                break
            except subprocess.TimeoutExpired:
                left -= _ASK_S
                if left <= 0 or stopped():
                    process.kill()
    if left <= 0:
        raise TimeoutError(f"the process for cut-outs had no answer within {DEADLINE_S:.0f} s")
    try:
        return _decoded(answer)
    except (KeyError, TypeError, ValueError):  # it was killed, or ended early
        return None


def _decoded(answer: bytes) -> _Places:
    facts = cast("dict[str, Any]", decoded_json(answer))
    return [(int(part), int(whole)) for part, whole in facts["pairs"]]


def serve() -> int:
    """Answer the one request; returns the exit code."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    asked = cast("dict[str, Any]", decoded_json(sys.stdin.buffer.read()))
    pictures: dict[int, Image.Image] = {}
    for place, (width, pixels) in enumerate(asked["pictures"]):
        data = bytes.fromhex(pixels)
        pictures[place] = Image.frombytes("L", (width, len(data) // width), data)
    parent = os.getppid()
    pairs = list(cutouts(pictures, lambda: os.getppid() != parent, frozenset(asked["compared"])))
    sys.stdout.write(json.dumps({"pairs": pairs}))
    return 0
