"""What a server says to whoever pushes, in lines that fit behind `remote: ` on a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from tkt.domain.violation import Violation
from tkt.render.text import clean_line, plural
from tkt.usecases.receiving import Verdict

_WIDTH = 71
_SHORT = 10
_MOST = 100
"""More than that nobody reads, and Git sends every line."""
_FEW = 10
"""Of what is only remarked upon."""


def verdict_text(verdict: Verdict) -> str:
    """What became of a push; "" where there is nothing to say."""
    lines: list[str] = []
    if verdict.refused:
        one = len(verdict.refused) == 1
        what = "One thing breaks a rule" if one else f"{len(verdict.refused):,} things break a rule"
        lines += _wrapped(f"tkt: {what}, so nothing was taken.", "")
        lines += _all(verdict.refused)
    elif verdict.overridden:
        passed = plural(len(verdict.overridden), "finding")
        lines += _wrapped(f"tkt: {passed} overridden; the reason is kept.", "")
        lines += _all(verdict.overridden)
    if not verdict.refused:
        lines += _all(verdict.remarks, _FEW)
    return "\n".join(lines)


def _all(found: list[Violation], most: int = _MOST) -> Iterator[str]:
    for each in found[:most]:
        yield ""
        yield from _finding(each)
    if len(found) > most:
        yield ""
        yield f"And {len(found) - most:,} more."


def _finding(each: Violation) -> Iterator[str]:
    """The commit, the rule and the place; what is wrong; the way out."""
    words = (f"commit {each.commit[:_SHORT]}" if each.commit else "", f"[{each.rule}]", each.level)
    yield " ".join(word for word in words if word and word != "error")
    if each.place:
        yield from _wrapped(each.place, "  ")
    yield from _wrapped(f"{each.text}.", "  ")
    if each.hint:
        yield from _wrapped(each.hint, "  -> ", "     ")


def _wrapped(text: str, first: str, rest: str | None = None) -> Iterable[str]:
    return textwrap.wrap(
        clean_line(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_on_hyphens=False,
    )
