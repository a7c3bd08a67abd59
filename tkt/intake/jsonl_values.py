"""The values of an export's JSON lines, each looked at before it is taken for one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tkt.domain.fields import DEPTH_LIMIT, HEAD_LIMIT, KEY, NODE_LIMIT, Nested, Tree, Value
from tkt.errors import UsageError

_SURROGATES = range(0xD800, 0xE000)
_ESCAPED = len("\\U0001F600")
_AROUND = 6
"""So many characters stand around a value at most: line ends, a dash, quotes, brackets, a comma."""
_SHOWN = 60


def file_key(name: str) -> str:
    """The key in a file that a key of an object stands for: `_body` is the file's own `body`."""
    return name[1:] if name in {"_body", "_thread"} else name


def read_text(said: Mapping[str, Any], key: str) -> str:
    """A text; "" where nothing is set.

    Raises:
        UsageError: it is something else, or no file can hold it.
    """
    value = said.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UsageError(f"{key} holds a text or null")
    return _sound(value, key)


def read_body(said: Mapping[str, Any]) -> str:
    """A description, or what an entry says.

    Raises:
        UsageError: no file can hold it.
    """
    text = read_text(said, "body").replace("\r\n", "\n")
    if "\0" in text:
        raise UsageError("body holds a NUL")
    return text


def read_texts(said: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of texts; () where nothing is set.

    Raises:
        UsageError: it is something else, or no file can hold it.
    """
    value = said.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UsageError(f"{key} holds a list of texts or null")
    return tuple(_sound(each, key) for each in value)


def read_number(said: Mapping[str, Any], key: str, least: int, most: int) -> int | None:
    """A whole number; None where nothing is set.

    Raises:
        UsageError: it is something else, or too small or too large.
    """
    value = said.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UsageError(f"{key} holds a whole number from {least:,} to {most:,}")
    return value


def read_tree(value: Any, key: str) -> Tree:
    """Texts in lists and objects, at any depth.

    Raises:
        UsageError: something in it is no text, or no file can hold it.
    """
    if isinstance(value, dict):
        return {_sound(name, key): read_tree(each, key) for name, each in value.items()}
    if isinstance(value, list):
        return tuple(read_tree(each, key) for each in value)
    if not isinstance(value, str):
        raise UsageError(f"{key} holds texts, and lists and objects of them")
    return _sound(value, key)


def read_objects(said: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """A list of objects; [] where nothing is set.

    Raises:
        UsageError: it is something else.
    """
    value = said.get(key)
    if value is not None and not (isinstance(value, list) and all(isinstance(each, dict) for each in value)):
        raise UsageError(f"{key} holds a list of objects")
    return value or []


def _sound(text: str, key: str) -> str:
    if not text.isprintable() and any(ord(each) in _SURROGATES for each in text):
        raise UsageError(f"{key} holds half a character (U+D800 to U+DFFF)")
    return text


def tree_of(value: Value) -> Tree:
    """A value with all that is in it."""
    return value.tree if isinstance(value, Nested) else value


def require_writable(head: Mapping[str, Tree]) -> None:
    """See that front matter that says this can be read again.

    Raises:
        UsageError: it has an impossible key, or is too large or too deep.
    """
    _require_keys(head)
    if _nodes(head) > NODE_LIMIT:
        raise UsageError(f"more than {NODE_LIMIT:,} keys and values")
    if _depth(head) > DEPTH_LIMIT:
        raise UsageError(f"nested deeper than {DEPTH_LIMIT} levels")
    if _size(head) > HEAD_LIMIT:
        raise UsageError(f"its fields have more than {HEAD_LIMIT:,} characters")


def _inner(tree: Tree) -> tuple[Tree, ...]:
    """The keys and values directly in a list or mapping."""
    if isinstance(tree, Mapping):
        return (*tree, *tree.values())
    return tree if isinstance(tree, tuple) else ()


def _require_keys(tree: Tree) -> None:
    for key in tree if isinstance(tree, Mapping) else ():
        if not KEY.fullmatch(key) or key.lower() == "null":
            raise UsageError(f"{key[:_SHOWN]!r} cannot be a key")
    for each in _inner(tree):
        _require_keys(each)


def _nodes(tree: Tree) -> int:
    return 1 + sum(map(_nodes, _inner(tree)))


def _depth(tree: Tree) -> int:
    return 1 + max(map(_depth, _inner(tree)), default=0)


def _size(tree: Tree) -> int:
    """The most characters that it may take."""
    if not isinstance(tree, str):
        return _AROUND + sum(map(_size, _inner(tree)))
    if tree.isprintable():
        return _AROUND + len(tree) + tree.count('"') + tree.count("\\")
    return _AROUND + len(tree) * _ESCAPED
