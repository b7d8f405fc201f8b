"""Call the keyring without waiting: each call runs on a daemon thread that no other thread waits for.

A locked keyring blocks its caller until the user answers the prompt, without a time limit. So each call runs on
a daemon thread, and an answer that comes too late is ignored.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.errors import SecretsError, SecretsProblem

if TYPE_CHECKING:
    from segmind_studio.store.secrets import Vault
from segmind_studio.texts import _

_log = logging.getLogger(__name__)


class KeyringAnswer(NamedTuple):
    """The keyring's answer to one call. `keys` holds the keys it has, by the names they were requested with."""

    question: int
    keys: tuple[tuple[str, ApiKey], ...] = ()
    where: str = ""
    error: SecretsError | None = None


class KeyringService(QObject):
    """Read, write and delete keys. GUI thread.

    Signals:
        answered(object): KeyringAnswer; emitted on the calling daemon thread, delivered in the receiver's thread.
    """

    answered = Signal(object)

    def __init__(self, vault: Vault, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._vault = vault
        self._count = 0
        self._last: dict[str, threading.Event] = {}  # the latest change of each name, set at its end

    def read(self, names: tuple[str, ...]) -> int:
        """Read keys by their names in the keyring. Return the request's number."""

        def work() -> tuple[tuple[str, ApiKey], ...]:
            found = ((name, self._vault.read(name)) for name in names)
            return tuple((name, key) for name, key in found if key)

        return self._ask(work)

    def write(self, name: str, key: ApiKey) -> int:
        """Store a key. Return the request's number."""

        def work() -> tuple[tuple[str, ApiKey], ...]:
            self._vault.write(name, key)
            return ((name, key),)

        return self._ask(work, name)

    def delete(self, name: str) -> int:
        """Delete a key. Return the request's number."""

        def work() -> tuple[tuple[str, ApiKey], ...]:
            self._vault.delete(name)
            return ()

        return self._ask(work, name)

    def _ask(self, work: Callable[[], tuple[tuple[str, ApiKey], ...]], changed: str = "") -> int:
        """Run `work` on a thread of its own; a change of one key waits for the earlier ones of the same key."""
        self._count += 1
        question, done = self._count, threading.Event()
        earlier = self._last.get(changed) if changed else None
        if changed:
            self._last[changed] = done

        def run() -> None:
            if earlier is not None:
                earlier.wait()
            try:
                answer = KeyringAnswer(question, work(), self._vault.where())
            except SecretsError as error:
                answer = KeyringAnswer(question, error=error)
            except Exception as error:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
                _log.exception("The keyring broke")
                title = _("The keyring returned an error.")
                answer = KeyringAnswer(
                    question,
                    error=SecretsError(SecretsProblem.FAILED, title, detail=type(error).__name__),
                )
            done.set()
            try:
                self.answered.emit(answer)
            except RuntimeError:
                _log.debug("A keyring answer came after the window had gone")

        threading.Thread(target=run, name=f"keyring-{question}", daemon=True).start()
        return question
