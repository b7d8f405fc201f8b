"""The window's language: Qt's own words and ours, where somebody translated them.

Kept apart: it is about the whole app, not about its window.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from segmind_studio.resources import resource

OUR_WORDS = "segmind-studio"


def install(app: QCoreApplication, locale: QLocale, folder: Path | None = None) -> tuple[str, ...]:
    """Install the translators that exist for `locale`; returns their languages. English needs none.

    Ours are `segmind-studio_<language>.qm` in `folder`, by default `resources/translations`.
    """
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    installed: list[str] = []
    for name, place in (("qtbase", qt_folder), (OUR_WORDS, str(folder or resource("translations")))):
        translator = QTranslator(app)
        if translator.load(locale, name, "_", place) and app.installTranslator(translator):
            installed.append(translator.language())
    return tuple(installed)
