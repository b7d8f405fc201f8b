"""What is done to a picture, and what becomes of it, as texts. Pure functions, except for the translation.

Kept apart: the inspector, the findings and the crop editor say the same.
"""

from __future__ import annotations

from segmind_studio.core.datasets import SMALL_SIDE_PIXELS, USED_MEGAPIXELS, Finding, Photo, Severity
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit, below_used_size, edited_size, used_size
from segmind_studio.formats import number, size_in_pixels
from segmind_studio.texts import _, listed, ngettext


def what_is_done(edit: PhotoEdit) -> str:
    """Name each part of an edit: "cropped, turned, straightened by 1.5°"; "" for none."""
    parts = (
        (edit.cropped, _("cropped")), (bool(edit.turns), _("rotated")), (edit.mirrored, _("flipped")),
        (bool(edit.angle), _("straightened by {degrees}°").format(degrees=number(abs(edit.angle), 1))),
    )
    return listed(words for done, words in parts if done)


def becomes(photo: Photo) -> str:
    """Say at which size training uses a photo, in pixels."""
    wide, high = photo.edited_size
    if not wide or not high:
        return ""
    used = used_size(wide, high)
    if photo.sent_size != (wide, high):
        sent = size_in_pixels(*photo.sent_size)
        return _("Sent at {size}, trained at about {used}").format(size=sent, used=size_in_pixels(*used))
    if used == (wide, high):
        return _("Trained at its own size") if not below_used_size(wide, high) else _("Enlarged in training")
    return _("Trained at about {size}").format(size=size_in_pixels(*used))


def size_with_use(photo: Photo, edit: PhotoEdit) -> str:
    """Say the size of a photo with an edit and its use, both in pixels."""
    size = edited_size(photo.width, photo.height, edit)
    used = used_size(*size)
    if used == size:
        return size_in_pixels(*size)
    return _("{size}, trained at about {used}").format(size=size_in_pixels(*size), used=size_in_pixels(*used))


def too_small(photo: Photo, edit: PhotoEdit) -> str:
    """Return the warning that the edit makes a photo smaller than what training uses; "" without one."""
    whole = edited_size(photo.width, photo.height, NO_EDIT)
    size = edited_size(photo.width, photo.height, edit)
    if not edit or not below_used_size(*size) or size in {whole, whole[::-1]}:
        return ""
    if min(size) < SMALL_SIDE_PIXELS:
        return _("Below {pixels} pixels on the short side. It would be enlarged a lot.").format(
            pixels=SMALL_SIDE_PIXELS
        )
    return ngettext(
        "Below the {count} megapixel that training uses. It would be enlarged.",
        "Below the {count} megapixels that training uses. It would be enlarged.", USED_MEGAPIXELS,
    ).format(count=USED_MEGAPIXELS)


def about_edit(photo: Photo) -> list[Finding]:
    """Return what is done to a photo, and the warning when that makes it too small."""
    done = what_is_done(photo.edit)
    if not done:
        return []
    words = _("In the package: {changes}.").format(changes=done)
    lines = [Finding("edited", Severity.INFO, words, _("Your file stays as it is."))]
    small = min(photo.edited_size) < SMALL_SIDE_PIXELS  # a check says so already
    if photo.used and not small and (warning := too_small(photo, photo.edit)):
        lines.insert(0, Finding("crop-small", Severity.SHOULD, warning))
    return lines
