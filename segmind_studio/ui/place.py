"""What every place of the window is: a page with a name, an icon and commands for the menus."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segmind_studio.ui.parts.composing import watch_composing


class Place(QWidget):
    """One page of the window. Subclasses set the three names and override what they need.

    `place_id` is one of "start", "data", "train", "runs", "try", "settings".
    """

    place_id: str = ""
    title: str = ""
    icon_name: str = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        watch_composing()

    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        """Return commands with the menu each belongs in: file, edit, dataset, train, run, try, view or help."""
        return ()

    def activated(self) -> None:
        """Get ready to be looked at; called each time the place is shown."""
