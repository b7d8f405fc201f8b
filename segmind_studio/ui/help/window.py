"""The help window: a list of pages that is searched as one types, and the page beside it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.errors import StudioError
from segmind_studio.services.system.help_pages import HelpPage, read_pages, search_pages
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _
from segmind_studio.ui.assistive import announce
from segmind_studio.ui.help.page_view import HelpPageView
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.parts.sight import open_at
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import Theme
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_ICON = 18  # logical pixels
_SIZE = (860, 640)
_SIDE = 220
_PAGE = Qt.ItemDataRole.UserRole
_ICONS = {
    "start": "house", "data": "images", "train": "sliders-horizontal", "runs": "activity", "try": "wand-sparkles",
    "settings": "settings", "money": "wallet", "practice": "flask-conical", "privacy": "lock",
}


class HelpWindow(QWidget):
    """A window of its own, so that it can be read beside the work. Escape closes it; it is made once.

    The pages are read in the background when it is first needed.
    """

    def __init__(self, tasks: TaskRunner, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("help")
        self.setWindowTitle(_("Help"))
        open_at(self, *_SIZE)
        self._pages: tuple[HelpPage, ...] = ()
        self._wanted = ""
        self._search = SearchField(_("Search help"))
        self._search.setObjectName("help.search")
        self._search.setPlaceholderText(_("Search"))
        self._list = mark(QListWidget(), kind="bare")
        self._list.setObjectName("help.pages")
        self._list.setIconSize(QSize(_ICON, _ICON))
        self._list.setAccessibleName(_("Pages"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = text_label(_("No page contains all these words."), "muted")
        self._nothing.hide()
        self._view = HelpPageView(theme)
        self._view.setObjectName("help.page")
        side = mark(QFrame(), surface="rail")
        side.setFixedWidth(_SIDE)
        left = QVBoxLayout(side)
        left.setContentsMargins(SPACE_M, SPACE_L, SPACE_M, SPACE_M)
        left.setSpacing(SPACE_M)
        left.addWidget(self._search)
        left.addWidget(self._nothing)
        left.addWidget(self._list, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(self._view, 1)
        self._search.textChanged.connect(self._find)
        self._search.done.connect(self._list.setFocus)
        self._list.currentItemChanged.connect(self._show_current)
        self._view.page_wanted.connect(self.show_page)
        tasks.run(read_pages, self._fill, self._fail)

    @property
    def page(self) -> str:
        """Return the id of the page that is shown, "" for none."""
        return self._list.currentItem().data(_PAGE).page_id if self._list.currentRow() >= 0 else ""

    @Slot(str)
    def show_page(self, page_id: str) -> None:
        """Show a page, now or when it is read; it is listed even if it does not fit the search."""
        self._wanted = page_id
        if self._pages and not self._select(page_id):
            self._search.clear()
            self._select(page_id)

    def open_at(self, page_id: str) -> None:
        """Show the window in front with this page."""
        self.show_page(page_id)
        self.show()
        self.raise_()
        self.activateWindow()
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _fill(self, pages: tuple[HelpPage, ...]) -> None:
        self._pages = pages
        self._find(self._search.text())
        self.show_page(self._wanted)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._nothing.setText(str(error))
        self._nothing.show()

    def _select(self, page_id: str) -> bool:
        for row in range(self._list.count()):
            if self._list.item(row).data(_PAGE).page_id == page_id:
                self._list.setCurrentRow(row)
                return True
        return False

    @Slot(str)
    def _find(self, query: str) -> None:
        found = search_pages(self._pages, query)
        self._list.clear()
        for page in found:
            item = QListWidgetItem(icon(_ICONS[page.page_id], "muted"), page.title)
            item.setData(_PAGE, page)
            self._list.addItem(item)
        self._nothing.setVisible(bool(self._pages) and not found)
        self._list.setCurrentRow(0)
        if not found:
            self._view.show_page("")
            announce(self._nothing, self._nothing.text())

    @Slot()
    def _show_current(self) -> None:
        if self._list.currentRow() < 0:
            return
        page: HelpPage = self._list.currentItem().data(_PAGE)
        self._view.setAccessibleName(page.title)
        self._view.show_page(page.markdown, tuple(self._search.text().split()))

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
