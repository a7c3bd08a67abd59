"""What Git remembers: the state of the tree, the newest changes, and contents of files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from tkt.domain.ids import TICKETS
from tkt.errors import TktError
from tkt.gitrepo.git import Git, GitError, cut_short, id_in, lacking
from tkt.gitrepo.heads import head_of
from tkt.gitrepo.repository import Repository
from tkt.usecases.workspace import TRAILER, Actor, LastChange

_MANY = 1000
"""From so many files on, looking each one up takes longer than listing what there is."""
_HEADER = 3
"""So many words come before a content: its id, its kind, its size."""
_SEARCHED = 500
"""How far back the newest change of one person is looked for."""

_BRANCH = "# branch.oid "
"""How `git status` begins."""
_UNSEEN = "warning: could not open directory "
"""How it says that it has not looked into a folder, and goes on."""
_NO_COMMIT = f"{_BRANCH}(initial)"
"""How it begins before the first commit, and where it was refused a look at the branch."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What Git has of a file.

    Args:
        committed: the id of its content in the last commit; "" where it is not.
        staged: the id of its content in the index; "" where it is not, or in conflict.
    """

    committed: str
    staged: str


@dataclass(frozen=True, slots=True)
class Blob:
    """A file's content in a commit.

    Args:
        oid: its id.
        data: the bytes.
    """

    oid: str
    data: bytes


class GitHistory:
    """The history of the repository that the store lies in.

    Args:
        repository: which.
        code: the same at the code, where the desk has a branch of its own; None where it has not.
    """

    def __init__(self, repository: Repository, code: Repository | None = None) -> None:
        self.repository = repository
        self.git = repository.git
        self.code = code or repository

    def recorded(self, paths: Sequence[str]) -> tuple[str, list[Recorded]]:
        """The commit at HEAD, "" before the first one, and what Git has of some files of the store.

        Nothing in the working tree is looked at, so that no filter of the repository's runs.
        """
        if len(paths) > _MANY:
            return self._recorded_below({path.partition("/")[0] for path in paths}, paths)
        prefix = self.repository.prefix
        names = ["HEAD", *(f"{place}:{prefix}{path}" for path in paths for place in ("HEAD", ":0"))]
        asked = "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
        out = self.git.run("cat-file", "--batch-check=%(objectname)", stdin=asked)
        answers = [b"" if line.endswith(b" missing") else line for line in out.split(b"\n")[:-1]]
        if len(answers) != len(names):
            raise cut_short("cat-file")
        head, *ids = (answer.decode() for answer in answers)
        return head, [Recorded(*pair) for pair in zip(ids[::2], ids[1::2], strict=True)]

    def _recorded_below(self, folders: Iterable[str], paths: Sequence[str]) -> tuple[str, list[Recorded]]:
        """The same from whole lists: for thousands of files ten times as fast."""
        status, out, _ = self.git.attempt("rev-parse", "--verify", "--quiet", "HEAD")
        tree = self.git.run("ls-tree", "-r", "-z", "HEAD", "--", *folders) if not status else b""
        committed = _ids(tree, oid=2)
        staged = self.staged("", *folders)
        return "" if status else id_in(out, "rev-parse"), [
            Recorded(committed.get(path, ""), staged.get(path, "")) for path in paths
        ]

    def staged(self, index: str = "", *folders: str) -> dict[str, str]:
        """The id of every file of the store in an index, the user's for ""; without those in conflict."""
        env = {"GIT_INDEX_FILE": index} if index else None
        return _ids(self.git.run("ls-files", "--stage", "-z", "--", *folders, env=env), oid=1)

    def contents(self, ids: Sequence[str]) -> dict[str, bytes]:
        """What files hold, by their ids.

        Raises:
            NotFoundError: one is not here.
        """
        asked = "".join(f"{each}\n" for each in ids).encode()
        out = BytesIO(self.git.run("cat-file", "--batch", stdin=asked))
        found = {}
        for each in ids:
            blob = next_blob(out)
            if blob is None:
                raise lacking(each)
            found[each] = blob.data
        return found

    def on_branch(self) -> bool:
        """Whether a branch is checked out; read from where Git keeps it, and asked only in doubt."""
        with open(os.path.join(self.repository.layout.git_dir, "HEAD"), "rb") as file:
            said = file.read(256)
        # With the reftable format the file names a branch that cannot be.
        return (said.startswith(b"ref: refs/heads/") and b"/.invalid" not in said) or bool(
            _checked_out(self.git)
        )

    def branch(self) -> str:
        """The branch of the code that is checked out; "" when none is."""
        return _checked_out(self.code.git)

    def unpushed(self) -> int | None:
        """How many commits the upstream branch lacks; None when there is no upstream."""
        status, out, _ = self.git.attempt("rev-list", "--count", "@{upstream}..HEAD", "--")
        return None if status else int(out)

    def uncommitted(self) -> list[str]:
        """Paths below the tickets' folder that differ from the last commit."""
        return [path for path, _ in self._changes()]

    def unstaged(self) -> list[str]:
        """Those of them that differ from the index too, or are not in it."""
        return [path for path, is_staged in self._changes() if not is_staged]

    def _changes(self) -> list[tuple[str, bool]]:
        """Paths that differ from the last commit, and whether the index has them as they are.

        Raises:
            TktError: Git cannot tell, since the disk does not let it read where the branch is, or a folder.
        """
        status, told, said = self.git.attempt(
            "status", "--porcelain=v2", "--branch", "--no-ahead-behind", "-z", "--untracked-files=all",
            "--no-renames", "--ignored=no", "--ignore-submodules=all", "--", TICKETS,
        )  # fmt: skip
        out = told.decode("utf-8", "surrogateescape")
        complaint = said.decode("utf-8", "replace").strip()
        if status:
            raise GitError(f"git status failed: {complaint or f'exit code {status}'}")
        if not out.startswith(_BRANCH):
            raise cut_short("status")
        unseen = [line for line in complaint.splitlines() if line.startswith(_UNSEEN)]
        if unseen:
            raise TktError(
                f"git status: {unseen[0].removeprefix('warning: ')}", "See to it that it can be read."
            )
        if out.startswith(_NO_COMMIT) and head_of(self.repository.layout.top)[1]:
            raise TktError("git status cannot read which commit this branch is at", "Look at the disk.")
        prefix = self.repository.prefix
        rows = ((_changed_path(row), row[:1] == "1" and row[3:4] == ".") for row in out.split("\0"))
        return [(path.removeprefix(prefix), is_staged) for path, is_staged in rows if path]

    def blobs(self, revision: str, paths: Sequence[str]) -> list[Blob | None]:
        """Files of the store at a commit; None for each that is not there.

        Raises:
            GitError: they cannot be read.
        """
        names = "".join(f"{revision}:{self.repository.prefix}{path}\n" for path in paths)
        out = BytesIO(self.git.run("cat-file", "--batch", stdin=names.encode("utf-8", "surrogateescape")))
        return [next_blob(out) for _ in paths]

    def blob(self, revision: str, path: str) -> bytes | None:
        """A file's content at a commit; None when it is not there."""
        (found,) = self.blobs(revision, [path])
        return found.data if found else None

    def blob_at_head(self, path: str) -> bytes | None:
        """A file's content in the last commit; None when it is not there."""
        return self.blob("HEAD", path)

    def parents(self, commit: str) -> list[str]:
        """The commits that a commit follows."""
        return self.git.text("rev-list", "--no-walk", "--parents", commit).split()[1:]

    def last_change(self, actor: Actor) -> LastChange | None:
        """The newest commit that tkt made for somebody."""
        status, out, _ = self.git.attempt(
            "log", f"-{_SEARCHED}", "--no-show-signature", "-z",
            f"--format=%H%x01%P%x01%ae%x01%s%x01%(trailers:key={TRAILER},valueonly,separator=%x20)%x01%b",
            "HEAD", "--",
        )  # fmt: skip
        rows = out.decode("utf-8", "replace").split("\0") if not status else []
        for position, row in enumerate(rows):
            commit, parents, email, subject, tickets, body = (*row.split("\x01", 5), *[""] * 5)[:6]
            if tickets.strip() and email == actor.email and " " not in parents:
                items = tuple(line[2:] for line in body.split("\n") if line.startswith("- "))
                return self._change(commit, subject, tuple(tickets.split()), items, is_head=position == 0)
        return None

    def last_touched(self, actor: Actor) -> str:
        """A path below the tickets' folder that somebody's newest commit touched; "" when none did."""
        status, out, _ = self.git.attempt(
            "log", "-1", "--format=", "--name-only", "-z", "--no-merges", "--fixed-strings",
            f"--author=<{actor.email}>", "HEAD", "--", TICKETS,
        )  # fmt: skip
        names = out.decode("utf-8", "surrogateescape").strip("\0\n").split("\0") if not status else [""]
        return names[0].removeprefix(self.repository.prefix)

    def _change(
        self, commit: str, subject: str, tickets: tuple[str, ...], items: tuple[str, ...], *, is_head: bool
    ) -> LastChange:
        out = self.git.run(
            "diff-tree", "-r", "-z", "--root", "--no-commit-id", "--no-renames", "--name-status", commit
        )
        words = out.decode("utf-8", "surrogateescape").split("\0")
        prefix = self.repository.prefix
        paths = list(zip(words[::2], words[1::2], strict=False))
        ours = [(kind, path.removeprefix(prefix)) for kind, path in paths if path.startswith(prefix)]
        # People name tickets in commits of their own too; those are never joined to or taken back.
        whole = all(path.startswith(f"{prefix}{TICKETS}/") for _, path in paths)
        return LastChange(
            commit=commit,
            subject=subject,
            tickets=tickets,
            added=tuple(path for kind, path in ours if kind == "A"),
            changed=tuple(path for kind, path in ours if kind != "A"),
            removed=tuple(path for kind, path in ours if kind == "D"),
            is_head=is_head and whole,
            shared=self._is_shared(commit),
            items=items,
        )

    def _is_shared(self, commit: str) -> bool:
        """Whether anything but the branch that is checked out holds a commit."""
        holders = self.git.text("for-each-ref", f"--contains={commit}", "--format=%(refname)").split("\n")
        mine = f"refs/heads/{_checked_out(self.git)}"
        return any(each not in {"", mine} and not each.startswith("refs/tkt/") for each in holders)


def _checked_out(git: Git) -> str:
    status, out, _ = git.attempt("symbolic-ref", "--quiet", "--short", "HEAD")
    return "" if status else out.decode("utf-8", "surrogateescape").strip()


def _ids(rows: bytes, *, oid: int) -> dict[str, str]:
    """The ids by path in what `git ls-tree -z` or `git ls-files --stage -z` says."""
    ids: dict[str, str] = {}
    for row in rows.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, _, path = row.partition("\t")
        words = facts.split(" ")
        if words[2] not in {"1", "2", "3"}:  # the sides of a conflict
            ids[path] = words[oid]
    return ids


def _changed_path(row: str) -> str:
    """The path in a row of `git status --porcelain=v2`; "" in a row without one."""
    places = {"1": 8, "u": 10, "?": 1}
    place = places.get(row[:1])
    return row.split(" ", place)[place] if place else ""


def next_blob(out: IO[bytes]) -> Blob | None:
    """What `git cat-file --batch` says next; None for what is not there.

    Raises:
        GitError: it says no more.
    """
    header = out.readline().split()
    if header[-1:] == [b"missing"]:
        return None
    if len(header) != _HEADER:
        raise cut_short("cat-file")
    oid, kind, size = header
    data = out.read(int(size) + 1)[:-1]
    if len(data) != int(size):
        raise cut_short("cat-file")
    return Blob(oid.decode(), data) if kind == b"blob" else None
