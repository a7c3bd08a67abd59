"""Commits of code: what their messages say, and who wrote them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from tkt.domain.messages import named_in
from tkt.errors import NotFoundError
from tkt.gitrepo.git import Git
from tkt.gitrepo.past import commit_ids, merge_base
from tkt.usecases.compare import split_range
from tkt.usecases.fixes import CodeCommit
from tkt.usecases.workspace import Named, NamedCommit

_FIELDS = "%H%x01%ct%x01%ae%x01%an%x01%B"
_LOG = (
    *("log", "-z", "--no-show-signature", "--no-color", "--no-notes", "--encoding=UTF-8"),
    "--regexp-ignore-case",
)
_TAKEN_BACK = re.compile(r"^This reverts commit ([0-9a-f]{40}|[0-9a-f]{64})\b", re.MULTILINE)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class GitCodeLog:
    """The commits of a repository.

    Args:
        git: of the repository.
        branch: to which changes of tickets go, where that is not the one that is checked out.
    """

    def __init__(self, git: Git, branch: str = "") -> None:
        self.git = git
        self._branch = branch

    @property
    def checked_out(self) -> str:
        """The branch to which changes of tickets go; "" where there is none."""
        if self._branch:
            return self._branch
        status, out, _ = self.git.attempt("symbolic-ref", "--quiet", "--short", "HEAD")
        return "" if status else out.decode("utf-8", "surrogateescape").strip()

    def commits(self, typed: str | None, main: str, containing: str) -> list[CodeCommit]:
        """Commits whose messages meet a pattern, the oldest first.

        Raises:
            NotFoundError: there is no such commit or branch.
        """
        out = self.git.run(
            *_LOG, f"--format={_FIELDS}", "--reverse", "--topo-order", "--extended-regexp",
            f"--grep={containing}", *self._named(typed, main), "--",
        )  # fmt: skip
        rows = out.decode("utf-8", "replace").split("\0")
        return [read_commit(row) for row in rows if row]

    def _named(self, typed: str | None, main: str) -> Sequence[str]:
        """The ids of the commits that are meant; those after `^` are not."""
        if typed is None:
            try:
                return commit_ids(self.git, [f"refs/heads/{main}"])
            except NotFoundError as error:
                raise NotFoundError(
                    f"there is no branch {main}", "policy.main in .tkt/project.yaml names it."
                ) from error
        if ".." not in typed:
            return [*commit_ids(self.git, [typed]), "--no-walk"]
        first, second, from_base = split_range(typed)
        start, end = commit_ids(self.git, [first, second])
        return [end, f"^{merge_base(self.git, start, end) if from_base else start}"]


def read_commit(row: str) -> CodeCommit:
    """A commit out of a row of `git log`."""
    # Whatever people put into their names comes after what Git itself says.
    oid, seconds, email, name, message = (*row.split("\x01", 4), "", "", "")[:5]
    return CodeCommit(oid.strip(), name, email, _moment(seconds), message)


def _moment(seconds: str) -> datetime:
    """A moment as Git gives it; a commit can be forged for the year 300,000."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return _FIRST


class GitNamingLog:
    """Which commits of code name tickets.

    Args:
        git: of the repository.
        key: the project key.
        revision: the commit whose past is looked at.
    """

    def __init__(self, git: Git, key: str, revision: str = "HEAD") -> None:
        self.git = git
        self.key = key
        self.revision = revision

    def naming(self, ticket_id: str) -> list[NamedCommit]:
        """The commits that name a ticket, the newest first."""
        found = self._log(ticket_id, self.revision) or []
        return [_named(each) for _, each in found if ticket_id in named_in(each.message, self.key)]

    def since(self, old: str, head: str) -> Named | None:
        """What there is to know at a commit that was not known at another one; None where that is gone.

        Args:
            old: the other commit; "" for none.
            head: the commit.
        """
        found = self._log(f"{self.key}-", f"{old}...{head}" if old else head)
        if found is None:
            return None
        gone = tuple(each.id for side, each in found if side == "<")
        come = [(_named(each), named_in(each.message, self.key)) for side, each in found if side != "<"]
        return Named(gone, tuple(come))

    def _log(self, text: str, revisions: str) -> list[tuple[str, CodeCommit]] | None:
        """Commits of code with a text in their messages, each with its side; None where there are none.

        What a merge brings has been said by the commits that it brings.
        """
        status, out, _ = self.git.attempt(
            *_LOG, "--no-merges", f"--format=%m{_FIELDS}", "--left-right", "--fixed-strings",
            f"--grep={text}", "--end-of-options", revisions, "--",
        )  # fmt: skip
        if status:
            return None
        rows = [row for row in out.decode("utf-8", "replace").split("\0") if row]
        found = [(row[0], read_commit(row[1:])) for row in rows]
        code = [(side, commit) for side, commit in found if not commit.is_own]
        own = self._own([taken[1] for _, commit in code if (taken := _TAKEN_BACK.search(commit.message))])
        return [(side, commit) for side, commit in code if not _takes_back(commit, own)]

    def _own(self, ids: Sequence[str]) -> set[str]:
        """Which of some commits tkt made; people take those back by `git revert`."""
        if not ids:
            return set()
        known = "".join(f"{each}\n" for each in ids).encode()
        out = self.git.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=known).decode()
        here = [line.partition(" ")[0] for line in out.splitlines() if line.endswith(" commit")]
        if not here:
            return set()
        rows = self.git.run(*_LOG, f"--format={_FIELDS}", "--no-walk", *here, "--").decode("utf-8", "replace")
        return {each.id for each in map(read_commit, filter(None, rows.split("\0"))) if each.is_own}


def _takes_back(commit: CodeCommit, own: Collection[str]) -> bool:
    taken = _TAKEN_BACK.search(commit.message)
    return taken is not None and taken[1] in own


def _named(commit: CodeCommit) -> NamedCommit:
    return NamedCommit(commit.id, commit.subject, commit.name, commit.email, commit.at)
