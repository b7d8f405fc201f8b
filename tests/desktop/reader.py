"""What a screen reader can do with widgets, asked in the process: actions, values, texts, names."""

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QComboBox, QMenu, QPlainTextEdit, QRadioButton, QWidget


def interface(widget):
    return QAccessible.queryAccessibleInterface(widget)


def act(widget, action):
    """Do one of a widget's accessible actions."""
    actions = interface(widget).actionInterface()
    assert action in actions.actionNames(), (described(widget), actions.actionNames())
    actions.doAction(action)


def set_text(widget, text):
    """Put a text into a field, as a whole."""
    editable = interface(widget).editableTextInterface()
    editable.replaceText(0, interface(widget).textInterface().characterCount(), text)


def name_of(widget):
    """Return the name that a reader says, or that of the label which belongs to the widget."""
    found = interface(widget)
    labels = [other for other, relation in found.relations() if relation == QAccessible.RelationFlag.Label]
    names = [found.text(QAccessible.Text.Name), *(label.text(QAccessible.Text.Name) for label in labels)]
    return next((name for name in names if name.strip()), "")


def described(widget):
    parent = widget.parentWidget()
    return f"{type(widget).__name__} {widget.objectName()!r} in {type(parent).__name__ if parent else None}"


def checkable_buttons(window):
    return [button for button in window.findChildren(QAbstractButton) if button.isCheckable()]


def checkable_items(window):
    """Return each menu's checkable items as pairs of the menu and the place in it."""
    return [
        (menu, place)
        for menu in window.findChildren(QMenu)
        for place, action in enumerate(menu.actions()) if action.isCheckable() and action.isEnabled()
    ]


def shown_in_form(window, key):
    """Return what a field's widget shows; texts as texts, a choice by its value, a switch as a bool."""
    name = f"train.field.{key}"
    control = window.findChild(QWidget, name)
    radios = control.findChildren(QRadioButton)
    if radios:
        return next((radio.objectName().removeprefix(f"{name}.") for radio in radios if radio.isChecked()), "")
    if isinstance(control, QAbstractButton):
        return control.isChecked()
    if isinstance(control, QComboBox):
        return control.currentText()
    return control.toPlainText() if isinstance(control, QPlainTextEdit) else control.text()
