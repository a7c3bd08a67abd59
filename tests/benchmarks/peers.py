"""Other ticket systems at the same tickets, with files and commands of their own; none has to be there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks import formats
from tests.benchmarks.commands import (
    CREATE,
    LIST,
    SEARCH,
    SHOW,
    create_task,
    list_task,
    search_task,
    show_task,
)
from tests.benchmarks.formats import Told
from tests.benchmarks.stopwatch import Task, Times, run, take
from tests.benchmarks.stores import Sample
from tests.benchmarks.wording import RARE

_NOTHING_FOUND = 1


@dataclass(frozen=True, slots=True)
class Others:
    """What other systems took, beside tkt.

    Args:
        times: a task is named after the program's command line.
        kinds: what kind each task is, those of tkt left out.
        notes: what was not measured, and why.
    """

    times: Times
    kinds: Mapping[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Peer:
    """A ticket system.

    Args:
        program: what it is called on the PATH.
        make: makes its files in a folder.
        commands: of each kind, without the program; ID, TITLE and WORD stand for words.
        name: what the program calls the ticket at a place of the sample.
        env: more environment, given the folder.
    """

    program: str
    make: Callable[[Path, list[Told], Mapping[str, str]], None]
    commands: Mapping[str, str]
    name: Callable[[Sample, int], str]
    env: Callable[[Path], dict[str, str]] = lambda _: {}

    def command(self, kind: str, sample: Sample, number: int) -> list[str]:
        """What to run in a round."""
        place = number * 7 % len(sample.tickets)
        words = {
            "ID": self.name(sample, place),
            "TITLE": f"Made in round {number}",
            "WORD": RARE,
            "/WORD/": f"/{RARE}/",
        }
        return [self.program, *(words.get(each, each) for each in self.commands[kind].split())]


PEERS = (
    Peer(
        "tk",
        formats.make_tk,
        {LIST: "ls", SHOW: "show ID", CREATE: "create TITLE"},
        lambda sample, place: sample.tickets[place].id,
    ),
    Peer(
        "backlog",
        formats.make_backlog,
        {
            LIST: "task list --plain",
            SHOW: "task ID --plain",
            SEARCH: "search WORD --plain",
            CREATE: "task create TITLE",
        },
        lambda _, place: str(place + 1),
    ),
    Peer(
        "task",
        formats.make_taskwarrior,
        {LIST: "list", SHOW: "ID info", SEARCH: "/WORD/ all", CREATE: "add TITLE"},
        lambda _, place: formats.uuid_of(place),
        formats.taskwarrior_environment,
    ),
)


def time_peers(sample: Sample, folder: Path, rounds: int, env: Mapping[str, str]) -> Others:
    """Every system that is there, beside tkt.

    Args:
        sample: whose tickets they get.
        folder: for their files; made here.
        rounds: how often.
        env: of the processes.
    """
    told = list(formats.tell(sample))
    tasks: list[Task] = []
    kinds: dict[str, str] = {}
    notes = []
    for peer in PEERS:
        if not shutil.which(peer.program, path=env.get("PATH")):
            notes.append(f"{peer.program}: not available here")
            continue
        place = folder / peer.program
        place.mkdir(parents=True)
        peer.make(place, told, {**env, **peer.env(place)})
        for kind, task in _tasks(peer, sample, place):
            trouble = _trouble(task, env)
            if trouble:
                notes.append(f"{task.name}: {trouble}")
            else:
                tasks.append(task)
                kinds[task.name] = kind
    ours = [list_task(), show_task(sample), search_task(), create_task()]
    return Others(take([*ours, *tasks], rounds, sample.root, env), kinds, tuple(notes))


def _tasks(peer: Peer, sample: Sample, place: Path) -> Iterator[tuple[str, Task]]:
    for kind, words in peer.commands.items():
        command = partial(peer.command, kind, sample)
        fine = (0, _NOTHING_FOUND) if kind == SEARCH else (0,)
        yield kind, Task(f"{peer.program} {words}", command, peer.env(place), fine=fine, folder=place)


def _trouble(task: Task, env: Mapping[str, str]) -> str:
    """Why a task cannot be measured, such as too many files for a shell; "" when it can."""
    try:
        run(task.command(0), task.folder or Path(), {**env, **task.env}, task.fine)
    except RuntimeError as error:
        return f"failed ({str(error).strip().splitlines()[-1][:80]})"
    return ""
