"""The one place that runs Git, with a repository's own traps switched off."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

from tkt.errors import ConflictError, TktError
from tkt.gitrepo.environment import MAY_RUN_PROGRAMS, Setting, environment, foreign, hook_environment


class GitError(TktError):
    """Git said no; the message is its own."""


class Git:
    """Runs Git commands in one repository.

    Args:
        folder: where to run.
        git_dir: the repository, where it cannot be found from the folder: a bare one.
    """

    def __init__(self, folder: str, git_dir: str = "") -> None:
        self.folder = folder
        self._git_dir = git_dir
        self._runner: Any = None

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

    def open(self, *args: str) -> Any:
        """Start a Git command that answers line by line, such as `cat-file --batch`."""
        return self._execute(args, self._environment(args[0], hooks=False))

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

    def _command(self, args: tuple[str, ...], env: dict[str, str]) -> list[str]:
        # GitPython adds to the environment and cannot take away from it.
        names = (name for name in foreign(bare=bool(self._git_dir)) if name not in env)
        unset = [word for name in names for word in ("-u", name)]
        place = [f"--git-dir={self._git_dir}"] if self._git_dir else []
        return [*(["env", *unset] if unset else ()), "git", *place, *args]

    def _execute(self, args: tuple[str, ...], env: dict[str, str]) -> Any:
        if self._runner is None:
            # GitPython looks for Git when it is imported, and would print what it thinks of it.
            os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
            from git import Git as Runner

            self._runner = Runner(self.folder)
        from subprocess import PIPE

        from git.exc import GitCommandNotFound

        try:
            return self._runner.execute(self._command(args, env), istream=PIPE, as_process=True, env=env)
        except GitCommandNotFound as error:
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
