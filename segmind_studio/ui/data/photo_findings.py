"""What the checks say, seen from one photo. Pure functions, but for the translation."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from segmind_studio.core.datasets import SMALL_SIDE_PIXELS, Check, Finding, Photo, Severity
from segmind_studio.ui.data.conversion_words import what_changes, why_it_changes

_SHOWN_OTHERWISE = frozenset({  # above, in the empty field, in the choice of readings, and below
    Check.UNREADABLE, Check.NO_CAPTION, Check.MISREAD, Check.CONVERTED,
})


def _tr(text: str) -> str:
    return QCoreApplication.translate("photo", text)


def about_photo(photo: Photo, findings: Iterable[Finding], background: str) -> list[Finding]:
    """Word the findings that name a photo for this one photo, worst first as they came.

    What is changed on its way comes last, as the photo itself says it; `background` is the dataset's.
    """
    small = _tr("Small: below {0} pixels on the short side. It would be enlarged.")
    words = {
        Check.TOO_LARGE: _tr("One of the largest photos of a package that is too large."),
        Check.DUPLICATE: _tr("The same picture is in here more than once. Exclude the copy."),
        Check.SMALL: small.format(SMALL_SIDE_PIXELS),
        Check.ASPECT: _tr("Very long or very tall. The edges may be cut off."),
        Check.NO_TRIGGER: _tr("The caption does not hold the trigger word."),
    }
    lines: list[Finding] = []
    if photo.excluded:
        lines.append(Finding("excluded", Severity.INFO, _tr("Excluded: it stays out of the package.")))
    if photo.problem:
        lines.append(Finding(Check.UNREADABLE, Severity.SHOULD, photo.problem, _tr("It is left out.")))
    for finding in findings:
        if photo.photo_id not in finding.photo_ids or finding.check in _SHOWN_OTHERWISE:
            continue
        known = next((words[check] for check in words if check == finding.check), finding.words)
        lines.append(Finding(finding.check, finding.severity, known))
    if photo.used and (changed := what_changes(photo.changes, background)):
        words = _tr("Converted for training: {0}.").format(changed)
        lines.append(Finding(Check.CONVERTED, Severity.INFO, words, why_it_changes(photo.changes)))
    return lines
