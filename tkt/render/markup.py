"""Markdown as HTML, of which nothing runs and nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from tkt.render.text import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_PLAIN: Mapping[str, str] = {}
_LONGEST = 100_000
"""A longer text is shown as it is, and not whole: people upload logs."""


def to_html(text: str, styles: Mapping[str, str] = _PLAIN) -> str:
    """A Markdown text as HTML: tags in it are text, links go nowhere dangerous, pictures are left as links.

    Args:
        text: of whoever wrote a ticket.
        styles: of elements by their names, for readers that take no style sheet, such as mail programs.
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
    return str(_parser().renderer.render(tokens, _parser().options, {}))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return parser.disable("image")
