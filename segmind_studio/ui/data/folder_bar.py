"""The bar that says what changed in the folders of the photos, with a button for each kind of change."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.services.datasets.folder_watch import FolderNews
from segmind_studio.texts import _, listed, ngettext, sentences
from segmind_studio.ui.parts import Banner


class FolderBar(Banner):
    """Show news of the folders until they are taken in or dismissed; hidden when there are none.

    Photos whose files are gone are first offered to be located: removing them takes their captions along.

    Signals (GUI thread): add_wanted(tuple[Path, ...]), new files; locate_wanted(tuple[Path, ...]), the files that
    seem to be those of lost photos; remove_wanted(tuple[str, ...]), photos by id; dismissed().
    """

    add_wanted = Signal(object)
    locate_wanted = Signal(object)
    remove_wanted = Signal(object)
    dismissed = Signal()

    def __init__(self, locate: QAction, parent: QWidget | None = None) -> None:
        super().__init__(Severity.INFO, parent=parent)
        self.setObjectName("data.folder_news")
        self._news = FolderNews()
        self._hidden_lost: frozenset[str] = frozenset()
        self._locate = locate
        self.follow, self.add, self.remove = QAction(self), QAction(self), QAction(self)
        self.leave = QAction(_("Not now"), self)
        self.follow.triggered.connect(self._follow)
        self.add.triggered.connect(self._add)
        self.remove.triggered.connect(self._remove)
        self.leave.triggered.connect(self._dismiss)
        self.hide()

    def show_news(self, news: FolderNews) -> None:
        """Show these; hide when nothing is new, or only what was dismissed."""
        self._news = news
        self._locate.setEnabled(bool(news.lost))
        hidden = frozenset(news.lost) == self._hidden_lost
        added, moved, gone = len(news.added), len(news.moved), 0 if hidden else len(news.gone)
        self.setVisible(bool(added or moved or gone))
        if self.isHidden():
            return
        parts = listed(
            words.format(count=count) for count, words in (
                (added, ngettext("{count} new photo", "{count} new photos", added)),
                # Translators: {count} is a number of photos whose files were moved or renamed.
                (moved, ngettext("{count} moved", "{count} moved", moved)),
                (gone, ngettext("{count} missing", "{count} missing", gone)),
            ) if count
        )
        more = sentences(
            _("Nothing is added or removed until you choose."),
            _("If you moved the files, locate them. Captions and edits are kept.") if moved or gone else "",
        )
        # Translators: {what} is such as “3 new photos”, or “3 new photos, 2 missing”.
        self.set_message(Severity.INFO, _("The folder has changed: {what}.").format(what=parts), more)
        for action, count, words in (
            (self.follow, moved, ngettext("Locate {count} photo", "Locate {count} photos", moved)),
            (self.add, added, ngettext("Add {count} photo", "Add {count} photos", added)),
            (self.remove, gone, ngettext(
                "Remove {count} missing photo", "Remove {count} missing photos", gone,
            )),
        ):
            action.setText(words.format(count=count))
        self.set_actions((
            *((self.follow,) if moved else ()), *((self._locate,) if gone else ()),
            *((self.add,) if added else ()), *((self.remove,) if gone else ()), self.leave,
        ))

    @Slot()
    def _follow(self) -> None:
        self.locate_wanted.emit(tuple(path for _photo_id, path in self._news.moved))

    @Slot()
    def _add(self) -> None:
        self.add_wanted.emit(self._news.added)

    @Slot()
    def _remove(self) -> None:
        self.remove_wanted.emit(self._news.gone)

    @Slot()
    def _dismiss(self) -> None:
        self._hidden_lost = frozenset(self._news.lost)
        self.dismissed.emit()
        self.hide()
