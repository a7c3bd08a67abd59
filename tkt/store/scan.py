"""Front matter in the plain form that tkt writes, read without a YAML parser."""

from __future__ import annotations

import re
from collections.abc import Sequence as AnySequence
from typing import NamedTuple

from tkt.domain.fields import NODE_LIMIT, Value
from tkt.store.nodes import NULL, UNSEEN, Mapping, Node, Scalar, Sequence
from tkt.store.scalars import unquote

_KEY = r"[A-Za-z][A-Za-z0-9_.-]{0,99}"
_FIRST = r"[^\s\-?:,\[\]{}#&*!|>'\"%@`]"
_PLAIN = rf"{_FIRST}[^\s:#]*(?:(?: |:(?=\S))[^\s:#]*)*(?<! )"
_FLOW_REST = r"[^\s:#,\[\]{}?'\"]*"
_FLOW_PLAIN = rf"{_FIRST}{_FLOW_REST}(?:(?: |:(?=[0-9])){_FLOW_REST})*(?<! )"
_QUOTED = r"""\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'"""
_FLOW_SCALAR = rf"(?:{_QUOTED}|{_FLOW_PLAIN})"
_FLOW_LIST = rf"\[(?:{_FLOW_SCALAR}(?:, {_FLOW_SCALAR})*)?\]"
_FLOW_PAIR = rf"{_KEY}: (?:{_FLOW_SCALAR}|{_FLOW_LIST})"

_KEY_LINE = re.compile(rf"({_KEY}):(?: +(?:({_PLAIN})|({_QUOTED})|(\[\])))?")
_ITEM_LINE = re.compile(rf"( {{0,4}})- +(?:({_PLAIN})|({_QUOTED}))")
_PAIR_LINE = re.compile(rf"  ({_KEY}): +(\[.*\]|\{{.*\}})")
_RECORD_LINE = re.compile(r"- +(\{.*\})")
_WHOLE_LIST = re.compile(_FLOW_LIST)
_WHOLE_MAPPING = rf"\{{(?:{_FLOW_PAIR}(?:, {_FLOW_PAIR})*)?\}}"
_EACH_PAIR = rf"({_KEY}): (?:({_FLOW_LIST})|({_FLOW_SCALAR}))"
"""Compiled when the first is met: that takes longer than to read a file, and few entries have any."""

_EACH_SCALAR = re.compile(_FLOW_SCALAR)
_ODD = f"\t|{UNSEEN}"
_QUOTED_GROUP = 3

FIRST_LINE = 2
"""The line of the file on which its front matter begins."""


class Item(NamedTuple):
    """A key of the front matter and the lines it stands on.

    Args:
        key: its name.
        value: text or list of texts; None for anything deeper.
        first: the index of its first line among the head's lines.
        last: the index after its last one.
        rows: the line of each item of a list in block style; () for other values.
        tail: what follows a value on its first line: spaces and a comment.
        node: the value's structure where it is more than text, or took the YAML parser to read.
    """

    key: str
    value: Value | None
    first: int
    last: int
    rows: tuple[int, ...] = ()
    tail: str = ""
    node: Node | None = None


def scan(lines: AnySequence[str]) -> list[Item] | None:
    """The items of front matter in the plain form that tkt writes; None for any other form.

    Args:
        lines: without their ends.
    """
    # As many nodes as the YAML parser is allowed cannot stand on fewer lines.
    if 2 * len(lines) >= NODE_LIMIT or (
        not all(map(str.isprintable, lines)) and any(re.search(_ODD, line) for line in lines)
    ):
        return None
    items: list[Item] = []
    number, end = 0, len(lines)
    while number < end:
        line = lines[number]
        if not line or line[0] == "#":
            number += 1
            continue
        item = _item(lines, number)
        if item is None:
            return None
        items.append(item)
        number = item.last
    return items if _distinct([item.key for item in items]) else None


def _distinct(keys: AnySequence[str]) -> bool:
    """Whether these can be the keys of one mapping; the YAML parser explains why not."""
    each = set(keys)
    return len(each) == len(keys) and NULL.isdisjoint(each)


def _item(lines: AnySequence[str], number: int) -> Item | None:
    match = _KEY_LINE.fullmatch(lines[number])
    if match is None:
        return None
    key, plain, quoted, empty_list = match.groups()
    if plain is not None:
        return Item(key, "" if plain in NULL else plain, number, number + 1)
    if quoted is not None:
        value = unquote(quoted)
        return None if value is None else Item(key, value, number, number + 1)
    if empty_list:
        return Item(key, (), number, number + 1)
    return _block(key, lines, number)


def _block(key: str, lines: AnySequence[str], start: int) -> Item | None:
    """What stands on the lines below a key: a list, pairs, records, or nothing."""
    following = lines[start + 1] if start + 1 < len(lines) else ""
    if not following or following[0] not in " -":
        return Item(key, "", start, start + 1)
    if following.startswith("- {"):
        item = _records(key, lines, start)
    elif _PAIR_LINE.fullmatch(following):
        item = _pairs(key, lines, start)
    else:
        item = _list(key, lines, start)
    if item and item.last < len(lines) and lines[item.last][:1] in {" ", "-"}:
        return None
    return item


def _list(key: str, lines: AnySequence[str], start: int) -> Item | None:
    values: list[str] = []
    indents = set()
    number = start + 1
    while number < len(lines) and (row := _ITEM_LINE.fullmatch(lines[number])):
        indents.add(row[1])
        value = row[2] if row[2] is not None else unquote(row[_QUOTED_GROUP])
        if value is None or len(indents) > 1:
            return None
        values.append("" if row[2] in NULL else value)
        number += 1
    rows = tuple(range(start + 1, number))
    return Item(key, tuple(values), start, number, rows) if rows else None


def _pairs(key: str, lines: AnySequence[str], start: int) -> Item | None:
    pairs: list[tuple[Scalar, Node]] = []
    number = start + 1
    while number < len(lines) and (row := _PAIR_LINE.fullmatch(lines[number])):
        value = flow(row[2], number + FIRST_LINE)
        if value is None:
            return None
        pairs.append((Scalar(row[1], plain=True, line=number + FIRST_LINE), value))
        number += 1
    if not _distinct([name.text for name, _ in pairs]):
        return None
    return Item(key, None, start, number, node=Mapping(tuple(pairs), start + 1 + FIRST_LINE))


def _records(key: str, lines: AnySequence[str], start: int) -> Item | None:
    records: list[Node] = []
    number = start + 1
    while number < len(lines) and (row := _RECORD_LINE.fullmatch(lines[number])):
        record = flow(row[1], number + FIRST_LINE)
        if record is None:
            return None
        records.append(record)
        number += 1
    return Item(key, None, start, number, node=Sequence(tuple(records), start + 1 + FIRST_LINE))


def flow(text: str, line: int) -> Node | None:
    """`[a, b]` or `{add: [a], size: 3}` on one line of the file; None for any other form."""
    if text[0] == "[":
        return _flow_list(text, line) if _WHOLE_LIST.fullmatch(text) else None
    if not re.fullmatch(_WHOLE_MAPPING, text):
        return None
    pairs = []
    for match in re.finditer(_EACH_PAIR, text):
        value = _flow_list(match[2], line) if match[2] else _flow_scalar(match[3], line)
        if value is None:
            return None
        pairs.append((Scalar(match[1], plain=True, line=line), value))
    if not _distinct([name.text for name, _ in pairs]):
        return None
    return Mapping(tuple(pairs), line)


def _flow_list(text: str, line: int) -> Sequence | None:
    items = [_flow_scalar(match.group(), line) for match in _EACH_SCALAR.finditer(text, 1)]
    if None in items:
        return None
    return Sequence(tuple(item for item in items if item), line)


def _flow_scalar(text: str, line: int) -> Scalar | None:
    if text[0] not in "\"'":
        return Scalar(text, plain=True, line=line)
    said = unquote(text)
    return None if said is None else Scalar(said, plain=False, line=line)
