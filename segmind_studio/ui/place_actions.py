"""The actions of all places, which exist before the places: menus and the palette offer them from the start.

Kept apart: `app.py` imports this, and the actions' modules with it, after the first paint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from PySide6.QtGui import QAction

from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.place import PlaceSlot
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.settings.actions import bundle_action
from segmind_studio.ui.train.actions import TrainActions
from segmind_studio.ui.tryout.actions import TryActions


class PlaceActions:
    """The actions of the places, which exist before the places. Those of a place are made and offered together."""

    def __init__(self, slots: Mapping[str, PlaceSlot]) -> None:
        self._slots = slots

    def make_in_pieces(self) -> Iterator[None]:
        """Make all, those of one place in each piece."""
        for made in (
            lambda: self.photos, lambda: self.runs, lambda: self.train, lambda: self.pictures, lambda: self.bundle,
        ):
            made()
            yield

    @cached_property
    def photos(self) -> PhotoActions:
        """Return those of Data."""
        made = PhotoActions(self._slots["data"])
        made.follow(photos=0, selected=0, included=0, excluded=0)
        self._slots["data"].offer(made.menu_actions())
        return made

    @cached_property
    def train(self) -> TrainActions:
        """Return those of Train."""
        made = TrainActions(self._slots["train"])
        self._slots["train"].offer(made.in_menus())
        return made

    @cached_property
    def runs(self) -> RunCommands:
        """Return those of Runs."""
        made = RunCommands(self._slots["runs"])
        self._slots["runs"].offer(made.in_menus())
        return made

    @cached_property
    def pictures(self) -> TryActions:
        """Return those of Try."""
        made = TryActions.of(self._slots["try"])
        self._slots["try"].offer(made.in_menus())
        return made

    @cached_property
    def bundle(self) -> QAction:
        """Return that of Settings."""
        made = bundle_action(self._slots["settings"])
        self._slots["settings"].offer((("help", made),))
        return made
