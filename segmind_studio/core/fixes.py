"""Fixes for a finding or a piece of advice, each a button. Pure functions; the window applies them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from math import prod
from operator import attrgetter

from segmind_studio.core.datasets import (
    ADVISED_MAX_IMAGES,
    ADVISED_MIN_IMAGES,
    MAX_ARCHIVE_BYTES,
    Check,
    Dataset,
    Finding,
    Photo,
    has_trigger,
)
from segmind_studio.core.fields import FIELD_BY_KEY, Value
from segmind_studio.core.photo_order import PhotoOrder
from segmind_studio.core.photo_terms import query_for
from segmind_studio.record import record
from segmind_studio.texts import _, ngettext

_OPENERS = frozenset({  # frequent first words of captions that are no trigger word
    "a", "an", "the", "this", "that", "these", "there", "in", "on", "at", "of", "with", "and", "is", "it",
    "he", "she", "they", "his", "her", "my", "our", "one", "two", "photo", "photograph", "picture", "image",
    "portrait", "closeup", "close-up", "selfie", "drawing", "painting", "illustration",
})
_PLACEHOLDER = re.compile(r"\[trigger\]", re.IGNORECASE)
_SIZE = attrgetter("size")
_AROUND = " \t\r\n,.;:!?\"'()[]<>“”„«»"


class FixKind(StrEnum):
    """What a fix does. Each of them can be undone."""

    SET = "set"  # the field `key` gets `value`
    PREPEND = "prepend"  # `value` comes into all captions that do not hold it, see `with_trigger`
    EXCLUDE = "exclude"  # the photos stay out of the package
    INCLUDE = "include"  # the photos go into the package again
    REMOVE = "remove"  # the photos leave the dataset; their files stay
    SELECT = "select"  # the photos are selected, and the user decides
    ADD = "add"  # the user chooses photos to add
    FIT = "fit"  # the user chooses a size, and the photos are made smaller
    REWORD = "reword"  # the user writes what replaces the words `key` in these captions
    REPLACE = "replace"  # the words `key` become `value` in these captions
    DROP = "drop"  # the words `key` are removed from these captions
    LEAD = "lead"  # `value` is moved to the front of these captions
    ACCEPT = "accept"  # such findings about these photos are not shown any more; `key` is `Finding.key`
    SHOW_IGNORED = "show-ignored"  # all ignored findings are shown again
    SHOW = "show"  # the photos that the query `value` finds are shown, sorted by `key`, a `PhotoOrder`
    DESCRIBE = "describe"  # the photos are selected, and the dialog asks a model for captions
    CROP = "crop"  # the photos are selected, and the first is shown with its crop
    STRIP = "strip"  # place and camera data is removed from what is sent, from now on
    GROUPS = "groups"  # near duplicates are shown side by side, and the user decides


@record
class Fix:
    """One button; `text` is its text."""

    kind: FixKind
    text: str
    photo_ids: tuple[str, ...] = ()
    key: str = ""
    value: Value = ""


def fixes_for(finding: Finding, dataset: Dataset, trigger_word: str) -> tuple[Fix, ...]:
    """Return the fixes for a finding on a dataset, the best first; at least, its photos can be selected.

    The last one ignores the finding, where that is possible.
    """
    return (*_mending(finding, dataset, trigger_word), *_ignoring(finding, dataset))


def _mending(finding: Finding, dataset: Dataset, trigger_word: str) -> list[Fix]:
    ids = finding.photo_ids
    count = len(ids)
    found: list[Fix] = []
    match finding.check:
        case Check.UNREADABLE:
            found.append(
                Fix(
                    FixKind.REMOVE, ngettext("Remove it", "Remove these {count}", count).format(count=count), ids
                )
            )
        case Check.DUPLICATE | Check.NEAR_DUPLICATE:
            found += _copy_fixes(finding)
        case Check.SMALL | Check.ASPECT:
            found += _shape_fixes(finding, dataset)
        case Check.NO_TRIGGER:
            use_or_add = trigger_fixes([photo.caption for photo in dataset.used], trigger_word)
            found += [*use_or_add[:-1], *_other_trigger(dataset.used, trigger_word.strip()), *use_or_add[-1:]]
        case Check.TOO_LARGE:
            found.append(Fix(FixKind.FIT, _("Fit to size…")))
            found += _exclude_largest(dataset.used)
        case Check.FEW | Check.NONE_USED | Check.ORPHANS:
            found += _more_photos(finding, dataset)
        case Check.MANY:
            return [_smallest(dataset.used, len(dataset.used) - ADVISED_MAX_IMAGES)]
        case Check.MISREAD if len(ids) > 1:  # the choice is shown beside one photo
            return [Fix(FixKind.SELECT, _("Select the first"), ids[:1])]
        case _:
            found += _caption_fixes(finding, trigger_word.strip()) or _picture_fixes(finding, dataset)
    if ids:
        found.append(
            Fix(FixKind.SELECT, ngettext("Select it", "Select these {count}", count).format(count=count), ids)
        )
    return found


def _shape_fixes(finding: Finding, dataset: Dataset) -> list[Fix]:
    ids = finding.photo_ids
    found = [Fix(FixKind.CROP, _("Crop…"), ids)] if finding.check == Check.ASPECT else []
    if len(dataset.used) - len(ids) >= ADVISED_MIN_IMAGES:
        words = ngettext("Exclude it", "Exclude these {count}", len(ids)).format(count=len(ids))
        found.append(Fix(FixKind.EXCLUDE, words, ids))
    return found


def _copy_fixes(finding: Finding) -> list[Fix]:
    ids = finding.photo_ids
    found = [Fix(FixKind.EXCLUDE, ngettext("Exclude the copy", "Exclude the copies", len(ids)), ids)]
    if finding.check == Check.NEAR_DUPLICATE:
        found.append(Fix(FixKind.GROUPS, _("Compare side by side…"), ids))
    return found


_CANNOT_BE_IGNORED = frozenset({  # what refuses the set, what has an own word for it, and the line of ignored ones
    Check.TOO_LARGE, Check.NONE_USED, Check.FUSED, Check.IGNORED,
})


def _caption_fixes(finding: Finding, trigger: str) -> list[Fix]:
    ids, words, found = finding.photo_ids, finding.subject, list[Fix]()
    match finding.check:
        case Check.FUSED:
            drop = ngettext("Remove it from "
                            "the caption", "Remove it from {count} captions", len(ids)).format(count=len(ids))
            found += [
                Fix(FixKind.REWORD, _("Reword…"), ids, words),
                Fix(FixKind.DROP, drop, ids, words),
                Fix(FixKind.ADD, _("Add photos…")),
                Fix(FixKind.ACCEPT, _("Keep it"), ids, finding.key),
            ]
        case Check.TRIGGER_MISSPELT:
            found.append(
                Fix(FixKind.REPLACE, _("Write “{trigger}”").format(trigger=trigger), ids, words, trigger)
            )
        case Check.TRIGGER_PLACE:
            found.append(Fix(FixKind.LEAD, _("Move it to the front"), ids, value=trigger))
        case Check.NO_CAPTION:
            found.append(Fix(FixKind.DESCRIBE, _("Captions from a model…"), ids))
        case Check.IGNORED:
            found.append(Fix(FixKind.SHOW_IGNORED, _("Show them again"), ids))
        case _:
            pass
    return found


_ORDERS: dict[str, str] = {Check.BLURRED: PhotoOrder.SHARPNESS, Check.NOISY: PhotoOrder.NOISE}


def _picture_fixes(finding: Finding, dataset: Dataset) -> list[Fix]:
    ids, query = finding.photo_ids, query_for(finding.check)
    found: list[Fix] = []
    if finding.check == Check.PLACE_DATA and finding.subject:
        found.append(Fix(FixKind.STRIP, _("Remove it from what is sent")))
    if finding.check == Check.CUT_OUT:
        found.append(Fix(FixKind.GROUPS, _("Compare side by side…"), ids))
    elif finding.check == Check.ONE_SIDED:
        found += [Fix(FixKind.CROP, _("Crop…"), ids), Fix(FixKind.ADD, _("Add photos…"))]
    elif finding.check == Check.FEW_SCENES:
        sort = Fix(FixKind.SHOW, _("Sort by scene"), ids, PhotoOrder.LIKENESS)
        found += [sort, Fix(FixKind.ADD, _("Add photos…"))]
    elif query:
        order = _ORDERS.get(finding.check, "")
        words = ngettext("Show it", "Show them", len(ids))
        words = _("Show worst first") if order and len(ids) > 1 else words
        found.append(Fix(FixKind.SHOW, words, ids, order, query))
        if finding.check != Check.PLACE_DATA and len(dataset.used) - len(ids) >= ADVISED_MIN_IMAGES:
            words = ngettext("Exclude it", "Exclude these {count}", len(ids)).format(count=len(ids))
            found.append(Fix(FixKind.EXCLUDE, words, ids))
    return found


def _ignoring(finding: Finding, dataset: Dataset) -> list[Fix]:
    """Return the fix that ignores a finding; about the whole set it is remembered with all photos of it."""
    if finding.check in _CANNOT_BE_IGNORED:
        return []
    ids = finding.photo_ids
    if finding.check == Check.ORPHANS:
        ids = tuple([photo.photo_id for photo in dataset.photos])  # the photos that are there, excluded ones too
    elif finding.check in {Check.MANY, Check.FEW}:
        ids = tuple([photo.photo_id for photo in dataset.used])
    return [Fix(FixKind.ACCEPT, _("Ignore"), ids, finding.key)]


def trigger_fixes(captions: Iterable[str], trigger_word: str) -> tuple[Fix, ...]:
    """Return the fixes for captions without the trigger word: use their first word, or add the trigger word."""
    trigger = trigger_word.strip()
    written = [text for text in captions if text.strip()]
    missing = len([text for text in written if not has_trigger(text, trigger)])
    if not trigger or not missing:
        return ()
    found: list[Fix] = []
    word = leading_word(written)
    other = word.casefold() != trigger.casefold()
    if word and other and len([1 for text in written if has_trigger(text, word)]) > len(written) - missing:
        found.append(
            Fix(
                FixKind.SET,
                _("Use “{word}” as the trigger word").format(word=word),
                key="trigger_word",
                value=word,
            )
        )
    words = _("Add it to all captions") if missing == len(written) else \
        ngettext("Add it to the caption", "Add it to {count} captions", missing).format(count=missing)
    found.append(Fix(FixKind.PREPEND, words, value=trigger))
    return tuple(found)


def _other_trigger(used: Sequence[Photo], trigger: str) -> Iterator[Fix]:
    """Yield the fix that writes the trigger word where most captions have another one at the start."""
    word = leading_word([photo.caption for photo in used if photo.caption.strip()])
    lacking = [photo for photo in used if word and not has_trigger(photo.caption, trigger)]
    ids = tuple([photo.photo_id for photo in lacking if has_trigger(photo.caption, word)])
    if trigger and ids:
        words = _("Write “{trigger}” instead of “{word}”").format(trigger=trigger, word=word)
        yield Fix(FixKind.REPLACE, words, ids, word, trigger)


def leading_word(captions: Sequence[str]) -> str:
    """Return the word that more than half of the captions, and at least two, begin with, in its usual form.

    "" when there is none, when it is a common word such as "a", or when it cannot be a trigger word.
    """
    texts = (_PLACEHOLDER.sub("", text) for text in captions)
    firsts = [words[0].strip(_AROUND) for text in texts if (words := text.replace(",", " ").split(maxsplit=1))]
    counts = Counter(word.casefold() for word in firsts if len(word) > 1)
    if not counts:
        return ""
    folded, count = counts.most_common(1)[0]
    word = Counter(word for word in firsts if word.casefold() == folded).most_common(1)[0][0]
    common = count > 1 and count * 2 > len(captions) and folded not in _OPENERS
    return word if common and not FIELD_BY_KEY["trigger_word"].problem(word) else ""


def trigger_prefix(trigger_word: str) -> str:
    """Return the text to put in front of a caption so that it contains the trigger word."""
    return f"{trigger_word.strip()}, "


def with_trigger(caption: str, trigger_word: str) -> str:
    """Return a caption with the trigger word: where ai-toolkit's “[trigger]” stands for it, else in front."""
    word = trigger_word.strip()
    held = _PLACEHOLDER.sub(lambda _found: word, caption)
    return trigger_prefix(word) + caption.lstrip() if held == caption else held


def _smallest(used: Sequence[Photo], count: int) -> Fix:
    """Return the fix that selects the photos with the fewest pixels; of equal ones the last."""
    placed = sorted(enumerate(used), key=lambda one: (prod(one[1].edited_size), -one[0]))
    chosen = {photo.photo_id for _place, photo in placed[:count]}
    words = ngettext("Select the smallest photo", "Select the {count} smallest photos", count)
    ids = tuple([photo.photo_id for photo in used if photo.photo_id in chosen])
    return Fix(FixKind.SELECT, words.format(count=count), ids)


def _exclude_largest(used: Sequence[Photo]) -> list[Fix]:
    """Return the fix that leaves out as few photos as possible to fit, by the sizes of their files."""
    left = sum([photo.size for photo in used])
    out: list[str] = []
    for photo in sorted(used, key=_SIZE, reverse=True):
        if left < MAX_ARCHIVE_BYTES and out:
            break
        out.append(photo.photo_id)
        left -= photo.size
    if len(out) >= len(used):
        return []
    words = ngettext("Exclude the largest photo", "Exclude the {count} largest photos", len(out))
    return [Fix(FixKind.EXCLUDE, words.format(count=len(out)), tuple(out))]


def _more_photos(finding: Finding, dataset: Dataset) -> list[Fix]:
    if finding.check == Check.ORPHANS:
        return [Fix(FixKind.ADD, _("Add photos…"))]
    out = tuple([photo.photo_id for photo in dataset.photos if photo.excluded and not photo.problem])
    found = [Fix(FixKind.ADD, _("Add photos…"))]
    if out:
        words = ngettext("Include the excluded photo", "Include the {count} excluded photos", len(out))
        words = words.format(count=len(out))
        found.insert(0, Fix(FixKind.INCLUDE, words, out))
    return found
