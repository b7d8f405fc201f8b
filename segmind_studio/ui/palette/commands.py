"""The commands of the app, read from the menus themselves: with their keys, place, and what they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from segmind_studio.core.fuzzy import fuzzy_match
from segmind_studio.texts import _, listed, sentences, unmarked
from segmind_studio.ui.parts.needs import may_pay, need_of
from segmind_studio.ui.place import Place


@dataclass(frozen=True, slots=True, eq=False)
class Command:
    """One command at the moment it was read. `place_id` is "" for one of the whole window."""

    action: QAction
    menu: QMenu
    title: str
    where: str  # menu, and place
    place_id: str
    keys: str
    enabled: bool
    need: str  # why it is not possible, or a note
    checked: bool

    @property
    def spoken(self) -> str:
        """Return all of it in one line, for screen readers."""
        state = _("on") if self.checked else ""
        parts = (self.title, state, self.keys, self.where, self.need)
        return listed(part for part in parts if part)


@dataclass(frozen=True, slots=True, eq=False)
class FoundCommand:
    """A command that fits what was typed, with the letters of its title to show as found."""

    command: Command
    letters: tuple[int, ...] = ()


def read_commands(bar: QMenuBar, places: Sequence[Place]) -> tuple[Command, ...]:
    """Return each command of the menus once, in their order.

    One that is hidden because it does not apply now is among them, as not possible, if it says what it needs.
    """
    owners = {id(action): place for place in places for _menu, action in place.menu_actions()}
    found: dict[int, Command] = {}
    for menu, path, action in _walk(bar):
        if id(action) not in found and (action.isVisible() or need_of(action)):
            found[id(action)] = _command(menu, path, action, owners.get(id(action)))
    return tuple(found.values())


def search_commands(commands: Sequence[Command], query: str) -> tuple[FoundCommand, ...]:
    """Return the commands that fit, the best first, and those that are not possible now at the end."""
    found: list[tuple[bool, int, int, FoundCommand]] = []
    for number, command in enumerate(commands):
        match = fuzzy_match(query, command.title, f"{command.where} {command.keys}")
        if match is not None:
            shown = FoundCommand(command, match.letters)
            found.append((not command.enabled, -match.score, number, shown))
    return tuple(item[-1] for item in sorted(found, key=lambda item: item[:3]))


def _walk(bar: QMenuBar) -> Iterator[tuple[QMenu, tuple[str, ...], QAction]]:
    for top in bar.actions():
        menu = top.menu()
        if isinstance(menu, QMenu) and top.isVisible():
            yield from _inside(menu, (unmarked(menu.title()),))


def _inside(menu: QMenu, path: tuple[str, ...]) -> Iterator[tuple[QMenu, tuple[str, ...], QAction]]:
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            yield from _inside(below, (*path, unmarked(below.title())))
        elif action.text() and not action.isSeparator():
            yield menu, path, action


def _command(menu: QMenu, path: tuple[str, ...], action: QAction, place: Place | None) -> Command:
    enabled = action.isVisible() and action.isEnabled()
    note = _("Press Enter to go to its button.") if may_pay(action) else ""
    need = note if enabled else sentences(_("Not available now."), need_of(action))
    where = path[0]
    for part in path[1:]:
        # Translators: a menu, and a menu inside of it.
        where = _("{menu} → {inner}").format(menu=where, inner=part)
    if place is not None and place.title != path[0]:
        # Translators: a menu, and the page it belongs to.
        where = _("{menu} · {place}").format(menu=where, place=place.title)
    return Command(
        action, menu, unmarked(action.text()), where, place.place_id if place else "",
        action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), enabled, need,
        action.isCheckable() and action.isChecked(),
    )
