"""The actions of all places, which exist before the places: menus and the palette offer them from the start.

Kept apart: `app.py` imports this, and the actions' modules with it, after the first paint.
"""

from __future__ import annotations

from collections.abc import Mapping

from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.place import MenuActions, PlaceSlot
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.settings.actions import bundle_action
from segmind_studio.ui.train.actions import TrainActions
from segmind_studio.ui.tryout.actions import TryActions


class PlaceActions:
    """The actions of the places, which exist before the places."""

    def __init__(self, slots: Mapping[str, PlaceSlot]) -> None:
        self.photos = PhotoActions(slots["data"])
        self.photos.follow(photos=0, selected=0, included=0, excluded=0)
        self.train = TrainActions(slots["train"])
        self.runs = RunCommands(slots["runs"])
        self.pictures = TryActions.of(slots["try"])
        self.bundle = bundle_action(slots["settings"])

    def in_menus(self) -> Mapping[str, MenuActions]:
        """Return them by their place, each with its menu."""
        return {
            "data": self.photos.menu_actions(), "train": self.train.in_menus(), "runs": self.runs.in_menus(),
            "try": self.pictures.in_menus(), "settings": (("help", self.bundle),),
        }
