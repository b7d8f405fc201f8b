"""Counts of the terms of many captions, kept up to date by what changed: one edit costs milliseconds."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Mapping

from segmind_studio.core.caption_terms import MOST_TERMS, NO_VOCABULARY, CaptionWords, Term, Vocabulary

_MOST_MOVED = 1_000  # terms whose places in the order are looked for one by one; of more, all are sorted anew


class TermCounts:
    """Count terms over captions. For one thread."""

    def __init__(self) -> None:
        self._texts: Counter[tuple[str, bool]] = Counter()
        self._apart: Mapping[str, CaptionWords] = {}
        self._counts: Counter[str] = Counter()
        self._beside: Counter[str] = Counter()
        self._parts: Counter[str] = Counter()
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
        for text, times in more.items():
            caption = apart[text] if text in apart else self._apart[text]
            self._count(caption, times, more_beside[text], changed)
        self._texts, self._apart = texts, apart
        self._sort(changed)
        with_trigger = sum(times for (_text, holds), times in texts.items() if holds)
        self._vocabulary = Vocabulary(texts.total(), with_trigger, tuple(self._terms()))
        return self._vocabulary

    def count(self, term: str) -> int:
        """Return how many of the captions hold a term."""
        return self._counts.get(term, 0)

    def _count(self, caption: CaptionWords, times: int, times_beside: int, changed: dict[str, int]) -> None:
        counts, beside = self._counts, self._beside
        terms, parts = caption.terms_and_parts()
        for term in terms:
            before = counts[term]
            changed.setdefault(term, before)
            counts[term] = before + times
            if times_beside:
                beside[term] += times_beside
        for part in parts:
            self._parts[part] += times

    def _sort(self, changed: Mapping[str, int]) -> None:
        counts, order = self._counts, self._order
        if len(changed) > _MOST_MOVED:
            self._order = sorted((-count, term) for term, count in counts.items() if _listed(term, count))
        for term, before in changed.items():
            count = counts[term]
            if len(changed) <= _MOST_MOVED and count != before:
                if _listed(term, before):
                    del order[bisect_left(order, (-before, term))]
                if _listed(term, count):
                    insort(order, (-count, term))
            if not count:
                for counter in (counts, self._beside, self._parts):
                    counter.pop(term, None)

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
