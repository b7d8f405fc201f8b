"""Sorting the photos, and the filters that were saved: two buttons beside the search box, and their actions."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from segmind_studio.core.datasets import Photo
from segmind_studio.core.photo_order import PhotoOrder
from segmind_studio.texts import _
from segmind_studio.ui.data.widgets import DataWidgets
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.theme.icons import icon

_MOST_SAVED = 20
_AROUND = "\"'()[],.;:!?"


class PhotoFinder(QObject):
    """Apply and remember the order; save, use and forget filters. Lives as long as the screen."""

    def __init__(self, parts: DataWidgets) -> None:
        super().__init__(parts.screen)
        self._parts = parts
        self._counted: tuple[tuple[Photo, ...], tuple[str, ...]] = ((), ())  # for which photos, and their words
        actions, settings = parts.actions, parts.settings.value
        self.saved_menu = QMenu(parts.screen)
        self.saved_menu.aboutToShow.connect(self._list_saved)
        sort_menu = QMenu(parts.screen)
        sort_menu.addActions(list(actions.orders.values()))
        sort_menu.addSeparator()
        sort_menu.addAction(actions.descending)
        parts.filters.add_tool(_menu_button(_("Saved filters"), "bookmark", self.saved_menu, "data.saved"))
        parts.filters.add_tool(_menu_button(_("Sort"), "arrow-down-narrow-wide", sort_menu, "data.sort"))
        known = {order.value: order for order in actions.orders}
        actions.orders[known.get(settings.photo_order, PhotoOrder.ADDED)].setChecked(True)
        actions.descending.setChecked(settings.photo_descending)
        for action in (*actions.orders.values(), actions.descending):
            action.toggled.connect(self._sort)
        actions.save_filter.triggered.connect(self._save)
        parts.filters.search.textChanged.connect(self._follow)
        parts.filters.search.set_vocabulary(self._vocabulary)
        self._sort()
        self._follow()

    def _vocabulary(self) -> tuple[str, ...]:
        photos = self._parts.datasets.dataset.photos
        if photos is not self._counted[0]:
            words = Counter(word.strip(_AROUND) for photo in photos for word in photo.caption.casefold().split())
            self._counted = (photos, tuple(word for word, _count in words.most_common() if word))
        return self._counted[1]

    @Slot()
    def _sort(self) -> None:
        actions = self._parts.actions
        order = next((order for order, action in actions.orders.items() if action.isChecked()), None)
        if order is None:  # between two toggles
            return
        descending = actions.descending.isChecked()
        self._parts.settings.update(photo_order=order.value, photo_descending=descending)
        self._parts.model.set_order(order, descending=descending)
        if (current := self._parts.grid.currentIndex()).isValid():
            self._parts.grid.scrollTo(current)

    @Slot()
    def _follow(self) -> None:
        query = self._parts.filters.search.text().strip()
        bad = self._parts.filters.search.error is not None
        self._parts.actions.save_filter.setEnabled(
            bool(query) and not bad and query not in self._parts.settings.value.saved_filters
        )

    @Slot()
    def _save(self) -> None:
        query = self._parts.filters.search.text().strip()
        saved = (query, *self._parts.settings.value.saved_filters)
        self._parts.settings.update(saved_filters=saved[:_MOST_SAVED])
        self._follow()

    @Slot()
    def _list_saved(self) -> None:
        menu = self.saved_menu
        menu.clear()
        menu.addAction(self._parts.actions.save_filter)
        saved = self._parts.settings.value.saved_filters
        if not saved:
            return
        menu.addSeparator()
        forget = QMenu(_("Forget"), menu)
        for query in saved:
            for target, slot in ((menu, self._use), (forget, self._forget)):
                action = finish_before(QAction(query.replace("&", "&&"), target))
                action.setData(query)
                action.triggered.connect(slot)
                target.addAction(action)
        menu.addSeparator()
        menu.addMenu(forget)

    @Slot()
    def _use(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._parts.filters.write(str(action.data()))

    @Slot()
    def _forget(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            kept = [query for query in self._parts.settings.value.saved_filters if query != action.data()]
            self._parts.settings.update(saved_filters=tuple(kept))
            self._follow()


def _menu_button(text: str, icon_name: str, menu: QMenu, name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setIcon(icon(icon_name, "muted"))
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return button
