"""Markdown as HTML, of which nothing runs and nothing is fetched."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING

from tkt.render.text import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LONGEST = 100_000
"""A longer text is shown as it is, and not whole: people upload logs."""


def to_html(text: str) -> str:
    """A Markdown text as HTML: tags in it are text, links go nowhere dangerous, pictures are left as links.

    Args:
        text: of whoever wrote a ticket.
    """
    seen = clean(text[: _LONGEST + 1])
    if len(text) > _LONGEST:
        rest = f"{len(text) - _LONGEST:,} more characters are in the ticket."
        return f"<pre>{escape(seen[:_LONGEST])}</pre><p>{rest}</p>"
    return str(_parser().render(seen))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return parser.disable("image")
