"""The action of the Settings place that is in the menus."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segmind_studio.texts import _
from segmind_studio.ui.theme.icons import icon


def bundle_action(place: QWidget) -> QAction:
    """Return the action that leads to the support bundle."""
    return QAction(icon("package"), _("Save a support bundle…"), place)
