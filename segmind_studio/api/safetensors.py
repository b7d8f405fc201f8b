"""Check the header of a safetensors file: enough to distinguish a complete model file from anything else.

The format: 8 bytes little-endian length, a JSON object of that length, then the tensors' bytes. Nothing is decoded
beyond the header, and no tensor is read.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import cast

from segmind_studio.core.errors import StudioError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.texts import values_in

LONGEST_HEAD = 100_000_000  # bytes; the format's own limit
_MOST_ITEMS = 1_000_000  # values in it; a model of a thousand tensors has ten thousand
_MOST_TEXTS, _LONGEST_TEXT = 100, 10_000  # of the free metadata
_PREFIX = 8
METADATA = "__metadata__"


def read_header(path: Path) -> dict[str, object]:
    """Return the decoded header of a safetensors file; StudioError when the file is not a complete one."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            prefix = file.read(_PREFIX)
            length = struct.unpack("<Q", prefix)[0] if len(prefix) == _PREFIX else 0
            if not 0 < length <= min(LONGEST_HEAD, size - _PREFIX):
                raise _bad("its head has no possible length")
            head = file.read(length)
    except OSError as error:
        raise StudioError("The file cannot be read.", "Check the disk.", error.strerror or str(error)) from None
    if values_in(head) > _MOST_ITEMS:
        raise _bad("its head has too many values")
    try:
        value = decoded_json(head)
    except ValueError:
        raise _bad("its head is no JSON") from None
    if not isinstance(value, dict):
        raise _bad("its head is no JSON object")
    header = cast("dict[str, object]", value)
    _check_tensors(header, size - _PREFIX - length)
    return header


def metadata_of(header: dict[str, object]) -> dict[str, str]:
    """Return the texts of the header's `__metadata__`, {} without any."""
    found = header.get(METADATA)
    if not isinstance(found, dict):
        return {}
    texts = [(k, v) for k, v in cast("dict[str, object]", found).items() if isinstance(v, str)]
    return {k[:_LONGEST_TEXT]: v[:_LONGEST_TEXT] for k, v in texts[:_MOST_TEXTS]}


def _check_tensors(header: dict[str, object], room: int) -> None:
    end = 0
    for name, entry in header.items():
        if name == METADATA:
            continue
        offsets: object = cast("dict[str, object]", entry).get("data_offsets") if isinstance(entry, dict) else None
        if not isinstance(offsets, list):
            raise _bad("a tensor has no place")
        places = cast("list[object]", offsets)
        numbers = [place for place in places if isinstance(place, int) and not isinstance(place, bool)]
        if len(numbers) != 2 or len(places) != 2 or not 0 <= numbers[0] <= numbers[1] <= room:  # noqa: PLR2004
            raise _bad("a tensor lies outside the file")
        end = max(end, numbers[1])
    if end != room:
        raise _bad("its tensors do not fill it")


def _bad(why: str) -> StudioError:
    return StudioError(
        "This is not a whole safetensors file.", "Download it again.", f"It cannot be used: {why}.",
    )
