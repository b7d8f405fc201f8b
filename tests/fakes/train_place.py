"""A Train place on stand-ins, and a record of its signals."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QWidget

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.submission_service import SubmissionService, SubmitRequest
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.ui.forms.field_row import FieldRow
from segmind_studio.ui.train.review import ReviewDialog
from segmind_studio.ui.train.screen import TrainScreen
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FakeRuns, FakeSettings, FakeSubmits
from tests.fakes.train_services import FakeAccounts, FakeDatasets
from tests.fakes.try_service import make_budget_service
from tests.fakes.typed import Kind, as_service, child

GOOD = TrainingForm().with_values({"name": "anna", "instance_prompt": "a photo of TOK"})


def make_train_screen(
    datasets: object, runs: object, accounts: object, settings: object, submits: object, budgets: BudgetService,
) -> TrainScreen:
    """Build the place on services or their stand-ins."""
    return TrainScreen(
        as_service(DatasetService, datasets), as_service(RunService, runs), as_service(AccountService, accounts),
        as_service(SettingsService, settings), as_service(SubmissionService, submits), budgets=budgets,
    )


class Bench:
    """A Train place on stand-ins, or a real service of datasets, and a record of its signals."""

    def __init__(self, qtbot, form=GOOD, *, count=12, accounts=None, datasets=None) -> None:
        self.datasets = datasets or FakeDatasets(count)
        self.runs = FakeRuns()
        self.accounts = accounts or FakeAccounts()
        self.settings = FakeSettings(Settings(draft=form.to_json()))
        self.submits = FakeSubmits()
        self.budgets = make_budget_service(self.runs, self.settings, self.submits)
        self.screen = make_train_screen(
            self.datasets, self.runs, self.accounts, self.settings, self.submits, self.budgets,
        )
        hosted(qtbot, self.screen, 1200, 900)
        self.sent: list[SubmitRequest] = []
        self.places: list[str] = []
        self.toasts: list[str] = []
        self.triggers: list[str] = []
        self.screen.submitted.connect(self.sent.append)
        self.screen.go.connect(self.places.append)
        self.screen.toast.connect(self.toasts.append)
        self.screen.trigger_changed.connect(self.triggers.append)

    def find(self, name: str, kind: type[Kind] = QWidget) -> Kind:
        return child(self.screen, kind, name)

    def row(self, key: str) -> FieldRow:
        """Return the row of a field."""
        name = f"train.field.{key}"
        return next(row for row in self.screen.findChildren(FieldRow) if row.findChildren(QWidget, name))

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
    def review(self) -> ReviewDialog | None:
        """Return the review, or None while it is not asked for."""
        return self.screen.findChild(ReviewDialog, "review")

    @property
    def open_review(self) -> ReviewDialog:
        """Return the review, which is there."""
        return child(self.screen, ReviewDialog, "review")
