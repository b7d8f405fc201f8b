"""A Train place on stand-ins, and a record of its signals."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QPlainTextEdit, QWidget

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.settings import Settings
from segmind_studio.ui.train.screen import TrainScreen
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FakeRuns, FakeSettings, FakeSubmits
from tests.fakes.train_services import FakeAccounts, FakeDatasets
from tests.fakes.try_service import make_budget_service

GOOD = TrainingForm().with_values({"name": "anna", "instance_prompt": "a photo of TOK"})


class Bench:
    """A Train place on stand-ins, and a record of its signals."""

    def __init__(self, qtbot, form=GOOD, *, count=12, accounts=None) -> None:
        self.datasets = FakeDatasets(count)
        self.runs = FakeRuns()
        self.accounts = accounts or FakeAccounts()
        self.settings = FakeSettings(Settings(draft=form.to_json()))
        self.submits = FakeSubmits()
        self.budgets = make_budget_service(self.runs, self.settings, self.submits)
        self.screen = TrainScreen(
            self.datasets, self.runs, self.accounts, self.settings, self.submits, budgets=self.budgets,
        )
        hosted(qtbot, self.screen, 1200, 900)
        self.sent, self.places, self.toasts, self.triggers = [], [], [], []
        self.screen.submitted.connect(self.sent.append)
        self.screen.go.connect(self.places.append)
        self.screen.toast.connect(self.toasts.append)
        self.screen.trigger_changed.connect(self.triggers.append)

    def find(self, name, kind=QWidget):
        found = self.screen.findChild(kind, name)
        assert found is not None, name
        return found

    def click(self, name):
        QTest.mouseClick(self.find(name, QAbstractButton), Qt.MouseButton.LeftButton)

    def texts(self, of=None):
        return [label.text() for label in (of or self.screen).findChildren(QLabel) if label.isVisible()]

    def says(self, words):
        return any(words in text for text in self.texts())

    @property
    def request(self):
        return json.loads(self.find("train.request_json", QPlainTextEdit).toPlainText())

    @property
    def review(self):
        return self.screen.findChild(QDialog, "review")
