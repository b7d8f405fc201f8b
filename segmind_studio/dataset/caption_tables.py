"""Read captions from the formats of other trainers: JSON beside a photo, and tables that name the photos.

Tables are Hugging Face's `metadata.jsonl` and `metadata.csv` (file_name, text), any CSV with columns for file and
caption, and the `meta.json` of kohya's scripts (by file, with caption or tags). JSON beside a photo is that of
ai-toolkit, of qapyq (several captions and tags, each by a name) and of gallery-dl (a list of tags). Other content
gives no captions.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from segmind_studio.core.errors import CancelledError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.dataset.captions import MAX_CAPTION_BYTES, Caption, clean_caption, decode_texts
from segmind_studio.record import record
from segmind_studio.texts import _

MAX_TABLE_BYTES = 4_000_000  # 10,000 long captions
MAX_ROWS = 20_000
# The first one with text is used.
_TEXT_KEYS = ("caption", "captions", "text", "prompt", "description", "tags", "tag_string")
_TAGS = "tags"  # a list of them is one caption; of another list, the first text is
_FILE_KEYS = ("file_name", "filename", "file", "image", "image_file", "image_path", "path", "name", "img")
_CHECKED_ROWS = 256  # between two checks for a cancel
_MOST_BROKEN = 100  # lines of a CSV; each may make the reader search to the end for a quote
_QUOTE_END = "end"  # a line appended to another: a row of its own unless a quote is open
_Row = tuple[str, str, str]  # the photo's name, "" when it cannot be known; the text; where it was found


@record
class Table:
    """File names with captions in order, also empty and too long ones; no rows when it is no such table.

    `lost` are the places that cannot be read ("line 3"), `cut` is True when there are more than MAX_ROWS.
    """

    rows: tuple[tuple[str, Caption], ...] = ()
    lost: tuple[str, ...] = ()
    cut: bool = False


def caption_in(data: bytes) -> Caption | None:
    """Return the caption in the JSON beside one photo, None without one."""
    texts = [text for reading in next(decode_texts([data])) if (text := _one_text(_loaded(reading)))]
    return Caption(texts[0], tuple(dict.fromkeys(texts[1:]))) if texts else None


def table_in(data: bytes, suffix: str, cancelled: Callable[[], bool]) -> Table:
    """Return the rows of a table; CancelledError on a cancel."""
    read = {".jsonl": _json_lines, ".json": _json_table}.get(suffix, _csv_rows)
    first, *more = next(decode_texts([data], cancelled))
    table = _taken(read(first), cancelled)
    if not any(caption.text for _name, caption in table.rows):
        return Table()
    others = [_taken(read(reading), cancelled).rows for reading in more]
    others = [other for other in others if len(other) == len(table.rows)]
    rows = tuple(
        (name, Caption(caption.text, tuple(dict.fromkeys(
            text for other in others if (text := other[place][1].text) != caption.text
        ))))
        for place, (name, caption) in enumerate(table.rows)
    )
    return Table(rows, table.lost, table.cut)


def _taken(rows: Iterator[_Row], cancelled: Callable[[], bool]) -> Table:
    result: list[tuple[str, Caption]] = []
    lost: list[str] = []
    for number, (name, text, place) in enumerate(rows):
        if number >= MAX_ROWS:
            return Table(tuple(result), tuple(lost), cut=True)
        if number % _CHECKED_ROWS == 0 and cancelled():
            raise CancelledError
        name = name.replace("\\", "/").strip()  # noqa: PLW2901  # written on Windows
        if name:
            result.append((name, Caption(text)))
        else:
            lost.append(place)
    return Table(tuple(result), tuple(lost))


def _json_lines(text: str) -> Iterator[_Row]:
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if line.strip():
            yield from _rows_of(_loaded(line), f"line {number}")


def _json_table(text: str) -> Iterator[_Row]:
    loaded = _loaded(text)
    if isinstance(loaded, list):
        for number, item in enumerate(cast("list[Any]", loaded), 1):
            yield from _rows_of(item, f"entry {number}")
    elif isinstance(loaded, dict):
        for number, (name, value) in enumerate(cast("dict[str, Any]", loaded).items(), 1):
            yield name, _one_text(value), f"entry {number}"


def _csv_rows(text: str) -> Iterator[_Row]:
    head = text.partition("\n")[0]
    mark = max(",;\t|", key=head.count)
    rows = _cells(list(io.StringIO(text, newline="")), mark)
    columns = [column.strip().casefold() for column in next(rows, (list[str](), ""))[0]]
    files = [columns.index(key) for key in _FILE_KEYS if key in columns]
    texts = [columns.index(key) for key in _TEXT_KEYS if key in columns]
    if not files or not texts:
        return
    last = len(columns) - 1
    for cells, place in rows:
        row = cells
        if any(map(str.strip, cells[last + 1 :])):
            # A text with commas but without quotes: the cells are no longer below their headings.
            row = [*cells[:last], mark.join(cells[last:])] if last in texts else []
        name = row[files[0]] if files[0] < len(row) else ""
        words = next((row[at] for at in texts if at < len(row) and row[at].strip()), "")
        yield name, _clean(words), place


def _cells(lines: Sequence[str], mark: str) -> Iterator[tuple[list[str], str]]:
    """Yield the rows that are not empty, with their places; without cells where a line cannot be read.

    An invalid line is read alone: a quote without an end would include the lines after it.
    """
    at = 0
    for _broken in range(_MOST_BROKEN):
        reader, read = csv.reader(lines[at:], delimiter=mark, strict=True), 0
        try:
            for row in reader:
                if any(map(str.strip, row)):
                    yield row, _("line {number}").format(number=at + read + 1)
                read = reader.line_num
        except csv.Error:
            at += read + 1
            yield _one_line(lines[at - 1], mark), _("line {number}").format(number=at)
        else:
            return
    yield [], _("line {number} and all lines after it").format(number=at + 1)


def _one_line(line: str, mark: str) -> list[str]:
    """Return the cells of one line, whose texts may contain single quotes; none when a quote stays open."""
    try:
        row, *closed = csv.reader((line, _QUOTE_END), delimiter=mark)
    except csv.Error:  # a field too long
        return []
    return row if closed else []


def _rows_of(value: Any, place: str) -> Iterator[_Row]:
    row = _lowered(cast("dict[str, Any]", value)) if isinstance(value, dict) else {}
    name = next((row[key] for key in _FILE_KEYS if isinstance(row.get(key), str)), "")
    text = _one_text(row)
    if name or text or not row:  # a row about something else has nothing to lose
        yield name, text, place


def _one_text(value: Any) -> str:
    """Return the text of a photo in JSON: a text itself, or what one of the keys has."""
    if isinstance(value, dict):
        row = _lowered(cast("dict[str, Any]", value))
        value = next((text for key in _TEXT_KEYS if (text := _text_of(row.get(key), key)).strip()), "")
    return _clean(value) if isinstance(value, str) else ""


def _text_of(value: Any, key: str) -> str:
    """Return the text that a key has: itself, the first of a list or of texts by name, or all tags of a list."""
    if isinstance(value, dict):
        row = _lowered(cast("dict[str, Any]", value))
        value = [*(row[name] for name in _TEXT_KEYS if name in row), *row.values()]
        key = ""
    if isinstance(value, list):
        texts = [text for text in cast("list[Any]", value) if isinstance(text, str) and text.strip()]
        return ", ".join(texts) if key == _TAGS else next(iter(texts), "")
    return value if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """Return a clean caption; one that is too long is returned unchanged, since cleaning takes long too."""
    return clean_caption(text) if len(text) <= MAX_CAPTION_BYTES else text


def _lowered(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key.casefold(): value for key, value in row.items()}


def _loaded(text: str) -> Any:
    try:
        return decoded_json(text)
    except ValueError:
        return None
