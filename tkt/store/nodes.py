"""YAML text as nodes that know their lines, with everything dangerous refused on the way.

Only the event stream of PyYAML's C parser is used: nothing is constructed, no alias is followed, and
depth and size are bounded before anything is built (a C *loader* crashes on deeply nested text).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from tkt.domain.fields import DEPTH_LIMIT, KEY, NODE_LIMIT, Tree
from tkt.errors import InvalidStoreError
from tkt.store.advice import explain
from tkt.store.decoding import malformed

if TYPE_CHECKING:
    from yaml.events import Event

NULL = frozenset({"~", "null", "Null", "NULL"})
"""What stands, without quotes, for no value."""

UNSEEN = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]"
"""Some YAML readers take these for the end of a line, others refuse them."""

_OR_QUOTES = "write the value out, or put it in quotes"
_INTEGER = r"[-+]?[0-9]{1,18}"
_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value.

    Args:
        text: what it says.
        plain: whether it stood there without quotes.
        line: of the file, counted from 1.
        end: row and column after it in the parsed text, for those who cut it out.
        begin: row and column at which its text begins; below the line that has | or >.
    """

    text: str
    plain: bool
    line: int
    end: tuple[int, int] = field(default=(0, 0), compare=False)
    begin: tuple[int, int] = field(default=(0, 0), compare=False)

    @property
    def value(self) -> str:
        """What it says; "" for a null."""
        return "" if self.plain and self.text in NULL else self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    line: int
    end: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values, in the order of the file."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int
    end: tuple[int, int] = field(default=(0, 0), compare=False)

    def get(self, key: str) -> Node | None:
        """The value of a key."""
        return next((value for name, value in self.pairs if name.text == key), None)


Node = Scalar | Sequence | Mapping


class Limits(NamedTuple):
    """How much a YAML text may hold.

    Args:
        nodes: keys and values.
        depth: levels, of which a value is the last.
    """

    nodes: int = NODE_LIMIT
    depth: int = DEPTH_LIMIT


FRONT_MATTER = Limits()


def compose(text: str, path: str, first_line: int = 1, limits: Limits = FRONT_MATTER) -> Mapping:
    """The mapping that a YAML text is; an empty text is an empty mapping.

    Args:
        text: YAML 1.2 without anchors, aliases, tags or merge keys.
        path: named in errors.
        first_line: the line of the file at which the text starts, counted from 1.
        limits: how much it may hold.

    Raises:
        InvalidStoreError: it is not that, or too large or too deep.
    """
    import yaml  # start-up: only odd files and settings need it

    breaker = re.search(UNSEEN, text)
    if breaker:
        line = first_line + text.count("\n", 0, breaker.start())
        code = ord(breaker.group())
        raise malformed(path, line, f'character U+{code:04X} is not allowed here; write "\\u{code:04x}"')
    loader = getattr(yaml, "CLoader", yaml.Loader)
    builder = _Builder(yaml.parse(text, Loader=loader), path, first_line, limits)
    try:
        return builder.document()
    except yaml.YAMLError as error:
        line, advice = explain(error, text)
        raise malformed(path, first_line + line, advice) from error


class _Builder:
    """Turns parser events into nodes, refusing what the format forbids."""

    def __init__(self, events: Iterator[Event], path: str, first_line: int, limits: Limits) -> None:
        self.events = events
        self.path = path
        self.first_line = first_line
        self.left = limits.nodes
        self.depth = limits.depth

    def document(self) -> Mapping:
        """The one document of the stream."""
        next(self.events)
        event = next(self.events)
        if self._kind(event) == "StreamEnd":
            return Mapping((), self.first_line, (0, 0))
        node = self._node(next(self.events), 1)
        next(self.events)
        last = next(self.events)
        if self._kind(last) != "StreamEnd":
            raise self._refuse(last, "a second document begins here; a file has one")
        if isinstance(node, Scalar) and node.plain and not node.text:
            return Mapping((), node.line, node.end)
        if not isinstance(node, Mapping):
            raise malformed(self.path, node.line, "expected lines of the form 'key: value'")
        return node

    @staticmethod
    def _kind(event: Event) -> str:
        return type(event).__name__.removesuffix("Event")

    def _refuse(self, event: Any, text: str) -> InvalidStoreError:
        return malformed(self.path, self._line(event), text)

    def _line(self, event: Any) -> int:
        return self.first_line + int(event.start_mark.line)

    def _node(self, event: Any, depth: int) -> Node:
        self.left -= 1
        if self.left < 0:
            raise self._refuse(event, "too many keys and values")
        if depth > self.depth:
            raise self._refuse(event, f"nested deeper than {self.depth} levels")
        kind = self._kind(event)
        if kind == "Alias":
            raise self._refuse(event, f"aliases (*{event.anchor}) are not allowed; {_OR_QUOTES}")
        if event.anchor is not None:
            raise self._refuse(event, f"anchors (&{event.anchor}) are not allowed; {_OR_QUOTES}")
        if event.tag is not None:
            raise self._refuse(event, f"tags ({event.tag}) are not allowed; {_OR_QUOTES}")
        if kind == "Scalar":
            plain = event.style in {None, ""}
            return Scalar(event.value, plain, self._line(event), self._end(event), self._begin(event))
        return self._sequence(event, depth) if kind == "SequenceStart" else self._mapping(event, depth)

    @staticmethod
    def _end(event: Any) -> tuple[int, int]:
        return int(event.end_mark.line), int(event.end_mark.column)

    @staticmethod
    def _begin(event: Any) -> tuple[int, int]:
        row = int(event.start_mark.line)
        return (row + 1, 0) if event.style in {"|", ">"} else (row, int(event.start_mark.column))

    def _sequence(self, start: Any, depth: int) -> Sequence:
        items = []
        while self._kind(event := next(self.events)) != "SequenceEnd":
            items.append(self._node(event, depth + 1))
        end = self._end(event) if start.flow_style or not items else items[-1].end
        return Sequence(tuple(items), self._line(start), end)

    def _mapping(self, start: Any, depth: int) -> Mapping:
        pairs: list[tuple[Scalar, Node]] = []
        seen: dict[str, int] = {}
        while self._kind(event := next(self.events)) != "MappingEnd":
            key = self._key(event, depth, seen)
            pairs.append((key, self._node(next(self.events), depth + 1)))
        end = self._end(event) if start.flow_style or not pairs else pairs[-1][1].end
        return Mapping(tuple(pairs), self._line(start), end)

    def _key(self, event: Any, depth: int, seen: dict[str, int]) -> Scalar:
        line = self._line(event)
        key = self._node(event, depth + 1)
        if not isinstance(key, Scalar) or not key.text or key.text in NULL:
            raise malformed(self.path, line, "a key must be a plain word")
        if key.text == "<<":
            raise malformed(self.path, line, "merge keys (<<) are not allowed; write the values out")
        if not KEY.fullmatch(key.text):
            raise malformed(self.path, line, f"a key must be a plain word, not {key.text[:40]!r}")
        if key.text in seen:
            raise malformed(
                self.path,
                line,
                f"key {key.text!r} stands here and on line {seen[key.text]}; keep one",
            )
        seen[key.text] = line
        return key


def tree_of(node: Node) -> Tree:
    """A node as texts in lists and mappings."""
    if isinstance(node, Mapping):
        return {key.text: tree_of(value) for key, value in node.pairs}
    return tuple(map(tree_of, node.items)) if isinstance(node, Sequence) else node.value


def plain_data(node: Node) -> Any:
    """A node as Python data by YAML 1.2's core rules: `no` and `12:30` are text."""
    if isinstance(node, Mapping):
        return {key.text: plain_data(value) for key, value in node.pairs}
    if isinstance(node, Sequence):
        return [plain_data(item) for item in node.items]
    return _core_scalar(node.text) if node.plain else node.text


def _core_scalar(text: str) -> str | int | float | bool | None:
    if not text or text in NULL:
        return None
    if text in {"true", "True", "TRUE", "false", "False", "FALSE"}:
        return text.lower() == "true"
    if re.fullmatch(_INTEGER, text):
        return int(text)
    if re.fullmatch(_FLOAT, text) and isfinite(float(text)):
        return float(text)
    return text
