"""Requests from outside the window: those that come before the services have started wait here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import AccountKind, shown_name
from segmind_studio.core.errors import StudioError
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.account_values import AccountsState
from segmind_studio.services.system.single_instance import OrderCall, SingleInstance
from segmind_studio.texts import _


def launch_refusal(needs: Mapping[str, object], state: AccountsState) -> StudioError | None:
    """Return why an open window with these accounts cannot take another launch, None when it can.

    `needs` are that launch's `Options.needs`. The window keeps its account and its address: work may be under way.
    """
    if needs.get("alone"):
        return StudioError(_("Segmind Studio is already open."), _("Close its window, then try again."))
    if needs.get("practice") and state.current.kind is not AccountKind.PRACTICE:
        return StudioError(
            _("The open window uses the account “{name}”.").format(name=shown_name(state.current)),
            _("Switch the account there, or close the window."),
        )
    if needs.get("api_url", state.address) != state.address:
        return StudioError(
            _("The open window uses the address {address}.").format(address=state.address),
            _("Close its window, then try again."),
        )
    return None


class EarlyCalls(QObject):
    """Pass on what other launches, the system and the command line request, from `begin` on at once. GUI thread.

    What comes before that is passed on at `begin`, in the order wish, paths, orders; of several wishes the last.

    Signals:
        called(object): tuple[Path, ...] to add, after another launch or the system asked for it.
        wished(str): a place of the window to show, NEW_DATASET or SAMPLE.
        ordered(object): OrderCall, the command line orders something from this app.
    """

    called = Signal(object)
    wished = Signal(str)
    ordered = Signal(object)

    def __init__(self, wish: str, paths: tuple[Path, ...], parent: QObject | None = None) -> None:
        """`wish` and `paths` are those of this launch itself, see `Options.wishes`."""
        super().__init__(parent)
        self.begun = False
        self._wish = wish
        self._paths = paths
        self._orders: list[OrderCall] = []

    def follow(self, instance: SingleInstance, accounts: AccountService) -> None:
        """Take what comes from other launches, if it fits these accounts, and from the command line."""
        instance.judge_by(lambda needs: launch_refusal(needs, accounts.state))
        instance.wished.connect(self.take_wish)
        instance.called.connect(self.take_paths)
        instance.ordered.connect(self.take_order)

    def begin(self) -> None:
        """Pass on what has come, and from now on at once; call it when the services have started."""
        self.begun = True
        self.take_wish(self._wish)
        if self._paths:
            self.called.emit(self._paths)
        for call in self._orders:
            self.ordered.emit(call)

    @Slot(str)
    def take_wish(self, wish: str) -> None:
        """Take what a command line requests besides its files."""
        if not self.begun:
            self._wish = wish
            return
        for one in wish.split():
            self.wished.emit(one)

    @Slot(object)
    def take_paths(self, paths: tuple[Path, ...]) -> None:
        """Take files and folders to add; none from a launch that only asks for the window."""
        if self.begun:
            self.called.emit(paths)
        else:
            self._paths += paths

    @Slot(object)
    def take_order(self, call: OrderCall) -> None:
        """Take an order of the command line."""
        if self.begun:
            self.ordered.emit(call)
        else:
            self._orders.append(call)
