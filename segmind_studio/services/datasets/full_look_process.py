"""A full look at one picture after another, in a process of its own: what `--look` starts.

A request is a line of JSON on the standard input, an answer is one on the standard output. The process ends with
its input, so with whoever asks, and gives way to everything else that the computer does.
"""

from __future__ import annotations

import json
import os
import re
import signal
import struct
import sys
import warnings
from dataclasses import asdict, replace
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, cast

from PySide6.QtCore import QBuffer, QMessageLogContext, QSize, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QImage, QImageReader

from segmind_studio.core.numbers import decoded_json
from segmind_studio.dataset.conversion import exact_changes
from segmind_studio.dataset.damage import (
    FRAMES,
    MAX_BYTES,
    NOT_OPENED,
    PROGRESSIVE,
    SOS,
    Kept,
    Look,
    LookKey,
    checked_look,
    damage_of,
    jpeg_segments,
    lower_part,
    png_damage,
    without_extras,
)
from segmind_studio.dataset.inspection import inspect
from segmind_studio.dataset.jpeg import SIGNATURE as JPEG
from segmind_studio.dataset.layout import CUT_OFF, BrokenImageError
from segmind_studio.dataset.png import SIGNATURE as PNG
from segmind_studio.services.datasets.full_look_pool import READY

_NICE = 10
_DEADLINE_S = 90  # seconds for one picture, should nobody be there any more who ends this process
_QT_PIXELS = 40_000_000  # a larger one is shown smaller, see `picture_reading`
_FINE_PIXELS = 2_000_000  # a larger JPEG is decoded at an eighth, which reads all of its data
_EIGHTH = 8
# Of damage; scans in an order that no encoder writes would hide it.
_TROUBLE = ("Corrupt JPEG data", "Premature end", "Inconsistent progression")
_EXTRANEOUS = re.compile(r"Corrupt JPEG data: (\d+) extraneous bytes before marker 0xd9")
_APPLICATION_DATA, _COMMENT = range(0xE0, 0xF0), 0xFE
_ALL_COEFFICIENTS = b"\0\x3f\0"  # how the header of a sequential scan ends (ITU T.81, B.2.3)
_ZEROS = re.compile(rb"\0{1024,}")  # what a download that broke off leaves, and a file system after a crash
_END = b"\xff\xd9"
_GREY = b"\x7f\x80\x81"  # what the decoder puts where no data came
_FEW = 12  # bytes of any value that no pixel needs: some cameras leave so many behind
_SPARE = 32  # bytes in front of padding, which are not of its value in a whole picture
_PADDING = 4096  # bytes of one value that some cameras put before the end mark
_words: list[str] = []  # of Qt's decoders, about the picture that is decoded now


def full_look(key: LookKey) -> Look:
    """Look at a file with all decoders. `listen` comes first."""
    look = checked_look(key, _damage)
    if look.problem == CUT_OFF:
        return Look(_where_cut(key) or CUT_OFF)
    return _with_changes(key, look) if look.final and not look.problem else look


def _with_changes(key: LookKey, look: Look) -> Look:
    """Add how a good picture lies and what the archive changes in it."""
    try:
        facts = inspect(Path(key.path))
        changes = exact_changes(Path(key.path))
    except BrokenImageError as error:
        return Look(error.title)
    except OSError:
        return Look(final=False)
    return replace(look, changes=changes, geometry=(facts.width, facts.height, facts.orientation))


def _where_cut(key: LookKey) -> str:
    """Return in words how much of a file that ends early is missing, "" when that cannot be known."""
    if key.size > MAX_BYTES:
        return ""
    try:
        data = Path(key.path).read_bytes()
        if data.startswith(JPEG):
            share = _missing_share(_decoded(_bare(data) + _END))
            return lower_part(share) if share else ""
        return png_damage(data) if data.startswith(PNG) else ""
    except (OSError, ValueError, IndexError, struct.error):
        return ""


def listen() -> None:
    """Hear from now on what Qt's decoders have to say in this process."""
    qInstallMessageHandler(_hear)
    QImageReader.setAllocationLimit(0)
    warnings.simplefilter("ignore")


def _hear(_kind: QtMsgType, context: QMessageLogContext, words: str | None) -> None:
    if (context.category or "").startswith("qt.gui.imageio"):
        _words.append(words or "")


def _damage(kept: Kept) -> str:
    if kept.image_format == "JPEG":
        return _jpeg_damage(kept.data) or damage_of(kept)
    found = damage_of(kept)
    # Qt's reader of WebP wants more bytes than a tiny good file has: the window shows such a one all the same.
    if found or kept.image_format != "PNG" or kept.width * kept.height > _QT_PIXELS:
        return found
    readable = any(not _decoded(data).isNull() for data in (kept.data, without_extras(kept.data)))
    return "" if readable else NOT_OPENED


def _jpeg_damage(data: bytes) -> str:
    """Return what libjpeg says; it warns of the first fault alone, so what no pixel needs is left out."""
    data = _bare(data)
    image = _decoded(data)
    if image.isNull():
        return NOT_OPENED
    words = next((words for words in _words if words.startswith(_TROUBLE)), "")
    extraneous = _EXTRANEOUS.match(words)
    if not words or (extraneous and _harmless(data, int(extraneous[1]))):
        return ""
    zeros = _ZEROS.search(data)
    if zeros is None:
        return lower_part(_missing_share(image))
    missing = _missing_share(_decoded(data[: zeros.start()] + _END))
    return lower_part(missing, "missing" if zeros.end() >= len(data) - len(_END) else "damaged")


def _bare(data: bytes) -> bytes:
    """Return a JPEG whose decoder has nothing to warn of but its picture: a warning would hide all later ones.

    Profiles and the like become comments, wherever they stand, and a sequential scan says of its coefficients what
    it must say. All else stays where it is.
    """
    quiet, progressive = bytearray(data), False
    for marker, at, body in jpeg_segments(data):
        if marker in _APPLICATION_DATA:
            quiet[at + 1] = _COMMENT
        elif marker in FRAMES:
            progressive = marker == PROGRESSIVE
        elif marker == SOS and not progressive and body[1 + 2 * body[0] :][:3] != _ALL_COEFFICIENTS:
            start = at + 5 + 2 * body[0]
            quiet[start : start + 3] = _ALL_COEFFICIENTS[: len(data) - start]
    return bytes(quiet)


def _harmless(data: bytes, count: int) -> bool:
    """Return whether bytes that no decoder wanted are padding: very few, or some of one value before the end mark.

    Coded data find their step again after a fault, and then end a few bytes too early or too late.
    """
    if count <= _FEW:
        return True
    rest, before = data[-2 - count : -2], data[-2 - count - _SPARE : -2 - count]
    return count <= _PADDING and len(set(rest)) == 1 and before.strip(rest[:1]) != b""


def _decoded(data: bytes) -> QImage:
    """Decode; what the decoder says lies in `_words` then."""
    _words.clear()
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if bytes(reader.format().data()) == b"jpeg" and size.width() * size.height() > _FINE_PIXELS:
        reader.setScaledSize(QSize(max(1, size.width() // _EIGHTH), max(1, size.height() // _EIGHTH)))
        reader.setQuality(0)  # nothing smooth: rows without data stay as they are
    return reader.read()


def _missing_share(image: QImage) -> float:
    """Return the share of the rows at the lower end for which no data came, 0 to 1."""
    if image.isNull():
        return 0
    width, depth = image.width(), image.depth() // 8
    pixel = _row(image, image.height() - 1)[:depth]
    if any(value not in _GREY for value in (pixel[:3] if image.format() == QImage.Format.Format_RGB32 else pixel)):
        return 0
    empty = 0
    while empty < image.height() and _row(image, image.height() - 1 - empty)[: width * depth] == pixel * width:
        empty += 1
    return empty / image.height()


def _row(image: QImage, number: int) -> bytes:
    return bytes(cast("memoryview", image.constScanLine(number)))


def serve() -> int:
    """Answer requests until the input ends; returns the exit code."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # a library that prints must not be taken for an answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides when this ends
    if hasattr(os, "nice"):
        os.nice(_NICE)
    listen()
    requests = SimpleQueue[str]()
    Thread(target=_read, args=(requests,), name="requests", daemon=True).start()
    _answer(answers, READY)
    while True:
        path, size, mtime_ns = cast("list[Any]", decoded_json(requests.get()))
        if hasattr(signal, "alarm"):
            signal.alarm(_DEADLINE_S)
        look = full_look(LookKey(path, size, mtime_ns))
        if hasattr(signal, "alarm"):
            signal.alarm(0)
        _answer(answers, asdict(look))


def _answer(answers: Any, value: object) -> None:
    try:
        answers.write(json.dumps(value) + "\n")
        answers.flush()
    except OSError:
        os._exit(0)  # nobody listens


def _read(requests: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        requests.put(line)
    os._exit(0)  # also while a picture is decoded: nobody waits for it
