"""What the command line writes without Qt is what the window writes with it."""

from datetime import datetime

import pytest
from PySide6.QtCore import QLocale

from segmind_studio import formats, texts
from segmind_studio.cli.figures import use_terminal_figures
from segmind_studio.languages import LocaleFigures, with_latin_digits

NUMBERS = (0, 0.25, 7, 999, 1234.4, -1234.4, 9999.99, 12345.678, 1234567, -3)
DAYS = tuple(datetime(2025, month, 3, 7, 5, 9).timestamp() for month in range(1, 13))  # noqa: DTZ001  # local


def written():
    return [
        *(formats.number(value, places) for value in NUMBERS for places in (0, 2)),
        *(formats.money(value) for value in NUMBERS),
        *(write(day) for day in DAYS for write in (formats.exact_time, formats.month_text, formats.clock_text)),
    ]


@pytest.mark.parametrize("code", [code for code in texts.available() if code != texts.ENGLISH])
def test_figures_are_those_of_the_window(code):
    texts.use([code])
    try:
        use_terminal_figures()
        plain = written()
        formats.use(LocaleFigures(with_latin_digits(QLocale(code))))
        assert plain == written()
    finally:
        texts.use([texts.ENGLISH])
        use_terminal_figures()
