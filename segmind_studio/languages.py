"""The window's language: the choice, Qt's own texts and number formats, and the direction of writing.

Kept apart: it concerns the whole app, not only its window.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QLibraryInfo, QLocale, Qt, QTime, QTranslator
from PySide6.QtGui import QGuiApplication

from segmind_studio import formats, texts

_WORDS = re.compile(r"'[^']*' ?")  # of a date's format, such as "d 'de' MMMM 'de' yyyy"


def install(app: QCoreApplication, codes: Sequence[str] | None = None, *, chosen: str = "") -> str:
    """Use the first of the languages that there are texts in, for the app, Qt and processes of the app; return it.

    Without `codes` they are what `SEGMIND_STUDIO_LANGUAGE` names, the one that the user has chosen, then those of
    the system. In the GUI thread, before the first window: texts that are shown already stay as they are.
    """
    if codes is None:
        codes = (os.environ.get(texts.LANGUAGE_VARIABLE, ""), chosen, *QLocale.system().uiLanguages())
    language = texts.use(codes)
    os.environ[texts.LANGUAGE_VARIABLE] = language
    english = language in {texts.ENGLISH, texts.PSEUDO}
    locale = QLocale(texts.ENGLISH) if english else with_latin_digits(QLocale(language))
    QLocale.setDefault(locale)  # the numbers in Qt's own boxes
    formats.use(formats.EnglishFigures() if english else LocaleFigures(locale))
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if not english and translator.load(locale, "qtbase", "_", folder):
        app.installTranslator(translator)
    if isinstance(app, QGuiApplication):
        right_to_left = locale.textDirection() is Qt.LayoutDirection.RightToLeft
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight)
    return language


def with_latin_digits(locale: QLocale) -> QLocale:
    """Return the locale, or that of its language in all the world where it has other digits.

    Counts in texts, identifiers and what a person types have Latin digits; two kinds in one line read badly.
    """
    return locale if locale.zeroDigit() == "0" else QLocale(f"{locale.name().partition('_')[0]}_001")


class LocaleFigures:
    """Figures as Qt knows them for a language; see `formats.Figures`. Safe in any thread: it only reads."""

    def __init__(self, locale: QLocale) -> None:
        self._locale = locale
        # The long form names the month; the day of the week, words and the month's full name take too much room.
        long = _WORDS.sub("", locale.dateFormat(QLocale.FormatType.LongFormat)).replace("MMMM", "MMM")
        self._date = long.replace("dddd, ", "").replace("dddd، ", "").replace("dddd", "").strip(" ,،")

    def number(self, value: float, places: int) -> str:
        """Write a number with a fixed number of decimal places."""
        return self._locale.toString(float(value), "f", places)

    def dollars(self, value: float, places: int) -> str:
        """Write an amount of US dollars."""
        return self._locale.toCurrencyString(float(value), "$", places)

    def date(self, moment: datetime) -> str:
        """Write a day with its year."""
        return self._locale.toString(QDate(moment.year, moment.month, moment.day), self._date)

    def month(self, moment: datetime) -> str:
        """Write a month with its year."""
        month = self._locale.standaloneMonthName(moment.month, QLocale.FormatType.ShortFormat)
        # Translators: a month and its year, such as “Mar 2025”.
        return texts.pgettext("a month of a year", "{month} {year}").format(month=month, year=moment.year)

    def time(self, moment: datetime, *, seconds: bool) -> str:
        """Write the time of the day."""
        time = QTime(moment.hour, moment.minute, moment.second)
        return self._locale.toString(time, "HH:mm:ss" if seconds else "HH:mm")
