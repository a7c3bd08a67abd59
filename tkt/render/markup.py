"""Markdown as HTML, of which nothing runs and nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tkt.domain.withholding import may_hold_address
from tkt.render.text import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from tkt.domain.withholding import Withholder

_PLAIN: Mapping[str, str] = {}
_LONGEST = 100_000
"""A longer text is shown as it is, and not whole: people upload logs."""


def to_html(text: str, styles: Mapping[str, str] = _PLAIN, hide: Withholder | None = None) -> str:
    """A Markdown text as HTML: tags in it are text, links go nowhere dangerous, pictures are left as links.

    Args:
        text: of whoever wrote a ticket.
        styles: of elements by their names, for readers that take no style sheet, such as mail programs.
        hide: takes out addresses that stand together only in what Markdown made; None for the desk.
    """
    seen = clean(text[: _LONGEST + 1])
    if len(text) > _LONGEST:
        rest = f"{len(text) - _LONGEST:,} more characters are in the ticket."
        return f"<pre>{escape(seen[:_LONGEST])}</pre><p>{rest}</p>"
    tokens = _parser().parse(seen)
    for each in tokens:
        if each.nesting > 0 and each.tag in styles:
            each.attrs["style"] = "; ".join(
                map(str, filter(None, (each.attrs.get("style"), styles[each.tag])))
            )
    made = str(_parser().renderer.render(tokens, _parser().options, {}))
    if hide and may_hold_address(made):
        _mask(tokens, hide)
        made = str(_parser().renderer.render(tokens, _parser().options, {}))
    return made


def _mask(tokens: Sequence[Token], hide: Withholder) -> None:
    """Put words for addresses in what a reader would see of some tokens, and in where their links go."""
    for each in tokens:
        each.info = hide.text(each.info)
        for name, value in each.attrs.items():
            there = unquote(str(value))
            if (masked := hide.text(there)) != there:
                each.attrs[name] = _parser().normalizeLink(masked) if name == "href" else masked
        if each.children:
            _mask_line(each.children, hide)
            _mask(each.children, hide)
        else:
            each.content = hide.text(each.content)


def _mask_line(pieces: Sequence[Token], hide: Withholder) -> None:
    """The same in pieces of text that stand side by side; a word stands in the first piece of its address."""
    texts = [each.content or "\n" * each.type.endswith("break") for each in pieces]
    line = "".join(texts)
    chars = list(line)
    for start, end, word in hide.places(line):
        chars[start:end] = [word, *[""] * (end - start - 1)]
    place = 0
    for piece, text in zip(pieces, texts, strict=True):
        piece.content = "".join(chars[place : place + len(text)])
        place += len(text)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return parser.disable("image")
