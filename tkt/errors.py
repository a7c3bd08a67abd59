"""What can go wrong: problems in a user's files are values, failed operations are exceptions."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class ExitCode(IntEnum):
    """The exit codes of every command (docs/cli.md)."""

    DONE = 0
    CHECK_FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    SLA_BREACHED = 5
    SLA_AT_RISK = 6
    CONFLICT = 7
    REMOTE = 8
    BUG = 70
    INTERRUPTED = 130


class Problem(NamedTuple):
    """A mistake in a file, at a place a person can go to.

    Args:
        path: the file, relative to the store.
        line: counted from 1; 0 when the whole file is meant.
        text: what is wrong and what to do, in one sentence or two.
        rule: the rule it breaks (`domain/violation.py`), where that is not `schema`.
    """

    path: str
    line: int
    text: str
    rule: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.text}"


def place_of(problem: Problem) -> tuple[str, int, str]:
    """By what problems are put in order."""
    return problem.path, problem.line, problem.text


class TktError(Exception):
    """An operation that failed for a reason a person can act on.

    Args:
        message: what is wrong, in one sentence without a full stop.
        hint: what to do about it; empty when there is nothing to say.
    """

    exit_code = ExitCode.CHECK_FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(TktError):
    """A value that cannot be what was meant."""

    exit_code = ExitCode.USAGE


class NotFoundError(TktError):
    """Nothing, or more than one thing, answers to that name."""

    exit_code = ExitCode.NOT_FOUND


class NotAllowedError(TktError):
    """The workflow or a rule says no."""

    exit_code = ExitCode.NOT_ALLOWED


class ConflictError(TktError):
    """Somebody or something else is at work in the same place."""

    exit_code = ExitCode.CONFLICT


class NotTextError(ConflictError):
    """A file of which two versions cannot be merged line by line."""


class BranchMovedError(ConflictError):
    """Somebody else has moved the branch between the look at it and the move."""


class AlreadyDoneError(TktError):
    """There is nothing left to do: a command that was cut off has done it."""

    exit_code = ExitCode.DONE


class RemoteError(TktError):
    """Another repository cannot be reached, or says no."""

    exit_code = ExitCode.REMOTE


class InvalidStoreError(TktError):
    """Files that cannot be understood: all their problems at once."""

    def __init__(self, problems: tuple[Problem, ...], hint: str = "") -> None:
        super().__init__("\n".join(str(problem) for problem in problems), hint)
        self.problems = problems
