"""Other values in a file's front matter, and every other byte as it was.

Only the lines of the fields that change are touched, and the result is read back before anybody else
does. Where that does not work, ruamel's round trip writes the front matter, and is read back too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence as AnySequence

from tkt.domain.fields import HEAD_LIMIT, Value
from tkt.errors import InvalidStoreError
from tkt.store.codec import Document, comments, dump, field_lines, items_of, parse
from tkt.store.decoding import malformed
from tkt.store.nodes import Node, Scalar, Sequence
from tkt.store.scalars import write_scalar
from tkt.store.scan import Item

Changes = AnyMapping[str, Value]


def edit(document: Document, changed: Changes, order: AnySequence[str], body: str | None = None) -> bytes:
    """The file's bytes with other values in some fields, and every other byte as it was.

    Args:
        document: the file.
        changed: the new values.
        order: the fields' names in their fixed order, for those the file does not have yet.
        body: all that stands after the front matter; None leaves it.

    Raises:
        InvalidStoreError: the front matter is so unusual that it cannot be edited safely.
    """
    data = _reread(document, _edited(document, changed, order), changed, body)
    if data is None:
        data = _reread(document, _rewritten(document, changed), changed, body)
    if data is not None:
        return data
    raise malformed(document.path, 1, "this front matter cannot be edited safely; write it one key a line")


def _edited(document: Document, changed: Changes, order: AnySequence[str]) -> tuple[str, ...]:
    """The front matter's lines, of which only those of the changed fields are others."""
    lines = list(document.lines)
    try:
        for key, value in changed.items():
            items = items_of(lines, document.path)
            item = next((each for each in items if each.key == key), None)
            if item is None:
                _insert(lines, items, field_lines(key, value, document.newline), key, order)
            elif isinstance(value, tuple) and item.rows:
                _edit_rows(lines, item, value, document.newline)
            else:
                _replace(lines, item, field_lines(key, value, document.newline))
    except InvalidStoreError:
        return document.lines
    return tuple(lines)


def _replace(lines: list[str], item: Item, new: list[str]) -> None:
    """Other lines for a field, with the comments that the old ones had."""
    newline = "\r\n" if new[0].endswith("\r\n") else "\n"
    first = new[0].removesuffix(newline) + item.tail + newline
    begin = item.first + 1 if item.tail else item.first
    inside = [f"{text}{newline}" for row, text in comments(lines) if begin <= row < item.last]
    lines[item.first : item.last] = [first, *inside, *new[1:]]


def _edit_rows(lines: list[str], item: Item, value: tuple[str, ...], newline: str) -> None:
    """Take out and put in single lines, so that comments between them and the rest stay."""
    old = item.value if isinstance(item.value, tuple) else ()
    first = lines[item.rows[0]]
    indent = first[: len(first) - len(first.lstrip(" "))]
    inserts: list[tuple[int, str]] = []
    for text in value:
        if text in old:
            continue
        after = (row for row, other in zip(item.rows, old, strict=True) if other > text)
        inserts.append((next(after, item.rows[-1] + 1), f"{indent}- {write_scalar(text)}{newline}"))
    gone = {row for row, text in zip(item.rows, old, strict=True) if text not in value}
    said = dict(comments(lines))
    for number in range(item.last, item.first, -1):
        lines[number:number] = [line for at, line in inserts if at == number]
        row = number - 1
        if row in gone:
            lines[row:number] = [f"{indent}{said[row]}{newline}"] if row in said else []


def _insert(
    lines: list[str], items: AnySequence[Item], new: list[str], key: str, order: AnySequence[str]
) -> None:
    """A key the file does not have goes after the nearest one that stands before it in the order."""
    before = order[: order.index(key)] if key in order else order
    at = max((item.last for item in items if item.key in before), default=0)
    newline = "\r\n" if new[0].endswith("\r\n") else "\n"
    lines[at:at] = [newline, *new] if at else [*new, newline]


def _reread(document: Document, lines: tuple[str, ...], changed: Changes, body: str | None) -> bytes | None:
    """The edited file if it says exactly what it should, else None."""
    closing = document.closing
    new_body = document.body if body is None else body
    if new_body and not closing.endswith("\n"):
        closing += document.newline
    edited = dump(Document(document.path, document.opening, lines, closing, new_body, ()))
    try:
        again = parse(edited, document.path)
    except InvalidStoreError:
        return None
    expected = {**_said(document), **{key: _unordered(value) for key, value in changed.items()}}
    said = _said(again)
    said.update({key: _unordered(value) for key, value in said.items() if key in changed})
    kept = _remarks(document) <= _remarks(again)
    return edited if kept and said == expected and again.body == new_body else None


def _remarks(document: Document) -> Counter[str]:
    """How often each comment stands in a file."""
    return Counter(text for _, text in comments(document.lines))


def _said(document: Document) -> dict[str, object]:
    return {item.key: item.value or _shape(item) for item in document.items}


def _unordered(value: object) -> object:
    """A value for comparison: a list says the same in any order."""
    return frozenset(value) if isinstance(value, tuple) and value else value or ""


def _shape(item: Item) -> object:
    """What an item holds that is neither text nor a list of texts; "" for an unset one."""
    return _skeleton(item.node) if item.value is None and item.node is not None else ""


def _skeleton(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_skeleton(each) for each in node.items]
    return [(key.text, _skeleton(value)) for key, value in node.pairs]


def _rewritten(document: Document, changed: Changes) -> tuple[str, ...]:
    """The front matter as ruamel's round trip writes it, for forms that line edits cannot reach."""
    import io  # start-up: the rarest of paths

    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    round_trip = YAML()
    round_trip.preserve_quotes = True
    round_trip.width = HEAD_LIMIT
    try:
        data = round_trip.load("".join(document.lines))
        for key, value in changed.items():
            data[key] = list(value) if isinstance(value, tuple) else value
        out = io.StringIO()
        round_trip.dump(data, out)
    except (YAMLError, TypeError, ValueError):
        return document.lines
    text = out.getvalue().removesuffix("\n")
    return tuple(line.rstrip("\r") + document.newline for line in text.split("\n"))
