"""A branch that another commit is brought into: what differs, the commit that joins both, and the move."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from tkt.domain.ids import SETTINGS, TICKETS, ticket_of
from tkt.errors import BranchMovedError, ConflictError
from tkt.gitrepo.comparing import Change
from tkt.gitrepo.following import follow, require_way
from tkt.gitrepo.git import Git, id_in
from tkt.gitrepo.history import GitHistory
from tkt.gitrepo.locks import desk_lock, move_refs
from tkt.gitrepo.objects import tree_with
from tkt.gitrepo.recovery import finish_begun
from tkt.gitrepo.repository import Repository
from tkt.gitrepo.rewriting import Likeness, likeness, own_commits, renamed_files
from tkt.gitrepo.sources import GitSource
from tkt.gitrepo.worktree import explained
from tkt.usecases.integrate import Fork, Relation
from tkt.usecases.versions import Content, Triple, Version
from tkt.usecases.workspace import Actor

_YES = frozenset({"true", "yes", "on", "1"})
_SHOWN = 10


class Authors(NamedTuple):
    """Who joins.

    Args:
        author: who makes the commit.
        committer: who runs Git.
        when: for both, UTC.
    """

    author: Actor
    committer: Actor
    when: datetime


class GitBranch(GitSource):
    """The branch that is checked out, or the one that a bare repository's HEAD names.

    Args:
        git: of the repository.
        repository: the same with its working tree; None for a bare one.
        prefix: the store's place in the tree: "" or a path that ends with a slash.
        authors: who joins.
        other: what people call the commit that is brought in.
    """

    def __init__(
        self, git: Git, repository: Repository | None, prefix: str, authors: Authors, other: str
    ) -> None:
        super().__init__(git, prefix)
        self.repository = repository
        self.authors = authors
        self.other = other
        self._between: set[str] = set()

    @property
    def _common(self) -> str:
        return self.repository.layout.common_dir if self.repository else self.git.folder

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other commands of tkt from writing meanwhile; what was cut off is finished first."""
        with explained(), desk_lock(self._common):
            if self.repository:
                finish_begun(GitHistory(self.repository))
            yield

    def head(self) -> str:
        """The commit that the branch is at.

        Raises:
            ConflictError: no branch is checked out, it has no commit, or Git is in the middle of something.
        """
        if self.repository:
            self.repository.refuse_if_busy()
            on_branch = GitHistory(self.repository).on_branch()
        else:
            on_branch = not self.git.attempt("symbolic-ref", "--quiet", "HEAD")[0]
        if not on_branch:
            raise ConflictError("no branch is checked out", "git switch BRANCH, or git switch -c NAME")
        status, out, _ = self.git.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if status:
            raise ConflictError("this branch has no commit yet", "git commit makes one.")
        return id_in(out, "rev-parse")

    def relation(self, ours: str, theirs: str) -> Relation:
        """How two commits are related.

        Raises:
            ConflictError: they have nothing in common.
        """
        status, out, _ = self.git.attempt("merge-base", "--all", ours, theirs)
        if status:
            hint = self._way_together(theirs)
            raise ConflictError(f"{self.other} and this branch have no commit in common", hint)
        bases = tuple(id_in(each, "merge-base") for each in out.splitlines())
        return Relation(bases, behind=ours in bases, ahead=theirs in bases)

    def _way_together(self, theirs: str) -> str:
        """What to do about a commit that has none in common with this branch."""
        if self.git.text("rev-parse", "--is-shallow-repository") == "true":
            return "This clone is shallow; git fetch --unshallow gets the rest."
        if self.git.attempt("cat-file", "-e", f"{theirs}:{self.prefix}{SETTINGS}")[0]:
            return "That one has no desk: there are no tickets that could be merged."
        return (
            f"Look at both: git log {self.other}. Where each was begun by somebody else, join them once, by "
            f"hand: git -C {shlex.quote(self.git.folder)} merge --allow-unrelated-histories {self.other}"
        )

    def fork(self, base: str, ours: str, theirs: str) -> Fork:
        """What differs, with everything outside the tickets' folder merged.

        Raises:
            ConflictError: that has conflicts.
        """
        mine, other = self.changes(base, ours), self.changes(base, theirs)
        inside = f"{self.prefix}{TICKETS}/"
        rows = self._rows(mine, other)
        rest = [any(not path.startswith(inside) for path in each) for each in (mine, other)]
        if all(rest) or base in self._between:
            host = self._merged_rest(ours, theirs, inside)
        else:
            host = ours if rest[0] else theirs
        rules = f"{self.prefix}{SETTINGS}/"
        changed = any(path.startswith(rules) for each in (mine, other) for path in each)
        alike = not changed and base not in self._between
        return Fork(base, ours, theirs, rows, host, cache(lambda: self._is_published(ours, theirs)), alike)

    def fork_of(self, base: str, ours: str, theirs: str, ticket_ids: Collection[str] | None = None) -> Fork:
        """What differs in some tickets alone, or in all, with nothing else merged."""
        rows = self._rows(self.changes(base, ours), self.changes(base, theirs))
        if ticket_ids is not None:
            rows = {path: row for path, row in rows.items() if ticket_of(path) in ticket_ids}
        return Fork(base, ours, theirs, rows, host="", published=lambda: True)

    def _rows(self, mine: Mapping[str, Change], other: Mapping[str, Change]) -> dict[str, Triple]:
        """The files below the tickets' folder that one side or the other changed."""
        inside = f"{self.prefix}{TICKETS}/"
        rows = {}
        for path in {**mine, **other}:
            if path.startswith(inside):
                before = (mine.get(path) or other[path])[0]
                sides = (each[path][1] if path in each else before for each in (mine, other))
                rows[path.removeprefix(self.prefix)] = Triple(before, *sides)
        return rows

    def _merged_rest(self, ours: str, theirs: str, inside: str) -> str:
        """A commit with what Git itself makes of both; of the tickets in it nothing is taken."""
        status, out, _ = self.git.attempt(
            "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs
        )
        hint = f"Merge by hand, then run the command again: git merge {self.other}"
        if status > 1:
            raise ConflictError("both sides changed more than tickets, and this Git cannot join it", hint)
        tree, *names = filter(None, out.decode("utf-8", "surrogateescape").split("\0"))
        conflicts = sorted({name for name in names if not name.startswith(inside)})
        if conflicts:
            more = f" and {len(conflicts) - _SHOWN} more" if len(conflicts) > _SHOWN else ""
            raise ConflictError(f"both sides changed {', '.join(conflicts[:_SHOWN])}{more}", hint)
        return self._in_between(tree, ours)

    def _is_published(self, ours: str, theirs: str) -> bool:
        """Whether others may have something that only our side has; a bare repository is there for others."""
        if self.repository is None:
            return True
        asked = ("rev-list", "--count", ours, "--not", theirs)
        return self.git.text(*asked, "--") != self.git.text(*asked, "--remotes", "--")

    # --- writing ---

    def commit(self, fork: Fork, files: Mapping[str, Content], message: str) -> str:
        """Make the commit that joins both; its id."""
        draft = Likeness(self.authors.author.name, self.authors.author.email, self._when, message)
        return self._commit(self.tree(fork.host, files), (fork.ours, fork.theirs), draft)

    def renamed(self, base: str, ours: str, ids: Mapping[str, str]) -> str:
        """Our commits since another one made anew, with other ids for some tickets; the last of them."""
        made = {base: base}
        for each in own_commits(self.git, base, ours):
            files = renamed_files(self, base, each.id, ids)
            parents = tuple(made.get(parent, parent) for parent in each.parents)
            made[each.id] = self.again(each.id, self.tree(each.id, files), parents, ids)
        return made[ours]

    def again(
        self,
        commit: str,
        tree: str,
        parents: Sequence[str],
        ids: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """A commit made once more: its author, moment and message, with another tree and other parents."""
        like = likeness(self.git, commit)
        for old, new in ids.items():
            like = like._replace(message=like.message.replace(old, new))
        return self._commit(tree, parents, like)

    def own(self, base: str, ours: str) -> list[tuple[str, str]]:
        """Our commits since another one, the oldest first, each with the one that it follows.

        Raises:
            ConflictError: one of them is a merge.
        """
        commits = own_commits(self.git, base, ours)
        merge = next((each.id for each in commits if len(each.parents) != 1), None)
        if merge:
            raise ConflictError(
                f"{merge[:10]} of yours is a merge, which cannot be put on top of {self.other}",
                f"tkt merge-branch {self.other} joins both by a merge; then: tkt sync",
            )
        return [(each.id, each.parents[0]) for each in commits]

    def standing_on(self, parent: str, commit: str) -> str:
        """A commit with the tree of another one, as if it followed a parent."""
        if self.git.text("rev-parse", f"{commit}^@") == parent:
            return commit
        tree = self.git.text("rev-parse", f"{commit}^{{tree}}")
        return self._in_between(tree, parent)

    def between(self, fork: Fork, files: Mapping[str, Content]) -> str:
        """A commit of both that no branch will have; of what is no ticket it has our side."""
        made = self._in_between(self.tree(fork.ours, files), fork.ours, fork.theirs)
        self._between.add(made)
        return made

    def _in_between(self, tree: str, *parents: str) -> str:
        """A commit that no branch will have."""
        return self._commit(tree, parents, Likeness("tkt", "tkt", self._when, "In between\n"), sign=False)

    def replayed(self, commit: str, tip: str, fork: Fork, files: Mapping[str, Content]) -> str:
        """A commit made once more on top of another; that one itself, where nothing of it is left to do.

        One that has only ever been a message is kept, as `git rebase` does.
        """
        tree = self.tree(fork.host, files)
        there, then, before = self.git.text(
            "rev-parse", f"{tip}^{{tree}}", f"{commit}^{{tree}}", f"{commit}^^{{tree}}"
        ).split("\n")
        return tip if tree == there and then != before else self.again(commit, tree, [tip])

    def _commit(self, tree: str, parents: Sequence[str], like: Likeness, *, sign: bool = True) -> str:
        signed = ["-S"] if sign and self._config("commit.gpgsign").lower() in _YES else []
        links = [word for parent in parents for word in ("-p", parent)]
        args = ("commit-tree", *signed, *links, "-F", "-", tree)
        env = {
            "GIT_AUTHOR_NAME": like.name or like.email or "unknown",
            "GIT_AUTHOR_EMAIL": like.email,
            "GIT_AUTHOR_DATE": like.when,
            "GIT_COMMITTER_NAME": self.authors.committer.name,
            "GIT_COMMITTER_EMAIL": self.authors.committer.email,
            "GIT_COMMITTER_DATE": self._when,
        }
        out = self.git.run(*args, stdin=like.message.encode("utf-8", "surrogateescape"), env=env)
        return id_in(out, "commit-tree")

    def _config(self, key: str) -> str:
        values = [each.value for each in self.git.configuration if each.key.lower() == key]
        return values[-1] if values else ""

    def tree(self, host: str, files: Mapping[str, Content]) -> str:
        """A tree with some other files.

        Args:
            host: the commit that has it.
            files: as they are to be, by their paths in the store.
        """
        return tree_with(self.git, host, {f"{self.prefix}{path}": each for path, each in files.items()})

    @property
    def _when(self) -> str:
        return f"{int(self.authors.when.timestamp())} +0000"

    def require_way(self, ours: str, host: str, files: Mapping[str, Content] = MappingProxyType({})) -> None:
        """See that the branch could go to what a commit has, with some other files; it stays.

        Raises:
            ConflictError: edits are in the way.
        """
        if self.repository:
            new = self._in_between(self.tree(host, files), ours) if files else host
            require_way(self.repository.git, (ours, new), lambda: self._differing(ours, new))

    def _differing(self, before: str, after: str) -> dict[str, Version | None]:
        """The files that differ between two commits, as they are in the second one."""
        return {path: now for path, (_, now) in self.changes(before, after).items()}

    def advance(self, ours: str, new: str, message: str) -> str:
        """Move the branch, and the working tree with it.

        Returns:
            What could not be put in place, in a sentence; "" for nothing.

        Raises:
            ConflictError: edits are in the way.
            BranchMovedError: the branch is not there any more.
            TktError: the disk does not let it.
        """

        def move() -> None:
            move_refs(self.git, f"update HEAD {new} {ours}\n", message)

        try:
            if self.repository:
                return follow(self.repository, ours, new, lambda: self._differing(ours, new), move)
            move()
        except ConflictError as error:
            at = self.head()
            if at == ours:
                raise
            if at != new:  # a Git command may be cut off after it has moved the branch
                raise BranchMovedError("the branch has moved meanwhile", "Run the command again.") from error
        return ""
