"""What there is to remember of a bare repository: nobody works in it."""

from __future__ import annotations

from tkt.usecases.workspace import Actor, LastChange


class BareHistory:
    """The history of a repository without a working tree, in which nothing is ever under way."""

    def last_change(self, actor: Actor) -> LastChange | None:  # noqa: ARG002  the protocol names it
        """Nothing: changes are made in clones."""
        return None

    def last_touched(self, actor: Actor) -> str:  # noqa: ARG002  the protocol names it
        """Nothing: changes are made in clones."""
        return ""

    def uncommitted(self) -> list[str]:
        """Nothing: there are no files."""
        return []

    def branch(self) -> str:
        """No branch is checked out."""
        return ""

    def unpushed(self) -> int | None:
        """There is no upstream."""
        return None

    def blob_at_head(self, path: str) -> bytes | None:  # noqa: ARG002  the protocol names it
        """Nothing to compare a working tree with."""
        return None
