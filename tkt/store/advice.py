"""What a YAML parser's complaint means to the person who wrote the line."""

from __future__ import annotations

import re
from typing import Any

UNMERGED = "unresolved merge; keep one side, remove the markers, then git add the file"
_MARK = "<<<<<<< "
_QUOTES = "put the value in quotes"
_INDENTATION = "this line does not fit the one before it; look at the indentation"
_ESCAPES = "no such escape in \"...\"; write \\\\ for a backslash, or use '...'"

# What libyaml and PyYAML say, and what it is about. {} is the character at which it was noticed.
_ADVICE = (
    ("sequence entries are not allowed", f"a value cannot begin with '- '; {_QUOTES}"),
    ("mapping keys are not allowed", f"a value cannot begin with '? '; {_QUOTES}"),
    ("cannot start any token", f"a value cannot begin with {{}}; {_QUOTES}"),
    ("tab character", "indent with spaces, not with a tab"),
    ("end of stream", "a quote begins here that is not closed"),
    ("document indicator", "a quote begins here that is not closed"),
    ("expected ',' or", "a bracket begins here that is not closed"),
    ("expected ':'", "expected 'key: value'; the colon is missing"),
    ("expected '-' indicator", _INDENTATION),
    ("alphabetic or numeric", f"a value cannot begin with & or *; {_QUOTES}"),
    ("expected alphanumeric", f"a value cannot begin with & or *; {_QUOTES}"),
    ("escape", _ESCAPES),
    ("hexdecimal", _ESCAPES),
    ("comment or line break", f"the text after | or > begins on the next line; else {_QUOTES}"),
    ("expected '>'", f"a value cannot begin with !; {_QUOTES}"),
    ("tag", f"a value cannot begin with !; {_QUOTES}"),
    ("document start", "the text goes on after its end (...)"),
    ("incompatible YAML", "not YAML 1.2; take the line with % out"),
    ("non-alphabetical", "a line cannot begin with %"),
)
_BEGINS_EARLIER = (
    "while scanning a quoted scalar",
    "while scanning a simple key",
    "while parsing a flow sequence",
    "while parsing a flow mapping",
)
_KEY_AND_VALUE = re.compile(r"[ ]*(- +)*[^\s#].*?: +\S")


def explain(error: Any, text: str) -> tuple[int, str]:
    """Where a YAML text is wrong, and what to do about it.

    Args:
        error: PyYAML's.
        text: that was parsed.

    Returns:
        the line, counted from 0, and a sentence.
    """
    lines = text.rstrip("\n").split("\n")
    marked = next((number for number, line in enumerate(lines) if line.startswith(_MARK)), None)
    if marked is not None:
        return marked, UNMERGED
    found = getattr(error, "problem_mark", None)
    began = getattr(error, "context_mark", None)
    mark = began if getattr(error, "context", None) in _BEGINS_EARLIER else found or began
    if mark is None:
        return 0, f"not valid YAML: {error}"
    number = min(mark.line, len(lines) - 1)
    column = mark.column if number == mark.line else len(lines[number])
    return number, f"not valid YAML: {_advice(str(error.problem), lines[number], column)}"


def _advice(problem: str, line: str, column: int) -> str:
    char = line[column : column + 1]
    if char == "\t":
        return "indent with spaces, not with a tab"
    if "mapping values are not allowed" in problem:
        inside = _KEY_AND_VALUE.match(line[:column])
        return f"a value has a colon and a space inside; {_QUOTES}" if inside else _INDENTATION
    if "expected key" in problem or "expected <block end>" in problem:
        after = line[:column].strip()
        return f"the value goes on after its end; {_QUOTES}" if after else _INDENTATION
    if "expected node content" in problem:
        begins = f"a value cannot begin with {char}; {_QUOTES}"
        return begins if char in "]}," and char else "a bracket is not closed"
    return next((advice.format(char) for words, advice in _ADVICE if words in problem), problem)
