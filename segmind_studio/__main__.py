"""The entry point of the program."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from segmind_studio.command_line import COMMANDS, CONSOLE_PROGRAM, parse
from segmind_studio.texts import _, use_terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the app, or run as a child process of an open one. Return the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given == ["--look"]:  # see services.datasets.full_look_pool; hidden, not for users
        from segmind_studio.services.datasets.full_look_process import serve  # noqa: PLC0415  # and no window

        return serve()
    if given == ["--cutouts"]:  # see services.images.cutouts_apart; hidden likewise
        from segmind_studio.services.images.cutouts_apart import serve as serve_cutouts  # noqa: PLC0415  # and no window

        return serve_cutouts()
    if given == ["--practice-service"]:  # see practice_host; hidden likewise
        from segmind_studio.practice.process import serve as serve_practice  # noqa: PLC0415  # and no window

        return serve_practice()
    console = arguments is None and Path(sys.argv[0]).stem == CONSOLE_PROGRAM
    if console or (given[:1] and given[0] in COMMANDS):
        from segmind_studio.cli.main import main as command  # noqa: PLC0415  # and no window

        return command(given)
    use_terminal()
    options = parse(given)
    if not _has_display():
        words = _("segmind-studio: no display was found (DISPLAY and WAYLAND_DISPLAY are not set).")
        print(words, file=sys.stderr)  # noqa: T201  # the one message to a terminal
        return 1
    hurry()
    from segmind_studio.launch import run  # noqa: PLC0415  # --help, --version and errors need no Qt

    return run(options)


def hurry() -> None:
    """Switch off two things that make the imports take half as long again and are not needed.

    No garbage collection until `GarbageCollector` starts: imported objects stay. And PySide does not read
    the source of each module that is imported after it, to find out whether that uses Qt by other names
    (`from __feature__ import snake_case`): none does. A PySide without that function is not changed.
    """
    gc.disable()
    import_module("PySide6.QtCore")  # which imports it
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        setattr(feature, "_mod_uses_pyside", _never)  # noqa: B010  # no module of ours


def _never(_module: object) -> bool:
    return False


def _has_display() -> bool:
    """Return whether Qt could open a window; without one it would abort instead of raising."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
