"""A full look at one picture after another, in a process of its own, started by `--look`.

A request is a line of JSON on standard input, an answer is a line of JSON on standard output. The process ends
when its input closes, so it ends with its parent. It runs at low priority.
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
from segmind_studio.texts import use_environment

_NICE = 10
_DEADLINE_S = 90  # seconds for one picture, in case the parent is gone and cannot end this process
_QT_PIXELS = 40_000_000  # a larger picture is shown smaller, see `picture_reading`
_FINE_PIXELS = 2_000_000  # a larger JPEG is decoded at 1/8 size, which still reads all of its data
_EIGHTH = 8
# Signs of damage. Scans in an order that no encoder writes would hide it.
_TROUBLE = ("Corrupt JPEG data", "Premature end", "Inconsistent progression")
_EXTRANEOUS = re.compile(r"Corrupt JPEG data: (\d+) extraneous bytes before marker 0xd9")
_APPLICATION_DATA, _COMMENT = range(0xE0, 0xF0), 0xFE
_ALL_COEFFICIENTS = b"\0\x3f\0"  # how the header of a sequential scan ends (ITU T.81, B.2.3)
_ZEROS = re.compile(rb"\0{1024,}")  # left by an interrupted download, or by a file system after a crash
_END = b"\xff\xd9"
_GREY = b"\x7f\x80\x81"  # the decoder's fill where data are missing
_FEW = 12  # extra bytes of any value that some cameras leave
_SPARE = 32  # bytes before padding that have another value, also in an undamaged picture
_PADDING = 4096  # bytes of one value that some cameras put before the end mark
_words: list[str] = []  # messages of Qt's decoders about the current picture


def full_look(key: LookKey) -> Look:
    """Look at a file with all decoders. Call `listen` first."""
    look = checked_look(key, _damage)
    if look.problem == CUT_OFF.message:
        return Look(_where_cut(key) or CUT_OFF.message)
    return _with_changes(key, look) if look.final and not look.problem else look


def _with_changes(key: LookKey, look: Look) -> Look:
    """Add a good picture's orientation and what the archive changes in it."""
    try:
        facts = inspect(Path(key.path))
        changes = exact_changes(Path(key.path))
    except BrokenImageError as error:
        return Look(error.title)
    except OSError:
        return Look(final=False)
    return replace(look, changes=changes, geometry=(facts.width, facts.height, facts.orientation))


def _where_cut(key: LookKey) -> str:
    """Return a text of how much is missing of a file that ends early, "" when that is not known."""
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
    """Collect the messages of Qt's decoders in this process from now on."""
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
    # Qt's WebP reader requires more bytes than a tiny valid file has, but the window can show such a file.
    if found or kept.image_format != "PNG" or kept.width * kept.height > _QT_PIXELS:
        return found
    readable = any(not _decoded(data).isNull() for data in (kept.data, without_extras(kept.data)))
    return "" if readable else str(NOT_OPENED)


def _jpeg_damage(data: bytes) -> str:
    """Return libjpeg's warning. It reports only the first fault, so bytes that no pixel needs are left out."""
    data = _bare(data)
    image = _decoded(data)
    if image.isNull():
        return str(NOT_OPENED)
    words = next((words for words in _words if words.startswith(_TROUBLE)), "")
    extraneous = _EXTRANEOUS.match(words)
    if not words or (extraneous and _harmless(data, int(extraneous[1]))):
        return ""
    zeros = _ZEROS.search(data)
    if zeros is None:
        return lower_part(_missing_share(image))
    missing = _missing_share(_decoded(data[: zeros.start()] + _END))
    return lower_part(missing, damaged=zeros.end() < len(data) - len(_END))


def _bare(data: bytes) -> bytes:
    """Return a JPEG that can cause warnings only about its pixels: a first warning would hide all later ones.

    Profiles and other application segments become comments, wherever they are, and a sequential scan's header gets
    the coefficient values that it must have. All other bytes keep their position.
    """
    clean, progressive = bytearray(data), False
    for marker, at, body in jpeg_segments(data):
        if marker in _APPLICATION_DATA:
            clean[at + 1] = _COMMENT
        elif marker in FRAMES:
            progressive = marker == PROGRESSIVE
        elif marker == SOS and not progressive and body[1 + 2 * body[0] :][:3] != _ALL_COEFFICIENTS:
            start = at + 5 + 2 * body[0]
            clean[start : start + 3] = _ALL_COEFFICIENTS[: len(data) - start]
    return bytes(clean)


def _harmless(data: bytes, count: int) -> bool:
    """Return whether unread bytes are padding: very few, or more of one value before the end mark.

    After a fault the decoder synchronises again, and the data then end a few bytes too early or too late.
    """
    if count <= _FEW:
        return True
    rest, before = data[-2 - count : -2], data[-2 - count - _SPARE : -2 - count]
    return count <= _PADDING and len(set(rest)) == 1 and before.strip(rest[:1]) != b""


def _decoded(data: bytes) -> QImage:
    """Decode the data; the decoder's messages are in `_words` afterwards."""
    _words.clear()
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if bytes(reader.format().data()) == b"jpeg" and size.width() * size.height() > _FINE_PIXELS:
        reader.setScaledSize(QSize(max(1, size.width() // _EIGHTH), max(1, size.height() // _EIGHTH)))
        reader.setQuality(0)  # no smoothing: rows without data keep the fill colour
    return reader.read()


def _missing_share(image: QImage) -> float:
    """Return the share of the rows at the lower end that have no data, 0 to 1."""
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
    os.dup2(silence, 1)  # the output of a library must not be read as an answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when this process ends
    if hasattr(os, "nice"):
        os.nice(_NICE)
    use_environment()
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
        os._exit(0)  # the parent has ended


def _read(requests: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        requests.put(line)
    os._exit(0)  # also while a picture is decoded: its answer is not needed
