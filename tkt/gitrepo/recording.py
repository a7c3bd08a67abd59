"""Writing: exactly the given files, in one commit or the index, beside whatever the user is doing.

The order matters, so that a crash at any step leaves the old or the new state: lock, refuse, objects,
the user's index beside the old one, the files beside theirs, the branch by compare-and-swap, the files by
rename, the index by rename. Git's lock on the index is held from the first look on: a `git commit` beside
is refused, and cannot come between the look and the swap. After a crash that lock stays, and says where
the branch was to go; the next command finishes the rest.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from tkt.domain.ids import ticket_of
from tkt.domain.settings import CommitPolicy
from tkt.errors import AlreadyDoneError, BranchMovedError, ConflictError, TktError
from tkt.gitrepo.git import GitError, cut_short, id_in
from tkt.gitrepo.history import GitHistory, Recorded
from tkt.gitrepo.locks import (
    HeldIndex,
    desk_lock,
    draft_index,
    index_lock,
    move_refs,
    offered_path,
    sweep,
    uninterrupted,
)
from tkt.gitrepo.objects import Draft, Written, blob_ids, pending_ref, stored_id, write_objects
from tkt.gitrepo.recovery import Untold, finish, has_moved, in_place, offer, was_cut_off
from tkt.gitrepo.repository import Repository
from tkt.gitrepo.worktree import content, drafted, drop, explained, replace_files, require_bases
from tkt.gitrepo.worktrees import git_dir
from tkt.usecases.pending import with_change
from tkt.usecases.workspace import (
    UNDOING,
    Actor,
    FileWrite,
    IdentitySource,
    LastChange,
    Note,
    Receipt,
)

_TRIES = 3
_COMMITTING = {CommitPolicy.AUTO, CommitPolicy.AMEND}

OnceTold = Callable[[Callable[[], None]], object]
"""Is given what is to happen once whoever typed the command has been told what it did."""


class GitRecorder:
    """Records changes in the repository that the store lies in.

    Args:
        repository: where.
        history: of the same repository.
        identity: knows who makes the change.
        now: the moment of the commit, UTC.
        run_hooks: whether the user's own Git hooks run.
        once_told: where there is somebody to be told; None where nobody will type the same again.
    """

    def __init__(
        self,
        repository: Repository,
        history: GitHistory,
        identity: IdentitySource,
        now: datetime,
        *,
        run_hooks: bool = False,
        once_told: OnceTold | None = None,
    ) -> None:
        self.repository = repository
        self.git = repository.git
        self.history = history
        self.identity = identity
        self.now = now
        self.run_hooks = run_hooks
        self.once_told = once_told

    def resume(self, key: str = "") -> None:
        """Finish what a command that was cut off had begun, if one was; see `Recorder`."""
        at = git_dir(self.repository.root)[1]
        if at and (was_cut_off(at) or Untold(at).commit(key)):
            with explained(), desk_lock(self.repository.layout.common_dir), self._index(key):
                pass

    def record(
        self,
        writes: Sequence[FileWrite],
        note: Note,
        policy: CommitPolicy,
        instead: LastChange | None = None,
    ) -> Receipt:
        """Write all files or none.

        Args:
            writes: the files.
            note: what the commit says.
            policy: how they are recorded.
            instead: the newest commit, where the new one is to take its place.

        Raises:
            AlreadyDoneError: a command that was cut off has done the same.
            ConflictError: a file is not what the change started from or has edits that are not
                recorded, `instead` is no longer the newest commit, or Git is in the middle of a
                merge, a rebase or the like.
        """
        with explained(), desk_lock(self.repository.layout.common_dir):
            for _ in range(_TRIES):
                # `git commit` lets go of the index before it moves the branch.
                with contextlib.suppress(BranchMovedError):
                    return self._record(writes, note, policy, instead)
            return self._record(writes, note, policy, instead)

    def _record(
        self, writes: Sequence[FileWrite], note: Note, policy: CommitPolicy, instead: LastChange | None
    ) -> Receipt:
        repository = self.repository
        if policy is CommitPolicy.OFF:
            repository.refuse_if_busy()
            require_bases(repository.root, writes)
            replace_files(repository.root, writes)
            return Receipt(policy)
        with self._index(note.key) as held:
            repository.refuse_if_busy()
            require_bases(repository.root, writes)
            head = self._require_clean(writes, policy)
            if policy is CommitPolicy.STAGE:
                return self._stage(writes, head, held)
            draft = self._draft(note, policy, head, instead)
            if not self.run_hooks:
                return self._commit(writes, draft, head, policy, held)
            held.key = ""  # it is not done before Git has committed it
            offer(self.history, head, writes)
            self._stage(writes, head, held)
        receipt = self._commit_with_hooks(writes, draft, head, policy)
        self._done(note.key, receipt.commit)
        return receipt

    @contextlib.contextmanager
    def _index(self, key: str = "") -> Iterator[HeldIndex]:
        """Hold the user's index, with what a killed command had begun finished.

        Raises:
            AlreadyDoneError: that was the same as what is to be done now.
        """
        with index_lock(self.repository.layout.index) as held:
            held.key = key
            finished = finish(self.history, held)
            if key and (finished == key or self._is_untold(key)):
                self._untold.forget()
                raise AlreadyDoneError(
                    "a command that was cut off has done this already",
                    "tkt show - tells what; to do it once more, type it again.",
                )
            yield held

    @property
    def _untold(self) -> Untold:
        return Untold(self.repository.layout.git_dir)

    def _is_untold(self, key: str) -> bool:
        """Whether that was done last, and nobody was told."""
        commit = self._untold.commit(key)
        return commit is not None and commit == self.history.recorded(())[0]

    def _done(self, key: str, commit: str) -> None:
        """Remember what was done until somebody is told."""
        if key and self.once_told:
            self._untold.note(key, commit)
            self.once_told(self._untold.forget)

    def _require_clean(self, writes: Sequence[FileWrite], policy: CommitPolicy) -> str:
        """See that nobody has edited these files since they were recorded; the commit at HEAD."""
        head, found = self.history.recorded([write.path for write in writes])
        committing = policy in _COMMITTING
        for write, recorded in zip(writes, found, strict=True):
            if not self._is_clean(write, recorded, committing=committing):
                raise ConflictError(f"{write.path} has edits that are not committed", _ways_out(write))
        if committing and not self.history.on_branch():
            raise ConflictError(
                "no branch is checked out, so a commit would be lost",
                "git switch BRANCH, or git switch -c NAME",
            )
        return head

    def _is_clean(self, write: FileWrite, recorded: Recorded, *, committing: bool) -> bool:
        """Whether Git has what the change started from, and nothing newer that would be lost."""
        before = self._ids(write.base)
        if not write.by_hand:
            return recorded.staged in before and (recorded.staged == recorded.committed or not committing)
        staged = recorded.staged in before | self._ids(write.data)
        return (recorded.committed in before and staged) or not committing

    def _ids(self, data: bytes | None) -> set[str]:
        """The ids under which Git may have a content; "" for a file that is not there."""
        return {""} if data is None else blob_ids(data, sha256=self.repository.layout.sha256)

    def _draft(self, note: Note, policy: CommitPolicy, head: str, instead: LastChange | None) -> Draft:
        actor = self._actor()
        committer = self.repository.identity() or actor
        last = self.history.last_change(actor) if policy is CommitPolicy.AMEND and not instead else None
        # Undo finds the parts of a joined commit by the files they added; a folded thread took some away.
        if last and not last.removed and last.is_head and not last.shared and last.commit == head:
            note, instead = with_change(last, note), last
        if not instead:
            return Draft(message_text(note), actor, committer, self.now, head)
        _require_newest(instead, head)
        tree, *parents = self.git.text("rev-parse", f"{head}^{{tree}}", f"{head}^@").split() or [""]
        if not tree:
            raise cut_short("rev-parse")
        return Draft(message_text(note), actor, committer, self.now, (*parents, "")[0], tree)

    def _actor(self) -> Actor:
        actor = self.identity.actor()
        if actor is None:
            raise TktError("a commit needs an author", "Set TKT_ACTOR, or git config user.email.")
        return actor

    def _commit(
        self, writes: Sequence[FileWrite], draft: Draft, head: str, policy: CommitPolicy, held: HeldIndex
    ) -> Receipt:
        layout = self.repository.layout
        sweep(self.git, layout.common_dir)
        ref = pending_ref()
        try:
            with draft_index(self.git, layout, self._entries(writes)) as index:
                written = write_objects(self.git, writes, self.repository.prefix, draft, ref)
                commit, next_index = self._signed(written, draft), index()
                held.announce(commit)
                with uninterrupted(), drafted(self.repository.root, writes, committed=True) as put:
                    subject = draft.message.partition("\n")[0]
                    self._move_branch(commit, head, written, subject, held)
                    warning = self._place(put, next_index, commit, held)
        except BaseException:
            self.git.attempt("update-ref", "-d", ref)
            raise
        return Receipt(policy, commit, warning)

    def _place(self, put: Callable[[], None], index: str, commit: str, held: HeldIndex) -> str:
        """Put files and index in place, where the branch has moved; a warning where that fails."""

        def all_of_it() -> None:
            put()
            os.replace(index, self.repository.layout.index)

        warning = in_place(held, all_of_it)
        if not warning:
            self._done(held.key, commit)
        return warning

    def _signed(self, written: Written, draft: Draft) -> str:
        """The commit, signed where Git's configuration asks for it."""
        if self.repository.config.get("commit.gpgsign", "").lower() not in {
            "true",
            "yes",
            "on",
            "1",
        }:
            return written.commit
        tree = self.git.text("rev-parse", f"{written.commit}^{{tree}}")
        parent = ["-p", draft.parent] if draft.parent else []
        args = ("commit-tree", "-S", *parent, "-F", "-", tree)
        out = self.git.run(*args, stdin=draft.message.encode(), env=self._names(draft))
        return id_in(out, "commit-tree")

    @staticmethod
    def _names(draft: Draft) -> dict[str, str]:
        when = f"{int(draft.when.timestamp())} +0000"
        return {
            "GIT_AUTHOR_NAME": draft.author.name,
            "GIT_AUTHOR_EMAIL": draft.author.email,
            "GIT_AUTHOR_DATE": when,
            "GIT_COMMITTER_NAME": draft.committer.name,
            "GIT_COMMITTER_EMAIL": draft.committer.email,
            "GIT_COMMITTER_DATE": when,
        }

    def _entries(self, writes: Sequence[FileWrite]) -> list[tuple[str, str]]:
        """The path and the blob of each file, "" for one that goes."""
        sha256 = self.repository.layout.sha256
        return [(self.repository.prefix + each.path, stored_id(each, sha256=sha256)) for each in writes]

    def _move_branch(self, commit: str, head: str, written: Written, subject: str, held: HeldIndex) -> None:
        """Move the branch, if it still is where it was; to before the first commit for ""."""
        null = self.repository.layout.null
        commands = f"update HEAD {commit} {head or null}\n" if commit else f"delete HEAD {head}\n"
        if written.ref:
            commands += f"delete {written.ref} {written.commit}\n"
        try:
            move_refs(self.git, commands, subject)
        except TktError:
            if not has_moved(self.history, held):
                raise

    def _stage(self, writes: Sequence[FileWrite], head: str, held: HeldIndex) -> Receipt:
        layout = self.repository.layout
        with draft_index(self.git, layout, self._entries(writes)) as index:
            write_objects(self.git, writes)
            next_index = index()
            held.announce(head)
            with uninterrupted(), drafted(self.repository.root, writes) as put:
                warning = self._place(put, next_index, head, held)
        return Receipt(CommitPolicy.STAGE, warning=warning)

    def _commit_with_hooks(
        self, writes: Sequence[FileWrite], draft: Draft, head: str, policy: CommitPolicy
    ) -> Receipt:
        """Let `git commit` take what is staged, so that the user's own hooks have their say."""
        amend = ["--amend"] if draft.tree else []
        paths = "".join(f":(literal){write.path}\0" for write in writes)
        try:
            self.git.run(
                "commit", "--quiet", *amend, "--only", f"--message={draft.message}",
                "--pathspec-from-file=-", "--pathspec-file-nul",
                stdin=paths.encode("utf-8", "surrogateescape"), env=self._names(draft), hooks=True,
            )  # fmt: skip
        except BaseException as error:
            if self.history.recorded(())[0] != head:  # made, and cut off in a hook that runs afterwards
                raise
            with self._index():
                pass  # which takes it back
            if isinstance(error, GitError):
                raise ConflictError(
                    f"Git refused the commit: {error.message}", "Nothing was changed."
                ) from error
            raise
        drop(offered_path(self.repository.layout.index))
        return Receipt(policy, self.history.recorded(())[0])

    def rewind(self, change: LastChange) -> Receipt:
        """Take the newest commit back as if it had never been made.

        Raises:
            AlreadyDoneError: a command that was cut off has taken one back.
            ConflictError: it is no longer the newest, or its files have been edited since.
        """
        layout = self.repository.layout
        with explained(), desk_lock(layout.common_dir), self._index(UNDOING) as held:
            self.repository.refuse_if_busy()
            _require_newest(change, self.history.recorded(())[0])
            parent = (*self.history.parents(change.commit), "")[0]
            writes, blobs = self._before(change, parent)
            head = self._require_clean(writes, CommitPolicy.AUTO)
            prefix = self.repository.prefix
            entries = [(prefix + write.path, blob) for write, blob in zip(writes, blobs, strict=True)]
            with draft_index(self.git, layout, entries) as index:
                next_index = index()
                held.announce(parent)
                with uninterrupted(), drafted(self.repository.root, writes) as put:
                    self._move_branch(parent, head, Written(""), f"undo {change.subject}", held)
                    warning = self._place(put, next_index, parent, held)
            return Receipt(CommitPolicy.AUTO, parent, warning)

    def _before(self, change: LastChange, parent: str) -> tuple[list[FileWrite], list[str]]:
        """The writes that take a commit back, and the blobs they lead to."""
        passed: set[str] = set()
        there = self.history.blobs(parent, change.changed) if change.changed else []
        writes, ids = [], []
        for path, blob in zip(change.changed, there, strict=True):
            if blob is None:
                raise TktError(f"{path} cannot be read as it was before", "git fsck tells what is missing.")
            writes.append(FileWrite(path, blob.data, content(self.repository.root, path, passed)))
            ids.append(blob.oid)
        for path in change.added:
            writes.append(FileWrite(path, None, content(self.repository.root, path, passed)))
            ids.append("")
        return writes, ids


def _require_newest(change: LastChange, head: str) -> None:
    if change.commit != head:
        raise ConflictError("another commit was made meanwhile", "Run the command again.")


def message_text(note: Note) -> str:
    """A commit's message: the subject, then the list and the trailers, each in a block of its own."""
    items = "\n".join(f"- {each}" for each in note.items)
    trailers = "\n".join(f"{key}: {value}" for key, value in note.trailers)
    return "\n\n".join(filter(None, (note.subject, items, trailers))) + "\n"


def _ways_out(write: FileWrite) -> str:
    """What to do about a file with edits, the way that loses nothing first."""
    rest = f"git commit -m ... -- {write.path} commits them"
    drop = f"git checkout HEAD -- {write.path} drops them."
    ticket = ticket_of(write.path)
    if write.by_hand or not ticket:
        return f"{rest}, {drop}"
    return f"tkt record {ticket} records them, {rest} as they are, {drop}"
