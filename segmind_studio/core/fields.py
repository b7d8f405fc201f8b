"""The thirteen fields of the submit body: one record each, which defines form, checks, help and JSON."""

from __future__ import annotations

import math
import re
from enum import StrEnum
from typing import TypeGuard
from urllib.parse import urlsplit

from segmind_studio.record import record
from segmind_studio.texts import N_, NC_, Text, _, listed

Value = str | int | float | bool
_BLANKS = re.compile(r"\s+")  # also line breaks, and blanks of other widths
# Soft hyphens, blanks of no width, and marks of the writing direction. Joiners stay between letters: some scripts
# need them.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_AROUND = " \u200c\u200d"


class Kind(StrEnum):
    """The type of a field, and so the widget that edits it."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    SOURCE = "source"  # "" means: upload the open dataset; else a public zip URL
    CHOICE = "choice"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float"


class Group(StrEnum):
    """Where in the body a field is."""

    TOP = "top"
    ADVANCE = "advance_parameters"  # spelt as the API spells it


@record
class Choice:
    """One allowed value of a field, with its label."""

    value: Value
    label: Text
    hint: Text | None = None


@record
class Field:
    """One field: default, rule, texts, and where the rule comes from.

    `default` is what the app sends when the user changes nothing; for `learning_rate` it is the FULL default and
    `TrainingForm` makes it follow `finetune_type`. `folded` fields are shown under details.
    """

    key: str
    group: Group
    kind: Kind
    label: Text
    help: Text
    source: Text
    default: Value
    required: bool = False
    choices: tuple[Choice, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    max_length: int | None = None
    pattern: str | None = None
    pattern_text: Text | None = None
    folded: bool = False

    def problem(self, value: Value) -> str:
        """Return what is wrong with `value` and what to do, "" when it can be sent."""
        match self.kind:
            case Kind.BOOL:
                return (
                    "" if isinstance(value, bool) else _("{field} must be on or off.").format(field=self.label)
                )
            case Kind.INT | Kind.FLOAT:
                return self._number_problem(value)
            case Kind.CHOICE:
                return self._choice_problem(value)
            case _:
                return self._text_problem(value)

    def _choice_problem(self, value: Value) -> str:
        for choice in self.choices:
            if choice.value == value and type(choice.value) is type(value):
                return ""
        values = listed(str(choice.value) for choice in self.choices)
        return _("{field} must be one of {values}.").format(field=self.label, values=values)

    def _number_problem(self, value: Value) -> str:
        if self.kind is Kind.INT and (isinstance(value, bool) or not isinstance(value, int)):
            return _("{field} must be a whole number.").format(field=self.label)
        if not is_finite_number(value):
            return _("{field} must be a number.").format(field=self.label)
        if self.minimum is not None and value < self.minimum:
            return _("{field} must be at least {number}.").format(
                field=self.label, number=number_text(self.minimum)
            )
        if self.maximum is not None and value > self.maximum:
            return _("{field} must be at most {number}.").format(
                field=self.label, number=number_text(self.maximum)
            )
        return ""

    def _text_problem(self, value: Value) -> str:
        if not isinstance(value, str):
            return _("{field} must be text.").format(field=self.label)
        if self.required and not value.strip():
            return _("{field} is required.").format(field=self.label)
        if any(self._unwanted(char) for char in value):
            return _("{field} contains a character that cannot be sent. Remove it.").format(field=self.label)
        if self.max_length is not None and len(value) > self.max_length:
            return _("{field} can have at most {most} characters; this has {count}.").format(
                field=self.label, most=self.max_length, count=len(value),
            )
        if value and self.pattern is not None and re.fullmatch(self.pattern, value) is None:
            return str(self.pattern_text or "")
        return _zip_url_problem(value) if value and self.kind is Kind.SOURCE else ""

    def _unwanted(self, char: str) -> bool:
        """Return whether it is a control character or a lone surrogate; only a long text may have line breaks."""
        if char == "\n":
            return self.kind is not Kind.LONG_TEXT
        return char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff"


def is_finite_number(value: object) -> TypeGuard[int | float]:
    """Return whether it is a whole or decimal number; not for True, False, NaN and infinity."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def plain_line(text: str) -> str:
    """Return a line as it is seen: one blank between words and none around them, nothing invisible.

    Pasted text brings such characters along. With them, a trigger word is another one than that of the captions.
    """
    return _BLANKS.sub(" ", _INVISIBLE.sub("", text)).strip(_AROUND)


def _zip_url_problem(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
        parts = urlsplit("")
    if parts.scheme != "https" or not host or any(char.isspace() for char in text):
        return _("Enter a public https:// address of a zip, or leave it empty to upload your dataset.")
    return ""


def number_text(value: float) -> str:
    """Return a number as text without an exponent: 300, 0.00001, never 1e-05."""
    from decimal import Decimal  # noqa: PLC0415  # when first needed

    if isinstance(value, int) or (math.isfinite(value) and value.is_integer()):
        return f"{Decimal(value):f}"
    return f"{Decimal(repr(value)):f}" if math.isfinite(value) else str(value)


NAME_PATTERN = r"[A-Za-z0-9_-]+"
LEARNING_RATE_BY_TYPE: dict[str, float] = {"FULL": 0.00001, "LORA": 0.0001}  # seed

FIELDS: tuple[Field, ...] = (
    Field(
        key="theme", group=Group.TOP, kind=Kind.CHOICE, label=N_("Theme"),
        help=N_("What your photos show. It guides the training."),
        source=N_("Segmind's Flux Pro fine-tuning page"),
        default="GENERAL",
        choices=(
            Choice("CHARACTER", N_("Character"), N_("A person, an animal or a figure.")),
            Choice("PRODUCT", N_("Product"), N_("An object, with its shape and logos.")),
            Choice("STYLE", N_("Style"), N_("A look: a way of drawing, light or colours.")),
            Choice("GENERAL", N_("General"), N_("Anything else, or a mix.")),
        ),
    ),
    Field(
        key="data_source_path", group=Group.TOP, kind=Kind.SOURCE, label=N_("Training photos"),
        help=N_("Your dataset, uploaded privately, or the address of a public zip below 100 MB."),
        source=N_("Segmind's documentation; the zip must answer HEAD and GET with its length"),
        default="", max_length=2048,
    ),
    Field(
        key="name", group=Group.TOP, kind=Kind.TEXT, label=N_("Name"),
        help=N_("Name of this run. It becomes part of the model's address."),
        source=N_("Required by the API; the allowed characters are our assumption"),
        default="", required=True, max_length=64, pattern=NAME_PATTERN,
        pattern_text=N_("Use only letters A to Z, digits, - and _, without spaces."),
    ),
    Field(
        key="trigger_word", group=Group.TOP, kind=Kind.TEXT, label=N_("Trigger word"),
        help=N_("A unique word that brings up what was learned. Invented words work best."),
        source=N_("Segmind's Flux Pro fine-tuning page"),
        default="TOK", required=True, max_length=64,
    ),
    Field(
        key="instance_prompt", group=Group.TOP, kind=Kind.LONG_TEXT, label=N_("Prompt"),
        help=N_("One sentence that describes your photos and contains the trigger word."),
        source=N_("Required by the official SDK; every example contains the trigger word"),
        default="", required=True, max_length=2000,
    ),
    Field(
        key="iterations", group=Group.ADVANCE, kind=Kind.INT, label=N_("Iterations"),
        help=N_("How long to train. 100 to 150 is enough for a first look; use more for hard subjects."),
        source=N_("At least 100 and default 300: Segmind; at most 1000: Black Forest Labs"),
        default=300, minimum=100, maximum=1000, step=50,
    ),
    Field(
        key="finetune_type", group=Group.ADVANCE, kind=Kind.CHOICE, label=N_("Fine-tune type"),
        help=N_("Train the full model and extract a LoRA, or train a LoRA only."),
        source=N_("Segmind's Flux Pro fine-tuning page"),
        default="FULL", folded=True,
        choices=(
            Choice("FULL", NC_("fine-tune type", "Full"), N_("Trains the full model, then extracts a LoRA.")),
            Choice("LORA", N_("LoRA"), N_("Trains a LoRA only.")),
        ),
    ),
    Field(
        key="lora_rank", group=Group.ADVANCE, kind=Kind.CHOICE, label=N_("LoRA rank"),
        help=N_("How much the LoRA can store. 16 trains and loads faster, 32 keeps more detail."),
        source=N_("Segmind's Flux Pro fine-tuning page"),
        default=32, folded=True,
        choices=(Choice(16, N_("16"), N_("Faster and smaller.")), Choice(32, N_("32"), N_("Keeps more detail."))),
    ),
    Field(
        key="learning_rate", group=Group.ADVANCE, kind=Kind.FLOAT, label=N_("Learning rate"),
        help=N_("How big each step is. Follows the fine-tune type until you change it."),
        source=N_("Defaults: Segmind; 0.000001 to 0.005: Black Forest Labs"),
        default=LEARNING_RATE_BY_TYPE["FULL"], minimum=0.000001, maximum=0.005, step=0.00001, folded=True,
    ),
    Field(
        key="priority", group=Group.ADVANCE, kind=Kind.CHOICE, label=N_("Priority"),
        help=N_("What matters more: time or quality."),
        source=N_("Segmind's Flux Pro fine-tuning page"),
        default="QUALITY", folded=True,
        choices=(
            Choice("SPEED", NC_("training priority", "Speed"), N_("Shorter training steps.")),
            Choice("QUALITY", N_("Quality"), N_("The usual choice.")),
            Choice("HIGH_RES_ONLY", N_("High resolution only"), N_("Uses only large photos.")),
        ),
    ),
    Field(
        key="captioning", group=Group.ADVANCE, kind=Kind.BOOL, label=N_("Automatic captions"),
        help=N_("The service writes captions for your photos. Turn this off to keep your own."),
        source=N_("Segmind's Flux Pro fine-tuning page"),
        default=True,
    ),
    Field(
        key="segmind_public", group=Group.TOP, kind=Kind.BOOL, label=N_("Public model"),
        help=N_("Anyone on Segmind can use the finished model. Off keeps it private."),
        source=N_("Segmind's API; the app always sends it"),
        default=False,
    ),
    Field(
        key="base_model", group=Group.TOP, kind=Kind.CHOICE, label=N_("Base model"),
        help=N_("The model to fine-tune."),
        source=N_("Segmind's API has others; this app trains Flux Pro"),
        default="FLUX_PRO", folded=True,
        choices=(Choice("FLUX_PRO", N_("Flux Pro")),),
    ),
)

FIELD_BY_KEY: dict[str, Field] = {field.key: field for field in FIELDS}
LINES = frozenset(field.key for field in FIELDS if field.kind in {Kind.TEXT, Kind.SOURCE})  # see `plain_line`
