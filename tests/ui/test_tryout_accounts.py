"""Pictures of all accounts in Try: those of others are looked at, filtered and compared, and never asked for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel

from segmind_studio.core.accounts import Account, AccountKind
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.images.other_images import OtherAccountImages
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.ui.data.inspector.comparison import PhotoComparison
from segmind_studio.ui.parts.needs import need_of
from segmind_studio.ui.tryout.result_views import ResultGrid, StarPicker
from segmind_studio.ui.tryout.screen import TryScreen
from tests.fakes.connections import connection_to
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FakeAccounts, FakeRuns, FakeSettings, make_run
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_image, make_judging, make_try_screen
from tests.fakes.typed import as_service, child

MILLER = Account("miller", "Client Miller", AccountKind.SEGMIND, colour="green")
NOW = time.time()
MINE = make_image("mine", asked_at=NOW - 5)
THEIRS = make_image("theirs", account_id="miller", run_id="shoe", prompt="A red shoe", asked_at=NOW - 9, cost=7.0)
LOST = make_image(
    "lost", ImageState.UNKNOWN, account_id="miller", run_id="anna", prompt="lost", asked_at=NOW - 8,
    status_url="https://api.segmind.com/v2/requests/1/status", request_id="1",
)


@dataclass
class Accounts:
    screen: TryScreen
    tryouts: FakeTryouts
    accounts: FakeAccounts
    settings: FakeSettings
    store: ImageStore

    @property
    def grid(self) -> ResultGrid:
        return child(self.screen, ResultGrid, "try.grid")

    @property
    def combo(self) -> QComboBox:
        return child(self.screen, QComboBox, "try.filter.account")

    @property
    def shown(self) -> list[str]:
        model = self.grid.model()
        return [model.name_at(row) for row in range(model.rowCount())]  # type: ignore[attr-defined]

    def action(self, text: str) -> QAction:
        return next(action for _menu, action in self.screen.menu_actions() if action.text() == text)

    def spoken(self, name: str) -> str:
        model = self.grid.model()
        index = model.index(self.shown.index(name), 0)
        return str(model.data(index, Qt.ItemDataRole.AccessibleTextRole))


@pytest.fixture
def build(qtbot, tmp_path):
    database, tasks, judged = Database(tmp_path / "studio.sqlite3"), TaskRunner(), []

    def make(*images: GeneratedImage, **fields: Any) -> Accounts:
        store = ImageStore(database)
        for image in images:
            store.add(image)
        Journal(database).save(make_run("shoe", account_id="miller", name="Miller's shoe"), 1.0)
        tryouts = FakeTryouts([image for image in images if image.account_id == "real"])
        accounts, settings, runs = FakeAccounts(), FakeSettings(Settings(**fields)), FakeRuns([
            make_run("anna", status="AVAILABLE", slug="anna"),
        ])
        accounts.state.accounts = (accounts.state.current, MILLER)
        others = OtherAccountImages(
            database, tasks, as_service(AccountService, accounts), as_service(ImageService, tryouts),
        )
        judging = make_judging(tryouts, database, tmp_path)
        judged.append(judging)
        screen = make_try_screen(
            tryouts, runs, settings, make_budget_service(runs, settings, None, tryouts), judging=judging,
            accounts=accounts, others=others,
        )
        hosted(qtbot, screen, 1200, 800)
        it = Accounts(screen, tryouts, accounts, settings, store)
        it.action("All pictures").setChecked(True)
        return it

    yield make
    assert all(judging.stop() for judging in judged)
    assert tasks.stop(60_000)
    database.close()


def test_the_pictures_of_all_accounts_are_shown_on_demand_and_say_whose_they_are(qtbot, build):
    it = build(MINE, THEIRS)
    qtbot.waitUntil(it.combo.isVisible)
    assert (it.shown, it.spoken("mine")) == (["mine"], "TOKMAN")
    it.combo.setCurrentText("All accounts")
    qtbot.waitUntil(lambda: it.shown == ["mine", "theirs"])
    assert (it.spoken("mine"), it.spoken("theirs")) == ("TOKMAN, My account", "A red shoe, Client Miller")
    assert (it.action("Pictures of all accounts").isChecked(), it.settings.value.try_accounts) == (True, True)
    assert not it.combo.itemIcon(it.combo.findText("Client Miller")).isNull()
    it.combo.setCurrentText("Client Miller")
    assert it.shown == ["theirs"]
    it.grid.select(frozenset({"theirs"}))
    it.action("All pictures").setChecked(False)
    facts = [label.text() for label in it.screen.findChildren(QLabel)]
    assert any(text.startswith("Client Miller · Miller's shoe") for text in facts)
    assert child(it.screen, QLabel, "try.account").isVisible()
    it.action("Pictures of all accounts").setChecked(False)
    assert (it.shown, it.combo.currentText(), it.settings.value.try_accounts) == (["mine"], "This account", False)


def test_another_accounts_picture_is_never_asked_for_looked_for_or_rated(qtbot, build):
    it = build(MINE, LOST, THEIRS, try_accounts=True)
    qtbot.waitUntil(lambda: it.shown == ["mine", "lost", "theirs"])
    again = it.action("Generate again (paid)")
    look = it.action("Check for the picture again (free)")
    it.tryouts.load(MINE, make_image("own", ImageState.UNKNOWN, asked_at=NOW - 6, run_id="anna"))
    it.grid.select(frozenset({"own"}))
    qtbot.waitUntil(again.isEnabled)  # the same of the account in use
    it.grid.select(frozenset({"lost"}))
    qtbot.waitUntil(lambda: not again.isEnabled())
    assert not look.isEnabled()
    again.trigger()
    assert it.tryouts.asked == it.tryouts.looked_for == []
    it.grid.select(frozenset({"mine"}))
    rate = it.action("Rate with 5 stars")
    qtbot.waitUntil(rate.isEnabled)
    it.grid.select(frozenset({"theirs"}))
    qtbot.waitUntil(lambda: not rate.isEnabled())
    assert need_of(rate) == "Select a picture of the account in use."
    it.grid.setFocus()
    QTest.keyClick(it.grid, Qt.Key.Key_5)
    assert [image.rating for image in it.store.images("miller")] == [0, 0]
    assert not child(it.screen, StarPicker).isVisible()
    it.grid.select(frozenset({"mine", "theirs"}))
    qtbot.waitUntil(it.action("Compare two pictures").isEnabled)
    it.action("Compare two pictures").trigger()
    over = child(it.screen.window(), PhotoComparison)
    assert [label.text().split(" · ")[0] for label in over.findChildren(QLabel)] == ["My account", "Client Miller"]


def test_a_change_of_the_account_leaves_no_picture_of_before_as_an_own_one(qtbot, build):
    it = build(MINE, THEIRS, try_accounts=True)
    qtbot.waitUntil(lambda: it.shown == ["mine", "theirs"])
    it.accounts.use("miller")
    it.tryouts.load(THEIRS)
    qtbot.waitUntil(lambda: it.shown == ["mine", "theirs"])
    assert it.spoken("mine").endswith("My account")
    it.grid.select(frozenset({"theirs"}))
    qtbot.waitUntil(it.action("Rate with 5 stars").isEnabled)
    it.grid.select(frozenset({"mine"}))
    qtbot.waitUntil(lambda: not it.action("Rate with 5 stars").isEnabled())


def test_the_real_service_looks_only_for_its_own_accounts_pictures(qtbot, tmp_path):
    database = Database(tmp_path / "studio.sqlite3")
    tryouts = ImageService(tmp_path / "results", ImageStore(database))
    tryouts.set_connection(connection_to("http://127.0.0.1:9"))
    qtbot.waitUntil(lambda: tryouts.loaded)
    assert not tryouts.can_look(LOST)
    tryouts.look(LOST)
    assert tryouts.images == ()
    assert tryouts.stop()
    database.close()
