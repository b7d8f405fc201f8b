"""The form factory: one `core.fields.Field` makes a label, an editor, help, a reset arrow and a message.

Nothing here knows which form it is; the places combine rows and set their error messages.
"""

from __future__ import annotations

from segmind_studio.ui.forms.field_editor import FieldEditor
from segmind_studio.ui.forms.field_row import FieldRow, Message, MessageLine
from segmind_studio.ui.forms.fold import Fold
from segmind_studio.ui.forms.form_model import FormBinding, FormModel, make_editor, make_row
from segmind_studio.ui.forms.option_card import CardRow, OptionCard

__all__ = [
    "CardRow", "FieldEditor", "FieldRow", "Fold", "FormBinding", "FormModel", "Message", "MessageLine",
    "OptionCard", "make_editor", "make_row",
]
