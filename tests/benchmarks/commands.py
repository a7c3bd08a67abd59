"""What is timed of tkt: every command that people wait for, at a desk that stays about as large as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.benchmarks.pulls import Pulls
from tests.benchmarks.stopwatch import IMPORT_CLICK, TKT, Task
from tests.benchmarks.stores import Sample
from tests.benchmarks.wording import RARE

LIST, SHOW, SEARCH, COMPLETION = "list", "show ID", "search WORD", "completion of an id"
CREATE, COMMENT, SET = "create", "comment ID", "set ID"
WRITES = (CREATE, COMMENT, SET)
"""Those whose time must not depend on how many tickets there are."""


def tkt(name: str, words: Callable[[int], Sequence[str]]) -> Task:
    """A task that is a command of tkt."""
    return Task(name, lambda number: [*TKT, *words(number)])


def list_task() -> Task:
    """What is open."""
    return tkt(LIST, lambda _: ["list"])


def search_task() -> Task:
    """A word that few tickets have."""
    return tkt(SEARCH, lambda _: ["search", RARE])


def show_task(sample: Sample) -> Task:
    """Each round another ticket."""
    return tkt(SHOW, lambda number: ["show", some(sample, number)])


def create_task() -> Task:
    """One more ticket."""
    return tkt(CREATE, lambda number: ["create", f"Made in round {number}", "-t", "task"])


def some(sample: Sample, number: int) -> str:
    """The id of another ticket in each round."""
    return sample.tickets[number * 7 % len(sample.tickets)].id


def reads(sample: Sample, pulls: Pulls) -> list[Task]:
    """Looking at tickets. Where a commit is named, it is the same one in each round."""
    return [
        IMPORT_CLICK,
        tkt("--version", lambda _: ["--version"]),
        show_task(sample),
        list_task(),
        tkt("list --json", lambda _: ["list", "--json"]),
        tkt("list 'updated:<7d'", lambda _: ["list", "updated:<7d"]),
        tkt("report summary", lambda _: ["report", "summary"]),
        tkt("list --no-index", lambda _: ["list", "--no-index"]),
        tkt("list --rev REV, not the first time", lambda _: ["list", "--rev", pulls.start]),
        tkt("diff A..B of 100 tickets", lambda _: ["diff", f"{pulls.start}..{pulls.commits[0]}"]),
        search_task(),
        tkt("next", lambda _: ["next"]),
        tkt("board", lambda _: ["board"]),
        tkt("status", lambda _: ["status"]),
        tkt("log ID", lambda number: ["log", some(sample, number)]),
        tkt("export ID --single", lambda number: ["export", some(sample, number), "--single"]),
        _completion(sample),
    ]


def writes(sample: Sample) -> list[Task]:
    """Changes, each round to another ticket, so that no thread grows long; the last undoes one of them."""
    found = [each.id for each in sample.open]

    def turn(number: int) -> int:
        return number // len(found)

    def one(number: int, offset: int = 0) -> str:
        return found[(number + offset) % len(found)]

    def either(number: int, first: str, second: str) -> str:
        return second if turn(number) % 2 else first

    return [
        tkt(COMMENT, lambda n: ["comment", one(n), "-m", f"Looking at it now ({n})."]),
        tkt(SET, lambda n: ["set", one(n, 1), f"due=2027-12-{n % 28 + 1:02}"]),
        tkt("assign ID", lambda n: ["assign", one(n, 2), "--none" if turn(n) % 2 else "hugo"]),
        tkt("transition ID", lambda n: ["transition", one(n, 3), either(n, "resolved", "reopened")]),
        tkt("label ID", lambda n: ["label", one(n, 4), f"round-{n}"]),
        tkt("link ID blocks ID", lambda n: ["link", one(n, 5), "blocks", one(n, 6)]),
        create_task(),
        tkt("undo", lambda _: ["undo"]),
    ]


def _completion(sample: Sample) -> Task:
    key = sample.settings.key
    return Task(
        COMPLETION,
        lambda _: TKT,
        {"_TKT_COMPLETE": "zsh_complete", "TKT_COMPLETE_LINE": f"tkt show {key}-"},
    )
