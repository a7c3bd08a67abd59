"""What is done while a command is still being loaded; so this loads next to nothing itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tkt.domain.ids import SETTINGS
from tkt.errors import NotFoundError

if TYPE_CHECKING:
    from tkt.store.index.looks import Ahead

INDEX = "index-1.db"
_LARGE = 2_000_000
"""An index of so many bytes knows a thousand tickets: to look at fewer takes less than to begin early."""


def find_store(start: str = "") -> str:
    """The folder with the store: TKT_DIR, or the nearest one upwards that has `.tkt/`.

    Raises:
        NotFoundError: there is none.
    """
    named = os.environ.get("TKT_DIR")
    if named:
        if not os.path.isdir(os.path.join(named, SETTINGS)):
            raise NotFoundError(
                f"TKT_DIR={named} has no {SETTINGS} folder", "tkt init makes one in a repository."
            )
        return os.path.abspath(named)
    folder = os.path.abspath(start or os.curdir)
    while not os.path.isdir(os.path.join(folder, SETTINGS)):
        parent = os.path.dirname(folder)
        if parent == folder:
            raise NotFoundError(
                "no ticket desk here or in any folder above",
                "tkt init makes one in a Git repository.",
            )
        folder = parent
    return folder


_begun: dict[str, Ahead] = {}
"""Of each desk, the look that nobody has asked for yet."""


def look_ahead() -> None:
    """Begin to look at the tickets of the current folder's desk, where there are many of them."""
    try:
        root = find_store()
        index = os.path.join(root, ".git", "tkt", INDEX)
        if os.stat(index).st_size > _LARGE:
            from tkt.store.index.looks import Ahead  # start-up: a small desk does without

            _begun[root] = Ahead(root, index)
    except (NotFoundError, OSError):
        return  # whoever opens the desk says what is wrong with it


def begun(root: str) -> Ahead | None:
    """The look at a desk's tickets that has begun; it serves once."""
    return _begun.pop(root, None)
