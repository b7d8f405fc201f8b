"""Check the header of a safetensors file: enough to distinguish a complete model file from anything else.

The format: 8 bytes little-endian length, a JSON object of that length, then the tensors' bytes. Nothing is decoded
beyond the header, and no tensor is read.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Mapping
from math import prod
from operator import itemgetter
from pathlib import Path
from typing import cast

from segmind_studio.core.errors import StudioError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.texts import values_in
from segmind_studio.record import record
from segmind_studio.texts import _

LONGEST_HEAD = 100_000_000  # bytes; the format's own limit
_MOST_ITEMS = 1_000_000  # values in it; a model of a thousand tensors has ten thousand
_MOST_TEXTS, _LONGEST_TEXT = 100, 10_000  # of the free metadata
_PREFIX = 8
MOST_NAMES = 2000
_LONGEST_NAME, _LONGEST_DTYPE, _MOST_RANKS = 200, 20, 8
_MOST_SIDES, _LARGEST_SIDE = 8, 2**31
_DOWN = re.compile(r"lora_(?:A|down)\b")  # the first of a pair; its first side is the rank
METADATA = "__metadata__"


def read_header(path: Path) -> dict[str, object]:
    """Return the decoded header of a safetensors file; StudioError when the file is not a complete one."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            prefix = file.read(_PREFIX)
            length = struct.unpack("<Q", prefix)[0] if len(prefix) == _PREFIX else 0
            if not 0 < length <= min(LONGEST_HEAD, size - _PREFIX):
                raise _bad(_("Its header has an impossible length."))
            head = file.read(length)
    except OSError as error:
        raise StudioError(
            _("The file could not be read."), _("Check the disk."), error.strerror or str(error)
        ) from None
    if values_in(head) > _MOST_ITEMS:
        raise _bad(_("Its header has too many values."))
    try:
        value = decoded_json(head)
    except ValueError:
        raise _bad(_("Its header is not JSON.")) from None
    if not isinstance(value, dict):
        raise _bad(_("Its header is not a JSON object."))
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


@record
class WeightsFacts:
    """What a header says of its tensors.

    `ranks` are the ranks of the LoRA pairs, smallest first, () when none is seen. `parameters` counts numbers.
    `dtypes` are the types of the numbers with the count of their tensors, the most frequent first. `names` are
    the tensors' names with shape and type, sorted, at most `MOST_NAMES`; `more` counts the others.
    """

    tensors: int
    parameters: int
    ranks: tuple[int, ...]
    dtypes: tuple[tuple[str, int], ...]
    names: tuple[str, ...]
    more: int


def facts_of(header: Mapping[str, object]) -> WeightsFacts:
    """Return what a header that was read by `read_header` says; odd entries count as tensors without a shape."""
    dtypes: Counter[str] = Counter()
    ranks: set[int] = set()
    parameters = 0
    tensors = [(name, cast("dict[str, object]", entry)) for name, entry in header.items() if name != METADATA]
    names: list[str] = []
    for name, entry in sorted(tensors, key=itemgetter(0)):
        shape, dtype = _shape(entry.get("shape")), str(entry.get("dtype"))[:_LONGEST_DTYPE]
        dtypes[dtype] += 1
        parameters += prod(shape) if shape else 0
        if shape and _DOWN.search(name):
            ranks.add(shape[0])
        if len(names) < MOST_NAMES:
            sides = " \N{MULTIPLICATION SIGN} ".join(map(str, shape))
            names.append(f"{name[:_LONGEST_NAME]}  {sides}  {dtype}")
    return WeightsFacts(
        len(tensors), parameters, tuple(sorted(ranks))[:_MOST_RANKS], tuple(dtypes.most_common(_MOST_RANKS)),
        tuple(names), len(tensors) - len(names),
    )


def _shape(value: object) -> tuple[int, ...]:
    """Return a shape of at most eight sides that are whole numbers; () for anything else."""
    sides = cast("list[object]", value) if isinstance(value, list) else []
    if len(sides) > _MOST_SIDES:
        return ()
    whole = [side for side in sides if isinstance(side, int) and not isinstance(side, bool)]
    return tuple(whole) if len(whole) == len(sides) and all(0 <= side < _LARGEST_SIDE for side in whole) else ()


def _check_tensors(header: dict[str, object], room: int) -> None:
    end = 0
    for name, entry in header.items():
        if name == METADATA:
            continue
        offsets: object = cast("dict[str, object]", entry).get("data_offsets") if isinstance(entry, dict) else None
        if not isinstance(offsets, list):
            raise _bad(_("A tensor has no position."))
        places = cast("list[object]", offsets)
        numbers = [place for place in places if isinstance(place, int) and not isinstance(place, bool)]
        if len(numbers) != 2 or len(places) != 2 or not 0 <= numbers[0] <= numbers[1] <= room:  # noqa: PLR2004
            raise _bad(_("A tensor lies outside the file."))
        end = max(end, numbers[1])
    if end != room:
        raise _bad(_("Its tensors do not fill the file."))


def _bad(why: str) -> StudioError:
    return StudioError(
        _("This safetensors file is incomplete."), _("Download it again."), why,
    )
