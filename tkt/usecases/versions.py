"""Files at commits."""

from __future__ import annotations

from typing import NamedTuple


class Version(NamedTuple):
    """A file at a commit.

    Args:
        mode: such as `100644`.
        oid: the id of its content.
    """

    mode: str
    oid: str

    @property
    def is_plain(self) -> bool:
        """Whether it is a file, and not a link or another repository."""
        return self.mode.startswith("100")


class Triple(NamedTuple):
    """A file in the commit that two others come from, and in those two; None where it is not there."""

    base: Version | None
    ours: Version | None
    theirs: Version | None


Content = Version | bytes | None
"""What a file will be: as it is somewhere, or new bytes; None for no file."""
