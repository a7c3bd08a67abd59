"""Which tickets are meant: a query as people type it, parsed into conditions.

    query  = [ either ] / 1*( term / order )
    either = all *( "OR" all )
    all    = 1*term                       all must hold
    term   = [ "-" ] ( "(" either ")" / field ":" [ values ] / value )
    values = value *( "," value )         any will do; none asks for unset, * for set
    value  = word / DQUOTE text DQUOTE
    order  = "sort:" values               by itself: in no parentheses, beside no OR

`status:assigned,waiting (label:vip OR priority:>=P2) -has:due created:<7d "reset password"`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from tkt.domain.conditions import All, Condition, Either, Not, Query, both, either
from tkt.domain.fields import unknown
from tkt.domain.ordering import sort_fields
from tkt.domain.settings import View
from tkt.domain.vocabulary import Typed, Vocabulary, need_value
from tkt.errors import NotFoundError, UsageError

_FIELD = re.compile(r"([A-Za-z_][\w.-]*):(?!//)")
_SPACE = re.compile(r"\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MOST = 500
_DEEPEST = 30
_AROUND = 60
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What a command line may hold although it is no text."""


def parse_query(text: str, vocabulary: Vocabulary, *, apart: bool = False) -> Query:
    """A query as a person types it.

    Args:
        text: the query.
        vocabulary: what its words mean.
        apart: whether words and phrases are only collected, for a search by rank.

    Raises:
        UsageError: it cannot be read, or names a field or value that does not exist; with the place.
        NotFoundError: it names a ticket that is not there.
    """
    reader = _Reader(text, vocabulary, apart=apart)
    return reader.query()


class _Reader:
    """Reads one query, from left to right."""

    def __init__(
        self, text: str, vocabulary: Vocabulary, *, apart: bool, views: tuple[str, ...] = ()
    ) -> None:
        self.text = _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)
        self.words = vocabulary
        self.apart = apart
        self.views = views
        self.place = 0
        self.depth = 0
        self.count = 0
        self.names: set[str] = set()
        self.texts: list[str] = []
        self.sort = ""
        self.order: tuple[int, int] | None = None
        self.view: View | None = None

    def query(self) -> Query:
        parts = [] if self._at_end() else [self._either()]
        if not self._at_end():
            with self._pointing(self.place, self.place + 1):
                raise UsageError("a ) without its (")
        return Query(
            condition=both(parts) if parts else All(),
            names=frozenset(self.names),
            sort=self.sort or (self.view.sort if self.view else ""),
            view=self.view,
            texts=tuple(self.texts),
            doubts=tuple(self.words.doubts),
        )

    def _either(self) -> Condition:
        start, texts = self.place, len(self.texts)
        parts = [self._all()]
        while self._takes_word("OR"):
            parts.append(self._all())
        if self.order and len(parts) > 1 and not self.depth:
            self._refuse_order(*self.order)
        if len(self.texts) > texts and len(parts) > 1:
            with self._pointing(start, self.place):
                raise UsageError("a search finds what has all of its words", "tkt list takes OR.")
        return either(parts)

    def _all(self) -> Condition:
        start = self.place
        parts: list[Condition] = []
        found = False
        while not self._at_end() and self.text[self.place] != ")" and not self._sees_word("OR"):
            condition = self._term()
            found = True
            parts += [condition] if condition is not None else []
        if not found:
            with self._pointing(start, start + 1):
                raise UsageError(
                    "something is missing here", "Between ( ) and beside OR there is a condition."
                )
        return both(parts) if parts else All()

    def _term(self) -> Condition | None:
        """The next condition; None for what only says how to show what is found."""
        start = self.place
        negated = self.text[start] == "-"
        self.place += negated
        condition = self._positive(start)
        if condition is None or not negated:
            return condition
        return Not(condition)

    def _positive(self, start: int) -> Condition | None:
        if self.text.startswith("(", self.place):
            return self._group()
        name = _FIELD.match(self.text, self.place)
        if name is None:
            return self._plain(start)
        with self._pointing(name.start(), name.end() - 1):
            found = self.words.name(name[1])
        self.place = name.end()
        values = list(self._values())
        if found in {"sort", "view"}:
            return self._shown(found, values, (start, name.end()))
        self.names.add(found)
        return self._condition(found, values, name)

    def _group(self) -> Condition:
        start = self.place
        self.place += 1
        self.depth += 1
        if self.depth > _DEEPEST:
            with self._pointing(start, start + 1):
                raise UsageError(f"the query has more than {_DEEPEST} parentheses in one another")
        condition = self._either()
        if self._at_end():
            with self._pointing(start, start + 1):
                raise UsageError("a ( without its )")
        self.place += 1
        self.depth -= 1
        return condition

    def _plain(self, start: int) -> Condition | None:
        begin = self.place
        text = self._word()
        if not text.strip():
            with self._pointing(start, self.place):
                raise UsageError("the query has a - or a pair of quotes with nothing in it")
        self.count_up(1)
        if not self.apart:
            return self.words.text(text)
        if start != begin:
            with self._pointing(start, self.place):
                raise UsageError("a search cannot leave a word out", "tkt list takes -word.")
        self.texts.append(text)
        return None

    def _word(self) -> str:
        """The next word, phrases in quotes within it."""
        parts: list[str] = []
        inner = 0
        while self.place < len(self.text):
            quoted = _QUOTED.match(self.text, self.place)
            char = self.text[self.place]
            if char.isspace() or (char == ")" and not inner):
                break
            if quoted:
                parts.append(_ESCAPED.sub(r"\1", quoted[1]))
                self.place = quoted.end()
                continue
            if char == '"':
                with self._pointing(self.place, self.place + 1):
                    raise UsageError("a quote that is not closed")
            inner += (char == "(") - (char == ")")
            parts.append(char)
            self.place += 1
        return "".join(parts)

    def _condition(self, name: str, values: Sequence[Typed], place: re.Match[str]) -> Condition:
        if not values:
            with self._pointing(place.start(), place.end()):
                return Not(self.words.present(name))
        parts = []
        for value in values:
            with self._pointing(value.start, value.end):
                parts.append(self.words.condition(name, value))
        found = both(parts) if name == "no" else either(parts)
        self.count_up(len(found.parts) if isinstance(found, All | Either) else 1)
        return found

    def count_up(self, more: int) -> None:
        """Note that there are more conditions.

        Raises:
            UsageError: there are too many.
        """
        self.count += more
        if self.count > _MOST:
            with self._pointing(self.place - 1, self.place):
                raise UsageError(f"the query has more than {_MOST} conditions", "Use fewer words and values.")

    def _shown(self, name: str, values: Sequence[Typed], place: tuple[int, int]) -> Condition | None:
        """`sort:` and `view:`."""
        negated = self.text[place[0]] == "-"
        if not values:
            with self._pointing(*place):
                raise need_value(name)
        if name == "sort" and negated:
            with self._pointing(place[0], values[-1].end):
                raise UsageError("an order cannot be negated", f"Write sort:-{values[0].text}.")
        if name == "sort":
            self.order = (place[0], values[-1].end)
            if self.depth:
                self._refuse_order(*self.order)
            with self._pointing(values[0].start, values[-1].end):
                self.sort = ",".join(each.text for each in values)
                sort_fields(self.sort, self.words.settings)
            return None
        return either([self._viewed(each, negated=negated) for each in values])

    def _refuse_order(self, start: int, end: int) -> NoReturn:
        with self._pointing(start, end):
            raise UsageError(
                "sort: stands by itself, in no parentheses and beside no OR",
                "Parentheses go around the rest: (label:vip OR is:overdue) sort:due.",
            )

    def _viewed(self, value: Typed, *, negated: bool) -> Condition:
        views = self.words.settings.views
        with self._pointing(value.start, value.end):
            if value.text not in views:
                raise unknown("view", value.text, tuple(views))
            if value.text in self.views:
                raise UsageError(
                    f"the view {value.text} is a part of itself", "Mend it in .tkt/project.yaml."
                )
            if len(self.views) >= _DEEPEST:
                raise UsageError(f"more than {_DEEPEST} views name one another", "Mend .tkt/project.yaml.")
            view = views[value.text]
            reader = _Reader(view.query, self.words, apart=False, views=(*self.views, value.text))
            found = reader.query()
            self.count_up(1 + reader.count)
        self.names |= found.names
        if not negated:
            self.view = view
            self.sort = self.sort or found.sort
        return found.condition

    def _values(self) -> Iterator[Typed]:
        while True:
            value = self._value()
            if value is not None and (value.text or value.quoted):
                yield value
            if self.text[self.place : self.place + 1] != ",":
                return
            self.place += 1

    def _value(self) -> Typed | None:
        """The next word or phrase; None where there is none."""
        quoted = _QUOTED.match(self.text, self.place)
        if quoted:
            self.place = quoted.end()
            return Typed(
                _ESCAPED.sub(r"\1", quoted[1]), quoted=True, start=quoted.start() + 1, end=quoted.end() - 1
            )
        if self.text[self.place : self.place + 1] == '"':
            with self._pointing(self.place, self.place + 1):
                raise UsageError("a quote that is not closed")
        start = self.place
        inner = 0
        while self.place < len(self.text):
            char = self.text[self.place]
            if char in ',"' or char.isspace() or (char == ")" and not inner):
                break
            inner += (char == "(") - (char == ")")
            self.place += 1
        return (
            Typed(self.text[start : self.place], quoted=False, start=start, end=self.place)
            if self.place > start
            else None
        )

    def _at_end(self) -> bool:
        match = _SPACE.match(self.text, self.place)
        self.place = match.end() if match else self.place
        return self.place >= len(self.text)

    def _sees_word(self, word: str) -> bool:
        end = self.place + len(word)
        return self.text[self.place : end] == word and (
            self.text[end : end + 1] in {"", "(", ")"} or self.text[end].isspace()
        )

    def _takes_word(self, word: str) -> bool:
        if self._at_end() or not self._sees_word(word):
            return False
        self.place += len(word)
        self._at_end()
        return True

    @contextmanager
    def _pointing(self, start: int, end: int) -> Iterator[None]:
        """Have an error show the query and point at the place."""
        try:
            yield
        except (UsageError, NotFoundError) as error:
            if "\n" in error.message:
                raise
            raise type(error)(f"{error.message}\n{pointer(self.text, start, end)}", error.hint) from error


def pointer(text: str, start: int, end: int) -> str:
    """A piece of a query, and below it marks at a place."""
    first = max(start - _AROUND, 0)
    end = min(end, start + _AROUND)
    last = min(max(end, start + 1) + _AROUND, len(text))
    before = "..." if first else ""
    text = "".join(each if each.isprintable() else " " for each in text[:last]) + text[last:]
    shown = text[first:last]
    rest = "..." if last < len(text) else ""
    gap = " " * (len(before) + _columns(text[first:start]))
    marks = "^" * max(min(_columns(text[start:end]), _AROUND), 1)
    return f"  {before}{shown}{rest}\n  {gap}{marks}"


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # only for errors

    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)
