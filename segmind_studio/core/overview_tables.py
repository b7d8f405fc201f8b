"""The overview of a dataset as tables of plain values: a line for each photo, and a line for each word.

The headings are names for other programs: they stay as they are in every language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from segmind_studio.core.caption_terms import Vocabulary
from segmind_studio.core.caption_tokens import estimated_tokens
from segmind_studio.core.datasets import Dataset, Photo, has_trigger
from segmind_studio.core.likeness import PictureMeasures
from segmind_studio.core.photo_edits import used_size

Row: TypeAlias = tuple[str | int | float, ...]
_PHOTO = (
    "file", "folder", "in_package", "width", "height", "sent_width", "sent_height", "used_width", "used_height",
    "ratio", "bytes", "format", "sharpness", "noise", "characters", "words", "tokens", "has_trigger", "caption",
)
_TERM = ("term", "words", "captions", "share", "with_trigger", "between_commas")


def photo_table(dataset: Dataset, measures: Mapping[str, PictureMeasures], trigger_word: str) -> Iterator[Row]:
    """Yield the headings, then a row for each photo in the dataset's order.

    Sizes are in pixels: of the file, as it is sent (with crop and fit), and about as training uses it. `measures`
    are by photo id; sharpness and noise of a photo without them are "". Yes and no are 1 and 0.
    """
    yield _PHOTO
    for photo in dataset.photos:
        yield _photo_row(photo, measures.get(photo.photo_id), trigger_word)


def _photo_row(photo: Photo, measured: PictureMeasures | None, trigger_word: str) -> Row:
    wide, high = photo.sent_size
    traits = measured.traits if measured is not None else None
    return (
        photo.path.name, str(photo.path.parent), int(photo.used), photo.width, photo.height, wide, high,
        *used_size(wide, high), round(wide / high, 4) if high else "", photo.size, photo.image_format,
        round(measured.sharpness, 2) if measured is not None else "",
        round(traits.noise, 2) if traits is not None else "",
        len(photo.caption), len(photo.caption.split()), estimated_tokens(photo.caption),
        int(has_trigger(photo.caption, trigger_word)), photo.caption,
    )


def term_table(vocabulary: Vocabulary) -> Iterator[Row]:
    """Yield the headings, then a row for each word, phrase and part between commas, most frequent first.

    `share` is that of the written captions, 0 to 1; `with_trigger` counts those that hold the trigger word too.
    """
    yield _TERM
    for term in vocabulary.terms:
        share = round(vocabulary.share(term), 4)
        yield term.text, term.size, term.count, share, term.with_trigger, int(term.is_part)
