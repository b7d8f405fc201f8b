"""The language of the search box over the photos: `caption:"red hat" chars:>100 is:excluded or -has:trigger`.

Written by hand: three rules of precedence need no parser library, and each error keeps its place in the text.
Plain words that stand side by side are one phrase, looked for in names and captions. Here is the reading of a
query; what its terms mean for a photo is in `photo_terms`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from segmind_studio.core.datasets import Photo
from segmind_studio.core.photo_terms import FIELDS, QueryContext, TermError, phrase_test, term_test
from segmind_studio.texts import _

Test = Callable[[Photo, QueryContext], bool]
_DEEPEST = 50  # nested parentheses
_TOKEN = re.compile(r"""
    \s+
  | (?P<open>\() | (?P<close>\))
  | (?P<minus>-(?=[^\s)]))
  | (?P<field>[^\W\d_]+):(?P<value>"[^"]*"?|[^\s()"]*)
  | (?P<quoted>"[^"]*"?)
  | (?P<word>[^\s()"]+)
""", re.VERBOSE)


class QueryError(ValueError):
    """A query that cannot be read; the text is for the user, `start` and `end` are the characters it is about."""

    def __init__(self, text: str, start: int, end: int) -> None:
        super().__init__(text)
        self.text = text
        self.start = start
        self.end = max(end, start + 1)


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read.

    `terms` are the parts that all must hold, each with its place in the text; () for a query of alternatives.
    """

    test: Test | None = None
    terms: tuple[tuple[str, int, int], ...] = ()

    def matches(self, photo: Photo, context: QueryContext) -> bool:
        """Return whether a photo is wanted."""
        return self.test is None or self.test(photo, context)


@lru_cache(maxsize=64)
def parse_query(text: str) -> Query:
    """Return a query as read; QueryError with its place when it cannot be read. An empty one wants every photo."""
    parser = _Parser(text)
    if not parser.tokens:
        return Query()
    return parser.whole()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # "open", "close", "minus", "field", "quoted", "word", "and", "or", "not"
    start: int
    end: int
    name: str = ""
    value: str = ""


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.end() == place:
            raise QueryError(_("This cannot be read."), place, place + 1)
        kind, place = match.lastgroup, match.end()
        if kind is None:
            continue
        start = match.start()
        for quoted in (match["value"] or "", match["quoted"] or ""):
            if quoted.startswith('"') and (len(quoted) == 1 or not quoted.endswith('"')):
                raise QueryError(_("The quotation mark is not closed."), place - len(quoted), place)
        if match["field"]:
            found.append(_Token("field", start, place, match["field"], match["value"]))
        else:
            word = match.group()
            kind = word.lower() if kind == "word" and word.lower() in {"and", "or", "not"} else kind
            found.append(_Token(kind, start, place, value=word))
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self.tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> _Token | None:
        return self.tokens[self._at] if self._at < len(self.tokens) else None

    def _take(self, *kinds: str) -> _Token | None:
        token = self._next
        if token is None or token.kind not in kinds:
            return None
        self._at += 1
        return token

    def whole(self) -> Query:
        alternatives = self._alternatives()
        if (left := self._next) is not None:
            raise QueryError(_("No parenthesis is open here."), left.start, left.end)
        tests = [_all_of([test for test, _start, _end in parts]) for parts in alternatives]
        if len(alternatives) > 1:
            return Query(_any_of(tests))
        return Query(tests[0], tuple((self._text[start:end], start, end) for _test, start, end in alternatives[0]))

    def _alternatives(self) -> list[list[tuple[Test, int, int]]]:
        found = [self._conjunction()]
        while self._take("or"):
            found.append(self._conjunction())
        return found

    def _conjunction(self) -> list[tuple[Test, int, int]]:
        parts = [self._part()]
        while (token := self._next) is not None and token.kind not in {"or", "close"}:
            self._take("and")
            parts.append(self._part())
        return parts

    def _part(self) -> tuple[Test, int, int]:
        token = self._next
        if token is None:
            raise QueryError(_("Something is missing at the end."), max(0, len(self._text) - 1), len(self._text))
        start = token.start
        if self._take("minus", "not"):
            self._enter(token)
            test, _start, end = self._part()
            self._depth -= 1
            return _none_of(test), start, end
        if self._take("open"):
            self._enter(token)
            tests = [_all_of([test for test, _start, _end in parts]) for parts in self._alternatives()]
            self._depth -= 1
            closed = self._take("close")
            if closed is None:
                raise QueryError(_("This parenthesis is not closed."), token.start, token.end)
            return _any_of(tests), start, closed.end
        if self._take("field"):
            return self._field(token), start, token.end
        if self._take("quoted"):
            return phrase_test(token.value[1:-1]), start, token.end
        if not self._take("word"):
            raise QueryError(_("A word or a field is missing before this."), token.start, token.end)
        words, end = [token.value], token.end
        while more := self._take("word"):
            words.append(more.value)
            end = more.end
        return phrase_test(" ".join(words)), start, end

    def _enter(self, token: _Token) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise QueryError(_("Too many parentheses in one another."), token.start, token.end)

    def _field(self, token: _Token) -> Test:
        value_at = token.start + len(token.name) + 1
        name = token.name.casefold()
        if name not in FIELDS:
            words = _("There is no field “{name}”. Put the words in quotation marks to look for them.")
            raise QueryError(words.format(name=token.name), token.start, value_at)
        quoted = token.value.startswith('"')
        value = token.value[1:-1] if quoted else token.value
        try:
            return term_test(name, value, quoted=quoted)
        except TermError as error:
            place = value_at if value else token.start
            raise QueryError(str(error), place, token.end) from None


def _all_of(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda photo, context: all(test(photo, context) for test in tests)


def _any_of(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda photo, context: any(test(photo, context) for test in tests)


def _none_of(test: Test) -> Test:
    return lambda photo, context: not test(photo, context)


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
