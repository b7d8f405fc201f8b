"""The window: it shows places, carries their commands, and follows the services."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction, QKeySequence, QUndoCommand
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QMenu, QWidget

from segmind_studio.core.datasets import Dataset, DatasetSummary
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.ui.parts.toast import ToastHost
from segmind_studio.ui.shell.menus import RecentMenu
from segmind_studio.ui.shell.rail import RailButton
from segmind_studio.ui.tryout.actions import TryActions
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.shell_services import ON_PRACTICE, ON_REAL, FakePractice, PlainPlace, Shell, plain_places
from tests.fakes.typed import child, the


@pytest.fixture
def shell(qtbot):
    shell = Shell()
    qtbot.addWidget(shell.window)
    return shell


def rail(shell, place_id):
    return child(shell.window, RailButton, f"rail.{place_id}")


def menus(shell):
    found = {}
    for action in shell.window.menuBar().actions():
        if action.isVisible():
            menu = action.menu()
            found[menu.title().replace("&", "")] = menu
    return found


def texts(menu):
    return [action.text() for action in menu.actions() if action.text()]


def keys(qtbot, shell, sequence):
    shell.window.activateWindow()
    qtbot.waitUntil(shell.window.isActiveWindow)
    QTest.keySequence(shell.window, QKeySequence(sequence))
    QTest.keyRelease(shell.window, Qt.Key.Key_Control)  # else Qt takes it for held down in the tests that follow


def test_it_opens_on_the_place_it_was_left_at(qtbot):
    shell = Shell(FakeSettings(Settings(place="runs")))
    qtbot.addWidget(shell.window)
    assert shell.window.place == "runs"
    assert rail(shell, "runs").isChecked()
    assert the(PlainPlace, shell.places[3]).activations == 1


def test_it_tells_once_that_it_was_painted(qtbot, shell):
    told = QSignalSpy(shell.window.painted)
    order = []
    shell.places[0].paintEvent = lambda _event: order.append("painted")
    shell.window.painted.connect(lambda: order.append("told"))
    shell.window.show()
    assert told.count() == 0
    qtbot.waitUntil(lambda: told.count() == 1)
    assert order[0] == "painted"  # it may be painted more than once before
    assert order.count("told") == 1
    shell.window.hide()
    shell.window.show()
    shell.window.repaint()
    assert not shell.window._paint_soon.isActive()


def test_a_window_that_nobody_sees_starts_all_the_same(qtbot, shell):
    shell.window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    with qtbot.waitSignal(shell.window.painted):
        shell.window.show()


def test_a_place_that_is_no_more_is_the_first(qtbot):
    shell = Shell(FakeSettings(Settings(place="moon")))
    qtbot.addWidget(shell.window)
    assert shell.window.place == "start"


def test_the_rail_shows_a_place_and_it_is_remembered(qtbot, shell):
    shell.window.show()
    qtbot.mouseClick(rail(shell, "train"), Qt.MouseButton.LeftButton)
    assert shell.window.place == "train"
    assert shell.places[2].activations == 1
    assert shell.settings.value.place == "train"
    names = ("start", "data", "train", "runs", "try", "settings")
    assert [name for name in names if rail(shell, name).isChecked()] == ["train"]


def test_an_unknown_place_changes_nothing(shell):
    shell.window.show_place("data")
    shell.window.show_place("moon")
    assert shell.window.place == "data"


@pytest.mark.parametrize(("sequence", "place"), [
    ("Alt+1", "start"), ("Alt+2", "data"), ("Alt+3", "train"), ("Alt+4", "runs"), ("Alt+5", "try"),
    ("Ctrl+,", "settings"),
])
def test_each_place_has_its_key(qtbot, shell, sequence, place):
    shell.window.show_place("data" if place == "start" else "start")
    shell.window.show()
    keys(qtbot, shell, sequence)
    assert shell.window.place == place


def test_the_title_names_the_dataset(shell):
    assert shell.window.windowTitle() == "Untitled — Segmind Studio"
    shell.datasets.become(Dataset("d2", "Anna"))
    assert shell.window.windowTitle() == "Anna — Segmind Studio"


def test_each_command_of_a_place_is_in_its_menu(shell):
    bar = menus(shell)
    assert list(bar) == ["File", "Edit", "Dataset", "Train", "Run", "Try", "View", "Help"]
    assert "Do Start" in texts(bar["File"])
    assert texts(bar["Dataset"]) == ["Do Data"]
    assert texts(bar["Train"]) == ["Do Train"]
    assert (texts(bar["Run"]), texts(bar["Try"])) == (["Do Runs"], ["Do Try"])
    assert texts(bar["File"])[-1] == "Quit"
    assert texts(bar["View"])[:6] == ["Start", "Data", "Train", "Runs", "Try", "Settings"]


def test_the_ratings_of_pictures_are_a_menu_inside_of_trys(qtbot):
    places = plain_places()
    actions = TryActions.of(places[4])
    places[4].menu_actions = actions.in_menus
    shell = Shell(places=places)
    qtbot.addWidget(shell.window)
    menu = menus(shell)["Try"]
    lines = "".join("-" if action.isSeparator() else "+" for action in menu.actions())
    assert [len(group) for group in lines.split("-")] == [3, 4, 4, 10, 2]
    rate = next(action.menu() for action in menu.actions() if action.text() == "Rate")
    assert texts(rate) == [action.text() for action in reversed(actions.judging.rate)]
    listed = dict(shell.window._menus.actions)["Try"]  # for the list of shortcuts, with those inside
    assert set(actions.judging.rate) < set(listed)


def test_undo_is_named_after_what_it_undoes(shell):
    undo = menus(shell)["Edit"].actions()[0]
    assert not undo.isEnabled()
    shell.undo.push(QUndoCommand("exclude 3 photos"))
    assert (undo.text(), undo.isEnabled()) == ("Undo exclude 3 photos", True)
    undo.trigger()
    redo = menus(shell)["Edit"].actions()[1]
    assert (redo.text(), redo.isEnabled()) == ("Redo exclude 3 photos", True)


def test_the_appearance_is_chosen_in_the_menu_and_followed(shell):
    appearance = next(m for m in shell.window.findChildren(QMenu) if m.title() == "Appearance")
    system, _light, dark = appearance.actions()[:3]
    assert system.isChecked()
    dark.trigger()
    assert shell.settings.value.appearance == "dark"
    assert shell.theme.applied[-1] == "dark"
    shell.settings.update(appearance="light")
    assert [action.isChecked() for action in appearance.actions()] [:3] == [False, True, False]
    assert shell.theme.applied[-1] == "light"
    names = next(a for a in shell.window.findChildren(QAction) if a.text() == "Show API names")
    names.trigger()
    assert shell.settings.value.api_names
    shell.settings.update(api_names=False)
    assert not names.isChecked()


def test_the_practice_menu_is_there_once_the_service_runs(shell):
    assert "Practice" not in menus(shell)
    control = FakePractice()
    shell.window.set_practice(control)
    shell.window.set_practice(control)
    bar = menus(shell)
    assert list(bar).count("Practice") == 1
    assert list(bar)[-1] == "Help"
    assert not any(action.isCheckable() for action in bar["Practice"].actions())  # drills are in Settings alone


def test_the_edit_menu_has_one_find_that_of_the_place_in_front(qtbot):
    places = tuple(PlainPlace(name, name.title(), "house", "edit") for name in ("data", "runs", "start"))
    for place in places[:2]:
        place.command.setShortcut(QKeySequence.StandardKey.Find)
    shell = Shell(places=places)
    qtbot.addWidget(shell.window)
    shell.window.show()
    edit = menus(shell)["Edit"]

    def finds():
        edit.aboutToShow.emit()
        found = [action.text() for action in edit.actions() if action.isVisible() and action.text()]
        edit.aboutToHide.emit()
        return [text for text in found if text in {"Do Data", "Do Runs"}]

    for place_id, seen in (("data", ["Do Data"]), ("runs", ["Do Runs"]), ("start", [])):
        shell.window.show_place(place_id)
        assert finds() == seen
    assert all(place.command.isVisible() for place in places)


def test_who_opens_the_practice_menu_wants_the_service_to_run(shell):
    control = FakePractice()
    shell.window.set_practice(control)
    assert control.starts == 0
    menus(shell)["Practice"].aboutToShow.emit()
    assert control.starts == 1


def test_speed_and_sample_reach_the_practice_service(shell):
    control = FakePractice()
    shell.window.set_practice(control)
    menu = menus(shell)["Practice"]
    fast = next(a for a in menu.actions()[0].menu().actions() if a.data() == 20.0)
    fast.trigger()
    assert (control.speed, shell.settings.value.practice_speed) == (20.0, 20.0)
    next(a for a in menu.actions() if a.text() == "Send a sample to the webhook").trigger()
    assert control.samples == 1


def test_the_band_is_there_exactly_in_practice(shell):
    shell.window.show()
    band = child(shell.window, QWidget, "practice_band")
    assert band.isVisible()
    assert "Practice: free, nothing is sent" in [label.text() for label in band.findChildren(QLabel)]
    shell.accounts.become(ON_REAL)
    assert not band.isVisible()
    shell.accounts.become(ON_PRACTICE)
    assert band.isVisible()
    child(band, QAbstractButton).click()
    assert shell.window.place == "settings"


def test_runs_that_wait_for_a_decision_are_counted_at_their_place(shell):
    assert rail(shell, "runs").count == 0
    shell.runs.load(make_run("a", Phase.UNKNOWN, live=False), make_run("b", Phase.UPLOADING, live=False))
    assert rail(shell, "runs").count == 2
    assert rail(shell, "runs").accessibleName() == "Runs, 2 runs need a decision"
    shell.runs.put(make_run("b", Phase.ABANDONED))
    assert rail(shell, "runs").accessibleName() == "Runs, 1 run needs a decision"
    shell.runs.put(make_run("a", Phase.ACCEPTED, status="AVAILABLE"))
    assert (rail(shell, "runs").count, rail(shell, "runs").accessibleName()) == (0, "Runs")


def test_runs_that_wait_are_counted_from_the_start(qtbot):
    shell = Shell(runs=FakeRuns([make_run("a", Phase.UNKNOWN, live=False)]))
    qtbot.addWidget(shell.window)
    assert rail(shell, "runs").count == 1


def test_a_toast_lies_over_the_place_and_goes_with_it(shell):
    shell.window.show()
    shell.window.toast("Exported 12 photos")
    host = child(shell.window, ToastHost)
    place = next(place for place in shell.places if place.isVisible())
    corner = place.mapTo(shell.window, place.rect().bottomLeft())
    lies = host.mapTo(shell.window, host.rect().bottomLeft())
    assert (0 < lies.x() - corner.x() < 40, 0 < corner.y() - lies.y() < 100) == (True, True)
    assert host.isAncestorOf(shell.window.childAt(host.mapTo(shell.window, host.rect().center())))
    shell.window.show_place("runs")
    assert host.texts == ()


def test_a_screen_reader_finds_a_toast_and_its_undo(shell):
    shell.window.show()
    shell.window._undo.push(QUndoCommand("Add 31 photos"))
    shell.window.undo_toast("31 photos added.")
    said = {(role, name) for role, name in spoken(shell.window)}
    assert (QAccessible.Role.StaticText, "31 photos added.") in said
    assert (QAccessible.Role.Button, "Undo") in said


def spoken(widget):
    """Walk the accessible tree below a widget."""
    tree = [QAccessible.queryAccessibleInterface(widget)]
    while tree:
        found = tree.pop()
        yield found.role(), found.text(QAccessible.Text.Name)
        tree += [child for place in range(found.childCount()) if (child := found.child(place)) is not None]


def test_the_list_of_shortcuts_is_read_from_the_menus(qtbot, shell):
    shell.places[1].command.setShortcut(QKeySequence("Ctrl+O"))
    shell.window.show()
    keys(qtbot, shell, "Ctrl+?")
    dialog = child(shell.window, QDialog)
    words = [label.text() for label in dialog.findChildren(QLabel)]
    assert words[words.index("Do Data") + 1] == "Ctrl+O"
    assert words[words.index("Runs") + 1] == "Alt+4"
    dialog.close()


def test_every_button_of_the_shell_has_a_name(shell):
    ours = [b for b in shell.window.findChildren(QAbstractButton) if not b.objectName().startswith("qt_")]
    assert len(ours) > 10
    for button in ours:
        assert button.accessibleName() or button.text(), button.objectName()


def test_undo_beside_news_is_taken_back_when_it_would_undo_something_else(shell):
    window = shell.window
    window._undo.push(QUndoCommand("Exclude 2 photos"))
    window.undo_toast("2 photos are left out.")
    window.toast("Saved.")
    assert window._toasts.texts == ("2 photos are left out.", "Saved.")
    window._undo.push(QUndoCommand("Edit caption"))
    assert window._toasts.texts == ("Saved.",)


def test_the_file_menu_lists_the_recent_datasets(qtbot):
    shell = Shell()
    qtbot.addWidget(shell.window)
    menu = child(shell.window, RecentMenu)
    assert not menu.menuAction().isEnabled()
    shell.datasets.recent = (DatasetSummary("d1", "Mine & yours", 3, 1.0), DatasetSummary("d2", "Old", 1, 0.0))
    shell.datasets.recent_changed.emit(shell.datasets.recent)
    assert menu.menuAction().isEnabled()
    menu.aboutToShow.emit()
    assert [(action.text(), action.isChecked()) for action in menu.actions()] == [
        ("Mine && yours", True), ("Old", False), ("", False), ("All datasets…", False),
    ]
    for row, dataset_id in ((1, "d2"), (3, "")):
        with qtbot.waitSignal(shell.window.dataset_wanted) as wanted:
            menu.actions()[row].trigger()
        assert wanted.args == [dataset_id]
