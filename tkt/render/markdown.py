"""Markdown as a person reads it: rendered in a terminal, as it is in a pipe."""

from __future__ import annotations

from tkt.render.text import Style, clean


def show_markdown(text: str, style: Style) -> str:
    """A Markdown text for the terminal's width, with colours and boxes; as it is without colours."""
    seen = clean(text)
    if not style.color:
        return seen
    # Only here: rich costs more to load than everything else `show` does.
    import io

    from rich.console import Console
    from rich.markdown import Markdown

    out = io.StringIO()
    console = Console(
        file=out, force_terminal=True, width=min(style.width or 80, 100), color_system="standard"
    )
    console.print(Markdown(seen, hyperlinks=False))
    return out.getvalue()
