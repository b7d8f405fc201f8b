"""Counts of the terms of many captions, kept up to date by what changed: one edit costs milliseconds."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Mapping

from segmind_studio.core.caption_terms import MOST_TERMS, NO_VOCABULARY, CaptionWords, Term, Vocabulary

_MOST_MOVED = 1_000  # terms whose places in the order are looked for one by one; of more, all are sorted anew
_MOST_HELD = 20_000  # terms that are counted before those of one caption alone are put aside
_FACTS = 3  # the bits of two facts, in place of the last ones of a hash


class OncePhrases:
    """The phrases that one caption alone holds, with two facts of each. For one thread.

    Of ten thousand captions that is nine phrases of ten. None is ever listed, so their hashes are enough: eight
    bytes for each instead of two hundred. Two of a million phrases with the same 62 bits are not to be expected;
    they would count as one phrase that two captions hold.
    """

    def __init__(self) -> None:
        self._keys = array("q")  # sorted
        self._new: set[int] = set()  # keys that are not in there yet
        self._gone: set[int] = set()  # keys that are still in there

    def add(self, phrase: str, *, beside: bool, part: bool) -> None:
        """Add a phrase that is not there: whether it stands beside the trigger word, and alone between commas."""
        key = hash(phrase) & ~_FACTS | beside | part << 1
        if key in self._gone:
            self._gone.discard(key)
        else:
            self._new.add(key)

    def take(self, phrase: str) -> tuple[bool, bool] | None:
        """Remove a phrase and return its facts; None where it is not there."""
        key = self._key_of(phrase)
        if key is None:
            return None
        if key in self._new:
            self._new.discard(key)
        else:
            self._gone.add(key)
        return bool(key & 1), bool(key & 2)

    def __contains__(self, phrase: str) -> bool:
        return self._key_of(phrase) is not None

    def _key_of(self, phrase: str) -> int | None:
        least = hash(phrase) & ~_FACTS
        if self._new:
            for key in (least, least | 1, least | 2, least | 3):
                if key in self._new:
                    return key
        if not self._keys:
            return None
        place = bisect_left(self._keys, least)
        if place < len(self._keys) and (key := self._keys[place]) <= least + _FACTS and key not in self._gone:
            return key
        return None

    def pack(self) -> None:
        """Take together what was added and removed, where that is much."""
        if len(self._new) + len(self._gone) > _MOST_MOVED:
            self._keys = array("q", sorted(self._new.union(self._keys) - self._gone))
            self._new, self._gone = set(), set()


class TermCounts:
    """Count terms over captions. For one thread."""

    def __init__(self) -> None:
        self._texts: Counter[tuple[str, bool]] = Counter()
        self._apart: Mapping[str, CaptionWords] = {}
        self._counts: Counter[str] = Counter()
        self._beside: Counter[str] = Counter()
        self._parts: Counter[str] = Counter()
        self._once = OncePhrases()  # which the counters above do not hold
        self._order: list[tuple[int, str]] = []  # of the listed terms, most frequent first
        self._shown: dict[str, Term] = {}
        self._vocabulary = NO_VOCABULARY

    def vocabulary(self, captions: Iterable[tuple[str, bool]], apart: Mapping[str, CaptionWords]) -> Vocabulary:
        """Return the vocabulary of captions: of each its text, and whether it holds the trigger word.

        `apart` has each of the texts taken apart; it is kept, and none may be removed from it. The same vocabulary
        is returned while nothing has changed.
        """
        texts = Counter(captions)
        if texts == self._texts:
            return self._vocabulary
        changed: dict[str, int] = {}  # terms, and how many captions held them before
        more: Counter[str] = Counter()
        more_beside: Counter[str] = Counter()
        for sign, some in ((1, texts - self._texts), (-1, self._texts - texts)):
            for (text, holds), times in some.items():
                more[text] += sign * times
                more_beside[text] += sign * times * holds
        many = False
        for text, times in more.items():
            caption = apart[text] if text in apart else self._apart[text]
            self._count(caption, times, more_beside[text], changed)
            if len(changed) > _MOST_HELD:
                many = True
                self._keep_listed(changed)
                changed.clear()
        self._texts, self._apart = texts, apart
        self._sort(changed, many=many or len(changed) > _MOST_MOVED)
        with_trigger = sum(times for (_text, holds), times in texts.items() if holds)
        self._vocabulary = Vocabulary(texts.total(), with_trigger, tuple(self._terms()))
        return self._vocabulary

    def count(self, term: str) -> int:
        """Return how many of the captions hold a term."""
        return self._counts.get(term, 0) or int(term in self._once)

    def _count(self, caption: CaptionWords, times: int, times_beside: int, changed: dict[str, int]) -> None:
        counts, beside = self._counts, self._beside
        terms, parts = caption.terms_and_parts()
        if not times:  # the trigger word is another one
            self._count_beside(terms, times_beside)
            return
        for term in terms:
            before = counts[term]
            if not before and " " in term and (facts := self._once.take(term)) is not None:
                before = 1
                beside[term], self._parts[term] = map(int, facts)
            changed.setdefault(term, before)
            counts[term] = before + times
            if times_beside:
                beside[term] += times_beside
        for part in parts:
            self._parts[part] += times

    def _count_beside(self, terms: Iterable[str], times: int) -> None:
        for term in terms:
            if term in self._counts:
                self._beside[term] += times
            elif (facts := self._once.take(term)) is not None:
                self._once.add(term, beside=times > 0, part=facts[1])

    def _sort(self, changed: Mapping[str, int], *, many: bool) -> None:
        counts, order = self._counts, self._order
        for term, before in changed.items() if not many else ():
            count = counts[term]
            if count != before:
                if _listed(term, before):
                    del order[bisect_left(order, (-before, term))]
                if _listed(term, count):
                    insort(order, (-count, term))
        self._keep_listed(changed)
        self._once.pack()
        if many:
            self._order = sorted((-count, term) for term, count in counts.items())
            # The table of a dictionary never becomes smaller by itself.
            self._counts, self._beside, self._parts = map(Counter, (counts, self._beside, self._parts))

    def _keep_listed(self, changed: Iterable[str]) -> None:
        """Remove the changed terms that are not listed from the counters."""
        counts = self._counts
        for term in changed:
            count = counts[term]
            if _listed(term, count):
                continue
            if count == 1:
                self._once.add(term, beside=self._beside.get(term, 0) > 0, part=self._parts.get(term, 0) > 0)
            del counts[term]
            self._beside.pop(term, None)
            self._parts.pop(term, None)

    def _terms(self) -> Iterable[Term]:
        """Return the listed terms; those that are as before are the same objects."""
        before, self._shown = self._shown, {}
        for negative, text in self._order[:MOST_TERMS]:
            beside, is_part = self._beside.get(text, 0), self._parts.get(text, 0) > 0
            known = before.get(text)
            if known is None or (known.count, known.with_trigger, known.is_part) != (-negative, beside, is_part):
                known = Term(text, -negative, beside, is_part)
            self._shown[text] = known
            yield known


def _listed(term: str, count: int) -> bool:
    return count > 1 or (count == 1 and " " not in term)
