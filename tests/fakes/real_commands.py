"""A window on stand-ins with the app's real commands: the places' actions, and slots that build no place."""

from __future__ import annotations

from segmind_studio.ui.place import Place, PlaceSlot
from segmind_studio.ui.place_actions import PlaceActions
from tests.fakes.shell_services import FakePractice, Shell

TITLES = {
    "start": "Start", "data": "Data", "train": "Train", "runs": "Runs", "try": "Try", "settings": "Settings",
}


def shell_with_real_commands() -> Shell:
    slots = {name: PlaceSlot(name, title, "house", Place) for name, title in TITLES.items()}
    for _piece in PlaceActions(slots).make_in_pieces():
        pass
    shell = Shell(places=tuple(slots.values()))
    shell.window.set_practice(FakePractice())
    return shell
