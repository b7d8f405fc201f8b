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
from segmind_studio.store.private_files import replace_file, set_aside
from segmind_studio.store.records import from_record, plain
from segmind_studio.texts import _


class SettingsFile:
    """Load and save `Settings`; blocking, for any one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> tuple[Settings, str]:
        """Return the settings and "", or a sentence for the user when the file could not be used.

        Unknown keys are dropped and values of a wrong type get their defaults. A file that is no JSON object is
        renamed to `settings.json.damaged-1`, and the defaults are returned. Never raises.
        """
        try:
            return from_record(Settings, decoded_json(self._path.read_text(encoding="utf-8"))), ""
        except FileNotFoundError:
            return Settings(), ""
        except OSError as error:
            reason = error.strerror or str(error)
            return Settings(), _(
                "The settings could not be read ({reason}). The app uses the defaults."
            ).format(reason=reason)
        except (ValueError, RecursionError):
            return Settings(), self._set_aside()

    def language(self) -> str:
        """Return the language that was chosen, or "". Before the app claims its folder, so it writes nothing."""
        try:
            record = decoded_json(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return ""
        language = cast("dict[str, object]", record).get("language") if isinstance(record, dict) else ""
        return language if isinstance(language, str) else ""

    def save(self, settings: Settings) -> None:
        """Replace the file; StoreError when the disk is full or the folder may not be written."""
        text = json.dumps(plain(settings), indent=2)
        replace_file(self._path, text.encode("ascii"))

    def _set_aside(self) -> str:
        try:
            kept = set_aside(self._path)
        except StoreError as error:
            return _("The settings file is damaged. The app uses the defaults. {error}").format(error=error)
        return _(
            "The settings file was damaged. The app uses the defaults. The damaged file is kept as {name}."
        ).format(name=kept.name)
