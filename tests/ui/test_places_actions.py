"""The commands of the places in the menus: what can be chosen in the empty app does something."""

from __future__ import annotations

from PySide6.QtCore import SIGNAL

from tests.fakes.data_place import DataPlace
from tests.fakes.run_services import FakeRuns, FakeSettings
from tests.fakes.runs_place import make_bench
from tests.fakes.train_place import Bench
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_try_screen

SIGNALS = (SIGNAL("triggered(bool)"), SIGNAL("toggled(bool)"))


def idle(place):
    """Return the commands of a place that can be chosen, and that nobody follows."""
    return [
        action.text() for _menu, action in place.menu_actions()
        if action.isEnabled() and not action.isSeparator() and not any(map(action.receivers, SIGNALS))
    ]


def test_each_command_that_can_be_chosen_is_followed(qtbot, tmp_path):
    tryouts, runs, settings = FakeTryouts(()), FakeRuns(()), FakeSettings()
    pictures = make_try_screen(tryouts, runs, settings, make_budget_service(runs, settings, None, tryouts))
    qtbot.addWidget(pictures)
    data = DataPlace(tmp_path)
    data.start()
    try:
        places = (data.screen, Bench(qtbot).screen, make_bench(qtbot).screen, pictures)
        assert [idle(place) for place in places] == [[]] * 4
    finally:
        data.stop()
