"""Runs of all accounts in one list: the rows of those not in use are only read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from segmind_studio.core.accounts import Account, AccountKind
from segmind_studio.core.runs import Phase, Run
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.other_accounts import SLICE, OtherAccountRuns
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.ui.parts.needs import need_of
from segmind_studio.ui.runs.screen import RunsScreen
from segmind_studio.ui.runs.table.columns import Column
from tests.fakes.run_services import FakeAccounts, FakeDownloads, FakeRuns, FakeSettings, FakeSubmits, make_run
from tests.fakes.runs_place import make_runs_screen
from tests.fakes.try_service import FakeTryouts, make_budget_service
from tests.fakes.typed import as_service, child

MILLER = Account("miller", "Client Miller", AccountKind.SEGMIND, colour="green")


@dataclass
class Accounts:
    screen: RunsScreen
    others: OtherAccountRuns
    runs: FakeRuns
    accounts: FakeAccounts
    settings: FakeSettings
    journal: Journal

    @property
    def shown(self) -> set[str]:
        model = self.screen.list.model
        return {model.run_at(row).run_id for row in range(model.rowCount())}

    def cell(self, run_id: str) -> str:
        model = self.screen.list.model
        return str(model.data(model.index(model.row_of(run_id), Column.ACCOUNT), Qt.ItemDataRole.DisplayRole))


def theirs(run_id: str, account_id: str = "miller", **fields: Any) -> Run:
    return make_run(run_id, status="AVAILABLE", service_id=f"s-{run_id}", account_id=account_id, **fields)


@pytest.fixture
def build(qtbot: QtBot, tmp_path):
    database, tasks = Database(tmp_path / "studio.sqlite3"), TaskRunner()

    def make(*rows: Run, settings: Settings | None = None, live: LiveRuns | None = None) -> Accounts:
        journal = Journal(database)
        for run in rows:
            journal.save(run, 1.0)
        runs = FakeRuns(tuple(run for run in rows if run.account_id == "real"))
        accounts, kept = FakeAccounts(), FakeSettings(settings)
        accounts.state.accounts = (accounts.state.current, MILLER)
        others = OtherAccountRuns(database, tasks, as_service(AccountService, accounts), live)
        submits = FakeSubmits()
        budgets = make_budget_service(runs, kept, submits, FakeTryouts())
        screen = make_runs_screen(runs, submits, FakeDownloads(), accounts, kept, budgets, others=others)
        qtbot.addWidget(screen)
        screen.resize(1300, 760)
        screen.show()
        return Accounts(screen, others, runs, accounts, kept, journal)

    yield make
    assert tasks.stop(60_000)
    database.close()


def test_the_runs_of_all_accounts_are_listed_on_demand(qtbot, build):
    it = build(make_run("mine"), theirs("theirs"), theirs("lost", "gone"))
    chip, action = it.screen.list.filter_bar.all_accounts, it.screen.commands.all_accounts
    qtbot.waitUntil(lambda: it.others.there)
    assert (chip.isVisible(), action.isVisible(), it.shown) == (True, True, {"mine"})
    assert it.screen.list.table.isColumnHidden(Column.ACCOUNT)
    chip.click()
    qtbot.waitUntil(lambda: it.shown == {"mine", "theirs", "lost"})
    assert (action.isChecked(), it.settings.value.run_accounts) == (True, True)
    assert not it.screen.list.table.isColumnHidden(Column.ACCOUNT)
    assert [it.cell(run_id) for run_id in ("mine", "theirs", "lost")] == [
        "My account", "Client Miller", "Removed account",
    ]
    assert [run.run_id for run in it.runs.runs] == ["mine"]  # what budget and polling go by
    action.trigger()
    assert (it.shown, chip.isChecked(), it.settings.value.run_accounts) == ({"mine"}, False, False)
    assert it.screen.list.table.isColumnHidden(Column.ACCOUNT)


def test_with_one_account_nothing_is_offered(qtbot, build):
    it = build(make_run("mine"), settings=Settings(run_accounts=True))
    chip = it.screen.list.filter_bar.all_accounts
    assert not chip.isVisible()
    assert not it.screen.commands.all_accounts.isVisible()
    with qtbot.waitSignal(it.others.there_changed, timeout=30_000):
        it.journal.save(theirs("theirs"), 1.0)
        it.others.refresh()
    assert chip.isVisible()
    it.accounts.use("miller")
    assert it.shown == {"mine"}  # until the rows of the account in use are read, no other's come from here
    assert "theirs" not in {run.run_id for run in it.others.runs}


def test_a_run_of_another_account_is_only_read_and_leads_to_its_account(qtbot, build):
    it = build(make_run("mine"), theirs("theirs"), settings=Settings(run_accounts=True))
    qtbot.waitUntil(lambda: it.shown == {"mine", "theirs"})
    commands = it.screen.commands
    it.screen.select("theirs")
    assert it.screen.inspector.run is None
    assert "Client Miller" in [fact.value for fact in it.screen.inspector.elsewhere.facts.facts]
    allowed = {
        commands.switch_account, commands.check, commands.find, commands.all_accounts, commands.columns,
        commands.reset_columns, commands.save_view, commands.import_sheet, commands.history,
    }
    able = {action for _menu, action in commands.in_menus() if action.isEnabled() and not action.isSeparator()}
    assert able <= allowed
    assert need_of(commands.try_it) == "This run belongs to another account. Switch to that account first."
    it.screen.list.table.select_runs(("mine", "theirs"))
    assert not any(action.isEnabled() for action in (commands.pin, commands.compare, commands.archive))
    it.screen.select("theirs")
    button = child(it.screen, QPushButton, "runs.switch_account")
    assert (button.isVisible(), button.text()) == (True, "Switch to “Client Miller”")
    button.click()
    assert it.accounts.asked == ["miller"]
    it.runs.load(theirs("theirs"))
    assert (it.screen.list.table.selected_ids(), commands.try_it.isVisible()) == (("theirs",), True)
    qtbot.waitUntil(lambda: it.shown == {"mine", "theirs"})
    assert need_of(commands.try_it) != "This run belongs to another account. Switch to that account first."
    assert (it.screen.inspector.run or make_run()).run_id == "theirs"


def test_a_run_of_an_account_without_a_key_leads_nowhere(qtbot, build):
    it = build(make_run("mine"), theirs("lost", "gone"), settings=Settings(run_accounts=True))
    qtbot.waitUntil(lambda: it.shown == {"mine", "lost"})
    it.screen.select("lost")
    assert not child(it.screen, QPushButton, "runs.switch_account").isVisible()
    assert not it.screen.commands.switch_account.isVisible()


def test_many_rows_come_in_steps_and_go_at_once(qtbot, build):
    many = [theirs(f"r{number}") for number in range(SLICE + 50)]
    live = LiveRuns()
    live.add("sent")
    it = build(make_run("mine"), *many, theirs("sent", phase=Phase.SENDING), live=live)
    steps: list[int] = []
    it.others.added.connect(lambda rows: steps.append(len(rows)))
    qtbot.waitUntil(lambda: it.others.there)
    it.screen.commands.all_accounts.trigger()
    qtbot.waitUntil(lambda: len(it.shown) == SLICE + 52)
    assert sum(steps) == SLICE + 51
    assert max(steps) <= SLICE
    assert [run.run_id for run in it.others.runs if run.live] == ["sent"]
    with qtbot.assertNotEmitted(it.screen.list.model.rowsRemoved):
        it.screen.commands.all_accounts.trigger()
    assert it.shown == {"mine"}
