"""The actions of the Try place, for its buttons and the menus."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segmind_studio.record import record
from segmind_studio.texts import N_, _
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.needs import mark_paying, set_need
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.tryout.judging_actions import JudgingActions


@record
class TryActions:
    """All actions, disabled until they are possible; the place handles them."""

    generate: QAction
    again: QAction
    save: QAction
    reuse: QAction
    copy: QAction
    look: QAction
    copy_curl: QAction
    copy_python: QAction
    judging: JudgingActions
    grid: QAction
    grid_start: QAction
    grid_retry: QAction
    grid_export: QAction

    @classmethod
    def of(cls, place: QWidget) -> TryActions:
        """Make them for a place."""
        actions = cls(
            finish_before(QAction(icon("wand-sparkles"), _("Generate"), place)),
            finish_before(QAction(icon("wand-sparkles"), _("Generate again"), place)),
            QAction(icon("save"), _("Save picture as…"), place),
            finish_before(QAction(icon("undo-2"), _("Reuse settings"), place)),
            QAction(icon("copy"), _("Copy picture"), place),
            QAction(icon("refresh-cw"), _("Check for the picture again (free)"), place),
            finish_before(QAction(icon("clipboard-copy"), _("Copy request as curl"), place)),
            finish_before(QAction(icon("clipboard-copy"), _("Copy request as Python"), place)),
            JudgingActions(place),
            finish_before(QAction(icon("layout-grid"), _("Compare in a grid"), place)),
            finish_before(QAction(icon("wand-sparkles"), _("Make the grid…"), place)),
            QAction(icon("wand-sparkles"), _("Make this picture again…"), place),
            QAction(icon("file-down"), _("Save the grid as PNG…"), place),
        )
        for action in (
            actions.generate, actions.again, actions.save, actions.reuse, actions.copy, actions.look,
            actions.copy_curl, actions.copy_python, actions.grid, actions.grid_start, actions.grid_retry,
            actions.grid_export,
        ):
            action.setEnabled(False)
        actions.grid.setObjectName("try.grid")
        mark_paying((actions.generate, actions.again, actions.grid_start, actions.grid_retry))
        set_need((actions.generate,), N_("Choose a model and enter a prompt."))
        set_need((actions.again,), N_("Select a picture whose answer was lost."))
        set_need((actions.reuse, actions.save), N_("Select a picture."))
        set_need((actions.grid,), N_("Wait until a run is ready."))
        set_need((actions.grid_start,), N_("Set up a grid with pictures still to make."))
        set_need((actions.grid_retry,), N_("Select a picture in the grid that got no answer or was refused."))
        set_need((actions.grid_export,), N_("Open a grid that has a picture."))
        set_need((actions.look,), N_("Select a queued picture from today whose answer was lost."))
        set_need((actions.copy_curl, actions.copy_python), N_("Choose a model and enter a prompt."))
        return actions

    def in_menus(self) -> Sequence[tuple[str, QAction]]:
        """Return each with its menu, in order."""
        own = (
            self.generate, self.again, self.look, self._line(), self.reuse, self.copy, self.save,
            self.judging.reveal, self._line(), self.grid, self.grid_start, self.grid_retry, self.grid_export,
            self._line(),
        )
        calls = self._line(), self.copy_curl, self.copy_python
        return (*(("try", one) for one in own), *self.judging.in_menus(), *(("try", one) for one in calls))

    def _line(self) -> QAction:
        line = QAction(self.grid.parent())
        line.setSeparator(True)
        return line
