"""Settings: what was sent, what differs from the defaults first, and the exact JSON."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.core.form import body_text
from segmind_studio.core.lineage import changed_settings
from segmind_studio.core.runs import Run
from segmind_studio.texts import _
from segmind_studio.ui.forms.fold import Fold
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.runs.inspector.facts import Fact, FactsGrid
from segmind_studio.ui.runs.inspector.family import FamilyTree
from segmind_studio.ui.runs.inspector.page import Page
from segmind_studio.ui.runs.page_words import settings_facts
from segmind_studio.ui.runs.values import sent_value, settings_known, value_text
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark

_LINES = 21


class SettingsPage(Page):
    """Show what a run was made with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title = _("Settings")
        self.setAccessibleName(self.title)
        self.family = FamilyTree()
        self.column.addWidget(self.family)
        self._parent_title = self.add_section("")
        self.from_parent = FactsGrid()
        self.column.addWidget(self.from_parent)
        self._changed_title = self.add_section(_("Changed settings"))
        self.changed = FactsGrid()
        self.column.addWidget(self.changed)
        self.everything = Fold(_("All settings"), "runs.all_settings")
        self._same_title = text_label(_("Default settings"), "strong")
        self.same = FactsGrid()
        self.everything.contents.addWidget(self._same_title)
        self.everything.contents.addWidget(self.same)
        self._unknown = text_label(_(
            "This run was started elsewhere. The service does not say which settings it used."
        ), "muted")
        self.column.addWidget(self._unknown)
        self._json_title = text_label(_("Sent request"), "strong")
        self._json = mark(QPlainTextEdit(), role="mono")
        self._json.setReadOnly(True)
        self._json.setAccessibleName(_("Sent request"))
        self._json.setFixedHeight(self._json.fontMetrics().lineSpacing() * _LINES)
        self._copy = QPushButton(icon("copy"), _("Copy JSON"))
        self._copy.clicked.connect(self._copy_json)
        for widget in (self._json_title, self._json, self._copy):
            self.everything.contents.addWidget(widget)
        self.column.addWidget(self.everything)
        self.column.addStretch()
        self.show_relatives(None, None, ())

    def show_run(self, run: Run) -> None:
        """Show a run's settings."""
        changed, same = differing(run)
        known = settings_known(run)
        self._unknown.setVisible(not known)
        self.changed.set_facts(changed)
        self._changed_title.setVisible(bool(changed))
        self.same.set_facts(same)
        self._same_title.setVisible(bool(same))
        text = body_text(run.body) if run.body else ""
        if text != self._json.toPlainText():
            self._json.setPlainText(text)
        self._json_title.setText(_("Sent request") if run.sent_at is not None
                                 else _("Request to send"))
        self.everything.setVisible(known)

    def show_relatives(self, run: Run | None, parent: Run | None, runs: Sequence[Run]) -> None:
        """Show the family of a run among all runs, and what differs from the run that its form began with."""
        if run is not None:
            self.family.show_run(run, runs)
        facts = differing_from(run, parent) if run is not None and parent is not None else []
        if parent is not None:
            words = _("Differences from “{name}”") if facts else _("Same settings as “{name}”")
            self._parent_title.setText(words.format(name=parent.name))
        self._parent_title.setVisible(parent is not None)
        self.from_parent.set_facts(facts)
        self.from_parent.setVisible(bool(facts))

    @Slot()
    def _copy_json(self) -> None:
        QGuiApplication.clipboard().setText(self._json.toPlainText())


def differing(run: Run) -> tuple[list[Fact], list[Fact]]:
    """Return the settings that differ from the defaults, with the defaults beside them, and the rest."""
    changed, same = settings_facts(run)
    return [Fact(label, value, note=note) for label, value, note in changed], [
        Fact(label, value) for label, value, _note in same
    ]


def differing_from(run: Run, parent: Run) -> list[Fact]:
    """Return the settings that differ from those of another run, with its values beside them."""
    return [
        Fact(
            str(FIELD_BY_KEY[key].label), value_text(key, sent_value(run, key)),
            note=_("other run: {value}").format(value=value_text(key, sent_value(parent, key))),
        )
        for key in changed_settings(parent, run)
    ]
