"""What every place of the window is: a page with a name, an icon and actions for the menus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import SIGNAL, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.ui.idle_steps import finish
from segmind_studio.ui.parts.composing import watch_composing

MenuActions = Sequence[tuple[str, QAction]]
_FOOT = 48


class Place(QWidget):
    """One page of the window. Subclasses set the three names and override what they need.

    `place_id` is one of "start", "data", "train", "runs", "try", "settings".
    """

    place_id: str = ""
    title: str = ""
    icon_name: str = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        watch_composing()
        self._rest: Iterator[None] = iter(())  # what is still to be made of it, piece by piece

    def make_rest(self) -> Iterator[None]:
        """Make what the constructor left out, piece by piece; nothing else may use the place before the end."""
        return self._rest

    def complete(self) -> None:
        """Make at once what is left of it."""
        finish(self._rest)

    def menu_actions(self) -> MenuActions:
        """Return actions with the menu each belongs in: file, edit, dataset, train, run, try, view or help."""
        return ()

    def prepare(self) -> None:
        """Create the rest of the place before it is visible; called before it is shown, or when idle."""

    def prepare_in_pieces(self) -> Iterator[None]:
        """Do the same as `prepare`, piece by piece; `prepare` may be called between two of them."""
        self.prepare()
        yield

    def activated(self) -> None:
        """Prepare the place; called each time the place is shown."""

    def first_control(self) -> QWidget | None:
        """Return the control that the keyboard begins at; None for the first list, or else the first control."""
        return None

    def foot(self) -> int:
        """Return how many pixels at its lower edge notifications leave free, for what one reads or needs there."""
        return _FOOT


class PlaceSlot(Place):
    """Stand in for a place that is built when it is first needed, or when there is nothing else to do.

    Its actions are offered to the menus before it is there; one that is triggered before builds the place, which
    then does what the action asks for. `build` returns the place, connected.

    Signals:
        built(): the place exists now, and is not yet shown. GUI thread.
    """

    built = Signal()

    def __init__(self, place_id: str, title: str, icon_name: str, build: Callable[[], Place]) -> None:
        super().__init__()
        self.place_id, self.title, self.icon_name = place_id, title, icon_name
        self._build = build
        self._actions: MenuActions = ()
        self._place: Place | None = None
        self._begun: Place | None = None  # the same, as long as it is not complete
        self._receivers: dict[QAction, int] = {}  # of each offered action, before it was begun
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def offer(self, actions: MenuActions) -> None:
        """Name the actions for the menus; once, before the place is built."""
        self._actions = actions
        for _menu, action in actions:
            action.triggered.connect(self._triggered_early)

    @override
    def menu_actions(self) -> MenuActions:
        return self._actions

    @property
    def is_built(self) -> bool:
        """Return whether the place is there."""
        return self._place is not None

    def place(self) -> Place:
        """Return the place; it is built now if it was not."""
        if self._place is None:
            place = self._begun or self._build()
            place.complete()
            self._place, self._begun = place, None
            for _menu, action in self._actions:  # they may have been offered only now
                action.triggered.disconnect(self._triggered_early)
            self._column.addWidget(place)
            self.built.emit()
        return self._place

    def place_in_pieces(self) -> Iterator[None]:
        """Build the place piece by piece; `place` may be called between two of them, and builds the rest."""
        if self._place is None:
            self._receivers = {action: _receivers(action) for _menu, action in self._actions}
            self._begun = begun = self._build()
            yield
            yield from begun.make_rest()
            self.place()

    @override
    def prepare(self) -> None:
        self.place().prepare()

    @override
    def prepare_in_pieces(self) -> Iterator[None]:
        yield from self.place_in_pieces()
        yield from self.place().prepare_in_pieces()

    @override
    def activated(self) -> None:
        self.place().activated()

    @override
    def first_control(self) -> QWidget | None:
        return self._place.first_control() if self._place is not None else super().first_control()

    @override
    def foot(self) -> int:
        return self._place.foot() if self._place is not None else super().foot()

    def _triggered_early(self) -> None:
        """Build the place, and trigger the action again: it had no receiver before.

        A place that is half built may be a receiver already: it is called after this, and not twice.
        """
        action = self.sender()
        if not isinstance(action, QAction):
            return
        if self._begun is not None and _receivers(action) > self._receivers.get(action, 0):
            self.place()
            return
        wanted = action.isChecked()
        if action.isCheckable():  # the place follows a change
            action.setChecked(not wanted)
        self.place()
        if action.isCheckable():
            action.setChecked(wanted)
        else:
            action.trigger()


def _receivers(action: QAction) -> int:
    return action.receivers(SIGNAL("triggered(bool)")) + action.receivers(SIGNAL("toggled(bool)"))
