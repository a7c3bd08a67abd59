"""The one place that runs Git, with a repository's own traps switched off."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING

from tkt.errors import ConflictError, NotFoundError, TktError
from tkt.gitrepo.environment import MAY_RUN_PROGRAMS, Setting, environment, foreign, hook_environment

if TYPE_CHECKING:
    from subprocess import Popen


_ID_LENGTHS = frozenset({40, 64})


class GitError(TktError):
    """Git said no; the message is its own."""


def lacking(oid: str) -> NotFoundError:
    """The error for an object that the clone does not have, and cannot get."""
    return NotFoundError(
        f"the object {oid} is not here",
        "The clone is partial and its remote out of reach, or the repository is damaged (git fsck).",
    )


def cut_short(command: str) -> GitError:
    """The error for a Git command that ended well and has not said all that it was asked."""
    return GitError(
        f"git {command} has not said all that it was asked",
        "Make room on the disk and in memory; git fsck tells whether the repository is whole.",
    )


def id_in(said: bytes, command: str) -> str:
    """The id that a Git command has printed.

    Raises:
        GitError: it has printed none.
    """
    oid = said.decode("ascii", "replace").strip()
    if len(oid) not in _ID_LENGTHS:
        raise cut_short(command)
    return oid


class Git:
    """Runs Git commands in one repository.

    Args:
        folder: where to run.
        git_dir: the repository, where it cannot be found from the folder: a bare one.
    """

    def __init__(self, folder: str, git_dir: str = "") -> None:
        self.folder = folder
        self._git_dir = git_dir

    @property
    def bare(self) -> bool:
        """Whether there is no working tree."""
        return bool(self._git_dir)

    def run(
        self,
        *args: str,
        stdin: bytes = b"",
        env: dict[str, str] | None = None,
        hooks: bool = False,
    ) -> bytes:
        """Run a Git command and return what it printed.

        Args:
            args: the command and its arguments; nothing a person typed where Git reads options.
            stdin: what it reads.
            env: more environment.
            hooks: whether the user's own hooks may run.

        Raises:
            GitError: it failed; with what it said.
        """
        status, out, err = self.attempt(*args, stdin=stdin, env=env, hooks=hooks)
        if status:
            said = err.decode("utf-8", "replace").strip() or out.decode("utf-8", "replace").strip()
            raise GitError(f"git {args[0]} failed: {said or f'exit code {status}'}")
        return out

    def attempt(
        self,
        *args: str,
        stdin: bytes = b"",
        env: dict[str, str] | None = None,
        hooks: bool = False,
    ) -> tuple[int, bytes, bytes]:
        """Run a Git command; its exit code, what it printed, and what it complained of."""
        process = self._execute(args, {**self._environment(args[0], hooks=hooks), **(env or {})})
        out, err = process.communicate(stdin)
        return process.returncode, out, err

    @contextmanager
    def begun(self, *args: str, stdin: bytes, env: dict[str, str]) -> Iterator[Callable[[], None]]:
        """Start a Git command that prints nothing, and go on; to be called to wait for its end.

        Args:
            args: the command and its arguments.
            stdin: what it reads.
            env: more environment.

        Raises:
            GitError: when it is waited for and has failed.
        """
        process = self._execute(args, {**self._environment(args[0], hooks=False), **env})
        asked, process.stdin = process.stdin, None
        if asked is not None:
            with suppress(BrokenPipeError), asked:  # its exit code tells why it reads no more
                asked.write(stdin)

        def wait() -> None:
            _, err = process.communicate()
            if process.returncode:
                raise GitError(f"git {args[0]} failed: {err.decode('utf-8', 'replace').strip()}")

        with process:
            yield wait

    def open(self, *args: str, env: dict[str, str] | None = None) -> Popen[bytes]:
        """Start a Git command that answers line by line, such as `cat-file --batch`, and never complains."""
        return self._execute(args, {**self._environment(args[0], hooks=False), **(env or {})}, quiet=True)

    @cached_property
    def configuration(self) -> tuple[Setting, ...]:
        """Git's configuration, in the order in which it counts."""
        out = self.run("config", "-z", "--list", "--show-scope").decode("utf-8", "surrogateescape")
        words = out.split("\0")
        pairs = (pair.partition("\n") for pair in words[1::2])
        return tuple(
            Setting(scope, key, value if newline else "true")  # a bare key means true
            for scope, (key, newline, value) in zip(words[::2], pairs, strict=False)
        )

    def _environment(self, command: str, *, hooks: bool) -> dict[str, str]:
        if hooks:
            return hook_environment()
        return environment(self.configuration if command in MAY_RUN_PROGRAMS else ())

    def _execute(self, args: Sequence[str], env: Mapping[str, str], *, quiet: bool = False) -> Popen[bytes]:
        from subprocess import DEVNULL, PIPE, Popen  # start-up: whoever only reads files runs nothing

        place = [f"--git-dir={self._git_dir}"] if self._git_dir else []
        kept = {name: value for name, value in os.environ.items() if name not in foreign(bare=self.bare)}
        whole = {**kept, "LANGUAGE": "C", "LC_ALL": "C", **env}
        try:
            err = DEVNULL if quiet else PIPE
            return Popen(
                ["git", *place, *args], cwd=self.folder, env=whole, stdin=PIPE, stdout=PIPE, stderr=err
            )
        except FileNotFoundError as error:
            if not os.path.isdir(self.folder):
                raise
            raise TktError("git is not installed, or not on the PATH") from error

    def text(self, *args: str) -> str:
        """What a command printed, without the final line end."""
        return self.run(*args).decode("utf-8", "surrogateescape").rstrip("\n")


def read_config(git: Git) -> dict[str, str]:
    """Git's configuration; the last value of each key, keys in lower case."""
    return {each.key.lower(): each.value for each in git.configuration}


def changed_meanwhile(path: str) -> ConflictError:
    """The error for a file that is not what a change started from."""
    return ConflictError(f"{path} has changed meanwhile", "Run the command again.")
