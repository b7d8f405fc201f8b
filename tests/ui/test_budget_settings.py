"""The Budget section of the settings."""

from __future__ import annotations

import time

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.ui.settings.budget import AmountField, BudgetSection, amount_text, read_amount
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.train_services import PRACTICE, REAL, FakeAccounts
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_image
from tests.fakes.typed import as_service, child


class Bench:
    def __init__(self, qtbot, settings=None, account=REAL) -> None:
        self.settings, self.runs, self.accounts = FakeSettings(settings), FakeRuns(), FakeAccounts(account)
        self.tryouts = FakeTryouts()
        self.budgets = make_budget_service(self.runs, self.settings, None, self.tryouts)
        self.section = hosted(qtbot, BudgetSection(
            as_service(SettingsService, self.settings), self.budgets, as_service(AccountService, self.accounts),
        ))

    def field(self, name):
        return child(self.section, AmountField, f"settings.budget_per_{name}")

    def type(self, name, text):
        self.field(name).selectAll()
        QTest.keyClicks(self.field(name), text)

    def kept(self, name):
        return getattr(self.settings.value, f"budget_per_{name}")

    def says(self, name):
        return child(self.section, QLabel, f"settings.spent_{name}").text()

    def texts(self):
        return "\n".join(label.text() for label in self.section.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def bench(qtbot):
    return Bench(qtbot)


@pytest.mark.parametrize("name", ["run", "day", "month"])
def test_a_limit_is_kept_as_it_is_typed_and_taken_away_with_its_text(bench, name):
    others = {"run", "day", "month"} - {name}
    bench.type(name, "12.50")
    assert bench.kept(name) == 12.5
    assert [bench.kept(other) for other in others] == [None, None]
    bench.field(name).selectAll()
    QTest.keyClicks(bench.field(name), "\b")
    assert bench.kept(name) is None
    assert bench.field(name).placeholderText() == "No limit"
    assert bench.field(name).accessibleName().startswith("Limit in US dollars: For")


def test_limits_are_shown_and_followed(qtbot):
    bench = Bench(qtbot, Settings(budget_per_run=7.5, budget_per_day=20.0))
    assert [bench.field(name).text() for name in ("run", "day", "month")] == ["7.50", "20", ""]
    bench.settings.update(budget_per_day=None, budget_per_month=0.0)
    assert [bench.field(name).text() for name in ("run", "day", "month")] == ["7.50", "", "0"]


def test_what_is_no_amount_is_said_and_the_last_amount_holds(bench):
    bench.type("day", "12x")
    assert bench.kept("day") == 12.0
    assert bench.field("day").property("bad") is True
    assert "The limit is still $12.00." in bench.texts()
    bench.settings.update(density="large")
    assert bench.field("day").text() == "12x"
    QTest.keyClicks(bench.field("day"), "\b")
    assert bench.field("day").property("bad") is False
    assert "Enter an amount" not in bench.texts()


@pytest.mark.parametrize(("text", "amount"), [
    ("", None), ("  ", None), ("20", 20.0), ("$20", 20.0), ("$ 7.5", 7.5), ("7,50", 7.5), ("0", 0.0), ("5.", 5.0),
    (" 3 ", 3.0), ("9999999.99", 9_999_999.99),
])
def test_amounts_are_read(text, amount):
    assert read_amount(text) == amount


@pytest.mark.parametrize("text", [
    "-1", "1,000", "1.234", "1e3", "nan", "inf", "a", "12 dollars", ".", "٣", "12345678",
])
def test_other_texts_are_no_amounts(text):
    with pytest.raises(ValueError, match=r"."):
        read_amount(text)


@pytest.mark.parametrize("amount", [None, 0.0, 0.01, 7.5, 20.0, 1234.56])
def test_an_amount_survives_being_written(amount):
    assert read_amount(amount_text(amount)) == amount


def test_what_was_spent_is_shown_with_its_source_and_followed(bench):
    now = time.time()
    assert bench.says("today") == "Spent today: not known yet"
    bench.runs.load(make_run("a", sent_at=now, credits_before=20.0, credits_after=17.0))
    assert bench.says("today") == "Spent today: $3.00"
    bench.runs.put(make_run("b", Phase.UNKNOWN, sent_at=now, live=False))
    assert bench.says("today") == "Spent today: about $6.00"
    assert bench.says("month") == "Spent this month: about $6.00"
    assert "Measured: 1 run, $3.00." in bench.texts()
    assert "1 run without an answer counts as paid." in bench.texts()


def test_an_older_run_counts_neither_today_nor_this_month(bench):
    bench.runs.load(make_run("a", sent_at=time.time() - 40 * 86_400))
    assert (bench.says("today"), bench.says("month")) == ("Spent today: $0.00", "Spent this month: $0.00")


def test_practice_is_never_paid(qtbot):
    bench = Bench(qtbot, account=PRACTICE)
    bench.runs.load(make_run("a", sent_at=time.time(), account_id=PRACTICE_ACCOUNT_ID))
    assert bench.says("today").startswith("Practice is free.")
    assert "Spent" not in bench.texts()
    bench.accounts.choose(REAL)
    assert bench.says("today") == "Spent today: not known yet"  # these are still the other account's runs
    bench.runs.load()
    assert bench.says("today") == "Spent today: $0.00"


def test_pictures_count_beside_runs(bench):
    bench.runs.load(make_run("a", sent_at=time.time(), credits_before=20.0, credits_after=17.0))
    bench.tryouts.load(make_image("a", cost=0.06), make_image("b", ImageState.UNKNOWN))
    assert bench.says("today") == "Spent today: about $3.12"
    assert "Stated by Segmind: 1 picture, $0.06." in bench.texts()
    assert "1 picture without an answer counts as paid." in bench.texts()
    assert "Counts runs and pictures" in bench.texts()
    bench.tryouts.loaded = False
    bench.tryouts.put(make_image("c"))
    assert bench.says("today") == "Spent today: not known yet"
