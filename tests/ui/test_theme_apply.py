"""The theme sets the application, once for each change."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QSpinBox, QTextEdit

from segmind_studio.resources import resource
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.theme import Theme, ui_families
from segmind_studio.ui.theme.tokens import BODY, DARK, DARK_HIGH, LIGHT, LIGHT_HIGH, SEMIBOLD, TITLE, tones_of
from tests.fakes.themed import themed
from tests.fakes.typed import as_service


@pytest.fixture
def theme(qapp):
    with themed(qapp) as theme:
        yield theme


def test_light_and_dark_set_palette_and_sheet(qapp, theme):
    for mode, tones in (
        ("light", LIGHT), ("dark", DARK), ("light-high", LIGHT_HIGH), ("dark-high", DARK_HIGH),
    ):
        theme.apply(mode)
        assert theme.mode == mode
        assert theme.tones is tones
        assert qapp.palette().window().color() == QColor(tones.window)
        assert tones.accent in qapp.styleSheet()
        assert tones_of() is tones


def test_colours_are_there_before_the_sheet(qapp, theme):
    spy = QSignalSpy(theme.changed)
    theme.prepare("dark")
    assert theme.mode == "dark"
    assert qapp.palette().window().color() == QColor(DARK.window)
    assert spy.count() == 0
    assert DARK.accent not in qapp.styleSheet()
    theme.apply("dark")
    assert spy.count() == 1
    assert DARK.accent in qapp.styleSheet()


def test_a_change_is_told_once(theme):
    theme.apply("light")
    spy = QSignalSpy(theme.changed)
    theme.apply("dark")
    theme.apply("dark")
    assert spy.count() == 1
    assert spy.at(0)[0] is DARK


def test_without_a_system_that_tells_it_is_light(qapp, theme):
    assert qapp.styleHints().colorScheme().name in {"Unknown", "Light"}
    theme.apply("system")
    assert theme.tones is LIGHT


class Contrast(QObject):
    """What the system says of contrast; nobody but the system can set Qt's own."""

    contrastPreferenceChanged = Signal(Qt.ContrastPreference)  # noqa: N815  # Qt's name
    now = Qt.ContrastPreference.NoPreference

    def contrastPreference(self):  # noqa: N802  # likewise
        return self.now


class Desktop:
    """The application, on a desktop with such a contrast."""

    def __init__(self, app, contrast):
        self._app = app
        self.accessibility = lambda: contrast

    def styleHints(self):  # noqa: N802  # Qt's name
        return self

    def __getattr__(self, name):
        return getattr(self._app.styleHints() if name.startswith("colorScheme") else self._app, name)


def test_the_systems_contrast_is_followed_at_once(qapp, qtbot, theme):
    contrast = Contrast()
    followed = Theme(as_service(QApplication, Desktop(qapp, contrast)))
    followed.apply("dark")
    assert followed.tones is DARK
    contrast.now = Qt.ContrastPreference.HighContrast
    with qtbot.waitSignal(followed.changed):
        contrast.contrastPreferenceChanged.emit(contrast.now)
    assert followed.tones is DARK_HIGH
    followed.apply("light-high")
    assert followed.tones is LIGHT_HIGH


def test_an_unknown_mode_counts_as_the_system(theme):
    theme.apply("sepia")
    assert theme.mode == "system"


def test_tones_do_not_follow_a_widgets_own_palette(qtbot, theme):
    theme.apply("light")
    button = mark(QPushButton("x"), kind="quiet")
    qtbot.addWidget(button)
    button.show()
    assert button.palette().window().color().alpha() == 0  # what the sheet's "transparent" does
    assert tones_of(button.palette()) is LIGHT


def test_disabled_text_is_faint(qapp, theme):
    theme.apply("dark")
    faint = qapp.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText)
    assert faint == QColor(DARK.faint)


def test_a_role_is_seen_at_once_also_on_a_shown_widget(qtbot, theme):
    theme.apply("light")
    label = QLabel("Title")
    qtbot.addWidget(label)
    label.show()
    before = label.sizeHint().height()
    assert mark(label, role="title") is label
    assert label.font().pointSizeF() == TITLE
    assert label.sizeHint().height() > before
    set_mark(label, "role", "small")
    assert label.font().pointSizeF() < TITLE


def test_all_text_is_as_large_as_asked_for(qapp, qtbot, theme):
    theme.apply("light", 150)
    labels = [QLabel("Body"), mark(QLabel("Title"), role="title")]
    for label in labels:
        qtbot.addWidget(label)
        label.show()
    assert [label.font().pointSizeF() for label in labels] == [1.5 * BODY, 1.5 * TITLE]
    theme.apply("light", 100)
    assert [label.font().pointSizeF() for label in labels] == [BODY, TITLE]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("make", [QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox])
def test_what_stands_in_an_empty_field_can_be_read(qtbot, theme, mode, make):
    theme.apply(mode)
    field = make()
    qtbot.addWidget(field)
    field.show()
    inner = field.findChild(QLineEdit) or field
    palette = inner.palette()
    text, ground = palette.placeholderText().color(), QColor(theme.tones.surface)
    assert text.alpha() == 255
    assert contrast(text, ground) >= 4.5


def test_inter_stands_in_for_dejavu_and_for_no_face_only(qapp):
    dejavu = QFont(["DejaVu Sans"])
    if QFontInfo(dejavu).family() == "DejaVu Sans":
        assert ui_families(dejavu) == ["Inter", "DejaVu Sans"]
    assert QFontDatabase.addApplicationFont(str(resource("fonts", "Inter-Regular.otf"))) >= 0
    assert ui_families(QFont(["Inter"])) == ["Inter"]  # any other face that is there stays


def test_all_text_is_in_the_face_that_was_chosen(qapp, qtbot, theme):
    theme.apply("light")
    label = mark(QLabel("Title"), role="title")
    qtbot.addWidget(label)
    label.show()
    chosen = ui_families(QFont())
    assert (label.font().families(), label.font().weight()) == (chosen, SEMIBOLD)
    assert chosen[0] == "Inter" or not QFontInfo(QFont()).family().startswith("DejaVu")


def test_the_licence_of_the_face_is_beside_it():
    text = resource("fonts", "LICENSE").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in text
    assert "The Inter Project Authors" in text


def contrast(one, other):
    """Return the ratio of WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
