"""Where the files that ship with tkt are: settings, templates and schemas."""

from __future__ import annotations

import os

_INSTALLED = os.path.join(os.path.dirname(__file__), "_templates")
_CHECKOUT = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")


def read_asset(name: str) -> str:
    """The text of a shipped file.

    Args:
        name: its path below `templates/`, with forward slashes.

    Raises:
        FileNotFoundError: no such file ships with tkt.
    """
    folder = _INSTALLED if os.path.isdir(_INSTALLED) else _CHECKOUT
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()
