"""A bare repository: nobody works in it, so there is little to remember, and only commits are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tkt.domain.settings import CommitPolicy
from tkt.errors import ConflictError, TktError
from tkt.gitrepo.commit_files import CommitFiles
from tkt.gitrepo.git import changed_meanwhile
from tkt.gitrepo.locks import desk_lock, is_at, move_refs
from tkt.gitrepo.objects import Draft, pending_ref, write_objects
from tkt.gitrepo.recording import message_text
from tkt.usecases.workspace import Actor, FileWrite, LastChange, Note, Receipt


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

    def unstaged(self) -> list[str]:
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


@dataclass(frozen=True, slots=True)
class BareRecorder:
    """Records changes as commits on a branch of a repository without a working tree.

    Args:
        files: the store's at the branch's commit.
        branch: which.
        author: who made the change.
        committer: who runs Git.
        now: the moment of the commit, UTC.
    """

    files: CommitFiles
    branch: str
    author: Actor
    committer: Actor
    now: datetime

    def resume(self, key: str = "") -> None:
        """Nothing: a commit is there, or it is not."""

    def record(
        self,
        writes: Sequence[FileWrite],
        note: Note,
        policy: CommitPolicy,  # noqa: ARG002  there is nothing to stage in
        instead: LastChange | None = None,  # noqa: ARG002  nobody else's commit is taken back
    ) -> Receipt:
        """Commit all files or none.

        Raises:
            ConflictError: a file is not what the change started from, or the branch has moved.
        """
        git, head = self.files.git, self.files.revision
        draft = Draft(message_text(note), self.author, self.committer, self.now, head)
        with desk_lock(git.folder):
            for write in writes:
                if self._content(write.path) != write.base:
                    raise changed_meanwhile(write.path)
            written = write_objects(git, writes, self.files.prefix, draft, pending_ref())
            commands = (
                f"update refs/heads/{self.branch} {written.commit} {head}\n"
                f"delete {written.ref} {written.commit}\n"
            )
            try:
                move_refs(git, commands, note.subject)
            except ConflictError:
                git.attempt("update-ref", "-d", written.ref)
                if not is_at(git, f"refs/heads/{self.branch}", written.commit):
                    raise
        return Receipt(CommitPolicy.AUTO, written.commit)

    def _content(self, path: str) -> bytes | None:
        try:
            return self.files.read(path)
        except FileNotFoundError:
            return None

    def rewind(self, change: LastChange) -> Receipt:
        """Refuse.

        Raises:
            TktError: always.
        """
        raise TktError(f"{change.commit[:10]} is in a bare repository", "Undo it in a clone.")
