"""Sorting the photos, and the filters that were saved: two buttons beside the search box, and their actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from segmind_studio.core.check_reasons import with_reasons
from segmind_studio.core.datasets import Finding, PackageInfo, Photo
from segmind_studio.core.likeness import likeness_ranks
from segmind_studio.core.photo_order import MEASURED_ORDERS, PhotoOrder
from segmind_studio.core.photo_terms import needs_measures
from segmind_studio.core.picture_findings import parts_remark
from segmind_studio.core.picture_traits import scene_ranks
from segmind_studio.texts import _
from segmind_studio.ui.data.findings import ABOUT_THE_SET
from segmind_studio.ui.data.widgets import DataWidgets
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon

_MOST_SAVED = 20
_AROUND = "\"'()[],.;:!?"
_MANY = 1_000  # photos


class PhotoFinder(QObject):
    """Apply and remember the order; save, use and forget filters. Lives as long as the screen.

    Signals (GUI thread): found(), when `findings` changed.
    """

    found = Signal()

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
        for action in actions.orders.values():
            action.toggled.connect(self._sort_by)
        actions.descending.toggled.connect(self._sort)
        actions.save_filter.triggered.connect(self._save)
        parts.filters.search.textChanged.connect(self._follow)
        parts.filters.search.set_vocabulary(self._vocabulary)
        self._findings: tuple[PackageInfo, str] = (PackageInfo(), "")
        self.findings: tuple[Finding, ...] = ()  # but for those about the set
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._show_checks)
        self._wanted: Callable[[], bool] = bool
        self._theme: Callable[[], str] = str
        parts.measured.use_need(self._needed)
        parts.measured.changed.connect(self._show_measures)
        if parts.measured.begun:  # before the screen was built
            self._show_measures()
        actions.checks.toggled.connect(parts.measured.measure_next)
        parts.filters.filtered.connect(parts.measured.measure)
        self._sort()
        self._follow()

    def show_findings(self, package: PackageInfo, trigger_word: str) -> None:
        """List the findings of a package, and show their number.

        Of very many photos, it is done in a turn of its own.
        """
        self._findings = package, trigger_word
        if len(self._parts.datasets.dataset.photos) < _MANY:
            self._show_checks()
        else:
            self._soon.start()

    @Slot()
    def _show_checks(self) -> None:
        self._soon.stop()
        parts, (package, trigger_word) = self._parts, self._findings
        findings = package.findings
        parts.drawer.set_findings(
            with_reasons(findings, self._theme()), parts.datasets.dataset, trigger_word,
            waiting=package.measuring_text, remark=parts_remark(package.image_count),
        )
        parts.package_bar.show_findings(findings)
        before = self.findings
        self.findings = tuple(finding for finding in findings if finding.check not in ABOUT_THE_SET)
        parts.model.set_findings(self.findings)
        if self.findings != before:
            self.found.emit()

    def _needed(self) -> bool:
        """Return whether something that is shown needs the photos measured."""
        actions = self._parts.actions
        return (
            actions.checks.isChecked() or self._wanted() or needs_measures(self._parts.filters.filter.search)
            or any(actions.orders[order].isChecked() for order in MEASURED_ORDERS)
        )

    def use_theme(self, theme: Callable[[], str]) -> None:
        """Use the reasons of findings for the theme that this returns."""
        self._theme = theme

    def measure_while(self, wanted: Callable[[], bool]) -> None:
        """Measure the photos now, and later ones as long as `wanted` returns True, whatever else is shown."""
        self._wanted = wanted
        self._parts.measured.measure()

    @Slot()
    def _show_measures(self) -> None:
        measurer, photos = self._parts.thumbnails.measurer, self._parts.datasets.dataset.photos
        known = measurer.of(photos)
        traits = {name: found.traits for name, found in known.items() if found.traits is not None}
        groups, scenes = (
            [[photo.photo_id for photo in group] for group in found]
            for found in (measurer.groups(photos), measurer.scenes(photos))
        )
        judged: dict[str, Collection[str]] = {
            check: frozenset(photo.photo_id for photo in those)
            for check, those in measurer.standing_out(photos).items()
        }
        self._parts.model.set_measured({
            PhotoOrder.SHARPNESS: {name: found.sharpness for name, found in known.items()},
            PhotoOrder.NOISE: {name: found.noise for name, found in traits.items()},
            PhotoOrder.LIKENESS: scene_ranks(scenes, groups) if scenes else likeness_ranks(groups),
        }, judged)

    def _vocabulary(self) -> tuple[str, ...]:
        photos = self._parts.datasets.dataset.photos
        if photos is not self._counted[0]:
            words = Counter(word.strip(_AROUND) for photo in photos for word in photo.caption.casefold().split())
            self._counted = (photos, tuple(word for word, _count in words.most_common() if word))
        return self._counted[1]

    @Slot(bool)
    def _sort_by(self, chosen: bool) -> None:  # noqa: FBT001  # as the signal has it
        if chosen:  # else another one is
            self._sort()

    @Slot()
    def _sort(self) -> None:
        actions = self._parts.actions
        order = next((order for order, action in actions.orders.items() if action.isChecked()), None)
        if order is None:  # between two toggles
            return
        descending = actions.descending.isChecked()
        self._parts.settings.update(photo_order=order.value, photo_descending=descending)
        self._parts.model.set_order(order, descending=descending)
        self._parts.measured.measure()
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
        forget = QMenu(_("Delete"), menu)
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
    button.setToolTip(plain_tip(text))
    button.setAccessibleName(text)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return button
