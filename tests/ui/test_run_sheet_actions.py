"""Export and import of a run's sheet, with the real service and journal; and the note on damage."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection
from segmind_studio.core.runs import Phase, manifest_text
from segmind_studio.services.runs.run_sheets import RunSheetService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.ui.parts import Banner
from tests.fakes.run_services import (
    FakeAccounts,
    FakeDownloads,
    FakeRuns,
    FakeSettings,
    FakeSubmits,
    make_run,
)
from tests.fakes.runs_place import make_runs_screen
from tests.fakes.shell_services import FakeAccounts as StartAccounts
from tests.fakes.shell_services import FakeDatasets, make_start_screen
from tests.fakes.try_service import make_budget_service
from tests.fakes.typed import child

CONNECTION = Connection(
    Account("real", "My account", AccountKind.SEGMIND), "https://api.invalid", "https://hooks.invalid",
    ApiKey("k"),
)


class Place:
    """The Runs place on a real journal; what was taken in is put into its list, as the app does it."""

    def __init__(self, qtbot, tmp_path) -> None:
        made = make_run("anna", status="AVAILABLE", service_id="s-1", raw='{"k": "SG_0123456789abcdef"}')
        self.run = replace(made, run_id="a" * 32, live=False)
        self.database = Database(tmp_path / "db" / "studio.sqlite3")
        self.journal = Journal(self.database)
        self.journal.add(self.run, self.run.created_at)
        self.tasks = TaskRunner()
        self.sheets = RunSheetService(self.database, self.tasks, lambda: ("hunter2xyz",))
        self.sheets.set_connection(CONNECTION)
        self.runs = FakeRuns((self.run,))
        self.sheets.row_changed.connect(self.runs.put)
        submits, settings = FakeSubmits(), FakeSettings()
        self.budgets = make_budget_service(self.runs, settings, submits)
        self.screen = make_runs_screen(
            self.runs, submits, FakeDownloads(), FakeAccounts(), settings, self.budgets, self.sheets,
        )
        qtbot.addWidget(self.screen)
        self.screen.resize(1200, 760)
        self.screen.show()
        self.screen.select(self.run.run_id)
        self.toasts: list[str] = []
        self.screen.toast.connect(self.toasts.append)

    def choose(self, action, path: Path) -> None:
        action.trigger()
        dialog = child(self.screen, QFileDialog, "runs.sheet_file")
        dialog.fileSelected.emit(str(path))
        dialog.close()

    def export(self, path: Path) -> None:
        self.choose(self.screen.commands.export_sheet, path)

    def import_(self, path: Path) -> None:
        self.choose(self.screen.commands.import_sheet, path)

    def error(self) -> str:
        banner = self.screen.list.error_banner
        return " ".join(label.text() for label in banner.findChildren(QLabel)) if banner.isVisible() else ""


@pytest.fixture
def place(qtbot, tmp_path):
    made = Place(qtbot, tmp_path)
    yield made
    assert made.tasks.stop()
    made.database.close()


def test_a_sheet_is_written_and_never_over_another_file(place, qtbot, tmp_path):
    target = tmp_path / "anna.run.json"
    place.export(target)
    qtbot.waitUntil(lambda: len(place.toasts) == 1)
    assert "anna.run.json" in place.toasts[0]
    content = target.read_bytes()
    assert json.loads(content)["run"]["name"] == "anna"
    assert b"0123456789abcdef" not in content
    place.export(target)
    qtbot.waitUntil(lambda: len(place.toasts) == 2)
    assert "anna.run (2).json" in place.toasts[1]
    assert target.read_bytes() == content
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["anna.run (2).json", "anna.run.json"]


def test_sheets_of_several_runs_go_into_a_folder(place, qtbot, tmp_path):
    others = [replace(place.run, run_id=letter * 32, service_id=letter, tags=("mine",)) for letter in "bc"]
    for run in others:
        place.journal.add(run, run.created_at)
    place.runs.put(*others)
    place.screen.list.table.select_runs([place.run.run_id, *(run.run_id for run in others)])
    assert place.screen.commands.export_sheet.text() == "Export run sheets…"
    (folder := tmp_path / "sheets").mkdir()
    (folder / "anna.run.json").write_text("mine")
    place.choose(place.screen.commands.export_sheet, folder)
    qtbot.waitUntil(lambda: bool(place.toasts))
    written = sorted(path for path in folder.iterdir() if path.read_text() != "mine")
    assert len(written) == 3
    assert place.toasts == [f"Saved 3 run sheets in {folder}"]
    read = [json.loads(path.read_text())["run"] for path in written]
    assert sorted(tuple(run["tags"]) for run in read) == [(), ("mine",), ("mine",)]


def test_the_known_keys_are_masked_whatever_they_look_like(place, qtbot, tmp_path):
    place.journal.change(place.run.run_id, 1.0, notes="my word is hunter2xyz")
    place.export(tmp_path / "x.json")
    qtbot.waitUntil(lambda: bool(place.toasts))
    assert "hunter2xyz" not in (tmp_path / "x.json").read_text()


def test_an_imported_run_is_selected_and_only_history(place, qtbot, tmp_path):
    path = tmp_path / "other.run.json"
    place.export(path)
    qtbot.waitUntil(lambda: bool(place.toasts))
    value = json.loads(path.read_text())
    value["run"].update(run_id="b" * 32, name="from elsewhere", phase="uploading", service_id="")
    path.write_text(json.dumps(value))
    with qtbot.waitSignal(place.sheets.imported):
        place.import_(path)
    found = place.journal.get("b" * 32)
    assert (found.phase, found.account_id, found.made_here) == (Phase.ABANDONED, "real", False)
    place.runs.put(found)
    qtbot.waitUntil(lambda: place.screen.list.table.selected_ids() == ("b" * 32,))
    commands = place.screen.commands
    for action in (commands.resume, commands.send_again, commands.settle, commands.refresh, commands.download):
        assert not action.isEnabled()
    assert "Nothing was sent" in place.toasts[-1]


@pytest.mark.parametrize("content", ["{", "{}", None])
def test_what_is_no_sheet_is_told_in_the_page(place, qtbot, tmp_path, content):
    path = tmp_path / "x.json"
    if content is None:
        path.mkdir()
    else:
        path.write_text(content)
    place.import_(path)
    qtbot.waitUntil(lambda: bool(place.error()))
    assert "sheet" in place.error() or "could not be read" in place.error()
    assert place.runs.runs == (place.run,)


def test_a_run_that_is_there_is_told_and_left_alone(place, qtbot, tmp_path):
    place.export(tmp_path / "x.json")
    qtbot.waitUntil(lambda: bool(place.toasts))
    place.import_(tmp_path / "x.json")
    qtbot.waitUntil(lambda: "already" in place.error())
    assert place.journal.get(place.run.run_id) == place.run


def test_a_folder_that_is_not_there_is_told(place, qtbot, tmp_path):
    place.export(tmp_path / "no" / "x.json")
    qtbot.waitUntil(lambda: "could not be saved" in place.error())


def test_without_an_account_nothing_is_imported(place, qtbot, tmp_path):
    place.sheets.set_connection(None)
    place.import_(tmp_path / "x.json")
    qtbot.waitUntil(lambda: "No account" in place.error())


def test_the_commands_are_where_people_look(place):
    commands = place.screen.commands
    menu = [action for _menu, action in place.screen.menu_actions()]
    for action in (commands.export_sheet, commands.import_sheet):
        assert action in menu
        assert action in commands.for_more()
    assert commands.export_sheet.isEnabled()
    commands.update_for((), frozenset())
    assert not commands.export_sheet.isEnabled()
    assert commands.import_sheet.isEnabled()


def test_the_dataset_page_shows_what_came_with_a_sheet(place):
    imported = replace(place.run, made_here=False, manifest=manifest_text(()))
    page = place.screen.inspector.dataset
    page.show_run(imported)
    words = [label.text() for label in page.findChildren(QLabel)]
    assert any("From a run sheet" in text for text in words)


def test_the_start_place_says_that_the_history_was_damaged(qtbot):
    screen = make_start_screen(StartAccounts(), FakeDatasets(), FakeRuns(), FakeSettings())
    qtbot.addWidget(screen)
    screen.show()
    assert not [one for one in screen.findChildren(Banner) if one.isVisible()]
    screen.show_note("Your history was damaged", "Recovered: 3 runs.")
    banner = child(screen, Banner, "start.note")
    assert banner.isVisible()
    assert any("3 runs" in label.text() for label in banner.findChildren(QLabel))
