"""Everything an app writes, shows, copies and says while it is used, and the search for secrets in it."""

import base64
import gc
import logging
import re
import traceback
import zipfile
from pathlib import Path

import httpcore
import httpx
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QTextEdit

from segmind_studio.api import transport

SERVICES = ("accounts", "runs", "submits", "downloads", "tryouts", "webhooks", "datasets", "sheets", "support")
SIGNALS = (
    "failed", "finished", "refused", "key_tested", "watch_changed", "changed", "logs", "exported", "saved",
)
LOGGED_BELOW = (httpx, httpcore, transport)  # imported here, or they would set their own levels later
SIGNED = re.compile(rb"X-Amz-(?:Signature|Credential|Security-Token)(?:=|%3D)[0-9A-Za-z]", re.IGNORECASE)


def spellings(secret):
    """The ways in which a secret may lie in a file."""
    return (secret.encode(), secret.encode("utf-16-le"), base64.b64encode(secret.encode()).rstrip(b"="))


def found(secrets, data):
    """What of the secrets, or of a signed address, is in `data`."""
    data = data.encode() if isinstance(data, str) else data
    return [secret for secret in secrets if any(form in data for form in spellings(secret))] + SIGNED.findall(data)


class Traces(QObject):
    """Collect from an open app until `close`. Every logger of the process speaks at its lowest level."""

    def __init__(self, studio):
        super().__init__()
        self.copied = []
        self.told = []
        self._levels = {}
        QGuiApplication.clipboard().dataChanged.connect(self._take_copy)
        studio.services.complete()
        for service in SERVICES:
            for name in SIGNALS:
                signal = getattr(getattr(studio.services, service), name, None)
                if signal is not None:
                    signal.connect(self._take_told)
        for name in (None, *logging.root.manager.loggerDict):
            logger = logging.getLogger(name)
            self._levels[logger] = logger.level
            logger.setLevel(logging.DEBUG)

    def close(self):
        QGuiApplication.clipboard().dataChanged.disconnect(self._take_copy)
        for logger, level in self._levels.items():
            logger.setLevel(level)

    def _take_copy(self):
        self.copied.append(QGuiApplication.clipboard().text())

    def _take_told(self, told):
        self.told.append(told)

    @property
    def errors(self):
        """The errors that were told, in whatever carried them."""
        inner = [getattr(told, name, None) for told in self.told for name in ("error", "credits_error")]
        return [one for one in (*self.told, *inner) if isinstance(one, Exception)]

    def said(self):
        """Each text that is no file: where it comes from, and the text."""
        for number, text in enumerate(self.copied):
            yield f"clipboard {number}", text
        for told in self.told:
            yield f"repr of {type(told).__name__}", f"{told!r} {told}"
        for error in self.errors:
            words = "".join(traceback.format_exception(error))
            yield "an exception", f"{words}{error.args}{vars(error)}"
        yield from shown()
        yield from objects()


def shown():
    """Each text in the windows, hidden ones too."""
    for widget in QApplication.allWidgets():
        texts = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle()]
        if isinstance(widget, (QLabel, QLineEdit, QAbstractButton)):
            texts.append(widget.text())
        if isinstance(widget, (QPlainTextEdit, QTextEdit)):
            texts.append(widget.toPlainText())
        texts += [action.text() for action in widget.actions() if isinstance(action, QAction)]
        yield f"{type(widget).__name__} {widget.objectName()}", "\n".join(texts)


def objects():
    """The `repr` of everything of the app that lives now; the service that stands for Segmind is no part of it."""
    for thing in gc.get_objects():
        module = str(type(thing).__module__)
        ours = module.startswith("segmind_studio.") and not module.startswith("segmind_studio.practice.")
        if ours and not isinstance(thing, (type, QObject)):
            try:
                yield f"repr of {type(thing).__name__}", repr(thing)
            except RuntimeError:  # it holds a widget of an earlier test whose C++ half is gone
                continue


def files_below(*folders):
    return [path for folder in folders for path in sorted(Path(folder).rglob("*")) if path.is_file()]


def contents(path):
    """The bytes of a file; of a zip also what is packed in it, by name."""
    yield path.name, path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from ((f"{path.name}: {name}", archive.read(name)) for name in archive.namelist())


def process_texts():
    """What other programs of the same person can read of this process."""
    return [(name, Path("/proc/self", name).read_bytes()) for name in ("cmdline", "environ")]
