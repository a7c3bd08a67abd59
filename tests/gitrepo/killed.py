"""A command that is killed: `python -m tests.gitrepo.killed DESK STEP POLICY`.

It dies as by kill -9 before its STEP-th step, where a step is a Git process or a file put in place;
what it does is to finish a ticket.
"""

import os
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from tests.gitrepo.desk import Desk
from tkt.domain.settings import CommitPolicy
from tkt.gitrepo.git import Git

KILLED = 9


def _counted(function: Callable[..., Any], steps: "count[int]", last: int) -> Callable[..., Any]:
    def step(*args: Any, **options: Any) -> Any:
        if next(steps) == last:
            os._exit(KILLED)
        return function(*args, **options)

    return step


def main(folder: str, last: str, policy: str) -> None:
    """Finish the ticket, or as much of it as there is time for."""
    steps = count(1)
    desk = Desk(Path(folder))
    Git.attempt = _counted(Git.attempt, steps, int(last))  # type: ignore[method-assign]
    Git.begun = _counted(Git.begun, steps, int(last))  # type: ignore[method-assign]
    os.replace = _counted(os.replace, steps, int(last))
    if policy == "undo":
        desk.rewind()
    elif policy == "hooks":
        desk.finish(run_hooks=True)
    else:
        desk.finish(CommitPolicy(policy))


if __name__ == "__main__":
    main(*sys.argv[1:])
