"""Markdown as a person reads it: rendered in a terminal, as it is in a pipe."""

from __future__ import annotations

import re

from tkt.render.text import Style, clean, clean_line

_WIDEST = 100
_PADDING = r" +((?:\x1b\[0?m)?)$"
"""What a renderer fills a line with up to the terminal's edge."""

_MARKUP = re.compile(r"[\\`*\[\]|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[#>+=-]")
_MENTION = re.compile(r"(?<![A-Za-z0-9])@(?=\w)|#(?=\w)|!(?=[0-9])|\bGH-(?=[0-9])", re.IGNORECASE)
_NOTHING = "\u200c"
"""Between a sign and a name: nothing to the eye, and no forge takes them for somebody or for an issue."""


def quoted_markdown(text: str) -> str:
    """One line of Markdown that shows a text as it is: no markup, no HTML, and nobody is notified."""
    apart = _MENTION.sub(rf"\g<0>{_NOTHING}", clean_line(text))
    plain = apart.replace("&", "&amp;").replace("<", "&lt;")
    return _MARKUP.sub(r"\\\g<0>", plain).replace(_NOTHING, "&zwnj;")


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
