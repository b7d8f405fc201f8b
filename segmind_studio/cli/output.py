"""What the command line prints: text for people, a JSON object a line for programs, bars and questions.

Results go to standard output; notes, bars, questions and errors to standard error.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import IO, TextIO, cast
from unicodedata import category, east_asian_width

from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.core.errors import StudioError
from segmind_studio.core.masks import masked_text
from segmind_studio.core.texts import line_of, printable
from segmind_studio.texts import _

Advance = Callable[[int, int | None], None]  # done, and the total, None while it is not known
PROGRESS_EVERY_S = 1.0  # between two lines of JSON
_LONGEST_CELL = 200  # characters
_NO_WIDTH = frozenset({"Mn", "Me", "Cf"})  # combining and invisible signs, by their category
_WIDE = frozenset({"F", "W"})
_OBEYED = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # and what JSON escapes by itself


class CommandError(StudioError):
    """A command cannot go on, and ends with `code`."""

    def __init__(self, code: ExitCode, title: str, advice: str = "", detail: str = "") -> None:
        super().__init__(title, advice, detail)
        self.code = code


class _LastingStream(io.TextIOBase):
    """A stream to print to, which never raises: after the first error it drops what is written."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self.lost = False

    @property
    def encoding(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]  # a property there too
        return getattr(self._stream, "encoding", None) or "utf-8"

    def write(self, text: str, /) -> int:
        if self._stream and not self.lost:
            try:
                self._stream.write(text)
            except (OSError, ValueError):  # the reader is gone, the disk is full, or the stream is closed
                self._lose()
        return len(text)

    def flush(self) -> None:
        if self._stream and not self.lost:
            try:
                self._stream.flush()
            except (OSError, ValueError):
                self._lose()

    def isatty(self) -> bool:
        return bool(self._stream) and not self.lost and self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def _lose(self) -> None:
        """Drop what the stream has not written either: Python writes that at its end, and would fail there."""
        self.lost = True
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            try:
                os.dup2(nowhere, self._stream.fileno())
            finally:
                os.close(nowhere)


class Output:
    """Print for one command. `secrets` returns the keys that this process knows: none is ever printed.

    What cannot be printed stops no work: it is dropped, and `lost` tells it.
    """

    def __init__(
        self, *, as_json: bool = False, quiet: bool = False, secrets: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.as_json = as_json
        self._quiet = quiet
        self._secrets = secrets
        self._out, self._err, self._in = _LastingStream(sys.stdout), _LastingStream(sys.stderr), sys.stdin

    @property
    def lost(self) -> bool:
        """Return whether a result could not be printed: its reader is gone, or the disk is full."""
        return self._out.lost

    def event(self, event: str, /, **fields: object) -> None:
        """Print a line of JSON; nothing where people read."""
        if self.as_json:
            line = json.dumps({"event": event, **fields}, ensure_ascii=False, default=str)
            self._print(_OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", line), self._out)

    def line(self, text: str) -> None:
        """Print a result for people."""
        if not self.as_json:
            self._print(text, self._out)

    def note(self, text: str) -> None:
        """Print what helps people to follow."""
        if not (self.as_json or self._quiet):
            self._print(text, self._err)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print columns; the head only if there are rows."""
        if self.as_json or not rows:
            return
        shown = [[line_of(cell, _LONGEST_CELL) for cell in row] for row in (head, *rows)]
        widths = [max(_columns(row[place]) for row in shown) for place in range(len(head))]
        for row in shown:
            cells = (cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True))
            self._print("  ".join(cells).rstrip(), self._out)

    def error(self, error: StudioError, code: ExitCode) -> None:
        """Print why the command ends."""
        self.event(
            "error", exit_code=int(code), title=error.title, advice=error.advice, detail=error.detail,
        )
        if not self.as_json:
            self._print(f"segmind-studio: {error}", self._err)
            if error.detail:
                self._print(error.detail, self._err)

    def confirm(self, question: str) -> bool:
        """Ask for the word "yes" on a terminal. CommandError where nobody can be asked."""
        if not (self._in.isatty() and self._err.isatty()):
            raise CommandError(
                ExitCode.NOT_CONFIRMED, _("Nothing was paid: the price was not confirmed."),
                _("Add --yes to confirm the price."),
            )
        word = _("yes")
        self._err.write(self._safe(question) + " " + _("Type “{word}” to continue:").format(word=word) + " ")
        self._err.flush()
        return self._in.readline().strip().casefold() in {word.casefold(), "yes"}

    @contextlib.contextmanager
    def progress(self, title: str, *, in_bytes: bool = False) -> Generator[Advance]:
        """Show a bar on a terminal while something runs; as JSON a line each second at most."""
        if self.as_json:
            yield self._json_progress(title)
        elif self._quiet or not self._err.isatty():
            yield _no_progress
        else:
            err = cast("IO[str]", self._err)
            with _bar(line_of(title, _LONGEST_CELL), in_bytes=in_bytes, err=err) as advance:
                yield advance

    def _json_progress(self, title: str) -> Advance:
        last = 0.0

        def advance(done: int, total: int | None) -> None:
            nonlocal last
            now = time.monotonic()
            if done == total or now - last >= PROGRESS_EVERY_S:
                last = now
                self.event("progress", what=title, done=done, total=total)

        return advance

    def _print(self, text: str, stream: _LastingStream) -> None:
        encoding = stream.encoding
        stream.write(self._safe(text).encode(encoding, "replace").decode(encoding) + "\n")
        stream.flush()

    def _safe(self, text: str) -> str:
        """Return a text without keys, and without what a terminal obeys; a file's name can hold both."""
        return printable(masked_text(text, self._secrets()))


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese and Japanese letters take two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if category(sign) in _NO_WIDTH else 1 + (east_asian_width(sign) in _WIDE) for sign in text
    )


def _no_progress(_done: int, _total: int | None) -> None:
    """Show nothing."""


@contextlib.contextmanager
def _bar(title: str, *, in_bytes: bool, err: IO[str]) -> Generator[Advance]:
    from rich.console import Console  # noqa: PLC0415  # slow, and for terminals only
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    counts = DownloadColumn() if in_bytes else MofNCompleteColumn()
    shown = TextColumn("{task.description}", markup=False)
    with Progress(shown, BarColumn(), counts, console=Console(file=err), transient=True) as bars:
        task = bars.add_task(title, total=None)

        def advance(done: int, total: int | None) -> None:
            bars.update(task, completed=done, total=total)

        yield advance
