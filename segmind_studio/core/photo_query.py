"""The language of the search box over the photos: `caption:"red hat" chars:>100 is:excluded or -has:trigger`.

Plain words that stand side by side are one phrase, looked for in names and captions. The reading of a query is in
`query_language`; what its terms mean for a photo is in `photo_terms`.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from segmind_studio.core.datasets import Photo
from segmind_studio.core.photo_terms import FIELDS, QueryContext, phrase_test, term_test
from segmind_studio.core.query_language import Language, Query, QueryError

PhotoQuery = Query[Photo, QueryContext]
_LANGUAGE: Language[Photo, QueryContext] = Language(
    FIELDS, phrase_test, phrase_test, lambda name, value, quoted: term_test(name, value, quoted=quoted),
)


@lru_cache(maxsize=64)
def parse_query(text: str) -> PhotoQuery:
    """Return a query as read; QueryError with its place when it cannot be read. An empty one wants every photo."""
    return _LANGUAGE.parse(text)


def with_term(text: str, term: str, others: frozenset[str]) -> str:
    """Return a query that also asks for `term` ("" for none), and no longer for `others`.

    Other parts stay as written; a query of alternatives is put in parentheses, one with an error is replaced.
    """
    try:
        query = parse_query(text)
    except QueryError:
        return term
    rest = text.strip()
    if query.terms:
        kept = [words for words, _start, _end in query.terms if words.casefold() not in others]
        dropped = len(kept) < len(query.terms)
        rest = " and ".join(kept) if dropped and _would_join(kept) else " ".join(kept) if dropped else rest
    elif rest and term:
        rest = f"({rest})"
    return f"{term} {rest}".strip()


def terms_of_field(text: str, name: str) -> frozenset[str]:
    """Return the terms of a field that a query asks for, as `with_term` takes them; none of one with an error."""
    try:
        found = parse_query(text).terms
    except QueryError:
        return frozenset()
    return frozenset(words.casefold() for words, _start, _end in found if words.casefold().startswith(f"{name}:"))


def _would_join(parts: list[str]) -> bool:
    """Return whether phrases would become one if nothing stood between them."""
    plain = [":" not in part and not part.startswith(("-", "(", '"')) for part in parts]
    return any(first and second for first, second in pairwise(plain))


def asks_for(text: str, terms: frozenset[str]) -> str:
    """Return which of these terms a query asks for, besides whatever else; "" for none of them."""
    try:
        found = parse_query(text).terms
    except QueryError:
        return ""
    return next((words.casefold() for words, _start, _end in found if words.casefold() in terms), "")
