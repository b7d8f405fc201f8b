"""Read captions out of what other trainers keep them in: JSON beside a photo, and tables that name the photos.

Tables are Hugging Face's `metadata.jsonl` and `metadata.csv` (file_name, text), any CSV with columns for file and
caption, and the `meta.json` of kohya's scripts (by file, with caption or tags). What is none of these gives none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from segmind_studio.core.errors import CancelledError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.dataset.captions import MAX_CAPTION_BYTES, Caption, clean_caption, decode_texts

MAX_TABLE_BYTES = 4_000_000  # 10,000 long captions
_MAX_ROWS = 20_000
_TEXT_KEYS = ("caption", "text", "prompt", "description", "tags")  # the first that holds words
_FILE_KEYS = ("file_name", "filename", "file", "image", "image_file", "image_path", "path", "name", "img")
_CHECKED_ROWS = 256  # between two looks at whether the person gave up
_Row = tuple[str, str]


def caption_in(data: bytes) -> Caption | None:
    """Give the caption in the JSON beside one photo; None when it holds none."""
    texts = [text for reading in next(decode_texts([data])) if (text := _one_text(_loaded(reading)))]
    return Caption(texts[0], tuple(dict.fromkeys(texts[1:]))) if texts else None


def rows_in(data: bytes, suffix: str, cancelled: Callable[[], bool]) -> list[tuple[str, Caption]]:
    """Give file names with captions, also empty and endless ones, in order; nothing when it is no such table.

    CancelledError when the person gives up.
    """
    read = {".jsonl": _json_lines, ".json": _json_table}.get(suffix, _csv_rows)
    first, *more = next(decode_texts([data], cancelled))
    rows = _taken(read(first), cancelled)
    if not any(text for _name, text in rows):
        return []
    others = [_taken(read(reading), cancelled) for reading in more]
    others = [other for other in others if len(other) == len(rows)]
    return [
        (name, Caption(text, tuple(dict.fromkeys(t for other in others if (t := other[place][1]) != text))))
        for place, (name, text) in enumerate(rows)
    ]


def _taken(rows: Iterator[_Row], cancelled: Callable[[], bool]) -> list[_Row]:
    result: list[_Row] = []
    for place, (name, text) in enumerate(rows):
        if place >= _MAX_ROWS:
            break
        if place % _CHECKED_ROWS == 0 and cancelled():
            raise CancelledError
        name = name.replace("\\", "/").strip()  # noqa: PLW2901  # written on Windows
        if name:
            result.append((name, text))
    return result


def _json_lines(text: str) -> Iterator[_Row]:
    for line in io.StringIO(text, newline=None):
        yield from _rows_of(_loaded(line))


def _json_table(text: str) -> Iterator[_Row]:
    loaded = _loaded(text)
    if isinstance(loaded, list):
        for item in cast("list[Any]", loaded):
            yield from _rows_of(item)
    elif isinstance(loaded, dict):
        for name, value in cast("dict[str, Any]", loaded).items():
            yield name, _one_text(value)


def _csv_rows(text: str) -> Iterator[_Row]:
    head = text.partition("\n")[0]
    mark = max(",;\t|", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        columns = [column.strip().casefold() for column in next(reader, list[str]())]
        files = [columns.index(key) for key in _FILE_KEYS if key in columns]
        texts = [columns.index(key) for key in _TEXT_KEYS if key in columns]
        if files and texts:
            for row in reader:
                if len(row) > files[0]:
                    words = (row[place] for place in texts if place < len(row) and row[place].strip())
                    yield row[files[0]], _clean(next(words, ""))
    except csv.Error:  # a field too long, a quote without an end: what came before it counts
        return


def _rows_of(value: Any) -> Iterator[_Row]:
    if isinstance(value, dict):
        row = _lowered(cast("dict[str, Any]", value))
        name = next((row[key] for key in _FILE_KEYS if isinstance(row.get(key), str)), "")
        if name:
            yield name, _one_text(row)


def _one_text(value: Any) -> str:
    if isinstance(value, dict):
        row = _lowered(cast("dict[str, Any]", value))
        value = next((row[key] for key in _TEXT_KEYS if isinstance(row.get(key), str) and row[key].strip()), "")
    return _clean(value) if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """Give a caption cleaned; one that is too long to be taken stays as it is, since cleaning takes long too."""
    return clean_caption(text) if len(text) <= MAX_CAPTION_BYTES else text


def _lowered(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key.casefold(): value for key, value in row.items()}


def _loaded(text: str) -> Any:
    try:
        return decoded_json(text)
    except ValueError:
        return None
