"""Sorting the photos, and the filters that were saved: two buttons beside the search box, and their actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from segmind_studio.core.datasets import Check, Finding, Photo, Severity
from segmind_studio.core.likeness import PictureMeasures, all_but_the_best, likeness_ranks
from segmind_studio.core.photo_order import PhotoOrder
from segmind_studio.services.images.picture_measures import PictureMeasurer
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.data.widgets import DataWidgets
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.tips import plain_tip
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
        self._findings: tuple[tuple[Finding, ...], str] = ((), "")
        self._asked: tuple[Photo, ...] = ()  # the photos that are measured
        self._measurer: PictureMeasurer | None = None
        actions.checks.toggled.connect(self._measure)
        parts.filters.filtered.connect(self._measure)
        parts.datasets.dataset_changed.connect(self._measure)
        self._sort()
        self._follow()

    def show_findings(self, findings: tuple[Finding, ...], trigger_word: str) -> None:
        """Show these findings in the drawer, and those about likeness as far as the photos are measured."""
        self._findings = findings, trigger_word
        self._show_checks()

    def _show_checks(self) -> None:
        parts, (findings, trigger_word) = self._parts, self._findings
        dataset = parts.datasets.dataset
        more: Iterator[Finding] = iter(())
        if self._measurer is not None:
            copies = {name for found in findings if found.check == Check.DUPLICATE for name in found.photo_ids}
            others = [photo for photo in dataset.used if photo.photo_id not in copies]
            more = near_duplicates(self._measurer.groups(others), self._measurer.of(others))
        parts.drawer.set_findings((*findings, *more), dataset, trigger_word)

    @property
    def _needed(self) -> bool:
        """Return whether something that is shown needs the photos measured."""
        actions = self._parts.actions
        return (
            actions.checks.isChecked() or "sharp:" in self._parts.filters.filter.search
            or actions.orders[PhotoOrder.SHARPNESS].isChecked() or actions.orders[PhotoOrder.LIKENESS].isChecked()
        )

    @Slot()
    def _measure(self) -> None:
        """Measure the photos of the dataset when that is needed; an answer follows also when all are known."""
        photos = self._parts.datasets.dataset.photos
        if photos is self._asked or not self._needed:
            return
        self._asked = photos
        if self._measurer is None:
            self._measurer = self._parts.thumbnails.measurer
            self._measurer.changed.connect(self._show_measures)
        self._measurer.measure(photos)

    @Slot()
    def _show_measures(self) -> None:
        if self._measurer is None:
            return
        photos = self._parts.datasets.dataset.photos
        known, groups = self._measurer.of(photos), self._measurer.groups(photos)
        self._parts.model.set_measured({
            PhotoOrder.SHARPNESS: {name: found.sharpness for name, found in known.items()},
            PhotoOrder.LIKENESS: likeness_ranks([photo.photo_id for photo in group] for group in groups),
        })
        self._show_checks()

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
        self._measure()
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


def near_duplicates(groups: Iterable[Sequence[Photo]], known: Mapping[str, PictureMeasures]) -> Iterator[Finding]:
    """Yield the finding about photos that look nearly alike, with the photos that may go; none without them."""
    extra = tuple(name for group in groups for name in all_but_the_best(group, known))
    if extra:
        words = ngettext(
            "{count} photo looks nearly like another one.", "{count} photos look nearly like others.",
            len(extra),
        )
        yield Finding(
            Check.NEAR_DUPLICATE, Severity.SHOULD, words.format(count=len(extra)),
            _("Nearly the same photo teaches the same again. Of each group the largest and sharpest stays."),
            extra,
        )


def _menu_button(text: str, icon_name: str, menu: QMenu, name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setIcon(icon(icon_name, "muted"))
    button.setToolTip(plain_tip(text))
    button.setAccessibleName(text)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return button
