"""A branch of the desk's own: beside the code, with no commit in common with it, in a linked worktree."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from shlex import quote

from tkt.domain.ids import SETTINGS
from tkt.errors import ConflictError, NotFoundError, UsageError
from tkt.gitrepo.git import Git
from tkt.gitrepo.repository import Repository
from tkt.gitrepo.worktrees import BRANCH_NAME, has_checked_out, linked, worktree_of

FOLDER = ".tkt-desk"
"""Where the branch is checked out, at the top of the code; Git does not see it there."""

KEY = "tkt.branch"
_AT_REMOTES = "refs/remotes/"
_NOBODY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "tkt"), ("EMAIL", "tkt"), ("DATE", "@0 +0000"))
}


def require_name(git: Git, name: str) -> None:
    """See that a branch can be called something.

    Raises:
        UsageError: it cannot.
    """
    allowed = BRANCH_NAME.fullmatch(name) and name != "HEAD"
    if not allowed or git.attempt("check-ref-format", f"refs/heads/{name}")[0]:
        raise UsageError(
            f"{name!r} cannot be the name of the desk's branch",
            "Letters, digits and . _ / -, a letter or a digit first: --branch tickets",
        )


def set_branch(git: Git, name: str) -> None:
    """Note in a repository's configuration which branch its desk has."""
    git.run("config", "--local", KEY, name)


class OwnBranch:
    """The branch that a desk has for itself.

    Args:
        repository: whose; a working tree of it in which somebody works.
        name: of the branch.
    """

    def __init__(self, repository: Repository, name: str) -> None:
        self.repository = repository
        self.git = repository.git
        self.name = name

    @property
    def common(self) -> str:
        """The Git directory that all worktrees share."""
        return self.repository.layout.common_dir

    @property
    def top(self) -> str:
        """Where it is checked out; "" where it is nowhere."""
        return worktree_of(self.common, self.name)

    @cached_property
    def folder(self) -> str:
        """Where it is checked out unless somebody wants it elsewhere: in the first working tree."""
        layout = self.repository.layout
        is_linked = layout.git_dir != layout.common_dir
        usual = is_linked and os.path.basename(self.common) == ".git"
        first = os.path.dirname(self.common) if usual else layout.top
        return os.path.join(first, FOLDER)

    def tip(self, ref: str) -> str:
        """The commit of a reference; "" where there is none."""
        status, out, _ = self.git.attempt(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
        )
        return "" if status else out.decode().split()[-1]

    @property
    def ref(self) -> str:
        """The whole name of the branch, or of the one at a remote where it is not here; "" for neither."""
        refs = (
            f"refs/heads/{self.name}",
            *(f"{_AT_REMOTES}{each}/{self.name}" for each in _remotes(self.git)),
        )
        return next((each for each in refs if self.tip(each)), "")

    def require_apart(self) -> None:
        """See that the branch has nothing to do with the code that is checked out.

        Raises:
            UsageError: it comes from there.
        """
        is_here = has_checked_out(self.repository.layout.git_dir, self.name)
        if not is_here and self.git.attempt("merge-base", "HEAD", self.ref)[0] == 0:
            raise UsageError(
                f"the branch {self.name} is there already, and has commits of the code",
                "Name another one: tkt init --branch NAME",
            )

    def find(self) -> str:
        """Have a local branch of that name; the remote branch that it was made from, "" where it was there.

        Raises:
            NotFoundError: there is none, here or at a remote.
            UsageError: it has no desk.
        """
        ref = self.ref
        if not ref:
            raise NotFoundError(
                f"there is no branch {self.name}, which {KEY} in this clone's Git configuration names",
                f"git fetch may bring it; git config --unset {KEY} forgets it.",
            )
        if not has_desk(self.git, ref):
            raise UsageError(
                f"the branch {self.name} is there already, and has no desk",
                "Name another one: tkt init --branch NAME",
            )
        if not ref.startswith(_AT_REMOTES):
            return ""
        made = ("branch", "--quiet", self.name, ref)
        if self.git.attempt(*made, "--track")[0]:  # a clone of single branches follows no other one
            self.git.run(*made, "--no-track")
        return ref.removeprefix(_AT_REMOTES)

    def check_out(self) -> str:
        """See that the branch, which is there, has a working tree of its own; where.

        Raises:
            ConflictError: something is in the way.
        """
        self._hide()
        if not self.top:
            self._make_room()
            self._require_unlocked()
            self._add(self.name)
        self._fill()
        if not os.path.isdir(os.path.join(self.top, SETTINGS)):
            raise ConflictError(
                f"{self.top} has lost its {SETTINGS} folder",
                f"git -C {quote(self.top)} checkout HEAD -- {SETTINGS} brings it back.",
            )
        return self.top

    def require_absence(self) -> None:
        """See that a remote would have shown the branch if it had one: nobody begins a desk that is there.

        Raises:
            ConflictError: this clone has not got all branches.
        """
        shallow = _is_shallow(self.git)
        for each in _remotes(self.git):
            if shallow or not _is_fetched(self.git, each, self.name):
                raise ConflictError(
                    f"this clone has not got all branches of {each}, and {self.name} may be among them",
                    f"git remote set-branches --add {each} {self.name}; git fetch --unshallow {each}"
                    if shallow
                    else f"git remote set-branches --add {each} {self.name}; git fetch {each}",
                )

    def begin(self) -> str:
        """Give a branch that is not there yet a working tree, without a commit; where.

        Raises:
            ConflictError: something is in the way.
            UsageError: it is checked out, and has something else on it.
        """
        self._hide()
        if self.top == self.folder:  # of an attempt that was cut off
            return self.folder
        if self.top:
            raise UsageError(
                f"{self.name} is the branch of the code in {self.top}", "Name another one: --branch tickets"
            )
        self._make_room()
        tree = self.git.run("mktree").decode().strip()
        empty = self.git.run("commit-tree", tree, env=_NOBODY).decode().strip()
        self._add("--detach", empty)
        inside = Git(self.folder)
        inside.run("read-tree", "--empty")
        inside.run("symbolic-ref", "HEAD", f"refs/heads/{self.name}")
        return self.folder

    def _add(self, *what: str) -> None:
        # With force: Git remembers a worktree whose folder somebody has removed.
        self.git.run("worktree", "add", "--quiet", "--force", "--no-checkout", self.folder, *what)
        # Git hands on which files of the code somebody wants to see; of the desk that is all of them.
        patterns = os.path.join(Repository(self.folder).layout.git_dir, "info", "sparse-checkout")
        if os.path.exists(patterns):
            os.unlink(patterns)

    def _make_room(self) -> None:
        if os.path.lexists(self.folder) and not _is_empty(self.folder):
            raise ConflictError(
                f"{self.folder} is in the way: it is there, and not at the branch {self.name}",
                f"Where it is a worktree: git -C {quote(self.folder)} switch {self.name}. Otherwise move it "
                "away.",
            )

    def _hide(self) -> None:
        """Keep the folder out of what Git says of the code."""
        path = os.path.join(self.common, "info", "exclude")
        line = f"/{FOLDER}/\n"
        try:
            with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
                text = file.read()
        except FileNotFoundError:
            text = ""
            os.makedirs(os.path.dirname(path), exist_ok=True)
        if line not in text.splitlines(keepends=True):
            with open(path, "a", encoding="utf-8", errors="surrogateescape", newline="") as file:
                file.write(line if not text or text.endswith("\n") else f"\n{line}")

    def _require_unlocked(self) -> None:
        for each in linked(self.common):
            if has_checked_out(each, self.name) and os.path.exists(os.path.join(each, "locked")):
                with open(os.path.join(each, "gitdir"), encoding="utf-8", errors="surrogateescape") as file:
                    where = os.path.dirname(file.read().strip())
                raise ConflictError(
                    f"the branch {self.name} is checked out in {where}, which is locked and not there",
                    f"Bring it back, or give it up: git worktree unlock {quote(where)}",
                )

    def _fill(self) -> None:
        """Check the files out, where a new worktree has none yet; one that is there stays as it is."""
        inside = Repository(self.top)
        if os.path.exists(inside.layout.index):
            return
        inside.git.run("read-tree", "HEAD")
        inside.git.attempt("checkout-index", "--quiet", "--all")
        inside.git.attempt("update-index", "-q", "--refresh")


def _is_empty(folder: str) -> bool:
    return os.path.isdir(folder) and not os.path.islink(folder) and not os.listdir(folder)


def has_desk(git: Git, ref: str) -> bool:
    """Whether a commit has settings at its top."""
    return git.attempt("cat-file", "-e", f"{ref}:{SETTINGS}")[0] == 0


def _remotes(git: Git) -> list[str]:
    """The remotes of a repository, `origin` first."""
    return sorted(git.text("remote").split(), key=lambda each: (each != "origin", each))


def _is_shallow(git: Git) -> bool:
    return git.text("rev-parse", "--is-shallow-repository") == "true"


def _is_fetched(git: Git, remote: str, name: str) -> bool:
    """Whether a fetch from a remote brings a branch, or brings nothing by itself.

    Args:
        git: of the repository.
        remote: its name.
        name: of the branch; * for all.
    """
    out = git.attempt("config", "--get-all", f"remote.{remote}.fetch")[1]
    sources = [each.lstrip("+").partition(":")[0] for each in out.decode("utf-8", "surrogateescape").split()]
    return not sources or any(fnmatchcase(f"refs/heads/{name}", each) for each in sources)


def partly_fetched(git: Git) -> str:
    """A remote of which this clone has not got all branches; "" for none."""
    shallow = _is_shallow(git)
    return next((each for each in _remotes(git) if shallow or not _is_fetched(git, each, "*")), "")


def branches_elsewhere(git: Git) -> list[str]:
    """The branches at remotes, as they were last looked at, that have a desk and no commit of the code.

    A branch of code that has its desk in the tree is none of them: it comes from where the main branch of
    the remote does, which a clone knows.
    """
    found = set()
    for remote in _remotes(git):
        start = f"{_AT_REMOTES}{remote}/"
        code = ("HEAD", f"{start}HEAD")
        if any(git.attempt("rev-parse", "--quiet", "--verify", each)[0] for each in code):
            continue
        refs = git.text("for-each-ref", "--format=%(refname)", start).split()
        found |= {
            ref.removeprefix(start)
            for ref in _with_desk(git, refs)
            if all(git.attempt("merge-base", each, ref)[0] for each in code)
        }
    return sorted(name for name in found if BRANCH_NAME.fullmatch(name))


def _with_desk(git: Git, refs: Sequence[str]) -> list[str]:
    asked = "".join(f"{each}:{SETTINGS}/project.yaml\n" for each in refs)
    out = git.run("cat-file", "--batch-check=%(objecttype)", stdin=asked.encode("utf-8", "surrogateescape"))
    rows = out.decode("utf-8", "replace").splitlines()
    return [ref for ref, row in zip(refs, rows, strict=True) if row == "blob"]
