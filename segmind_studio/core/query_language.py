"""The language of the search boxes: `caption:"red hat" chars:>100 is:excluded or -has:trigger`.

Written by hand: three rules of precedence need no parser library, and each error keeps its place in the text.
Here is the reading of a query, of the numbers in it, and what completes a word that is being typed. What the terms
mean for a photo is in `photo_terms`, for a run in `run_terms`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from segmind_studio.record import record
from segmind_studio.texts import _

Item = TypeVar("Item")
Context = TypeVar("Context")
Test = Callable[[Item, Context], bool]


class TermError(ValueError):
    """A value that its field does not take; the text is for the user."""


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


@record
class Language(Generic[Item, Context]):
    """What a query means for one kind of things.

    `words` returns the test of plain words that stand side by side, `phrase` that of a quoted text, and `term`
    that of a field, by its name, its value and whether that was quoted; TermError when the field does not take it.
    """

    fields: Sequence[str]
    words: Callable[[str], Test[Item, Context]]
    phrase: Callable[[str], Test[Item, Context]]
    term: Callable[[str, str, bool], Test[Item, Context]]

    def parse(self, text: str) -> Query[Item, Context]:
        """Return a query as read; QueryError with its place when it cannot be read. An empty one wants all."""
        parser = _Parser(text, self)
        return parser.whole() if parser.tokens else Query()


@record
class Query(Generic[Item, Context]):
    """A query that was read.

    `terms` are the parts that all must hold, each with its place in the text; () for a query of alternatives.
    """

    test: Test[Item, Context] | None = None
    terms: tuple[tuple[str, int, int], ...] = ()

    def matches(self, item: Item, context: Context) -> bool:
        """Return whether it is wanted."""
        return self.test is None or self.test(item, context)


@record
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
            raise QueryError(_("This search cannot be read."), place, place + 1)
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


class _Parser(Generic[Item, Context]):
    def __init__(self, text: str, language: Language[Item, Context]) -> None:
        self._text = text
        self._language = language
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

    def whole(self) -> Query[Item, Context]:
        alternatives = self._alternatives()
        if (left := self._next) is not None:
            raise QueryError(_("There is no open parenthesis to close."), left.start, left.end)
        tests = [_all_of([test for test, _start, _end in parts]) for parts in alternatives]
        if len(alternatives) > 1:
            return Query(_any_of(tests))
        return Query(tests[0], tuple((self._text[start:end], start, end) for _test, start, end in alternatives[0]))

    def _alternatives(self) -> list[list[tuple[Test[Item, Context], int, int]]]:
        found = [self._conjunction()]
        while self._take("or"):
            found.append(self._conjunction())
        return found

    def _conjunction(self) -> list[tuple[Test[Item, Context], int, int]]:
        parts = [self._part()]
        while (token := self._next) is not None and token.kind not in {"or", "close"}:
            self._take("and")
            parts.append(self._part())
        return parts

    def _part(self) -> tuple[Test[Item, Context], int, int]:
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
            return self._language.phrase(token.value[1:-1]), start, token.end
        if not self._take("word"):
            raise QueryError(_("A word or a field is missing before this."), token.start, token.end)
        words, end = [token.value], token.end
        while more := self._take("word"):
            words.append(more.value)
            end = more.end
        return self._language.words(" ".join(words)), start, end

    def _enter(self, token: _Token) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise QueryError(_("Too many nested parentheses."), token.start, token.end)

    def _field(self, token: _Token) -> Test[Item, Context]:
        value_at = token.start + len(token.name) + 1
        name = token.name.casefold()
        if name not in self._language.fields:
            words = _("There is no field “{name}”. To search for the words, put them in quotation marks.")
            raise QueryError(words.format(name=token.name), token.start, value_at)
        quoted = token.value.startswith('"')
        value = token.value[1:-1] if quoted else token.value
        try:
            return self._language.term(name, value, quoted)
        except TermError as error:
            place = value_at if value else token.start
            raise QueryError(str(error), place, token.end) from None


def _all_of(tests: list[Test[Item, Context]]) -> Test[Item, Context]:
    if len(tests) == 1:
        return tests[0]
    return lambda item, context: all(test(item, context) for test in tests)


def _any_of(tests: list[Test[Item, Context]]) -> Test[Item, Context]:
    if len(tests) == 1:
        return tests[0]
    return lambda item, context: any(test(item, context) for test in tests)


def _none_of(test: Test[Item, Context]) -> Test[Item, Context]:
    return lambda item, context: not test(item, context)


_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}
_NUMBER = r"\d{1,9}(?:\.\d{1,9})?(?:[:/]\d{1,9}(?:\.\d{1,9})?)?"
_COMPARISON = re.compile(rf"(>=|<=|>|<|=)?({_NUMBER})")
_RANGE = re.compile(rf"({_NUMBER})\.\.({_NUMBER})")


def comparison(
    name: str, value: str, *, example: tuple[str, str] = ("100", "200"), margin: float = 0.0,
) -> Callable[[float], bool]:
    """Return the test of a number such as ">100", "100" or "100..200"; TermError for anything else.

    Numbers that differ by less than `margin` of the wanted one are equal to it. `example` is for the error.
    """
    if between := _RANGE.fullmatch(value):
        low, high = _number(between[1]), _number(between[2])
        return lambda number: low <= number <= high
    match = _COMPARISON.fullmatch(value)
    if match is None:
        words = _("“{name}:” needs a number, such as {name}:>{example}, or a range, such as "
                  "{name}:{example}..{more}.")
        raise TermError(words.format(name=name, example=example[0], more=example[1]))
    wanted = _number(match[2])
    if compare := _COMPARE.get(match[1] or ""):
        return lambda number: compare(number, wanted)
    near = margin * wanted
    return lambda number: abs(number - wanted) <= near


def _number(text: str) -> float:
    parts = [float(part) for part in re.split("[:/]", text)]
    if len(parts) == 1:
        return parts[0]
    if not parts[1]:
        raise TermError(_("Division by zero is not possible."))
    return parts[0] / parts[1]


def choice(name: str, value: str, choices: Mapping[str, Test[Item, Context]]) -> Test[Item, Context]:
    """Return the test of a field that takes one of some words; TermError for another word."""
    test = choices.get(value.casefold())
    if test is None:
        words = _("After “{name}:”, use one of: {words}.")
        raise TermError(words.format(name=name, words=", ".join(choices)))
    return test


def need_value(name: str, value: str) -> None:
    """Raise TermError when a field has no value."""
    if not value:
        raise TermError(_("Add a word after “{name}:”.").format(name=name))


@record
class Completion:
    """What may stand in place of the characters from `start` to `end`."""

    start: int
    end: int
    words: tuple[str, ...]


_LEAST = 2  # letters of a field's name, before it is proposed: one letter begins a plain word more often
_MOST = 20  # completions at once: all that may stand behind a field such as `is:`
_UNFINISHED = re.compile(r'-?\(*([^\s()":]*)(:[^\s()"]*)?$')


def completion_of(
    text: str, place: int, fields: Sequence[str], values: Callable[[str, str], Sequence[str]],
) -> Completion:
    """Return what completes the word before `place`: a field, or a value of one.

    `values` returns what may stand behind a field, by its name and what is typed of the value, best first.
    """
    before = text[:place]
    match = _UNFINISHED.search(before)
    if match is None or before.count('"') % 2:
        return Completion(place, place, ())
    name, value = match[1].casefold().removeprefix("-"), match[2]
    if value is None:
        start = place - len(name)
        found = tuple(f"{field}:" for field in fields if field.startswith(name)) if len(name) >= _LEAST else ()
        return Completion(start, place, found)
    typed = value[1:].casefold()
    choices = (word for word in values(name, typed) if word != typed)
    found = tuple(word for word in choices if word.casefold().lstrip('"').startswith(typed))
    return Completion(place - len(typed), place, found[:_MOST])
