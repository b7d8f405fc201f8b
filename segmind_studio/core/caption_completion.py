"""What completes the word that is typed in a caption: words of the dataset's own captions.

Kept apart: a rule over texts with tests of its own, below a widget.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from segmind_studio.core.caption_terms import LONGEST_PHRASE, PHRASE_ENDS, Term, folded, words_of
from segmind_studio.core.query_language import Completion

_LEAST_TYPED = 2  # letters, before anything is proposed
_MOST_PROPOSALS = 6
_LEAD_CHARACTERS = 200  # before the word that is typed
_JOINS = frozenset("_-'\u2019")
_PART_ENDS = frozenset(PHRASE_ENDS + ".!?\u061f")
_SHORT_WORD = 2  # letters: a phrase that ends in such a word, or a joining one, is cut off ("cup of")
_JOINING_WORDS = frozenset({"and", "for", "from", "the", "with"})


def caption_completion(before: str, terms: Sequence[Term], trigger_word: str = "") -> Completion:
    """Return what may stand instead of the word before the cursor.

    `before` is the text up to there, and start and end are in its characters. `terms` are those of the dataset,
    the most frequent first. What continues the words before it comes first.
    """
    start = end = len(before)
    while start and (before[start - 1].isalnum() or before[start - 1] in _JOINS):
        start -= 1
    while start < end and before[start] in _JOINS:
        start += 1
    typed = folded(before[start:])
    if len(typed) < _LEAST_TYPED:
        return Completion(end, end, ())
    found: dict[str, None] = {}
    trigger = trigger_word.strip()
    folded_trigger = folded(trigger)
    if folded_trigger.startswith(typed) and trigger != before[start:]:
        found[trigger] = None
    lead = _words_before(before[max(0, start - _LEAD_CHARACTERS) : start])
    for size in range(len(lead), -1, -1):
        said = "".join(f"{word} " for word in lead[len(lead) - size :])
        wanted = said + typed
        for text in _useful(terms):
            if len(found) >= _MOST_PROPOSALS:
                break
            if text.startswith(wanted) and text not in {wanted, folded_trigger}:
                found[text[len(said) :]] = None
    return Completion(start, end, tuple(found))


def _words_before(text: str) -> tuple[str, ...]:
    """Return the last words of the part or sentence that a text ends in, as many as a phrase may hold."""
    first = max((place for place, char in enumerate(text) if char in _PART_ENDS), default=-1) + 1
    return words_of(text[first:])[-(LONGEST_PHRASE - 1) :]


def _useful(terms: Iterable[Term]) -> Iterable[str]:
    return (
        term.text for term in terms
        if term.is_part or term.size == 1 or _closed(term.text.rpartition(" ")[2])
    )


def _closed(last_word: str) -> bool:
    return len(last_word) > _SHORT_WORD and last_word not in _JOINING_WORDS
