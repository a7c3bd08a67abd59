"""Two versions of a ticket's file that come from one, merged into one file.

The same bytes come out whichever side is called ours, since rebasing and cherry-picking swap them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from tkt.domain.entry import Entry
from tkt.domain.fields import Value
from tkt.domain.merge import Answers, Bodies, Clash, Fields, merge_fields
from tkt.domain.replay import replay
from tkt.domain.settings import Settings
from tkt.errors import InvalidStoreError
from tkt.store.codec import Document, comments, dump, parse
from tkt.store.decoding import malformed
from tkt.store.editing import edit
from tkt.store.folding import split_body
from tkt.store.twins import folded_by_id, joined_threads, thread_of
from tkt.usecases.obstacle import Obstacle

MergeText = Callable[[bytes, bytes, bytes], tuple[bytes, bool]]
"""Merges a base and two texts line by line: the merged text, and whether it has no marks of a conflict."""


class Merged(NamedTuple):
    """What two versions of a file come to.

    Args:
        data: the merged file.
        clashes: fields to which both sides gave a value of their own.
        marked: whether marks of a conflict stand in it, and a person must decide.
        in_body: whether that is only because of the description.
    """

    data: bytes
    clashes: tuple[Clash, ...] = ()
    marked: bool = False
    in_body: bool = False


class Merger(NamedTuple):
    """Merges versions of tickets' files.

    Args:
        settings: in force.
        merge_text: merges texts line by line.
        answers: descriptions that a person has put together.
        stamp: who merges, and when, UTC, for the entries of hand edits; None where none can be written.
    """

    settings: Settings
    merge_text: MergeText
    answers: Answers = MappingProxyType({})
    stamp: tuple[str, datetime] | None = None

    def merge(
        self, path: str, base: bytes, ours: bytes, theirs: bytes, thread: Sequence[Entry] = ()
    ) -> Merged:
        """Merge two versions of a ticket's file, whatever bytes they hold.

        Args:
            path: of the file.
            base: what both come from; empty where there is nothing, or nobody knows.
            ours: one version.
            theirs: the other.
            thread: the entries of both sides, where they are known: they say which value holds.

        Raises:
            NotTextError: one of them is no text.
        """
        if ours in (theirs, base):
            return Merged(theirs)
        if theirs == base:
            return Merged(ours)
        one, other = sorted((ours, theirs))
        try:
            sides = parse(one, path), parse(other, path)
        except InvalidStoreError:
            return self._as_text(base, one, other)
        if len({each.values().get("id") for each in sides}) > 1:  # two tickets, and not two versions of one
            return self._as_text(base, one, other)
        try:
            return self._merged(_readable_base(base, path), *sides, thread)
        except InvalidStoreError:  # values that only a person can put together
            return self._as_text(base, one, other)

    def _as_text(self, base: bytes, one: bytes, other: bytes) -> Merged:
        """Files that cannot be understood, merged as Git would."""
        data, _ = self.merge_text(base, one, other)
        return Merged(data, marked=True)

    def _merged(
        self, base: Document | None, one: Document, other: Document, thread: Sequence[Entry]
    ) -> Merged:
        """The merged file.

        Raises:
            InvalidStoreError: it has values that cannot be merged.
        """
        outcomes = replay(thread, self.settings)
        fields = merge_fields(
            _fields(base) if base else {}, _fields(one), _fields(other), outcomes, self.settings
        )
        body, clean = self._merged_body(base, one, other)
        plain = next((each for each in (one, other) if base and not _has_more(base, each)), None)
        # Where both have comments or quotes of their own, lines say more than values.
        data = None if plain else self._line_by_line(base, one, other, fields.fields, body)
        if data is None:
            host, guest = (other, one) if plain is one else (one, other)
            data = _with_fields(host, fields.fields, body, self.settings)
            if plain is None:
                data = _with_comments(data, guest, base)
        return Merged(data, fields.clashes, marked=not clean, in_body=not clean)

    def _line_by_line(
        self, base: Document | None, one: Document, other: Document, fields: Fields, body: str
    ) -> bytes | None:
        """The front matter merged as Git would, where that says what it should."""
        heads = ("".join(each.lines).encode() if each else b"" for each in (base, one, other))
        head, clean = self.merge_text(*heads)
        try:
            merged = parse(f"---\n{head.decode()}---\n".encode(), one.path)
        except InvalidStoreError:
            return None
        if not clean or _fields(merged) != fields:
            return None
        return dump(Document(one.path, one.opening, merged.lines, one.closing, body, ()))

    def _merged_body(self, base: Document | None, one: Document, other: Document) -> tuple[str, bool]:
        """The description of both, with the entries that are folded below either of them."""
        was, mine, others = (split_body(each.body if each else "") for each in (base, one, other))
        text, clean = self._merged_text(was[0], mine[0], others[0])
        if mine[1] == others[1] or not (mine[1] and others[1]):
            return text + (mine[1] or others[1]), clean
        threads = [folded_by_id(dump(each), each.path) if each else {} for each in (base, one, other)]
        return text + thread_of(joined_threads(*threads)), clean

    def _merged_text(self, was: str, mine: str, other: str) -> tuple[str, bool]:
        if other in (mine, was):
            return mine, True
        if mine == was:
            return other, True
        answer = self.answers.get(Bodies(was, mine, other).key)
        if answer is not None:
            return answer, True
        data, clean = self.merge_text(was.encode(), mine.encode(), other.encode())
        return data.decode(), clean


def bodies_of(path: str, base: bytes, ours: bytes, theirs: bytes) -> Bodies:
    """The descriptions of a ticket's versions, which can be read but for the base."""
    versions = _readable_base(base, path), parse(ours, path), parse(theirs, path)
    return Bodies(*(split_body(each.body if each else "")[0] for each in versions))


def marked_body(data: bytes, path: str) -> str:
    """The description of a ticket's file in which only that may have marks.

    Raises:
        InvalidStoreError: the file cannot be understood.
    """
    return split_body(parse(data, path).body)[0]


def obstacle(path: str, ours: bytes, theirs: bytes) -> Obstacle:
    """What is wrong with versions of a ticket's file that cannot be merged by their fields."""
    return Obstacle(*(_unreadable(path, each) for each in (ours, theirs)))


def _unreadable(path: str, data: bytes) -> str:
    """Why a version of a ticket's file cannot be understood; "" where it can."""
    try:
        values = parse(data, path).values()
        folded_by_id(data, path)
    except InvalidStoreError as error:
        return str(error.problems[0])
    ticket_id = path.rpartition("/")[2].removesuffix(".md")
    return "" if values.get("id") == ticket_id else f"{path}: its id is not {ticket_id}"


def _readable_base(data: bytes, path: str) -> Document | None:
    """What both sides come from; None where it is missing, or itself an unresolved merge."""
    try:
        return parse(data, path)
    except InvalidStoreError:
        return None


def _fields(document: Document) -> dict[str, Value]:
    """The fields of a file; of values in a form that tkt does not know, their lines."""
    found: dict[str, Value] = {}
    for item in document.items:
        unknown = "".join(document.lines[item.first : item.last])
        found[item.key] = item.value if item.value is not None else f"\0{unknown}"
    return found


def _has_more(base: Document, side: Document) -> bool:
    """Whether a version has other comments, quotes or keys, and not just other values."""
    there = _fields(base)
    changed = {key: value for key, value in _fields(side).items() if there.get(key) != value}
    try:
        plain = edit(base, changed, tuple(changed))
    except InvalidStoreError:
        return True
    return parse(plain, base.path).lines != side.lines


def _with_comments(data: bytes, guest: Document, base: Document | None) -> bytes:
    """A merged file with the comments that only the version has from which it was not made.

    Each stands above the field beside which it stood, since that may have another form now.
    """
    merged = parse(data, guest.path)
    known = {text for each in (merged, base) if each for _, text in comments(each.lines)}
    places = []
    for row, text in reversed(comments(guest.lines)):
        item = merged.get(next((each.key for each in guest.items if each.last > row), ""))
        if text not in known:
            places.append((item.first if item else len(merged.lines), text))
    lines = list(merged.lines)
    for at, text in sorted(places, key=lambda each: each[0], reverse=True):
        lines.insert(at, f"{text}{merged.newline}")
    commented = dump(replace(merged, lines=tuple(lines)))
    try:
        return commented if _fields(parse(commented, guest.path)) == _fields(merged) else data
    except InvalidStoreError:  # a comment that cannot stand there
        return data


def _with_fields(host: Document, fields: dict[str, Value], body: str, settings: Settings) -> bytes:
    there = _fields(host)
    changed = {key: value for key, value in fields.items() if there.get(key) != value}
    changed |= {key: () if isinstance(there[key], tuple) else "" for key in there if key not in fields}
    if any(str(value).startswith("\0") for value in changed.values()):
        raise malformed(host.path, 1, "has values that cannot be merged")
    return edit(host, changed, tuple(settings.fields), body)
