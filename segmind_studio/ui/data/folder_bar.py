"""The bar that says what changed in the folders of the photos, and offers to take it in or to locate them."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.services.datasets.folder_watch import FolderNews
from segmind_studio.texts import _, listed, ngettext, pgettext, sentences
from segmind_studio.ui.parts import Banner


class FolderBar(Banner):
    """Show news of the folders until they are taken in or dismissed; hidden when there are none.

    Signals (GUI thread): take_wanted(FolderNews), dismissed().
    """

    take_wanted = Signal(object)
    dismissed = Signal()

    def __init__(self, locate: QAction, parent: QWidget | None = None) -> None:
        super().__init__(Severity.INFO, parent=parent)
        self.setObjectName("data.folder_news")
        self._news = FolderNews()
        self._hidden_gone: tuple[str, ...] = ()
        self._locate = locate
        self.take = QAction(pgettext("new files found in a folder", "Add"), self)
        self.leave = QAction(_("Not now"), self)
        self.take.triggered.connect(self._take)
        self.leave.triggered.connect(self._dismiss)
        self.hide()

    def show_news(self, news: FolderNews) -> None:
        """Show these; hide when nothing is new, or only what was dismissed."""
        self._news = news
        gone = () if news.gone == self._hidden_gone else news.gone
        self._locate.setEnabled(bool(news.gone))
        self.setVisible(bool(news.added or gone))
        if not (news.added or gone):
            return
        added, lost = len(news.added), len(gone)
        parts = listed(
            words.format(count=count) for count, words in (
                (added, ngettext("{count} new photo", "{count} new photos", added)),
                (lost, ngettext("{count} missing", "{count} missing", lost)),
            ) if count
        )
        more = sentences(
            _("Nothing is added or removed until you choose."),
            _("If you moved the files, locate them. Captions and edits are kept.") if lost else "",
        )
        # Translators: {what} is such as “3 new photos”, or “3 new photos, 2 missing”.
        self.set_message(Severity.INFO, _("The folder has changed: {what}.").format(what=parts), more)
        self.take.setText(pgettext("new files found in a folder", "Add") if added else _("Remove missing photos"))
        self.set_actions((
            *((self.take,) if added else ()), *((self._locate,) if lost else ()),
            *(() if added else (self.take,)), self.leave,
        ))

    @Slot()
    def _take(self) -> None:
        self.take_wanted.emit(self._news)

    @Slot()
    def _dismiss(self) -> None:
        self._hidden_gone = self._news.gone
        self.dismissed.emit()
        self.hide()
