"""Timeline: what happened to a run, as the app first saw it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from segmind_studio.core.runs import Phase, Stage, TimelineEntry, stage_of_status
from segmind_studio.ui.parts import exact_time, text_label
from segmind_studio.ui.runs.facts import Fact, FactsGrid
from segmind_studio.ui.runs.page import Page

_SHOWN_AT_MOST = 100


class TimelinePage(Page):
    """Show the entries, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title = self.tr("Timeline")
        self.setAccessibleName(self.title)
        self.column.addWidget(text_label(self.tr(
            "These are the times when this app first saw each change. The service tells no times of its own, "
            "so a change that came while the app was closed shows when it was opened again."
        ), "muted"))
        self.entries = FactsGrid()
        self.column.addWidget(self.entries)
        self.column.addStretch()

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show these entries, which come oldest first."""
        newest = list(reversed(entries))[:_SHOWN_AT_MOST]
        self.entries.set_facts([
            Fact(exact_time(entry.at), entry_word(entry.what), note=entry.detail) for entry in newest
        ])


def entry_word(what: str) -> str:
    """Say what a phase or a service status means; an unknown status stays as it came."""
    phases = {
        Phase.PREPARED: _tr("Noted on this computer"),
        Phase.UPLOADING: _tr("Upload began"),
        Phase.UPLOADED: _tr("Photos uploaded"),
        Phase.SENDING: _tr("Request sent"),
        Phase.ACCEPTED: _tr("Taken by the service"),
        Phase.REFUSED: _tr("Refused by the service"),
        Phase.UNKNOWN: _tr("No usable answer"),
        Phase.ADOPTED: _tr("Found in the service's list"),
        Phase.ABANDONED: _tr("Given up"),
    }
    if what in {phase.value for phase in Phase}:
        return phases[Phase(what)]
    if not what:
        return _tr("Stopped")
    stage = stage_of_status(what)
    word = QCoreApplication.translate("Stages", stage.value)
    return what if stage is Stage.OTHER else f"{word} ({what})"


def _tr(text: str) -> str:
    return QCoreApplication.translate("TimelinePage", text)
