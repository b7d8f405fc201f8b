"""What the buttons of findings do that open a place of their own, and the dialog of near duplicates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from segmind_studio.core.datasets import Photo
from segmind_studio.core.fixes import Fix, FixKind
from segmind_studio.core.photo_order import PhotoOrder
from segmind_studio.texts import ngettext
from segmind_studio.ui.data.handlers import PhotoCommands
from segmind_studio.ui.data.widgets import DataWidgets

if TYPE_CHECKING:
    from segmind_studio.ui.data.duplicates.dialog import DuplicatesDialog


class PictureChecks(QObject):
    """Run the fixes that show or open something, most of them about pictures. Lives as long as the screen.

    `theme` returns what the photos are to teach, as in the training form.
    """

    def __init__(self, parts: DataWidgets, commands: PhotoCommands, theme: Callable[[], str]) -> None:
        super().__init__(parts.screen)
        self._parts = parts
        self._commands = commands
        self._theme = theme
        self._dialog: DuplicatesDialog | None = None
        commands.finder.use_theme(theme)
        parts.actions.duplicates.triggered.connect(self.show_duplicates)
        parts.drawer.fix_wanted.connect(self._fix)

    @Slot()
    def show_duplicates(self) -> None:
        """Open the near duplicates, side by side in groups."""
        if self._dialog is None:
            from segmind_studio.ui.data.duplicates.dialog import DuplicatesDialog  # noqa: PLC0415  # first use

            parts = self._parts
            self._dialog = DuplicatesDialog(parts.datasets, parts.thumbnails, self._theme, parts.screen)
            self._dialog.exclude_wanted.connect(self._exclude)
            self._dialog.different_wanted.connect(self._call_different)
        self._dialog.show()
        self._dialog.activateWindow()
        self._commands.finder.measure_while(self._dialog.isVisible)

    @Slot(object)
    def _exclude(self, photos: Sequence[Photo]) -> None:
        words = ngettext("Exclude {count} near duplicate", "Exclude {count} near duplicates", len(photos))
        self._parts.editor.set_excluded(photos, excluded=True, step=words.format(count=len(photos)))

    @Slot(object)
    def _call_different(self, group: Sequence[Photo]) -> None:
        self._parts.editor.call_different(group)

    @Slot(object)
    def _fix(self, fix: Fix) -> None:
        """Run a fix that shows or opens something; the others are run elsewhere."""
        match fix.kind:
            case FixKind.GROUPS:
                self.show_duplicates()
            case FixKind.SHOW:
                self._show(str(fix.value), fix.key)
            case FixKind.CROP:
                self._commands.select(frozenset(fix.photo_ids))
                self._parts.actions.crop.trigger()
            case FixKind.DESCRIBE:
                self._commands.select(frozenset(fix.photo_ids))
                self._parts.actions.describe.trigger()
            case FixKind.STRIP:
                self._parts.settings.update(strip_metadata=True)
            case _:
                pass

    def _show(self, query: str, order: str) -> None:
        """Show the photos of a query, the worst first; an empty query shows all."""
        parts = self._parts
        parts.filters.show_all()
        parts.filters.write(query)
        if order:
            parts.actions.orders[PhotoOrder(order)].setChecked(True)
            parts.actions.descending.setChecked(order == PhotoOrder.NOISE)
        self._commands.focus_grid()
