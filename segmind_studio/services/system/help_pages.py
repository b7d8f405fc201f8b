"""The help pages: Markdown files in `resources/help`, one for each place and some more, read and searched.

Kept apart: it reads files and needs no Qt; the dialog calls it on a worker thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from segmind_studio.core.errors import StudioError
from segmind_studio.record import record
from segmind_studio.resources import resource
from segmind_studio.texts import _, used_code

ORDER = ("start", "data", "train", "runs", "try", "settings", "money", "practice", "privacy")
SUFFIX = ".md"
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_MARKS = re.compile(r"[*`#]|\]\([^)]*\)|\[|^[-0-9.]+ ", re.MULTILINE)
_IN_THE_TITLE = 100  # how much more a word in the title counts than one in the text


@record
class HelpPage:
    """One page. `page_id` is a place of the window or a subject; `markdown` begins with the title as a heading."""

    page_id: str
    title: str
    markdown: str

    @property
    def plain(self) -> str:
        """Return its text without the marks of Markdown, for searching."""
        return _MARKS.sub("", self.markdown)


def read_pages(folder: Path | None = None, language: str = "") -> tuple[HelpPage, ...]:
    """Return all pages in order, each in the language if it was translated (`help/LANGUAGE/…`), else in English.

    Blocking. StudioError when one is missing.
    """
    language = language or used_code()
    try:
        root = folder or resource("help")
        return tuple(_page(root, page_id, language) for page_id in ORDER)
    except OSError as error:
        raise StudioError(
            _("The help pages could not "
              "be read."), _("Some files of the app are damaged. Install Segmind "
                                                   "Studio again."),
            type(error).__name__,
        ) from error


def _page(root: Path, page_id: str, language: str) -> HelpPage:
    own = root / language / f"{page_id}{SUFFIX}"
    text = (own if own.is_file() else root / f"{page_id}{SUFFIX}").read_text(encoding="utf-8")
    title = _TITLE.search(text)
    return HelpPage(page_id, title[1] if title else page_id, text)


def search_pages(pages: Sequence[HelpPage], query: str) -> tuple[HelpPage, ...]:
    """Return the pages that contain every word, those that say it most first; all for an empty query."""
    words = query.casefold().split()
    if not words:
        return tuple(pages)
    found: list[tuple[int, int, HelpPage]] = []
    for number, page in enumerate(pages):
        text, title = page.plain.casefold(), page.title.casefold()
        if all(word in text for word in words):
            often = sum(text.count(word) + _IN_THE_TITLE * (word in title) for word in words)
            found.append((-often, number, page))
    return tuple(item[-1] for item in sorted(found, key=lambda item: item[:2]))
