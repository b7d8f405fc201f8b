"""The licences of the shipped parts: gathered into `resources/licences` for a package, read for the About dialog.

Kept apart: it reads files and needs no Qt; the dialog calls it on a worker thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from segmind_studio.core.errors import StudioError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.record import record
from segmind_studio.resources import resource
from segmind_studio.texts import _

_LIST = "licences.json"


@record
class ShippedPart:
    """One part of the program from another project, with the text of its licence."""

    name: str
    version: str
    licence: str
    text: str


def shipped_parts(folder: Path | None = None) -> tuple[ShippedPart, ...]:
    """Return all parts by name; () when the program runs from its source. StudioError when they are damaged."""
    try:
        root = folder or resource("licences")
    except FileNotFoundError:
        return ()
    try:
        listed = cast("list[dict[str, Any]]", decoded_json((root / _LIST).read_bytes()))
        return tuple(
            ShippedPart(
                str(told["name"]), str(told["version"]), str(told["licence"]),
                "\n\n".join((root / str(name)).read_text(encoding="utf-8") for name in told["texts"]),
            )
            for told in sorted(listed, key=lambda told: str(told["name"]).lower())
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudioError(
            _("The licences could not be "
              "read."), _("Some files of the app are damaged. Install Segmind Studio "
                                                 "again."),
            type(error).__name__,
        ) from error
