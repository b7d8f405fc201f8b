"""The start: claim the app's folders for one app. If that fails, a window shows the reason."""

from __future__ import annotations

import sys

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QDialog

from segmind_studio.command_line import Options
from segmind_studio.core.errors import StudioError
from segmind_studio.services.system.dumps import forbid_dumps
from segmind_studio.services.system.single_instance import Entry, SingleInstance
from segmind_studio.store.paths import AppPaths
from segmind_studio.store.private_files import make_private_file
from segmind_studio.texts import _, sentences
from segmind_studio.ui.theme.theme import Theme

_UNSEEN = frozenset({"offscreen", "minimal"})  # no user can press a button there


def keep_inside(paths: AppPaths) -> None:
    """Let no core dump and no other program of this user read the keys, and Qt write nothing elsewhere.

    Call it before there is a QApplication. Qt's own file dialog keeps the last folders in a file of its own.
    """
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, str(paths.config))
    forbid_dumps()


def enter(app: QApplication, options: Options, paths: AppPaths) -> SingleInstance | int:
    """Claim the folders for this app, which listens to other launches once it is painted.

    Returns an exit code when another app took the files, or the app cannot start.
    """
    while True:
        instance = SingleInstance(paths.data)
        try:
            paths.create()
            make_private_file(paths.qt_settings)
            entry = instance.enter(options.paths, wish=options.wishes, needs=options.needs, listen=False)
        except StudioError as error:
            refusal = error
        else:
            if entry is Entry.FIRST:
                return instance
            if entry is Entry.HANDED_OVER:
                return 0
            refusal = _no_answer(instance.holder)
        print(f"segmind-studio: {refusal}", file=sys.stderr)  # noqa: T201  # a user in a terminal sees it
        if not is_seen(app, options) or not _try_again(app, refusal, paths):
            return 1


def is_seen(app: QApplication, options: Options) -> bool:
    """Return whether a user looks at this app's windows and can answer a dialog."""
    return app.platformName() not in _UNSEEN and not options.self_test and options.tour is None


def _no_answer(holder: str) -> StudioError:
    advice = _(
        "Look for its window: it may be busy or closing. If it does not respond, end its process, then try again.",
    )
    process = _("Its process is {holder}.").format(holder=holder) if holder else ""
    return StudioError(
        _("Segmind Studio is already open and does not respond."),
        sentences(advice, process),
    )


def _try_again(app: QApplication, refusal: StudioError, paths: AppPaths) -> bool:
    """Show why the app cannot start; True when the user wants to try again."""
    from segmind_studio.ui.shell.refusal import RefusalDialog  # noqa: PLC0415  # when first needed

    theme = Theme(app)
    theme.apply("system")
    dialog = RefusalDialog(refusal, _("Data folder: {data}").format(data=paths.data))
    dialog.finished.connect(app.exit)
    app.setQuitOnLastWindowClosed(False)  # that would also quit the app which may start after this
    dialog.show()
    app.exec()
    app.setQuitOnLastWindowClosed(True)
    return dialog.result() == QDialog.DialogCode.Accepted
