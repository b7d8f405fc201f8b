"""The front door."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from segmind_studio.command_line import parse

NO_DISPLAY = "segmind-studio: there is no display to open a window on (no DISPLAY, no WAYLAND_DISPLAY)."


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the app, or look at pictures for one that is open; returns the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given == ["--look"]:  # see services.looking; hidden, since nobody types it
        from segmind_studio.services.datasets.full_look_process import serve  # noqa: PLC0415  # and no window

        return serve()
    if given == ["--practice-service"]:  # see practice_host; hidden likewise
        from segmind_studio.practice.process import serve as serve_practice  # noqa: PLC0415  # and no window

        return serve_practice()
    options = parse(given)
    if not _has_display():
        print(NO_DISPLAY, file=sys.stderr)  # noqa: T201  # the one place that speaks to a terminal
        return 1
    from segmind_studio.app import run  # noqa: PLC0415  # --help, --version and errors need no Qt

    return run(options)


def _has_display() -> bool:
    """Return whether Qt could open a window; without one it would abort instead of raising."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
