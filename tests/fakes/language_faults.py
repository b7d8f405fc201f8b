"""What is wrong with texts in the window: not translatable, or cut. Used with the fixture `pseudo_language`."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from segmind_studio import texts
from segmind_studio.core.errors import ApiError, ApiProblem, StoreError
from segmind_studio.core.fields import FIELDS
from segmind_studio.pseudo_language import pseudo
from tests.fakes.run_services import runs_of_all_stages
from tests.fakes.seen_texts import cut, texts_of, wrong_with

RUNS = runs_of_all_stages()
ERROR = StoreError(pseudo("Out of room."), pseudo("Make some."), "OSError: [Errno 28]")
REFUSED = ApiError(ApiProblem.BAD_REQUEST, pseudo("Refused."), pseudo("Read it."), "name: too long")
OWN = frozenset(
    {  # the service's words, names of files and of things, what people wrote, and what is one in all languages
        "Segmind Studio",
        "Segmind",
        "PySide",
        "Flux Pro",
        "LoRA",
        "JSON",
        "curl",
        "https",
        "SHA",
        "JPEG",
        "PNG",
        "sRGB",
        *(field.key for field in FIELDS),
        *(run.name for run in RUNS),
        "Holiday photos",
        "Holiday",
        "My account",
        "TOKMAN on a beach",
        "TOKMAN",
        "a photo of TOK",
        "TOK",
        "anna",
        "astronaut",
        "chelsea",
        "coffee",
        "rocket",
        "Only 2 of 12 images could be read.",
        "Insufficient credits. Top up your account.",
        "OSError: [Errno 28]",
        "name: too long",
        "WARMING_THE_GPU",
        "finetune_strength",
        "size",
        "seed",
        "prompt",
        "Untitled",
        "My Segmind",
        "SG_",
        "HTTPS_PROXY",
        "NO_PROXY",
    }
)

OF_QT = ("OK", "Cancel", "Close")  # Qt has a catalogue of its own for these


def fault_of(text: str, own: frozenset[str]) -> str:
    """Return what is wrong with a text, "" for nothing; in English all are right."""
    return wrong_with(text, own) if texts.used_language() == texts.PSEUDO else ""


def faults(top: QWidget, *own: str) -> list[str]:
    """List the texts that are wrong in `top`, each once, and a dialog that its screen cannot hold."""
    for _round in range(4):  # a layout that is laid out may ask another one
        QApplication.sendPostedEvents()
    names = OWN | frozenset(own)
    found = [
        f"{problem}: {what} of {type(widget).__name__} {widget.objectName()}: {text!r}"
        for widget, what, text in texts_of(top) if (problem := fault_of(text, names))
    ]
    found += [
        f"cut: {type(widget).__name__} {widget.objectName()}: {widget.text()!r}"
        for widget in top.findChildren(QWidget) if widget.isVisibleTo(top) and cut(widget)
    ]
    if isinstance(top, QDialog) and top.isWindow():
        room = top.screen().availableGeometry().size()
        if top.size().boundedTo(room) != top.size():
            found.append(f"larger than the screen: {type(top).__name__} {top.size().toTuple()}")
    return list(dict.fromkeys(found))
