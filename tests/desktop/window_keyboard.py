"""A keyboard for the window of this process: keys go to whatever has the focus."""

from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

MOST_TABS = 80


class Keyboard:
    """Keys go to whatever has the focus; nothing is clicked."""

    def __init__(self, studio):
        self.driver = studio.driver
        self.window = studio.window

    def focus(self):
        app = QApplication
        return app.activePopupWidget() or app.focusWidget() or app.activeWindow() or self.window

    def press(self, keys):
        self.driver.settle()
        QTest.keySequence(self.focus(), QKeySequence(keys))
        self.driver.settle()

    def type(self, text):
        QTest.keyClicks(self.focus(), text)
        self.driver.settle()

    def replace(self, text):
        self.press("Ctrl+A")
        self.type(text)

    def tab_to(self, name):
        for _ in range(MOST_TABS):
            if self.named(self.focus(), name):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {name}")

    @staticmethod
    def named(widget, name):
        """Return whether the focus is on the control or on the field inside of it."""
        while widget is not None:
            if widget.objectName() == name:
                return True
            widget = widget.parentWidget() if not widget.isWindow() else None
        return False
