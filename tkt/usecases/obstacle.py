"""What keeps two versions of a file from being merged, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Obstacle(NamedTuple):
    """Why a file cannot be merged.

    Args:
        ours: what is wrong with the version from here, with its place; "" for nothing.
        theirs: the same of the other one; where both are "", it is a file whose lines are not merged.
    """

    ours: str = ""
    theirs: str = ""

    def lines(self, path: str, name: str) -> list[str]:
        """What a person is told.

        Args:
            path: of the file.
            name: what people call the other side.
        """
        found = [f"on {who}: {text}" for who, text in (("this side", self.ours), (name, self.theirs)) if text]
        return found or [f"both sides changed {path}, which is not merged line by line"]


def way_out(name: str, path: str) -> str:
    """What a person can do where nothing has been merged.

    Args:
        name: what people call the other side.
        path: of a file that cannot be merged; "" where lines clash alone.
    """
    if not path:
        return f"git merge {name} marks the lines; put them in order and commit."
    return (
        "Mend the file on its side and commit it, or take a version whole: git merge --no-commit "
        f"{name}, then git checkout HEAD -- {path} or git checkout {name} -- {path}, then git commit."
    )


def way_on(path: str, clashing: Sequence[str]) -> str:
    """What a person can do in the middle of a merge that Git has stopped at.

    Args:
        path: of a file that cannot be merged; "" where lines clash alone.
        clashing: the files in which these are.
    """
    if not path:
        return f"Put the marked lines in order, then git add {clashing[0]}"
    whole = f"git checkout --ours {path}, or --theirs"
    return f"Mend the file, or take a version whole: {whole}; then git add {path}"
