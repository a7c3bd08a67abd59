"""Markdown as a person reads it: rendered in a terminal, as it is in a pipe."""

from __future__ import annotations

import re

from tkt.render.text import Style, clean

_WIDEST = 100
_PADDING = r" +((?:\x1b\[0?m)?)$"
"""What a renderer fills a line with up to the terminal's edge."""


def show_markdown(text: str, style: Style, indent: int = 0) -> str:
    """A Markdown text for the terminal's width, with colours and boxes; as it is without colours.

    Args:
        text: Markdown.
        style: of the terminal.
        indent: columns that are taken at the left.
    """
    seen = clean(text)
    if not style.color:
        return seen
    # Only here: rich costs more to load than everything else `show` does.
    import io

    from rich.console import Console
    from rich.markdown import Markdown

    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=True,
        width=max(min(style.width or 80, _WIDEST) - indent, 20),
        color_system="standard",
    )
    console.print(Markdown(seen, hyperlinks=False))
    return re.sub(_PADDING, r"\1", out.getvalue(), flags=re.MULTILINE)
