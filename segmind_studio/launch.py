"""One session of the app, from the start of its process to its exit code."""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from shiboken6 import Shiboken, isValid

from segmind_studio import __version__, languages
from segmind_studio.app import Studio
from segmind_studio.assembly import Services
from segmind_studio.command_line import Options
from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.errors import StudioError
from segmind_studio.services.accounts.account_values import ENVIRONMENT_NAME
from segmind_studio.services.system.breakdowns import Breakdowns
from segmind_studio.services.system.ending import run_each
from segmind_studio.services.system.garbage import GarbageCollector
from segmind_studio.services.system.own_program import python_path, start_command
from segmind_studio.startup import enter, is_seen, keep_inside
from segmind_studio.store.crash_file import CrashFile
from segmind_studio.store.logs import configure_logging
from segmind_studio.store.paths import AppPaths, app_paths
from segmind_studio.store.settings_file import SettingsFile
from segmind_studio.texts import LANGUAGE_VARIABLE
from segmind_studio.ui.shell.drops import FileOpenApplication
from segmind_studio.ui.shell.run_news import in_front
from segmind_studio.ui.theme.theme import FUSION, Theme

_log = logging.getLogger(__name__)
APP_ID = "segmind-studio"
LOCK_WAIT_S = 0.0005  # instead of 5 ms: how long the window waits each time that a worker has the lock of Python


def run(options: Options) -> int:
    """Open the app and run until it quits. Return the exit code."""
    code = _run_in_folder(options)
    gc.collect()  # what the deleted objects held, while the application lives
    return code


def _start_again(options: Options, key: ApiKey | None) -> None:
    """Start the app once more in a process of its own, with the key that came in its environment.

    Its language is chosen anew.
    """
    environment = {name: value for name, value in os.environ.items() if name != LANGUAGE_VARIABLE}
    environment["PYTHONPATH"] = python_path()
    if key is not None:
        environment[ENVIRONMENT_NAME] = key.reveal()
    subprocess.Popen(start_command(options.to_open_again()), env=environment, start_new_session=True)  # noqa: S603  # ourselves


def _run_in_folder(options: Options) -> int:
    if options.self_test or options.tour:
        if options.data_dir is not None:
            return _run(options, app_paths(options.data_dir))
        with tempfile.TemporaryDirectory(prefix="segmind-studio-", ignore_cleanup_errors=True) as folder:
            return _run(options, app_paths(Path(folder)))
    return _run(options, app_paths(options.data_dir))


def _run(options: Options, paths: AppPaths) -> int:
    sys.setswitchinterval(LOCK_WAIT_S)
    keep_inside(paths)
    app = _application(SettingsFile(paths.settings_file).language())
    instance = enter(app, options, paths)
    if isinstance(instance, int):
        return instance
    secrets: set[str] = set()
    configure_logging(paths.log_file, lambda: tuple(secrets))
    _log.info("Segmind Studio %s starts", __version__)
    breakdowns = Breakdowns(CrashFile(paths.logs), lambda: tuple(secrets), app)
    breakdowns.start()
    theme = Theme(app, styled=True)
    services = Services(options, paths, secrets, in_front)
    settings = services.settings.value
    theme.prepare(settings.appearance, settings.text_percent)
    studio = Studio(options, services, instance, theme)
    theme.apply(settings.appearance, settings.text_percent)
    studio.leave.connect(app.exit)
    studio.watch(breakdowns)
    garbage = GarbageCollector(app)
    studio.stepped.connect(garbage.settle)
    studio.settled.connect(garbage.settle)
    services.datasets.dataset_changed.connect(garbage.follow)
    services.datasets.package_changed.connect(garbage.follow_package)
    services.runs.replaced.connect(garbage.follow_many)
    services.runs.changed.connect(garbage.follow_many)
    app.applicationStateChanged.connect(garbage.follow_state)
    studio.open()
    code = app.exec()
    instance.stop_listening()
    studio.window.hide()
    clean = services.stop()
    run_each((garbage.stop, breakdowns.stop, instance.release))  # the next launch may start now
    restart, key = studio.window.restarting, services.accounts.environment_key
    if services.unsaved is not None:
        _show_unsaved(app, options, services.unsaved)
    if clean:
        run_each(partial(_delete, one) for one in (studio.window, studio, services, theme))
    _log.info("Segmind Studio leaves with code %d", code)
    logging.shutdown()
    if restart:
        _start_again(options, key)
    if not clean:
        # A thread is still inside a call that cannot be stopped; the usual exit of Python would abort.
        os._exit(code)
    return code


def _delete(top: QObject) -> None:
    """Delete an object and its children now, while the application lives.

    Left to the end of the process, PySide deletes what Python owns in no order: children before their parents, and
    models before their views, while assistive technology may still ask for them.
    """
    if isValid(top):
        Shiboken.delete(top)


def _application(language: str) -> QApplication:
    app = FileOpenApplication([sys.argv[0], "-style", FUSION])  # by name: PySide needs long to describe a QStyle
    app.setApplicationName(APP_ID)
    app.setApplicationDisplayName("Segmind Studio")
    app.setApplicationVersion(__version__)
    app.setOrganizationName(APP_ID)
    QGuiApplication.setDesktopFileName(APP_ID)
    languages.install(app, chosen=language)
    return app


def _show_unsaved(app: QApplication, options: Options, error: StudioError) -> None:
    """Name what could not be stored at the end; everything is closed, and the folder is released."""
    print(f"segmind-studio: {error}", file=sys.stderr)  # noqa: T201  # a user in a terminal sees it
    if is_seen(app, options):
        from PySide6.QtWidgets import QMessageBox  # noqa: PLC0415  # when first needed

        QMessageBox.critical(None, error.title, str(error))
