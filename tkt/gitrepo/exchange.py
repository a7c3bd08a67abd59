"""Fetching from another repository and pushing to it, with the words of the other side taken apart."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence

from tkt.errors import ConflictError, NotAllowedError, NotFoundError, RemoteError
from tkt.gitrepo.environment import Setting
from tkt.gitrepo.git import Git
from tkt.gitrepo.locks import held_by_git, lock_met
from tkt.usecases.sync import Answer, Pushed

_HEADS = "refs/heads/"
_RUNS = re.compile(
    r"core\.(sshcommand|gitproxy|askpass|alternaterefscommand)|credential\.(.*\.)?helper"
    r"|remote\..*\.(uploadpack|receivepack|vcs)",
    re.DOTALL,
)
"""What Git would start to reach another repository, where the repository's own configuration says so."""
_NO_TRACE = ("--refmap=", "--no-tags")
"""Has a fetch change nothing but the name that it is given."""
_NO_SUCH_BRANCH = "couldn't find remote ref"
_FAILED = "error: failed to push some refs"
_FASTER = re.compile(
    r"\[rejected\]|cannot lock ref|failed to (?:update|lock)|incorrect old value|reference already exists"
)
"""How Git says that the branch over there is not where it was."""
_MOVED_HERE = re.compile(r"is at \w+ but expected|incorrect old value|reference already exists")
"""How it says so of what it knows of that branch here: another command has just fetched."""
_TRIES, _PAUSE = 3, 0.05
"""So often a fetch is tried that others disturb, and so many seconds lie between."""


def current_branch(git: Git) -> str:
    """The branch that is checked out.

    Raises:
        ConflictError: none is.
    """
    status, out, _ = git.attempt("symbolic-ref", "--quiet", "HEAD")
    if status:
        raise ConflictError("no branch is checked out", "git switch BRANCH, or git switch -c NAME")
    return out.decode("utf-8", "surrogateescape").rstrip("\n").removeprefix(_HEADS)


def _config(git: Git, key: str) -> str:
    status, out, _ = git.attempt("config", "--get", key)
    return "" if status else out.decode("utf-8", "surrogateescape").rstrip("\n")


def other_end(git: Git, typed: str = "") -> tuple[str, str]:
    """The remote to exchange with, and the branch there.

    Args:
        git: of the repository.
        typed: a remote's name; "" for the one that the current branch follows, else `origin`.

    Raises:
        NotFoundError: there is no such remote, or none at all.
        ConflictError: no branch is checked out, or the branch follows another one of this repository.
    """
    branch = current_branch(git)
    followed = _config(git, f"branch.{branch}.remote")
    if not typed and followed == os.curdir:
        raise ConflictError(
            f"{branch} follows another branch of this repository", "tkt merge-branch brings that one in."
        )
    name = typed or followed or "origin"
    known = git.text("remote").split("\n")
    if name not in known or name.startswith("-"):
        raise _no_remote(name if typed or followed else "", [each for each in known if each])
    there = _config(git, f"branch.{branch}.merge") if name == followed else ""
    return name, there.removeprefix(_HEADS) or branch


def _no_remote(name: str, known: Sequence[str]) -> NotFoundError:
    if name:
        others = f"There is {', '.join(known)}." if known else "git remote add NAME URL makes one."
        return NotFoundError(f"no remote is called {name!r}", others)
    if known:
        return NotFoundError("this branch follows no remote", f"Name one: tkt sync {known[0]}")
    return NotFoundError("this repository has no remote", "git remote add origin URL")


class GitRemote:
    """A branch of another repository.

    Args:
        git: of this repository.
        name: the remote.
        branch: the branch there.
        hooks: whether the user's own hook may run before a push.
        asks: whether somebody sits at a terminal and can be asked for a password.
    """

    def __init__(self, git: Git, name: str, branch: str, *, hooks: bool, asks: bool) -> None:
        self.git = git
        self.name = name
        self.branch = branch
        self.hooks = hooks
        self._env = {"GIT_TERMINAL_PROMPT": os.environ.get("GIT_TERMINAL_PROMPT", "1")} if asks else {}

    @property
    def label(self) -> str:
        """What people call it."""
        return f"{self.name}/{self.branch}"

    def require_trust(self) -> None:
        """See that nothing but the person's own configuration says which programs reach the other side.

        Raises:
            NotAllowedError: this repository's own does.
        """
        keys = [each.key for each in self.git.configuration if _is_a_program(each)]
        if keys:
            raise NotAllowedError(
                f"this repository's own configuration names a program for that: {', '.join(keys)}",
                "tkt runs no program that a repository names. Where it is yours, put it into your own "
                "configuration (git config --global), or use git fetch, tkt merge-branch and git push.",
            )

    def known(self) -> str:
        """The commit that the branch there was at when it was last looked at; "" where nobody knows."""
        ref = f"refs/remotes/{self.name}/{self.branch}"
        status, out, _ = self.git.attempt("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        return "" if status else out.decode().strip()

    def fetch(self, *, leave_no_trace: bool = False) -> str:
        """Get what is there; the commit that the branch is at, "" where there is no such branch.

        Args:
            leave_no_trace: whether no reference of this repository may change.

        Raises:
            RemoteError: it cannot be reached.
            ConflictError: another Git command holds a lock here.
        """
        ref = f"refs/worktree/tkt-sync-{os.getpid()}"
        try:
            return self._fetched(ref, _NO_TRACE if leave_no_trace else ())
        finally:
            self.git.attempt("update-ref", "-d", ref)

    def _fetched(self, ref: str, quiet: Sequence[str]) -> str:
        """The commit that the branch over there is at, under a name of its own; "" for no such branch."""
        said = self._fetch(ref, quiet)
        for _ in range(_TRIES):
            if not (_MOVED_HERE.search(said) or lock_met(said)):
                break
            time.sleep(_PAUSE)
            said = self._fetch(ref, quiet)
        if _MOVED_HERE.search(said):  # many at once: whoever moves it notes what they have seen
            said = self._fetch(ref, _NO_TRACE)
        if not said:
            return self.git.text("rev-parse", "--verify", f"{ref}^{{commit}}")
        if _NO_SUCH_BRANCH in said:
            return ""
        lock = lock_met(said)
        raise held_by_git(lock) if lock else self._unreachable(said)

    def _fetch(self, ref: str, quiet: Sequence[str]) -> str:
        """Fetch once; what Git says where it cannot, "" where it could."""
        status, _, err = self.git.attempt(
            "fetch", "--quiet", "--no-write-fetch-head", "--no-recurse-submodules", *quiet,
            self.name, f"+{_HEADS}{self.branch}:{ref}", env=self._env,
        )  # fmt: skip
        return (err.decode("utf-8", "replace") or f"git fetch ended with {status}") if status else ""

    def push(self, commit: str) -> Pushed:
        """Send a commit, and have the branch there point to it if it still is where it was.

        Raises:
            RemoteError: it cannot be reached.
        """
        status, out, err = self.git.attempt(
            "push", "--porcelain", "--no-recurse-submodules", self.name, f"{commit}:{_HEADS}{self.branch}",
            env=self._env, hooks=self.hooks,
        )  # fmt: skip
        if not status:
            return Pushed(Answer.TAKEN)
        said = err.decode("utf-8", "replace")
        row = next((line for line in out.decode("utf-8", "replace").splitlines() if line.startswith("!")), "")
        if _FASTER.search(row):
            return Pushed(Answer.FASTER)
        if row:
            return Pushed(Answer.REFUSED, _words(said) or row.rpartition("\t")[2])
        if self.hooks and "fatal:" not in said:  # the other side was not even asked
            return Pushed(Answer.KEPT, _words(said) or "It does not say why.")
        raise self._unreachable(said)

    def _unreachable(self, said: str) -> RemoteError:
        lines = [line.removeprefix("fatal: ").strip() for line in said.splitlines() if line.strip()]
        return RemoteError(f"{self.name} cannot be reached: {lines[0] if lines else 'Git does not say why'}")


def _is_a_program(setting: Setting) -> bool:
    return setting.is_the_repositorys and bool(_RUNS.fullmatch(setting.key.lower()))


def _words(said: str) -> str:
    """What the other side said, without Git's frame around it."""
    lines = said.splitlines()
    remote = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    rest = [line for line in lines if not line.startswith(("To ", "hint:", _FAILED))]
    return "\n".join(remote or rest).strip()
