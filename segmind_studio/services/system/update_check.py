"""Look for a newer version of the app: in builds that have an address for it, when the user wants it."""

from __future__ import annotations

import logging
import os
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio import __version__
from segmind_studio.core.accounts import checked_api_url
from segmind_studio.core.errors import StudioError
from segmind_studio.core.proxies import Proxy
from segmind_studio.core.releases import Release
from segmind_studio.resources import resource
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner

VARIABLE = "SEGMIND_STUDIO_UPDATES"  # a build setting; in the environment of the app it is used by source copies
_log = logging.getLogger(__name__)


def update_address() -> str:
    """Return the address of the file that names the newest version, "" when this build has none. Blocking.

    https, or http on this computer only; any other address counts as none.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        try:
            text = resource("build", "updates.txt").read_text(encoding="utf-8").strip()
        except OSError:
            return ""
    try:
        return checked_api_url(text) if text else ""
    except StudioError:
        _log.warning("The address for updates is neither https nor on this computer")
        return ""


def _ask(address: str, proxy: Proxy) -> Release:
    from segmind_studio.api.updates import newest_release  # noqa: PLC0415  # when first needed

    return newest_release(address, proxy)


class UpdateService(QObject):
    """Ask at each start if `Settings.update_check` is on (it is off at first), and when it is told to. GUI thread.

    Signals:
        offered(): this build can look for updates. found(object): a Release newer than this.
        current(): this is the newest; only after `check`. failed(object): StudioError; only after `check`.
    """

    offered = Signal()
    found = Signal(object)
    current = Signal()
    failed = Signal(object)

    def __init__(self, settings: SettingsService, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._tasks = tasks
        self._address = ""
        self._asking = False
        self._aloud = False  # whether the user waits for the answer

    @property
    def asking(self) -> bool:
        """Return whether an answer is awaited."""
        return self._asking

    def start(self) -> None:
        """Find out whether this build has an address, and ask if the user has turned that on."""
        self._tasks.run(update_address, self._take_address, self._no_address)

    @Slot()
    def check(self) -> None:
        """Ask now; every outcome is emitted."""
        self._aloud = True
        self._begin()

    def _begin(self) -> None:
        if not self._address or self._asking:
            return
        self._asking = True
        value = self._settings.value
        ask = partial(_ask, self._address, Proxy(value.proxy, value.proxy_url))
        self._tasks.run(ask, self._take, self._fail)

    @Slot(object)
    def _take_address(self, address: str) -> None:
        self._address = address
        if address:
            self.offered.emit()
            if self._settings.value.update_check:
                self._begin()

    @Slot(object)
    def _no_address(self, error: StudioError) -> None:
        _log.warning("No address for updates: %s", error.title)

    @Slot(object)
    def _take(self, release: Release) -> None:
        aloud, self._aloud, self._asking = self._aloud, False, False
        if release.is_newer_than(__version__):
            self.found.emit(release)
        elif aloud:
            self.current.emit()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        aloud, self._aloud, self._asking = self._aloud, False, False
        if aloud:
            self.failed.emit(error)
