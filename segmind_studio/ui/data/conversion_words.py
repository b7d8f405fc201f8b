"""What is changed on a photo's way into the archive, and why, in words. Pure, but for the translation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from segmind_studio.core.conversions import HUGE, Conversion, detail_of, kind_of
from segmind_studio.core.datasets import WHITE

BLACK, GREY = "#000000", "#808080"


def _tr(text: str) -> str:
    return QCoreApplication.translate("conversion", text)


def colour_name(colour: str) -> str:
    """Name a background: white, black, grey, or its number."""
    names = {WHITE: _tr("white"), BLACK: _tr("black"), GREY: _tr("grey")}
    return names.get(colour, colour)


def what_changes(changes: Sequence[str], background: str) -> str:
    """Name each change: "Display P3 → sRGB, turned upright"; "" when the bytes are kept."""
    return ", ".join(filter(None, (_what(text, background) for text in changes)))


def why_it_changes(changes: Sequence[str]) -> str:
    """Say why: what training does not heed, and what is out of order."""
    kinds = tuple(kind for text in changes if (kind := kind_of(text)) is not None)
    unheeded = {
        Conversion.COLOURS: _tr("colour profiles"),
        Conversion.PRINT_COLOURS: _tr("colour profiles"),
        Conversion.BRIGHTNESS: _tr("what is brighter than white"),
        Conversion.DEPTH: _tr("more than 8 bits"),
        Conversion.TRANSPARENT: _tr("transparency"),
        Conversion.TURNED: _tr("how a photo was held"),
    }
    huge = any(detail_of(text) == HUGE for text in changes)
    disorder = {
        Conversion.PROFILE: _tr("The profile is so large that others cannot open the photo.") if huge
        else _tr("The profile is damaged, or not for such a photo; the colours are taken as sRGB."),
        Conversion.TAIL: _tr("Behind its picture stand bytes that do not belong to it."),
    }
    said = [disorder[kind] for kind in kinds if kind in disorder]
    if things := ", ".join(unheeded[kind] for kind in kinds if kind in unheeded):
        said.insert(0, _tr("Training does not heed: {0}.").format(things))
    return " ".join(said)


def _what(text: str, background: str) -> str:
    words = {
        Conversion.COLOURS: _to_srgb(text, _tr("its own colours")),
        Conversion.PRINT_COLOURS: _to_srgb(text, _tr("CMYK")),
        Conversion.BRIGHTNESS: _to_srgb(text, _tr("HDR")),
        Conversion.DEPTH: _tr("16 bit → 8"),
        Conversion.TRANSPARENT: _tr("transparent → {0}").format(colour_name(background)),
        Conversion.TURNED: _tr("turned upright"),
        Conversion.PROFILE: _tr("without its colour profile"),
        Conversion.TAIL: _tr("ended where its picture ends"),
    }
    kind = kind_of(text)
    return words[kind] if kind is not None else ""


def _to_srgb(text: str, fallback: str) -> str:
    return _tr("{0} → sRGB").format(detail_of(text) or fallback)
