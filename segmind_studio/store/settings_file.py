"""The settings on disk: one JSON file, replaced as a whole. No key is ever part of it.

Kept apart: it is the only module that accesses that file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from segmind_studio.core.errors import StoreError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.settings import Settings
from segmind_studio.store.private_files import read_text, replace_file, set_aside
from segmind_studio.store.records import from_record, plain
from segmind_studio.texts import _

UNREAD = Settings(budget_per_run=0.0, budget_per_day=0.0, budget_per_month=0.0)  # 0 asks before every payment


class SettingsFile:
    """Load and save `Settings`; blocking, for any one thread at a time.

    `unread` is why `load` could not use the file and left it where it is: it is never replaced then.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.unread: StoreError | None = None

    def load(self, *, only_read: bool = False) -> tuple[Settings, str]:
        """Return the settings and "", or a sentence for the user when the file could not be used.

        Unknown keys are dropped and values of a wrong type get their defaults. A file that is no JSON object is
        renamed to `settings.json.damaged-1`, and the defaults are returned; with `only_read` it stays. `UNREAD` is
        returned for a file that stays. Never raises.
        """
        try:
            return from_record(Settings, decoded_json(read_text(self._path))), ""
        except FileNotFoundError:
            return Settings(), ""
        except OSError as error:
            reason = error.strerror or str(error)
            note = _("The settings could not be read ({reason}). The app uses the defaults.").format(reason=reason)
        except (ValueError, RecursionError):
            name, refusal = ("", "") if only_read else self._set_aside()
            if name:
                return Settings(), _(
                    "The settings file was damaged. The app uses the defaults. The damaged file is kept as {name}."
                ).format(name=name)
            words = _("The settings file is damaged. The app uses the defaults. {error}")
            note = words.format(error=refusal).rstrip()
        self.unread = StoreError(note, _not_replaced())
        return UNREAD, note

    def language(self) -> str:
        """Return the language that was chosen, or "". Before the app claims its folder, so it writes nothing."""
        try:
            record = decoded_json(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return ""
        language = cast("dict[str, object]", record).get("language") if isinstance(record, dict) else ""
        return language if isinstance(language, str) else ""

    def save(self, settings: Settings) -> None:
        """Replace the file; StoreError when it was not read, the disk is full or the folder may not be written."""
        if self.unread is not None:
            raise StoreError(_("“{name}” could not be saved.").format(name=self._path.name), _not_replaced())
        text = json.dumps(plain(settings), indent=2)
        replace_file(self._path, text.encode("ascii"))

    def _set_aside(self) -> tuple[str, str]:
        """Rename the damaged file; return its name then, or why that was refused."""
        try:
            return set_aside(self._path).name, ""
        except StoreError as error:
            return "", str(error)


def _not_replaced() -> str:
    return _("Restart the app when it can read the file. Until then nothing is saved there, and the budget is 0.")
