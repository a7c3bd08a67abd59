"""How one value is written in YAML: plain where every reader agrees, else in double quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from tkt.domain.fields import Tree

_PLAIN = re.compile(r"[^\W\d_][^\n:#]*(?:(?::(?=[^\s])|(?<=[^\s])#)[^\n:#]*)*")
_FLOW_MARKS = re.compile(r"[,\[\]{}:?]")
_ENTRY_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-z]{4}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def write_scalar(text: str, *, flow: bool = False) -> str:
    """A text as a YAML scalar; "" for the empty text outside flow style.

    Args:
        text: any text without lone surrogates.
        flow: inside `[...]` or `{...}`, where more characters have a meaning.
    """
    if not text:
        return '""' if flow else ""
    return text if _is_plain(text, flow=flow) else quote(text)


def write_tree(tree: Tree) -> str:
    """Texts in lists and mappings, on one line."""
    if isinstance(tree, Mapping):
        pairs = (f"{write_scalar(key, flow=True)}: {write_tree(value)}" for key, value in tree.items())
        return f"{{{', '.join(pairs)}}}"
    return (
        f"[{', '.join(map(write_tree, tree))}]" if isinstance(tree, tuple) else write_scalar(tree, flow=True)
    )


def _is_plain(text: str, *, flow: bool) -> bool:
    if _ENTRY_ID.fullmatch(text) or (_MOMENT.fullmatch(text) and _exists(text)):
        return True
    if not _PLAIN.fullmatch(text) or text[-1] in " :" or text.lower() in _WORDS:
        return False
    if flow and _FLOW_MARKS.search(text):
        return False
    return text.isprintable()


def _exists(moment: str) -> bool:
    """Whether there is such a day: other readers fail on one that there is not."""
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        return False
    return True


def quote(text: str) -> str:
    """A text in double quotes: what cannot be seen is escaped."""
    return '"' + "".join(map(_quoted, text)) + '"'


_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _quoted(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if char.isprintable():
        return char
    # Not JSON's pair of surrogates for what is beyond U+FFFF: YAML readers refuse that.
    return f"\\u{ord(char):04x}" if char <= "\uffff" else f"\\U{ord(char):08x}"


_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\/bfnrt]))')
_MEANING = {
    **{written[1]: char for char, written in _SHORT.items()},
    "/": "/",
    "b": "\b",
    "f": "\f",
}


def unquote(text: str) -> str | None:
    """What a quoted scalar on one line says; None when it takes a YAML parser to know."""
    inner = text[1:-1]
    if text[0] == "'":
        return inner.replace("''", "'")
    if "\\" not in inner:
        return inner
    try:
        said = _ESCAPE.sub(_unescaped, inner)
    except ValueError:
        return None
    return None if "\\" in _ESCAPE.sub("", inner) else said


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if not code:
        return _MEANING[match[3]]
    char = chr(int(code, 16))
    if "\ud800" <= char <= "\udfff":
        raise ValueError(code)
    return char
