"""What is wrong with the captions of a dataset as a whole: words fused with the trigger word, and the like.

The shares, the rules for spelling and likeness, and the words that are never reported follow `caption-audit` 1.3,
so that what it finds is found here too. What each photo's caption lacks is in `checks.py`.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from segmind_studio.core.caption_terms import (
    NO_VOCABULARY,
    CaptionWords,
    Term,
    Vocabulary,
    mark_of,
    take_apart,
    words_of,
)
from segmind_studio.core.caption_tokens import CLIP_TOKENS, T5_TOKENS, estimated_tokens
from segmind_studio.core.datasets import (
    ADVISED_MIN_IMAGES,
    Check,
    Finding,
    Photo,
    Severity,
    has_trigger,
    trigger_spans,
)
from segmind_studio.core.term_counts import TermCounts
from segmind_studio.dataset.caption_likeness import NearlyEqualCaptions, equal_captions
from segmind_studio.formats import percent
from segmind_studio.record import record
from segmind_studio.texts import _, ngettext, sentences

FUSED_SHARE = 0.85  # of the captions hold a term: the model cannot tell it from the trigger word
BIASED_SHARE = 0.60  # a strong bias
WATCHED_SHARE = 0.35  # worth watching
_SHOWN_TERMS = 8  # that are findings of their own; the vocabulary lists all
_MISSPELT = 2  # letters to change
_SHORTEST_SPELT = 4  # letters of a trigger word whose spelling is checked
_ODD = 2.0  # standard deviations
_THIN = 0.25  # different words among all words
_FUNCTION = (
    "a an the of on in at to from by with without for and or but nor so yet as is are was were be been "
    "being am it its it's this that these those there here he she they them his her their our your my me "
    "i you we us him into onto over under above below near beside between among through during while when "
    "where which who whom whose what why how not no yes very quite rather more most less least much many "
    "few some any each every other another same such own do does did done doing have has had having will "
    "would shall should can could may might must up down out off again then once toward towards against "
    "behind across around along past within throughout beneath underneath atop amid amidst upon beyond "
    "about after before than s t d wear wears wearing worn dress dressed hold holds holding held carry "
    "carries carrying carried feature features featuring show shows showing shown depict depicts "
    "depicting contain contains containing include includes including"
)
_FUNCTION_WORDS = frozenset(_FUNCTION.split())
_COMMON = (
    "person man woman boy girl child baby people face portrait photo photograph picture image style art "
    "artist painting drawing sketch dog cat horse bird animal car house home room tree flower food city "
    "street beach sky sea sun moon night day light dark red blue green yellow black white pink orange "
    "purple brown gold silver logo product brand shoe bag watch toy doll robot hero king queen prince "
    "princess angel model character anime cartoon subject object thing token trigger test sks"
)
_COMMON_WORDS = frozenset(_COMMON.split())
_EXCLUSIVE = (
    ("indoors", "outdoors"), ("daytime", "nighttime"), ("sunrise", "midnight"), ("noon", "midnight"),
    ("black and white", "colorful"), ("black and white", "colourful"), ("monochrome", "colorful"),
    ("monochrome", "colourful"), ("front view", "back view"), ("front view", "rear view"),
    ("close-up", "full body"), ("close-up", "wide shot"), ("eyes closed", "eyes open"),
    ("closed eyes", "open eyes"),
    ("standing", "lying down"), ("short hair", "long hair"), ("clean-shaven", "bearded"), ("empty", "crowded"),
)


@record
class FrequentTerm:
    """A term that many captions hold; `within` is a longer phrase that explains it, "" without one."""

    term: Term
    share: float
    within: str = ""


@record
class CaptionReport:
    """What was found about the captions of a dataset, and the words in them."""

    vocabulary: Vocabulary = NO_VOCABULARY
    findings: tuple[Finding, ...] = ()


class CaptionLint:
    """Look at captions; texts seen before are not taken apart again. For one thread, not the GUI thread."""

    def __init__(self) -> None:
        self._apart: dict[str, CaptionWords] = {}
        self._holds: dict[str, bool] = {}  # whether a text holds the trigger word
        self._trigger = ""
        self._counts = TermCounts()
        self._near = NearlyEqualCaptions()
        self._last: tuple[object, CaptionReport] = (None, CaptionReport())

    def look(self, photos: Sequence[Photo], trigger_word: str) -> CaptionReport:
        """Return the report on the used photos among these; the same one while nothing has changed."""
        written = [photo for photo in photos if photo.used and photo.caption.strip()]
        if not written:
            return CaptionReport()
        trigger = trigger_word.strip()
        key = (trigger, tuple((photo.photo_id, photo.caption, photo.accepted) for photo in written))
        if key != self._last[0]:
            known = self._apart
            self._apart = {
                photo.caption: known.get(photo.caption) or take_apart(photo.caption) for photo in written
            }
            holds = self._holds if trigger == self._trigger else {}
            self._trigger, self._holds = trigger, {
                text: known if (known := holds.get(text)) is not None else has_trigger(text, trigger)
                for text in self._apart
            }
            captions = [self._apart[photo.caption] for photo in written]
            found = self._counts.vocabulary(
                ((photo.caption, self._holds[photo.caption]) for photo in written), self._apart,
            )
            about = _Captions(
                written, captions, [photo for photo in written if self._holds[photo.caption]], found, trigger,
                self._near.pairs([caption.words for caption in captions]), self._counts.count,
                cache(lambda: [caption.line for caption in captions]),
            )
            self._last = (key, CaptionReport(found, tuple(_findings(about))))
        return self._last[1]


def frequent_terms(found: Vocabulary, trigger_word: str, least: float = WATCHED_SHARE) -> list[FrequentTerm]:
    """Return the terms that at least this share of captions hold, most frequent first, longer ones before shorter.

    Terms with a word of the trigger, words that only join others, and phrases that end in one are left out.
    """
    own = frozenset(words_of(trigger_word))
    often = [
        term for term in found.terms
        if found.share(term) >= least and not _joins_only(term.text) and own.isdisjoint(term.text.split())
    ]
    often.sort(key=lambda term: (-term.count, -term.size, term.text))
    longer: dict[int, list[str]] = {}
    result: list[FrequentTerm] = []
    for term in often:
        wider = longer.setdefault(term.count, [])
        within = next((text for text in wider if f" {term.text} " in f" {text} "), "")
        result.append(FrequentTerm(term, found.share(term), within))
        wider.append(term.text)
    return result


def misspelt(captions: Sequence[CaptionWords], trigger_word: str) -> list[str]:
    """Return words of the captions that differ from the trigger word by one or two letters, nearest first."""
    parts = words_of(trigger_word)
    wanted = {" ".join(parts), "".join(parts)} - {""}
    if len(trigger_word.strip()) < _SHORTEST_SPELT or not wanted:
        return []
    words = Counter(word for caption in captions for word in frozenset(caption.words))
    near = [
        (distance, -count, word) for word, count in words.items()
        if word not in parts and word not in wanted
        and (distance := min(edit_distance(word, other) for other in wanted)) <= _MISSPELT
    ]
    return [word for _distance, _count, word in sorted(near)]


def edit_distance(one: str, other: str) -> int:
    """Return how many letters must be changed, added or removed; `_MISSPELT` + 1 for more than that."""
    if abs(len(one) - len(other)) > _MISSPELT:
        return _MISSPELT + 1
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            line.append(min(before[column] + 1, line[-1] + 1, before[column - 1] + (letter != against)))
        before = line
    return min(before[-1], _MISSPELT + 1)


@record
class _Captions:
    """What the findings are about."""

    written: list[Photo]
    captions: list[CaptionWords]  # of the written ones
    holding: list[Photo]  # those with the trigger word
    found: Vocabulary
    trigger: str
    near: list[tuple[int, int]]  # places of captions that are nearly equal
    count: Callable[[str], int]  # of the captions that hold a term
    lines: Callable[[], list[str]]  # of the captions, to look for the marks of terms


def _findings(about: _Captions) -> Iterator[Finding]:
    written, captions, trigger = about.written, about.captions, about.trigger
    bare = all(set(caption.words) <= set(words_of(trigger)) for caption in captions)
    yield from _about_trigger(about)
    if len(written) >= ADVISED_MIN_IMAGES and not bare:  # of fewer captions, a share says nothing
        yield from _about_terms(about)
        yield from _about_variety(written, captions)
    if not bare:
        yield from _about_likeness(written, captions, about.near)
    yield from _about_each(about)


def _about_trigger(about: _Captions) -> Iterator[Finding]:
    written, captions, trigger = about.written, about.captions, about.trigger
    own = words_of(trigger)
    if not own:
        return
    for word in misspelt(captions, trigger):
        holds = [p for p, caption in zip(written, captions, strict=True) if word in caption.words]
        named = _open(holds, Check.TRIGGER_MISSPELT, word)
        words = ngettext(
            "“{word}” in {count} caption is nearly “{trigger}”.",
            "“{word}” in {count} captions is nearly “{trigger}”.", len(named),
        )
        meant = word in _FUNCTION_WORDS or (word.endswith("'s") and has_trigger(word, trigger))
        yield from _of_photos(
            named, Check.TRIGGER_MISSPELT, Severity.INFO if meant else Severity.SHOULD, words,
            _("To the model, a misspelled trigger word is a different word."), word, word=word, trigger=trigger,
        )
    words_by = {photo.photo_id: caption.words for photo, caption in zip(written, captions, strict=True)}
    late = [
        photo for photo in about.holding
        if words_by[photo.photo_id][: len(own)] != own and _words_before(photo.caption, trigger)
    ]
    if len(late) < len(about.holding):
        late = _open(late, Check.TRIGGER_PLACE)
        words = ngettext(
            "In {count} caption, “{trigger}” is not at the start, unlike in the others.",
            "In {count} captions, “{trigger}” is not at the start, unlike in the others.", len(late),
        )
        yield from _of_photos(
            late, Check.TRIGGER_PLACE, Severity.INFO, words,
            _("It is learned more evenly at the same place in all captions."), trigger=trigger,
        )
    common = trigger.casefold() in _COMMON_WORDS
    named = about.holding
    if common and named and _open(named, Check.TRIGGER_COMMON, trigger) == named:
        yield Finding(
            Check.TRIGGER_COMMON, Severity.SHOULD,
            _("The model already knows the word “{trigger}”.").format(trigger=trigger),
            _("Its old meaning gets mixed in. An invented word has none."),
            tuple(photo.photo_id for photo in named), trigger,
        )


def _words_before(caption: str, trigger: str) -> bool:
    """Return whether words stand before the trigger word, which may be the beginning of a longer one."""
    spans = trigger_spans(caption, trigger)
    return bool(spans and words_of(caption[: spans[0][0]]))


def _about_terms(about: _Captions) -> Iterator[Finding]:
    written = about.written
    accepted = {key for photo in written for key in photo.accepted}
    meant = [key.partition(":")[2] for key in accepted if key.startswith(f"{Check.FUSED}:")]
    shown = 0
    for item in frequent_terms(about.found, about.trigger, BIASED_SHARE):
        term = item.term
        if item.within or any(_holds(term.text, text) or _holds(text, term.text) for text in meant):
            continue
        shown += 1
        if shown > _SHOWN_TERMS:
            return
        fused = item.share >= FUSED_SHARE
        words = _("{share} of the captions contain “{term}”.").format(term=term.text, share=percent(item.share))
        advice = (
            _("It is learned as part of the trigger word and cannot be left out later. Remove it where it is "
              "not important, or add photos without it.")
            if fused
            else _("Pictures will tend to show it. Remove it where it is not important, or add photos without it.")
        )
        if term.count == term.with_trigger:
            words = sentences(words, _("Never without the trigger word."))
        mark = mark_of(term.text)
        ids = tuple(photo.photo_id for photo, line in zip(written, about.lines(), strict=True) if mark in line)
        yield Finding(Check.FUSED, Severity.SHOULD if fused else Severity.INFO, words, advice, ids, term.text)


def _about_variety(written: list[Photo], captions: list[CaptionWords]) -> Iterator[Finding]:
    lengths = [len(caption.words) for caption in captions]
    spread, middle = statistics.stdev(lengths), statistics.fmean(lengths)
    odd = [
        photo for photo, length in zip(written, lengths, strict=True)
        if spread and abs(length - middle) / spread >= _ODD
    ]
    odd = _open(odd, Check.ODD_LENGTH)
    yield from _of_photos(
        odd, Check.ODD_LENGTH, Severity.INFO,
        ngettext(
            "{count} caption is much longer or shorter than the others.",
            "{count} captions are much longer or shorter than the others.", len(odd),
        ),
        _("Captions of similar length and style work best."),
    )
    words = Counter(word for caption in captions for word in caption.words)
    thin = words and len(words) / words.total() < _THIN
    if thin and _open(written, Check.FEW_WORDS) == written:
        yield Finding(
            Check.FEW_WORDS, Severity.INFO,
            ngettext(
                "All captions use the same {count} word.", "All captions use the same {count} words.", len(words),
            ).format(count=len(words)),
            _("More varied captions work better. Write about what differs from photo to photo."),
            tuple(photo.photo_id for photo in written),
        )


def _about_likeness(
    written: list[Photo], captions: list[CaptionWords], near: list[tuple[int, int]],
) -> Iterator[Finding]:
    texts = [caption.words for caption in captions]
    equal = [written[place] for group in equal_captions(texts) for place in group]
    same = _open(equal, Check.ALIKE, "equal")
    yield from _of_photos(
        same, Check.ALIKE, Severity.SHOULD,
        ngettext(
            "{count} photo has the same caption as "
            "another.", "{count} photos have the same caption as "
                                                         "another.", len(same),
        ),
        _("The trigger word then also learns what differs between the photos. Describe the differences."), "equal",
    )
    known = {photo.photo_id for photo in equal}
    places = sorted({place for pair in near for place in pair})
    nearly = [written[place] for place in places if written[place].photo_id not in known]
    nearly = _open(nearly, Check.ALIKE, "nearly")
    yield from _of_photos(
        nearly, Check.ALIKE, Severity.INFO,
        ngettext(
            "{count} caption is nearly the same as another.", "{count} captions are nearly the same as others.",
            len(nearly),
        ),
        _("Describe what differs between the photos."), "nearly",
    )


def _about_each(about: _Captions) -> Iterator[Finding]:
    written = about.written
    tokens = [(photo, estimated_tokens(photo.caption)) for photo in written if len(photo.caption) > CLIP_TOKENS]
    cut = _open([photo for photo, count in tokens if count > T5_TOKENS], Check.LONG_CAPTION, "cut")
    long = _open([photo for photo, count in tokens if CLIP_TOKENS < count <= T5_TOKENS], Check.LONG_CAPTION)
    yield from _of_photos(
        cut, Check.LONG_CAPTION, Severity.SHOULD,
        ngettext("{count} caption is too long.", "{count} captions are too long.", len(cut)),
        _("The model reads only about the first {tokens} tokens.").format(tokens=T5_TOKENS), "cut",
    )
    yield from _of_photos(
        long, Check.LONG_CAPTION, Severity.INFO,
        ngettext("{count} caption is long.", "{count} captions are long.", len(long)),
        _(
            "One of the two text models (CLIP) reads only about the first {tokens} tokens. Put the important "
            "words first."
        ).format(tokens=CLIP_TOKENS),
    )
    clashes: dict[tuple[str, str], list[Photo]] = {}
    pairs = [(pair, *map(mark_of, pair)) for pair in _EXCLUSIVE if all(map(about.count, pair))]
    for photo, line in zip(written, about.lines(), strict=True) if pairs else ():
        for pair, one, other in pairs:
            if one in line and other in line:
                clashes.setdefault(pair, []).append(photo)
    for (one, other), clashing in clashes.items():
        photos = _open(clashing, Check.CONTRADICTORY, f"{one}, {other}")
        yield from _of_photos(
            photos, Check.CONTRADICTORY, Severity.INFO,
            ngettext(
                "{count} caption says “{one}” and “{other}”.", "{count} captions say “{one}” and “{other}”.",
                len(photos),
            ),
            _("These contradict each other."), f"{one}, {other}", one=one, other=other,
        )


def _open(photos: list[Photo], check: Check, subject: str = "") -> list[Photo]:
    """Return the photos among these whose user did not choose to ignore such a finding."""
    return [photo for photo in photos if not photo.ignores(check, subject)]


def _of_photos(  # noqa: PLR0913, PLR0917  # what a finding holds, and what its words may name
    photos: list[Photo], check: Check, severity: Severity, words: str, advice: str, subject: str = "",
    **named: object,
) -> Iterator[Finding]:
    if photos:
        words = words.format(count=len(photos), **named)
        yield Finding(check, severity, words, advice, tuple(photo.photo_id for photo in photos), subject)


def _holds(text: str, term: str) -> bool:
    return f" {term} " in f" {text} "


def _joins_only(text: str) -> bool:
    words = text.split()
    return words[-1] in _FUNCTION_WORDS or (len(words) == 1 and words[0] in _FUNCTION_WORDS)
