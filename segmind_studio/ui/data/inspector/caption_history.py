"""The earlier texts of one caption: who wrote each, when it was replaced, and the choice to restore one."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from segmind_studio.core.datasets import PastCaption, Photo
from segmind_studio.formats import exact_time, relative_time
from segmind_studio.texts import _
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.style import mark, set_mark

_LONGEST = 60  # characters of a text in the menu; the whole is in its tooltip


class CaptionHistoryButton(QPushButton):
    """Offer the earlier texts of a photo's caption in a menu, newest first; hidden when there is none.

    Signals (GUI thread): restore_wanted(str, str), the photo's id and the text.
    """

    restore_wanted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Earlier captions"), parent)
        self.setObjectName("data.caption.history")
        mark(self, kind="quiet")
        set_mark(self, "menu", "true")
        self._photo: Photo | None = None
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self.fill)
        self.setMenu(self._menu)
        self.hide()

    def show_photo(self, photo: Photo) -> None:
        """Offer the earlier texts of this photo's caption."""
        self._photo = photo
        self.setVisible(bool(self._offered))

    @property
    def _offered(self) -> tuple[PastCaption, ...]:
        photo = self._photo
        return () if photo is None else tuple(p for p in reversed(photo.caption_past) if p.text != photo.caption)

    @Slot()
    def fill(self) -> None:
        """Write the menu anew; their ages are those of now."""
        self._menu.clear()
        if self._photo is None:
            return
        now_by = {
            "file": _("Current: from file"), "model": _("Current: from a "
                                                        "model"), "person": _("Current: written "
                                                                                          "by you"),
        }
        now = QAction(now_by[self._photo.caption_by], self._menu)
        now.setEnabled(False)
        self._menu.addAction(now)
        for past in self._offered:
            line = " ".join(past.text.split())
            line = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
            by = {
                "file": _("From file, until {when}: {text}"), "model": _("From a model, until {when}: {text}"),
            }
            words = by.get(past.by, _("By you, until {when}: {text}"))
            words = words.format(when=relative_time(past.at, time.time()), text=line)
            action = finish_before(QAction(words.replace("&", "&&"), self._menu))
            action.setToolTip(plain_tip(f"{exact_time(past.at)}\n{past.text}"))
            action.setData(past.text)
            action.triggered.connect(self._restore)
            self._menu.addAction(action)

    @Slot()
    def _restore(self) -> None:
        action = self.sender()
        if isinstance(action, QAction) and self._photo is not None:
            self.restore_wanted.emit(self._photo.photo_id, str(action.data()))
