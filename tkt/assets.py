"""Where the files that ship with tkt are: settings, templates, schemas and hooks."""

from __future__ import annotations

import os

_PACKAGE = os.path.dirname(__file__)
_CHECKOUT = os.path.dirname(_PACKAGE)


def read_asset(name: str) -> str:
    """The text of a shipped file.

    Args:
        name: its path below `templates/`, with forward slashes.

    Raises:
        FileNotFoundError: no such file ships with tkt.
    """
    return _read("templates", name)


def read_hook(name: str) -> str:
    """The text of a shipped hook, by the name that Git gives it.

    Raises:
        FileNotFoundError: no such hook ships with tkt.
    """
    return _read("hooks", name)


def _read(room: str, name: str) -> str:
    installed = os.path.join(_PACKAGE, f"_{room}")
    folder = installed if os.path.isdir(installed) else os.path.join(_CHECKOUT, room)
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()
