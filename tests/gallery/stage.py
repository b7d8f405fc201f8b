"""The window of a session, with the few things that surfaces do to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QContextMenuEvent, QImage
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFileDialog, QMenu, QScrollArea, QWidget

from segmind_studio.ui.data.overlay import Overlay
from segmind_studio.ui.palette.palette import CommandPalette
from tests.gallery.session import Session

OPENS_MS = 40
OPENS_LOOKS = 30
OVERLAP = 40  # pixels that two pages of one length share


class Stage:
    """The window, with the few things that surfaces do to it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.window = session.window
        self.studio = session.studio
        self.later: list[Callable[[], object]] = []  # what is undone before the next surface

    def go(self, place: str) -> QWidget:
        """Show a place, as it is when nothing is done in it."""
        self.window.show_place(place)
        self.session.pause(10)
        return self.window

    def actions(self, place: str) -> dict[str, QAction]:
        """Return a place's actions by the names that they have in the code."""
        made = self.studio._actions()
        owners: Sequence[object] = {
            "data": (made.photos,), "runs": (made.runs,), "try": (made.pictures, made.pictures.judging),
            "train": (made.train,), "window": (self.window.commands,), "settings": (made,),
        }.get(place, ())
        found: dict[str, QAction] = {}
        for owner in owners:
            names = getattr(owner, "__dict__", None) or getattr(type(owner), "__dataclass_fields__", {})
            for name in names:
                action = getattr(owner, name, None)
                if isinstance(action, QAction) and not name.startswith("_"):
                    found[name] = action
        return found

    def select_photos(self, *rows: int) -> None:
        """Select photos of the open dataset by their place; none deselects."""
        data = self.studio._data
        photos = self.session.services.datasets.dataset.photos
        names = [photos[row].photo_id for row in rows if row < len(photos)]
        data._parts.grid.select(frozenset(names), names[0] if names else "")

    def select_runs(self, *numbers: int) -> None:
        """Select runs by their numbers in `worlds`."""
        runs = self.studio._runs_place
        ids = tuple(f"{number:032x}" for number in numbers)
        if len(ids) == 1:
            runs.list.select(ids[0])
        else:
            runs.list.table.select_runs(ids)
        self.session.pause(80)

    def open(self, action: QAction) -> QWidget | None:
        """Trigger an action; return the dialog or the view over the window that it opens."""
        if not action.isEnabled():
            return None
        before = set(self._above())
        action.trigger()
        for _ in range(OPENS_LOOKS):
            found = [one for one in self._above() if one not in before]
            if found:
                return None if isinstance(found[-1], QFileDialog) else self._seen(found[-1])
            self.session.pause(OPENS_MS)
        return None

    def _seen(self, top: QWidget) -> QWidget:
        return top if top.isWindow() else self.window

    def _above(self) -> list[QWidget]:
        tops = [
            top for top in QApplication.topLevelWidgets()
            if top.isVisible() and top is not self.window and not isinstance(top, QMenu)
        ]
        kinds = (Overlay, CommandPalette)
        return tops + [view for kind in kinds for view in self.window.findChildren(kind) if view.isVisible()]

    def menu(self, open_it: Callable[[], object]) -> QWidget | None:
        """Return a menu that a call shows, also where the call returns only when that is closed."""
        found: list[Still] = []

        def look() -> None:
            popup = QApplication.activePopupWidget()
            if popup is not None and not found:
                timer.stop()
                found.append(Still(self.session.picture(popup)))
                popup.close()

        timer = QTimer()
        timer.timeout.connect(look)
        timer.start(OPENS_MS)
        open_it()
        for _ in range(OPENS_LOOKS):
            if found:
                break
            self.session.pause(OPENS_MS)
        timer.stop()
        return found[0] if found else None

    def context_menu(self, view: QAbstractItemView, row: int) -> QWidget | None:
        """Return the menu of a row."""
        index = view.model().index(row, 0)
        view.scrollTo(index)
        spot = view.visualRect(index).center()

        def ask() -> None:
            event = QContextMenuEvent(
                QContextMenuEvent.Reason.Mouse, spot, view.viewport().mapToGlobal(spot),
            )
            QApplication.sendEvent(view.viewport(), event)

        return self.menu(ask)

    def scroll(self, pages: int) -> bool:
        """Scroll the page of the place by so many heights; False when it is not that long."""
        areas = [area for area in self.window.findChildren(QScrollArea) if area.isVisible()]
        area = max(areas, key=lambda area: area.verticalScrollBar().maximum(), default=None)
        if area is None:
            return False
        bar, step = area.verticalScrollBar(), area.viewport().height() - OVERLAP
        if bar.maximum() <= (pages - 1) * step:
            return False
        bar.setValue(pages * step)
        self.later.append(lambda: bar.setValue(0))
        return True

    def clear(self) -> None:
        """Close everything that lies over the window, and show no selection."""
        while self.later:
            self.later.pop()()
        for top in self._above():
            top.close() if top.isWindow() else top.hide()
        if self.studio._slots["runs"].is_built and self.studio._runs_place.comparing:
            self.studio._runs_place._close_comparison()
        self.session.pause(10)


class Still(QWidget):
    """A picture that was taken already, where what it shows is gone."""

    def __init__(self, image: QImage) -> None:
        super().__init__()
        self.image = image
