"""A file's text taken apart and put together again, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence as AnySequence
from dataclasses import dataclass
from functools import lru_cache

from tkt.domain.fields import HEAD_LIMIT, Nested, Value
from tkt.store.advice import UNMERGED
from tkt.store.decoding import decode, malformed
from tkt.store.nodes import Node, Scalar, Sequence, compose
from tkt.store.scalars import write_scalar, write_tree
from tkt.store.scan import FIRST_LINE, Item, scan

BODY_LIMIT = 1024 * 1024
THREAD_LIMIT = 2 * 1024 * 1024
"""What a thread may have that is folded into its ticket's file, beside the description."""

ENTRY_MARK = "<!-- entry "
"""What a folded thread has and next to no other text: where it is missing, nobody looks further."""

_BOM = "\ufeff"
_FENCE = re.compile(r"---[ \t]*(?:\r?\n|\Z)")
_MARKS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_MARKER = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?: |\r?$)", re.MULTILINE)
_ITEM = re.compile(r" {0,4}- +\S.*")
_COMMENT = re.compile(r"[ \t]+#.*")
_HEADER = re.compile(r"[^\"'#]*:(?: +[|>][0-9+-]*)?([ \t]+#.*)")


@dataclass(frozen=True, slots=True)
class Document:
    """A file with front matter.

    Args:
        path: named in errors.
        opening: everything up to and with the first fence's line end.
        lines: the front matter's lines, each with its line end.
        closing: the second fence, with its line end if it has one.
        body: everything after it, as it is.
        items: what the front matter says.
    """

    path: str
    opening: str
    lines: tuple[str, ...]
    closing: str
    body: str
    items: tuple[Item, ...]

    def get(self, key: str) -> Item | None:
        """The item of that key."""
        return next((item for item in self.items if item.key == key), None)

    def line(self, key: str) -> int:
        """The line of the file on which a key stands, counted from 1; 1 when it is missing."""
        item = self.get(key)
        return item.first + FIRST_LINE if item else 1

    def values(self) -> dict[str, Value | None]:
        """Every key's value."""
        return {item.key: item.value for item in self.items}

    @property
    def newline(self) -> str:
        """How the file ends its lines."""
        return "\r\n" if self.opening.endswith("\r\n") else "\n"

    @property
    def text(self) -> str:
        """The body as a person reads it."""
        return readable(self.body)


def readable(body: str) -> str:
    """A body as a person reads it: without the blank line above it, its lines ended by LF."""
    return body.replace("\r\n", "\n").removeprefix("\n")


def dump(document: Document) -> bytes:
    """The file's bytes: exactly those that were parsed, unless it was edited."""
    head = "".join(document.lines)
    return f"{document.opening}{head}{document.closing}{document.body}".encode()


@lru_cache(maxsize=64)
def parse(data: bytes, path: str) -> Document:
    """Take a file apart; one that is looked at again soon, as an edit and a merge do, is remembered.

    Args:
        data: its bytes; a byte-order mark and CRLF are accepted.
        path: named in errors.

    Raises:
        InvalidStoreError: it is not UTF-8, has no front matter, or front matter that
            the format forbids.
    """
    opening, lines, closing, body = _parts(data, path)
    return Document(path, opening, lines, closing, body, tuple(items_of(lines, path)))


def body_of(data: bytes, path: str) -> tuple[str, int]:
    """What stands after a file's front matter, whatever that says, and the line on which it begins.

    Raises:
        InvalidStoreError: it is not UTF-8, or has no front matter.
    """
    _, lines, _, body = _parts(data, path)
    return body, len(lines) + FIRST_LINE + 1


def _parts(data: bytes, path: str) -> tuple[str, tuple[str, ...], str, str]:
    limit = HEAD_LIMIT + BODY_LIMIT + (THREAD_LIMIT if ENTRY_MARK.encode() in data else 0)
    if len(data) > limit:
        raise malformed(path, 0, f"{len(data):,} bytes; a file may have {limit:,}")
    text = decode(data, path)
    opening, head, closing = _split(text, path)
    lines = tuple(f"{line}\n" for line in head.split("\n")[:-1])
    return opening, lines, closing, text[len(opening) + len(head) + len(closing) :]


def _split(text: str, path: str) -> tuple[str, str, str]:
    """The opening fence, the front matter and the closing fence."""
    start = text[: 2 * HEAD_LIMIT]
    opening = _FENCE.match(start.removeprefix(_BOM))
    if opening is None:
        merging = start.startswith("<<<<<<< ")
        if merging:
            raise malformed(path, 1, UNMERGED, "marker")
        raise malformed(path, 1, "no front matter; the first line must be ---")
    begin = opening.end() + start.startswith(_BOM)
    closing = _closing_fence(start, begin)
    head = start[begin : closing.start() if closing else None]
    marker = _marker(head)
    # Without a closing fence this may be the body, where ======= underlines a heading.
    if marker and (closing or marker.group().startswith("<")):
        raise malformed(path, head.count("\n", 0, marker.start()) + FIRST_LINE, UNMERGED, "marker")
    if closing is None and len(text) <= 2 * HEAD_LIMIT:
        raise malformed(path, 1, "the front matter is not closed; it ends with a line ---")
    if closing is None or len(head) > HEAD_LIMIT:
        raise malformed(path, 1, f"the front matter has more than {HEAD_LIMIT:,} characters")
    return text[:begin], head, closing.group()


def _closing_fence(text: str, begin: int) -> re.Match[str] | None:
    """The first line after the opening fence that is a fence too."""
    position = text.find("\n---", begin - 1)
    while position >= 0:
        fence = _FENCE.match(text, position + 1)
        if fence:
            return fence
        position = text.find("\n---", position + 1)
    return None


def _marker(head: str) -> re.Match[str] | None:
    """The first mark of an unresolved merge."""
    return _MARKER.search(head) if any(mark in head for mark in _MARKS) else None


def items_of(lines: AnySequence[str], path: str) -> list[Item]:
    """What the front matter's lines say.

    Raises:
        InvalidStoreError: the format forbids it.
    """
    bare = [line.rstrip("\r\n") for line in lines]
    items = scan(bare)
    return _compose(bare, path) if items is None else items


def _compose(lines: AnySequence[str], path: str) -> list[Item]:
    """The items of front matter in any form of YAML that is allowed."""
    root = compose("\n".join(lines) + "\n", path, FIRST_LINE)
    items = []
    for key, node in root.pairs:
        first = key.line - FIRST_LINE
        last = _last_line(lines, first, node)
        items.append(_item(lines, key.text, node, first, last))
    return items


def _last_line(lines: AnySequence[str], first: int, node: Node) -> int:
    row, column = node.end
    last = row + 1 if column else row
    # The end of text after | or > is behind the blank lines below it.
    while last > first + 1 and not lines[last - 1]:
        last -= 1
    return max(last, first + 1)


def _item(lines: AnySequence[str], key: str, node: Node, first: int, last: int) -> Item:
    tail = _tail(lines[first], first, node)
    if isinstance(node, Scalar):
        return Item(key, node.value, first, last, tail=tail, node=node)
    texts = _texts(node)
    rows = _rows(lines, node) if texts else ()
    return Item(key, texts, first, last, rows, tail, node)


def _tail(line: str, number: int, node: Node) -> str:
    """The comment at the end of the line on which a value begins, and the spaces before it."""
    row, column = node.end
    if row == number:
        rest = line[column:]
    else:
        header = _HEADER.fullmatch(line)
        rest = header[1] if header else ""
    return rest.rstrip() if _COMMENT.fullmatch(rest) else ""


def _texts(node: Node) -> tuple[str, ...] | None:
    """A list of texts; None for anything else."""
    if not isinstance(node, Sequence):
        return None
    texts = tuple(each.value for each in node.items if isinstance(each, Scalar))
    return texts if len(texts) == len(node.items) else None


def _rows(lines: AnySequence[str], node: Node) -> tuple[int, ...]:
    """The line of each item of a list that has one item a line; () for any other form."""
    items = [each for each in node.items if isinstance(each, Scalar)] if isinstance(node, Sequence) else []
    rows = tuple(each.line - FIRST_LINE for each in items)
    whole = all(each.end[0] == row for each, row in zip(items, rows, strict=True))
    return rows if whole and all(_ITEM.fullmatch(lines[row]) for row in rows) else ()


def comments(lines: AnySequence[str]) -> list[tuple[int, str]]:
    """The comments in front matter, each with its row.

    Args:
        lines: that can be understood.
    """
    bare = [line.rstrip("\r\n") for line in lines]
    if not any("#" in line for line in bare):
        return []
    if scan(bare) is not None:
        shown = [line if line.startswith("#") else "" for line in bare]
    else:
        shown = list(bare)
        for scalar in _scalars(compose("\n".join(bare) + "\n", "", FIRST_LINE)):
            _blank(shown, scalar)
    found = ((row, line.find("#")) for row, line in enumerate(shown))
    return [(row, bare[row][at:].rstrip()) for row, at in found if at >= 0]


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
        return
    inner = node.items if isinstance(node, Sequence) else [value for _, value in node.pairs]
    for each in inner:
        yield from _scalars(each)


def _blank(lines: list[str], scalar: Scalar) -> None:
    """Put spaces in the place of a text."""
    (top, left), (bottom, right) = scalar.begin, scalar.end
    for row in range(top, min(bottom + 1, len(lines))):
        line = lines[row]
        start, stop = left if row == top else 0, right if row == bottom else len(line)
        lines[row] = f"{line[:start]}{' ' * (stop - start)}{line[stop:]}"


def field_lines(key: str, value: Value, newline: str = "\n") -> list[str]:
    """The lines on which a field is written."""
    if isinstance(value, tuple):
        return [f"{key}:{newline}", *(f"- {write_scalar(item)}{newline}" for item in value)]
    text = write_tree(value.tree) if isinstance(value, Nested) else write_scalar(value)
    return [f"{key}: {text}{newline}" if text else f"{key}:{newline}"]
